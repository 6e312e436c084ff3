"""Cues of people and what the machine says now, in one track: the human ones stand as they are.

Nothing is written that does not hold them all, see `check`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from pipeline.core.timeline import Cue, Span
from pipeline.emit.conflicts import Conflict
from pipeline.emit.freeing import freed
from pipeline.review.states import State
from pipeline.subtitles.layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.emit.freeing import Claim
    from pipeline.emit.tracks import Programme, Script
    from pipeline.review.locks import Fixed, Lock, Locks
    from pipeline.subtitles.profile import Profile


class Changed(NamedTuple):
    """When what was corrected is heard that a track translates, and when somebody did it."""

    start_ms: int
    end_ms: int
    when: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A track's cues in time order; for each its item, its state, and whether a person made it."""

    cues: tuple[Cue, ...] = ()
    items: tuple[int, ...] = ()
    states: tuple[State, ...] = ()
    fixed: tuple[bool, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    def of_item(self, item: int) -> Merged:
        """The same of one item."""
        at = [index for index, each in enumerate(self.items) if each == item]
        return Merged(
            tuple(self.cues[index] for index in at),
            tuple(self.items[index] for index in at),
            tuple(self.states[index] for index in at),
            tuple(self.fixed[index] for index in at),
            self.conflicts,
        )


class _Row(NamedTuple):
    cue: Cue
    item: int
    state: State
    is_fixed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Merging:
    """What is the same for all tracks and files of a recording."""

    programme: Programme
    profile: Profile
    until_ms: int

    def merged(
        self,
        track: str,
        script: Script,
        locks: Locks,
        *,
        doubted: Sequence[Span] = (),
        changed: Sequence[Changed] = (),
    ) -> Merged:
        """The cues of people, and around them those of the machine's words in the time left.

        Args:
            track: which one it is.
            script: what the machine says now.
            locks: what people decided.
            doubted: where people should look, in any order.
            changed: what was corrected of what this track translates.
        """
        source, sign, target = track.partition("+")
        found = freed(script, locks.locks, (source, target) if sign else None)
        laid = lay_out(
            found.script.stretches, self.profile, until_ms=self.until_ms, taken=locks.cues
        )
        doubts = _Spans(doubted)
        rows = [
            _Row(cue, item, _state(cue, doubts, changed), is_fixed=False)
            for item, cues in zip(found.script.items, laid, strict=True)
            for cue in cues
        ]
        conflicts = []
        for lock, claim in zip(locks.locks, found.claims, strict=True):
            conflict = _conflict(track, lock, claim)
            conflicts += [conflict] if conflict else []
            rows += self._fixed(lock, claim, script, changed, has_conflict=bool(conflict))
        rows.sort(key=lambda row: (row.cue.start_ms, row.cue.end_ms))
        return Merged(
            tuple(row.cue for row in rows),
            tuple(row.item for row in rows),
            tuple(row.state for row in rows),
            tuple(row.is_fixed for row in rows),
            tuple(conflicts),
        )

    def _fixed(
        self,
        lock: Lock,
        claim: Claim,
        script: Script,
        changed: Sequence[Changed],
        *,
        has_conflict: bool,
    ) -> Iterator[_Row]:
        for fixed in lock.cues:
            middle_ms = (fixed.start_ms + fixed.end_ms) // 2
            cue = Cue(
                start_ms=fixed.start_ms,
                end_ms=fixed.end_ms,
                lines=fixed.lines,
                language=fixed.language or _language(script, claim, middle_ms),
                speaker=self.programme.speaker(middle_ms),
            )
            state = _state_of_fixed(fixed, changed, has_conflict=has_conflict)
            yield _Row(cue, self.programme.item(middle_ms), state, is_fixed=True)


def _state(cue: Cue, doubts: _Spans, changed: Iterable[Changed]) -> State:
    if any(_is_about(one, cue) for one in changed):
        return State.SOURCE_CHANGED
    return State.NEEDS_REVIEW if doubts.any_about(cue) else State.MACHINE


def _state_of_fixed(fixed: Fixed, changed: Iterable[Changed], *, has_conflict: bool) -> State:
    """Who has seen a correction since it was made has answered for the rest."""
    if has_conflict and not fixed.is_approved:
        return State.CONFLICT
    if any(_is_about(one, fixed) and fixed.when <= one.when for one in changed):
        return State.SOURCE_CHANGED
    return State.APPROVED if fixed.is_approved else State.EDITED


def _conflict(track: str, lock: Lock, claim: Claim) -> Conflict | None:
    """What the machine says now, where that is neither what it said nor what the person wrote.

    Who approves a cue wants to hear no more of it.
    """
    if claim.likeness == 1 or (not claim.words and not (lock.base.text and lock.cues)):
        return None
    if lock.cues and all(cue.is_approved for cue in lock.cues):
        return None
    if not lock.cues and claim.likeness:
        return None  # what was deleted is heard in another way, and is none the less deleted
    at = lock.cues or (lock.base,)
    chances = [word.probability for word in claim.words]
    return Conflict(
        start_ms=min(one.start_ms for one in at),
        end_ms=max(one.end_ms for one in at),
        track=track,
        was=lock.base.text,
        yours="\n".join(cue.text for cue in lock.cues),
        new=" ".join(word.text for word in claim.words),
        probability=sum(chances) / len(chances) if chances else 0.0,
    )


def _language(script: Script, claim: Claim, at_ms: int) -> str:
    """The language of what a cue stands for, else of what is said nearest to it."""
    if claim.stretch >= 0:
        return script.stretches[claim.stretch].language
    heard = [stretch for stretch in script.stretches if stretch.words]
    if not heard:
        return ""
    after = bisect_left(heard, at_ms, key=lambda stretch: stretch.words[0].start_ms)
    near = heard[max(after - 1, 0) : after + 1]
    return min(
        near,
        key=lambda each: max(each.words[0].start_ms - at_ms, at_ms - each.words[-1].end_ms, 0),
    ).language


def _is_about(one: Span | Changed, other: Span | Cue) -> bool:
    """Whether two have at least half of the shorter one's time in common."""
    shared_ms = min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms)
    least_ms = min(one.end_ms - one.start_ms, other.end_ms - other.start_ms)
    return shared_ms > 0 and 2 * shared_ms >= least_ms


class _Spans:
    """Spans by time, so that few are looked at for each cue."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans, key=lambda span: span.start_ms)
        self._over = list(accumulate((span.end_ms for span in self._spans), max))

    def any_about(self, cue: Cue) -> bool:
        """Whether one of them is about a cue."""
        at = bisect_left(self._spans, cue.end_ms, key=lambda span: span.start_ms) - 1
        while at >= 0 and self._over[at] > cue.start_ms:
            if _is_about(self._spans[at], cue):
                return True
            at -= 1
        return False
