"""`marathon status`: what is made of a recording, what is current, what is not there yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from pipeline.cli import again, display, options, reading
from pipeline.core import artifacts, catalogue, plain
from pipeline.core import recordings as naming
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT, TRANSLATION, Kind
from pipeline.core.clock import clock
from pipeline.core.errors import ArtifactError, PipelineError, UsageError
from pipeline.core.workspace import ORIGINAL, Workspace, kept_digest
from pipeline.emit import counting
from pipeline.emit import stage as emit
from pipeline.emit.findings import track_name
from pipeline.programme import info as infos
from pipeline.review.receipts import Receipts
from pipeline.segment import stage as segment
from pipeline.transcribe import hints
from pipeline.transcribe import stage as transcribe
from pipeline.transcribe.partial import so_far
from pipeline.translate import stage as translate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pipeline.core.catalogue import Texts
    from pipeline.programme.info import Info

_DUE: Final = "to be made"
_CURRENT: Final = "current"
_MISSING: Final = "not there yet"
_DAMAGED: Final = "damaged"
_UNKNOWN: Final = "unknown"
_DEPENDS: Final = "it depends on what is damaged"
_WORDS: Final = {  # by the key of the texts
    _DUE: "due",
    _CURRENT: "current",
    _MISSING: "missing",
    _DAMAGED: "damaged",
    _UNKNOWN: "unknown",
    _DEPENDS: "depends",
}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one stage of one recording; `state` says it in words."""

    stage: str
    state: str
    reasons: tuple[str, ...] = ()


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """How far the review of one track is, as of the last files that were written.

    `minutes_left` is `screen_times` times how long the cues are on screen that wait for a person.
    """

    track: str
    cues: int
    states: dict[str, int]
    minutes_left: int
    screen_times: int = counting.FACTOR


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One recording."""

    recording: str
    folder: str
    stages: tuple[Line, ...] = ()
    heard: str = ""  # of a finished transcript, as the next two, in English
    duration_ms: int = 0
    spoken_ms: dict[str, int] = {}
    recognised_ms: int = 0  # up to where an interrupted or running recognition is
    review: tuple[Review, ...] = ()
    error: str = ""
    hint: str = ""  # what to type, where something is wrong


@click.command()
@options.recordings
@options.out
@options.part
@reading.option
@options.demo_or_not
@options.as_json
@options.verbosity
def command(
    *,
    recordings: tuple[Path, ...],
    out: Path | None,
    from_ms: int | None,
    to_ms: int | None,
    ui: str | None,
    as_json: bool,
) -> None:
    """Say what is made of each RECORDING, and how far its review is; of a folder, of all in it.

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
    texts = reading.texts(ui)
    for one in found:
        for line in _lines(one, texts):
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
    duration_ms, spoken_ms = _heard(ws)
    return Standing(
        recording=name,
        folder=plain.storable(ws.folder),
        heard=_heard_in_words(duration_ms, spoken_ms, catalogue.load(catalogue.DEFAULT)),
        duration_ms=duration_ms,
        spoken_ms=spoken_ms,
        stages=stages,
        recognised_ms=_recognised_ms(ws) if stages[0].state != _CURRENT else 0,
        review=tuple(_review(ws)),
        hint=""
        if is_whole
        else plain.storable(again.typed(ws, recording, out, part.from_ms, part.to_ms)),
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
        state = _DUE if reasons else _CURRENT
    except ArtifactError:  # an input's
        state, reasons = _UNKNOWN, [_DEPENDS]
    except UsageError as error:
        state, reasons = _MISSING, [error.message]
    except PipelineError as error:
        state, reasons = _UNKNOWN, [error.message]
    if damaged and state != _CURRENT:  # an old record of emit may be: nothing needs it
        state, reasons = _DAMAGED, [error.message for error in damaged]
    return Line(stage=stage, state=state, reasons=tuple(map(plain.storable, reasons)))


def _recognised_ms(ws: Workspace) -> int:
    """Up to where the journal goes, unless a transcript was made of it."""
    try:
        begun_ns = ws.journal_path.stat().st_mtime_ns
        if ws.transcript_path.exists() and ws.transcript_path.stat().st_mtime_ns >= begun_ns:
            return 0
        return so_far(ws).duration_ms if kept_digest(ws) else 0  # hours of sound are not read
    except (PipelineError, OSError):
        return 0


def _heard(ws: Workspace) -> tuple[int, dict[str, int]]:
    """How long it is and how much was heard in which language, of a finished transcript."""
    try:
        transcript = artifacts.read(ws.transcript_path, TRANSCRIPT).payload
    except PipelineError:
        return 0, {}
    spoken: dict[str, int] = {}
    for phrase in transcript.phrases:
        spoken[phrase.language] = spoken.get(phrase.language, 0) + phrase.duration_ms
    return transcript.duration_ms, dict(sorted(spoken.items()))


def _heard_in_words(duration_ms: int, spoken_ms: Mapping[str, int], texts: Texts) -> str:
    if not duration_ms:
        return ""
    parts = [f"{texts.language(tag)} {clock(ms)}" for tag, ms in spoken_ms.items()]
    spoken = ", ".join(parts) or texts("status.silent")
    return texts("status.heard", duration=clock(duration_ms), parts=spoken)


def _review(ws: Workspace) -> Iterator[Review]:
    """The whole tracks as they were written last, where their files are still there."""
    last = (
        next((one.file for one in written if one.is_finished), None)
        for written in Receipts(ws).history.values()
    )
    whole = [file for file in last if file and ws.folder / file.path == ws.srt_path(file.track)]
    for file in sorted(whole, key=lambda file: (file.track != ORIGINAL, file.track)):
        if file.states and (ws.folder / file.path).exists():
            found = counting.count(file.track, file.cues, file.states)
            yield Review(
                track=found.track,
                cues=found.cues,
                states={state.value: count for state, count in found.states.items()},
                minutes_left=counting.minutes(found.left_ms),
            )


def _lines(one: Standing, texts: Texts) -> Iterator[str]:
    yield one.recording
    if one.error:
        yield f"  {texts('status.error'):10} {one.error}"
        if one.hint:
            yield f"  {'':10} {one.hint}"
        return
    for line in one.stages:
        reasons = [_in_words(reason, texts) for reason in line.reasons]
        why = f": {'; '.join(reasons)}" if reasons and line.state != _MISSING else ""
        yield f"  {line.stage:10} {_in_words(line.state, texts)}{why}"
    if one.recognised_ms:
        yield f"  {texts('status.so_far', time=clock(one.recognised_ms))}"
    if heard := _heard_in_words(one.duration_ms, one.spoken_ms, texts):
        yield f"  {heard}"
    yield from _reviewed(one.review, texts)
    if one.hint:
        yield f"  {texts('status.next'):10} {one.hint}  {texts('status.others')}"


def _reviewed(review: Sequence[Review], texts: Texts) -> Iterator[str]:
    """A line for each track, and one for how long the rest takes."""
    for one in review:
        parts = ", ".join(
            f"{texts(f'state.{state}')} {count}" for state, count in one.states.items() if count
        )
        name = track_name(one.track, texts)
        yield f"  {texts('status.review'):10} {name}: {parts or texts('status.silent')}"
    if minutes := sum(one.minutes_left for one in review):
        left = texts("report.minutes", count=minutes)
        yield f"  {'':10} {texts('status.left', left=left, factor=counting.FACTOR)}"
    elif review:
        yield f"  {'':10} {texts('status.nothing_left')}"


def _in_words(said: str, texts: Texts) -> str:
    """What this module says in the reader's language; the stages' reasons are English."""
    return texts(f"status.{_WORDS[said]}") if said in _WORDS else said
