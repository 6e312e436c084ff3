"""The cues of a track while the log is read, and what becomes one lock of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.review.chains import text_key

if TYPE_CHECKING:
    from pipeline.review.decisions import Piece

Key = tuple[int, int, str]


@dataclass(slots=True, eq=False)
class Live:
    """A cue while the log is read; `roots` are all the places that it came from."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    decision: int
    when: str
    source: str
    roots: set[Key]
    language: str = ""
    is_approved: bool = False
    at: Key | None = None  # where the last decision about it was made

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines)


@dataclass(slots=True, eq=False)
class Unit:
    """What becomes one lock."""

    bases: list[Piece]
    lives: list[Live] = field(default_factory=list)
    roots: set[Key] = field(default_factory=set)
    last: int = 0  # the decision that it was in last
    when: str = ""
    texts: dict[str, None] = field(default_factory=dict)
    into: Unit | None = None  # the one that it became a part of


def key_of(piece: Piece | Live) -> Key:
    """What a cue is found by: its time and text."""
    return piece.start_ms, piece.end_ms, text_key(piece.text)


def place(piece: Piece | Live) -> tuple[int, int]:
    """What puts cues in order."""
    return piece.start_ms, piece.end_ms
