"""The recording's own file: whether it is there and can be read."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from pipeline.core.errors import InputError, UsageError
from pipeline.core.plain import typed

if TYPE_CHECKING:
    import os
    from pathlib import Path


def check(recording: Path) -> None:
    """See that it can be read.

    Raises:
        UsageError: there is no such file, or it is no regular one.
        InputError: it is empty or cannot be read.
    """
    try:
        found = recording.stat()
        if stat.S_ISDIR(found.st_mode):
            message = f"{recording}: is a folder, not a recording"
            raise UsageError(message, hint=f"all recordings in it: marathon run {typed(recording)}")
        if not stat.S_ISREG(found.st_mode):
            message = f"{recording}: is not a regular file"
            raise UsageError(message, hint="save it as a file, then give that one's name")
        if found.st_size == 0:
            raise InputError(f"{recording}: is empty", hint="copy or download the recording again")
        with recording.open("rb"):
            pass
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError(
            f"{recording}: no such file", hint="check the name and the folder"
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        message = f"{recording}: cannot be read: {reason}"
        raise InputError(message, hint="check its name, and who may read it") from error


def status(recording: Path) -> os.stat_result:
    """What the system says of a recording that was there when it was opened.

    Raises:
        InputError: it is gone, or cannot be reached any more.
    """
    try:
        return recording.stat()
    except OSError as error:
        message = f"{recording}: cannot be read any more: {error.strerror}"
        raise InputError(message, hint="put it back, then run the same command again") from error
