"""Cues that people made, told from the log of decisions: they stand as they are, to the letter.

The log is gone through once, in its order. What was decided about a cue is found by what the cue
was: by time and text as it stands now, else as it once stood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core.timeline import Span
from pipeline.review.chains import Chain, common, text_key
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
from pipeline.subtitles.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.review.decisions import Decision

_SAME: Final = 0.5  # as in chains: with so much of their time in common, one cue edited again
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>|\{\\[^{}]*\}")
_DASH: Final = re.compile(r"(?m)^\s*[-‐-―−]\s*")
_Key = tuple[int, int, str]


class Fixed(Span, frozen=True, kw_only=True):
    """A cue as a person left it; `decision` is the last one that made it so, by its index.

    `language` is only there where somebody said it; `when` is that decision's, an ISO time.
    """

    lines: tuple[str, ...]
    decision: int
    language: str = ""
    when: str = ""
    is_approved: bool = False

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines)


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """Cues that stand for what the machine had once, `base`; none where that was deleted.

    `texts` is all that stood there before, as `text_key` writes it.
    """

    base: Piece
    cues: tuple[Fixed, ...]
    texts: tuple[str, ...]

    def chain(self, number: int, was: str, wanted: str) -> Chain:
        """What to look for among the machine's words: one text or another.

        Args:
            number: what the words that are found are marked with.
            was: the base's text, or what of it is in the language of those words.
            wanted: the same of what stands there now.
        """
        at = Anchor(track="", start_ms=self.base.start_ms, end_ms=self.base.end_ms, text=was)
        goal = text_key(spoken(wanted))
        texts = dict.fromkeys([text_key(spoken(was)), *self.texts])
        last = Text(at=at, text=spoken(wanted)) if goal else Delete(at=at)
        return Chain(at, last, number, (), tuple(text for text in texts if text not in {"", goal}))


class Locks(msgspec.Struct, frozen=True, kw_only=True):
    """All of a track, in time order; what is deleted is among them."""

    locks: tuple[Lock, ...] = ()

    @property
    def cues(self) -> tuple[Fixed, ...]:
        """The cues that people made, in time order."""
        found = (cue for lock in self.locks for cue in lock.cues)
        return tuple(sorted(found, key=lambda cue: (cue.start_ms, cue.end_ms)))

    @property
    def deleted(self) -> tuple[Piece, ...]:
        """What is not to be there."""
        return tuple(lock.base for lock in self.locks if not lock.cues)


def locks(decisions: Sequence[Decision], track: str, *, source: str = "") -> Locks:
    """The cues that people made in one track, as they are to stand in one file.

    What was decided last holds; but where two files were edited differently, each keeps its own.

    Args:
        decisions: the whole log, in its order.
        track: which track's.
        source: which file it is for; "" for any.
    """
    replay = _Replay(source)
    for index, decision in enumerate(decisions):
        if decision.at.track == track and not isinstance(decision, Speaker):
            replay.take(index, decision)
    return replay.locks()


def sources(decisions: Iterable[Decision], track: str) -> frozenset[str]:
    """The files that a track's decisions were read from."""
    return frozenset(one.source for one in decisions if one.at.track == track and one.source)


def spoken(text: str) -> str:
    """What of a cue's text is said: no markup, no dash before what one of two people says.

    >>> spoken("- <i>Да.</i>")
    'Да.'
    """
    return _DASH.sub("", _TAG.sub("", text))


@dataclass(slots=True, eq=False)
class _Live:
    """A cue while the log is read; `roots` are all the places that it came from."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    decision: int
    when: str
    source: str
    roots: set[_Key]
    language: str = ""
    is_approved: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(slots=True, eq=False)
class _Unit:
    """What becomes one lock."""

    bases: list[Piece]
    lives: list[_Live] = field(default_factory=list)
    roots: set[_Key] = field(default_factory=set)
    texts: dict[str, None] = field(default_factory=dict)


class _Replay:
    """The cues as they stand while the log is read."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._units: dict[_Unit, None] = {}
        self._of: dict[_Key, _Unit] = {}  # all that its cues are or were
        self._alike: dict[str, dict[_Key, None]] = {}  # the same by text

    def take(self, index: int, decision: Decision) -> None:
        """What was decided next."""
        at = decision.at
        unit, lives = self._found(at)
        if unit is None:
            unit = _Unit([Piece(start_ms=at.start_ms, end_ms=at.end_ms, text=at.text)])
            self._units[unit] = None
        elif self._is_others(at, lives, decision):
            return
        olds = {root for live in lives for root in live.roots} | {_key(at)}
        after = self._after(unit, lives, index, decision)
        unit.lives = [live for live in unit.lives if live not in lives]
        for live in after:
            live.is_approved = isinstance(decision, Approve) or (
                live.is_approved and live.when == decision.when
            )
            live.decision, live.source, live.when = index, decision.source, decision.when
            for root in (*olds, _key(live)):
                self._root(unit, root, live)
        unit.lives += after
        self._root(unit, _key(at))
        unit.texts[text_key(spoken(_whole(unit.lives)))] = None

    def locks(self) -> Locks:
        """All of them, by time."""
        found = [_lock(unit) for unit in self._units]
        return Locks(locks=tuple(sorted(found, key=lambda lock: lock.base.start_ms)))

    def _found(self, at: Piece) -> tuple[_Unit | None, list[_Live]]:
        """The lock that a cue belongs to, and which of its cues came from it."""
        key = _key(at)
        if key not in self._of:
            alike = [
                other
                for other in self._alike.get(key[2], ())
                if common(at, other[0], other[1]) >= _SAME
            ]
            if not alike:
                return None, []
            key = alike[-1]
        unit = self._of[key]
        now = [live for live in unit.lives if _key(live) == key]
        return unit, now or [live for live in unit.lives if key in live.roots]

    def _is_others(self, at: Anchor, lives: Sequence[_Live], decision: Decision) -> bool:
        """Whether it was decided in another file about what this one has otherwise by now."""
        if not self._source or decision.source == self._source or isinstance(decision, Approve):
            return False
        said = text_key(at.text)
        return any(
            live.source == self._source and text_key(live.text) != said and not live.is_approved
            for live in lives
        )

    def _after(
        self, unit: _Unit, lives: list[_Live], index: int, decision: Decision
    ) -> list[_Live]:
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

    def _retold(self, lives: list[_Live], index: int, decision: Text | Insert) -> list[_Live]:
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

    def _joined(self, unit: _Unit, lives: list[_Live], index: int, decision: Merge) -> list[_Live]:
        """One cue of several, whatever locks they were in; these are one from now on."""
        made = lives[:1] or [self._new(decision.at, index, decision)]
        bases = unit.bases if lives or unit.lives else []
        for piece in decision.of:
            other, taken = self._found(piece)
            self._root(unit, _key(piece), made[0])
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

    def _absorb(self, unit: _Unit, other: _Unit) -> None:
        unit.lives += other.lives
        unit.texts.clear()  # they were texts of less than this
        for root in other.roots:
            self._root(unit, root)
        del self._units[other]

    def _root(self, unit: _Unit, key: _Key, live: _Live | None = None) -> None:
        """A cue of a lock is, or was once, at this place with this text."""
        unit.roots.add(key)
        self._of[key] = unit
        self._alike.setdefault(key[2], {})[key] = None
        if live:
            live.roots.add(key)

    def _new(
        self, piece: Piece, index: int, decision: Decision, olds: Sequence[_Live] = ()
    ) -> _Live:
        return _Live(
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


def _lock(unit: _Unit) -> Lock:
    bases = sorted(unit.bases, key=_place)
    base = Piece(
        start_ms=bases[0].start_ms,
        end_ms=max(base.end_ms for base in bases),
        text="\n".join(base.text for base in bases if base.text),
    )
    cues = tuple(
        Fixed(
            start_ms=live.start_ms,
            end_ms=live.end_ms,
            lines=live.lines,
            decision=live.decision,
            language=live.language,
            when=live.when,
            is_approved=live.is_approved,
        )
        for live in sorted(unit.lives, key=_place)
        if live.lines
    )
    return Lock(base=base, cues=cues, texts=tuple(unit.texts))


def _outermost(bases: Sequence[Piece]) -> list[Piece]:
    """Those that no other one holds."""
    found: list[Piece] = []
    for base in sorted(dict.fromkeys(bases), key=lambda one: (one.start_ms, -one.end_ms)):
        if not found or base.end_ms > found[-1].end_ms:
            found.append(base)
    return found


def _lines(text: str) -> tuple[str, ...]:
    """The lines that hold anything to be seen, as they are."""
    return tuple(line for line in text.split("\n") if clean(line))


def _whole(lives: Iterable[_Live]) -> str:
    return "\n".join(live.text for live in sorted(lives, key=_place))


def _key(piece: Piece | _Live) -> _Key:
    return piece.start_ms, piece.end_ms, text_key(piece.text)


def _place(piece: Piece | _Live) -> tuple[int, int]:
    return piece.start_ms, piece.end_ms
