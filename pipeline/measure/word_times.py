"""How far words stand from where they were said."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import msgspec

from pipeline.measure.wer import is_right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.measure.wer import Paired


class Distances(msgspec.Struct, frozen=True, kw_only=True):
    """Half of all are no further off than the first, nine of ten no further than the second."""

    median_ms: float
    ninth_tenth_ms: int


class WordTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Of words that were heard right: how far their starts and ends are off."""

    words: int
    starts: Distances
    ends: Distances


def word_times(pairs: Sequence[Paired]) -> WordTimes | None:
    """Compare the times of words; None where no word was heard right."""
    right = [
        (wanted, heard)
        for wanted, heard in pairs
        if wanted is not None and heard is not None and is_right(wanted, heard)
    ]
    if not right:
        return None
    return WordTimes(
        words=len(right),
        starts=_distances([abs(wanted.start_ms - heard.start_ms) for wanted, heard in right]),
        ends=_distances([abs(wanted.end_ms - heard.end_ms) for wanted, heard in right]),
    )


def _distances(distances: Sequence[int]) -> Distances:
    in_order = sorted(distances)
    ninth = in_order[-(-len(in_order) * 9 // 10) - 1]
    return Distances(median_ms=median(in_order), ninth_tenth_ms=ninth)
