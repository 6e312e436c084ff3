"""Where a new result and a reviewer disagree: conflicts.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.core import catalogue
from pipeline.emit.findings import track_name
from pipeline.emit.guide import clock, literal
from pipeline.emit.tables import MOST_ROWS, page, row
from pipeline.subtitles.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.core.catalogue import Texts

_LONGEST: Final = 300
_ABOUT: Final = ("conflicts.heading", "conflicts.intro")
_OF_PEOPLE: Final = ("conflicts.heading_people", "conflicts.intro_people")
_HEADS: Final = (
    "findings.time",
    "findings.track",
    "conflicts.was",
    "conflicts.yours",
    "conflicts.new",
    "conflicts.sure",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A cue that a person made, of which the machine says something else now.

    `was` is what they saw, `yours` what they made of it ("": deleted), `new` what is heard now.
    `probability` is how sure the new words are. `also` is what another file has there, where two
    were edited differently, `file` which.
    """

    start_ms: int
    end_ms: int
    track: str
    was: str
    yours: str
    new: str
    probability: float = 0.0
    file: str = ""
    also: str = ""


def ranked(conflicts: Iterable[Conflict]) -> list[Conflict]:
    """Those first that are two people's, then by how sure the new words are, then by time."""
    return sorted(
        dict.fromkeys(conflicts),
        key=lambda one: (not one.file, -round(one.probability, 3), one.start_ms, one.track),
    )


def text(conflicts: Sequence[Conflict], texts: Texts | None = None) -> str:
    """All of them as a Markdown table, as they are ranked; "" where there are none.

    It is in the language of `texts`, English without.
    """
    texts = texts or catalogue.load(catalogue.DEFAULT)
    if not conflicts:
        return ""
    rows = [_row(one, texts) for one in conflicts[:MOST_ROWS]]
    kinds = sorted({bool(one.file) for one in conflicts})
    abouts = [_OF_PEOPLE if of_people else _ABOUT for of_people in kinds]
    about = (abouts[0][0], *(intro for _, intro in abouts))
    return page(about, _HEADS, rows, len(conflicts) - len(rows), texts)


def _row(one: Conflict, texts: Texts) -> str:
    new = _cell(one.new) or texts("conflicts.nothing")
    if one.file:
        new = texts(
            "conflicts.in_file",
            file=_cell(one.file),
            text=_cell(one.also) or texts("conflicts.deleted"),
        )
    cells = [
        clock(one.start_ms),
        literal(track_name(one.track, texts)),
        _cell(one.was),
        _cell(one.yours) or texts("conflicts.deleted"),
        new,
        "" if one.file else f"{one.probability:.2f}",
    ]
    return row(cells)


def _cell(text: str) -> str:
    text = clean(text.replace("\n", " / ")[: 4 * _LONGEST])
    return literal(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
