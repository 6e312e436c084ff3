"""Where to cut a run of words into cues: one optimisation over word positions.

`best[j]` is the least cost of cutting the first j words. A cue reaches back over as many words as
its lines hold, so the whole is linear in the words. Of equal costs the shorter last cue wins: the
result depends on nothing but the words and the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.subtitles.profile import Costs, Rules

_LITTLE_SHORT_MS: Final = 1_200  # a cue on screen for less pays, whatever the profile's minimum
_UNREADABLE: Final = 100.0  # characters per second; beyond it more makes no difference


class Shape(Protocol):
    """What the cutter asks about the words of one cue."""

    most: int  # characters: no cue of two words holds more

    def characters(self, first: int, end: int) -> int:
        """What a viewer reads."""

    def cost(self, first: int, end: int) -> float:
        """What the best lines cost; inf where the words do not fit."""

    def lines(self, first: int, end: int) -> tuple[str, ...]:
        """The best lines."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words that may share a cue; each list has one entry a word."""

    starts_ms: Sequence[int]
    ends_ms: Sequence[int]
    breaks: Sequence[float]  # the cost of a break after the word
    sentence_ends: Sequence[bool]  # whether a sentence ends after the word
    since: Sequence[int]  # for a cue that ends before word k, the first word it may hold
    limits_ms: Sequence[int]  # when a cue that ends with the word must be gone


def cut(run: Run, shape: Shape, rules: Rules, costs: Costs) -> list[int]:
    """The ends of the cues as word positions: [3, 7] is words 0 to 2 and words 3 to 6."""
    count = len(run.starts_ms)
    search = _Search(run, shape, rules, costs)
    back = [0] + [search.last_cue(end) for end in range(1, count + 1)]
    ends = []
    end = count
    while end:
        ends.append(end)
        end = back[end]
    return ends[::-1]


class _Search:
    """The state of one optimisation: `best` grows by one with each `last_cue`."""

    def __init__(self, run: Run, shape: Shape, rules: Rules, costs: Costs) -> None:
        self._run = run
        self._shape = shape
        self._rules = rules
        self._costs = costs
        self._best = [0.0]
        self._per_word = rules.word_ms * rules.speed_limit / 1_000  # characters a word counts for
        self._sentences = list(accumulate(map(int, run.sentence_ends), initial=0))

    def last_cue(self, end: int) -> int:
        """Where the last cue of the first `end` words starts; `last_cue(end - 1)` was asked."""
        run, shape, rules, best = self._run, self._shape, self._rules, self._best
        starts, most, longest = run.starts_ms, shape.most, rules.longest_ms
        stop_ms = run.ends_ms[end - 1]
        limit_ms = run.limits_ms[end - 1]
        tail = self._tail(end)
        least, where = inf, end - 1
        for first in range(end - 1, run.since[end] - 1, -1):
            characters = shape.characters(first, end)
            spoken_ms = stop_ms - starts[first]
            if (characters > most or spoken_ms > longest) and first < end - 1:
                break
            cost = best[first] + tail + self._sentence_cost(first, end)
            if cost >= least:
                continue
            room_ms = limit_ms - starts[first]
            reading = max(characters, self._per_word * (end - first))
            cost += pace_cost(rules, self._costs, reading, spoken_ms, room_ms)
            if cost >= least:
                continue
            cost += shape.cost(first, end)
            if cost < least:
                least, where = cost, first
        best.append(least)
        return where

    def _tail(self, end: int) -> float:
        costs, run = self._costs, self._run
        if end == len(run.starts_ms):
            return costs.cue
        pause_ms = min(max(run.starts_ms[end] - run.ends_ms[end - 1], 0), 1_000)
        return costs.cue + costs.cue_end * run.breaks[end - 1] + costs.pause * pause_ms / 1_000

    def _sentence_cost(self, first: int, end: int) -> float:
        inside = self._sentences[end - 1] - self._sentences[first]
        if not inside:
            return 0.0
        ends = self._run.sentence_ends
        torn = int(not ends[end - 1]) + int(first > 0 and not ends[first - 1])
        return self._costs.sentence_inside * inside + self._costs.sentence_cut * torn


def pace_cost(rules: Rules, costs: Costs, characters: float, spoken_ms: int, room_ms: int) -> float:
    """What it costs to read so much of what is spoken so long and may be on screen so long."""
    wanted_ms = max(spoken_ms + rules.linger_ms, rules.shortest_ms)
    shown_ms = max(min(wanted_ms, room_ms, rules.longest_ms), 1)
    speed = min(characters * 1_000 / shown_ms, _UNREADABLE)
    cost = 0.0
    if speed > rules.speed:
        cost += costs.fast * (speed - rules.speed) ** 2
        if speed > rules.speed_limit:
            cost += costs.too_fast + costs.too_fast_more * (speed - rules.speed_limit)
    if shown_ms < rules.shortest_ms:
        missing = (rules.shortest_ms - shown_ms) / 1_000
        cost += costs.too_short + costs.too_short_more * missing
    elif shown_ms < _LITTLE_SHORT_MS:
        cost += costs.short * (_LITTLE_SHORT_MS - shown_ms) / 1_000
    return cost
