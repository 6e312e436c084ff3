"""What one decision makes of the cues that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.review.chains import text_key
from pipeline.review.decisions import Delete, Insert, Split, Text, Time
from pipeline.review.units import Live, lines_of, part_of, there, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.review.decisions import Decision, Piece


def remade(lives: Sequence[Live], index: int, decision: Decision) -> list[Live]:
    """What becomes of cues by anything but a merge.

    Args:
        lives: all that there is of the cue that was decided about; none where it was the machine's.
        index: the decision's place in the log.
        decision: what was decided.
    """
    now = there(lives)
    if isinstance(decision, Text | Insert):
        return _retold(now, index, decision)
    if isinstance(decision, Split):
        return [_split(piece, index, decision, now) for piece in decision.into]
    if isinstance(decision, Delete):
        return _deleted(now or lives or [new(decision.at, index, decision)])
    now = now or [new(decision.at, index, decision)]
    if isinstance(decision, Time):
        if len(now) > 1 and any(live.source != decision.source for live in now):
            now = [new(decision.at, index, decision, now)]  # who moved it knew of no pieces
        if len(now) == 1:
            now[0].start_ms, now[0].end_ms = decision.to.start_ms, decision.to.end_ms
    return now


def new(piece: Piece, index: int, decision: Decision, olds: Sequence[Live] = ()) -> Live:
    """A cue as a decision has it, made of others or of none."""
    return Live(
        start_ms=piece.start_ms,
        end_ms=piece.end_ms,
        lines=lines_of(piece.text),
        decision=index,
        when=decision.when,
        source=decision.source,
        roots=set(),
        language=olds[0].language if olds else "",
        is_approved=bool(olds) and all(old.is_approved for old in olds),
        is_recut=any(old.is_recut for old in olds),
        joined={number: one for old in olds for number, one in old.joined.items()},
        apart={number: one for old in olds for number, one in old.apart.items()},
    )


def _retold(lives: list[Live], index: int, decision: Text | Insert) -> list[Live]:
    """One cue with another text; pieces of one that have that text already are left alone."""
    is_seen = all(live.source == decision.source for live in lives)
    if len(lives) > 1 and is_seen and text_key(decision.text) == text_key(whole(lives)):
        return lives
    live = lives[0] if len(lives) == 1 else new(decision.at, index, decision, lives)
    live.lines = lines_of(decision.text)
    live.language = decision.language or live.language
    return [live]


def _split(piece: Piece, index: int, decision: Split, olds: Sequence[Live]) -> Live:
    """A piece of a cue; what was joined once and stands by itself again was never joined."""
    live = new(piece, index, decision, olds)
    live.is_recut = True
    for number, joined in [*live.joined.items()]:
        if part_of(joined, piece):
            del live.joined[number]
    return live


def _deleted(lives: Sequence[Live]) -> list[Live]:
    for live in lives:
        live.lines, live.is_approved = (), False
    return [*lives]
