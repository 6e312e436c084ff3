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
    short to tell its language is joined to its neighbour over a longer pause. Pauses are those
    between padded stretches of speech: 0 is a silence of less than twice the padding.
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

    @property
    def holds_from_ms(self) -> int | None:
        """Where the chunk that may still grow begins."""
        return None if self._held is None else self._held.start_ms

    def feed(self, stretches: Iterable[Span], open_from_ms: int) -> Iterator[Span]:
        """The chunks that are settled; no stretch to come begins before `open_from_ms`."""
        for stretch in stretches:
            joined = self._joined(stretch)
            if self._held is not None and joined is None:
                yield self._held
            self._held = joined or stretch
        if self._held is not None:
            farthest = max(self._rule.pause_ms, self._rule.pause_if_short_ms)
            if open_from_ms - self._held.end_ms > farthest:
                yield self._held
                self._held = None

    def finish(self) -> Iterator[Span]:
        """The last chunk."""
        if self._held is not None:
            yield self._held
            self._held = None

    def _joined(self, stretch: Span) -> Span | None:
        """What is held and `stretch` as one chunk, where they may be one."""
        if self._held is None or stretch.end_ms - self._held.start_ms > self._rule.longest_ms:
            return None
        shorter = min(self._held.duration_ms, stretch.duration_ms)
        is_short = shorter < self._rule.short_ms
        allowed = self._rule.pause_if_short_ms if is_short else self._rule.pause_ms
        if stretch.start_ms - self._held.end_ms > max(allowed, self._rule.pause_ms):
            return None
        return Span(start_ms=self._held.start_ms, end_ms=stretch.end_ms)
