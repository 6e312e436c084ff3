"""The cues of a track as people leave them, decision by decision.

What was decided about a cue is found by what the cue was: by time and text as it stands now, else
as it once stood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.review.chains import common, text_key
from pipeline.review.decisions import (
    Anchor,
    Approve,
    Delete,
    Insert,
    Merge,
    Piece,
    Speaker,
    Split,
    Text,
    Time,
)
from pipeline.review.labelling import renamed, spoken
from pipeline.review.units import Key, Live, Unit, key_of, place
from pipeline.subtitles.text import clean, kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.review.decisions import Decision

_SAME: Final = 0.5  # as in chains: with so much of their time in common, one cue edited again


class Replay:
    """The cues as they stand while the log is read."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.units: dict[Unit, None] = {}
        self._of: dict[Key, Unit] = {}  # all that its cues are or were
        self._alike: dict[str, dict[Key, None]] = {}  # the same by text
        self._given: dict[Key, tuple[Unit | None, list[Live]]] = {}  # what is decided about now
        self._theirs: dict[Key, list[Live]] = {}  # what another file makes of it

    def take(self, decided: Sequence[tuple[int, Decision]]) -> None:
        """What was decided in one file at one time, with its places in the log.

        All of it is about the cues as they stood before: who swaps two cues has each of them as it
        was, wherever the other one is by then. An approval is about what the rest of it leaves.
        """
        for _, one in decided:
            if not isinstance(one, Approve):
                for piece in (one.at, *(one.of if isinstance(one, Merge) else ())):
                    self._given[key_of(piece)] = self._found(piece)
        for index, decision in decided:
            self._take(index, decision)
        self._given, self._theirs = {}, {}

    def _take(self, index: int, decision: Decision) -> None:
        at = decision.at
        unit, lives = self._about(decision)
        if isinstance(decision, Speaker):  # who speaks is no cue's matter, but a label in one is
            if (named := _named(lives, decision)) is None:
                return
            decision = named
        if unit is None:
            unit = Unit([Piece(start_ms=at.start_ms, end_ms=at.end_ms, text=at.text)])
            self.units[unit] = None
        elif self._is_others(at, lives, decision):
            self._pass_over(unit, lives, index, decision)
            return
        olds = {root for live in lives for root in live.roots} | {key_of(at)}
        after = self._after(unit, lives, index, decision)
        unit.lives = [live for live in unit.lives if live not in lives]
        for live in after:
            live.is_approved = isinstance(decision, Approve) or (
                live.is_approved and live.when == decision.when
            )
            live.decision, live.source, live.when = index, decision.source, decision.when
            live.at = key_of(at)
            for root in (*olds, key_of(live)):
                self._root(unit, root, live)
        unit.lives += after
        self._root(unit, key_of(at))
        if not isinstance(decision, Approve):
            self._given[key_of(at)] = unit, after
        unit.last, unit.when = index, decision.when
        unit.texts[text_key(spoken(_whole(unit.lives)))] = None

    def _about(self, decision: Decision) -> tuple[Unit | None, list[Live]]:
        """The lock and the cues that something was decided about."""
        if isinstance(decision, Approve):
            return self._found(decision.at)
        unit, lives = self._before(decision.at)
        if isinstance(decision, Insert) and not any(_is_put(live, decision) for live in lives):
            return None, []  # what was put in there once is somewhere else by now
        if isinstance(decision, Merge):  # about its parts, whatever else was made of that place
            parts = [live for piece in decision.of for live in self._before(piece)[1]]
            lives = [live for live in lives if live in parts]
            return (unit, lives) if unit and (lives or not unit.lives) else (None, [])
        return unit, lives

    def _before(self, at: Piece) -> tuple[Unit | None, list[Live]]:
        """As `_found`, as it was before what is decided with it; or what that has made of it."""
        unit, lives = self._given.get(key_of(at)) or self._found(at)
        while unit and unit.into:
            unit = unit.into
        return unit, lives

    def _found(self, at: Piece) -> tuple[Unit | None, list[Live]]:
        """The lock that a cue belongs to, and which of its cues came from it."""
        key = key_of(at)
        if unit := self._of.get(key):
            return unit, _from(unit, key)
        for other in reversed(self._alike.get(key[2], {})):
            if common(at, other[0], other[1]) >= _SAME:
                unit, lives = self._of[other], _from(self._of[other], other)
                # no cue of ours overlaps a person's: who was given both means another one
                if not lives or any(common(at, *place(live)) for live in lives):
                    return unit, lives
        return None, []

    def _is_others(self, at: Anchor, lives: Sequence[Live], decision: Decision) -> bool:
        """Whether it was decided in another file about what this one has otherwise by now."""
        if not self._source or decision.source == self._source or isinstance(decision, Approve):
            return False
        said = text_key(at.text)
        return any(
            live.source == self._source and text_key(live.text) != said and not live.is_approved
            for live in lives
        )

    def _pass_over(self, unit: Unit, lives: list[Live], index: int, decision: Decision) -> None:
        """Leave our cues, but know them by what they are in the other file from now on.

        What is decided there next is about that.
        """
        key = key_of(decision.at)
        theirs = self._theirs.get(key) or [self._new(decision.at, index, decision)]
        if not isinstance(decision, Merge):  # its anchor is what it makes
            theirs = self._after(unit, theirs, index, decision)
        self._theirs[key] = theirs
        for root in (key, *map(key_of, theirs)):
            for live in lives:
                self._root(unit, root, live)

    def _after(self, unit: Unit, lives: list[Live], index: int, decision: Decision) -> list[Live]:
        """What becomes of the cues that a decision is about."""
        if isinstance(decision, Delete):
            return []
        if isinstance(decision, Merge):
            return self._joined(unit, lives, index, decision)
        if isinstance(decision, Text | Insert):
            return self._retold(lives, index, decision)
        if isinstance(decision, Split):
            return [self._new(piece, index, decision, lives) for piece in decision.into]
        lives = lives or [self._new(decision.at, index, decision)]
        if isinstance(decision, Time) and len(lives) == 1:
            lives[0].start_ms, lives[0].end_ms = decision.to.start_ms, decision.to.end_ms
        return lives

    def _retold(self, lives: list[Live], index: int, decision: Text | Insert) -> list[Live]:
        """One cue with another text; pieces of one that have that text already are left alone."""
        wanted = _lines(decision.text)
        if not wanted:
            return []
        if len(lives) > 1 and text_key(decision.text) == text_key(_whole(lives)):
            return lives
        live = lives[0] if len(lives) == 1 else self._new(decision.at, index, decision, lives)
        live.lines = wanted
        live.language = decision.language or live.language
        return [live]

    def _joined(self, unit: Unit, lives: list[Live], index: int, decision: Merge) -> list[Live]:
        """One cue of several, whatever locks they were in; these are one from now on."""
        keys = set(map(key_of, decision.of))
        made = [live for live in lives if len(lives) == 1 and key_of(live) not in keys]
        made = made or [self._new(decision.at, index, decision)]
        bases = unit.bases if lives or unit.lives else []
        for piece in decision.of:
            other, taken = self._before(piece)
            self._root(unit, key_of(piece), made[0])
            if other is None:
                bases = [*bases, piece]
                continue
            made[0].roots |= {root for live in taken for root in live.roots}
            other.lives = [live for live in other.lives if live not in taken or live is made[0]]
            if other is not unit:
                bases = [*bases, *other.bases]
                self._absorb(unit, other)
        unit.bases = _outermost(bases) or unit.bases
        return made

    def _absorb(self, unit: Unit, other: Unit) -> None:
        unit.lives += other.lives
        unit.texts.clear()  # they were texts of less than this
        for root in other.roots:
            if self._of[root] is other:
                self._of[root] = unit
        unit.roots |= other.roots
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

    def _new(self, piece: Piece, index: int, decision: Decision, olds: Sequence[Live] = ()) -> Live:
        return Live(
            start_ms=piece.start_ms,
            end_ms=piece.end_ms,
            lines=_lines(piece.text),
            decision=index,
            when=decision.when,
            source=decision.source,
            roots=set(),
            language=olds[0].language if olds else "",
            is_approved=bool(olds) and all(old.is_approved for old in olds),
        )


def _from(unit: Unit, key: Key) -> list[Live]:
    """The cues that stand there now, else those that were made of what stood there last."""
    now = [live for live in unit.lives if key_of(live) == key]
    made = [live for live in unit.lives if live.at == key]  # more was decided about it
    last = [live for live in made if live.decision == max(one.decision for one in made)]
    return now or last or [live for live in unit.lives if key in live.roots]


def _named(lives: Sequence[Live], decision: Speaker) -> Text | None:
    """The text of a person's cue with another speaker's name in its label."""
    text = renamed(lives[0].text, decision.name) if len(lives) == 1 and decision.name else ""
    if not text or text == lives[0].text or key_of(lives[0]) != key_of(decision.at):
        return None
    return Text(at=decision.at, text=text, when=decision.when, source=decision.source)


def _is_put(live: Live, decision: Insert) -> bool:
    """Whether a cue was put in by the same decision before; who puts in two at once wants both."""
    is_twin = bool(live.when) and (live.when, live.source) == (decision.when, decision.source)
    return live.at == key_of(decision.at) and not is_twin


def _outermost(bases: Sequence[Piece]) -> list[Piece]:
    """Those that no other one holds."""
    found: list[Piece] = []
    for base in sorted(dict.fromkeys(bases), key=lambda one: (one.start_ms, -one.end_ms)):
        if not found or base.end_ms > found[-1].end_ms:
            found.append(base)
    return found


def _lines(text: str) -> tuple[str, ...]:
    """The lines that hold anything to be seen, as they were written."""
    return tuple(kept(line) for line in text.split("\n") if clean(line))


def _whole(lives: Iterable[Live]) -> str:
    return "\n".join(live.text for live in sorted(lives, key=place))
