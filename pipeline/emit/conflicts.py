"""Where a new result and a reviewer disagree: conflicts.md, and findings for bookmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.core.workspace import ORIGINAL
from pipeline.emit.findings import Finding
from pipeline.emit.guide import clock, literal
from pipeline.subtitles.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KIND: Final = "conflict"
_MOST_ROWS: Final = 500
_LONGEST: Final = 300
_ABOUT: Final = (
    "Your text is kept in all these places. Look at each: if the new words are better, correct the"
    " cue. If yours is right, approve it, and it is not listed again."
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


def text(conflicts: Sequence[Conflict]) -> str:
    """All of them as a Markdown table, as they are ranked; "" where there are none."""
    if not conflicts:
        return ""
    lines = [
        "# A new result is not the same as your work",
        "",
        _ABOUT,
        "",
        "| time | track | was | yours | new | how sure |",
        "|---|---|---|---|---|---|",
        *map(_row, conflicts[:_MOST_ROWS]),
    ]
    if (more := len(conflicts) - _MOST_ROWS) > 0:
        lines += ["", f"There are {more} more places."]
    return "\n".join([*lines, ""])


def findings(conflicts: Iterable[Conflict]) -> list[Finding]:
    """The same as places to look at."""
    return [
        Finding(
            start_ms=one.start_ms,
            end_ms=one.end_ms,
            track=one.track,
            kind=KIND,
            source=one.was,
            text=one.yours,
            offered=one.also or one.new,
        )
        for one in conflicts
    ]


def _row(one: Conflict) -> str:
    new = f"in {_cell(one.file)}: {_cell(one.also)}" if one.file else _cell(one.new) or "(nothing)"
    cells = [
        clock(one.start_ms),
        "as spoken" if one.track == ORIGINAL else literal(one.track),
        _cell(one.was),
        _cell(one.yours) or "(deleted)",
        new,
        "" if one.file else f"{one.probability:.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    text = clean(text.replace("\n", " / ")[: 4 * _LONGEST])
    return literal(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
