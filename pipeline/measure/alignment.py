"""The shortest way from one sequence to another: exact, and fast for a whole broadcast.

Hyyrö's bit-parallel form of Levenshtein's distance: a row of the table is two long integers, so a
row costs a dozen operations on them and not one step per cell. Long inputs are halved after
Hirschberg, so that memory stays flat.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

Pair = tuple[int | None, int | None]  # positions in reference and hypothesis; None: no partner

_CELLS: Final = 40_000_000  # up to so many the table is kept for tracing back: 10 MB


def align(reference: Sequence[Hashable], hypothesis: Sequence[Hashable]) -> list[Pair]:
    """Pair two sequences with the fewest substitutions, deletions and insertions.

    Every position of both is in exactly one pair, in order.
    """
    return _align(reference, hypothesis, 0, 0)


def errors(
    pairs: Sequence[Pair], reference: Sequence[Hashable], hypothesis: Sequence[Hashable]
) -> int:
    """How many substitutions, deletions and insertions `pairs` has."""
    return sum(
        here is None or there is None or reference[here] != hypothesis[there]
        for here, there in pairs
    )


def _align(
    reference: Sequence[Hashable], hypothesis: Sequence[Hashable], here: int, there: int
) -> list[Pair]:
    """The pairs of two parts that begin at `here` and `there`."""
    rows, columns = len(reference), len(hypothesis)
    if rows < 2 or rows * columns <= _CELLS:  # noqa: PLR2004 - one row cannot be halved
        return [
            (None if i is None else here + i, None if j is None else there + j)
            for i, j in _trace(reference, hypothesis)
        ]
    middle = rows // 2
    before = _distances(reference[:middle], hypothesis)
    after = _distances(reference[middle:][::-1], hypothesis[::-1])
    split = min(range(columns + 1), key=lambda j: before[j] + after[columns - j])
    return [
        *_align(reference[:middle], hypothesis[:split], here, there),
        *_align(reference[middle:], hypothesis[split:], here + middle, there + split),
    ]


def _trace(reference: Sequence[Hashable], hypothesis: Sequence[Hashable]) -> list[Pair]:
    table = list(_rows(reference, hypothesis))
    row, column = len(reference), len(hypothesis)
    pairs: list[Pair] = []
    while row and column:
        rises, _ = table[row - 1]
        if rises >> (column - 1) & 1:
            column -= 1
            pairs.append((None, column))
            continue
        row -= 1
        if row and table[row - 1][1] >> (column - 1) & 1:
            pairs.append((row, None))
        else:
            column -= 1
            pairs.append((row, column))
    pairs += [(None, left) for left in range(column - 1, -1, -1)]
    pairs += [(left, None) for left in range(row - 1, -1, -1)]
    return pairs[::-1]


def _distances(reference: Sequence[Hashable], hypothesis: Sequence[Hashable]) -> list[int]:
    """How far all of `reference` is from each beginning of `hypothesis`."""
    rises, falls = (1 << len(hypothesis)) - 1, 0
    for rises, falls in _rows(reference, hypothesis):  # noqa: B007 - the last row is what counts
        pass
    steps = ((rises >> column & 1) - (falls >> column & 1) for column in range(len(hypothesis)))
    return list(accumulate(steps, initial=len(reference)))


def _rows(
    reference: Sequence[Hashable], hypothesis: Sequence[Hashable]
) -> Iterator[tuple[int, int]]:
    """For each row, where the distance rises and where it falls from column to column."""
    everywhere = (1 << len(hypothesis)) - 1
    places: dict[Hashable, int] = {}
    for column, item in enumerate(hypothesis):
        places[item] = places.get(item, 0) | 1 << column
    rises, falls = everywhere, 0
    for item in reference:
        same = places.get(item, 0)
        diagonal = ((((same & rises) + rises) ^ rises) | same | falls) & everywhere
        up = ((falls | ~(diagonal | rises)) << 1) | 1
        down = (diagonal & rises) << 1
        rises = (down | ~(diagonal | up)) & everywhere
        falls = up & diagonal & everywhere
        yield rises, falls
