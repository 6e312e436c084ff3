"""Where in a programme a chain's words are put, and in which language."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core.timeline import Phrase
from pipeline.core.turns import TurnTable
from pipeline.review.placing import Said, Stretch, retold, spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.core.payloads import Segments, Transcript
    from pipeline.review.chains import Chain
    from pipeline.review.finding import Found

_EASY_MS: Final = 80  # a word is hardly ever shorter


class Places:
    """A transcript's lines by time, with the turns that say whose they are."""

    def __init__(self, transcript: Transcript, segments: Segments) -> None:
        self._lines = transcript.lines
        self._starts = [line.start_ms for line in self._lines]
        self._turns = TurnTable(segments.turns)
        self._items = segments.items

    def retold(self, words: Sequence[Said], found: Found, chain: Chain) -> list[Said]:
        """The words that were found, as the chain wants them."""
        olds = words[found.first : found.last]
        start_ms = chain.at.start_ms
        if found.first:
            start_ms = max(start_ms, words[found.first - 1].word.end_ms)
        end_ms = chain.at.end_ms
        if found.last < len(words):
            end_ms = min(end_ms, words[found.last].word.start_ms)
        room = min(start_ms, olds[0].word.start_ms), max(end_ms, olds[-1].word.end_ms)
        return _by(chain, retold(olds, chain.tokens, room, self._lines))

    def put_in(self, words: list[Said], at: int, chain: Chain) -> bool:
        """Add words where there were none; False where the recording is over by then.

        They take the longest free time of the chain's span, or some of another word's.
        """
        begin, end = _touching(words, at, chain)
        free = list(self._free(words[begin:end], chain))
        best = max(free, key=_length, default=None)
        if best and (_length(best) >= _EASY_MS * len(chain.tokens) or begin == end):
            at = begin + bisect_left(words[begin:end], best.start_ms, key=_start)
            words[at:at] = _by(chain, spread(chain.tokens, best))
        elif begin < end:
            shared = [_shared_ms(said, chain) for said in words[begin:end]]
            at = begin + shared.index(max(shared))
            words[at : at + 1] = _beside(words[at], chain)
        return best is not None or begin < end

    def _free(self, near: Sequence[Said], chain: Chain) -> Iterator[Stretch]:
        """The parts of a chain's span in which nothing is said, none over two lines."""
        number = max(bisect_right(self._starts, chain.at.start_ms) - 1, 0)
        for line in self._lines[number:]:
            if line.start_ms >= chain.at.end_ms:
                return
            at_ms = max(line.start_ms, chain.at.start_ms)
            end_ms = min(line.end_ms, chain.at.end_ms)
            for said in near:
                if at_ms < (until_ms := min(said.word.start_ms, end_ms)):
                    yield Stretch(at_ms, until_ms, number, self._language(number, at_ms))
                at_ms = max(at_ms, said.word.end_ms)
            if at_ms < end_ms:
                yield Stretch(at_ms, end_ms, number, self._language(number, at_ms))
            number += 1

    def _language(self, number: int, at_ms: int) -> str:
        """What is spoken in a line, else beside it: in the same turn, or nearest; else the item's.

        Empty where nothing tells.
        """
        line = self._lines[number]
        if isinstance(line, Phrase):
            return line.language
        turn = self._turns.at(at_ms)
        before = next((p for p in self._lines[number::-1] if isinstance(p, Phrase)), None)
        after = next((p for p in self._lines[number:] if isinstance(p, Phrase)), None)
        beside = [
            (self._turns.at(place_ms) != turn, abs(place_ms - at_ms), phrase.language)
            for phrase, place_ms in (
                (before, before.end_ms - 1 if before else 0),
                (after, after.start_ms if after else 0),
            )
            if phrase
        ]
        if beside:
            return min(beside)[2]
        spoken = {
            tag
            for item in self._items
            if item.start_ms <= at_ms < item.end_ms
            for tag in item.languages
        }
        return spoken.pop() if len(spoken) == 1 else ""


def _by(chain: Chain, news: Sequence[Said]) -> list[Said]:
    return [
        said._replace(by=chain.number, language=chain.language or said.language) for said in news
    ]


def _touching(words: Sequence[Said], at: int, chain: Chain) -> tuple[int, int]:
    """The words that have some of their time in a chain's span."""
    begin = end = at
    while begin and words[begin - 1].word.end_ms > chain.at.start_ms:
        begin -= 1
    while begin < len(words) and words[begin].word.end_ms <= chain.at.start_ms:
        begin += 1
    end = max(begin, end)
    while end < len(words) and words[end].word.start_ms < chain.at.end_ms:
        end += 1
    return begin, end


def _beside(said: Said, chain: Chain) -> list[Said]:
    """A word that shares its time with those that a chain puts beside it, inside its span."""
    word = said.word
    start_ms, end_ms = max(word.start_ms, chain.at.start_ms), min(word.end_ms, chain.at.end_ms)
    if word.start_ms < start_ms:
        rest = msgspec.structs.replace(word, end_ms=start_ms)
    elif end_ms < word.end_ms:
        rest = msgspec.structs.replace(word, start_ms=end_ms)
    else:
        start_ms = min((start_ms + end_ms + 1) // 2, end_ms - 1)
        rest = msgspec.structs.replace(word, end_ms=max(start_ms, word.start_ms + 1))
    over = Stretch(start_ms, end_ms, said.line, said.language)
    news = _by(chain, spread(chain.tokens, over))
    kept = said._replace(word=rest)
    return [*news, kept] if rest.start_ms >= end_ms else [kept, *news]


def _shared_ms(said: Said, chain: Chain) -> int:
    start_ms, end_ms = said.word.start_ms, said.word.end_ms
    return min(end_ms, chain.at.end_ms) - max(start_ms, chain.at.start_ms)


def _length(stretch: Stretch) -> int:
    return stretch.end_ms - stretch.start_ms


def _start(said: Said) -> int:
    return said.word.start_ms
