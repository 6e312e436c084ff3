"""The glossary: names and terms, and how the translation has to write them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.core.errors import InputError
from pipeline.programme import tables
from pipeline.programme.tables import Row

log = logging.getLogger(__name__)

REQUIRED: Final = ("source", "target")
COLUMNS: Final = (*REQUIRED, "type", "gender", "forms", "alternatives", "forbidden", "comment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term: `forms` are inflected forms of the source, `alternatives` other good targets."""

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


def parse(text: str, name: str) -> tuple[Term, ...]:
    """Terms in the file's order; a line that only repeats another is taken once.

    Raises:
        InputError: the two needed columns or a cell of theirs are missing, or two lines disagree.
    """
    columns, rows = tables.rows(text, name)
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        message = f"{name}, line 1: no column named {' and no column named '.join(missing)}"
        hint = "the first line names the columns: source and target, with a tab between them"
        raise InputError(message, hint=hint)
    for column in columns:
        if column not in COLUMNS:
            hint = tables.nearest(column, COLUMNS)
            log.warning("%s, line 1: column %r is passed over; %s", name, column, hint)
    return tuple(_agreed(rows))


def _agreed(rows: Iterator[Row]) -> Iterator[Term]:
    seen: dict[str, tuple[Term, Row]] = {}
    for row in rows:
        term = _term(row)
        before = seen.setdefault(term.source.casefold(), (term, row))
        if before[1] is row:
            yield term
        elif before[0].target != term.target:
            message = f"{row.place}: {term.source!r} becomes {term.target!r}, but it became"
            message = f"{message} {before[0].target!r} in {before[1].place}"
            hint = "keep one of the lines; further good forms go into its column alternatives"
            raise InputError(message, hint=hint)


def _term(row: Row) -> Term:
    for column in REQUIRED:
        if not row[column]:
            hint = "fill it in, or take the line out"
            raise InputError(f"{row.place}: the {column} is empty", hint=hint)
    return Term(
        source=row["source"],
        target=row["target"],
        type=row["type"],
        gender=row["gender"],
        forms=tables.several(row["forms"]),
        alternatives=tables.several(row["alternatives"]),
        forbidden=tables.several(row["forbidden"]),
        comment=row["comment"],
    )
