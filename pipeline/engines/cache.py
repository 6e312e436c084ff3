"""Where marathon keeps what it can make again; where it may not, a folder that ends with it."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import tempfile
from functools import cache
from pathlib import Path

from pipeline.core import files
from pipeline.core.errors import EnvironmentGaveOutError
from pipeline.engines import machine

log = logging.getLogger(__name__)


def folder() -> Path:
    """Where it is: `MARATHON_CACHE`, or the user's cache folder. It need not be there yet."""
    if own := os.environ.get("MARATHON_CACHE"):
        return Path(own).expanduser().absolute()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        base = os.environ.get("XDG_CACHE_HOME", "")
        if not Path(base).is_absolute():  # that means "not set"
            base = str(Path.home() / ".cache")
    return Path(base).absolute() / "marathon"


def room(name: str) -> Path:
    """A folder of that name in the cache, or, where that cannot be written, in `scratch`.

    Raises:
        EnvironmentGaveOutError: there is no place for a folder of our own either.
    """
    place = folder() / name
    if machine.is_writable(place):
        return place
    log.debug("%s cannot be written: what it would keep is made again each time", place)
    return scratch() / name


def is_passing(path: Path) -> bool:
    """Whether it is in `scratch`: what is put there is lost."""
    return scratch.cache_info().currsize > 0 and path.is_relative_to(scratch())


@cache
def scratch() -> Path:
    """A folder of this process alone; it is removed when the process ends.

    Raises:
        EnvironmentGaveOutError: no folder for temporary files can be written.
    """
    try:
        made = Path(tempfile.mkdtemp(prefix="marathon-"))
    except OSError as error:
        raise EnvironmentGaveOutError(
            f"{folder()}: cannot be written, and neither can a folder for temporary files",
            hint="name a folder that can be written: MARATHON_CACHE",
        ) from error
    atexit.register(files.remove_folder, made)
    return made
