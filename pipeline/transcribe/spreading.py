"""Words that an alignment pressed into no time, given the time in which somebody speaks on.

Where attention fails, the alignment puts several words into one moment and leaves what follows
without any, most often at a chunk's end. The text is right then; only its place is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core.timeline import equal_parts
from pipeline.transcribe.chunks import LEAD_MS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.core.timeline import Word
    from pipeline.engines import Heard

    Times = Sequence[tuple[int, int]]

_PRESSED_MS: Final = 40  # two steps of the alignment
_LETTERS: Final = 3  # shorter words may be as short as that
_ROOM: Final = 3  # times as long must be free, or the words are left where they are
_LETTER_MS: Final = 120  # as slow as people speak


def spread(heard: Heard, speech: Times) -> Heard:
    """The same words; those without time share the speech up to the next word by their letters.

    A word right before them that lasts too long has what it was given of theirs taken back.

    Args:
        heard: what was heard; times are the chunk's.
        speech: the stretches in which somebody speaks, padded, on the same clock, in order.
    """
    words = list(heard.words)
    inner = [(start + LEAD_MS, end - LEAD_MS) for start, end in speech if end - start > 2 * LEAD_MS]
    for pressed, last in _pressed(words):
        first = pressed - _is_drawn_out(words[pressed - 1 : pressed])
        begin = words[first].start_ms
        following = words[last].start_ms if last < len(words) else inner[-1][1] if inner else 0
        free = [
            (max(start, begin), min(end, following))
            for start, end in inner
            if min(end, following) > max(start, begin)
        ]
        words[first:last] = _shared(words[first:last], free)
    return msgspec.structs.replace(heard, words=tuple(words))


def evenly(words: Sequence[Word], over: Word) -> list[Word]:
    """Words in the time of one, each with its share of it, at least 1 ms."""
    end_ms = max(over.end_ms, over.start_ms + len(words))
    times = equal_parts(over.start_ms, end_ms, len(words))
    return [
        msgspec.structs.replace(word, start_ms=start, end_ms=end)
        for word, (start, end) in zip(words, times, strict=True)
    ]


def _pressed(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Rows of words without time: first and last + 1."""
    at = 0
    while at < len(words):
        first = at
        while at < len(words) and words[at].duration_ms <= _PRESSED_MS:
            at += 1
        row = words[first:at]
        if len(row) > 1 or any(_letters(word) >= _LETTERS for word in row):
            yield first, at
        at = max(at, first + 1)


def _is_drawn_out(before: Sequence[Word]) -> bool:
    """Whether a word, if there is one, lasts so long that it holds what was said after it, too."""
    return any(word.duration_ms > 2 * _LETTER_MS * max(2, _letters(word)) for word in before)


def _shared(row: Sequence[Word], free: Times) -> list[Word]:
    """A row of words over the free times, each as long as its letters ask for."""
    room = sum(end - start for start, end in free)
    letters = sum(map(_letters, row))
    needed = sum(min(word.duration_ms, _PRESSED_MS) for word in row)
    if room < needed * _ROOM or room < len(row):
        return list(row)
    room = min(room, letters * _LETTER_MS)
    found: list[Word] = []
    done = 0
    for word in row:
        start = _at(room * done // letters, free)
        done += _letters(word)
        end = max(start + 1, _at(room * done // letters - 1, free) + 1)
        if found and start < found[-1].end_ms:
            start, end = found[-1].end_ms, max(end, found[-1].end_ms + 1)
        found.append(msgspec.structs.replace(word, start_ms=start, end_ms=end))
    return found


def _at(gone_ms: int, free: Times) -> int:
    """The time at which so much of the free times is gone."""
    for start, end in free:
        if gone_ms < end - start:
            return start + max(0, gone_ms)
        gone_ms -= end - start
    return free[-1][1] - 1


def _letters(word: Word) -> int:
    return max(1, sum(character.isalnum() for character in word.text))
