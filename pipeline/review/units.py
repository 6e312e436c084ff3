"""The cues of a track while the log is read, and what becomes one lock of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.review.chains import common, text_key
from pipeline.subtitles.text import clean, kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.review.decisions import Merge, Piece

Key = tuple[int, int, str]

SAME: Final = 0.5  # as in chains: with so much of their time in common, one cue edited again
_GONE: Final = "\0"  # before a file's name: that file has nothing there


class Joined(NamedTuple):
    """A merge that a cue came from: whose it is, and all that each of its parts was till then."""

    source: str
    parts: Mapping[Piece, frozenset[Key]]

    @classmethod
    def of(cls, merge: Merge, roots: Mapping[Piece, frozenset[Key]]) -> Joined:
        """The same of a merge; what more than one of its parts once was is none of them."""
        common = Counter(key for keys in roots.values() for key in keys)
        all_of_it = text_key(merge.at.text)
        own = {key for key, count in common.items() if count == 1 and key[2] != all_of_it}
        return cls(merge.source, {piece: keys & own for piece, keys in roots.items()})


@dataclass(slots=True, eq=False)
class Live:
    """A cue while the log is read; `roots` are all the places that it came from.

    Without lines it is deleted: who changes it all the same is known to have not seen that.
    `joined` are the merges that it came from, by their places in the log, and `apart` the files
    whose merges it is kept out of, by the same.
    """

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
    is_recut: bool = False  # it was split, or joined with another one
    joined: dict[int, Joined] = field(default_factory=dict)
    apart: dict[int, str] = field(default_factory=dict)

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
    is_doubtful: bool = False  # something was decided in spite of a merge in it

    def of(self, key: Key) -> list[Live]:
        """The cues that stand there now, else those made of what stood there last."""
        now = [live for live in self.lives if key_of(live) == key]
        made = [live for live in self.lives if live.at == key]  # more was decided about it
        last = [live for live in made if live.decision == max(one.decision for one in made)]
        return now or last or [live for live in self.lives if key in live.roots]


def key_of(piece: Piece | Live) -> Key:
    """What a cue is found by: its time and text."""
    if isinstance(piece, Live) and not piece.lines:
        return gone(piece, piece.source)
    return piece.start_ms, piece.end_ms, text_key(piece.text)


def gone(piece: Piece | Live, source: str) -> Key:
    """What a place is found by where a file has deleted what stood there."""
    return piece.start_ms, piece.end_ms, _GONE + source


def part_of(joined: Joined, piece: Piece) -> Piece | None:
    """The part of a merge that a cue is, by what it is now or once was; None for none of them."""
    said = text_key(piece.text)
    for part, keys in joined.parts.items():
        if any(key[2] == said and common(piece, *key[:2]) >= SAME for key in keys):
            return part
    return None


def place(piece: Piece | Live) -> tuple[int, int]:
    """What puts cues in order."""
    return piece.start_ms, piece.end_ms


def there(lives: Iterable[Live]) -> list[Live]:
    """Those that are not deleted."""
    return [live for live in lives if live.lines]


def whole(lives: Iterable[Live]) -> str:
    """The text of all of them."""
    return "\n".join(live.text for live in sorted(there(lives), key=place))


def lines_of(text: str) -> tuple[str, ...]:
    """The lines that hold anything to be seen, as they were written."""
    return tuple(kept(line) for line in text.split("\n") if clean(line))


def outermost(bases: Sequence[Piece]) -> list[Piece]:
    """Those that no other one holds."""
    found: list[Piece] = []
    for base in sorted(dict.fromkeys(bases), key=lambda one: (one.start_ms, -one.end_ms)):
        if not found or base.end_ms > found[-1].end_ms:
            found.append(base)
    return found
