"""SRT files that we never wrote, an older human translation say: cues that stand as they are."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from pipeline.core.timeline import Span
from pipeline.core.workspace import ORIGINAL
from pipeline.review.decisions import Anchor, Delete, Insert, Text, Time
from pipeline.review.marking import anchor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.core.timeline import Cue
    from pipeline.review.decisions import Decision
    from pipeline.subtitles.reader import Found, Read

_SAME: Final = 0.5  # two cues with so much of their time in common stand for each other
_COVERED: Final = 0.5  # of one that is covered so far, people said it in other cues


def decisions(
    base: Sequence[Cue], read: Read, *, track: str, who: str, when: str, source: str
) -> tuple[Decision, ...]:
    """Each cue of the file as a decision, in time order; what it has no cues for stays as it is.

    One that stands for a cue of ours gives it its text and times; any other is put in, and takes
    the place of those of ours that it covers.

    Args:
        base: the track's cues as they were last written, if they were.
        read: the file; its cues that have no text or no time decide nothing.
        track: which track it is to be.
        who: whose work it is.
        when: an ISO time.
        source: the name of the file.
    """
    found = sorted(filter(is_usable, read.cues), key=lambda cue: (cue.start_ms, cue.end_ms))
    pairs = dict(_pairs(base, found))
    by = {"who": who, "when": when, "source": source}
    language = "" if track == ORIGINAL or "+" in track else track
    made: list[Decision] = []
    for at in _covered(base, found, set(pairs.values())):
        made.append(Delete(at=anchor(track, base[at]), **by))
    for at, cue in enumerate(found):
        text = "\n".join(cue.lines)
        span = Span(start_ms=cue.start_ms, end_ms=cue.end_ms)
        if at not in pairs:
            here = Anchor(track=track, start_ms=cue.start_ms, end_ms=cue.end_ms)
            made.append(Insert(at=here, text=text, language=language, **by))
            continue
        ours = anchor(track, base[pairs[at]])
        made.append(Text(at=ours, text=text, **by))
        if (ours.start_ms, ours.end_ms) != (span.start_ms, span.end_ms):
            made.append(Time(at=ours, to=span, **by))
    return tuple(sorted(made, key=lambda one: (one.at.start_ms, one.at.end_ms)))


def is_usable(cue: Found) -> bool:
    """Whether a cue has a text and a time."""
    return 0 <= cue.start_ms < cue.end_ms and any(line.strip() for line in cue.lines)


def _pairs(base: Sequence[Cue], found: Sequence[Found]) -> Iterator[tuple[int, int]]:
    """Cues of theirs with the one of ours each stands for, by their places: each is in one."""
    taken: set[int] = set()
    for at, cue in enumerate(found):
        near = _near(base, cue)
        best = max(near, key=lambda i: _common(base[i], cue), default=None)
        if best is None or best in taken:
            continue
        if _common(base[best], cue) >= _SAME:
            taken.add(best)
            yield at, best


def _covered(base: Sequence[Cue], found: Sequence[Found], paired: set[int]) -> list[int]:
    """Those of ours that theirs lie over, and that none of them stands for."""
    covered_ms: dict[int, int] = {}
    for cue in found:
        for at in _near(base, cue):
            both = min(base[at].end_ms, cue.end_ms) - max(base[at].start_ms, cue.start_ms)
            covered_ms[at] = covered_ms.get(at, 0) + max(0, both)
    return [
        at
        for at, ms in sorted(covered_ms.items())
        if at not in paired and ms >= _COVERED * base[at].duration_ms
    ]


def _near(base: Sequence[Cue], cue: Found) -> range:
    """The places of those of ours that share time with a cue."""
    first = bisect_left(base, cue.start_ms, key=lambda one: one.end_ms)
    last = bisect_left(base, cue.end_ms, key=lambda one: one.start_ms)
    return range(max(0, first - 1), max(first, last))


def _common(ours: Cue, cue: Found) -> float:
    """What part of the time of two cues both have, 0..1."""
    shared = min(ours.end_ms, cue.end_ms) - max(ours.start_ms, cue.start_ms)
    return max(0, shared) / (max(ours.end_ms, cue.end_ms) - min(ours.start_ms, cue.start_ms))
