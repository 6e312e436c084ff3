"""Which decisions are new: a file is read again after a crash, and two files may hold one edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from pipeline.review.chains import common
from pipeline.review.decisions import Anchor, Approve, Delete, Merge, Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.review.decisions import Decision

_SAME: Final = 0.5


class Clash(NamedTuple):
    """One cue, changed into two things by two people or in two files that were given out alike."""

    one: Decision  # decided before
    other: Decision  # decided now: it holds in the whole file


def fresh(log: Sequence[Decision], since: int, wanted: Sequence[Decision]) -> list[Decision]:
    """Those of `wanted` that the log does not hold already.

    Args:
        log: all decisions, oldest first.
        since: from where on they were made on the same files as `wanted`.
        wanted: what was decided in one file.
    """
    recent = _ByPlace(log[since:])
    return [one for one in wanted if not recent.holds(one)]


def unapproved(log: Sequence[Decision], wanted: Sequence[Approve]) -> list[Decision]:
    """Those of the approvals that are not the last that was said of their cue."""
    last = {one.at: one for one in log}
    return [one for one in wanted if not isinstance(last.get(one.at), Approve)]


def clashes(log: Sequence[Decision], since: int, news: Sequence[Decision]) -> list[Clash]:
    """Where the new decisions say otherwise than those of another file on the very same cue."""
    by_cue: dict[Anchor, dict[type[Decision], Decision]] = {}
    for one in log[since:]:
        for piece in _about(one):
            by_cue.setdefault(piece, {})[type(one)] = one
    found: dict[Clash, None] = {}
    for one in news:
        for piece in _about(one):
            for other in by_cue.get(piece, {}).values():
                is_others = (other.source, other.who) != (one.source, one.who)
                if is_others and _is_against(other, one):
                    found[Clash(other, one)] = None
    return list({clash.other: clash for clash in found}.values())


def _about(one: Decision) -> list[Anchor]:
    """The cues that it is about, as they were."""
    if isinstance(one, Approve):
        return []
    of = one.of if isinstance(one, Merge) else ()
    track = one.at.track
    parts = [Anchor(track=track, start_ms=p.start_ms, end_ms=p.end_ms, text=p.text) for p in of]
    return [one.at, *parts]


def _is_against(one: Decision, other: Decision) -> bool:
    """Whether a cue cannot be what both make of it; its text and its times may be two people's."""
    if type(one) is type(other):
        return _bare(one) != _bare(other)
    return any(isinstance(each, Merge | Split | Delete) for each in (one, other))


class _ByPlace:
    """Recent decisions of each track in the order of the log, found by the second they are at."""

    _GRID_MS: Final = 10_000

    def __init__(self, recent: Sequence[Decision]) -> None:
        self._cells: dict[tuple[str, int], list[Decision]] = {}
        for one in recent:
            for cell in self._at(one):
                self._cells.setdefault(cell, []).append(one)

    def holds(self, wanted: Decision) -> bool:
        """Whether the last of these in its place says the same: in any file, or in its own."""
        near = self._cells.get(self._at(wanted)[0], [])
        own = [one for one in near if one.source == wanted.source]
        return _is_last(own, wanted) or _is_last(near, wanted)

    def _at(self, one: Decision) -> list[tuple[str, int]]:
        cells = range(one.at.start_ms // self._GRID_MS, one.at.end_ms // self._GRID_MS + 1)
        return [(one.at.track, cell) for cell in cells]


def _is_last(near: Sequence[Decision], wanted: Decision) -> bool:
    """Whether nothing was decided since that would make the same decision another one."""
    for one in reversed(near):
        if _bare(one) == _bare(wanted):
            return True
        if one.at == wanted.at and type(one) is not type(wanted):
            continue  # of one cue the text and the times, say
        if common(one.at, wanted.at.start_ms, wanted.at.end_ms) >= _SAME:
            return False
    return False


def _bare(decision: Decision) -> Decision:
    """What was decided, whoever did it and when."""
    return msgspec.structs.replace(decision, who="", when="", source="")
