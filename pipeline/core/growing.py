"""A file that a library writes at any place of it, as containers need: whole, or not there."""

from __future__ import annotations

import contextlib
import glob
import os
from typing import TYPE_CHECKING

from pipeline.core import files
from pipeline.core.errors import EnvironmentGaveOutError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Growing:
    """What libraries take for a file; it stands at its path once `opened` has ended."""

    def __init__(self, path: Path, file: int) -> None:
        self._path, self._file = path, file
        self.failure: EnvironmentGaveOutError | None = None  # for libraries that pass it over

    def write(self, data: bytes) -> int:
        """All of `data` at the present place.

        Raises:
            EnvironmentGaveOutError: the disk is full, or gone.
        """
        left = memoryview(data)
        with self._told():
            while left:
                left = left[os.write(self._file, left) :]
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """The new place."""
        with self._told():
            return os.lseek(self._file, offset, whence)

    def tell(self) -> int:
        """The present place."""
        return self.seek(0, os.SEEK_CUR)

    def status(self) -> os.stat_result:
        """Its size, and when it was written last; renaming it changes neither."""
        with self._told():
            return os.fstat(self._file)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            with files.writing(self._path):
                yield
        except EnvironmentGaveOutError as error:
            self.failure = error
            raise


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Growing]:
    """A file that takes the place of what is at `path` if the block ends without an error.

    What a kill left of an earlier one is removed; the caller sees to it that there is one at a
    time.

    Raises:
        EnvironmentGaveOutError: it cannot be written; `path` is as it was.
    """
    if path.parent.is_dir():
        files.sweep(path.parent, f".{glob.escape(path.name)}.*.partial")
    with files.replacing(path) as file:
        growing = Growing(path, file)
        yield growing
        if growing.failure is not None:
            raise growing.failure
