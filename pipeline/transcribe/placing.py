"""Words of all chunks on the recording's clock; what two chunks heard is there once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core.timeline import Span, Word
from pipeline.measure.words import fold
from pipeline.transcribe.chunks import CUT_MS, LEAD_MS, OVERLAP_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.transcribe.chunks import Chunk
    from pipeline.transcribe.results import Result

    Words = tuple[Word, ...]

_NEAR_MS: Final = 500
_NEVER_MS: Final = 2**62
_EARLY_MS: Final = 1_500  # a gap longer than this is no fault of the alignment's
_CROSSED_MS: Final = 60  # three steps of the alignment: as far as two hearings of a place differ
_LIKELY: Final = 0.5  # "Hello," of the end of "Russia." had 0.09
_LATE_MS: Final = 400  # nor is this before the first word


@dataclass(frozen=True, slots=True)
class Placed:
    """A result and its words on the recording's clock."""

    result: Result
    words: Words

    @property
    def counts(self) -> bool:
        """Whether it has words that were not taken for invented."""
        return bool(self.words) and not self.result.fault


def once(results: Iterable[Result]) -> list[Placed]:
    """Words of all chunks, those over a cut without a pause only once and none over another.

    Args:
        results: the chunks in time order.
    """
    placed = [Placed(result, placed_words(result)) for result in results]
    cut_off = {one.result.chunk.own.end_ms: at for at, one in enumerate(placed)}
    for at, one in enumerate(placed):
        own = one.result.chunk.own
        before = cut_off.get(own.start_ms)
        if before is not None and one.result.chunk.pieces[0].start_ms < own.start_ms:
            first, second = _parted(placed[before], one)
            placed[before] = Placed(placed[before].result, first)
            placed[at] = Placed(one.result, second)
    found, following_ms = [], _NEVER_MS
    for one in reversed(placed):
        words = tuple(_to_the_end(one.words, one.result.chunk, following_ms))
        found.append(Placed(one.result, words))
        following_ms = words[0].start_ms if one.counts else following_ms
    return found[::-1]


def placed_words(result: Result) -> Words:
    """A chunk's words on the recording's clock, in order and without overlap."""
    words: list[Word] = []
    speech = _speech(result.chunk)
    at = 0
    for word in result.heard.words:
        span = _in_speech(result.chunk.place(word.start_ms, word.end_ms), speech)
        start_ms = max(span.start_ms, at)
        at = max(span.end_ms, start_ms + 1)
        words.append(
            Word(start_ms=start_ms, end_ms=at, text=word.text, probability=word.probability)
        )
    return tuple(words)


def _speech(chunk: Chunk) -> list[tuple[int, int]]:
    """Where somebody speaks: the stretches without the silence that they are padded with."""
    stretches, own = chunk.stretches, chunk.own
    after = [*(stretch.pause_ms for stretch in stretches[1:]), 2 * LEAD_MS]
    found: list[tuple[int, int]] = []
    for stretch, pause_ms in zip(stretches, after, strict=True):
        span = stretch.span
        start_ms = span.start_ms + min(LEAD_MS, stretch.pause_ms // 2)
        end_ms = span.end_ms - min(LEAD_MS, pause_ms // 2)
        found.append((start_ms, end_ms) if start_ms < end_ms else (span.start_ms, span.end_ms))
    if chunk.pieces[0].start_ms < own.start_ms:
        found[0] = (chunk.pieces[0].start_ms, found[0][1])
    if chunk.pieces[-1].end_ms > own.end_ms:
        found[-1] = (found[-1][0], chunk.pieces[-1].end_ms)
    return found


def _in_speech(span: Span, speech: Sequence[tuple[int, int]]) -> Span:
    """A word without the pause that alignment gave it; as it is where it lies in none."""
    shared = [min(span.end_ms, end) - max(span.start_ms, start) for start, end in speech]
    best = max(range(len(speech)), key=shared.__getitem__)
    if shared[best] <= 0:  # all in a pause: it begins what follows, if that is near
        near = (i for i, (start, _) in enumerate(speech) if 0 <= start - span.end_ms < _NEAR_MS)
        best = next(near, -1)
        if best < 0:
            return span
        start_ms, end_ms = speech[best]
        return Span(start_ms=start_ms, end_ms=min(end_ms, start_ms + span.duration_ms))
    start_ms = max(span.start_ms, speech[best][0])
    return Span(start_ms=start_ms, end_ms=max(min(span.end_ms, speech[best][1]), start_ms + 1))


def _to_the_end(words: Words, chunk: Chunk, following_ms: int) -> Iterator[Word]:
    """The last word before each pause lasts until nobody speaks; alignment often ends it early.

    Args:
        words: of the chunk.
        chunk: where they were heard.
        following_ms: when the next chunk's first word begins.
    """
    is_whole = chunk.pieces[-1].end_ms <= chunk.own.end_ms
    ends = [bool(stretch.pause_ms) for stretch in chunk.stretches[1:]] + [is_whole]
    speech = [span for span, is_end in zip(_speech(chunk), ends, strict=True) if is_end]
    for at, word in enumerate(words):
        until = next((end for start, end in speech if start <= word.start_ms < end), 0)
        until = min(until, following_ms)
        is_last = at + 1 == len(words) or words[at + 1].start_ms >= until
        if is_last and word.end_ms < until <= word.end_ms + _EARLY_MS:
            yield msgspec.structs.replace(word, end_ms=until)
        else:
            yield word


def from_the_start(words: Words, chunk: Chunk) -> Iterator[Word]:
    """The first word after each pause begins when somebody speaks; alignment is often late."""
    begins = [
        start
        for stretch, (start, _) in zip(chunk.stretches, _speech(chunk), strict=True)
        if stretch.pause_ms > CUT_MS
    ]
    at = 0
    for word in words:
        late = [begin for begin in begins if at <= begin <= word.start_ms <= begin + _LATE_MS]
        yield msgspec.structs.replace(word, start_ms=late[-1]) if late else word
        at = word.end_ms


def _parted(first: Placed, second: Placed) -> tuple[Words, Words]:
    """The words of two chunks that both heard what stands around the cut between them.

    Where they heard the same word, it is the first's, with all before it, and all after it is the
    second's. Else all up to one time is the first's and all after it the second's: the cut, or
    where less is lost of what only one of them heard.
    """
    cut = second.result.chunk.own.start_ms
    if any(one.result.heard.text and not one.counts for one in (first, second)):
        return (  # what is taken out stands on its own side
            tuple(_within(word, 0, cut) for word in first.words if word.start_ms < cut),
            tuple(_within(word, cut, word.end_ms) for word in second.words if word.end_ms > cut),
        )
    same = _same(first, second)
    if same is not None:
        ours, theirs = same
        return _joined(first.words[:ours], first.words[ours], second.words[theirs + 1 :])
    at = _best_cut(first, second, cut)
    before = tuple(word for word in first.words if _middle(word) < at)
    after = tuple(word for word in second.words if _middle(word) >= at)
    if before and after and before[-1].end_ms > after[0].start_ms:
        at = min(max(at, after[0].start_ms), before[-1].end_ms)
        before = (*before[:-1], _within(before[-1], 0, at))
        after = (_within(after[0], at, after[0].end_ms), *after[1:])
    return before, after


def _best_cut(first: Placed, second: Placed, cut_ms: int) -> int:
    """Where to go over from one to the other: where the fewest words are lost, nearest the cut."""
    ours = [word for word in first.words if word.end_ms > second.result.chunk.pieces[0].start_ms]
    end = first.result.chunk.pieces[-1].end_ms
    theirs = [word for word in second.words if word.start_ms < end]

    def lost(at: int) -> int:
        before = [word for word in ours if _middle(word) < at]
        after = [word for word in theirs if _middle(word) >= at]
        return sum(_is_lost(word, after) for word in ours if _middle(word) >= at) + sum(
            _is_lost(word, before) for word in theirs if _middle(word) < at
        )

    possible = {cut_ms, *(_middle(word) + 1 for word in ours), *map(_middle, theirs)}
    return min(possible, key=lambda at: (lost(at), abs(at - cut_ms), at))


def _is_lost(word: Word, others: Iterable[Word]) -> bool:
    """Whether none of these others was heard where that word was.

    Times may cross a little; but what is made of another word's cut end is improbable.
    """
    crossed = max((_shared_ms(word, other) for other in others), default=0)
    is_slight = crossed <= _CROSSED_MS and 2 * crossed < word.duration_ms
    return crossed <= 0 or (is_slight and word.probability >= _LIKELY)


def _shared_ms(one: Word, other: Word) -> int:
    return min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms)


def _joined(before: Words, word: Word, after: Words) -> tuple[Words, Words]:
    """Words up to one that two chunks heard, and those after it, moved behind it if need be."""
    if not after:
        return (*before, word), ()
    half = (word.start_ms + word.end_ms + 1) // 2
    at = max(half, min(word.end_ms, after[0].start_ms))
    word = _within(word, 0, at)
    moved = []
    for each in after:
        moved.append(_within(each, at, max(each.end_ms, at + 1)))
        at = moved[-1].end_ms
    return (*before, word), tuple(moved)


def _same(first: Placed, second: Placed) -> tuple[int, int] | None:
    """Which word of the one is which of the other: of all such pairs the nearest in time."""
    begin = second.result.chunk.pieces[0].start_ms
    end = first.result.chunk.pieces[-1].end_ms
    pairs = [
        (abs(one.start_ms - other.start_ms), at, there)
        for at, one in enumerate(first.words)
        if _middle(one) >= begin
        for there, other in enumerate(second.words)
        if _middle(other) < end
        and (plain := fold(one.text))
        and plain == fold(other.text)
        and abs(one.start_ms - other.start_ms) < OVERLAP_MS
        and _fits(one, second.words[there + 1 :])
    ]
    return min(pairs)[1:] if pairs else None


def _fits(word: Word, after: Words) -> bool:
    """Whether these words have room behind that one without ending any later."""
    return not after or word.end_ms + len(after) <= after[-1].end_ms


def _within(word: Word, start_ms: int, end_ms: int) -> Word:
    """A word moved, and if need be shortened, so that it lies between two times."""
    start = min(max(word.start_ms, start_ms), end_ms - 1)
    return msgspec.structs.replace(
        word, start_ms=start, end_ms=max(start + 1, min(word.end_ms, end_ms))
    )


def _middle(word: Word) -> int:
    return (word.start_ms + word.end_ms) // 2
