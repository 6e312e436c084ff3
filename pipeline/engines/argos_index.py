"""Argos' index: fetch the package for two languages and install it, checked.

What is installed here is an ordinary package to Argos itself.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core import files, reading
from pipeline.core.errors import MissingError
from pipeline.engines import argos_home, argos_packages, cache, download, unpack
from pipeline.engines.transfer import Transfer

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.core.progress import Progress
    from pipeline.engines.argos_packages import Package

# The index names no digests. These are of the packages as published, found the same by several.
_PUBLISHED: Final = {
    ("ru", "en", "1.9"): "e9ba8bf722d10a4a4c39f74289d5938fd47eac08dbe4ed0afd22d89445a5c3ac",
}
_LEFT_BEHIND_S: Final = 24 * 3600
_MOST_INDEX_BYTES: Final = 16 << 20
_MOST_PACKAGE_BYTES: Final = 2 << 30


class NotOfferedError(MissingError):
    """The index has no package for these languages."""


class _Entry(msgspec.Struct, frozen=True):
    """What the index says of one package; `sha256` is for mirrors that add it."""

    from_code: str = ""
    to_code: str = ""
    package_version: str = ""
    type: str = "translate"
    links: tuple[str, ...] = ()
    sha256: str = ""

    def is_for(self, source: str, target: str) -> bool:
        return (self.type, self.from_code, self.to_code) == ("translate", source, target)


def install(archive: Path, source: str, target: str, *, into: Path) -> Package:
    """Install the package in the file `archive` into the folder `into`.

    Raises:
        MissingError: it is no package for these languages, damaged, or made to do harm.
        EnvironmentGaveOutError: it could not be written.
    """
    with unpack.unpacked(archive, into) as folder:
        package = argos_packages.opened(folder, archive)
        argos_packages.check_languages(package, source, target, archive)
        argos_packages.note_sums(folder)
        there = into / folder.name
        if not _is_here_already(package, there):
            unpack.publish(folder, into)
        return argos_packages.opened(there)


def fetch(source: str, target: str, progress: Progress) -> Package:
    """Fetch the newest package for these languages from Argos' index and install it.

    Raises:
        MissingError: the index or the package cannot be had, or is not what was announced.
        EnvironmentGaveOutError: packages cannot be kept where Argos keeps them.
    """
    into = argos_home.folder_to_install_in()
    archive = _download_place(f"{source}_{target}")
    try:
        entry = _offered(source, target)
        what = f"{source}-{target} {entry.package_version} from Argos"
        with Transfer(what, progress) as transfer:
            _download(entry, archive, transfer)
        return install(archive, source, target, into=into)
    except download.FetchError as error:
        raise MissingError(
            error.message,
            hint=f"{error.hint}: marathon models pull {source}-{target}; "
            "or give a package with --mt FOLDER",
        ) from error
    finally:
        files.remove(archive)


def _download(entry: _Entry, archive: Path, transfer: Transfer) -> None:
    """Put the package into `archive`, from the first address that has it."""
    pair = (entry.from_code, entry.to_code, entry.package_version)
    failure = download.FetchError(f"Argos' index names no address for {'-'.join(pair)}")
    for link in entry.links:
        try:
            download.fetch(
                link,
                archive,
                limit=_MOST_PACKAGE_BYTES,
                sha256=_PUBLISHED.get(pair, "") or entry.sha256,
                transfer=transfer,
            )
        except download.FetchError as error:
            failure = error
        else:
            return
    raise failure


def _download_place(name: str) -> Path:
    """Where this process may put an archive; what a kill left there long ago is removed."""
    folder = cache.room("downloads")
    files.make_folder(folder)
    for left in folder.iterdir():
        if left.is_file() and left.stat().st_mtime < time.time() - _LEFT_BEHIND_S:
            files.remove(left)
    return folder / f"{name}.{os.getpid()}.argosmodel"


def _offered(source: str, target: str) -> _Entry:
    address = argos_home.index_address()
    data = download.read(address, limit=_MOST_INDEX_BYTES)
    try:
        entries = msgspec.json.decode(data, type=list[_Entry])
    except reading.NOT_JSON as error:
        raise MissingError(
            f"{address}: not an index of packages: {error}", hint="check ARGOS_PACKAGE_INDEX"
        ) from error
    fitting = [entry for entry in entries if entry.is_for(source, target)]
    if not fitting:
        others = sorted({entry.to_code for entry in entries if entry.is_for(source, entry.to_code)})
        raise NotOfferedError(
            f"Argos has no package from {source} to {target}",
            hint=f"it has from {source} to: {', '.join(others) or 'nothing'}; "
            "or give a package of your own with --mt FOLDER",
        )
    return max(fitting, key=lambda entry: argos_packages.order(entry.package_version))


def _is_here_already(package: Package, place: Path) -> bool:
    """Say whether the very same package stands where this one would go.

    Raises:
        RefusedError: a package for other languages stands there; it is left alone.
    """
    try:
        there = argos_packages.opened(place)
    except MissingError:
        return False
    if (there.source, there.target) != (package.source, package.target):
        raise unpack.RefusedError(
            f"{place.name}: refused: it would replace the package for {there.source} to "
            f"{there.target}",
            hint=f"remove {place} first if that is what you want",
        )
    try:
        whole = argos_packages.check(there)
    except MissingError:  # damaged
        return False
    return whole and argos_packages.noted(place) == argos_packages.noted(package.folder)
