"""Cues that people made, told from the log of decisions: they stand as they are, to the letter."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from pipeline.core.timeline import Span
from pipeline.review.chains import Chain, text_key
from pipeline.review.decisions import Anchor, Delete, Piece, Text
from pipeline.review.labelling import spoken
from pipeline.review.replay import Replay
from pipeline.review.units import place
from pipeline.review.unseen import Apart

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.review.decisions import Decision
    from pipeline.review.units import Unit


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

    `texts` is all that stood there before, as `text_key` writes it. `decision` is the last one that
    was about it, by its index, and `when` that one's time.
    """

    base: Piece
    cues: tuple[Fixed, ...]
    texts: tuple[str, ...]
    decision: int = 0
    when: str = ""

    @property
    def text(self) -> str:
        """What stands there now."""
        return "\n".join(cue.text for cue in self.cues)

    def chain(self, number: int, was: str, wanted: str, texts: Sequence[str] = ()) -> Chain:
        """What to look for among the machine's words: one text or another.

        Args:
            number: what the words that are found are marked with.
            was: the base's text, or what of it is in the language of those words.
            wanted: the same of what stands there now.
            texts: others that may be there too.
        """
        at = Anchor(track="", start_ms=self.base.start_ms, end_ms=self.base.end_ms, text=was)
        goal = text_key(spoken(wanted))
        known = dict.fromkeys([text_key(spoken(was)), *texts])
        last = Text(at=at, text=spoken(wanted)) if goal else Delete(at=at)
        return Chain(at, last, number, (), tuple(text for text in known if text not in {"", goal}))


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
    own = [
        (index, decision) for index, decision in enumerate(decisions) if decision.at.track == track
    ]
    apart: dict[int, Apart] = {}
    while True:  # what is found later on is about what stood there before
        replay = Replay(source, apart)
        for _, decided in groupby(own, key=_sitting):
            replay.take([*decided])
        if not replay.found_apart:
            break
        for index, one in replay.found_apart.items():
            apart[index] = apart.get(index, one).also(one)
    found = map(_lock, replay.units)
    return Locks(locks=tuple(sorted(found, key=lambda lock: lock.base.start_ms)))


def _sitting(numbered: tuple[int, Decision]) -> tuple[str, str, int]:
    """What decisions that were read from one file at one time have in common; a hand's has none."""
    index, one = numbered
    return one.when, one.source, -1 if one.when and one.source else index


def sources(decisions: Iterable[Decision], track: str) -> frozenset[str]:
    """The files that a track's decisions were read from."""
    return frozenset(one.source for one in decisions if one.at.track == track and one.source)


def _lock(unit: Unit) -> Lock:
    bases = sorted(unit.bases, key=place)
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
        for live in sorted(unit.lives, key=place)
        if live.lines
    )
    return Lock(base=base, cues=cues, texts=tuple(unit.texts), decision=unit.last, when=unit.when)
