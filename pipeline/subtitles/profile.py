"""The rules a cue must meet and what breaking them weakly costs, read from profiles/*.toml.

A profile states what its source states and leaves out the rest. What it leaves out is no finding
of `check`; the layout takes it from the default profile, first from what that has for the cue's
language, and bends it to what is stated (a minimum above a stated maximum becomes that maximum).
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from pipeline.core import reading
from pipeline.core.errors import InputError, UsageError
from pipeline.core.language import base, is_tag
from pipeline.subtitles.rules import ROWS, Costs, Limits, Marks, Rules

__all__ = ["Costs", "Limits", "Marks", "Profile", "Rules", "load", "names", "parse"]

DEFAULT: Final = "default"
_SHIPPED: Final = files("pipeline.subtitles") / "profiles"
_ENDING: Final = ".toml"
_MOST_BYTES: Final = 100_000
_HINT: Final = "README shows a profile; what it leaves out is taken from the default one"
_COMMON: Final = ""

T = TypeVar("T")
Tables = dict[str, dict[str, Any]]  # by language, _COMMON for those of all


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A named set of rules; each language may have its own."""

    name: str
    common: Rules
    own: dict[str, Rules]
    costs: Costs
    marked: dict[str, Marks]
    stated: dict[str, frozenset[str]]  # by language, the rules that come from the profile itself

    def rules(self, language: str) -> Rules:
        """The rules for cues of `language` ("es-AR" takes those of "es")."""
        return self.own.get(language) or self.own.get(base(language)) or self.common

    def limits(self, language: str) -> Limits:
        """What `check` holds cues of `language` to: only what the profile states itself."""
        stated = next(
            self.stated[tag] for tag in (language, base(language), _COMMON) if tag in self.stated
        )
        rules = self.rules(language)
        names = stated.intersection(Limits.__struct_fields__)
        return Limits(**{name: getattr(rules, name) for name in names})

    def marks(self, language: str) -> Marks:
        """What stands beside the words in cues of `language`."""
        tags = (language, base(language), _COMMON)
        return next(self.marked[tag] for tag in tags if tag in self.marked)

    @property
    def gap_ms(self) -> int:
        """The widest gap that any of its rules keeps."""
        return max(rules.gap_ms for rules in (self.common, *self.own.values()))

    def as_options(self) -> dict[str, Any]:
        """Every number and mark of the profile by its place, for an artifact's origin."""
        tables: dict[str, msgspec.Struct] = {"": self.common, "costs.": self.costs}
        tables |= {f"{language}.": rules for language, rules in self.own.items()}
        tables |= {
            f"marks.{language}." if language else "marks.": marks
            for language, marks in self.marked.items()
        }
        return {
            f"profile {place}{field}": list(value) if isinstance(value, tuple) else value
            for place, table in tables.items()
            for field, value in msgspec.structs.asdict(table).items()
        }


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A profile as it is written: what differs for a language stands in a table of its own."""

    based_on: str = ""
    rules: dict[str, Any] = {}
    marks: dict[str, Any] = {}
    costs: dict[str, Any] = {}


def names() -> list[str]:
    """The profiles that come with the program."""
    found = (p.name for p in _SHIPPED.iterdir() if p.is_file())
    return sorted(name.removesuffix(_ENDING) for name in found if name.endswith(_ENDING))


def load(name: str) -> Profile:
    """Read a profile by name, or a file of the user's own, whose name ends in .toml.

    Raises:
        UsageError: there is no profile of that name.
        InputError: the file cannot be read, or something in it is wrong; says what and where.
    """
    if name.endswith(_ENDING):
        return parse(name, _own(Path(name)))
    if name not in names():
        raise UsageError(
            f"there is no profile named {name!r}",
            hint=f"profiles: {', '.join(names())}, or a file of your own that ends in .toml",
        )
    return parse(name, _shipped(name))


def parse(name: str, text: str) -> Profile:
    """Read a profile from TOML: [rules], [marks], [rules.LANGUAGE] for what differs, [costs].

    `based_on` names a profile that comes with the program and states all that this one does not.

    Raises:
        InputError: not TOML, or something is unknown or out of range; names the key.
    """
    default = _read(DEFAULT, _shipped(DEFAULT)) if name != DEFAULT else _File()
    own = _read(name, text)
    if own.based_on and own.based_on not in names():
        message = f"{name}: based_on: there is no profile named {own.based_on!r}"
        raise InputError(message, hint=f"profiles: {', '.join(names())}")
    under = _read(own.based_on, _shipped(own.based_on)) if own.based_on else _File()
    fallback = _tables(name, "rules", default.rules)
    stated = _over(_tables(name, "rules", under.rules), _tables(name, "rules", own.rules))
    rules = {
        tag: _rules(name, tag, _for(fallback, tag), _for(stated, tag))
        for tag in {_COMMON: 0} | fallback | stated
    }
    if any(one.frames_per_second != rules[_COMMON].frames_per_second for one in rules.values()):
        hint = "write frames_per_second into [rules]"
        raise InputError(f"{name}: all languages of a picture share its frames", hint=hint)
    marks = _over(_tables(name, "marks", under.marks), _tables(name, "marks", own.marks))
    return Profile(
        name=name,
        common=rules.pop(_COMMON),
        own=rules,
        costs=_made(name, "costs", default.costs | under.costs | own.costs, Costs),
        marked={
            tag: _made(name, _place("marks", tag), _for(marks, tag), Marks)
            for tag in {_COMMON: 0} | marks
        },
        stated={tag: frozenset(_for(stated, tag)) for tag in {_COMMON: 0} | fallback | stated},
    )


def _own(path: Path) -> str:
    try:
        data = reading.regular(path)
    except OSError as error:
        message = f"cannot read the profile {path}: {error.strerror}"
        raise InputError(message, hint="name a file that is there, or a profile") from error
    if len(data) > _MOST_BYTES:
        message = f"{path}: {len(data)} bytes are no profile"
        raise InputError(message, hint=f"a profile has at most {_MOST_BYTES} bytes")
    return reading.decoded(data, str(path))


def _shipped(name: str) -> str:
    return (_SHIPPED / f"{name}{_ENDING}").read_text(encoding="utf-8")


def _read(name: str, text: str) -> _File:
    return _made(name, "", reading.toml(text, name, hint=_HINT), _File)


def _tables(name: str, what: str, table: dict[str, Any]) -> Tables:
    """The common table and those of languages."""
    own = {key: value for key, value in table.items() if isinstance(value, dict)}
    for tag in own:
        if not is_tag(tag):
            hint = "a table is named like its language: [rules.ru]"
            raise InputError(f"{name}: [{what}.{tag}] is no language", hint=hint)
    return {_COMMON: {key: value for key, value in table.items() if key not in own}} | own


def _over(under: Tables, own: Tables) -> Tables:
    """Both, those of `own` first; what `own` says of all languages holds for each."""
    common = own.get(_COMMON, {})
    found = {tag: table | (common if tag else {}) for tag, table in under.items()}
    return found | {tag: found.get(tag, {}) | table for tag, table in own.items()}


def _for(tables: Tables, tag: str) -> dict[str, Any]:
    """What holds for one language."""
    own = tables.get(tag) or tables.get(base(tag), {})
    return tables.get(_COMMON, {}) | own


def _rules(name: str, tag: str, fallback: dict[str, Any], stated: dict[str, Any]) -> Rules:
    """The rules of one language: what is stated, the rest bent to it."""
    place = _place("rules", tag)
    _made(name, place, stated, _Stated)  # says what is no number before anything is compared
    table = fallback | stated
    is_in_frames = "gap_frames" in stated or "gap_ms" not in stated
    if is_in_frames and table.get("frames_per_second") and table.get("gap_frames"):
        gap_ms = int(table["gap_frames"] * 1_000 / table["frames_per_second"])
        table, stated = table | {"gap_ms": gap_ms}, stated | {"gap_ms": gap_ms}
    for row in ROWS:
        for at, rule in enumerate(row):
            if rule not in stated and rule in table:
                below = [stated[one] for one in row[:at] if one in stated]
                above = [stated[one] for one in row[at + 1 :] if one in stated]
                table[rule] = min([max([table[rule], *below]), *above])
    return _made(name, place, table, Rules)


_Stated = msgspec.defstruct(
    "_Stated",
    [
        (field.name, field.type | msgspec.UnsetType, msgspec.UNSET)
        for field in msgspec.structs.fields(Rules)
    ],
    forbid_unknown_fields=True,
)


def _place(what: str, tag: str) -> str:
    return f"{what}.{tag}" if tag else what


def _made(name: str, place: str, table: dict[str, Any], kind: type[T]) -> T:
    """A table as the value it stands for; errors name the file, the table and the key."""
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        message, _, key = str(error).partition(" - at `$")
        where = f"[{place}]" * bool(place) + key.replace(".", " ").removesuffix("`")
        told = " ".join([f"{name}:", *where.split(), message])
        raise InputError(told, hint=_HINT) from error
