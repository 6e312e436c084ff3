"""Two languages in one cue: which words of a translation go with which words as spoken."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.timeline import Word
    from pipeline.subtitles.shapes import Lines

_PER_SECOND: Final = 8.0  # cost of words of a translation a second away from what they translate
_NEAR_WORDS: Final = 4  # how far from the nearest in time a better break is looked for
_THIRD_LINE: Final = 80.0  # a language that needs a second line beside the other one
_NOTHING: Final = 60.0  # a cue in which one language has nothing to say

_AT_WORST: Final = 1_000.0  # one word with a translation that fits on no two lines


def partners(
    sentences: Sequence[tuple[Sequence[Word], Sequence[Word]]], breaks: Sequence[float]
) -> list[int]:
    """For each cut before word k as spoken, where the translation is cut.

    Sentence ends meet exactly. Inside a sentence the cut goes to a good place near in time;
    later cuts never come earlier.

    Args:
        sentences: the words as spoken and those of the translation, sentence by sentence.
        breaks: the cost of a break after each word of the translation.
    """
    found = [0]
    offset = 0
    for spoken, translated in sentences:
        starts_ms = [word.start_ms for word in translated]
        for word in spoken[1:]:
            place = _place(word.start_ms, starts_ms, breaks[offset : offset + len(starts_ms)])
            found.append(max(found[-1], offset + place))
        offset += len(translated)
        found.append(offset)
    return found


def _place(at_ms: int, starts_ms: Sequence[int], breaks: Sequence[float]) -> int:
    nearest = bisect_left(starts_ms, at_ms)
    around = range(max(1, nearest - _NEAR_WORDS), min(len(starts_ms), nearest + _NEAR_WORDS))
    return min(
        around,
        key=lambda k: breaks[k - 1] + _PER_SECOND * abs(starts_ms[k] - at_ms) / 1_000,
        default=min(nearest, len(starts_ms)),
    )


class Coupled:
    """Lines as spoken with their translation beneath; one line each where they fit."""

    def __init__(self, above: Lines, below: Lines, partner: Sequence[int]) -> None:
        self.most = above.most
        self._above = above
        self._below = below
        self._partner = partner

    def characters(self, first: int, end: int) -> int:
        """What a viewer reads: one of the two languages, so the longer one counts."""
        from_, to = self._partner[first], self._partner[end]
        return max(self._above.characters(first, end), self._below.characters(from_, to))

    def cost(self, first: int, end: int) -> float:
        """What the best lines cost; never inf for one word as spoken."""
        from_, to = self._partner[first], self._partner[end]
        below = self._one(self._below, from_, to) if from_ < to else _NOTHING
        cost = self._one(self._above, first, end) + below
        return min(cost, _AT_WORST) if end - first == 1 else cost

    def lines(self, first: int, end: int) -> tuple[str, ...]:
        """The words as spoken above, the translation beneath."""
        from_, to = self._partner[first], self._partner[end]
        below = self._below.lines(from_, to) if from_ < to else ()
        return (*self._above.lines(first, end), *below)

    @staticmethod
    def _one(lines: Lines, first: int, end: int) -> float:
        cost = lines.cost(first, end)
        return cost + _THIRD_LINE if cost else 0.0
