"""Where Argos Translate keeps its things on this machine, and its import without side effects."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.core.errors import EnvironmentGaveOutError, MissingError

if TYPE_CHECKING:
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
        with contextlib.redirect_stdout(sys.stderr):
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


def package_folders() -> list[Path]:
    """The folders that Argos looks for packages in."""
    return [Path(folder) for folder in library().settings.package_dirs]


def package_folder() -> Path:
    """The folder that packages are installed in: `ARGOS_PACKAGES_DIR`, or Argos' own."""
    return Path(library().settings.package_data_dir)


def index_address() -> str:
    """Where the index of packages is: `ARGOS_PACKAGE_INDEX`, or Argos' own."""
    return f"{library().settings.package_index.rstrip('/')}/index.json"
