"""Whether cues stand where their words are said, and whether two tracks tell of the same times."""

from __future__ import annotations

from bisect import bisect_left
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from pipeline.subtitles.checks import Finding, Rule, at, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.core.timeline import Word
    from pipeline.subtitles.checks import Shown

_RUN: Final = 3  # so many words in a row, said once, are hardly said elsewhere by chance
_OFF_MS: Final = 200  # a whole file, in the median
_DRIFT_MS: Final = 150  # an hour
_CUE_OFF_MS: Final = 1_000  # a single cue, more than the others
_LEAST_MATCHES: Final = 5
_LEAST_FOR_DRIFT: Final = 20
_LEAST_SPAN_MS: Final = 600_000
_MOST_POINTS: Final = 600  # pairs grow with the square
_HOUR_MS: Final = 3_600_000
_AROUND_MS: Final = 1_500  # two tracks of one speech are cut in their own ways
_LEAST_MISSING_MS: Final = 2_000
_RATIO: Final = 2.0
_QUOTED: Final = 8


class Match(NamedTuple):
    """A cue, by its place, and when the first of its words is said."""

    cue: int
    said_ms: int
    off_ms: int  # how much later the cue comes; below 0 where it is early


class Sync(msgspec.Struct, frozen=True, kw_only=True):
    """How far cues begin from their first words, of those whose words were found.

    `median_ms` is below 0 where cues are early; 95 of 100 are no further off than `p95_ms`.
    `drift_ms` an hour is the slope after Theil and Sen, the median of the slopes between any two;
    None where the cues are too few or too near one another to tell.
    """

    cues: int
    matched: int
    median_ms: int
    p95_ms: int
    drift_ms: int | None


def matches(cues: Sequence[Shown], words: Sequence[Word]) -> list[Match]:
    """The cues that begin with words said only once, both in the cues and in `words`, in order."""
    flat = [(_fold(text), index) for index, cue in enumerate(cues) for text in plain(cue).split()]
    flat = [(text, index) for text, index in flat if text]
    known = [(folded, word.start_ms) for word in words if (folded := _fold(word.text))]
    ours = _once([text for text, _ in flat])
    theirs = _once([text for text, _ in known])
    found = []
    before = -1
    for place, (_, index) in enumerate(flat):
        run = tuple(text for text, _ in flat[place : place + _RUN])
        if index != before and ours.get(run) == place and run in theirs:
            found.append((theirs[run], index))
        before = index
    kept = rising([there for there, _ in found])
    return [
        Match(
            found[at][1],
            known[found[at][0]][1],
            cues[found[at][1]].start_ms - known[found[at][0]][1],
        )
        for at in kept
    ]


def measured(cues: Sequence[Shown], found: Sequence[Match]) -> Sync | None:
    """The figures of what `matches` found; None where that is too little to say anything."""
    if len(found) < _LEAST_MATCHES:
        return None
    sizes = sorted(abs(match.off_ms) for match in found)
    drift = slope([(match.said_ms, match.off_ms) for match in found])
    return Sync(
        cues=len(cues),
        matched=len(found),
        median_ms=round(median(match.off_ms for match in found)),
        p95_ms=sizes[-(-len(sizes) * 95 // 100) - 1],
        drift_ms=None if drift is None else round(drift),
    )


def slope(points: Sequence[tuple[int, int]]) -> float | None:
    """How much y grows while x grows by an hour, after Theil and Sen; x and y in milliseconds.

    A third of the points may be anywhere. None for few points, or for less than ten minutes. Of
    many points, some that are evenly spread stand for all.
    """
    points = sorted(points)
    if len(points) < _LEAST_FOR_DRIFT or points[-1][0] - points[0][0] < _LEAST_SPAN_MS:
        return None
    step = -(-len(points) // _MOST_POINTS)
    some = points[::step]
    slopes = [
        (there[1] - here[1]) / (there[0] - here[0])
        for number, here in enumerate(some)
        for there in some[number + 1 :]
        if there[0] > here[0]
    ]
    return median(slopes) * _HOUR_MS if slopes else None


def sync_findings(cues: Sequence[Shown], found: Sequence[Match]) -> Iterator[Finding]:
    """The whole file where it is off or drifts; single cues that are off more than the others."""
    figures = measured(cues, found)
    if figures is None:
        return
    if abs(figures.median_ms) > _OFF_MS:
        yield Finding(
            rule=Rule.SYNC, message=f"the cues come {_off(figures.median_ms)} their words"
        )
    if figures.drift_ms is not None and abs(figures.drift_ms) > _DRIFT_MS:
        message = f"the cues drift by {figures.drift_ms:+d} ms an hour against their words"
        yield Finding(rule=Rule.DRIFT, message=message)
        return  # then single cues are off because of it
    for match in found:
        if abs(match.off_ms - figures.median_ms) > _CUE_OFF_MS:
            message = f"comes {_off(match.off_ms)} its words"
            yield at(Rule.SYNC, match.cue + 1, cues[match.cue], message)


def missing(cues: Sequence[Shown], words: Sequence[Word]) -> Iterator[Finding]:
    """Where the words of a track are said and it has no cue."""
    starts = [word.start_ms for word in words]
    spans = _spans([(word.start_ms, word.end_ms) for word in words], 0)
    for start_ms, end_ms in _without(spans, _shown(cues)):
        first = max(bisect_left(starts, start_ms) - 1, 0)
        some = [word.text for word in words[first : first + _QUOTED] if word.end_ms > start_ms]
        message = f"no cue for {_lasts(start_ms, end_ms)} in which is said: {' '.join(some)} …"
        yield Finding(rule=Rule.MISSING, start_ms=start_ms, message=message)


def parity(
    cues: Sequence[Shown], others: Mapping[str, Sequence[Shown]], *, times: bool = True
) -> Iterator[Finding]:
    """What another track of the same recording, by its name, has and this one has not.

    Told are counts that are far apart and, with `times`, stretches in which it alone has cues.
    """
    for name, theirs in others.items():
        if min(len(cues), len(theirs)) * _RATIO < max(len(cues), len(theirs)):
            message = f"{len(cues)} cues, and {len(theirs)} in {name}"
            yield Finding(rule=Rule.PARITY, message=message)
        spans = _spans([(cue.start_ms, cue.end_ms) for cue in theirs], 0)
        for start_ms, end_ms in _without(spans, _shown(cues)) if times else ():
            message = f"no cue for {_lasts(start_ms, end_ms)} in which {name} has some"
            yield Finding(rule=Rule.PARITY, start_ms=start_ms, message=message)


def rising(values: Sequence[int]) -> list[int]:
    """The places of a longest row of rising values."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        size = bisect_left(tails, value)
        before.append(ends[size - 1] if size else -1)
        if size == len(tails):
            tails.append(value)
            ends.append(place)
        else:
            tails[size], ends[size] = value, place
    found = []
    place = ends[-1] if ends else -1
    while place >= 0:
        found.append(place)
        place = before[place]
    return found[::-1]


def _shown(cues: Sequence[Shown]) -> list[tuple[int, int]]:
    return _spans([(cue.start_ms, cue.end_ms) for cue in cues], _AROUND_MS)


def _lasts(start_ms: int, end_ms: int) -> str:
    return f"{(end_ms - start_ms) / 1_000:.1f} s"


def _off(ms: int) -> str:
    return f"{abs(ms) / 1_000:.2f} s {'after' if ms > 0 else 'before'}"


def _fold(word: str) -> str:
    return "".join(filter(str.isalnum, word.casefold().replace("ё", "е")))


def _once(texts: Sequence[str]) -> dict[tuple[str, ...], int]:
    """Runs of words that stand in one place only, with that place."""
    places: dict[tuple[str, ...], int] = {}
    for place in range(len(texts) - _RUN + 1):
        run = tuple(texts[place : place + _RUN])
        places[run] = -1 if run in places else place
    return {run: place for run, place in places.items() if place >= 0}


def _spans(times: Sequence[tuple[int, int]], around_ms: int) -> list[tuple[int, int]]:
    """Stretches with a little around each: in order, apart from one another."""
    found: list[tuple[int, int]] = []
    for from_ms, to_ms in sorted(one for one in times if one[0] < one[1]):
        start_ms, end_ms = from_ms - around_ms, to_ms + around_ms
        if found and start_ms <= found[-1][1] + _AROUND_MS:
            found[-1] = (found[-1][0], max(found[-1][1], end_ms))
        else:
            found.append((start_ms, end_ms))
    return found


def _without(
    spans: Sequence[tuple[int, int]], taken: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """What of `spans` lies in none of `taken`, as far as it is worth telling."""
    first = 0
    for start_ms, end_ms in spans:
        while first < len(taken) and taken[first][1] <= start_ms:
            first += 1
        at_ms, place = start_ms, first
        while place < len(taken) and taken[place][0] < end_ms:
            if taken[place][0] - at_ms >= _LEAST_MISSING_MS:
                yield at_ms, taken[place][0]
            at_ms = max(at_ms, taken[place][1])
            place += 1
        if end_ms - at_ms >= _LEAST_MISSING_MS:
            yield at_ms, end_ms
