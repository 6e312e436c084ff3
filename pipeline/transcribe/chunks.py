"""Stretches of speech to chunks: what the recogniser sees at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.core.timeline import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How long a chunk may be, and which pauses it may hold.

    A chunk has one language, so that a pause in which the language may change ends it. What is too
    short to tell its language is joined to its nearer neighbour over a longer pause. Pauses are
    those between padded stretches of speech: 0 is a silence of less than twice the padding.
    """

    longest_ms: int = 28_000
    pause_ms: int = 0
    short_ms: int = 1_500
    pause_if_short_ms: int = 600


class Cutter:
    """Joins stretches to chunks, one stretch at a time; every stretch is in exactly one chunk."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._held: Span | None = None
        self._short = _Short(rule)

    @property
    def holds_from_ms(self) -> int | None:
        """Where the first chunk begins that may still grow."""
        return self._short.holds_from_ms if self._held is None else self._first_held(self._held)

    def feed(self, stretches: Iterable[Span], open_from_ms: int) -> Iterator[Span]:
        """The chunks that are settled; no stretch to come begins before `open_from_ms`."""
        for stretch in stretches:
            if self._held is not None and self._may_join(self._held, stretch):
                self._held = _union(self._held, stretch)
            else:
                yield from self._release()
                self._held = stretch
        if self._held is not None and open_from_ms - self._held.end_ms > self._rule.pause_ms:
            yield from self._release()
        if self._held is None:
            yield from self._short.wait(open_from_ms)

    def finish(self) -> Iterator[Span]:
        """The chunks that are left."""
        yield from self._release()
        yield from self._short.finish()

    def _first_held(self, held: Span) -> int:
        waiting = self._short.holds_from_ms
        return held.start_ms if waiting is None else waiting

    def _may_join(self, held: Span, stretch: Span) -> bool:
        is_near = stretch.start_ms - held.end_ms <= self._rule.pause_ms
        return is_near and stretch.end_ms - held.start_ms <= self._rule.longest_ms

    def _release(self) -> Iterator[Span]:
        if self._held is not None:
            held, self._held = self._held, None
            yield from self._short.feed(held)


class _Short:
    """Joins what is short to its nearer neighbour, if that is near enough."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._settled: Span | None = None  # not short, or already joined; may take a short one in
        self._waiting: Span | None = None  # a short one that waits for what follows

    @property
    def holds_from_ms(self) -> int | None:
        first = self._settled or self._waiting
        return None if first is None else first.start_ms

    def feed(self, piece: Span) -> Iterator[Span]:
        """Take the next piece in time."""
        if self._waiting is not None:
            short, self._waiting = self._waiting, None
            before, after = self._pause(self._settled, short), self._pause(short, piece)
            if before is not None and (after is None or before <= after):
                self._settled = _union(self._settled or short, short)
            elif after is not None:
                piece = _union(short, piece)
            else:
                yield from self._settle(short)
        if piece.duration_ms < self._rule.short_ms:
            self._waiting = piece
        else:
            yield from self._settle(piece)

    def wait(self, open_from_ms: int) -> Iterator[Span]:
        """Nothing that is still to come begins before `open_from_ms`."""
        last = self._waiting or self._settled
        if last is not None and open_from_ms - last.end_ms > self._rule.pause_if_short_ms:
            yield from self.finish()

    def finish(self) -> Iterator[Span]:
        """Nothing follows."""
        if self._waiting is not None:
            short, self._waiting = self._waiting, None
            if self._pause(self._settled, short) is not None:
                self._settled = _union(self._settled or short, short)
            else:
                yield from self._settle(short)
        if self._settled is not None:
            yield self._settled
            self._settled = None

    def _settle(self, piece: Span) -> Iterator[Span]:
        if self._settled is not None:
            yield self._settled
        self._settled = piece

    def _pause(self, first: Span | None, second: Span) -> int | None:
        """The pause between two that may be joined; None where they may not."""
        if first is None or second.end_ms - first.start_ms > self._rule.longest_ms:
            return None
        pause = second.start_ms - first.end_ms
        return pause if pause <= self._rule.pause_if_short_ms else None


def _union(first: Span, second: Span) -> Span:
    return Span(start_ms=first.start_ms, end_ms=second.end_ms)
