"""Where one file has otherwise what another has: two people edited it differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.core.timeline import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.review.decisions import Piece
    from pipeline.review.locks import Lock, Locks


@dataclass(frozen=True, slots=True)
class Dispute:
    """Locks of two files that have the same time, and do not stand alike.

    A merge in one of them has the time of several in the other, or of one that nobody locked there.
    """

    one: tuple[Lock, ...]
    other: tuple[Lock, ...]

    @property
    def bases(self) -> frozenset[Piece]:
        """What all of these stand for."""
        return frozenset(lock.base for lock in (*self.one, *self.other))

    @property
    def span(self) -> Span:
        """From the first of them to the last."""
        return Span(
            start_ms=min(base.start_ms for base in self.bases),
            end_ms=max(base.end_ms for base in self.bases),
        )

    @property
    def was(self) -> str:
        """What stood there at first, as far as either file tells."""
        texts = [_text([lock.base.text for lock in side]) for side in (self.one, self.other)]
        return max(texts, key=len)

    @property
    def texts(self) -> tuple[str, str]:
        """What stands in the one and in the other."""
        one, other = (_text([lock.text for lock in side]) for side in (self.one, self.other))
        return one, other


def disputes(one: Locks, other: Locks) -> Iterator[Dispute]:
    """Those of two files, in time order."""
    for ours, theirs in _together(one.locks, other.locks):
        if _stand(ours) != _stand(theirs):
            yield Dispute(tuple(ours), tuple(theirs))


def _together(
    one: Sequence[Lock], other: Sequence[Lock]
) -> Iterator[tuple[list[Lock], list[Lock]]]:
    """Locks whose bases share time, but for those that stand alike on the same base."""
    theirs = {lock.base: _stand([lock]) for lock in other}
    unlike = {lock.base for lock in one if theirs.get(lock.base) != _stand([lock])}
    paired = {lock.base for lock in one} - unlike  # each of the rest may be a part of more
    rows = [
        (lock.base.start_ms, lock.base.end_ms, side, lock)
        for side, locks in enumerate((one, other))
        for lock in locks
        if lock.base not in paired
    ]
    sides: tuple[list[Lock], list[Lock]] = ([], [])
    until_ms = 0
    for start_ms, end_ms, side, lock in sorted(rows, key=lambda row: row[:3]):
        if start_ms >= until_ms and any(sides):
            yield sides
            sides = ([], [])
        sides[side].append(lock)
        until_ms = max(until_ms, end_ms)
    if any(sides):
        yield sides


def _stand(locks: Sequence[Lock]) -> list[tuple[int, int, tuple[str, ...]]]:
    return sorted((cue.start_ms, cue.end_ms, cue.lines) for lock in locks for cue in lock.cues)


def _text(texts: Sequence[str]) -> str:
    return "\n".join(text for text in texts if text)
