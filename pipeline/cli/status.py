"""`marathon status`: what is made of a recording, what is current, what is not there yet."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from pipeline.cli import display, options
from pipeline.core import artifacts, plain
from pipeline.core import recordings as naming
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT, TRANSLATION, Kind
from pipeline.core.errors import ArtifactError, PipelineError, UsageError
from pipeline.core.workspace import Workspace
from pipeline.emit import stage as emit
from pipeline.programme import info as infos
from pipeline.segment import stage as segment
from pipeline.transcribe import hints
from pipeline.transcribe import stage as transcribe
from pipeline.translate import stage as translate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from pipeline.programme.info import Info

_MISSING: Final = "not there yet"
_DAMAGED: Final = "damaged"
_UNKNOWN: Final = "unknown"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one stage of one recording; `state` says it in words."""

    stage: str
    state: str
    reasons: tuple[str, ...] = ()


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One recording."""

    recording: str
    folder: str
    stages: tuple[Line, ...] = ()
    heard: str = ""
    error: str = ""
    hint: str = ""  # what to type, where something is wrong


@click.command()
@options.recordings
@options.out
@options.part
@options.as_json
@options.verbosity
def command(
    *,
    recordings: tuple[Path, ...],
    out: Path | None,
    from_ms: int | None,
    to_ms: int | None,
    as_json: bool,
) -> None:
    """Say what is made of each RECORDING; of a folder, of all recordings in it.

    Weights are not looked for: what was made with the weights of that time counts as current.
    """
    part = transcribe.Options(from_ms=from_ms, to_ms=to_ms)
    found = [
        _standing(recording, fault, out, part)
        for recording, fault in naming.find(recordings).items()
    ]
    if as_json:
        click.echo(display.json_of(found))
        return
    for one in found:
        for line in _lines(one):
            click.echo(plain.one_line(line))


def _standing(
    recording: Path, fault: PipelineError | None, out: Path | None, part: transcribe.Options
) -> Standing:
    name = plain.storable(recording)
    try:
        if fault is not None:
            raise fault
        ws = Workspace.open(recording, out, from_ms=part.from_ms, to_ms=part.to_ms)
        info = infos.load(recording)
    except PipelineError as error:
        return Standing(
            recording=name,
            folder="",
            error=plain.storable(error.message),
            hint=plain.storable(error.hint),
        )
    damaged = _damaged(ws, info)
    stages = tuple(
        _line(stage, plan, damaged[stage]) for stage, plan in _plans(ws, info, part).items()
    )
    is_whole = all(line.state != _DAMAGED for line in stages)
    return Standing(
        recording=name,
        folder=plain.storable(ws.folder),
        stages=stages,
        heard=_heard(ws),
        hint="" if is_whole else plain.storable(_again(recording, out, part)),
    )


def _damaged(ws: Workspace, info: Info) -> dict[str, list[ArtifactError]]:
    """What is wrong with the artifacts of each stage that are there."""
    translations = [
        (ws.translation_path(target), TRANSLATION) for target in translate.targets(info)
    ]
    own: dict[str, list[tuple[Path, Kind[Any]]]] = {
        transcribe.NAME: [(ws.transcript_path, TRANSCRIPT)],
        segment.NAME: [(ws.segments_path, SEGMENTS)],
        translate.NAME: [*translations],
    }
    found = {stage: [*_faults(artifacts_of)] for stage, artifacts_of in own.items()}
    return {**found, emit.NAME: emit.damaged(ws)}


def _faults(named: Iterable[tuple[Path, Kind[Any]]]) -> Iterator[ArtifactError]:
    for path, kind in named:
        try:
            artifacts.read(path, kind)
        except ArtifactError as error:
            yield error
        except UsageError:  # there is none yet
            continue


def _again(recording: Path, out: Path | None, part: transcribe.Options) -> str:
    """The command that makes again what is damaged."""
    words = ["marathon", "run", str(recording)]
    given = {"--out": out, "--from": _seconds(part.from_ms), "--to": _seconds(part.to_ms)}
    for option, value in given.items():
        words += [option, str(value)] if value is not None else []
    return shlex.join(words)


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000


def _plans(
    ws: Workspace, info: Info, part: transcribe.Options
) -> dict[str, Callable[[], list[str]]]:
    return {
        transcribe.NAME: lambda: transcribe.plan(
            ws, replace(part, languages=info.languages, hints=hints.load(info)), None
        ),
        segment.NAME: lambda: segment.plan(ws, info, segment.Options()),
        translate.NAME: lambda: translate.plan(ws, info, translate.Options(), None),
        emit.NAME: lambda: emit.plan(ws, info, emit.Options()),
    }


def _line(stage: str, plan: Callable[[], list[str]], damaged: Sequence[ArtifactError] = ()) -> Line:
    try:
        reasons = plan()
        state = "to be made" if reasons else "current"
    except ArtifactError:  # an input's
        state, reasons = _UNKNOWN, ["it depends on what is damaged"]
    except UsageError as error:
        state, reasons = _MISSING, [error.message]
    except PipelineError as error:
        state, reasons = _UNKNOWN, [error.message]
    if damaged and state != "current":  # an old record of emit may be: nothing needs it
        state, reasons = _DAMAGED, [error.message for error in damaged]
    return Line(stage=stage, state=state, reasons=tuple(map(plain.storable, reasons)))


def _heard(ws: Workspace) -> str:
    """How much was heard in which language, of a finished transcript."""
    try:
        transcript = artifacts.read(ws.transcript_path, TRANSCRIPT).payload
    except PipelineError:
        return ""
    spoken: dict[str, int] = {}
    for phrase in transcript.phrases:
        spoken[phrase.language] = spoken.get(phrase.language, 0) + phrase.duration_ms
    shares = ", ".join(f"{tag} {display.clock(ms)}" for tag, ms in sorted(spoken.items()))
    return f"{display.clock(transcript.duration_ms)} long; speech: {shares or 'none'}"


def _lines(one: Standing) -> Iterator[str]:
    yield one.recording
    if one.error:
        yield f"  error      {one.error}"
        if one.hint:
            yield f"             {one.hint}"
        return
    for line in one.stages:
        why = f": {'; '.join(line.reasons)}" if line.reasons and line.state != _MISSING else ""
        yield f"  {line.stage:10} {line.state}{why}"
    if one.heard:
        yield f"  {one.heard}"
    if one.hint:
        yield f"  next       {one.hint}  (and the other options of the last time)"
