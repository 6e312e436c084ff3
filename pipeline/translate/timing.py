"""Give the words of a translation their times on the recording's clock."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final

from pipeline.core.timeline import Word
from pipeline.translate.anchors import Anchor, Side, anchors, source_side, target_side

_PAUSE_MS: Final = 250  # a longer stretch between two words is no speech


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A sentence's speech without its pauses, and the way back to the recording's clock."""

    stretches: tuple[tuple[int, int], ...]  # on the clock, a pause between two
    begins: tuple[int, ...]  # how much speech lies before each, and last before the end
    side: Side

    def place(self, begin_ms: int, end_ms: int, stretch: int | None) -> tuple[int, int]:
        """Where so much of the speech stands on the clock, within one stretch.

        `stretch` says within which; None for the one that has most of it, the first of equals.
        """
        if stretch is None:
            first = bisect_right(self.begins, begin_ms) - 1
            last = bisect_right(self.begins, end_ms - 1) - 1
            stretch = first
            if last > first:
                within = range(first, last + 1)
                stretch = max(within, key=lambda at: self._common(at, begin_ms, end_ms))
        from_ms, to_ms = self.begins[stretch], self.begins[stretch + 1]
        shift_ms = self.stretches[stretch][0] - from_ms
        return max(begin_ms, from_ms) + shift_ms, min(end_ms, to_ms) + shift_ms

    def _common(self, stretch: int, begin_ms: int, end_ms: int) -> int:
        return min(end_ms, self.begins[stretch + 1]) - max(begin_ms, self.begins[stretch])


def place(
    text: str, source: Sequence[Word], pairs: Sequence[tuple[str, str]] = ()
) -> tuple[Word, ...]:
    """The words of `text` in order, disjoint, from the beginning of `source` to its end.

    What both sides have anchors them: numbers, names, words in Latin letters, commas, stops and
    pauses, and `pairs`; between two anchors time is shared out by letters. Pauses count for
    nothing, and no word but a single one lies in a pause. Joined by blanks the words are `text`
    again, with one blank for many. Only where there are more words than milliseconds of speech,
    some share a place.

    Args:
        text: the translation.
        source: the words as spoken, at least one, in time order.
        pairs: pieces of the spoken text and of `text` that render each other.
    """
    tokens = text.split()
    if not tokens:
        return ()
    spoken = _spoken(tuple(source))
    speech_ms = spoken.begins[-1]
    tokens = _grouped(tokens, speech_ms)
    if len(tokens) == 1:
        spans = [(spoken.stretches[0][0], spoken.stretches[-1][1])]
    else:
        target = target_side(tokens)
        row = anchors(spoken.side, target, pairs)
        cuts = _cuts(target.ends, row, speech_ms)
        last = len(spoken.stretches) - 1
        within = [0, *[None] * (len(tokens) - 2), last]  # to the very ends of the sentence
        spans = [spoken.place(*cut, at) for cut, at in zip(pairwise(cuts), within, strict=True)]
    return tuple(
        Word(start_ms=start_ms, end_ms=end_ms, text=token)
        for (start_ms, end_ms), token in zip(spans, tokens, strict=True)
    )


@lru_cache(maxsize=2)  # the hypotheses of a sentence come one after another
def _spoken(words: tuple[Word, ...]) -> _Spoken:
    stretches, pauses = [(words[0].start_ms, words[0].end_ms)], set()
    spans = []  # each word and its stretch
    for at, word in enumerate(words):
        start_ms, end_ms = stretches[-1]
        if word.start_ms - end_ms < _PAUSE_MS:
            stretches[-1] = (start_ms, max(end_ms, word.end_ms))
        else:
            stretches.append((word.start_ms, word.end_ms))
            pauses.add(at - 1)
        spans.append((len(stretches) - 1, word))
    begins = tuple(accumulate((end - start for start, end in stretches), initial=0))
    shifts = [
        begin_ms - start_ms for begin_ms, (start_ms, _) in zip(begins, stretches, strict=False)
    ]
    speech = [(word.start_ms + shifts[at], word.end_ms + shifts[at]) for at, word in spans]
    side = source_side([word.text for word in words], speech, frozenset(pauses))
    return _Spoken(tuple(stretches), begins, side)


def _grouped(tokens: list[str], room_ms: int) -> list[str]:
    if len(tokens) <= room_ms:
        return tokens
    size = -(-len(tokens) // room_ms)
    return [" ".join(tokens[at : at + size]) for at in range(0, len(tokens), size)]


def _cuts(ends: Sequence[int], row: Sequence[Anchor], speech_ms: int) -> list[int]:
    """Where words begin and end in milliseconds of speech: straight lines between the anchors."""
    points = [(0, 0)]
    for anchor in row:
        points += [(anchor.begin, anchor.start), (anchor.end, anchor.stop)]
    points.append((ends[-1], speech_ms))
    cuts, at = [0], 1
    for number, letters in enumerate(ends, start=1):
        while points[at][0] <= letters and at + 1 < len(points):
            at += 1  # of two anchors at one place the later one: there the next word begins
        (left, low_ms), (right, high_ms) = points[at - 1], points[at]
        share = (letters - left) / (right - left) if right > letters else 1.0
        cut_ms = low_ms + round((high_ms - low_ms) * share)
        latest_ms = speech_ms - (len(ends) - number)  # each word has a millisecond
        cuts.append(min(max(cut_ms, cuts[-1] + 1), latest_ms))
    return cuts
