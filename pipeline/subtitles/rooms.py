"""The time that cues of people leave free: where cues of ours may stand."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.timeline import Span

GLIMPSE_MS: Final = 200  # a cue is on screen at least, however little room its words left
ENDLESS_MS: Final = 1 << 50
_WORD_MS: Final = 500  # a word is judged by its middle, but no later than by this one's


class Room(NamedTuple):
    """From when to when cues may be on screen; the gap to what is taken is not part of it."""

    start_ms: int
    end_ms: int

    def within(self, at_ms: int) -> int:
        """The nearest time in the room."""
        return min(max(at_ms, self.start_ms), self.end_ms)


class Rooms:
    """The rooms between taken spans, in order; the last one has no end.

    A room too short for a glimpse at a cue is none.
    """

    def __init__(self, taken: Sequence[Span] = (), gap_ms: int = 0) -> None:
        self._rooms: list[Room] = []
        free_ms = 0
        for span in sorted(taken, key=lambda one: one.start_ms):
            room = Room(free_ms, span.start_ms - gap_ms)
            if room.end_ms - room.start_ms >= GLIMPSE_MS:
                self._rooms.append(room)
            free_ms = max(free_ms, span.end_ms + gap_ms)
        self._rooms.append(Room(free_ms, ENDLESS_MS))
        # until where a time belongs to a room: half of the taken time behind it
        self._until = [(a.end_ms + b.start_ms) // 2 for a, b in pairwise(self._rooms)]

    def __getitem__(self, index: int) -> Room:
        return self._rooms[index]

    def nearest(self, start_ms: int, end_ms: int) -> int:
        """The index of the room nearest to a word."""
        return bisect_left(self._until, start_ms + min(end_ms - start_ms, _WORD_MS) // 2)

    def first(self, start_ms: int, end_ms: int, least_ms: int) -> Room | None:
        """The first free time of a span that is long enough."""
        at = bisect_left(self._rooms, start_ms, key=lambda room: room.end_ms)
        for room in self._rooms[at:]:
            if room.start_ms >= end_ms:
                break
            found = Room(max(room.start_ms, start_ms), min(room.end_ms, end_ms))
            if found.end_ms - found.start_ms >= least_ms:
                return found
        return None
