"""Argos Translate packages on this machine: which are there, are they whole, their identity."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from pipeline.core import files, reading
from pipeline.core.errors import MissingError
from pipeline.engines import argos_home, digests

log = logging.getLogger(__name__)

SUMS: Final = "SHA256SUMS"  # written by us at installation, in the form that sha256sum reads
_LOADED: Final = ("metadata.json", "sentencepiece.model", "bpe.model", "model/*")


class _Metadata(msgspec.Struct, frozen=True):
    """What metadata.json says of a package."""

    from_code: str = ""
    to_code: str = ""
    package_version: str = ""
    type: str = "translate"


@dataclass(frozen=True, slots=True)
class Package:
    """A package that can be loaded."""

    folder: Path
    source: str
    target: str
    version: str

    @property
    def name(self) -> str:
        """What to call it in an identity."""
        return f"argos-{self.source}_{self.target}-{self.version}"


def opened(folder: Path, given: Path | None = None) -> Package:
    """The package in `folder`; `given` is the file that it was unpacked from, to name in errors.

    Raises:
        MissingError: it is no package, or a part of it is not there.
    """
    try:
        about = msgspec.json.decode((folder / "metadata.json").read_bytes(), type=_Metadata)
    except (OSError, *reading.NOT_JSON) as error:
        raise _unfit(given or folder, f"metadata.json: {error}") from error
    if about.type != "translate" or not about.from_code or not about.to_code:
        raise _unfit(given or folder, "metadata.json names no two languages")
    tokenizers = [folder / "sentencepiece.model", folder / "bpe.model"]
    if not any(path.is_file() for path in tokenizers):
        raise _unfit(given or folder, "no sentencepiece.model and no bpe.model")
    for name in ("model/model.bin", "model/config.json"):
        if not (folder / name).is_file():
            raise _unfit(given or folder, f"no {name}")
    return Package(folder, about.from_code, about.to_code, about.package_version)


def installed() -> list[Package]:
    """All packages that Argos has installed and that are whole, by languages, newest first."""
    packages = []
    for folder in (each for place in argos_home.package_folders() for each in _inside(place)):
        try:
            packages.append(opened(folder))
        except MissingError as error:  # one broken package must not hide the others
            log.warning("passed over: %s", error)
    by_age = sorted(packages, key=lambda package: order(package.version), reverse=True)
    return sorted(by_age, key=lambda package: (package.source, package.target))


def identity(package: Package) -> str:
    """The package's name with a digest of the files that are loaded.

    Raises:
        MissingError: a file is not what was installed.
    """
    sums = _sums(package.folder, _LOADED)
    known = noted(package.folder)
    for name, digest in sums.items():
        if known.get(name, digest) != digest:
            raise _damaged(package, name)
    return f"{package.name}@{digests.of_files(sums)[:16]}"


def check(package: Package) -> bool:
    """Compare every file with what was installed; False where nobody wrote that down.

    Raises:
        MissingError: a file is not what was installed, or is gone.
    """
    known = noted(package.folder)
    sums = _sums(package.folder, ("**/*",))
    for name, digest in known.items():
        if sums.get(name) != digest:
            raise _damaged(package, name)
    return bool(known)


def note_sums(folder: Path) -> None:
    """Write down the digests of all files in a package that is about to be installed."""
    lines = [f"{digest}  {name}\n" for name, digest in _sums(folder, ("**/*",)).items()]
    files.replace(folder / SUMS, "".join(lines).encode())


class OtherLanguagesError(MissingError):
    """A package is whole, but for other languages."""

    pair: tuple[str, str] = ("", "")
    pairs: tuple[tuple[str, str], ...] = ()  # all that they are for


def check_languages(package: Package, source: str, target: str, given: Path | None = None) -> None:
    """Raise an OtherLanguagesError where a package, unpacked from `given`, is for others."""
    if (package.source, package.target) != (source, target):
        error = OtherLanguagesError(
            f"{given or package.folder}: translates {package.source} to {package.target}, "
            f"not {source} to {target}",
            hint=f"fetch the right one with: marathon models pull {source}-{target}",
        )
        error.pair = (package.source, package.target)
        error.pairs = (error.pair,)
        raise error


def order(version: str) -> tuple[int, ...]:
    """What makes 1.10 newer than 1.9."""
    return tuple(int(number) for number in re.findall(r"\d+", version))


def _inside(place: Path) -> list[Path]:
    try:
        return sorted(path for path in Path(place).iterdir() if path.is_dir())
    except OSError:
        return []


def _sums(folder: Path, patterns: tuple[str, ...]) -> dict[str, str]:
    names = {
        path.relative_to(folder).as_posix()
        for pattern in patterns
        for path in folder.glob(pattern)
        if path.is_file() and path.name != SUMS
    }
    paths = {folder / name: name for name in sorted(names)}
    return {paths[path]: digest for path, digest in digests.sha256(paths).items()}


def noted(folder: Path) -> dict[str, str]:
    """The digests written down when the package was installed, by file; empty where none were."""
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines) if name}


def _unfit(folder: Path, reason: str) -> MissingError:
    return MissingError(
        f"{folder}: not an Argos package: {reason}",
        hint="give a folder with metadata.json, or fetch one with: marathon models pull ru-en",
    )


def _damaged(package: Package, name: str) -> MissingError:
    return MissingError(
        f"{package.folder / name}: damaged: not the file that was installed",
        hint=f"fetch it again with: marathon models pull {package.source}-{package.target}",
    )
