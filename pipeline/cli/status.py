"""`marathon status`: what is made of a recording, what is current, what is not there yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import click
import msgspec

from pipeline.cli import display, options
from pipeline.core import artifacts, plain
from pipeline.core import recordings as naming
from pipeline.core.artifacts import TRANSCRIPT
from pipeline.core.errors import ArtifactError, PipelineError, UsageError
from pipeline.core.workspace import Workspace
from pipeline.emit import stage as emit
from pipeline.programme import info as infos
from pipeline.segment import stage as segment
from pipeline.transcribe import hints
from pipeline.transcribe import stage as transcribe
from pipeline.translate import stage as translate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pipeline.programme.info import Info

_MISSING: Final = "not there yet"


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
        return Standing(recording=name, folder="", error=plain.storable(error.message))
    stages = tuple(_line(stage, plan) for stage, plan in _plans(ws, info, part).items())
    folder = plain.storable(ws.folder)
    return Standing(recording=name, folder=folder, stages=stages, heard=_heard(ws))


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


def _line(stage: str, plan: Callable[[], list[str]]) -> Line:
    try:
        reasons = tuple(plan())
    except ArtifactError as error:
        return Line(stage=stage, state="damaged", reasons=(plain.storable(error.message),))
    except UsageError as error:
        return Line(stage=stage, state=_MISSING, reasons=(plain.storable(error.message),))
    except PipelineError as error:
        return Line(stage=stage, state="unknown", reasons=(plain.storable(error.message),))
    state = "to be made" if reasons else "current"
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
        return
    for line in one.stages:
        why = f": {'; '.join(line.reasons)}" if line.reasons and line.state != _MISSING else ""
        yield f"  {line.stage:10} {line.state}{why}"
    if one.heard:
        yield f"  {one.heard}"
