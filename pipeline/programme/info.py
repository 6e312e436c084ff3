"""The info file: what people tell us about one recording, or about a whole archive."""

from __future__ import annotations

import datetime as dt
import difflib
import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.core import language, reading
from pipeline.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ARCHIVE_INFO: Final = "archive.toml"
INTERPRETED: Final = ("original", "interpreter", "both")


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What is known before anything was heard; every field has a default.

    `archive` is the folder of the archive's info file, None without one. `glossaries` are the
    recording's own and the archive's, as far as there are any; what its own says goes first.
    """

    title: str = ""
    date: dt.date | None = None
    languages: tuple[str, ...] = ("ru", "es", "en")
    translate: dict[str, str] = field(default_factory=lambda: {"ru": "en"})
    rundown: Path | None = None
    roster: Path | None = None
    glossaries: tuple[Path, ...] = ()
    archive: Path | None = None
    profile: str = "default"
    interpreted: str = "both"

    @property
    def glossary(self) -> Path | None:
        """The glossary that goes first: the recording's own, or else the archive's."""
        return next(iter(self.glossaries), None)


def load(recording: Path) -> Info:
    """The info of `recording`: its own file where there is one, then the archive's, then defaults.

    Its own has the same name, ending in `.toml`; the archive's is the nearest `archive.toml` in
    the recording's folder or above it.

    Raises:
        InputError: a file cannot be read; says which line, and which key was probably meant.
    """
    values: dict[str, Any] = {}
    asks: _InfoFile | None = None
    archive = _archive_info(recording)
    glossaries: list[Path] = []
    for path in (archive, recording.with_suffix(".toml")):
        if path is not None and path != recording and os.path.lexists(path):
            file = _InfoFile(path)
            found = file.values()
            glossaries += [found.pop("glossary")] if "glossary" in found else []
            values |= found
            if "translate" in found:
                asks = file
            elif "languages" in found:  # fewer than the archive's: then less is translated
                asks = None
    values["glossaries"] = tuple(dict.fromkeys(reversed(glossaries)))
    values["archive"] = archive.parent if archive else None
    return _consistent(values, asks)


def _archive_info(recording: Path) -> Path | None:
    """The archive's info file; it is looked for up to the home folder, or else the root."""
    folder = recording.parent.resolve()
    home = Path(os.path.expanduser("~")).resolve()  # noqa: PTH111 - Path.home fails without one
    for here in (folder, *folder.parents):
        if os.path.lexists(here / _ARCHIVE_INFO):  # a shut folder is no error
            return here / _ARCHIVE_INFO
        if here == home:
            break
    return None


class _InfoFile:
    """One TOML file with its text at hand, so that a fault can be given its line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = _text(path)

    def values(self) -> dict[str, Any]:
        """The keys of the file, each checked and in the type `Info` wants."""
        hint = 'text stands in quotes, a list in brackets: languages = ["ru", "es"]'
        raw = reading.toml(self.text, str(self.path), hint=hint)
        return {key: self._value(key, value) for key, value in raw.items()}

    def _value(self, key: str, value: object) -> Any:  # noqa: ANN401 - as many types as keys
        read = _READERS.get(key)
        if read is None:
            near = difflib.get_close_matches(key, _READERS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(_READERS)}"
            raise self._wrong(key, f"unknown key {key!r}", hint)
        try:
            return read(value, self.path)
        except _WrongError as fault:
            raise self._wrong(key, f"{key}: {fault}", fault.hint) from fault

    def unheard(self, sources: Sequence[str], languages: Sequence[str]) -> InputError:
        """The fault that it translates from languages that are not among those spoken."""
        named = ", ".join(map(repr, sources))
        spoken = ", ".join(f'"{tag}"' for tag in (*languages, *sources))
        return self._wrong(
            "translate",
            f"translate: {named} {'is' if len(sources) == 1 else 'are'} not in languages",
            f"leave it out of translate, or write languages = [{spoken}]",
        )

    def _wrong(self, key: str, fault: str, hint: str) -> InputError:
        named = re.compile(rf"""\s*\[?\s*["']?{re.escape(key)}["']?\s*[\].=]""")
        lines = enumerate(self.text.splitlines(), 1)
        line = next((number for number, text in lines if named.match(text)), 1)
        return InputError(f"{self.path}, line {line}: {fault}", hint=hint)


class _WrongError(Exception):
    """A value that its key cannot take."""

    def __init__(self, fault: str, hint: str = "") -> None:
        super().__init__(fault)
        self.hint = hint


def _text(path: Path) -> str:
    try:
        data = reading.regular(path)
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        hint = "an info file is a text file: put it right, or give it another name"
        raise InputError(message, hint=hint) from error
    return reading.decoded(data, str(path))


def _a_text(value: object, _: Path) -> str:
    if not isinstance(value, str):
        raise _WrongError(f"text is needed, this is {value!r}", "put it in quotes")
    return value.strip()


def _a_date(value: object, _: Path) -> dt.date:
    if isinstance(value, str):
        try:
            value = dt.date.fromisoformat(value)
        except ValueError:
            raise _WrongError(f"{value!r} is no date", "write it as 2019-12-08") from None
    if isinstance(value, dt.datetime):
        return value.date()
    if not isinstance(value, dt.date):
        raise _WrongError(f"{value!r} is no date", "write it as 2019-12-08")
    return value


def _a_tag(value: object) -> str:
    if isinstance(value, str) and language.is_tag(value):
        return value
    meant = language.tag_for(value) if isinstance(value, str) else None
    hint = f"did you mean {meant!r}?" if meant else "tags are like ru, es, en, pt-BR"
    raise _WrongError(f"unknown language {value!r}", hint)


def _the_languages(value: object, _: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise _WrongError("a list of languages is needed", 'write it as ["ru", "es", "en"]')
    tags = tuple(_a_tag(tag) for tag in value)
    if len(set(tags)) < len(tags):
        raise _WrongError("a language is named twice")
    return tags


def _what_becomes_what(value: object, _: Path) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _WrongError("source and target are needed", 'write it as { ru = "en" }')
    pairs = {_a_tag(source): _a_tag(target) for source, target in value.items()}
    for source, target in pairs.items():
        if source == target:
            raise _WrongError(f"{source!r} cannot be translated into itself")
    return pairs


def _a_file(value: object, beside: Path) -> Path:
    path = beside.parent / _a_text(value, beside)
    try:
        is_there = path.is_file()
    except OSError:  # a name too long for any file, a folder that may not be looked into
        is_there = False
    if not is_there:
        raise _WrongError(f"{value!r}: no such file", f"it is looked for in {beside.parent}")
    return path


def _one_of_interpreted(value: object, _: Path) -> str:
    if value not in INTERPRETED:
        raise _WrongError(f"{value!r} is not one of {', '.join(INTERPRETED)}")
    return str(value)


_READERS: Final[dict[str, Callable[[object, Path], Any]]] = {
    "title": _a_text,
    "date": _a_date,
    "languages": _the_languages,
    "translate": _what_becomes_what,
    "rundown": _a_file,
    "roster": _a_file,
    "glossary": _a_file,
    "profile": _a_text,
    "interpreted": _one_of_interpreted,
}


def _consistent(values: dict[str, Any], asks: _InfoFile | None) -> Info:
    """The info; what it translates is limited to what may be spoken, but for what a file `asks`.

    Raises:
        InputError: that file translates from a language that nobody is to listen for.
    """
    info = Info(**values)
    unheard = [source for source in info.translate if source not in info.languages]
    if asks is not None and unheard:
        raise asks.unheard(unheard, info.languages)
    kept = {s: t for s, t in info.translate.items() if s not in unheard}
    return replace(info, translate=kept)
