"""Every file that emit writes, as its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pipeline.core import files
from pipeline.core.payloads import EmittedFile
from pipeline.core.workspace import ORIGINAL
from pipeline.emit import attributed, choosing, findings, guide
from pipeline.emit.tracks import Programme, Script
from pipeline.measure import rttm
from pipeline.subtitles import srt
from pipeline.subtitles.layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from pipeline.core.artifacts import Origin
    from pipeline.core.payloads import Segments, Transcript, Translation
    from pipeline.core.timeline import Cue
    from pipeline.core.workspace import Workspace
    from pipeline.emit.findings import Finding
    from pipeline.programme.info import Info
    from pipeline.subtitles.profile import Profile

FINDINGS: Final = "findings"  # the track of what tells of every translation
FINDINGS_NAME: Final = "findings.md"
_GUIDE: Final = "guide"  # the track of what is no subtitles: guide.md, transcript.txt …


@dataclass(frozen=True)
class Inputs:
    """All that the files are made from."""

    transcript: Transcript
    segments: Segments
    translations: Mapping[str, Translation]  # by target
    profile: Profile
    interpreted: str
    origin: Origin

    @cached_property
    def shown(self) -> dict[str, Translation]:
        """The translations, of each sentence that hypothesis first that is shown."""
        return {
            target: choosing.chosen(translation, self.profile.rules(target))
            for target, translation in self.translations.items()
        }

    @cached_property
    def findings(self) -> list[Finding]:
        """What people should look at in the transcript and these translations."""
        return findings.findings(self.transcript, self.shown, self.profile)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file to be; `path` is relative to the recording's folder."""

    path: str
    track: str
    data: bytes
    cues: tuple[Cue, ...] = ()

    @property
    def receipt(self) -> EmittedFile:
        """What is remembered of it."""
        digest = files.digest(self.data)
        return EmittedFile(path=self.path, track=self.track, digest=digest, cues=self.cues)


def subtitles(
    ws: Workspace, inputs: Inputs, wanted: tuple[str, ...], *, per_item: bool
) -> Iterator[Sheet]:
    """The SRT files of each track: of the whole programme, and of each of several items."""
    programme = Programme(inputs.transcript, inputs.segments, inputs.interpreted)
    count = len(inputs.segments.items)
    for track in wanted:
        script = _script(programme, inputs, track)
        laid = lay_out(script.stretches, inputs.profile, until_ms=inputs.transcript.duration_ms)
        whole = tuple(cue for cues in laid for cue in cues)
        yield _sheet(ws, ws.srt_path(track), track, whole)
        for item in range(count if per_item and count > 1 else 0):
            belonging = zip(script.items, laid, strict=True)
            cues = tuple(cue for where, found in belonging if where == item for cue in found)
            if cues:  # music needs no file
                yield _sheet(ws, ws.item_srt_path(item + 1, track), track, cues)


def others(ws: Workspace, inputs: Inputs, info: Info) -> Iterator[Sheet]:
    """What is no subtitles: the programme at a glance, who said what, what people should look at.

    What tells of translations is only written where all are among the inputs.
    """
    yield from _guide(inputs, info)
    yield from _attributed(ws, inputs, info)
    if tells_all(info, inputs.translations) and (text := findings.text(inputs.findings)):
        yield Sheet(FINDINGS_NAME, FINDINGS, text.encode())


def tells_all(info: Info, targets: Collection[str]) -> bool:
    """Whether these are all languages that the recording is translated into."""
    return all(target in targets for target in info.translate.values())


def _script(programme: Programme, inputs: Inputs, track: str) -> Script:
    source, _, target = track.rpartition("+")
    if track == ORIGINAL:
        return programme.as_spoken()
    if source:
        return programme.in_two_languages(inputs.shown[target], source)
    return programme.translated(inputs.shown[target])


def _guide(inputs: Inputs, info: Info) -> Iterator[Sheet]:
    """The programme at a glance, and its chapters where there are enough."""
    text = guide.guide(info.title, str(info.date or ""), inputs.transcript, inputs.segments)
    yield Sheet("guide.md", _GUIDE, text.encode())
    if marks := guide.chapters(inputs.segments.items):
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


def _sheet(ws: Workspace, path: Path, track: str, cues: tuple[Cue, ...]) -> Sheet:
    return Sheet(path.relative_to(ws.folder).as_posix(), track, srt.compose(cues), cues)
