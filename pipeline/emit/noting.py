"""Bookmarks beside each SRT: what is worth a person's time, and what people noted themselves."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from pipeline.emit.findings import SUGGESTION, TOO_FAST, said
from pipeline.review.states import State
from pipeline.subtitles.bookmarks import Bookmark, marked
from pipeline.subtitles.checks import reading_ms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.core.catalogue import Texts
    from pipeline.core.timeline import Cue, Span
    from pipeline.emit.conflicts import Conflict
    from pipeline.emit.findings import Finding
    from pipeline.emit.merging import Merged
    from pipeline.review.reviews import Note
    from pipeline.subtitles.profile import Profile

_LEAST: Final = 0.4  # of doubt: what is less likely to need a correction is in findings.md only
_LEFT_ALONE: Final = frozenset({State.APPROVED, State.EDITED})


def bookmarks(
    track: str,
    merged: Merged,
    findings: Iterable[Finding],
    conflicts: Iterable[Conflict],
    notes: Iterable[Note],
    texts: Texts,
) -> tuple[Bookmark, ...]:
    """The bookmarks of one file: ours by doubt, and notes of people on their cues.

    A cue that a person corrected or approved has none of ours, but where it is in conflict or what
    it translates was changed.

    Args:
        track: the file's.
        merged: its cues.
        findings: of all tracks.
        conflicts: of all tracks.
        notes: what people noted in this file.
        texts: the language of ours.
    """
    cues = _Cues(merged.cues)
    ours: dict[int, dict[str, None]] = {}
    for one in findings:
        if one.track not in track.split("+") or one.doubt < _LEAST or one.kind == SUGGESTION:
            continue
        index = cues.of(one)
        if index is not None and merged.states[index] not in _LEFT_ALONE:
            ours.setdefault(index, {})[said(one, texts)] = None
    for conflict in conflicts:
        index = cues.of(conflict) if conflict.track == track else None
        if index is not None:
            ours.setdefault(index, {})[_differs(conflict, texts)] = None
    for index, state in enumerate(merged.states):
        if state is State.SOURCE_CHANGED:
            key = "source_changed" if merged.fixed[index] else "translated_again"
            ours.setdefault(index, {})[texts(f"bookmark.{key}")] = None
    found = [
        Bookmark(index, marked(" ".join(told)), merged.cues[index].start_ms)
        for index, told in ours.items()
    ]
    for note in notes:
        index = cues.nearest(note.at)
        if index is not None:
            start_ms = merged.cues[index].start_ms
            found.append(Bookmark(index, note.text, start_ms, is_forced=note.is_forced))
    return tuple(found)


def _differs(conflict: Conflict, texts: Texts) -> str:
    """What stands elsewhere: in another file, or in the new result."""
    if not conflict.file:
        return texts("bookmark.conflict", new=conflict.new or "–")
    also = conflict.also.replace("\n", " / ") or texts("conflicts.deleted")
    return texts("bookmark.other_file", file=conflict.file, text=also)


def told(
    findings: Iterable[Finding], tracks: Mapping[str, Merged], profile: Profile
) -> list[Finding]:
    """The findings but those of sentences that are too fast in cues that are not.

    A sentence is judged by its own time; its cues may begin earlier, and last longer.
    """
    cues = {track: _Cues(merged.cues) for track, merged in tracks.items()}
    return [
        one
        for one in findings
        if one.kind != TOO_FAST
        or not (shown := cues[one.track].during(one) if one.track in cues else [])
        or any(reading_ms(cue, profile) > cue.duration_ms for cue in shown)
    ]


def still_open(findings: Iterable[Finding], tracks: Mapping[str, Merged]) -> list[Finding]:
    """The findings but those on cues that a person corrected or approved; a conflict stays."""
    cues = {track: _Cues(merged.cues) for track, merged in tracks.items()}
    found = []
    for one in findings:
        index = cues[one.track].of(one) if one.track in cues else None
        if index is None or tracks[one.track].states[index] not in _LEFT_ALONE:
            found.append(one)
    return found


class _Cues:
    """Cues in time order, to be found by a span."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        self._cues = cues
        self._starts = [cue.start_ms for cue in cues]

    def of(self, span: Span | Finding | Conflict) -> int | None:
        """The cue that has most of a span's time, the first of equals; None for none."""
        found, most_ms = None, 0
        at = max(bisect_left(self._starts, span.start_ms) - 1, 0)
        while at < len(self._cues) and self._starts[at] < span.end_ms:
            cue = self._cues[at]
            shared_ms = min(cue.end_ms, span.end_ms) - max(cue.start_ms, span.start_ms)
            if shared_ms > most_ms:
                found, most_ms = at, shared_ms
            at += 1
        return found

    def during(self, span: Span | Finding) -> list[Cue]:
        """All cues that are shown in a span."""
        first = max(bisect_left(self._starts, span.start_ms) - 1, 0)
        near = self._cues[first : bisect_left(self._starts, span.end_ms)]
        return [cue for cue in near if cue.end_ms > span.start_ms]

    def nearest(self, span: Span) -> int | None:
        """The same, or else the cue that begins nearest to it: a person's words are not lost."""
        found = self.of(span)
        if found is not None or not self._cues:
            return found
        after = bisect_left(self._starts, span.start_ms)
        near = [at for at in (after - 1, after) if 0 <= at < len(self._starts)]
        return min(near, key=lambda at: abs(self._starts[at] - span.start_ms))
