"""What is told on stderr is lost where it cannot be told: no run ends because of it."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from typing_extensions import Buffer

_STANDARD: Final = (0, 1, 2)


class Forgiving(io.RawIOBase):
    """Passes on what can be written and forgets the rest; that nobody reads is still said."""

    def __init__(self, raw: io.RawIOBase) -> None:
        super().__init__()
        self._raw = raw

    def writable(self) -> bool:
        """It is made to be."""
        return True

    def write(self, data: Buffer, /) -> int:
        """How much was written, or lost.

        Raises:
            BrokenPipeError: whoever read it has gone.
        """
        try:
            written = self._raw.write(data)
        except BrokenPipeError:
            raise
        except OSError:  # a full disk, a terminal that was closed
            written = None
        # None is also what a terminal says that would have to wait
        return memoryview(data).nbytes if written is None else written

    def fileno(self) -> int:
        """That of what it writes to."""
        return self._raw.fileno()

    def isatty(self) -> bool:
        """Whether a terminal shows it."""
        return self._raw.isatty()


def forgive() -> None:
    """From now on, for this process: what cannot be written to stderr is no error.

    Where a standard stream was closed, its number is taken, or the next file that is opened would
    have it, and libraries that write to number 2 would write into that file.
    """
    for number in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    before: TextIO | None = sys.stderr
    buffer = getattr(before, "buffer", None)
    if before is None:
        raw: io.RawIOBase = io.FileIO(2, "w", closefd=False)
    elif buffer is not None:
        raw = Forgiving(getattr(buffer, "raw", buffer))
    else:  # a caller's own
        return
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=before.encoding if before else "utf-8",
        errors="backslashreplace",  # as Python does
        line_buffering=True,
    )
