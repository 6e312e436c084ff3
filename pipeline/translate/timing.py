"""Give the words of a translation their times on the recording's clock."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from pipeline.core.timeline import Word

_PAUSE_MS: Final = 250  # a longer stretch between two words is no speech
_NEAR: Final = 0.25  # a mark anchors one in the other language if it lies this near in the sentence
_STOPS: Final = re.compile(r"[.!?…]+[»”’\"')\]}]*$")
_COMMAS: Final = re.compile(r"[,;:—–][»”’\"')\]}]*$")


@dataclass(frozen=True, slots=True)
class _Mark:
    """A border between two words that may have its fellow in the other language."""

    share: float  # how far into the sentence's letters, 0..1
    at: float  # milliseconds of speech on the source side, letters on the target's
    weight: float


class _Speech:
    """A sentence's speech without its pauses, and the way back to the recording's clock."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._stretches = _stretches(words)
        lengths = (end_ms - start_ms for start_ms, end_ms in self._stretches)
        self._begins = list(accumulate(lengths, initial=0))

    @property
    def length_ms(self) -> int:
        return self._begins[-1]

    @property
    def first_end_ms(self) -> int:
        return self._stretches[0][1]

    @property
    def last_start_ms(self) -> int:
        return self._stretches[-1][0]

    def before(self, clock_ms: int) -> int:
        """How much speech lies before a time of the clock."""
        spoken_ms = 0
        for start_ms, end_ms in self._stretches:
            spoken_ms += max(min(clock_ms, end_ms) - start_ms, 0)
        return spoken_ms

    def place(self, begin: float, end: float) -> tuple[int, int]:
        """Where a stretch of speech stands on the clock; it never lies across a pause."""
        first = max(bisect_right(self._begins, begin) - 1, 0)
        last = max(bisect_left(self._begins, end) - 1, 0)
        first = min(first, len(self._stretches) - 1)
        last = min(max(last, first), len(self._stretches) - 1)
        kept = first
        if last > first:  # the stretch with the greatest part of it, the first of equals
            shares = [
                (min(end, self._begins[index + 1]) - max(begin, self._begins[index]), -index)
                for index in range(first, last + 1)
            ]
            kept = -max(shares)[1]
        start_ms, end_ms = self._stretches[kept]
        low = start_ms + max(begin - self._begins[kept], 0)
        high = start_ms + max(end - self._begins[kept], 0)
        return min(round(low), end_ms), min(round(high), end_ms)


def place(text: str, source: Sequence[Word]) -> tuple[Word, ...]:
    """The words of `text` in order, disjoint, inside the span of `source`.

    Times are shared out by letters over the time in which there is speech; where commas, stops and
    pauses of the two sides match they are anchors. Joined by blanks the words are `text` again,
    with one blank for many. Only where there are more words than milliseconds, some share a place.
    """
    tokens = text.split()
    if not tokens:
        return ()
    start_ms = source[0].start_ms
    end_ms = max(word.end_ms for word in source)
    tokens = _grouped(tokens, end_ms - start_ms)
    speech = _Speech(source)
    ends = list(accumulate(len(token) + 1 for token in tokens))
    anchors = _anchors(_source_marks(source, speech), _target_marks(tokens, ends))
    points = [(0.0, 0.0), *anchors, (float(ends[-1]), float(speech.length_ms))]
    borders = [_between(points, letters) for letters in (0, *ends)]
    spans = [speech.place(begin, end) for begin, end in pairwise(borders)]
    if len(spans) > 1:  # to the very ends, but not across a pause there
        spans[0] = (start_ms, min(spans[0][1], speech.first_end_ms))
        spans[-1] = (max(spans[-1][0], speech.last_start_ms), end_ms)
    else:
        spans = [(start_ms, end_ms)]
    return tuple(
        Word(start_ms=low, end_ms=high, text=token)
        for (low, high), token in zip(_disjoint(spans, start_ms, end_ms), tokens, strict=True)
    )


def _stretches(words: Sequence[Word]) -> list[tuple[int, int]]:
    found = [(words[0].start_ms, words[0].end_ms)]
    for word in words[1:]:
        start_ms, end_ms = found[-1]
        if word.start_ms - end_ms < _PAUSE_MS:
            found[-1] = (start_ms, max(end_ms, word.end_ms))
        else:
            found.append((word.start_ms, word.end_ms))
    return found


def _grouped(tokens: list[str], room_ms: int) -> list[str]:
    if len(tokens) <= room_ms:
        return tokens
    size = -(-len(tokens) // room_ms)
    return [" ".join(tokens[at : at + size]) for at in range(0, len(tokens), size)]


def _source_marks(words: Sequence[Word], speech: _Speech) -> list[_Mark]:
    ends = list(accumulate(len(word.text) + 1 for word in words))
    marks = []
    for (before, after), letters in zip(pairwise(words), ends, strict=False):
        pause_ms = after.start_ms - before.end_ms
        weight = _weight(before.text) + (0.5 if pause_ms >= _PAUSE_MS else 0.0)
        if weight:
            marks.append(_Mark(letters / ends[-1], speech.before(before.end_ms), weight))
    return marks


def _target_marks(tokens: Sequence[str], ends: Sequence[int]) -> list[_Mark]:
    inner = zip(tokens[:-1], ends[:-1], strict=True)
    return [_Mark(end / ends[-1], end, _weight(token)) for token, end in inner if _weight(token)]


def _weight(text: str) -> float:
    if text[-1].isalnum():
        return 0.0
    if _STOPS.search(text):
        return 1.5
    return 1.0 if _COMMAS.search(text) else 0.0


def _anchors(source: Sequence[_Mark], target: Sequence[_Mark]) -> list[tuple[float, float]]:
    """Pairs (letters, speech) of marks that match, in order: the best of all monotone pairings."""
    best: list[list[tuple[float, tuple[tuple[float, float], ...]]]] = [
        [(0.0, ())] * (len(target) + 1) for _ in range(len(source) + 1)
    ]
    for row, there in enumerate(source, start=1):
        for column, here in enumerate(target, start=1):
            options = [best[row - 1][column], best[row][column - 1]]
            distance = abs(there.share - here.share)
            if distance < _NEAR:
                score, pairs = best[row - 1][column - 1]
                gain = min(there.weight, here.weight) * (1 - distance / _NEAR)
                options.append((score + gain, (*pairs, (here.at, there.at))))
            best[row][column] = max(options, key=lambda option: option[0])
    return list(best[-1][-1][1])


def _between(points: Sequence[tuple[float, float]], letters: float) -> float:
    """Straight lines between the anchors."""
    index = bisect_right(points, letters, key=lambda point: point[0])
    index = min(max(index, 1), len(points) - 1)
    (left, low), (right, high) = points[index - 1], points[index]
    return low + (high - low) * (letters - left) / (right - left)


def _disjoint(
    spans: Sequence[tuple[int, int]], start_ms: int, end_ms: int
) -> list[tuple[int, int]]:
    """Spans in order, at least a millisecond each, moved as little as that needs."""
    moved: list[tuple[int, int]] = []
    at_ms = start_ms
    for index, (low, high) in enumerate(spans):
        latest_ms = end_ms - (len(spans) - index)
        begin_ms = min(max(low, at_ms), latest_ms)
        at_ms = min(max(high, begin_ms + 1), latest_ms + 1)
        moved.append((begin_ms, at_ms))
    return moved
