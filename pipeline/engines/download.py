"""Download over HTTP: checked, bounded, resumed where the line drops; whole or not there."""

from __future__ import annotations

import hashlib
import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Final

from pipeline.core import files
from pipeline.core.errors import MissingError
from pipeline.engines.transfer import size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message
    from pathlib import Path

    from pipeline.engines.transfer import Transfer

_TIMEOUT_S: Final = 30.0
_PIECE: Final = 1 << 18
_PAUSES_S: Final = (0.2, 1.0, 3.0)  # between tries that brought nothing new
_HINT: Final = "check the network and try again"
_HEADERS: Final = {"User-Agent": "marathon-subtitles", "Accept-Encoding": "identity"}


class FetchError(MissingError):
    """It could not be had from the network."""


class DigestError(FetchError):
    """What arrived is not what was announced."""


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows to http and https only, and never from https to http."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: object,
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> urllib.request.Request | None:
        scheme = urllib.parse.urlsplit(newurl).scheme
        if scheme not in {"http", "https"} or (req.type == "https" and scheme == "http"):
            raise FetchError(f"{req.full_url}: refused to follow to {newurl}", hint=_HINT)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def read(url: str, *, limit: int) -> bytes:
    """The bytes at `url`, at most `limit` of them.

    Raises:
        FetchError: it could not be fetched.
    """
    return b"".join(_Body(url, limit, None).pieces())


def fetch(url: str, path: Path, *, limit: int, sha256: str, transfer: Transfer) -> str:
    """Put what is at `url` into `path` and give its SHA-256; an empty `sha256` accepts any.

    Raises:
        DigestError: its digest is not `sha256`; `path` is as it was.
        FetchError: it could not be fetched; `path` is as it was.
    """
    state = hashlib.sha256()

    def checked() -> Iterator[bytes]:
        for piece in _Body(url, limit, transfer).pieces():
            state.update(piece)
            yield piece
        if sha256 and state.hexdigest() != sha256:
            raise DigestError(
                f"{url}: refused: its SHA-256 is {state.hexdigest()}, but {sha256} was expected",
                hint="try again later; if it stays so, the file on the server was exchanged",
            )

    files.replace_from(path, checked())
    return state.hexdigest()


class _Body:
    """What a URL gives, whole, however often the line drops in between."""

    def __init__(self, url: str, limit: int, transfer: Transfer | None) -> None:
        if urllib.parse.urlsplit(url).scheme not in {"http", "https"}:
            raise FetchError(f"{url}: only http and https addresses are fetched", hint=_HINT)
        self._url = url
        self._limit = limit
        self._transfer = transfer
        self._opener = urllib.request.build_opener(_SafeRedirects)
        self._done = 0
        self._total: int | None = None
        self._tag = ""

    def pieces(self) -> Iterator[bytes]:
        """All of it in order; an error where the rest cannot be had."""
        fruitless = 0
        while True:
            before, reason = self._done, "the connection was cut"
            try:
                yield from self._attempt()
                if self._total is None or self._done == self._total:
                    return
            except urllib.error.HTTPError as error:
                reason = f"{error.code} {error.reason}"
                if error.code < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise self._failed(reason) from error
            except (OSError, http.client.HTTPException) as error:
                reason = str(getattr(error, "reason", "")) or str(error) or type(error).__name__
            fruitless = 0 if self._done > before else fruitless + 1
            if fruitless > len(_PAUSES_S):
                raise self._failed(reason)
            if fruitless:
                time.sleep(_PAUSES_S[fruitless - 1])

    def _attempt(self) -> Iterator[bytes]:
        """What one request brings beyond what is there already."""
        with self._open() as response:
            resumed = response.status == http.HTTPStatus.PARTIAL_CONTENT
            skip = 0 if resumed else self._done
            self._learn(response, self._done - skip)
            while piece := response.read(_PIECE):
                fresh, skip = piece[skip:], max(skip - len(piece), 0)
                self._done += len(fresh)
                if self._done > self._limit:
                    raise FetchError(
                        f"{self._url}: refused: larger than {size(self._limit)}", hint=_HINT
                    )
                if self._transfer:
                    self._transfer.add(len(fresh))
                yield fresh

    def _open(self) -> http.client.HTTPResponse:
        headers = dict(_HEADERS)
        if self._done:
            headers["Range"] = f"bytes={self._done}-"
            if self._tag:
                headers["If-Range"] = self._tag
        request = urllib.request.Request(self._url, headers=headers)  # noqa: S310 -- http(s) only
        response: http.client.HTTPResponse = self._opener.open(request, timeout=_TIMEOUT_S)
        return response

    def _learn(self, response: http.client.HTTPResponse, start: int) -> None:
        """Take the whole length and the version from the answer; a second version is refused."""
        tag = response.headers.get("ETag", "")
        if self._done and tag != self._tag:
            raise self._failed("it was exchanged on the server meanwhile")
        self._tag = tag
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and self._total is None:
            self._total = start + int(length)
            if self._transfer:
                self._transfer.expect(self._total)

    def _failed(self, reason: str) -> FetchError:
        return FetchError(f"{self._url}: could not be fetched: {reason}", hint=_HINT)
