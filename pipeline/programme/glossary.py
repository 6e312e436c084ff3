"""The glossary: names and terms, and how the translation has to write them."""

from __future__ import annotations

import functools
import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pipeline.core.errors import InputError
from pipeline.programme import spelling, tables
from pipeline.programme.tables import Row

log = logging.getLogger(__name__)

REQUIRED: Final = ("source", "target")
COLUMNS: Final = (*REQUIRED, "type", "gender", "forms", "alternatives", "forbidden", "comment")
TYPES: Final = ("person", "org", "place", "title", "code")
GENDERS: Final = ("f", "m")
_LONGEST: Final = 300  # characters of a name or a term; more are a text
_JOINERS: Final = "\u200c\u200d"  # unseen, and yet part of words in some scripts


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term: `forms` are inflected forms of the source, `alternatives` other good targets.

    `type` is one of `TYPES` or empty, `gender` one of `GENDERS` or empty.
    """

    source: str
    target: str
    type: str = ""
    gender: str = ""
    forms: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    comment: str = ""


def load(path: Path) -> tuple[Term, ...]:
    """Read the glossary at `path`.

    Raises:
        InputError: it cannot be read or understood; the message names the line.
    """
    return parse(tables.read(path, "glossary"), str(path))


def load_all(paths: Sequence[Path]) -> tuple[Term, ...]:
    """The terms of several glossaries; what an earlier one says of a source is what holds.

    Raises:
        InputError: one of them cannot be read or understood; the message names file and line.
    """
    found: dict[str, Term] = {}
    for path in paths:
        for term in load(path):
            found.setdefault(_key(term), term)
    return tuple(found.values())


def parse(text: str, name: str) -> tuple[Term, ...]:
    """Terms in the file's order; lines that say the same of one source are one.

    Characters that nobody sees, such as marks that turn text round, are taken out.

    Raises:
        InputError: the two needed columns or a cell of theirs are missing, a cell holds what it
            must not, or two lines disagree.
    """
    columns, _ = tables.rows(text, name)
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        message = f"{name}, line 1: no column named {' and no column named '.join(missing)}"
        hint = "the first line names the columns: source and target, with a tab between them"
        raise InputError(message, hint=hint)
    for column in columns:
        if column not in COLUMNS:
            hint = tables.nearest(column, COLUMNS)
            log.warning("%s, line 1: column %r is passed over; %s", name, column, hint)
    return _agreed(text, name)


@functools.lru_cache(maxsize=2)
def _agreed(text: str, name: str) -> tuple[Term, ...]:
    """The terms of all rows; kept, because one command reads a glossary several times."""
    found: dict[str, tuple[Term, str]] = {}
    for row in tables.rows(text, name)[1]:
        term = _term(row)
        key = _key(term)
        if key in found:
            before, place = found[key]
            found[key] = (_both(before, place, term, row.place), place)
        else:
            _check_forbidden(term, row.place)
            found[key] = (term, row.place)
    return tuple(term for term, _ in found.values())


def _both(before: Term, place: str, term: Term, here: str) -> Term:
    """What two lines say together of one source."""
    if before.target != term.target:
        message = f"{here}: {term.source!r} becomes {term.target!r}, but it became"
        message = f"{message} {before.target!r} in {place}"
        hint = "keep one of the lines; further good forms go into its column alternatives"
        raise InputError(message, hint=hint)
    for what, old, new in (
        ("type", before.type, term.type),
        ("gender", before.gender, term.gender),
    ):
        if old and new and old != new:
            message = f"{here}: the {what} of {term.source!r} is {new!r}, but it is {old!r}"
            raise InputError(f"{message} in {place}", hint="keep one of the lines")
    both = replace(
        before,
        type=before.type or term.type,
        gender=before.gender or term.gender,
        forms=_joined(before.forms, term.forms),
        alternatives=_joined(before.alternatives, term.alternatives),
        forbidden=_joined(before.forbidden, term.forbidden),
        comment=before.comment or term.comment,
    )
    _check_forbidden(both, here)
    return both


def _joined(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _key(term: Term) -> str:
    """What a source is known by, however it is typed."""
    return " ".join(spelling.fold(term.source).split())


def _term(row: Row) -> Term:
    cells = {column: _seen(row[column], row, column) for column in COLUMNS}
    for column in REQUIRED:
        if not cells[column]:
            hint = "fill it in, or take the line out"
            raise InputError(f"{row.place}: the {column} is empty", hint=hint)
    if not spelling.words(cells["source"]):
        hint = "only words are looked for: write one, or take the line out"
        raise InputError(f"{row.place}: the source {cells['source']!r} has no word", hint=hint)
    for column in REQUIRED:
        if len(cells[column]) > _LONGEST:
            message = f"{row.place}: the {column} has {len(cells[column])} characters"
            raise InputError(message, hint=f"a term has no more than {_LONGEST}")
    return Term(
        source=cells["source"],
        target=cells["target"],
        type=_one_of(TYPES, cells["type"], "type", row.place),
        gender=_one_of(GENDERS, cells["gender"], "gender", row.place),
        forms=_list(cells["forms"]),
        alternatives=_list(cells["alternatives"]),
        forbidden=_list(cells["forbidden"]),
        comment=cells["comment"],
    )


def _list(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tables.several(cell)))


def _one_of(known: tuple[str, ...], cell: str, what: str, place: str) -> str:
    value = cell.casefold()
    if value and value not in known:
        message = f"{place}: unknown {what} {cell!r}"
        raise InputError(message, hint=f"{tables.nearest(cell, known)}; it may be left empty")
    return value


def _check_forbidden(term: Term, place: str) -> None:
    if not term.forbidden:
        return
    good = {form.casefold() for form in (term.target, *term.alternatives)}
    for form in term.forbidden:
        if form.casefold() in good:
            message = f"{place}: {form!r} is both wanted and forbidden for {term.source!r}"
            raise InputError(message, hint="take it out of one of the two columns")


def _seen(cell: str, row: Row, column: str) -> str:
    """`cell` without characters that nobody sees, its accents composed.

    Raises:
        InputError: it holds control characters or halves of characters.
    """
    if spelling.is_plain(cell):
        return cell
    kinds = {c: unicodedata.category(c) for c in cell}
    bad = next((c for c, kind in kinds.items() if kind in ("Cc", "Cs")), None)
    if bad is not None:
        character = f"the character U+{ord(bad):04X}, which is none to be read"
        message = f"{row.place}: the {column} holds {character}"
        raise InputError(message, hint="take it out; is this a text file, saved as UTF-8?")
    seen = "".join(c for c in cell if kinds[c] != "Cf" or c in _JOINERS)
    return " ".join(unicodedata.normalize("NFC", seen).split())
