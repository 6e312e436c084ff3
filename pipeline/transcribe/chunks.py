"""Stretches of speech to chunks: what the recogniser sees at once.

Its cost is counted in windows of 30 s, full or not, so that a chunk takes in as much speech as it
may hold: long pauses are shortened, and a table leads each word back to the recording's clock.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final, Self

from pipeline.core.timeline import Span
from pipeline.engines import LONGEST_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    IsBarred = Callable[[int, int], bool]

OVERLAP_MS: Final = 500  # on each side of a cut for which there was no pause
CUT_MS: Final = 1  # the pause before what was cut off inside of speech later on
LEAD_MS: Final = 150  # at each end of a stretch, of what it is padded with, that is hardly speech
_LONG_ENOUGH_MS: Final = 1_000  # among longer pauses, the later is the better cut


@dataclass(frozen=True, slots=True)
class Stretch:
    """Speech without a long pause, padded, and the silence before it as it was heard.

    `pause_ms` 0 says that it was cut off from what stands before it without any silence;
    `is_doubtful`, that it may be no more than music or noise that begins.
    """

    span: Span
    pause_ms: int
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How long a chunk may be and where it ends.

    Silence between padded stretches is heard up to `kept_ms`; what is longer is left out. A chunk
    ends before a longer pause than `longest_pause_ms`, and before it reaches over `reach_ms` of the
    recording. Where one is full, the longest pause in its last `search_ms` is what it is cut at.
    Around a cut for which there was no pause, both sides hear `overlap_ms` of the other. Nothing
    is joined over `music_ms` of music.
    """

    longest_ms: int = LONGEST_MS
    kept_ms: int = 600
    longest_pause_ms: int = 20_000
    reach_ms: int = 120_000
    search_ms: int = 3_000
    overlap_ms: int = OVERLAP_MS
    music_ms: int = 3_000

    @classmethod
    def library(cls) -> Self:
        """What makes the very chunks that faster-whisper's batched pipeline makes."""
        return cls(
            longest_ms=LONGEST_MS,
            kept_ms=0,
            longest_pause_ms=sys.maxsize,
            reach_ms=sys.maxsize,
            search_ms=0,
            overlap_ms=0,
            music_ms=sys.maxsize,
        )


@dataclass(frozen=True)
class Chunk:
    """Stretches that are recognised at once, and the pieces of the recording they are heard from.

    The pieces, one after another, are the chunk's sound. They hold more than the stretches only
    where a cut had no pause: up to `OVERLAP_MS` of the stretch on the other side of it, for which
    the chunk before or after this one answers.
    """

    stretches: tuple[Stretch, ...]
    pieces: tuple[Span, ...]

    @property
    def own(self) -> Span:
        """From the first to the last speech it answers for."""
        return Span(start_ms=self.stretches[0].span.start_ms, end_ms=self.stretches[-1].span.end_ms)

    @cached_property
    def duration_ms(self) -> int:
        """Length of its sound."""
        return sum(piece.duration_ms for piece in self.pieces)

    @cached_property
    def _offsets(self) -> list[int]:
        return [0, *accumulate(piece.duration_ms for piece in self.pieces)]

    def place(self, start_ms: int, end_ms: int) -> Span:
        """Where on the recording's clock something stands that is a span of this chunk's sound.

        What lies over a join belongs to the piece that holds its middle.
        """
        middle = (start_ms + end_ms) // 2
        at = min(bisect_right(self._offsets, middle) - 1, len(self.pieces) - 1)
        piece, offset = self.pieces[at], self._offsets[at]
        first = max(piece.start_ms, piece.start_ms + start_ms - offset)
        last = min(piece.end_ms, piece.start_ms + end_ms - offset)
        first = min(first, piece.end_ms - 1)
        return Span(start_ms=first, end_ms=max(last, first + 1))

    def heard_at(self, time_ms: int) -> int | None:
        """Where in this chunk's sound a time of the recording stands; None if it was left out."""
        for piece, offset in zip(self.pieces, self._offsets, strict=False):
            if piece.start_ms <= time_ms < piece.end_ms:
                return offset + time_ms - piece.start_ms
        return None

    def split(self, time_ms: int) -> tuple[Chunk, int] | None:
        """The same chunk with a stretch split in two at a time of the recording.

        Gives the index of the second half too, or None where there is no speech at that time.
        """
        for at, stretch in enumerate(self.stretches):
            span = stretch.span
            if span.start_ms < time_ms < span.end_ms:
                two = (
                    Stretch(Span(start_ms=span.start_ms, end_ms=time_ms), stretch.pause_ms),
                    Stretch(Span(start_ms=time_ms, end_ms=span.end_ms), CUT_MS),
                )
                stretches = (*self.stretches[:at], *two, *self.stretches[at + 1 :])
                return Chunk(stretches, self.pieces), at + 1
        return None

    def part(self, first: int, last: int) -> Chunk:
        """The chunk of only some of its stretches; it ends where they do."""
        kept, pieces = self.stretches[first:last], self.pieces
        lead = pieces[0].start_ms if first == 0 else kept[0].span.start_ms
        tail = pieces[-1].end_ms if last == len(self.stretches) else kept[-1].span.end_ms
        within = [
            Span(start_ms=max(piece.start_ms, lead), end_ms=min(piece.end_ms, tail))
            for piece in pieces
            if piece.end_ms > lead and piece.start_ms < tail
        ]
        return Chunk(kept, tuple(within))


def chunk(stretches: Sequence[Stretch], rule: Rule, *, lead_ms: int = 0, tail_ms: int = 0) -> Chunk:
    """The chunk of these stretches, with so much more before the first and after the last."""
    kept = tuple(stretches)
    lead = max(0, kept[0].span.start_ms - lead_ms)
    return Chunk(kept, _pieces(kept, rule, lead, kept[-1].span.end_ms + tail_ms))


def _pieces(stretches: Sequence[Stretch], rule: Rule, lead: int, tail: int) -> tuple[Span, ...]:
    joined: list[list[int]] = []
    for stretch in stretches:
        span = stretch.span
        if joined and span.start_ms - joined[-1][1] <= rule.kept_ms:
            joined[-1][1] = span.end_ms
        else:
            joined.append([span.start_ms, span.end_ms])
    joined[0][0], joined[-1][1] = lead, tail
    return tuple(Span(start_ms=start, end_ms=end) for start, end in joined)


class Chunker:
    """Joins stretches to chunks, one stretch at a time; every stretch is in exactly one chunk."""

    def __init__(self, rule: Rule, is_barred: IsBarred) -> None:
        """`is_barred` says of two times whether nothing may be joined over what lies between."""
        self._rule = rule
        self._is_barred = is_barred
        self._held: list[Stretch] = []
        self._length_ms = 0
        self._last: Stretch | None = None  # of those let go

    @property
    def holds_from_ms(self) -> int | None:
        """Where the sound begins that the chunk still needs which may still grow."""
        if not self._held:
            return None
        first = self._held[0]
        return max(0, first.span.start_ms - (self._rule.overlap_ms if first.pause_ms == 0 else 0))

    def feed(self, stretches: Iterable[Stretch], open_from_ms: int) -> Iterator[Chunk]:
        """The chunks that are settled; no stretch to come begins before `open_from_ms`."""
        for stretch in stretches:
            if self._held and self._parts(self._held[-1], stretch):
                yield self._release(len(self._held), stretch)
            while self._held and self._with(stretch) > self._room(stretch):
                yield self._release(self._best_cut(stretch), stretch)
            self._length_ms = self._with(stretch)
            self._held.append(stretch)
        waits = self._held and open_from_ms - self._held[-1].span.end_ms
        if waits and waits > self._rule.longest_pause_ms:
            yield self._release(len(self._held), None)

    def finish(self) -> Iterator[Chunk]:
        """The chunk that is left."""
        if self._held:
            yield self._release(len(self._held), None)

    def _parts(self, before: Stretch, after: Stretch) -> bool:
        start, end = before.span.end_ms, after.span.start_ms
        reach_ms = after.span.end_ms - self._held[0].span.start_ms
        if end - start > self._rule.longest_pause_ms or reach_ms > self._rule.reach_ms:
            return True
        return end > start and self._is_barred(start, end)

    def _room(self, following: Stretch) -> int:
        """What a chunk may hold besides the overlap it begins with."""
        first = self._held[0] if self._held else following
        return self._rule.longest_ms - self._overlap(self._last, is_cut=first.pause_ms == 0)

    def _with(self, stretch: Stretch) -> int:
        """The length of the chunk if it takes in this stretch too."""
        if not self._held:
            return stretch.span.duration_ms
        gap = stretch.span.start_ms - self._held[-1].span.end_ms
        heard = gap if gap <= self._rule.kept_ms else 0
        return self._length_ms + heard + stretch.span.duration_ms

    def _best_cut(self, following: Stretch) -> int:
        """After how many stretches to cut: at the longest of the last pauses."""
        pauses = [stretch.pause_ms for stretch in (*self._held[1:], following)]
        near = [
            at
            for at in range(1, len(pauses) + 1)
            if _length(self._held[at:], self._rule) <= self._rule.search_ms
        ]
        return max(near, key=lambda at: (min(pauses[at - 1], _LONG_ENOUGH_MS), at))

    def _release(self, count: int, following: Stretch | None) -> Chunk:
        now, self._held = self._held[:count], self._held[count:]
        before, self._last = self._last, now[-1]
        after = self._held[0] if self._held else following
        lead_ms = self._overlap(before, is_cut=now[0].pause_ms == 0)
        tail_ms = self._overlap(after, is_cut=after is not None and after.pause_ms == 0)
        left_ms = self._rule.longest_ms - lead_ms - _length(now, self._rule)
        self._length_ms = _length(self._held, self._rule)
        return chunk(now, self._rule, lead_ms=lead_ms, tail_ms=max(0, min(tail_ms, left_ms)))

    def _overlap(self, neighbour: Stretch | None, *, is_cut: bool) -> int:
        """How much of a neighbour is heard too: no more than there surely is of it."""
        if neighbour is None or not is_cut:
            return 0
        return min(self._rule.overlap_ms, neighbour.span.duration_ms)


def _length(stretches: Sequence[Stretch], rule: Rule) -> int:
    if not stretches:
        return 0
    gaps = [b.span.start_ms - a.span.end_ms for a, b in pairwise(stretches)]
    heard = sum(gap for gap in gaps if gap <= rule.kept_ms)
    return heard + sum(stretch.span.duration_ms for stretch in stretches)
