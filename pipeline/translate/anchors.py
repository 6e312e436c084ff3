"""Places where a translation and what was spoken say the same thing."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice, product
from typing import Final, NamedTuple

from pipeline.translate.likeness import SAME_NAME, likeness

# How much a place tells: the greatest sum without a crossing wins.
_PAIR, _NUMBER, _NAME, _WORD, _STOP, _COMMA, _PAUSE = 3.0, 2.5, 2.0, 1.0, 1.5, 1.0, 0.5
_NEAR_MARK: Final = 0.25  # a mark anchors one in the other language if it lies this near …
_NEAR_WORD: Final = 0.5  # … and a word another: shares of the sentence's letters
_SQUEEZED: Final = 3.0  # between two anchors nobody speaks so many times faster than on average …
_SLACK_MS: Final = 100  # … but for so much
_SHORTEST: Final = 3  # letters; a shorter word is like many
_MOST: Final = 128  # candidates that are compared with each other: a sentence has some ten
_MOST_ALIKE: Final = 24  # pieces of one kind and side that are compared with those of the other

_CORE: Final = re.compile(r"\w(?:[\w'’.-]*\w)?")
# Not what `numbers` looks for, which is all that one number may mean: here each part that both
# sides write alike is a place, `30` of `18:30` and of `6:30` too.
_NUMBER_FORM: Final = re.compile(
    r"(?<![0-9])[0-9]{1,3}(?:[ .,][0-9]{3}){1,4}(?![0-9])|[0-9]+(?:[.,][0-9]+)?"
)
_THOUSANDS: Final = re.compile(r"[0-9]{1,3}(?:[ .,][0-9]{3})+")
_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f]")
_STOPS: Final = re.compile(r"[.!?…]+[»”’\"')\]}]*$")
_COMMAS: Final = re.compile(r"[,;:—–][»”’\"')\]}]*$")


class Anchor(NamedTuple):
    """The letters `begin` up to `end` of the target are said from `start` to `stop` ms of speech.

    A mark has no length on either side.
    """

    begin: int
    end: int
    start: int
    stop: int
    gain: float = 0.0


class _Piece(NamedTuple):
    """Words `first` up to `last`, counted in; `key` is what must be alike on both sides."""

    first: int
    last: int
    key: str = ""
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Side:
    """The words of one language, where they stand, and what the other may have too."""

    text: str  # one blank between two words
    offsets: tuple[int, ...]  # where each word begins in it, and last where another one would
    begins: tuple[int, ...]  # where each word begins: in milliseconds of speech, or in letters
    ends: tuple[int, ...]
    marks: tuple[_Piece, ...]  # commas, stops and pauses, each by the word before
    numbers: tuple[_Piece, ...]
    names: tuple[_Piece, ...]  # words with a capital
    words: tuple[_Piece, ...]  # others in Latin letters


def target_side(words: Sequence[str]) -> Side:
    """A translation's words, placed by its letters; to each belongs the blank that follows."""
    offsets = _offsets(words)
    return _side(words, offsets, offsets[:-1], offsets[1:], frozenset())


def source_side(
    words: Sequence[str], spoken: Sequence[tuple[int, int]], pauses: frozenset[int]
) -> Side:
    """What was spoken; `spoken` is from where to where in milliseconds of speech, word by word.

    `pauses` are the words that one follows.
    """
    begins, ends = tuple(begin for begin, _ in spoken), tuple(end for _, end in spoken)
    return _side(words, _offsets(words), begins, ends, pauses)


def anchors(source: Side, target: Side, pairs: Sequence[tuple[str, str]] = ()) -> list[Anchor]:
    """What both sides have, in the order of both; of what crosses, the weakest is left out.

    Args:
        source: its words are placed in milliseconds of speech.
        target: its words are placed in letters.
        pairs: pieces of the source's text and of the target's that render each other.
    """
    rate = source.ends[-1] / target.ends[-1]
    found = set()
    for one, other, weight, near in _alike(source, target, pairs):
        distance = abs(_share(source, one) - _share(target, other))
        if distance < near:
            gain = weight * (1 - distance / near)
            anchor = _anchor(source, target, one, other, gain)
            if not _is_squeezed(anchor.end - anchor.begin, anchor.stop - anchor.start, rate):
                found.add(anchor)
    best = sorted(found, key=lambda anchor: (-anchor.gain, anchor))[:_MOST]
    return _row(sorted(best), Anchor(target.ends[-1], 0, source.ends[-1], 0), rate)


def _offsets(words: Sequence[str]) -> tuple[int, ...]:
    return tuple(accumulate((len(word) + 1 for word in words), initial=0))


def _side(
    words: Sequence[str],
    offsets: tuple[int, ...],
    begins: tuple[int, ...],
    ends: tuple[int, ...],
    pauses: frozenset[int],
) -> Side:
    text = " ".join(words)
    marks, names, latin = [], [], []
    for at, word in enumerate(words):
        weight = _mark(word) + (_PAUSE if at in pauses else 0.0)
        if weight and at < len(words) - 1:
            marks.append(_Piece(at, at, "", weight))
        core = _CORE.search(word)
        if core is None or len(bare := core[0]) < _SHORTEST:
            continue
        if bare[0].isupper():
            if at or len(bare) > _SHORTEST:  # every sentence begins with a capital
                names.append(_Piece(at, at, bare))
        elif _LATIN.match(bare):
            latin.append(_Piece(at, at, bare.casefold()))
    numbers = _numbers(text, offsets)
    few = (tuple(found[:_MOST_ALIKE]) for found in (numbers, names, latin))
    return Side(text, offsets, begins, ends, tuple(marks[:_MOST]), *few)


def _mark(word: str) -> float:
    if word[-1:].isalnum():
        return 0.0
    if _STOPS.search(word):
        return _STOP
    return _COMMA if _COMMAS.search(word) else 0.0


def _numbers(text: str, offsets: Sequence[int]) -> list[_Piece]:
    """The numbers of a text, however they are written: `1 000`, `1,000`; `2,5`, `2.5`; `5th`."""
    found = []
    for form in _NUMBER_FORM.finditer(text):
        if _THOUSANDS.fullmatch(form[0]):
            key = re.sub("[ .,]", "", form[0])
        else:
            key = form[0].replace(",", ".")
        found.append(_words(offsets, *form.span())._replace(key=key))
    return found


def _words(offsets: Sequence[int], begin: int, end: int) -> _Piece:
    """The words that letters `begin` up to `end` of the text belong to."""
    return _Piece(bisect_right(offsets, begin) - 1, bisect_left(offsets, end) - 1)


def _alike(
    source: Side, target: Side, pairs: Sequence[tuple[str, str]]
) -> Iterator[tuple[_Piece, _Piece, float, float]]:
    """Pieces of both sides that may be one, how much that tells, and how near they must lie."""
    for mark, its in product(source.marks, target.marks):
        yield mark, its, min(mark.weight, its.weight), _NEAR_MARK
    for number, its in product(source.numbers, target.numbers):
        if number.key == its.key:
            yield number, its, _NUMBER, _NEAR_WORD
    for word, its in product(source.words, target.words):
        if word.key == its.key:
            yield word, its, _WORD, _NEAR_WORD
    for name, its in product(source.names, target.names):
        alike = _likeness(name.key, its.key)
        if alike >= SAME_NAME:
            yield name, its, _NAME * alike, _NEAR_WORD
    for piece, rendered in pairs:
        for one, its in product(_found(piece, source), _found(rendered, target)):
            yield one, its, _PAIR, _NEAR_WORD


@lru_cache(maxsize=1 << 14)
def _likeness(one: str, other: str) -> float:
    """Names come again and again, and with each hypothesis."""
    return likeness(one, other)


def _found(piece: str, side: Side) -> list[_Piece]:
    """Where a piece stands in a side's text as words of its own, in small letters or capitals."""
    piece = " ".join(piece.split())
    if not piece:
        return []
    form = re.compile(rf"(?<!\w){re.escape(piece)}(?!\w)", re.IGNORECASE)
    hits = islice(form.finditer(side.text), _MOST_ALIKE)
    return [_words(side.offsets, *hit.span()) for hit in hits]


def _share(side: Side, piece: _Piece) -> float:
    """How far into the sentence's letters a piece lies: a word by its middle, a mark by its end."""
    end = side.offsets[piece.last + 1]
    begin = end if piece.weight else side.offsets[piece.first]
    return (begin + end) / (2 * side.offsets[-1])


def _anchor(source: Side, target: Side, one: _Piece, other: _Piece, gain: float) -> Anchor:
    end, stop = target.ends[other.last], source.ends[one.last]
    if one.weight:  # a mark
        return Anchor(end, end, stop, stop, gain)
    return Anchor(target.begins[other.first], end, source.begins[one.first], stop, gain)


def _is_squeezed(letters: int, speech_ms: int, rate: float) -> bool:
    """Whether so many letters are far too many for so little speech."""
    return letters * rate > _SQUEEZED * speech_ms + _SLACK_MS


def _row(found: Sequence[Anchor], end: Anchor, rate: float) -> list[Anchor]:
    """The row of anchors that gains most; none crosses another, none squeezes what lies between."""
    begin = Anchor(0, 0, 0, 0)
    best: list[tuple[float, int]] = []  # by anchor: the gain of the best row to it, the one before
    for at, here in enumerate([*found, end._replace(end=end.begin, stop=end.start)]):
        gain, via = (0.0, -1) if _follows(begin, here, rate) else (-1.0, -1)
        for back in range(at):
            if best[back][0] > gain and _follows(found[back], here, rate):
                gain, via = best[back][0], back
        best.append((gain + here.gain if gain >= 0 else -1.0, via))
    row = []
    at = best[-1][1]
    while at >= 0:
        row.append(found[at])
        at = best[at][1]
    return row[::-1]


def _follows(before: Anchor, after: Anchor, rate: float) -> bool:
    if before.end > after.begin or before.stop > after.start:
        return False
    is_further = before.begin + before.end < after.begin + after.end
    between_ms = after.start - before.stop
    return is_further and not _is_squeezed(after.begin - before.end, between_ms, rate)
