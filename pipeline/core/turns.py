"""Which turn a time belongs to: the one place that says so."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from pipeline.core.timeline import NO_TURN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.core.timeline import Phrase, Turn


class TurnTable:
    """Turns in the order of their starts, looked up by time."""

    def __init__(self, turns: Iterable[Turn]) -> None:
        self.turns = sorted(turns, key=lambda turn: turn.start_ms)
        self._starts = [turn.start_ms for turn in self.turns]
        self._over = list(accumulate((turn.end_ms for turn in self.turns), max))

    def at(self, at_ms: int) -> int:
        """The turn that began last of those that have not ended, or NO_TURN."""
        index = bisect_right(self._starts, at_ms) - 1
        while index >= 0 and self._over[index] > at_ms:
            if self.turns[index].end_ms > at_ms:
                return index
            index -= 1
        return NO_TURN

    def speaker(self, index: int) -> str:
        """Who speaks in a turn; "" where nobody is known, or there is no turn."""
        return "" if index == NO_TURN else self.turns[index].speaker


def languages(turns: Sequence[Turn], phrases: Iterable[Phrase]) -> list[str]:
    """The language that is mostly spoken in each turn, these in the order of their starts.

    "" where a turn has no words.
    """
    table = TurnTable(turns)
    spoken: list[dict[str, int]] = [{} for _ in turns]
    for phrase in phrases:
        for word in phrase.words:
            turn = table.at((word.start_ms + word.end_ms) // 2)
            if turn != NO_TURN:
                before_ms = spoken[turn].get(phrase.language, 0)
                spoken[turn][phrase.language] = before_ms + word.duration_ms
    return [max(found, key=lambda tag: found[tag], default="") for found in spoken]
