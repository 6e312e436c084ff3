"""The cues of a track as people leave them, decision by decision.

What was decided about a cue is found by what the cue was: by time and text as it stands now, else
as it once stood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pipeline.review.chains import common, text_key
from pipeline.review.decisions import (
    Anchor,
    Approve,
    Delete,
    Insert,
    Merge,
    Piece,
    Split,
    Text,
    Time,
)
from pipeline.subtitles.text import clean, kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.review.decisions import Decision

_SAME: Final = 0.5  # as in chains: with so much of their time in common, one cue edited again
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>|\{\\[^{}]*\}")
_DASH: Final = re.compile(r"(?m)^\s*[-‐-―−]\s*")
_SONG: Final = re.compile(r"(?m)^\s*[♪♫#]\s+|\s*[♪♫]+\s*$|\s+#\s*$")
_LABEL: Final = re.compile(r"(?m)^\s*\[[^\[\]\n]{1,60}\]\s*")  # who speaks, or what is heard
_Key = tuple[int, int, str]


def spoken(text: str) -> str:
    """What of a cue's text is said: no markup, no label, no dash, no sign of song.

    >>> spoken("- <i>Да.</i>"), spoken("[Анна] ♪ Да. ♪")
    ('Да.', 'Да.')
    """
    return _SONG.sub("", _LABEL.sub("", _DASH.sub("", _TAG.sub("", text))))


@dataclass(slots=True, eq=False)
class Live:
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
    at: _Key | None = None  # where the last decision about it was made

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines)


@dataclass(slots=True, eq=False)
class Unit:
    """What becomes one lock."""

    bases: list[Piece]
    lives: list[Live] = field(default_factory=list)
    roots: set[_Key] = field(default_factory=set)
    last: int = 0  # the decision that it was in last
    when: str = ""
    texts: dict[str, None] = field(default_factory=dict)


class Replay:
    """The cues as they stand while the log is read."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._units: dict[Unit, None] = {}
        self._of: dict[_Key, Unit] = {}  # all that its cues are or were
        self._alike: dict[str, dict[_Key, None]] = {}  # the same by text

    def take(self, index: int, decision: Decision) -> None:
        """What was decided next."""
        at = decision.at
        unit, lives = self._found(at)
        if isinstance(decision, Insert) and all(live.at != _key(at) for live in lives):
            unit, lives = None, []  # what was put in there once is somewhere else by now
        if unit is None:
            unit = Unit([Piece(start_ms=at.start_ms, end_ms=at.end_ms, text=at.text)])
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
            live.at = _key(at)
            for root in (*olds, _key(live)):
                self._root(unit, root, live)
        unit.lives += after
        self._root(unit, _key(at))
        unit.last, unit.when = index, decision.when
        unit.texts[text_key(spoken(_whole(unit.lives)))] = None

    @property
    def units(self) -> list[Unit]:
        """What there is by now."""
        return [*self._units]

    def _found(self, at: Piece) -> tuple[Unit | None, list[Live]]:
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
        last = [live for live in unit.lives if live.at == key]  # more was decided about it
        return unit, now or last or [live for live in unit.lives if key in live.roots]

    def _is_others(self, at: Anchor, lives: Sequence[Live], decision: Decision) -> bool:
        """Whether it was decided in another file about what this one has otherwise by now."""
        if not self._source or decision.source == self._source or isinstance(decision, Approve):
            return False
        said = text_key(at.text)
        return any(
            live.source == self._source and text_key(live.text) != said and not live.is_approved
            for live in lives
        )

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
        keys = set(map(_key, decision.of))
        made = [live for live in lives if len(lives) == 1 and _key(live) not in keys]
        made = made or [self._new(decision.at, index, decision)]
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

    def _absorb(self, unit: Unit, other: Unit) -> None:
        unit.lives += other.lives
        unit.texts.clear()  # they were texts of less than this
        for root in other.roots:
            self._root(unit, root)
        del self._units[other]

    def _root(self, unit: Unit, key: _Key, live: Live | None = None) -> None:
        """A cue of a lock is, or was once, at this place with this text."""
        unit.roots.add(key)
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


def _key(piece: Piece | Live) -> _Key:
    return piece.start_ms, piece.end_ms, text_key(piece.text)


def place(piece: Piece | Live) -> tuple[int, int]:
    """What puts cues in order."""
    return piece.start_ms, piece.end_ms
