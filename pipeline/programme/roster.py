"""The roster: the people of a programme, how they are written and how their voices sound."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from pipeline.core.clock import clock
from pipeline.core.errors import InputError
from pipeline.programme import tables, toml_lists
from pipeline.programme.rundown import parse_time

KEYS: Final = ("name", "language", "role", "gender", "written", "clips")
_TIMES: Final = re.compile(r"(?P<path>.+)@(?P<times>[0-9:.,\s\u2013-]*)", re.DOTALL)
_CLIPS: Final = 'write it like this: clips = ["anna.wav", "other.mp4@00:01:10-00:01:32"]'
_T = TypeVar("_T", bound=StrEnum)
_EXAMPLE: Final = 'write [[people]] and below it name = "…", language = "ru", role = "host"'


class Role(StrEnum):
    """What a person does in the programme."""

    HOST = "host"
    GUEST = "guest"
    INTERPRETER = "interpreter"
    OTHER = "other"


class Gender(StrEnum):
    """Which pronouns a translation may use; unknown where nothing is said."""

    FEMININE = "f"
    MASCULINE = "m"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Clip:
    """Sound in which one person alone is heard: of a file, from one time to one or to its end."""

    path: Path
    from_ms: int = 0
    to_ms: int | None = None
    place: str = ""  # "file, line 7"

    def overlaps(self, other: Clip) -> bool:
        """Whether the two have some sound in common."""
        if self.path != other.path:
            return False
        ends = [math.inf if clip.to_ms is None else clip.to_ms for clip in (self, other)]
        return self.from_ms < ends[1] and other.from_ms < ends[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person; `written` holds the name as each language writes it, `clips` their voice."""

    name: str
    language: str = ""
    role: Role = Role.OTHER
    gender: Gender = Gender.UNKNOWN
    written: dict[str, str] = field(default_factory=dict)
    clips: tuple[Clip, ...] = ()

    def name_in(self, language: str) -> str:
        """The name as `language` writes it, as far as anybody said."""
        return self.written.get(language, self.name)


def load(path: Path) -> tuple[Person, ...]:
    """Read the roster at `path`, and see that its clips are there.

    Raises:
        InputError: it cannot be read or understood, or a clip is missing; the message names the
            line.
    """
    people = parse(tables.read(path, "roster"), str(path), path.parent)
    for clip in (clip for person in people for clip in person.clips):
        if not _is_there(clip.path):
            hint = f"it is looked for in {path.parent}; {_CLIPS}"
            raise InputError(f"{clip.place}: no such clip: {clip.path}", hint=hint)
    return people


def parse(text: str, name: str, folder: Path = Path()) -> tuple[Person, ...]:
    """The people in the file's order; no two have one name or one clip, which lie in `folder`.

    Raises:
        InputError: it is not TOML, or a key, a language, a role, a name or a clip is wrong.
    """
    people: dict[str, tuple[Person, str]] = {}
    heard: list[tuple[Clip, str]] = []
    for place, entry in toml_lists.entries(text, name, "people", hint=_EXAMPLE):
        person = _person(entry, place, folder)
        first = people.setdefault(person.name.casefold(), (person, place))
        if first[1] is not place:
            message = f"{place}: {person.name!r} is already in {first[1]}"
            raise InputError(message, hint="keep one of the two, or tell the names apart")
        for clip in person.clips:
            _check_own(clip, heard)
            heard.append((clip, person.name))
    return tuple(person for person, _ in people.values())


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long for any file, a folder that is shut
        return False


def _check_own(clip: Clip, heard: list[tuple[Clip, str]]) -> None:
    for other, whose in heard:
        if clip.overlaps(other):
            message = f"{clip.place}: {clip.path} is already a clip of {whose!r} in {other.place}"
            raise InputError(message, hint="a clip is of one person, and stands there once")


def _person(entry: dict[str, object], place: str, folder: Path) -> Person:
    unknown = next((key for key in entry if key not in KEYS), None)
    if unknown is not None:
        raise InputError(f"{place}: unknown key {unknown!r}", hint=tables.nearest(unknown, KEYS))
    person_name = _text(entry, "name", place)
    if not person_name:
        raise InputError(f"{place}: a person without a name", hint=_EXAMPLE)
    language = _text(entry, "language", place)
    return Person(
        name=person_name,
        language=tables.language(language, place) if language else "",
        role=_choice(Role, _text(entry, "role", place) or Role.OTHER, "role", place),
        gender=_choice(Gender, _text(entry, "gender", place), "gender", place),
        written=_written(entry.get("written", {}), place),
        clips=_clips(entry.get("clips", []), place, folder),
    )


def _text(entry: dict[str, object], key: str, place: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise InputError(f"{place}: {key} is not text", hint=f'put it in quotes: {key} = "…"')
    return unicodedata.normalize("NFC", " ".join(value.split()))


def _choice(kind: type[_T], text: str, key: str, place: str) -> _T:
    try:
        return kind(text.casefold())
    except ValueError:
        known = tuple(member.value for member in kind if member.value)
        message = f"{place}: unknown {key} {text!r}"
        raise InputError(message, hint=tables.nearest(text, known)) from None


def _written(value: object, place: str) -> dict[str, str]:
    hint = 'write it like this: written = { ru = "…", en = "…" }'
    if not isinstance(value, dict):
        raise InputError(f"{place}: written is not a table", hint=hint)
    forms: dict[str, str] = {}
    for tag, form in value.items():
        if not isinstance(form, str) or not form.strip():
            raise InputError(f"{place}: written.{tag} is not text", hint=hint)
        forms[tables.language(tag, place)] = " ".join(form.split())
    return forms


def _clips(value: object, place: str, folder: Path) -> tuple[Clip, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise InputError(f"{place}: clips is not a list of texts", hint=_CLIPS)
    return tuple(_clip(text, place, folder) for text in value)


def _clip(text: str, place: str, folder: Path) -> Clip:
    """A file, or a file and the times after the last `@`; a name may have that sign in it too."""
    found = _TIMES.fullmatch(text.strip())
    file = (found["path"] if found else text).strip()
    if not file or "\0" in file:
        raise InputError(f"{place}: clip {text!r} names no file", hint=_CLIPS)
    if found is None:
        return Clip(folder / file, place=place)
    times = [parse_time(part) for part in re.split("[-\u2013]", found["times"])]
    if len(times) != 2 or times[0] is None or times[1] is None:  # noqa: PLR2004 - from and to
        message = f"{place}: clip {text!r}: {found['times']!r} is not two times"
        raise InputError(message, hint=_CLIPS)
    from_ms, to_ms = times[0], times[1]
    if to_ms <= from_ms:
        message = f"{place}: clip {text!r} ends at {clock(to_ms)}, not after {clock(from_ms)}"
        raise InputError(message, hint=_CLIPS)
    return Clip(folder / file, from_ms, to_ms, place)
