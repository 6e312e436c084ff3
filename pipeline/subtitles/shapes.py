"""How the words of one cue stand on its lines, and what that costs."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.subtitles.text import width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.subtitles.profile import Costs, Rules


class Beside(NamedTuple):
    """What stands beside words: before the very first one, and on each line; in characters."""

    first: int = 0
    each: int = 0


_NOTHING: Final = Beside()


class Lines:
    """The words of one run on at most two lines; measured once, because cutting asks often."""

    def __init__(
        self,
        words: Sequence[str],
        breaks: Sequence[float],
        rules: Rules,
        costs: Costs,
        beside: Beside = _NOTHING,
    ) -> None:
        """`beside` is how much room marks take that are not of the words."""
        length = max(rules.line_length - beside.each, 1)
        self.most = rules.lines * length + rules.lines - 1
        self._words = words
        self._breaks = breaks
        self._costs = costs
        self._length = length
        self._can_break = rules.lines > 1
        # until[k] - until[i] - 1 is how wide words[i:k] is on one line, blanks included
        widths = [width(word) + 1 for word in words]
        if widths and beside.first:
            widths[0] += beside.first + 1
        until = list(accumulate(widths, initial=0))
        self._until = until
        room = length + 1
        # a first line that starts at i ends before `fits[i]` at the latest …
        self._fits = [bisect_left(until, start + room + 1) - 1 for start in until]
        # … and a last line that ends before j starts at `reach[j]` at the earliest
        self._reach = [bisect_left(until, end - room) for end in until]

    def characters(self, first: int, end: int) -> int:
        """What a viewer reads in words[first:end]; a line end counts like a blank."""
        return self._until[end] - self._until[first] - 1

    def cost(self, first: int, end: int) -> float:
        """What the best lines for words[first:end] cost; inf where they do not fit."""
        if self.characters(first, end) <= self._length:
            return 0.0
        if end - first == 1:
            return self._costs.over_long
        return self._best(first, end)[0]

    def lines(self, first: int, end: int) -> tuple[str, ...]:
        """The best lines for words[first:end]: one where they fit on one.

        Where two lines are too few, words fill as many as it takes.
        """
        if end - first == 1 or self.characters(first, end) <= self._length:
            return (" ".join(self._words[first:end]),)
        cost, middle = self._best(first, end)
        if cost == inf:
            middle = max(self._fits[first], first + 1)
            return (*self.lines(first, middle), *self.lines(middle, end))
        return (" ".join(self._words[first:middle]), " ".join(self._words[middle:end]))

    def _best(self, first: int, end: int) -> tuple[float, int]:
        """The least cost of two lines and where the second one starts."""
        best, where = inf, first
        if not self._can_break:
            return best, where
        until, costs, length = self._until, self._costs, self._length
        start, stop = until[first], until[end]
        for middle in range(self._reach[end], self._fits[first] + 1):
            above = until[middle] - start - 1
            below = stop - until[middle] - 1
            more = above - below
            cost = costs.line_break * self._breaks[middle - 1] + costs.uneven * (more / length) ** 2
            if more > 0:
                cost += costs.top_heavy * more / length
            if min(above, below) < costs.stub_share * max(above, below):
                cost += costs.stub
            if cost < best:
                best, where = cost, middle
        return best + costs.second_line, where
