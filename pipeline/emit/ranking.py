"""Where a look is worth most: how doubtful a place is, times how long it is on screen."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Final

from pipeline.emit.findings import Finding, places
from pipeline.review.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.core.timeline import Cue

SETTLED: Final = frozenset({State.EDITED, State.APPROVED})
_OF_STATES: Final = (State.CONFLICT, State.SOURCE_CHANGED)  # that are findings themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One whole track as it is written; `states` (review.states) one for each cue, or none."""

    track: str
    cues: Sequence[Cue]
    states: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence with all that is found about it, and how long it is on screen."""

    findings: Sequence[Finding]
    shown_ms: int

    @property
    def gain(self) -> float:
        """Seconds on screen that a look would better, as far as we can expect."""
        return self.doubt * self.shown_ms / 1_000

    @property
    def doubt(self) -> float:
        """How likely a person would correct something: the findings count as independent."""
        return 1 - prod(1 - finding.doubt for finding in self.findings)


def ranked(found: Sequence[Finding], tracks: Sequence[Shown]) -> list[Place]:
    """The places by gain, most first, then by time; without those that people settled."""
    shown = {track.track: _Cues(track) for track in tracks}
    told = {(one.track, one.kind, one.start_ms, one.end_ms) for one in found}
    own = [
        one
        for track in tracks
        for one in _of_states(track)
        if (one.track, one.kind, one.start_ms, one.end_ms) not in told
    ]
    ordered = sorted([*found, *own], key=lambda one: (one.start_ms, one.end_ms, one.track))
    return sorted(_open(places(ordered), shown), key=lambda place: -place.gain)


def _open(grouped: Sequence[Sequence[Finding]], shown: Mapping[str, _Cues]) -> Iterator[Place]:
    for same in grouped:
        one = same[0]
        duration_ms = one.end_ms - one.start_ms
        if one.track not in shown:
            yield Place(same, duration_ms)
            continue
        on_screen = shown[one.track].of(one.start_ms, one.end_ms)
        if not on_screen or not SETTLED.issuperset(state for _, state in on_screen):
            yield Place(same, sum(cue.duration_ms for cue, _ in on_screen) or duration_ms)


class _Cues:
    """The cues of a track, to be found by time."""

    def __init__(self, track: Shown) -> None:
        states = track.states or [State.MACHINE] * len(track.cues)
        both = zip(track.cues, states, strict=True)
        self._cues = sorted(both, key=lambda one: _twice_middle(one[0]))
        self._middles = [_twice_middle(cue) for cue, _ in self._cues]

    def of(self, start_ms: int, end_ms: int) -> Sequence[tuple[Cue, str]]:
        """Cues whose middle is in the span; where none is, the one that it lies in."""
        first = bisect_left(self._middles, 2 * start_ms)
        last = bisect_left(self._middles, 2 * end_ms)
        near = self._cues[first:last] or self._cues[max(0, first - 1) : last + 1]
        return [one for one in near if one[0].start_ms < end_ms and start_ms < one[0].end_ms]


def _twice_middle(cue: Cue) -> int:
    return cue.start_ms + cue.end_ms


def _of_states(track: Shown) -> Iterator[Finding]:
    for cue, state in zip(track.cues, track.states, strict=False):
        if state in _OF_STATES:
            yield Finding(
                start_ms=cue.start_ms,
                end_ms=cue.end_ms,
                track=track.track,
                kind=str(state),
                text=" ".join(cue.lines),
                target=cue.language,
            )
