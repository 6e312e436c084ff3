"""Find the words again that a decision was made on, in whatever the machine says now."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.review.chains import common, key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pipeline.review.chains import Chain
    from pipeline.review.decisions import Anchor
    from pipeline.review.placing import Said

ALIKE: Final = 0.5  # less of the letters in common is another text
_EDGE: Final = 4  # so many words further out or in may the words begin and end
_INSIDE: Final = 0.5  # so much of the words' time is the anchor's, or of the anchor's time theirs
_WEIGHT_OF_TIME: Final = 0.2  # the rest is the text's
_COMPARED: Final = 400  # characters of each end of a text: a cue has some eighty


class Found(NamedTuple):
    """Words `first` up to `last`; how like a text of the chain they are, and if that is wanted."""

    first: int
    last: int
    likeness: float
    is_goal: bool = False


def find(
    words: Sequence[Said], chain: Chain, own: Collection[int], *, exactly: bool = False
) -> Found:
    """The words nearest to a chain's anchor by time and text.

    Where no words are like any of its texts (`likeness` under ALIKE) it is those that lie in the
    span, which may be none: then `first` is where they would be.

    Args:
        words: all words in time order.
        chain: whose anchor it is.
        own: whose words it may be; those of other decisions are none of its business.
        exactly: whether words that are only like a text are none.
    """
    at = chain.at
    first = bisect_left(words, 2 * at.start_ms, key=_middle)
    last = max(first, bisect_left(words, 2 * at.end_ms, key=_middle))
    texts = dict.fromkeys(chain.texts, False) | ({chain.goal: True} if chain.goal else {})
    most = max(map(len, texts), default=0) / ALIKE
    if last - first - 2 * _EDGE > most:  # a word has a letter: so many are like none of the texts
        return _inside(words, first, last, own)
    row = _Row(words, max(0, first - _EDGE), min(len(words), last + _EDGE), at)
    windows = [
        window
        for begin, end in _open(words, row.first, row.last, own)
        for window in row.near(
            range(max(begin, first - _EDGE), min(end, first + _EDGE + 1)),
            range(last - _EDGE, min(end, last + _EDGE) + 1),
            most,
        )
    ]
    return (
        _exact(row, windows, texts)
        or (None if exactly else _like(row, windows, texts))
        or _inside(words, first, last, own)
    )


class _Row:
    """Words `first` up to `last`, and what is asked of many parts of them."""

    def __init__(self, words: Sequence[Said], first: int, last: int, at: Anchor) -> None:
        self.words, self.first, self.last, self._at = words, first, last, at
        spans = [(said.word.start_ms, said.word.end_ms) for said in words[first:last]]
        shared = (min(end, at.end_ms) - max(start, at.start_ms) for start, end in spans)
        self._said = list(accumulate((end - start for start, end in spans), initial=0))
        self._shared = list(accumulate((max(0, ms) for ms in shared), initial=0))
        lengths = (len(key(said.word.text)) for said in words[first:last])
        self._letters = list(accumulate(lengths, initial=0))

    def near(self, begins: range, ends: range, most: float) -> Iterator[tuple[int, int]]:
        """Words of at most so many letters that are said in the anchor's span, not around it."""
        first, lasts_ms = self.first, self._at.duration_ms
        said, shared, letters = self._said, self._shared, self._letters
        for i in begins:
            a = i - first
            for j in range(max(i + 1, ends.start), ends.stop):
                b = j - first
                both_ms = shared[b] - shared[a]
                if (
                    both_ms > 0
                    and both_ms >= _INSIDE * min(said[b] - said[a], lasts_ms)
                    and letters[b] - letters[a] <= most
                ):
                    yield i, j

    def letters(self, i: int, j: int) -> int:
        """How long their text is."""
        return self._letters[j - self.first] - self._letters[i - self.first]

    def text(self, i: int, j: int) -> str:
        """Their text, as `key` writes it."""
        return "".join(key(said.word.text) for said in self.words[i:j])

    def common(self, i: int, j: int) -> float:
        """What part of the time of these words and of the anchor both have."""
        return common(self._at, self.words[i].word.start_ms, self.words[j - 1].word.end_ms)


def _exact(
    row: _Row, windows: Sequence[tuple[int, int]], texts: Mapping[str, bool]
) -> Found | None:
    lengths = set(map(len, texts))
    likely = [window for window in windows if row.letters(*window) in lengths]
    same = [(i, j, texts[text]) for i, j in likely if (text := row.text(i, j)) in texts]
    if not same:
        return None
    first, last, is_goal = max(  # the longest: it may hold another that somebody cut short
        same,
        key=lambda one: (row.letters(*one[:2]), row.common(*one[:2]), one[2], -one[0]),
    )
    return Found(first, last, 1.0, is_goal)


def _like(row: _Row, windows: Sequence[tuple[int, int]], texts: Mapping[str, bool]) -> Found | None:
    best, most = None, 0.0
    shared = {window: row.common(*window) for window in windows}
    for window in sorted(windows, key=lambda one: -shared[one]):  # so the rest is soon ruled out
        time = shared[window] * _WEIGHT_OF_TIME
        said = row.text(*window)
        for text, is_goal in texts.items():
            if _at_most(said, text) < ALIKE:
                continue
            if time + _at_most(said, text) * (1 - _WEIGHT_OF_TIME) <= most:
                continue
            likeness = _likeness(said, text)
            score = time + likeness * (1 - _WEIGHT_OF_TIME)
            if likeness >= ALIKE and score > most:
                best, most = Found(*window, likeness, is_goal), score
    return best


def _inside(words: Sequence[Said], first: int, last: int, own: Collection[int]) -> Found:
    stretches = list(_open(words, first, last, own))
    if not stretches:
        return Found(first, first, 0.0)
    begin, end = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
    return Found(begin, end, 0.0)


def _open(
    words: Sequence[Said], first: int, last: int, own: Collection[int]
) -> Iterator[tuple[int, int]]:
    """The rows of words from `first` to `last` that are its own."""
    begin = first
    for at in range(first, last + 1):
        if at == last or words[at].by not in own:
            if at > begin:
                yield begin, at
            begin = at + 1


def _middle(said: Said) -> int:
    """Twice the time at which a word is."""
    return said.word.start_ms + said.word.end_ms


def _at_most(one: str, other: str) -> float:
    """What the likeness of two texts of these lengths can be at best."""
    return min(len(one), len(other)) / max(len(one), len(other))


def _likeness(one: str, other: str) -> float:
    """What part of the letters need not be changed to make one text of the other."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.normalized_similarity(_ends(one), _ends(other))


def _ends(text: str) -> str:
    return text if len(text) <= 2 * _COMPARED else text[:_COMPARED] + text[-_COMPARED:]
