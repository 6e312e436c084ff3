"""Where a chunk can be cut in two, so that each part is heard alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pipeline.core.media import PER_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.decoding import Samples
    from pipeline.transcribe.chunks import Chunk
    from pipeline.transcribe.listening import Clip

_SHORTEST_MS: Final = 1_200  # less speech hardly tells its language
_WINDOW_MS: Final = 2_500
_LONGEST_MS: Final = 3_500  # what is looked at as one window
_GRID_MS: Final = 20  # windows begin on it, so that most are equally long
_NEAR_MS: Final = 1_250  # how far from where it is wanted a cut may be
_SMOOTHED: Final = 3  # steps of the grid over which loudness is taken
_EDGE_MS: Final = 1_000  # a cut that is wanted this near to an end is not wanted
LEAST_MS: Final = 600  # what is shorter is no part of its own
_SHORT_MS: Final = 200  # a cut this near to a pause is meant to be in it


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a chunk that is long enough to tell its language, on the chunk's own clock.

    `border_ms` is where it would be cut off from the one before; `pause_ms` the silence there, 0
    inside of speech.
    """

    start_ms: int
    end_ms: int
    border_ms: int
    pause_ms: int


def windows(chunk: Chunk) -> list[Window]:
    """The windows of a chunk in order; together they hold all of its speech."""
    found: list[Window] = []
    for first, last in groups(chunk):
        begin = chunk.heard_at(chunk.stretches[first].span.start_ms) or 0
        end = (chunk.heard_at(chunk.stretches[last - 1].span.end_ms - 1) or 0) + 1
        pause = chunk.stretches[first].pause_ms
        if end - begin <= _LONGEST_MS:
            found.append(Window(begin, end, begin, pause))
            continue
        count = -(-(end - begin) // _WINDOW_MS)
        starts = [
            begin + (end - begin - _WINDOW_MS) * at // (count - 1) // _GRID_MS * _GRID_MS
            for at in range(count)
        ]
        found.append(Window(starts[0], starts[0] + _WINDOW_MS, begin, pause))
        for before, start in pairwise(starts):
            border = (before + _WINDOW_MS + start) // 2
            found.append(Window(start, min(end, start + _WINDOW_MS), border, 0))
    return found


def groups(chunk: Chunk) -> list[tuple[int, int]]:
    """Stretches put together to what is long enough to tell its language: first and last + 1.

    What is too short goes to the neighbour over the shorter pause.
    """
    found = [(at, at + 1) for at in range(len(chunk.stretches))]
    while len(found) > 1:
        lengths = [_speech_ms(chunk, group) for group in found]
        shortest = min(range(len(found)), key=lengths.__getitem__)
        if lengths[shortest] >= _SHORTEST_MS:
            break
        is_last = shortest + 1 == len(found)
        before = chunk.stretches[found[shortest][0]].pause_ms if shortest else None
        after = None if is_last else chunk.stretches[found[shortest][1]].pause_ms
        goes_back = after is None or (before is not None and before <= after)
        first = shortest - 1 if goes_back else shortest
        found[first : first + 2] = [(found[first][0], found[first + 1][1])]
    return found


def cut(clip: Clip, times_ms: Sequence[int]) -> list[Clip]:
    """The parts of a clip that is cut near these times of its own clock; itself if nowhere.

    A cut is made in a pause where one is near, else where it is quietest.
    """
    chunk, borders = clip.chunk, {0, len(clip.chunk.stretches)}
    until_ms = chunk.duration_ms
    for time_ms in sorted(times_ms, reverse=True):  # from the end, so that earlier places stay
        if not _EDGE_MS <= time_ms <= until_ms - _EDGE_MS:
            continue
        distances = [
            (abs(begin - time_ms), index, begin)
            for index, stretch in enumerate(chunk.stretches)
            if index and (begin := chunk.heard_at(stretch.span.start_ms)) is not None
        ]
        nearest, index, cut_ms = min(distances, default=(_SHORT_MS + 1, 0, 0))
        if nearest > _SHORT_MS:
            cut_ms = quietest(clip.samples, time_ms, until_ms - LEAST_MS)
        if not LEAST_MS <= cut_ms <= until_ms - LEAST_MS:
            continue  # too near to an end or to another cut for a part of its own
        if nearest > _SHORT_MS:
            at = chunk.place(cut_ms, cut_ms + 1).start_ms
            split = chunk.split(at)
            if split is None:  # a pause that was kept
                index = sum(stretch.span.start_ms < at for stretch in chunk.stretches)
            else:
                chunk, index = split
                borders = {one + (one >= index) for one in borders}
        begin_ms = chunk.heard_at(chunk.stretches[index].span.start_ms) or 0
        end_ms = _ended(chunk, index)
        if min(end_ms, until_ms - begin_ms) < LEAST_MS:
            continue  # what is left without the pause that was kept is too short
        borders.add(index)
        until_ms = end_ms
    whole = replace(clip, chunk=chunk)
    return [whole.part(first, last) for first, last in pairwise(sorted(borders))]


def _ended(chunk: Chunk, index: int) -> int:
    """Where on the chunk's clock the speech before a stretch ends: a part ends there, too."""
    at = chunk.heard_at(chunk.stretches[index - 1].span.end_ms - 1)
    return 0 if at is None else at + 1


def speech(chunk: Chunk) -> list[tuple[int, int]]:
    """Where a chunk's stretches stand on its own clock."""
    found = []
    for stretch in chunk.stretches:
        begin = chunk.heard_at(stretch.span.start_ms)
        if begin is not None:
            found.append((begin, begin + stretch.span.duration_ms))
    return found


def halves(chunk: Chunk) -> list[int]:
    """The time at which to cut a chunk in two: its longest pause with a quarter on each side."""
    least = chunk.duration_ms // 4
    places = [
        (stretch.pause_ms, at)
        for stretch in chunk.stretches[1:]
        if (at := chunk.heard_at(stretch.span.start_ms)) is not None
        and least <= at <= chunk.duration_ms - least
    ]
    return [max(places)[1]] if places else [chunk.duration_ms // 2]


def quietest(samples: Samples, around_ms: int, until_ms: int) -> int:
    """Where it is quietest near a time and before another; all on the clock of these samples."""
    import numpy as np

    first = max(LEAST_MS, around_ms - _NEAR_MS) * PER_MS
    near = samples[first : max(0, min(until_ms, around_ms + _NEAR_MS)) * PER_MS]
    size = _GRID_MS * PER_MS
    frames = near[: len(near) // size * size].reshape(-1, size)
    if len(frames) < _SMOOTHED:
        return around_ms
    power = np.convolve(np.mean(np.square(frames), axis=1), np.ones(_SMOOTHED), mode="valid")
    return first // PER_MS + (int(np.argmin(power)) + _SMOOTHED // 2) * _GRID_MS


def _speech_ms(chunk: Chunk, group: tuple[int, int]) -> int:
    return sum(stretch.span.duration_ms for stretch in chunk.stretches[group[0] : group[1]])
