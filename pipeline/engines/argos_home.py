"""Where Argos Translate keeps its things on this machine, and its import without side effects."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.core.errors import EnvironmentGaveOutError, MissingError
from pipeline.engines import cache, machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

# Argos reads these when it is imported. Some values end the import or print to stdout; marathon
# translates with settings of its own and needs none of them.
_FIXED: Final = {
    "ARGOS_DEBUG": "0",
    "ARGOS_CHUNK_TYPE": "DEFAULT",
    "ARGOS_MODEL_PROVIDER": "OPENNMT",
    "ARGOS_INTER_THREADS": "1",
    "ARGOS_INTRA_THREADS": "0",
    "ARGOS_BATCH_SIZE": "32",
    "ARGOS_BEAM_SIZE": "4",
}
_FOLDERS: Final = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "ARGOS_PACKAGES_DIR")
# What Argos makes when it is imported: the variable, where it is without it, what is in it.
_MADE: Final = (
    ("XDG_DATA_HOME", ".local/share", "argos-translate/packages"),
    ("XDG_CONFIG_HOME", ".config", "argos-translate"),
    ("XDG_CACHE_HOME", ".local/cache", "argos-translate/downloads"),
)
_HINT: Final = "make it writable, or name another folder: ARGOS_PACKAGES_DIR or XDG_DATA_HOME"


def library() -> ModuleType:
    """`argostranslate.package`, imported so that no setting of Argos can disturb us.

    Raises:
        EnvironmentGaveOutError: Argos cannot make its folders, which it does when imported.
        MissingError: argostranslate is not installed.
    """
    for variable in _FOLDERS:
        value = os.environ.get(variable)
        if value is not None and not Path(value).is_absolute():
            del os.environ[variable]  # empty or relative means "not set"
    os.environ.update(_FIXED)
    try:
        with contextlib.redirect_stdout(sys.stderr), _all_can_be_made():
            from argostranslate import package
    except ImportError as error:
        raise MissingError(
            f"argostranslate cannot be loaded: {error}", hint="see what is missing: marathon doctor"
        ) from error
    except OSError as error:
        raise EnvironmentGaveOutError(
            f"{error.filename}: Argos cannot make its folder: {error.strerror}",
            hint="set XDG_DATA_HOME, XDG_CONFIG_HOME and XDG_CACHE_HOME to folders of your own",
        ) from error
    return package  # type: ignore[no-any-return]


@contextlib.contextmanager
def _all_can_be_made() -> Iterator[None]:
    """While Argos is imported, the folders that it could not make are in one of our own."""
    before = dict(os.environ)
    for variable, usual, inside in _MADE:
        place = Path(os.environ.get(variable) or Path.home() / usual) / inside
        if not place.is_dir() and not machine.is_writable(place):
            os.environ[variable] = str(cache.scratch())
    try:
        yield
    finally:
        for variable, _, _ in _MADE:
            os.environ.pop(variable, None)
            if variable in before:
                os.environ[variable] = before[variable]


def package_folders() -> list[Path]:
    """The folders that Argos looks for packages in."""
    return [Path(folder) for folder in library().settings.package_dirs]


def package_folder() -> Path:
    """The folder that packages are installed in: `ARGOS_PACKAGES_DIR`, or Argos' own.

    Raises:
        EnvironmentGaveOutError: there is none, and none can be made.
    """
    place = Path(library().settings.package_data_dir)
    if cache.is_passing(place):
        usual = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"
        raise EnvironmentGaveOutError(f"{usual}: Argos cannot make its folder there", hint=_HINT)
    return place


def folder_to_install_in() -> Path:
    """The same folder, into which packages can be put.

    Raises:
        EnvironmentGaveOutError: it cannot be written.
    """
    place = package_folder()
    if not machine.is_writable(place):
        raise EnvironmentGaveOutError(f"{place}: packages cannot be kept there", hint=_HINT)
    return place


def index_address() -> str:
    """Where the index of packages is: `ARGOS_PACKAGE_INDEX`, or Argos' own."""
    return f"{library().settings.package_index.rstrip('/')}/index.json"
