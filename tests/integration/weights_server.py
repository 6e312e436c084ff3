"""A hub repository and an Argos index on 127.0.0.1, with the faults that networks have."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_API = re.compile(r"/api/models/(?P<repo>[^/]+/[^/]+)/(?P<what>revision|tree)/(?P<revision>[^/]+)")
_RESOLVE = re.compile(r"/(?P<repo>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<name>.+)")
_RANGE = re.compile(r"bytes=(\d+)-")
_LARGE = 10_000  # from this size on the hub keeps a file under its SHA-256


def git_blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


@dataclass
class WeightsServer:
    """What is served, what goes wrong, and what was asked for."""

    address: str = ""
    repos: dict[str, tuple[str, dict[str, bytes]]] = field(default_factory=dict)  # commit, files
    plain: dict[str, bytes] = field(default_factory=dict)  # path -> body
    sent: dict[str, str] = field(default_factory=dict)  # path -> where it sends the client
    moved: dict[str, str] = field(default_factory=dict)  # old repository -> new one
    cuts: dict[str, list[int]] = field(default_factory=dict)  # file name -> bytes sent, per answer
    swapped: dict[str, bytes] = field(default_factory=dict)  # file name -> other bytes, same size
    stalls: dict[str, threading.Event] = field(default_factory=dict)  # half is sent, then it waits
    ranges: bool = True
    asked: list[str] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        return {
            "HF_ENDPOINT": self.address,
            "ARGOS_PACKAGE_INDEX": f"{self.address}/argos/",
            "NO_PROXY": "127.0.0.1",
        }

    def offer(self, version: str, package: bytes, **more: object) -> None:
        """Put a ru-en package into the index."""
        path = f"/argos/translate-ru_en-{version}.argosmodel"
        entry = {
            "package_version": version,
            "from_code": "ru",
            "to_code": "en",
            "links": [self.address + path],
            "type": "translate",
            **more,
        }
        index = json.loads(self.plain.get("/argos/index.json", b"[]"))
        self.plain["/argos/index.json"] = json.dumps([*index, entry]).encode()
        self.plain[path] = package


@contextlib.contextmanager
def serving() -> Iterator[WeightsServer]:
    """A server that runs while the block does."""
    world = WeightsServer()

    class Handler(_Handler):
        state = world

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    world.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    state: WeightsServer
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.state.asked.append(f"{self.command} {path} {self.headers.get('Range', '')}".strip())
        if match := _API.fullmatch(path) or _RESOLVE.fullmatch(path):
            self._hub(match)
        elif path in self.state.sent:
            self._answer(302, b"", {"Location": self.state.sent[path]})
        elif path in self.state.plain:
            data = self.state.plain[path]
            self._body(path.rpartition("/")[2], data, {"ETag": f'"{git_blob(data)}"'})
        else:
            self._error("")

    def _hub(self, match: re.Match[str]) -> None:
        asked = match["repo"]
        if asked in self.state.moved:
            place = self.path.replace(asked, self.state.moved[asked], 1)
            self._answer(307, b"", {"Location": place})
            return
        if asked not in self.state.repos:
            self._error("RepoNotFound")
            return
        commit, files = self.state.repos[asked]
        if match["revision"] not in {commit, "main"}:
            self._error("RevisionNotFound")
        elif "name" in match.groupdict():
            self._file(commit, match["name"], files)
        elif match["what"] == "revision":
            names = [{"rfilename": name} for name in files]
            about = {"id": asked, "modelId": asked, "sha": commit, "siblings": names}
            self._answer(200, json.dumps(about).encode(), {})
        else:
            tree = [_entry(name, data) for name, data in files.items()]
            self._answer(200, json.dumps(tree).encode(), {})

    def _file(self, commit: str, name: str, files: dict[str, bytes]) -> None:
        if name not in files:
            self._error("EntryNotFound")
            return
        data = files[name]
        tag = hashlib.sha256(data).hexdigest() if len(data) >= _LARGE else git_blob(data)
        headers = {"ETag": f'"{tag}"', "X-Repo-Commit": commit}
        if len(data) >= _LARGE:
            headers |= {"X-Linked-Etag": f'"{tag}"', "X-Linked-Size": str(len(data))}
        self._body(name, self.state.swapped.get(name, data), headers)

    def _body(self, name: str, data: bytes, headers: dict[str, str]) -> None:
        start = 0
        asked = _RANGE.fullmatch(self.headers.get("Range", ""))
        if asked and self.state.ranges:
            start = int(asked[1])
            headers |= {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
        cuts = self.state.cuts.get(name, []) if self.command == "GET" else []
        cut = cuts.pop(0) if cuts else None
        if self.command == "GET" and name in self.state.stalls:
            cut = len(data) // 2
        self._answer(206 if start else 200, data[start:], headers, cut)
        if cut is not None and name in self.state.stalls:
            self.state.stalls[name].wait(60)

    def _answer(
        self, status: int, body: bytes, headers: dict[str, str], cut: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(body[:cut])
        if cut is not None:
            self.wfile.flush()
            self.close_connection = True

    def _error(self, code: str) -> None:
        self._answer(404, b"", {"X-Error-Code": code, "X-Error-Message": "not here"})

    def log_message(self, *_: object) -> None:
        """The list of what was asked is enough."""


def _entry(name: str, data: bytes) -> dict[str, object]:
    entry: dict[str, object] = {
        "type": "file",
        "path": name,
        "size": len(data),
        "oid": git_blob(data),
    }
    if len(data) >= _LARGE:
        digest = hashlib.sha256(data).hexdigest()
        entry["lfs"] = {"oid": digest, "size": len(data), "pointerSize": 134}
    return entry
