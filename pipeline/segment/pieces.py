"""Pieces: what is asked whose voice it is, words of one phrase without a pause, 4 s at most.

Phrases and not windows of fixed length: they hold one voice nearly always, there are ten times
fewer of them, and what is said of one holds for words.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pipeline.core.media import PER_MS
from pipeline.subtitles.breaks import ends_sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.core.decoding import Samples
    from pipeline.core.timeline import Phrase, Word

LONGEST_MS: Final = 4_000
VOTES_MS: Final = 800  # shorter ones have no say in which voices there are
_PAUSE_MS: Final = 350
_LONG_PAUSE_MS: Final = 700  # after a longer one somebody else may end a sentence
_HEARD_MS: Final = 8_000  # of a word that lasts longer


@dataclass(frozen=True, slots=True)
class Piece:
    """So many words of a phrase, counted over the whole transcript: [first, last).

    `goes_on` says that it is in the middle of the sentence that the piece before it began.
    """

    start_ms: int
    end_ms: int
    first: int
    last: int
    goes_on: bool = False

    @property
    def duration_ms(self) -> int:
        """Always above 0."""
        return self.end_ms - self.start_ms


def pieces(phrases: Iterable[Phrase]) -> tuple[Piece, ...]:
    """The pieces of all phrases, in order; every word is in exactly one."""
    found: list[Piece] = []
    at = 0
    for phrase in phrases:
        begin = at
        for run in _runs(phrase.words):
            for part in _short(run):
                end_ms = max(word.end_ms for word in part)
                goes_on = _goes_on(phrase.words, at - begin)
                found.append(Piece(part[0].start_ms, end_ms, at, at + len(part), goes_on))
                at += len(part)
    return tuple(found)


def _runs(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Words without a pause between them, and of one sentence: where one ends, voices change."""
    begin = 0
    for at, (word, following) in enumerate(pairwise(words), start=1):
        if following.start_ms - word.end_ms >= _PAUSE_MS or ends_sentence(word.text):
            yield words[begin:at]
            begin = at
    if words:
        yield words[begin:]


def _goes_on(words: Sequence[Word], at: int) -> bool:
    """Whether a sentence goes on from the word before one to it."""
    if not at or ends_sentence(words[at - 1].text):
        return False
    return words[at].start_ms - words[at - 1].end_ms < _LONG_PAUSE_MS


def _short(words: Sequence[Word]) -> list[Sequence[Word]]:
    """Words cut until no part is too long: at the longest pause, of equals the most central."""
    if len(words) == 1 or words[-1].end_ms - words[0].start_ms <= LONGEST_MS:
        return [words]
    middle_ms = (words[0].start_ms + words[-1].end_ms) // 2

    def worth(at: int) -> tuple[int, int]:
        before, after = words[at - 1].end_ms, words[at].start_ms
        return after - before, -abs(after - middle_ms)

    cut = max(range(1, len(words)), key=worth)
    return _short(words[:cut]) + _short(words[cut:])


def sounds(blocks: Iterable[Samples], spans: Iterable[tuple[int, int]]) -> Iterator[Samples]:
    """What is heard in each span, 8 s of it at most; an empty array beyond the end.

    Args:
        blocks: the recording from its beginning, 16 kHz mono.
        spans: starts and ends in milliseconds, in the order of their starts.
    """
    import numpy as np

    stream = iter(blocks)
    held: deque[tuple[int, Samples]] = deque()
    heard = 0  # samples
    for start_ms, end_ms in spans:
        start, end = start_ms * PER_MS, min(end_ms, start_ms + _HEARD_MS) * PER_MS
        while held and held[0][0] + len(held[0][1]) <= start:
            held.popleft()
        while heard < end and (block := next(stream, None)) is not None:
            if heard + len(block) > start:
                held.append((heard, block))
            heard += len(block)
        parts = [block[max(0, start - at) : max(0, end - at)] for at, block in held]
        yield np.concatenate([np.zeros(0, np.float32), *parts])
