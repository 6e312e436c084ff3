"""When cues come and go, once it is settled which words they hold. Never changes text."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from pipeline.subtitles.frames import Grid
from pipeline.subtitles.rooms import ENDLESS_MS, GLIMPSE_MS, Room, Rooms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.subtitles.profile import Rules


@dataclass(frozen=True, slots=True)
class Spoken:
    """A cue to be: when its words are spoken, how much there is to read, by which rules."""

    start_ms: int
    end_ms: int
    characters: int
    rules: Rules
    room: int = 0  # where it belongs; never one before that of the cue above


def show(
    cues: Sequence[Spoken], until_ms: int | None = None, rooms: Rooms | None = None
) -> list[tuple[int, int]]:
    """Start and end on screen for each cue: in order, never together, never below the gap.

    A cue stays until it can be read, if the next one leaves room. Where words leave too little
    room, it comes a little early and the cue after it a little late. `until_ms` is where the
    recording ends. Each cue stands in its room; where one is too short for all of its cues, the
    last ones go to the next room. Where the rules count frames, all times are those of frames.
    """
    rooms = rooms or Rooms()
    frames = cues[0].rules.frames if cues else None
    grid = Grid(frames) if frames else None
    # on the grid, two frames may be lost to rounding and one to the cue before
    glimpse_ms = GLIMPSE_MS + (grid.ms(3) + 1 if grid else 0)
    shown: list[tuple[int, int]] = []
    stood: list[Room] = []
    free_ms = room = 0
    for number, (cue, after) in enumerate(zip(cues, _sharing(cues), strict=True)):
        following = cues[number + 1] if number + 1 < len(cues) else None
        room = max(room, cue.room)
        while rooms[room].end_ms < max(free_ms, rooms[room].start_ms) + glimpse_ms:
            room += 1
        opens_ms = max(free_ms, rooms[room].start_ms)
        reserved_ms = after * (glimpse_ms + cue.rules.gap_ms) if room == cue.room else 0
        closes_ms = max(rooms[room].end_ms - reserved_ms, opens_ms + glimpse_ms)
        start_ms, end_ms = _one(cue, following, Room(opens_ms, closes_ms), glimpse_ms)
        stood.append(rooms[room])
        if following is None and until_ms is not None:
            end_ms = max(min(end_ms, until_ms), start_ms + glimpse_ms)
            ends_ms = min(rooms[room].end_ms, max(until_ms, end_ms))
            stood[-1] = Room(rooms[room].start_ms, ends_ms)
        shown.append((start_ms, end_ms))
        free_ms = end_ms + cue.rules.gap_ms
    shown = _chained(shown, cues, stood)
    return _framed(shown, cues, stood, grid) if grid else shown


def _sharing(cues: Sequence[Spoken]) -> list[int]:
    """For each cue, how many after it belong to the same room."""
    found = [0] * len(cues)
    for number in range(len(cues) - 2, -1, -1):
        if cues[number].room == cues[number + 1].room:
            found[number] = found[number + 1] + 1
    return found


def _one(cue: Spoken, following: Spoken | None, room: Room, glimpse_ms: int) -> tuple[int, int]:
    rules = cue.rules
    start_ms = max(min(cue.start_ms - rules.lead_ms, room.end_ms - glimpse_ms), room.start_ms)
    wanted_ms = _wanted(cue, start_ms)
    next_ms = following.start_ms - rules.gap_ms if following else ENDLESS_MS
    limit_ms = min(next_ms, room.end_ms)
    if limit_ms == ENDLESS_MS:
        return start_ms, wanted_ms
    end_ms = min(wanted_ms, limit_ms)
    least_ms = min(max(rules.shortest_ms, _legible(cue)), rules.longest_ms)
    if end_ms - start_ms < least_ms:
        start_ms = max(min(start_ms, end_ms - least_ms), room.start_ms, start_ms - rules.late_ms)
        latest_ms = min(limit_ms + rules.late_ms, cue.end_ms + rules.linger_limit_ms, room.end_ms)
        end_ms = max(end_ms, min(start_ms + least_ms, latest_ms))
    return start_ms, max(end_ms, start_ms + glimpse_ms)


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


def _chained(
    shown: list[tuple[int, int]], cues: Sequence[Spoken], stood: Sequence[Room]
) -> list[tuple[int, int]]:
    """The same with small gaps closed: a flicker between two cues catches the eye."""
    for number, (start_ms, end_ms) in enumerate(shown):
        rules, close_ms = cues[number].rules, stood[number].end_ms
        if number + 1 < len(shown):
            close_ms = min(shown[number + 1][0] - rules.gap_ms, close_ms)
        if 0 < close_ms - end_ms < rules.chain_ms - rules.gap_ms:
            shown[number] = (start_ms, min(close_ms, start_ms + rules.longest_ms))
    return shown


def _framed(
    shown: Sequence[tuple[int, int]], cues: Sequence[Spoken], stood: Sequence[Room], grid: Grid
) -> list[tuple[int, int]]:
    """The same on frames: starts move back, ends on, as far as what is beside them allows.

    A cue that would fall under the minimum by that keeps the next one off by a frame.
    """
    found = []
    free = 0
    for number, (start_ms, end_ms) in enumerate(shown):
        rules, room = cues[number].rules, stood[number]
        gap = grid.at_or_after(rules.gap_ms)
        start = max(grid.at_or_before(start_ms), grid.at_or_after(room.start_ms), free)
        closes = grid.at_or_before(room.end_ms)
        latest = closes
        if number + 1 < len(shown):
            latest = min(grid.at_or_before(shown[number + 1][0]) - gap, closes)
        is_long = end_ms - start_ms >= rules.shortest_limit_ms
        least = grid.at_or_after(rules.shortest_limit_ms if is_long else GLIMPSE_MS)
        end = min(grid.at_or_after(end_ms), latest, start + grid.within(rules.longest_ms))
        end = max(end, min(start + least, latest + 1, closes))
        end = max(end, start + grid.at_or_after(GLIMPSE_MS))
        found.append((grid.ms(start), grid.ms(end)))
        free = end + gap
    return found
