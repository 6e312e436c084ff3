"""What bookmarks beside a reviewer's file say: which cues are right, and what people noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipeline.core.errors import InputError
from pipeline.review.align import align
from pipeline.review.decisions import Anchor, Approve
from pipeline.review.reviews import Note
from pipeline.subtitles import bookmarks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.core.timeline import Cue
    from pipeline.subtitles.bookmarks import Bookmark
    from pipeline.subtitles.reader import Found


class Marked(NamedTuple):
    """What a file of bookmarks holds; `faults` say what of it could not be used."""

    approvals: tuple[Approve, ...] = ()
    notes: tuple[Note, ...] = ()
    faults: tuple[str, ...] = ()


def marked(
    data: bytes, name: str, base: Sequence[Cue], found: Sequence[Found], approve: Approve
) -> Marked:
    """The cues that `ok` approves, and notes that are neither that nor ours.

    A cue that stands for one that was given out is named by that one, any other by itself.

    Args:
        data: the bytes of the bookmarks.
        name: what messages call them.
        base: the cues as they were given out.
        found: the cues that the bookmarks count, in the file's order.
        approve: what an approval looks like: its track, who, when and source.
    """
    try:
        read = bookmarks.read(data, name)
    except InputError as error:
        return Marked(faults=(error.message,))
    faults = [f"{name}: {fault}" for fault in read.faults]
    anchors = _anchors(base, found, approve.at.track)
    approvals: dict[Anchor, Approve] = {}
    noted: dict[Note, None] = {}
    starts = _starts(found)
    for one in read.bookmarks:
        if not one.is_forced and bookmarks.is_ours(one.text):
            continue
        at = _at(one, found, starts)
        if at is None:
            faults.append(f"{name}: there is no cue {one.index + 1}: {one.text[:80]!r}")
            at = len(found) - 1  # a person's words stay, and nothing is approved
        elif not one.is_forced and bookmarks.is_ok(one.text):
            anchor = anchors[at]
            approvals[anchor] = Approve(
                at=anchor, who=approve.who, when=approve.when, source=approve.source
            )
            continue
        if at >= 0:
            noted[Note(at=anchors[at], text=one.text, is_forced=one.is_forced)] = None
    return Marked(tuple(approvals.values()), tuple(noted), tuple(faults))


def _starts(found: Sequence[Found]) -> dict[int, int]:
    """The place of the cue that starts at a time, where it is the only one."""
    places: dict[int, int] = {}
    for at, cue in enumerate(found):
        places[cue.start_ms] = -1 if cue.start_ms in places else at
    return {start_ms: at for start_ms, at in places.items() if at >= 0}


def _at(one: Bookmark, found: Sequence[Found], starts: Mapping[int, int]) -> int | None:
    """The place of a bookmark's cue; where it tells its time too, that holds."""
    if one.start_ms != bookmarks.UNKNOWN:
        is_there = one.index < len(found) and found[one.index].start_ms == one.start_ms
        if not is_there and one.start_ms in starts:
            return starts[one.start_ms]
    return one.index if one.index < len(found) else None


def _anchors(base: Sequence[Cue], found: Sequence[Found], track: str) -> list[Anchor]:
    order = sorted(range(len(found)), key=lambda at: (found[at].start_ms, found[at].end_ms))
    anchors = [anchor(track, cue) for cue in found]
    for group in align(base, [found[at] for at in order]):
        if len(group.base) == len(group.human) == 1:
            anchors[order[group.human[0]]] = anchor(track, base[group.base[0]])
    return anchors


def anchor(track: str, cue: Cue | Found) -> Anchor:
    """Where a cue stands and what it says; one that ends before it starts lasts a moment."""
    start_ms = max(cue.start_ms, 0)
    end_ms = max(cue.end_ms, start_ms + 1)
    return Anchor(track=track, start_ms=start_ms, end_ms=end_ms, text="\n".join(cue.lines))
