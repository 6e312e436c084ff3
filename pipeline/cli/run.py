"""`marathon run`: all stages, for one recording, several, or a folder of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from pipeline.archive import explain as explaining
from pipeline.archive import run as runs
from pipeline.cli import display, options, reading
from pipeline.core import language, plain
from pipeline.core import recordings as naming
from pipeline.core.errors import PartialError
from pipeline.core.workspace import ORIGINAL
from pipeline.emit import stage as emit
from pipeline.segment import stage as segment
from pipeline.transcribe import stage as transcribe
from pipeline.translate import stage as translate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.archive.explain import Explanation
    from pipeline.archive.run import Outcome, Request
    from pipeline.core.errors import InputError

_NEXT: Final = (
    "next: open an .srt file in a subtitle editor or beside the recording in a player;"
    " guide.md is the programme at a glance.\n"
    "      What you change in it stays: the next run takes it in, and none undoes it."
)
_WAITING: Final = (
    "waiting: {path}: not all of it could be read, see the warning above;"
    " put that right, then run the same command again"
)


@click.command()
@options.recordings
@options.out
@options.part
@options.stream
@options.asr
@options.mt
@options.second_opinion
@options.engine
@options.voices
@options.tracks
@options.profile
@reading.option
@options.explain
@options.force
@options.as_json
@options.verbosity
def command(
    *,
    recordings: tuple[Path, ...],
    out: Path | None,
    tracks: tuple[str, ...],
    profile: str,
    explain: bool,
    force: bool,
    as_json: bool,
    **given: Any,  # noqa: ANN401 - what the options above put together
) -> None:
    """Make subtitles of each RECORDING; of a folder, all recordings in it.

    What is current is passed over, so the same command continues what was interrupted. One that
    fails does not stop the others: the command then ends with exit code 9.
    """
    request = runs.loading_once(_request(tracks, profile, force=force, **given))
    found = naming.find(recordings)
    if explain:
        _explain(found, out, request, as_json=as_json)
        return
    progress = display.for_terminal()
    outcomes = []
    for number, (recording, fault) in enumerate(found.items(), start=1):
        if len(found) > 1:
            progress.note(f"{number} of {len(found)}: {plain.one_line(recording)}")
        outcome = (
            runs.failed(recording, fault)
            if fault is not None
            else runs.one(recording, out, request, progress)
        )
        outcomes.append(outcome)
        if len(found) > 1 and outcome.error is not None:
            progress.note(plain.one_line(f"failed{_why(outcome)}"))
    _report(outcomes, as_json=as_json)
    _leave(outcomes)


def _request(
    tracks: tuple[str, ...],
    profile: str,
    *,
    ui: str | None,
    force: bool,
    from_ms: int | None,
    to_ms: int | None,
    stream: str,
    asr: str | None,
    mt: str | None,
    second_opinion: str,
    demo: bool,
    offline: bool,
    device: str,
    embedder: str,
    speakers: int | None,
    threshold: float | None,
) -> Request:
    return runs.Request(
        transcribing=transcribe.Options(from_ms=from_ms, to_ms=to_ms, stream=stream),
        recogniser=transcribe.Engine(choice=asr, demo=demo, offline=offline, device=device),
        segmenting=segment.Options(embedder=embedder, speakers=speakers, threshold=threshold),
        translating=translate.Options(second_opinion=second_opinion),
        translator=translate.Engine(choice=mt, demo=demo, offline=offline, device=device),
        emitting=emit.Options(tracks=tracks, profile=profile, ui=ui or ""),
        force=force,
    )


def _explain(
    found: dict[Path, InputError | None], out: Path | None, request: Request, *, as_json: bool
) -> None:
    """Say of each recording what would be made, and why; then end as a run would."""
    explanations = []
    for recording, fault in found.items():
        each = explaining.one(recording, fault, out, request)
        explanations.append(each)
        for line in () if as_json else _reasons(each, of_many=len(found) > 1):
            _say(line)
    if as_json:
        click.echo(display.json_of([_plain_reasons(each) for each in explanations]))
    _leave(explanations)


def _reasons(one: Explanation, *, of_many: bool) -> Iterator[str]:
    if one.reasons or one.error is None:
        yield f"{one.recording}:"
    for stage, reasons in one.reasons.items():
        for reason in reasons or ("current",):
            yield f"  {stage:10} {reason}"
    if any(one.reasons.values()) and emit.NAME not in one.reasons:
        yield "  what follows depends on that"
    if of_many and one.error is not None:
        yield f"failed   {one.recording}{_why(one)}"


def _plain_reasons(one: Explanation) -> dict[str, object]:
    stages = [
        {
            "stage": stage,
            "state": "to be made" if reasons else "current",
            "reasons": [plain.storable(reason) for reason in reasons],
        }
        for stage, reasons in one.reasons.items()
    ]
    return {"recording": plain.storable(one.recording), "stages": stages, **_plain_end(one)}


def _report(outcomes: list[Outcome], *, as_json: bool) -> None:
    if as_json:
        click.echo(display.json_of([_plain(one) for one in outcomes]))
        return
    if len(outcomes) > 1:
        for one in outcomes:
            _say(f"{one.status:8} {one.recording}{_why(one)}")
            _tell_waiting(one)
        return
    for one in outcomes:
        for path in one.files:
            state = "kept" if path in one.kept else one.status
            _say(f"{state:8} {path}  ({_track(path)})")
        if one.status == "current" and not one.waiting:
            click.echo("all is current: nothing was done", err=True)
        if one.files:
            click.echo(_NEXT, err=True)
        _tell_waiting(one)


def _tell_waiting(one: Outcome) -> None:
    for path in one.waiting:
        click.echo(plain.one_line(_WAITING.format(path=path)), err=True)


def _why(one: Outcome | Explanation) -> str:
    """Why it failed; that the message names the recording is no news here."""
    if one.error is None:
        return ""
    message = one.error.message
    for named in (one.recording.absolute(), one.recording):
        message = message.removeprefix(f"{named}: ")
    return f": {message}"


def _track(path: Path) -> str:
    """What a track's file holds, in words."""
    tag = path.stem.rpartition(".")[2] if path.stem.count(".") else ORIGINAL
    names = [language.name(part) for part in tag.split("+") if language.is_tag(part)]
    return " and ".join(names) if names else "as spoken"


def _plain(one: Outcome) -> dict[str, object]:
    return {
        "recording": plain.storable(one.recording),
        "status": one.status,
        "seconds": round(one.seconds, 1),
        "stages": one.stages,
        "files": [plain.storable(path) for path in one.files],
        "kept": [plain.storable(path) for path in one.kept],
        "waiting": [plain.storable(path) for path in one.waiting],
        **_plain_end(one),
    }


def _plain_end(one: Outcome | Explanation) -> dict[str, object]:
    error = one.error
    return {
        "exit_code": int(one.exit_code),
        "error": plain.storable(error.message) if error is not None else "",
        "hint": plain.storable(error.hint) if error is not None else "",
    }


def _say(text: str) -> None:
    click.echo(plain.one_line(text))


def _leave(outcomes: Sequence[Outcome | Explanation]) -> None:
    """End with the failure's own code for one recording, with 9 for some of many."""
    failed = [one for one in outcomes if one.error is not None]
    if not failed:
        return
    if len(outcomes) == 1:
        error = failed[0].error
        assert error is not None  # noqa: S101 - narrowed above
        raise error
    hint = "put it right, then run the same command again: what is made is not made again"
    raise PartialError(f"{len(failed)} of {len(outcomes)} recordings failed", hint=hint)
