"""How much of something lies in which part of the programme, without a look at every part."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def shares(parts: Sequence[tuple[int, int]], from_ms: int, to_ms: int) -> Iterator[tuple[int, int]]:
    """The index of each part that [from_ms, to_ms) lies in, and how many milliseconds of it.

    Args:
        parts: [start_ms, end_ms), in order and disjoint.
        from_ms: before `to_ms`.
        to_ms: where it ends.

    >>> list(shares([(0, 10), (10, 20), (25, 30)], 5, 26))
    [(0, 5), (1, 10), (2, 1)]
    """
    for index in range(bisect_right(parts, from_ms, key=_end), len(parts)):
        start_ms, end_ms = parts[index]
        if start_ms >= to_ms:
            return
        yield index, min(end_ms, to_ms) - max(start_ms, from_ms)


def _end(part: tuple[int, int]) -> int:
    return part[1]
