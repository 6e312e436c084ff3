"""A quick exchange in one cue: two speakers, a line each, where that gives time to read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pipeline.subtitles.cuts import pace_cost
from pipeline.subtitles.text import width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.subtitles.rules import Costs, Marks, Rules
    from pipeline.subtitles.times import Spoken


class Said(NamedTuple):
    """A cue to be, with what it takes to know whether another may stand beneath it."""

    lines: tuple[str, ...]
    spoken: Spoken
    limit_ms: int  # when it must be gone
    turn: tuple[int, str]  # its scene and language
    speaker: str


def joined(said: Sequence[Said], marks: Sequence[Marks], costs: Costs) -> list[bool]:
    """For each cue, whether the next one stands beneath it; none has more than one neighbour.

    Of all ways to pair cues, the one that saves most. `marks` has those of each cue's language.
    """
    gains = [
        _gain(one, after, dash.dialogue, costs) if dash.dialogue and not dash.label else 0.0
        for one, after, dash in zip(said, said[1:], marks, strict=False)
    ]
    best = [0.0, 0.0]  # what is saved at most by pairing the first so many cues
    for at, gain in enumerate(gains):
        best.append(max(best[-1], best[at] + gain))
    found = [False] * len(said)
    at = len(gains)
    while at > 0:
        found[at - 1] = best[at + 1] > best[at]
        at -= 1 + found[at - 1]
    return found


def both(above: Said, below: Said, dash: str) -> Said:
    """Both in one cue, which names no speaker."""
    return Said(
        lines=tuple(f"{dash}{line}" for line in (*above.lines, *below.lines)),
        spoken=_together(above.spoken, below.spoken),
        limit_ms=below.limit_ms,
        turn=above.turn,
        speaker="",
    )


def _together(above: Spoken, below: Spoken) -> Spoken:
    """Both as one cue."""
    end_ms = max(above.end_ms, below.end_ms)
    characters = above.characters + 1 + below.characters
    return replace(above, end_ms=end_ms, characters=characters)


def _gain(above: Said, below: Said, dash: str, costs: Costs) -> float:
    """What is saved by both in one cue; 0 where they cannot be."""
    rules = above.spoken.rules
    both = _together(above.spoken, below.spoken)
    long_ms = both.end_ms - both.start_ms
    is_apart = (
        above.turn != below.turn
        or above.turn[0] < 0
        or above.spoken.room != below.spoken.room
        or below.spoken.start_ms - above.spoken.end_ms > rules.pause_ms
    )
    is_exchange = above.speaker and below.speaker and above.speaker != below.speaker
    if is_apart or not is_exchange or not _fit((*above.lines, *below.lines), dash, rules):
        return 0.0
    if long_ms > rules.longest_ms:
        return 0.0
    alone = _pace(above, rules, costs) + _pace(below, rules, costs)
    room_ms = below.limit_ms - above.spoken.start_ms
    return alone - pace_cost(rules, costs, both.characters, long_ms, room_ms) - costs.second_line


def _fit(lines: Sequence[str], dash: str, rules: Rules) -> bool:
    """Whether a line each is enough; with a mark at its start, a dash before it is an arrow."""
    widest = max(map(width, lines)) + len(dash)
    is_plain = not any(line.startswith(("-", "–", "—", ">")) for line in lines)
    return len(lines) == rules.lines == 2 and widest <= rules.line_length and is_plain  # noqa: PLR2004


def _pace(said: Said, rules: Rules, costs: Costs) -> float:
    spoken = said.spoken
    long_ms = spoken.end_ms - spoken.start_ms
    room_ms = said.limit_ms - spoken.start_ms
    return pace_cost(rules, costs, spoken.characters, long_ms, room_ms)
