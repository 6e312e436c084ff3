"""The stage `emit`: from transcript, segments and translations to the files people read."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from pipeline.core import artifacts, files
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT, TRANSLATION, Origin
from pipeline.core.errors import OverwriteError, UsageError
from pipeline.core.payloads import Emitted, EmittedFile, Segments, Transcript, Translation
from pipeline.core.workspace import ORIGINAL
from pipeline.emit import attributed, guide
from pipeline.emit.receipts import Receipts, Strays, Work
from pipeline.emit.tracks import Programme, Script
from pipeline.measure import rttm
from pipeline.subtitles import profile as profiles
from pipeline.subtitles import srt
from pipeline.subtitles.layout import lay_out

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from pipeline.core.errors import ArtifactError
    from pipeline.core.timeline import Cue
    from pipeline.core.workspace import Workspace
    from pipeline.programme.info import Info
    from pipeline.subtitles.profile import Profile

log = logging.getLogger(__name__)

NAME: Final = "emit"
VERSION: Final = 4  # raise it when the same words and options would give other files
_GUIDE: Final = "guide"  # the track of what is no subtitles: guide.md, transcript.txt …

Status = Literal["made", "current"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is to be written."""

    tracks: tuple[str, ...] = ()  # none: as spoken, and each language translated into
    profile: str = ""  # "": the one the info file names
    per_item: bool = True


@dataclass(frozen=True, slots=True)
class _Inputs:
    """All that the files are made from."""

    transcript: Transcript
    segments: Segments
    translations: dict[str, Translation]  # by target
    profile: Profile
    interpreted: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One file to be; `path` is relative to the recording's folder."""

    path: str
    track: str
    data: bytes
    cues: tuple[Cue, ...] = ()


def tracks(info: Info, options: Options) -> tuple[str, ...]:
    """The tracks to write: `orig`, `en`, `ru+en`.

    Raises:
        UsageError: one is asked for that the info file's languages do not give.
    """
    known = _known(info)
    for track in options.tracks:
        if track not in known:
            raise UsageError(f"there is no track {track!r}", hint=f"tracks: {', '.join(known)}")
    return tuple(dict.fromkeys(options.tracks)) or (ORIGINAL, *_targets(info))


def _known(info: Info) -> tuple[str, ...]:
    """All tracks that the info file's languages give, asked for or not."""
    pairs = {f"{source}+{target}" for source, target in info.translate.items()}
    return (ORIGINAL, *_targets(info), *sorted(pairs))


def _targets(info: Info) -> tuple[str, ...]:
    return tuple(dict.fromkeys(info.translate.values()))


def plan(ws: Workspace, info: Info, options: Options) -> list[str]:
    """Why files are to be written (again); empty where all are current."""
    origin = _read(ws, info, options).origin
    receipts = Receipts(ws)
    written = receipts.of(origin)
    if written is not None:
        try:
            due = receipts.work(_digests(written)).due
        except OverwriteError as error:
            return [error.message]
        strays = _strays(receipts, info, options, written)
        return [
            *(f"{path} is gone or not as it was written" for path in due),
            *(f"{path} is made no longer" for path in strays.ours),
        ]
    latest = receipts.latest()
    return artifacts.differences(latest, origin) if latest else ["nothing is written yet"]


def damaged(ws: Workspace) -> list[ArtifactError]:
    """Why records of earlier runs cannot be read."""
    return Receipts(ws).damaged


def changed(ws: Workspace, tracks: Collection[str]) -> frozenset[Path]:
    """The SRT files of whole tracks that a person changed: those that a run keeps."""
    receipts = Receipts(ws)
    paths = map(ws.srt_path, tracks)
    return frozenset(p for p in paths if receipts.is_changed(p.relative_to(ws.folder).as_posix()))


def run(ws: Workspace, info: Info, options: Options, *, force: bool = False) -> Status:
    """Write the files that are not current; the caller holds the lock.

    What a person changed is never replaced, whatever `force` says: it stands while we have nothing
    new for that file.

    Raises:
        UsageError: a stage before this one has not run, or there is no such track or profile.
        OverwriteError: a file to be replaced was changed by hand; nothing was written.
    """
    inputs = _read(ws, info, options)
    receipts = Receipts(ws)
    for fault in receipts.damaged:
        log.warning("%s; the files it tells of count as changed by hand", fault.message)
    written = receipts.of(inputs.origin)
    if not force and written is not None:
        work = receipts.work(_digests(written))
        strays = _strays(receipts, info, options, written)
        if not work.due and not strays.ours:
            _tell(ws, work, strays)
            return "current"
    wanted = tracks(info, options)
    sheets = [
        *_subtitles(ws, inputs, wanted, per_item=options.per_item),
        *_guide(inputs, info),
        *_attributed(ws, inputs, info),
    ]
    to_write = Emitted(files=tuple(map(_receipt, sheets)))
    work = receipts.work(_digests(to_write))
    strays = _strays(receipts, info, options, to_write)
    receipts.keep(inputs.origin, to_write)
    for sheet in sheets:
        if sheet.path in work.due:
            receipts.replace(sheet.path, sheet.data, work.due[sheet.path])
    for path, was in strays.ours.items():
        receipts.remove(path, was)
    receipts.keep(inputs.origin, msgspec.structs.replace(to_write, finished=True))
    _tell(ws, work, strays)
    if strays.ours:
        names = ", ".join(strays.ours)
        log.info("removed from %s: %s: made no longer, changed by nobody", ws.folder, names)
    log.info("emit: %d files, tracks %s", len(sheets), ", ".join(wanted))
    return "made"


def _digests(emitted: Emitted) -> dict[str, str]:
    return {file.path: file.digest for file in emitted.files}


def _strays(receipts: Receipts, info: Info, options: Options, written: Emitted) -> Strays:
    """Files of ours of items and of tracks that are no more; a track not asked for stays."""
    spared = set(_known(info)) - set(tracks(info, options))
    return receipts.strays(spared, _digests(written))


def _tell(ws: Workspace, work: Work, strays: Strays) -> None:
    for path in work.kept:
        log.info("kept: %s was changed by hand", ws.folder / path)
    for path in strays.changed:
        log.warning("%s: left as it is: changed by hand, and made no longer", ws.folder / path)


def _read(ws: Workspace, info: Info, options: Options) -> _Inputs:
    wanted = tracks(info, options)
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT)
    segments = artifacts.read(ws.segments_path, SEGMENTS)
    digests = {TRANSCRIPT.name: transcript.digest, SEGMENTS.name: segments.digest}
    translations = {}
    for target in dict.fromkeys(track.rpartition("+")[2] for track in wanted):
        if target != ORIGINAL:
            made = artifacts.read(ws.translation_path(target), TRANSLATION)
            translations[target] = made.payload
            digests[f"{TRANSLATION.name}.{target}"] = made.digest
    profile = profiles.load(options.profile or info.profile)
    decided = {
        "tracks": list(wanted),
        "per_item": options.per_item,
        "title": info.title,
        "date": str(info.date or ""),
        "interpreted": info.interpreted,
        "profile": profile.name,
        **profile.as_options(),
    }
    origin = Origin(stage=NAME, stage_version=VERSION, options=decided, inputs=digests)
    read = transcript.payload, segments.payload, translations
    return _Inputs(*read, profile, info.interpreted, origin)


def _subtitles(
    ws: Workspace, inputs: _Inputs, wanted: tuple[str, ...], *, per_item: bool
) -> Iterator[_Sheet]:
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


def _script(programme: Programme, inputs: _Inputs, track: str) -> Script:
    source, _, target = track.rpartition("+")
    if track == ORIGINAL:
        return programme.as_spoken()
    if source:
        return programme.in_two_languages(inputs.translations[target], source)
    return programme.translated(inputs.translations[target])


def _guide(inputs: _Inputs, info: Info) -> Iterator[_Sheet]:
    """The programme at a glance, and its chapters where there are enough."""
    text = guide.guide(info.title, str(info.date or ""), inputs.transcript, inputs.segments)
    yield _Sheet("guide.md", _GUIDE, text.encode())
    if marks := guide.chapters(inputs.segments.items):
        yield _Sheet("chapters.txt", _GUIDE, marks.encode())


def _attributed(ws: Workspace, inputs: _Inputs, info: Info) -> Iterator[_Sheet]:
    """Who said what and who speaks when, where anybody's turns are known."""
    if not inputs.segments.turns:
        return
    turns = attributed.said(inputs.transcript, inputs.segments)
    date = str(info.date or "")
    text = attributed.text(info.title, date, turns)
    yield _Sheet("transcript.txt", _GUIDE, text.encode())
    voices, duration_ms = inputs.segments.voices, inputs.transcript.duration_ms
    data = attributed.as_json(info.title, date, duration_ms, voices, turns)
    yield _Sheet("transcript.json", _GUIDE, data)
    lines = rttm.compose(inputs.segments.turns, ws.stem)
    yield _Sheet("speakers.rttm", _GUIDE, lines.encode())


def _sheet(ws: Workspace, path: Path, track: str, cues: tuple[Cue, ...]) -> _Sheet:
    return _Sheet(path.relative_to(ws.folder).as_posix(), track, srt.compose(cues), cues)


def _receipt(sheet: _Sheet) -> EmittedFile:
    return EmittedFile(
        path=sheet.path, track=sheet.track, digest=files.digest(sheet.data), cues=sheet.cues
    )
