"""Which cues of a reviewer's file stand for which of those that were emitted.

Cues that are the same to the byte hold the two files together, then cues that say the same, then
runs of cues at the same times; what lies between is aligned by dynamic programming that knows
splits and merges. A file in which nothing was touched, or everything shifted, costs next to
nothing.
"""

from __future__ import annotations

import html
from bisect import bisect_left
from collections import defaultdict
from itertools import chain, pairwise
from statistics import median_low
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from pipeline.review.chains import text_key
from pipeline.review.parts import all_belong, are_near, common
from pipeline.subtitles.sync import rising
from pipeline.subtitles.text import TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from pipeline.subtitles.found import Shown

_MOVES: Final = ((1, 1), (1, 0), (0, 1), (1, 2), (2, 1), (1, 3), (3, 1), (2, 2))
_ALONE: Final = 0.75  # of a cue that the other side has not
_TIME: Final = 0.8  # of spans with nothing in common
_TEXT: Final = 0.8  # of texts with nothing in common
_MORE: Final = 0.12  # for each cue above two
_STRANGE: Final = 0.4  # under so much in common two texts have nothing: letters meet by chance
_BAND: Final = 12  # cues to each side of where a cue is expected by its time
_LETTERS: Final = 12  # a text so long, said once, is not said elsewhere by chance
_NEIGHBOURS: Final = 5  # so many anchors to each side tell how far an island is shifted

_Key = TypeVar("_Key", bound="Hashable")
_Pair = tuple[int, int]  # a place in base and one in human


class Group(NamedTuple):
    """Cues that stand for each other, by their places; one of the two may be empty."""

    base: range
    human: range


def align(base: Sequence[Shown], human: Sequence[Shown]) -> tuple[Group, ...]:
    """Groups in order; every cue of both sides is in exactly one.

    Both sides should be in time order. A group has up to three cues against one, two against two,
    or one against none.
    """
    sides = _Sides(base, human)
    pairs: list[_Pair] = []
    for stage in (sides.identical, sides.same_text, sides.same_times):
        found = [_rising(stage(island)) for island in _islands(pairs, len(base), len(human))]
        pairs = sorted(chain(pairs, *found))
    groups: list[Group] = []
    for number, island in enumerate(_islands(pairs, len(base), len(human))):
        near = pairs[max(0, number - _NEIGHBOURS) : number + _NEIGHBOURS]
        groups += sides.aligned(island, sides.shift_ms(near))
        if number < len(pairs):
            i, j = pairs[number]
            groups.append(Group(range(i, i + 1), range(j, j + 1)))
    return tuple(groups)


def bare(text: str) -> str:
    """A text without tags, its entities as the characters they mean.

    >>> bare("<i>A &amp; B</i>")
    'A & B'
    """
    if "<" in text or "{" in text:
        text = TAG.sub("", text)
    return html.unescape(text) if "&" in text else text


class _Sides:
    """Both files, and what of them is compared."""

    def __init__(self, base: Sequence[Shown], human: Sequence[Shown]) -> None:
        self._base, self._human = base, human
        self._said = [text_key(bare("\n".join(cue.lines))) for cue in base]
        self._typed = [text_key(bare("\n".join(cue.lines))) for cue in human]

    def identical(self, island: Group) -> list[_Pair]:
        """Cues with the same times and the same text."""

        def whole(cue: Shown) -> Hashable:
            return cue.start_ms, cue.end_ms, cue.lines

        ours = _places(island.base, lambda i: whole(self._base[i]))
        theirs = _places(island.human, lambda j: whole(self._human[j]))
        return sorted(
            pair
            for key in ours.keys() & theirs.keys()
            for pair in zip(ours[key], theirs[key], strict=False)
        )

    def same_text(self, island: Group) -> list[_Pair]:
        """Cues with the same long text, which each side has once."""
        ours = _places(island.base, self._said.__getitem__)
        theirs = _places(island.human, self._typed.__getitem__)
        return sorted(
            (ours[text][0], theirs[text][0])
            for text in ours.keys() & theirs.keys()
            if len(text) >= _LETTERS and len(ours[text]) == len(theirs[text]) == 1
        )

    def same_times(self, island: Group) -> list[_Pair]:
        """Cues with the same times whose neighbours have the same times too."""
        ours = _places(island.base, lambda i: (self._base[i].start_ms, self._base[i].end_ms))
        theirs = _places(island.human, lambda j: (self._human[j].start_ms, self._human[j].end_ms))
        same = {
            (ours[times][0], theirs[times][0])
            for times in ours.keys() & theirs.keys()
            if len(ours[times]) == len(theirs[times]) == 1
        }
        return sorted((i, j) for i, j in same if {(i - 1, j - 1), (i + 1, j + 1)} <= same)

    def shift_ms(self, near: Sequence[_Pair]) -> int:
        """By how much the human's cues come later where these anchors are."""
        later = [self._human[j].start_ms - self._base[i].start_ms for i, j in near]
        return median_low(later) if later else 0

    def aligned(self, island: Group, shift_ms: int) -> list[Group]:
        """The groups of an island that holds no anchor."""
        rows, columns = island
        if not rows or not columns:
            return [
                *(Group(range(i, i + 1), columns) for i in rows),
                *(Group(rows, range(j, j + 1)) for j in columns),
            ]
        steps = _cheapest(self._bands(island, shift_ms), self._costs(island, shift_ms))
        groups = []
        i, j = rows.start, columns.start
        for a, b in steps:
            groups.append(Group(range(i, i + a), range(j, j + b)))
            i, j = i + a, j + b
        return groups

    def _bands(self, island: Group, shift_ms: int) -> list[range]:
        """For each number of base cues that are done, how many human ones may be.

        That is so many as come earlier, give or take; neighbouring bands share a number, so that
        there is always a way.
        """
        rows, columns = island
        starts = sorted(self._human[j].start_ms - shift_ms for j in columns)
        here = sorted(self._base[i].start_ms for i in rows)
        expected = [*(bisect_left(starts, at) for at in here), len(columns)]
        firsts = [0, *(max(0, at - _BAND) for at in expected[1:])]
        lasts = [*(min(len(columns), at + _BAND) for at in expected[:-1]), len(columns)]
        return [
            range(first, max(last, following) + 1)
            for first, last, following in zip(firsts, lasts, [*firsts[1:], 0], strict=True)
        ]

    def _costs(self, island: Group, shift_ms: int) -> Callable[[int, int, int, int, float], float]:
        from rapidfuzz.distance import Levenshtein

        at = [(self._base[i].start_ms, self._base[i].end_ms) for i in island.base]
        said = [self._said[i] for i in island.base]
        to = [
            (self._human[j].start_ms - shift_ms, self._human[j].end_ms - shift_ms)
            for j in island.human
        ]
        typed = [self._typed[j] for j in island.human]
        likeness: Callable[[str, str], float] = Levenshtein.normalized_similarity

        def cost(i: int, j: int, a: int, b: int, most: float) -> float:
            """What it costs that `a` cues from `i` on became `b` from `j` on; `most` or more: no.

            0.8 (1 - time both have / time of both) + 0.8 (1 - likeness) + 0.12 (cues - 2).
            """
            ours, theirs = at[i : i + a], to[j : j + b]
            is_more = a + b > 2  # noqa: PLR2004 - one and one may be anywhere
            if is_more and not are_near(ours, theirs):
                return most
            paid = _TIME * (1 - common(ours, theirs)) + _MORE * (a + b - 2)
            texts = said[i : i + a], typed[j : j + b]
            if paid >= most or (is_more and not all_belong(ours, theirs, *texts, likeness)):
                return most
            alike = likeness(*map("".join, texts))
            return paid + _TEXT * (1 - alike if alike >= _STRANGE else 1)

        return cost


def _cheapest(
    bands: Sequence[range], cost: Callable[[int, int, int, int, float], float]
) -> list[_Pair]:
    """The cheapest moves from nothing to everything; of equals the first of `_MOVES`."""
    infinite = float("inf")
    paid: list[dict[int, float]] = []
    moves: list[dict[int, _Pair]] = []
    for i, band in enumerate(bands):
        row: dict[int, float] = {}
        steps: dict[int, _Pair] = {}
        paid.append(row)
        moves.append(steps)
        for j in band:
            best, move = (0.0, (0, 0)) if i == j == 0 else (infinite, (0, 0))
            for a, b in _MOVES:
                before = paid[i - a].get(j - b, infinite) if i >= a and j >= b else infinite
                if before >= best:
                    continue
                alone = not a or not b
                more = _ALONE if alone else cost(i - a, j - b, a, b, best - before)
                if before + more < best:
                    best, move = before + more, (a, b)
            row[j], steps[j] = best, move
    found: list[_Pair] = []
    i, j = len(bands) - 1, bands[-1][-1]
    while i or j:
        a, b = moves[i][j]
        found.append((a, b))
        i, j = i - a, j - b
    return found[::-1]


def _places(rows: Iterable[int], key: Callable[[int], _Key]) -> dict[_Key, list[int]]:
    found: dict[_Key, list[int]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _islands(pairs: Sequence[_Pair], rows: int, columns: int) -> Iterator[Group]:
    """What lies before, between and after anchors: one more than there are of them."""
    borders = [(-1, -1), *pairs, (rows, columns)]
    for (i, j), (next_i, next_j) in pairwise(borders):
        yield Group(range(i + 1, next_i), range(j + 1, next_j))


def _rising(pairs: Sequence[_Pair]) -> list[_Pair]:
    """The longest run of pairs, sorted by the first place, in which the second rises as well."""
    return [pairs[at] for at in rising([j for _, j in pairs])]
