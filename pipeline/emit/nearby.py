"""What is near a cue in time: the language that is spoken, what people should look at."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.core.timeline import Cue, Span
    from pipeline.emit.freeing import Claim
    from pipeline.emit.tracks import Script

_NOTHING: Final = (0, 0, "")


class Changed(NamedTuple):
    """When what was corrected is heard that a track translates, and when somebody did it."""

    start_ms: int
    end_ms: int
    when: str


class Tongues:
    """Which language is spoken when."""

    def __init__(self, script: Script) -> None:
        self._of = [stretch.language for stretch in script.stretches]
        self._spans = [
            (words[0].start_ms, words[-1].end_ms, stretch.language)
            for stretch in script.stretches
            if (words := stretch.words)
        ]

    def of(self, claim: Claim, at_ms: int) -> str:
        """The language of what a cue stands for, else of what is said nearest to it."""
        if claim.stretch >= 0:
            return self._of[claim.stretch]
        after = bisect_left(self._spans, (at_ms,))
        near = self._spans[max(after - 1, 0) : after + 1]
        return min(near, key=lambda one: max(one[0] - at_ms, at_ms - one[1], 0), default=_NOTHING)[
            2
        ]


def _is_about(one: Span | Changed, other: Span | Cue) -> bool:
    """Whether two have at least half of the shorter one's time in common."""
    shared_ms = min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms)
    least_ms = min(one.end_ms - one.start_ms, other.end_ms - other.start_ms)
    return shared_ms > 0 and 2 * shared_ms >= least_ms


class Spans:
    """Spans by time, so that few are looked at for each cue."""

    def __init__(self, spans: Iterable[Span | Changed]) -> None:
        self._spans = sorted(spans, key=lambda span: span.start_ms)
        self._over = list(accumulate((span.end_ms for span in self._spans), max))

    def about(self, cue: Cue) -> Iterator[Span | Changed]:
        """Those that are about a cue."""
        at = bisect_left(self._spans, cue.end_ms, key=lambda span: span.start_ms) - 1
        while at >= 0 and self._over[at] > cue.start_ms:
            if _is_about(self._spans[at], cue):
                yield self._spans[at]
            at -= 1
