"""Make subtitles: every stage in order, for one recording or for many; none stops the rest."""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Literal

from pipeline.core import media
from pipeline.core.errors import ExitCode, MissingError, PipelineError, code_of
from pipeline.core.progress import Progress, Silent
from pipeline.core.workspace import Workspace
from pipeline.emit import stage as emit
from pipeline.programme import info as infos
from pipeline.programme import rundown
from pipeline.programme.info import Info
from pipeline.review import accepting, telling
from pipeline.review.telling import Accepted
from pipeline.segment import stage as segment
from pipeline.subtitles import profile as profiles
from pipeline.transcribe import hints
from pipeline.transcribe import stage as transcribe
from pipeline.translate import stage as translate

log = logging.getLogger(__name__)

Status = Literal["made", "current", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is wanted of each stage."""

    transcribing: transcribe.Options = field(default_factory=transcribe.Options)
    recogniser: transcribe.Engine = field(default_factory=transcribe.Engine)
    segmenting: segment.Options = field(default_factory=segment.Options)
    translating: translate.Options = field(default_factory=translate.Options)
    translator: translate.Engine = field(default_factory=translate.Engine)
    emitting: emit.Options = field(default_factory=emit.Options)
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one recording.

    `files` are the SRT files of its whole tracks, `kept` those among them that a person changed;
    `waiting` are files of people's of which not all could be read.
    """

    recording: Path
    status: Status
    seconds: float
    stages: dict[str, str] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()
    waiting: tuple[Path, ...] = ()
    error: PipelineError | None = None
    exit_code: ExitCode = ExitCode.OK


def subtitles(
    ws: Workspace, info: Info, request: Request, progress: Progress
) -> tuple[dict[str, str], Accepted]:
    """Run what is not current of one recording, under its lock.

    Returns:
        What became of each stage, and of the files that people changed.

    Raises:
        PipelineError: a stage failed; what earlier ones made stays.
    """
    again = request.force
    _look_ahead(ws, info, request, progress)
    with ws.lock():
        accepted = accepting.accept(ws)
        telling.tell(accepted)
        stages: dict[str, str] = {
            transcribe.NAME: transcribe.run(
                ws, spoken(request, info), request.recogniser, progress, force=again
            ),
            segment.NAME: segment.run(ws, info, request.segmenting, progress, force=again),
            translate.NAME: translate.run(
                ws, info, request.translating, request.translator, progress, force=again
            ),
            emit.NAME: emit.run(ws, info, request.emitting, force=again),
        }
    return stages, accepted


def _look_ahead(ws: Workspace, info: Info, request: Request, progress: Progress) -> None:
    """Find faults in what people gave now: not after hours, and before anything is written."""
    emit.tracks(info, request.emitting)
    profiles.load(request.emitting.profile or info.profile)
    if info.rundown is not None:
        entries = rundown.load(info.rundown)
        if length_ms := media.bound_ms(ws.recording):
            rundown.check_end(entries, length_ms)
    segment.look_ahead(ws, info, request.segmenting)
    translate.check(ws, info)
    _look_for_weights(ws, info, request, progress)


def _look_for_weights(ws: Workspace, info: Info, request: Request, progress: Progress) -> None:
    """See that the weights are there; without the network, all that are missing are named at once.

    Those for translating come first: they are small, and a pair of languages may be a mistake.
    """
    if request.recogniser.demo:
        progress = Silent()  # they are not fetched; the stages say what they know
    wanted = spoken(request, info)
    with contextlib.suppress(MissingError):  # a mistake in --asr is told before a fetch
        here = replace(request.recogniser, offline=True)
        transcribe.look_ahead(ws, wanted, here, Silent())
    missing = []
    if request.force or not _is_transcribed(ws, info, request):
        transcribe.try_sound(ws, wanted)
        try:
            translate.look_ahead(info, request.translating, request.translator, progress)
        except MissingError as error:
            if not request.translator.offline:
                raise
            missing.append(error)
    try:
        transcribe.look_ahead(ws, wanted, request.recogniser, progress)
    except MissingError as error:
        missing.append(error)
    if missing:
        message = "; ".join(error.message for error in missing)
        raise MissingError(message, hint="; ".join(error.hint for error in missing))


def _is_transcribed(ws: Workspace, info: Info, request: Request) -> bool:
    """Whether nothing is to be recognised: what is missing later is missed within seconds."""
    try:
        return not transcribe.plan(ws, spoken(request, info), request.recogniser)
    except PipelineError:
        return False


def loading_once(request: Request) -> Request:
    """The same request, but what it loads serves all recordings that follow."""
    recogniser = replace(request.recogniser, load=cache(request.recogniser.load))
    translator = replace(request.translator, load=cache(request.translator.load))
    return replace(request, recogniser=recogniser, translator=translator)


def spoken(request: Request, info: Info) -> transcribe.Options:
    """What is wanted of recognition: never another language than those the info file names."""
    return replace(request.transcribing, languages=info.languages, hints=hints.load(info))


def workspace(recording: Path, out: Path | None, request: Request) -> Workspace:
    """Where the subtitles of a recording are made, or those of a part of it."""
    part = request.transcribing
    return Workspace.open(recording, out, from_ms=part.from_ms, to_ms=part.to_ms)


def one(recording: Path, out: Path | None, request: Request, progress: Progress) -> Outcome:
    """Make the subtitles of one recording; whatever happens to it is its outcome."""
    started = time.monotonic()
    try:
        ws = workspace(recording, out, request)
        info = infos.load(recording)
        stages, accepted = subtitles(ws, info, request, progress)
        wanted = emit.tracks(info, request.emitting)
        changed = emit.changed(ws, wanted)
    except BrokenPipeError:  # nobody reads what is said: nothing of this recording's doing
        raise
    except Exception as error:  # noqa: BLE001 - one bad recording must not cost the other two thousand
        return failed(recording, error, time.monotonic() - started)
    paths = tuple(map(ws.srt_path, wanted))
    made: Status = "made" if "made" in stages.values() else "current"
    return Outcome(
        recording=recording,
        status=made,
        seconds=time.monotonic() - started,
        stages=stages,
        files=paths,
        kept=tuple(path for path in paths if path in changed),
        waiting=tuple(ws.folder / each.path for each in accepted.files if not each.is_whole),
    )


def failed(recording: Path, error: Exception, seconds: float = 0.0) -> Outcome:
    """What became of a recording, or of a folder, that `error` put an end to."""
    code = code_of(error)
    if code is ExitCode.BUG:
        log.error("%s: a bug in marathon", recording, exc_info=error)
    known = error if isinstance(error, PipelineError) else PipelineError(_text(error))
    return Outcome(
        recording=recording, status="failed", seconds=seconds, error=known, exit_code=code
    )


def _text(error: Exception) -> str:
    return str(error) or type(error).__name__
