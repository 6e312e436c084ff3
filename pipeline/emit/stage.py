"""The stage `emit`: from transcript, segments and translations to the files people read."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from pipeline.core import artifacts, catalogue
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT, TRANSLATION, Origin
from pipeline.core.errors import OverwriteError, PipelineError, UsageError
from pipeline.core.payloads import Emitted
from pipeline.core.workspace import ORIGINAL
from pipeline.emit import findings, remembered, report, reporting, sheets
from pipeline.emit.inputs import Inputs
from pipeline.emit.layers import Tracks
from pipeline.emit.sheets import FINDINGS, Notable
from pipeline.programme import memory
from pipeline.review import decisions, reviews
from pipeline.review.decisions import Speaker
from pipeline.review.receipts import Receipts, Strays, Work
from pipeline.subtitles import profile as profiles

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from pipeline.core.errors import ArtifactError
    from pipeline.core.workspace import Workspace
    from pipeline.emit.conflicts import Conflict
    from pipeline.programme.info import Info
    from pipeline.review.decisions import Decision

log = logging.getLogger(__name__)

NAME: Final = "emit"
VERSION: Final = 8  # raise it when the same words and options would give other files

Status = Literal["made", "current"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is to be written."""

    tracks: tuple[str, ...] = ()  # none: as spoken, and each language translated into
    profile: str = ""  # "": the one the info file names
    per_item: bool = True
    ui: str = ""  # the language of texts for people; "": that of the last run, else the locale's


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
    receipts = Receipts(ws)
    origin = _read(ws, info, options, receipts).origin
    written = receipts.of(origin)
    if written is not None:
        try:
            due = receipts.work(_digests(written), reviews.accepted(reviews.load(ws))).due
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
    receipts = Receipts(ws)
    inputs = _read(ws, info, options, receipts)
    reviewed = reviews.load(ws)
    accepted = reviews.accepted(reviewed)
    for fault in receipts.damaged:
        log.warning("%s; the files it tells of count as changed by hand", fault.message)
    written = receipts.of(inputs.origin)
    if not force and written is not None:
        work = receipts.work(_digests(written), accepted)
        strays = _strays(receipts, info, options, written)
        if not work.due and not strays.ours:
            _tell(ws, work, strays)
            _tell_open(ws, _counted(ws, info, inputs, tracks(info, options), written))
            return "current"
    wanted = tracks(info, options)
    laid = Tracks(inputs)
    items = len(inputs.segments.items) if options.per_item else 0
    texts = catalogue.load(_ui(inputs))
    whole = sheets.whole(ws, inputs, laid, wanted)
    notable = Notable(whole.told, reviewed, texts)
    made = [
        *sheets.subtitles(ws, laid, wanted, notable, items=items),
        *sheets.others(ws, inputs, laid, whole, info, texts),
    ]
    count = _count(info, inputs, whole)
    to_write = Emitted(files=tuple(sheet.receipt for sheet in made), open=count)
    work = receipts.work(_digests(to_write), accepted)
    strays = _strays(receipts, info, options, to_write)
    receipts.keep(inputs.origin, to_write)
    _write(receipts, made, work, strays)
    receipts.keep(inputs.origin, msgspec.structs.replace(to_write, finished=True))
    _tell(ws, work, strays)
    if strays.ours:
        names = ", ".join(strays.ours)
        log.info("removed from %s: %s: made no longer, changed by nobody", ws.folder, names)
    log.info("emit: %d files, tracks %s", len(made), ", ".join(wanted))
    _tell_conflicts(ws, made, laid.conflicts)
    _tell_open(ws, count)
    _teach(ws, info, inputs)
    return "made"


def _write(receipts: Receipts, made: Sequence[sheets.Sheet], work: Work, strays: Strays) -> None:
    for sheet in made:
        if sheet.path in work.due:
            receipts.replace(sheet.path, sheet.data, work.due[sheet.path])
    for path, was in strays.ours.items():
        receipts.remove(path, was)


def _teach(ws: Workspace, info: Info, inputs: Inputs) -> None:
    """Put what people translated into the memory; where that cannot be, the subtitles are there."""
    pairs = remembered.pairs(inputs, ws.folder.name)
    if not pairs:
        return
    path = memory.path(info, ws.folder)
    try:
        new = memory.append(path, pairs)
    except PipelineError as error:
        log.warning("not remembered for other recordings: %s", error.message)
        return
    if new:
        told = "1 sentence" if new == 1 else f"{new} sentences"
        log.info("emit: %s remembered as people translated, in %s", told, path)


def _digests(emitted: Emitted) -> dict[str, str]:
    return {file.path: file.digest for file in emitted.files}


def _strays(receipts: Receipts, info: Info, options: Options, written: Emitted) -> Strays:
    """Files of ours of items and of tracks that are no more; a track not asked for stays."""
    wanted = tracks(info, options)
    spared = set(_known(info)) - set(wanted)
    if not sheets.tells_all(info, _translated(wanted)):
        spared.add(FINDINGS)
    return receipts.strays(spared, _digests(written))


def _tell(ws: Workspace, work: Work, strays: Strays) -> None:
    for path in work.kept:
        log.info("kept: %s was changed by hand", ws.folder / path)
    for path in strays.changed:
        log.warning("%s: left as it is: changed by hand, and made no longer", ws.folder / path)


def _count(info: Info, inputs: Inputs, whole: sheets.Whole) -> int | None:
    """How many places people should look at; None where not all that tells of them is read."""
    is_told = sheets.tells_all(info, inputs.translations)
    return len(findings.places(whole.findings)) if is_told else None


def _counted(
    ws: Workspace, info: Info, inputs: Inputs, wanted: tuple[str, ...], written: Emitted
) -> int | None:
    """The same, as it was counted when the files were made; an earlier release did not."""
    if written.open is not None or not sheets.tells_all(info, inputs.translations):
        return written.open
    return _count(info, inputs, sheets.whole(ws, inputs, Tracks(inputs), wanted))


def _tell_open(ws: Workspace, count: int | None) -> None:
    if count:
        places = "1 place" if count == 1 else f"{count} places"
        log.info("emit: %s to look at: %s", places, ws.folder / sheets.FINDINGS_NAME)


def _tell_conflicts(ws: Workspace, made: Sequence[sheets.Sheet], found: Sequence[Conflict]) -> None:
    """That people, or a new result and they, disagree; their text is in the files all the same."""
    if all(sheet.path != sheets.CONFLICTS_NAME for sheet in made):
        return
    told = {
        "one cue was changed differently in two files": any(one.file for one in found),
        "a new result differs from corrections": any(not one.file for one in found),
    }
    said = "; ".join(what for what, is_so in told.items() if is_so)
    log.warning("emit: %s, which are kept: see %s", said, ws.folder / sheets.CONFLICTS_NAME)


def _translated(wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The languages that are translated into for these tracks."""
    targets = dict.fromkeys(track.rpartition("+")[2] for track in wanted)
    return tuple(target for target in targets if target != ORIGINAL)


def _read(ws: Workspace, info: Info, options: Options, receipts: Receipts) -> Inputs:
    wanted = tracks(info, options)
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT)
    segments = artifacts.read(ws.segments_path, SEGMENTS)
    digests = {TRANSCRIPT.name: transcript.digest, SEGMENTS.name: segments.digest}
    translations = {}
    for target in _translated(wanted):
        made = artifacts.read(ws.translation_path(target), TRANSLATION)
        translations[target] = made.payload
        digests[f"{TRANSLATION.name}.{target}"] = made.digest
    decided_on = _decisions(ws, wanted)
    if decided_on:
        digests["decisions"] = decisions.digest(decided_on)
    profile = profiles.load(options.profile or info.profile)
    decided = {
        "tracks": list(wanted),
        "per_item": options.per_item,
        "title": reporting.title(ws, info),
        "date": str(info.date or ""),
        "interpreted": info.interpreted,
        "profile": profile.name,
        "ui": options.ui or _last_ui(receipts) or catalogue.choose(),
        "media": report.media_link(ws.folder, ws.recording),
        **profile.as_options(),
    }
    origin = Origin(stage=NAME, stage_version=VERSION, options=decided, inputs=digests)
    read = transcript.payload, segments.payload, translations
    return Inputs(*read, profile, info.interpreted, origin, decided_on)


def _ui(inputs: Inputs) -> str:
    return str(inputs.origin.options["ui"])


def _last_ui(receipts: Receipts) -> str:
    """The language of the last run: a locale of another machine makes nothing stale."""
    last = receipts.latest()
    ui = last.options.get("ui") if last else None
    return ui if ui in catalogue.LANGUAGES else ""


def _decisions(ws: Workspace, wanted: tuple[str, ...]) -> tuple[Decision, ...]:
    """What people decided that these tracks show: of the words as spoken, and of each language."""
    parts = {part for track in wanted for part in track.split("+")}

    def is_shown(track: str) -> bool:
        return track == ORIGINAL or bool(parts & {*track.split("+")})

    return tuple(
        decision
        for decision in decisions.read(ws.decisions_path)
        if not isinstance(decision, Speaker) and is_shown(decision.at.track)
    )
