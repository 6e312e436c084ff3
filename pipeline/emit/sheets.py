"""Every file that emit writes, as its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.core import files
from pipeline.core.payloads import EmittedFile
from pipeline.emit import attributed, conflicts, findings, guide, noting, reporting
from pipeline.emit.merging import check
from pipeline.measure import rttm
from pipeline.review import reviews
from pipeline.subtitles import bookmarks, srt

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from pipeline.core.catalogue import Texts
    from pipeline.core.timeline import Cue
    from pipeline.core.workspace import Workspace
    from pipeline.emit.conflicts import Conflict
    from pipeline.emit.findings import Finding
    from pipeline.emit.inputs import Inputs
    from pipeline.emit.layers import Tracks
    from pipeline.emit.merging import Merged
    from pipeline.programme.info import Info
    from pipeline.review.reviews import Review
    from pipeline.review.states import State

FINDINGS: Final = "findings"  # the track of what tells of every translation
FINDINGS_NAME: Final = "findings.md"
CONFLICTS_NAME: Final = "conflicts.md"
_GUIDE: Final = "guide"  # the track of what is no subtitles: guide.md, transcript.txt …


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file to be; `path` is relative to the recording's folder."""

    path: str
    track: str
    data: bytes
    cues: tuple[Cue, ...] = ()
    states: tuple[State, ...] = ()

    @property
    def receipt(self) -> EmittedFile:
        """What is remembered of it."""
        digest = files.digest(self.data)
        states = tuple(map(str, self.states))
        return EmittedFile(
            path=self.path, track=self.track, digest=digest, cues=self.cues, states=states
        )


@dataclass(frozen=True, slots=True)
class Notable:
    """What bookmarks are made from, besides the cues."""

    findings: Sequence[Finding]
    reviews: Sequence[Review]
    texts: Texts


def subtitles(
    ws: Workspace, tracks: Tracks, wanted: tuple[str, ...], notable: Notable, *, items: int
) -> Iterator[Sheet]:
    """The SRT files of each track: of the whole programme, and of each of several `items`.

    Beside each are its bookmarks, where there is something to note.

    Raises:
        OverwriteError: one of them would not hold what people did; says of which cue.
    """
    for track in wanted:
        name = _path(ws, ws.srt_path(track))
        about = tracks.disputed(track, name), notable
        yield from _noted(name, track, tracks.merged(track, name), *about)
        for item in range(items if items > 1 else 0):
            name = _path(ws, ws.item_srt_path(item + 1, track))
            merged = tracks.merged(track, name).of_item(item)
            if merged.cues:  # music needs no file
                yield from _noted(name, track, merged, tracks.disputed(track, name), notable)


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole tracks as they are to be, and what people should still look at in them."""

    merged: dict[str, Merged]
    told: list[Finding]  # all
    findings: list[Finding]  # not of what they corrected or approved


def whole(ws: Workspace, inputs: Inputs, tracks: Tracks, wanted: Sequence[str]) -> Whole:
    """The same for the whole programme's files."""
    merged = {track: tracks.merged(track, _path(ws, ws.srt_path(track))) for track in wanted}
    told = noting.told(inputs.findings, merged, inputs.profile)
    return Whole(merged, told, noting.still_open(told, merged))


def others(
    ws: Workspace, inputs: Inputs, tracks: Tracks, about: Whole, info: Info, texts: Texts
) -> Iterator[Sheet]:
    """What is no subtitles: the programme at a glance, who said what, what people should look at.

    What tells of translations is only written where all are among the inputs.
    """
    yield from _guide(ws, inputs, info, texts)
    open_ = about.merged, about.findings
    yield Sheet("report.html", _GUIDE, reporting.page(ws, inputs, *open_, info, texts))
    yield from _attributed(ws, inputs, info)
    if not tells_all(info, inputs.translations):
        return
    if text := findings.text(about.findings, texts):
        yield Sheet(FINDINGS_NAME, FINDINGS, text.encode())
    if text := conflicts.text(tracks.conflicts, texts):
        yield Sheet(CONFLICTS_NAME, FINDINGS, text.encode())


def tells_all(info: Info, targets: Collection[str]) -> bool:
    """Whether these are all languages that the recording is translated into."""
    return all(target in targets for target in info.translate.values())


def _guide(ws: Workspace, inputs: Inputs, info: Info, texts: Texts) -> Iterator[Sheet]:
    """The programme at a glance, and its chapters where there are enough."""
    about = reporting.title(ws, info), str(info.date or "")
    text = guide.guide(*about, inputs.transcript, inputs.segments, texts)
    yield Sheet("guide.md", _GUIDE, text.encode())
    if marks := guide.chapters(inputs.segments.items, texts):
        yield Sheet("chapters.txt", _GUIDE, marks.encode())


def _attributed(ws: Workspace, inputs: Inputs, info: Info) -> Iterator[Sheet]:
    """Who said what and who speaks when, where anybody's turns are known."""
    if not inputs.segments.turns:
        return
    turns = attributed.said(inputs.transcript, inputs.segments)
    date = str(info.date or "")
    text = attributed.text(info.title, date, turns)
    yield Sheet("transcript.txt", _GUIDE, text.encode())
    voices, duration_ms = inputs.segments.voices, inputs.transcript.duration_ms
    data = attributed.as_json(info.title, date, duration_ms, voices, turns)
    yield Sheet("transcript.json", _GUIDE, data)
    lines = rttm.compose(inputs.segments.turns, ws.stem)
    yield Sheet("speakers.rttm", _GUIDE, lines.encode())


def _noted(
    name: str, track: str, merged: Merged, disputed: Sequence[Conflict], notable: Notable
) -> Iterator[Sheet]:
    sheet = _sheet(name, track, merged)
    yield sheet
    notes = reviews.notes(notable.reviews, sheet.path)
    about = notable.findings, [*merged.conflicts, *disputed], notes, notable.texts
    if found := noting.bookmarks(track, merged, *about):
        data = bookmarks.compose(found)
        yield Sheet(sheet.path + bookmarks.SUFFIX, track, data)


def _sheet(name: str, track: str, merged: Merged) -> Sheet:
    people = {cue for cue, fixed in zip(merged.cues, merged.fixed, strict=True) if fixed}
    data = srt.compose(merged.cues, kept=people)
    check(merged, data, name)
    return Sheet(name, track, data, merged.cues, merged.states)


def _path(ws: Workspace, path: Path) -> str:
    return path.relative_to(ws.folder).as_posix()
