"""When cues come and go, once it is settled which words they hold. Never changes text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.subtitles.profile import Rules

_GLIMPSE_MS: Final = 200  # on screen at least, however little room its words left


@dataclass(frozen=True, slots=True)
class Spoken:
    """A cue to be: when its words are spoken, how much there is to read, by which rules."""

    start_ms: int
    end_ms: int
    characters: int
    rules: Rules


def show(cues: Sequence[Spoken], until_ms: int | None = None) -> list[tuple[int, int]]:
    """Start and end on screen for each cue: in order, never together, never below the gap.

    A cue stays until it can be read, if the next one leaves room. Where words leave too little
    room, it comes a little early and the cue after it a little late. `until_ms` is where the
    recording ends.
    """
    shown: list[tuple[int, int]] = []
    free_ms = 0
    for number, cue in enumerate(cues):
        following = cues[number + 1] if number + 1 < len(cues) else None
        start_ms, end_ms = _one(cue, following, free_ms)
        if following is None and until_ms is not None:
            end_ms = max(min(end_ms, until_ms), start_ms + _GLIMPSE_MS)
        shown.append((start_ms, end_ms))
        free_ms = end_ms + cue.rules.gap_ms
    return _chained(shown, cues)


def _one(cue: Spoken, following: Spoken | None, free_ms: int) -> tuple[int, int]:
    rules = cue.rules
    start_ms = max(cue.start_ms - rules.lead_ms, free_ms)
    wanted_ms = _wanted(cue, start_ms)
    if following is None:
        return start_ms, wanted_ms
    limit_ms = following.start_ms - rules.gap_ms
    end_ms = min(wanted_ms, limit_ms)
    least_ms = min(max(rules.shortest_ms, _legible(cue)), rules.longest_ms)
    if end_ms - start_ms < least_ms:
        start_ms = max(min(start_ms, end_ms - least_ms), free_ms, start_ms - rules.late_ms)
        latest_ms = min(limit_ms + rules.late_ms, cue.end_ms + rules.linger_limit_ms)
        end_ms = max(end_ms, min(start_ms + least_ms, latest_ms))
    return start_ms, max(end_ms, start_ms + _GLIMPSE_MS)


def _wanted(cue: Spoken, start_ms: int) -> int:
    """When the cue would leave if nothing came after it."""
    rules = cue.rules
    comfortable_ms = start_ms + ceil(cue.characters * 1_000 / rules.speed)
    end_ms = max(cue.end_ms + rules.hold_ms, min(comfortable_ms, cue.end_ms + rules.linger_ms))
    legible_ms = start_ms + _legible(cue)
    end_ms = max(end_ms, min(legible_ms, cue.end_ms + rules.linger_limit_ms))
    return min(max(end_ms, start_ms + rules.shortest_ms), start_ms + rules.longest_ms)


def _legible(cue: Spoken) -> int:
    """How long the cue must be on screen at the speed limit."""
    return ceil(cue.characters * 1_000 / cue.rules.speed_limit)


def _chained(shown: list[tuple[int, int]], cues: Sequence[Spoken]) -> list[tuple[int, int]]:
    """The same with small gaps closed: a flicker between two cues catches the eye."""
    for number, ((start_ms, end_ms), (next_ms, _)) in enumerate(pairwise(shown)):
        rules = cues[number].rules
        if rules.gap_ms < next_ms - end_ms < rules.chain_ms:
            shown[number] = (start_ms, min(next_ms - rules.gap_ms, start_ms + rules.longest_ms))
    return shown
