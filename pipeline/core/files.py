"""The only module that writes files (`growing` through it): whole by rename, journals by append."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
import sys
from typing import TYPE_CHECKING, Final, Self

from pipeline.core import reading
from pipeline.core.errors import ArtifactError, EnvironmentGaveOutError, InputError, NotNowError
from pipeline.core.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_PARTIAL: Final = re.compile(r"\..+\.[0-9a-f]{8}\.partial", re.DOTALL)
_READ_BYTES: Final = 1 << 20
_MODE: Final = 0o666  # what is left of it is the user's umask
_BINARY: Final = getattr(os, "O_BINARY", 0)  # Windows would turn every \n into \r\n
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)  # a folder from strangers may hold links to anywhere
_HINTS: Final = {
    errno.ENOSPC: "the disk is full: make room, then run the same command again",
    errno.EDQUOT: "your disk quota is used up: make room, then run the same command again",
    errno.EROFS: "the disk is read-only: choose another folder with --out",
    errno.EACCES: "you may not write there: choose another folder with --out",
    errno.EPERM: "you may not write there: choose another folder with --out",
    errno.ELOOP: "a link stands in the place of one of our files: remove it, then run it again",
    errno.EIO: "the disk or share reports a fault: check it, then run the same command again",
    errno.ESTALE: "the network share went away: mount it again, then run the same command again",
}


def digest(data: bytes) -> str:
    """The BLAKE2b-160 digest of `data`, in hex."""
    return hashlib.blake2b(data, digest_size=20).hexdigest()


def digest_file(path: Path) -> str:
    """The same digest of a file's bytes, read in pieces.

    Raises:
        InputError: it cannot be read.
        EnvironmentGaveOutError: the disk or share it is on gave out.
    """
    state = hashlib.blake2b(digest_size=20)
    try:
        with path.open("rb") as source:
            while piece := source.read(_READ_BYTES):
                state.update(piece)
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror or error}"
        if error.errno in {errno.EIO, errno.ESTALE}:
            raise EnvironmentGaveOutError(message, hint=_HINTS[error.errno]) from error
        raise InputError(message, hint="make it readable, then run it again") from error
    return state.hexdigest()


def make_folder(path: Path) -> None:
    """Make `path` and what it lies in, where they are not there yet."""
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)


def replace(path: Path, data: bytes) -> None:
    """Put `data` at `path` so that no reader, and no crash, ever sees half of it.

    Raises:
        EnvironmentGaveOutError: the disk is full, read-only or gone; `path` is as it was.
    """
    replace_from(path, (data,))


def replace_from(path: Path, chunks: Iterable[bytes]) -> None:
    """Like `replace`, piece by piece; an error in `chunks` leaves `path` as it was."""
    with replacing(path) as file:
        for chunk in chunks:
            with writing(path):
                _write_all(file, chunk)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[int]:
    """A new file, open to be written at any place; it stands at `path` once the block has ended."""
    make_folder(path.parent)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    with writing(path):
        file = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, _MODE)
    try:
        try:
            yield file
            with writing(path):
                os.fsync(file)
        finally:
            os.close(file)
        with writing(path):
            partial.replace(path)
            _sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def remove(path: Path) -> None:
    """Remove the file at `path`; it is no error where there is none."""
    with writing(path):
        path.unlink(missing_ok=True)


def move(path: Path, target: Path) -> bool:
    """Give a folder another place on the same disk, in one step.

    False where there is nothing at `path`, or where something stands at `target`.
    """
    with writing(target):
        try:
            path.rename(target)
        except OSError as error:
            if error.errno not in {errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST}:
                raise
            return False
        _sync_folder(target.parent)
    return True


def remove_folder(path: Path) -> None:
    """Remove a folder and all in it, as far as that can be done; what is left does no harm."""
    shutil.rmtree(path, ignore_errors=True)


def sweep(folder: Path, names: str = "**/.*.partial") -> None:
    """Remove the temporary files that a kill left under `folder`; call it with the lock held."""
    for path in folder.glob(names):
        if _PARTIAL.fullmatch(path.name) and path.is_file():
            remove(path)


class Journal:
    """Lines that are only ever added, each safe on disk when `append` returns.

    A line that a crash tore has no line end: it is not given back by `lines`, and the first
    `append` cuts it away, or with `keeps_tail` ends it.
    """

    def __init__(self, path: Path, *, keeps_tail: bool = False) -> None:
        self._path, self._keeps_tail = path, keeps_tail
        self._file: int | None = None

    @classmethod
    def open(cls, path: Path, *, keeps_tail: bool = False) -> Self:
        """A journal at `path`, made by the first `append`; it may keep what has no line end."""
        return cls(path, keeps_tail=keeps_tail)

    def lines(self) -> list[bytes]:
        """The whole lines, in the order they were added, without line ends.

        Raises:
            ArtifactError: it cannot be read, or something else stands in its place.
        """
        try:
            data = reading.regular(self._path)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise ArtifactError(
                f"{self._path}: {error.strerror}",
                hint="move it away or make it readable, then run the same command again",
            ) from error
        return data.split(b"\n")[:-1]

    def append(self, *lines: bytes) -> None:
        """Add lines; when this returns, they survive a power cut.

        Raises:
            EnvironmentGaveOutError: not all could be written; the earlier lines are as they were.
        """
        if any(b"\n" in line for line in lines):
            raise ValueError("a journal line has no line end in it")
        with writing(self._path):
            file = self._opened()
            size = os.fstat(file).st_size
            try:
                _write_all(file, b"".join(line + b"\n" for line in lines))
                os.fsync(file)
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(file, size)
                self.close()  # the next append looks again where the whole lines end
                raise

    def close(self) -> None:
        """Close the file; the journal can be used again afterwards."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _opened(self) -> int:
        if self._file is None:
            make_folder(self._path.parent)
            whole = sum(len(line) + 1 for line in self.lines())
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | _BINARY | _NO_LINK
            file = os.open(self._path, flags, _MODE)
            if not self._keeps_tail:
                os.ftruncate(file, whole)
            elif os.fstat(file).st_size > whole:
                _write_all(file, b"\n")
            _sync_folder(self._path.parent)
            self._file = file
        return self._file


@contextlib.contextmanager
def locked(path: Path, holder: str) -> Iterator[None]:
    """Hold the lock file at `path` while the block runs; `holder` tells others who has it.

    The system lets go of the lock when the process ends, however it ends.

    Raises:
        NotNowError: another process holds it; the message says which.
    """
    make_folder(path.parent)
    with writing(path):
        file = os.open(path, os.O_RDWR | os.O_CREAT | _NO_LINK, _MODE)
    try:
        with writing(path):
            free = _try_lock(file)
        if not free:
            who = _read_holder(path) or "another process"
            raise NotNowError(
                f"{path.parent}: in use by {who}",
                hint="wait until it has ended, then run the same command again",
            )
        with writing(path):
            os.ftruncate(file, 0)
            _write_all(file, one_line(holder).encode())
        yield
    finally:
        os.close(file)


def _read_holder(path: Path) -> str:
    try:
        return one_line(path.read_text("utf-8", "replace").strip())
    except OSError:  # Windows keeps a locked file from being read
        return ""


def _try_lock(file: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _write_all(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


def _sync_folder(folder: Path) -> None:
    """Make a rename or a new name safe on disk; Windows has no such call."""
    if sys.platform == "win32":
        return
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the system says into an error that names the file and the way out."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        hint = _HINTS.get(error.errno or 0, "nothing is torn: put it right, then run it again")
        raise EnvironmentGaveOutError(f"{path}: cannot be written: {reason}", hint=hint) from error
