"""Folders with an OPUS-MT or other Marian model converted for CTranslate2, and what they say.

`engine.toml` in such a folder:

    kind = "opus"
    name = "opus-mt-tc-big-zle-en"
    source_languages = ["ru", "uk", "be"]
    target_languages = ["en"]
    prefix = ">>eng<<"        # only for weights that want to be told the target language
    source = "source.spm"     # these three are what they are without a line
    target = "target.spm"
    model = "."
    licence = "CC-BY-4.0"
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from pipeline.core import reading
from pipeline.core.errors import InputError, MissingError
from pipeline.engines import digests
from pipeline.engines.argos_packages import OtherLanguagesError

FILE_NAME: Final = "engine.toml"
KIND: Final = "opus"
HINT: Final = "README.md says how to convert weights: see OPUS-MT"
_MODEL: Final = ("model.bin", "config.json")
_VOCABULARIES: Final = ("shared", "source", "target")


class About(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What engine.toml says."""

    kind: str
    source_languages: tuple[str, ...]
    target_languages: tuple[str, ...]
    name: str = ""
    prefix: str = ""
    source: str = "source.spm"
    target: str = "target.spm"
    model: str = "."
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that an engine can load."""

    folder: Path
    about: About

    @property
    def model(self) -> Path:
        """Where model.bin is."""
        return self.folder / self.about.model

    @property
    def source(self) -> Path:
        """What cuts the source into pieces."""
        return self.folder / self.about.source

    @property
    def target(self) -> Path:
        """What puts the pieces of the target together."""
        return self.folder / self.about.target


def is_one(folder: Path) -> bool:
    """Say whether `folder` is meant to be one, be it that engine.toml is still to be written."""
    return (folder / FILE_NAME).exists() or (folder / "source.spm").is_file()


def opened(folder: Path) -> Folder:
    """What is in a folder with an engine.toml.

    Raises:
        InputError: engine.toml cannot be understood.
        MissingError: a part that it names is not there.
    """
    path = folder / FILE_NAME
    try:
        data = reading.regular(path)
    except OSError as error:
        raise MissingError(f"{path}: cannot be read: {error.strerror}", hint=HINT) from error
    found = Folder(folder, _about(reading.decoded(data, str(path)), str(path)))
    wanted = [found.source, found.target, *(found.model / name for name in _MODEL)]
    for part in wanted:
        if not part.is_file():
            raise MissingError(f"{part}: not there, and {path} needs it", hint=HINT)
    if not _vocabularies(found):
        what = f"{found.model}: no vocabulary (shared_vocabulary.json), and {path} needs it"
        raise MissingError(what, hint=HINT)
    return found


def check_languages(of: Folder, source: str, target: str) -> None:
    """Raise an OtherLanguagesError where a folder is for other languages."""
    pairs = tuple((s, t) for s in of.about.source_languages for t in of.about.target_languages)
    if (source, target) not in pairs:
        error = OtherLanguagesError(
            f"{of.folder}: translates {' or '.join(of.about.source_languages)} to "
            f"{' or '.join(of.about.target_languages)}, not {source} to {target}",
            hint=f"give other weights, or fetch a package with: marathon models pull "
            f"{source}-{target}",
        )
        error.pair, error.pairs = pairs[0], pairs
        raise error


def identity(of: Folder) -> str:
    """Its name with a digest of the files that are loaded."""
    parts = [of.folder / FILE_NAME, of.source, of.target]
    parts += [*(of.model / name for name in _MODEL), *_vocabularies(of)]
    sums = digests.sha256(parts)
    named = {path.relative_to(of.folder).as_posix(): sum_ for path, sum_ in sums.items()}
    name = of.about.name or of.folder.resolve().name
    return f"{name}@{digests.of_files(named)[:16]}"


def _vocabularies(of: Folder) -> list[Path]:
    found = [path for side in _VOCABULARIES for path in of.model.glob(f"{side}_vocabulary.*")]
    return sorted(path for path in found if path.is_file())


def _about(text: str, name: str) -> About:
    hint = "correct it; " + HINT
    try:
        about = msgspec.convert(reading.toml(text, name, hint=hint), About)
    except msgspec.ValidationError as error:
        raise InputError(f"{name}: {error}", hint=hint) from error
    if about.kind != KIND:
        raise InputError(f'{name}: kind is "{about.kind}"', hint=f'the one that is known: "{KIND}"')
    if not about.source_languages or not about.target_languages:
        raise InputError(f"{name}: names no languages on one side", hint=hint)
    if about.prefix and len(about.target_languages) > 1:
        hint = "one folder for each target language, each with its prefix"
        raise InputError(f"{name}: a prefix, and more than one target language", hint=hint)
    for part in (about.source, about.target, about.model):
        inside = PurePosixPath(part)
        if not part or "\0" in part or inside.is_absolute() or ".." in inside.parts:
            raise InputError(f"{name}: {part!r} is not inside the folder", hint=hint)
    return about
