"""The cues of a track as people leave them; what was decided about one is found by what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.review.chains import common, text_key
from pipeline.review.decisions import Approve, Insert, Merge, Piece, Speaker
from pipeline.review.labelling import spoken
from pipeline.review.remade import new, remade
from pipeline.review.units import (
    SAME,
    Joined,
    Key,
    Live,
    Unit,
    gone,
    key_of,
    outermost,
    place,
    there,
    whole,
)
from pipeline.review.unseen import (
    Apart,
    Part,
    is_approved_unseen,
    is_put,
    is_unlike,
    is_work_of,
    relabelled,
    split_off,
    whose,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.review.decisions import Decision


class Replay:
    """The cues as they stand in one file while the log is read; `source` is "" for any file.

    `apart` are merges, by their places in the log, in spite of which their parts were decided about
    later: those stay as they are. `found_apart` is what was found of these.
    """

    def __init__(self, source: str, apart: Mapping[int, Apart]) -> None:
        self._source, self._apart = source, apart
        self.units: dict[Unit, None] = {}
        self.found_apart: dict[int, Apart] = {}
        self._of: dict[Key, Unit] = {}  # all that its cues are or were
        self._alike: dict[str, dict[Key, None]] = {}  # the same by text
        self._given: dict[Key, tuple[Unit | None, list[Live]]] = {}  # what is decided about now
        self._theirs: dict[Key, list[Live]] = {}  # what another file makes of it

    def take(self, decided: Sequence[tuple[int, Decision]]) -> None:
        """What was decided in one file at one time, with its places in the log.

        All of it is about the cues as they stood before: who swaps two cues has each of them as it
        was, wherever the other one is by then. An approval is about what the rest of it leaves.
        """
        others: set[Key] = set()  # one cue's text and times are ours, or theirs, together
        for index, one in decided:
            if isinstance(one, Approve):
                continue
            for piece in (one.at, *(one.of if isinstance(one, Merge) else ())):
                self._given[key_of(piece)] = self._found(piece)
            parts = self._parts(one)
            if self._others(index, one, parts):
                others.add(key_of(one.at))
            elif index not in self._apart and not isinstance(one, Speaker):
                self._see_joined(index, one, parts)
        for index, decision in decided:
            if isinstance(decision, Merge) and index in self._apart:
                self._keep_apart(index, decision)
                others.add(key_of(decision.at))
            else:
                self._take(index, decision, is_others=key_of(decision.at) in others)
        self._given, self._theirs = {}, {}

    def _take(self, index: int, decision: Decision, *, is_others: bool) -> None:
        at = decision.at
        parts = self._parts(decision)
        if isinstance(decision, Approve):
            is_others = bool(self._others(index, decision, parts))
        if is_others:
            self._pass_over(index, decision, self._others(index, decision, parts) or parts)
            return
        unit, lives = self._about(decision)
        if isinstance(decision, Speaker):  # who speaks is no cue's matter, but a label in one is
            if (named := relabelled(there(lives), decision)) is None:
                return
            decision = named
        elif isinstance(decision, Approve) and is_approved_unseen(at, decision.source, lives):
            return
        unit = unit or self._begun(at)
        olds = {root for live in lives for root in live.roots} | {key_of(at)}
        after = self._after(unit, lives, index, decision)
        unit.lives = [live for live in unit.lives if live not in lives]
        for live in after:
            live.is_approved = isinstance(decision, Approve) or (
                live.is_approved and live.when == decision.when
            )
            live.source = whose(live, decision)
            live.decision, live.when, live.at = index, decision.when, key_of(at)
            for root in (*olds, key_of(live)):
                self._root(unit, root, live)
        unit.lives += after
        self._root(unit, key_of(at))
        if not isinstance(decision, Approve):
            self._given[key_of(at)] = unit, after
        unit.last, unit.when = index, decision.when
        unit.texts[text_key(spoken(whole(unit.lives)))] = None

    def _parts(self, decision: Decision) -> list[Part]:
        """The cues that something was decided about."""
        if isinstance(decision, Insert):
            return [Part(decision.at, *self._about(decision))]
        of = decision.of if isinstance(decision, Merge) else (decision.at,)
        look = self._found if isinstance(decision, Approve) else self._before
        return [Part(piece, *look(piece)) for piece in of]

    def _about(self, decision: Decision) -> tuple[Unit | None, list[Live]]:
        """The lock and the cues that a decision makes something else of."""
        if isinstance(decision, Approve):
            return self._found(decision.at)
        unit, lives = self._before(decision.at)
        if isinstance(decision, Insert) and not any(is_put(live, decision) for live in lives):
            return self._emptied(decision)  # or what was put in there once is somewhere else by now
        if isinstance(decision, Merge):  # about its parts, whatever else was made of that place
            parts = [live for piece in decision.of for live in self._before(piece)[1]]
            lives = [live for live in lives if live in parts]
            return (unit, lives) if unit and (lives or not there(unit.lives)) else (None, [])
        return unit, lives

    def _emptied(self, decision: Insert) -> tuple[Unit | None, list[Live]]:
        """What another file still has where that file has deleted it, and now put something in."""
        if not decision.source:
            return None, []
        unit, lives = self._known(decision.at, gone(decision.at, decision.source))
        return (unit, there(lives)) if there(lives) else (None, [])

    def _before(self, at: Piece) -> tuple[Unit | None, list[Live]]:
        """As `_found`, as it was before what is decided with it; or what that has made of it."""
        unit, lives = self._given.get(key_of(at)) or self._found(at)
        while unit and unit.into:
            unit = unit.into
        return unit, lives

    def _found(self, at: Piece) -> tuple[Unit | None, list[Live]]:
        """The lock that a cue belongs to, and which of its cues came from it."""
        return self._known(at, key_of(at))

    def _known(self, at: Piece, key: Key) -> tuple[Unit | None, list[Live]]:
        if unit := self._of.get(key):
            return unit, unit.of(key)
        for other in reversed(self._alike.get(key[2], {})):
            if common(at, other[0], other[1]) >= SAME:
                unit = self._of[other]
                lives = unit.of(other)
                # no cue of ours overlaps a person's: who was given both means another one
                if not lives or any(common(at, *place(live)) for live in lives):
                    return unit, lives
        return None, []

    def _others(self, index: int, decision: Decision, parts: Sequence[Part]) -> list[Part]:
        """What of it was decided in another file about what this one has otherwise by now."""
        if self._source and decision.source == self._source:
            return []
        found = []
        for piece, unit, lives in parts:
            ours = [
                live
                for live in lives
                if self._is_ours(live, index, decision) and is_unlike(live, piece, decision)
            ]
            found += [Part(piece, unit, ours)] if ours else []
        return found

    def _is_ours(self, live: Live, index: int, decision: Decision) -> bool:
        return is_work_of(live, self._source) or any(
            source == decision.source and index <= self._apart[number].until
            for number, source in live.apart.items()
        )

    def _pass_over(self, index: int, decision: Decision, parts: Sequence[Part]) -> None:
        """Leave our cues, but know them by what they are in the other file from now on.

        What is decided there next is about that.
        """
        key = key_of(decision.at)
        unit = next((part.unit for part in parts if part.unit and part.lives), None)
        if unit is None:
            return
        lives = [live for part in parts for live in part.lives]
        theirs = self._theirs.get(key) or [new(decision.at, index, decision)]
        if not isinstance(decision, Merge):  # its anchor is what it makes
            theirs = self._after(unit, theirs, index, decision)
        self._theirs[key] = theirs
        for root in (key, *map(key_of, theirs)):
            for live in lives:
                self._root(unit, root, live)
        if not isinstance(decision, Approve):
            self._given[key] = unit, lives

    def _see_joined(self, index: int, decision: Decision, parts: Sequence[Part]) -> None:
        """See which merges of other files it was decided in spite of: about a part by itself."""
        seen = {decision.source, self._source or decision.source}
        for at in parts:
            if at.unit is None or at.unit.is_doubtful:  # the next time it will be another one
                continue
            for number, joined, part in split_off(at, decision):
                if joined.source not in seen:
                    at.unit.is_doubtful = True
                    one = Apart(index, {part: decision.source})
                    self.found_apart[number] = self.found_apart.get(number, one).also(one)

    def _keep_apart(self, index: int, merge: Merge) -> None:
        """Leave parts of a merge as they are for those who decide about them in spite of it."""
        kept: list[Part] = []
        for piece, source in self._apart[index].parts.items():
            unit, lives = self._before(piece)
            unit, lives = unit or self._begun(piece), there(lives)
            if not lives:
                lives = [new(piece, index, merge)]
                unit.lives += lives
                self._root(unit, key_of(piece), lives[0])
            for live in lives:
                live.source = source
                live.apart[index] = merge.source
            kept.append(Part(piece, unit, lives))
        self._pass_over(index, merge, kept)

    def _after(self, unit: Unit, lives: list[Live], index: int, decision: Decision) -> list[Live]:
        """What becomes of the cues that a decision is about."""
        if isinstance(decision, Merge):
            return self._joined(unit, lives, index, decision)
        return remade(lives, index, decision)

    def _joined(self, unit: Unit, lives: list[Live], index: int, decision: Merge) -> list[Live]:
        """One cue of several, whatever locks they were in; these are one from now on."""
        keys = set(map(key_of, decision.of))
        made = [live for live in there(lives) if len(lives) == 1 and key_of(live) not in keys]
        is_known = bool(made)
        made = made or [new(decision.at, index, decision)]
        bases = unit.bases if lives or unit.lives else []
        parts: dict[Piece, frozenset[Key]] = {}
        for piece in decision.of:
            other, taken = self._before(piece)
            self._root(unit, key_of(piece), made[0])
            roots = {root for live in taken for root in live.roots}
            parts[piece] = frozenset(roots | {key_of(piece)})
            if other is None:
                bases = [*bases, piece]
                continue
            made[0].roots |= roots
            for live in taken:
                made[0].joined |= live.joined
                made[0].apart |= live.apart
            other.lives = [live for live in other.lives if live not in taken or live is made[0]]
            if other is not unit:
                bases = [*bases, *other.bases]
                self._absorb(unit, other)
        unit.bases = outermost(bases) or unit.bases
        made[0].is_recut = True
        if not is_known:
            made[0].joined[index] = Joined.of(decision, parts)
        return made

    def _absorb(self, unit: Unit, other: Unit) -> None:
        unit.lives += other.lives
        unit.texts.clear()  # they were texts of less than this
        for root in other.roots:
            if self._of[root] is other:
                self._of[root] = unit
        unit.roots |= other.roots
        unit.is_doubtful |= other.is_doubtful
        other.into = unit
        del self.units[other]

    def _root(self, unit: Unit, key: Key, live: Live | None = None) -> None:
        """A cue of a lock is, or was once, at this place with this text.

        Where one was, another lock's may stand by now: that one is found there.
        """
        unit.roots.add(key)
        owner = self._of.get(key, unit)
        is_there = live is not None and key_of(live) == key
        if is_there or all(key_of(other) != key for other in owner.lives):
            self._of[key] = unit
        self._alike.setdefault(key[2], {})[key] = None
        if live:
            live.roots.add(key)

    def _begun(self, at: Piece) -> Unit:
        unit = Unit([Piece(start_ms=at.start_ms, end_ms=at.end_ms, text=at.text)])
        self.units[unit] = None
        return unit
