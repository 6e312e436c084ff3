"""The roster: the people of a programme, their language, their role and how they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from pipeline.core import reading
from pipeline.core.errors import InputError
from pipeline.programme import tables

KEYS: Final = ("name", "language", "role", "gender", "written")
_HEADER: Final = re.compile(r"^[ \t]*\[\[[ \t]*people[ \t]*\]\]", re.MULTILINE)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person; `written` holds the name as each language writes it."""

    name: str
    language: str = ""
    role: Role = Role.OTHER
    gender: Gender = Gender.UNKNOWN
    written: dict[str, str] = field(default_factory=dict)

    def name_in(self, language: str) -> str:
        """The name as `language` writes it, as far as anybody said."""
        return self.written.get(language, self.name)


def load(path: Path) -> tuple[Person, ...]:
    """Read the roster at `path`.

    Raises:
        InputError: it cannot be read or understood; the message names the line.
    """
    return parse(tables.read(path, "roster"), str(path))


def parse(text: str, name: str) -> tuple[Person, ...]:
    """The people in the file's order; no two have one name.

    Raises:
        InputError: it is not TOML, or a key, a language, a role or a name is wrong.
    """
    content = reading.toml(text, name, hint=_EXAMPLE)
    unknown = next((key for key in content if key != "people"), None)
    if unknown is not None:
        raise InputError(f"{name}: unknown key {unknown!r}", hint=_EXAMPLE)
    entries = content.get("people", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InputError(f"{name}: people is not a list of tables", hint=_EXAMPLE)
    places = _places(text, name, len(entries))
    people: dict[str, tuple[Person, str]] = {}
    for entry, place in zip(entries, places, strict=True):
        person = _person(entry, place)
        first = people.setdefault(person.name.casefold(), (person, place))
        if first[1] is not place:
            message = f"{place}: {person.name!r} is already in {first[1]}"
            raise InputError(message, hint="keep one of the two, or tell the names apart")
    return tuple(person for person, _ in people.values())


def _places(text: str, name: str, count: int) -> list[str]:
    lines = [text.count("\n", 0, found.start()) + 1 for found in _HEADER.finditer(text)]
    if len(lines) == count:
        return [f"{name}, line {line}" for line in lines]
    return [f"{name}, person {number}" for number in range(1, count + 1)]


def _person(entry: dict[str, object], place: str) -> Person:
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
    )


def _text(entry: dict[str, object], key: str, place: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise InputError(f"{place}: {key} is not text", hint=f'put it in quotes: {key} = "…"')
    return " ".join(value.split())


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
