"""Digests of weights, which are large: computed once per file, then known by its size and times."""

from __future__ import annotations

import hashlib
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core import files, reading
from pipeline.core.errors import EnvironmentGaveOutError, MissingError
from pipeline.engines import cache

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

log = logging.getLogger(__name__)

_FILE_NAME: Final = "digests.json"
_MOST_FILES: Final = 2000
# A file changed this recently may change again without a new time on coarse clocks.
_SETTLED_NS: Final = 2_000_000_000


class _Known(msgspec.Struct, frozen=True, array_like=True):
    size: int
    modified_ns: int
    changed_ns: int
    node: int
    sha256: str


def sha256(paths: Iterable[Path]) -> dict[Path, str]:
    """The SHA-256 of each file, in hex; one that has not changed since the last time is not read.

    Raises:
        MissingError: a file cannot be read.
    """
    store = cache.folder() / _FILE_NAME
    known = _load(store)
    found = dict(known)
    digests = {path: _digest(path, found) for path in paths}
    if found != known:
        _save(store, found)
    return digests


def of_files(digests: Mapping[str, str]) -> str:
    """One digest for a set of files, each with its name and its own digest; order plays no part."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def size_of(path: Path) -> int:
    """The bytes in a file, or in all files of a folder."""
    within = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in within)


def git_blob(path: Path) -> str:
    """The name that git gives to the file's bytes."""
    state = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as source:
        while piece := source.read(1 << 20):
            state.update(piece)
    return state.hexdigest()


def _digest(path: Path, found: dict[str, _Known]) -> str:
    real = path.resolve()
    try:
        stat = real.stat()
        now = _Known(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, "")
        old = found.get(str(real))
        if old and msgspec.structs.replace(old, sha256="") == now:
            return old.sha256
        with real.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
    except OSError as error:
        raise MissingError(
            f"{path}: cannot be read: {error.strerror}",
            hint="make it readable, or fetch it again with: marathon models pull",
        ) from error
    if max(now.modified_ns, now.changed_ns) < time.time_ns() - _SETTLED_NS:
        found[str(real)] = msgspec.structs.replace(now, sha256=digest)
    return digest


def _load(store: Path) -> dict[str, _Known]:
    try:
        return msgspec.json.decode(store.read_bytes(), type=dict[str, _Known])
    except (OSError, *reading.NOT_JSON):
        return {}


def _save(store: Path, found: dict[str, _Known]) -> None:
    kept = {name: known for name, known in found.items() if Path(name).exists()}
    newest = dict(list(kept.items())[-_MOST_FILES:])
    try:
        files.replace(store, msgspec.json.encode(newest))
    except EnvironmentGaveOutError as error:  # then they are computed again the next time
        log.debug("digests are not kept: %s", error)
