"""Cues of people and what the machine says now, in one track: the human ones stand as they are.

Nothing is written that does not hold them all, see `check`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.core.errors import InputError, OverwriteError
from pipeline.core.timeline import Cue, Span
from pipeline.emit.conflicts import Conflict
from pipeline.emit.freeing import freed
from pipeline.emit.guide import clock
from pipeline.emit.nearby import Changed, Spans, Tongues
from pipeline.review.chains import text_key
from pipeline.review.states import State
from pipeline.subtitles import srt
from pipeline.subtitles.labels import mark, sounds
from pipeline.subtitles.layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from pipeline.emit.freeing import Claim
    from pipeline.emit.tracks import Programme, Script
    from pipeline.review.decisions import Piece
    from pipeline.review.locks import Fixed, Lock, Locks
    from pipeline.subtitles.profile import Profile

_SITTING: Final = dt.timedelta(seconds=10)  # files of one round are accepted one after another


@dataclass(frozen=True, slots=True)
class Merged:
    """A track's cues in time order; for each its item, its state, and whether a person made it.

    `kept` are the cues that people made, each with its item, and `deleted` what they took out:
    what `check` holds the others against.
    """

    cues: tuple[Cue, ...] = ()
    items: tuple[int, ...] = ()
    states: tuple[State, ...] = ()
    fixed: tuple[bool, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    kept: tuple[tuple[int, Fixed], ...] = ()
    deleted: tuple[Piece, ...] = ()

    def of_item(self, item: int) -> Merged:
        """The same of one item."""
        at = [index for index, each in enumerate(self.items) if each == item]
        return Merged(
            tuple(self.cues[index] for index in at),
            tuple(self.items[index] for index in at),
            tuple(self.states[index] for index in at),
            tuple(self.fixed[index] for index in at),
            self.conflicts,
            tuple(one for one in self.kept if one[0] == item),
            self.deleted,
        )


def check(merged: Merged, data: bytes, name: str) -> None:
    """See that nothing a person did is lost: the last thing before a file is written.

    Every cue of a person is there as they left it, no cue of ours overlaps one, none that they
    deleted is back, and the file reads as the cues that it was made of.

    Args:
        merged: the whole track, or what is in one file of it.
        data: the file.
        name: what the message calls it.

    Raises:
        OverwriteError: it does not hold; says of which cue.
    """
    cues = [(cue.start_ms, cue.end_ms, cue.lines) for cue in merged.cues]
    try:
        read = [(cue.start_ms, cue.end_ms, cue.lines) for cue in srt.parse(data, name)]
    except InputError as error:
        raise _broken(name, 0, error.message) from error
    if cues != read:
        at = next((one for one, other in zip(cues, read, strict=False) if one != other), None)
        raise _broken(name, at[0] if at else 0, "it does not read as what was to be written")
    own = Counter(cue for cue, is_fixed in zip(read, merged.fixed, strict=True) if is_fixed)
    wanted = Counter((cue.start_ms, cue.end_ms, cue.lines) for _, cue in merged.kept)
    for at in (wanted - own).keys() | (own - wanted).keys():
        raise _broken(name, at[0], "a person's cue is not as they left it")
    deleted = {(one.start_ms, one.end_ms, text_key(one.text)) for one in merged.deleted}
    end_ms = {True: 0, False: 0}  # of people's cues, of ours
    for cue, is_fixed in zip(merged.cues, merged.fixed, strict=True):
        if cue.start_ms < end_ms[not is_fixed]:
            raise _broken(name, cue.start_ms, "a cue of ours and one of a person overlap")
        place = (cue.start_ms, cue.end_ms, text_key("\n".join(cue.lines)))
        if not is_fixed and place in deleted:
            raise _broken(name, cue.start_ms, "a cue is back that a person deleted")
        end_ms[is_fixed] = max(end_ms[is_fixed], cue.end_ms)


def _broken(name: str, at_ms: int, why: str) -> OverwriteError:
    return OverwriteError(
        f"{name}, at {clock(at_ms)}: {why}; nothing was written",
        hint="this is a fault of the program: please report it. All files are as they were",
    )


class _Row(NamedTuple):
    cue: Cue
    item: int
    state: State
    fixed: Fixed | None = None


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
        disputed: Container[Piece] = (),
    ) -> Merged:
        """The cues of people, and around them those of the machine's words in the time left.

        Args:
            track: which one it is.
            script: what the machine says now.
            locks: what people decided.
            doubted: where people should look, in any order.
            changed: what was corrected of what this track translates.
            disputed: the bases of locks that stand otherwise in another file.
        """
        source, sign, target = track.partition("+")
        found = freed(script, locks.locks, (source, target) if sign else None)
        stretches = found.script.stretches
        laid = lay_out(stretches, self.profile, until_ms=self.until_ms, taken=locks.cues)
        laid = mark(laid, stretches, self.profile)
        doubts, corrected = Spans(doubted), Spans(changed)
        rows = [
            _Row(cue, item, _state(cue, doubts, corrected))
            for item, cues in zip(found.script.items, laid, strict=True)
            for cue in cues
        ]
        told: list[Span | Cue] = [*locks.cues, *(row.cue for row in rows)]
        rows += [
            _Row(cue, self.programme.item(_middle_ms(cue)), State.MACHINE)
            for cue in sounds(
                self.programme.gaps, told, self.profile, target or source, self.until_ms
            )
        ]
        conflicts = []
        tongues = Tongues(script)
        for lock, claim in zip(locks.locks, found.claims, strict=True):
            conflict = _conflict(track, lock, claim)
            conflicts += [conflict] if conflict else []
            for row in self._fixed(lock, claim, tongues):
                is_open = bool(conflict) or lock.base in disputed
                rows.append(row._replace(state=_state_of(row, corrected, is_open=is_open)))
        rows.sort(key=lambda row: (row.cue.start_ms, row.cue.end_ms))
        return Merged(
            tuple(row.cue for row in rows),
            tuple(row.item for row in rows),
            tuple(row.state for row in rows),
            tuple(row.fixed is not None for row in rows),
            tuple(conflicts),
            tuple((self.programme.item(_middle_ms(cue)), cue) for cue in locks.cues),
            locks.deleted,
        )

    def _fixed(self, lock: Lock, claim: Claim, tongues: Tongues) -> Iterator[_Row]:
        for fixed in lock.cues:
            middle_ms = _middle_ms(fixed)
            cue = Cue(
                start_ms=fixed.start_ms,
                end_ms=fixed.end_ms,
                lines=fixed.lines,
                language=fixed.language or tongues.of(claim, middle_ms),
                speaker=self.programme.speaker(middle_ms),
            )
            yield _Row(cue, self.programme.item(middle_ms), State.EDITED, fixed)


def _state(cue: Cue, doubts: Spans, corrected: Spans) -> State:
    if any(corrected.about(cue)):
        return State.SOURCE_CHANGED
    return State.NEEDS_REVIEW if any(doubts.about(cue)) else State.MACHINE


def _state_of(row: _Row, corrected: Spans, *, is_open: bool) -> State:
    """Of a person's cue: who has seen a correction since it was made has answered for it."""
    fixed = row.fixed
    if fixed is None:
        return row.state
    if is_open and not fixed.is_approved:
        return State.CONFLICT
    for one in corrected.about(row.cue):
        if isinstance(one, Changed) and not _is_later(fixed.when, one.when):
            return State.SOURCE_CHANGED
    return State.APPROVED if fixed.is_approved else State.EDITED


def _is_later(one: str, other: str) -> bool:
    """Whether something was decided later, and not at one sitting with the other."""
    try:
        between = dt.datetime.fromisoformat(one) - dt.datetime.fromisoformat(other)
    except (TypeError, ValueError):  # a person wrote it, with a time zone or without
        return one > other
    return between > _SITTING


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
        yours=lock.text,
        new=" ".join(word.text for word in claim.words),
        probability=sum(chances) / len(chances) if chances else 0.0,
    )


def _middle_ms(span: Span | Cue) -> int:
    return (span.start_ms + span.end_ms) // 2
