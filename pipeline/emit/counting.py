"""How far the review of a track is, and how long the rest will take."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.review.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.core.timeline import Cue

FACTOR: Final = 4  # to read, to listen twice, to type: our assumption, until reviews are timed
OPEN: Final = frozenset({State.NEEDS_REVIEW, State.CONFLICT, State.SOURCE_CHANGED})
_MINUTE_MS: Final = 60_000
_STATES: Final = {state.value: state for state in State}


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A track: how many cues, how many in each state, how long reviewing those that wait takes."""

    track: str
    cues: int
    states: Mapping[State, int]  # all of them, in State's order
    left_ms: int


def count(track: str, cues: Sequence[Cue], states: Sequence[str] = ()) -> Count:
    """Count the states of a track's cues, one for each; without any, nobody has looked at it.

    Time left is FACTOR times the time on screen of the cues whose state is in OPEN. A state that
    nobody knows, of a record that another release wrote, counts as the machine's.
    """
    known = [_STATES.get(state, State.MACHINE) for state in states]
    if len(known) != len(cues):
        known = [State.MACHINE] * len(cues)
    found = Counter(known)
    waiting = (cue.duration_ms for cue, state in zip(cues, known, strict=True) if state in OPEN)
    return Count(
        track=track,
        cues=len(cues),
        states={state: found[state] for state in State},
        left_ms=FACTOR * sum(waiting),
    )


def minutes(ms: int) -> int:
    """Whole minutes; what is begun counts."""
    return -(-ms // _MINUTE_MS)
