"""How many borders were found where they are: precision, recall and F1 at a tolerance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TOLERANCE_MS: Final = 5_000


class BorderScore(msgspec.Struct, frozen=True, kw_only=True):
    """Borders of both sides, and how many pairs of them are no further apart than the tolerance."""

    tolerance_ms: int
    found: int = 0
    true: int = 0
    matched: int = 0

    @property
    def precision(self) -> float | None:
        """The share of the found borders that are right; None where none was found."""
        return self.matched / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The share of the true borders that were found; None where there are none."""
        return self.matched / self.true if self.true else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of the two; None where neither side has a border."""
        both = self.found + self.true
        return 2 * self.matched / both if both else None


def border_score(
    true_ms: Iterable[int], found_ms: Iterable[int], *, tolerance_ms: int = TOLERANCE_MS
) -> BorderScore:
    """Compare borders in milliseconds; each answers to at most one of the other side.

    The number of pairs is the greatest there is: all reach equally far, so whichever of the two
    next borders comes first has no better partner than the other one.
    """
    true, found = sorted(true_ms), sorted(found_ms)
    here = there = matched = 0
    while here < len(true) and there < len(found):
        away_ms = found[there] - true[here]
        is_pair = abs(away_ms) <= tolerance_ms
        matched += is_pair
        here += is_pair or away_ms > 0
        there += is_pair or away_ms < 0
    return BorderScore(tolerance_ms=tolerance_ms, found=len(found), true=len(true), matched=matched)


def inner_borders(
    spans: Sequence[tuple[int, int]], duration_ms: int, *, margin_ms: int = TOLERANCE_MS
) -> tuple[int, ...]:
    """Where parts of a recording begin, in order; and where they end with a hole behind them.

    A hole up to `margin_ms` is part of the border. The recording's own start and end are no borders
    that anybody could miss: what lies no further than `margin_ms` from them is left out.

    >>> inner_borders([(0, 60_000), (60_500, 90_000), (99_000, 119_000)], 120_000)
    (60500, 90000, 99000)
    """
    starts = {start_ms for start_ms, _ in spans}
    ends = {end for _, end in spans if not any(0 <= at - end <= margin_ms for at in starts)}
    inside = range(margin_ms + 1, duration_ms - margin_ms)
    return tuple(sorted(at_ms for at_ms in starts | ends if at_ms in inside))
