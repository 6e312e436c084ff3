"""`marathon speakers`: whose voices are heard, samples of them, and names for them."""

from __future__ import annotations

import datetime as dt
import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pipeline.cli import display, options
from pipeline.core import artifacts
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT
from pipeline.core.errors import InputError, UsageError
from pipeline.core.plain import one_line
from pipeline.core.workspace import Workspace
from pipeline.emit.guide import clock
from pipeline.programme import info as infos
from pipeline.programme import roster, tables
from pipeline.review import given_names, speakers
from pipeline.segment import listening, samples, stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.core.payloads import Segments, Voice
    from pipeline.programme.info import Info

_MUCH_MS: Final = 30_000
_EVIDENCE: Final = {
    "decision": "a reviewer said so",
    "enrolment": "sounds like the clips",
    "roster": "the only one left",
    "item": "the item's speaker",
}
_NEXT: Final = "next: marathon emit RECORDING"
_NOT_LISTED: Final = (
    "{name} is not in the roster: what people are, such as interpreters, is known from there"
)


@click.command()
@options.recording
@options.out
@options.part
@click.option(
    "--name",
    "named",
    multiple=True,
    metavar="3=NAME",
    help="Voice 3 is NAME's; 3= refuses the name that it has. No later run undoes it.",
)
@click.option(
    "--names",
    "names_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Names from a file, one voice a line: 3 = Juan Perez.",
)
@click.option(
    "--samples",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write up to three samples of each voice to DIR, as WAV files.",
)
@options.demo_or_not
@options.as_json
@options.verbosity
def command(
    *,
    recording: Path,
    out: Path | None,
    from_ms: int | None,
    to_ms: int | None,
    named: tuple[str, ...],
    names_file: Path | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """List the voices in RECORDING: how long each is heard, where, and whose it is.

    Nothing is changed unless a name is given. A proposed name is only likely: listen first.
    """
    ws = Workspace.open(recording, out, from_ms=from_ms, to_ms=to_ms)
    segments = artifacts.read(ws.segments_path, SEGMENTS).payload
    names = _names(names_file, segments) | _named(named, segments)
    if named or names_file is not None:
        if as_json or folder is not None:
            message = "where names are given, no voices are listed and no samples written"
            raise UsageError(message, hint="leave out --json and --samples, or the names")
        _give(ws, infos.load(recording), names)
        segments = artifacts.read(ws.segments_path, SEGMENTS).payload
        click.echo(options.in_full(_NEXT, click.get_current_context()), err=True)
    places = {
        voice.number: samples.times(segments.turns, voice.number) for voice in segments.voices
    }
    if folder is not None:
        _write(ws, folder, places)
    if as_json:
        click.echo(
            display.json_of([_plain(voice, places[voice.number]) for voice in segments.voices])
        )
        return
    for line in _lines(segments, places):
        click.echo(one_line(line))


def _give(ws: Workspace, info: Info, names: Mapping[int, str]) -> None:
    """Keep the names, and see at once what follows from them."""
    with ws.lock():
        count = stage.name(ws, names, who=_who(), when=_now())
        click.echo("kept" if count else "nothing new: these names stand already", err=True)
        stage.run(ws, info, stage.Options(), display.for_terminal())
    listed = {person.name for person in roster.load(info.roster)} if info.roster else set()
    for name in dict.fromkeys(names.values()) if listed else ():
        if name and name not in listed:
            click.echo(one_line(_NOT_LISTED.format(name=name)), err=True)


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # nobody in particular
        return ""


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _names(path: Path | None, segments: Segments) -> dict[int, str]:
    if path is None:
        return {}
    numbers = [voice.number for voice in segments.voices]
    return given_names.parse_names(tables.read(path, "file of names"), str(path), numbers)


def _named(values: Sequence[str], segments: Segments) -> dict[int, str]:
    numbers = [voice.number for voice in segments.voices]
    found: dict[int, str] = {}
    for value in values:
        try:
            number, person = given_names.parse_name(value, "--name", numbers)
        except InputError as error:
            raise UsageError(error.message, hint=error.hint) from error
        if found.setdefault(number, person) != person:
            message = f"--name: voice {number} is {found[number]!r} and {person!r}"
            raise UsageError(message, hint="keep one of the two")
    return found


def _write(ws: Workspace, folder: Path, places: Mapping[int, Sequence[tuple[int, int]]]) -> None:
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT)
    stage.see_recording(ws, transcript)
    samples.write(
        ws.recording,
        listening.stream(transcript),
        [
            (start_ms, end_ms, folder / f"voice-{number:02}-{count}.wav")
            for number, spans in places.items()
            for count, (start_ms, end_ms) in enumerate(spans, start=1)
        ],
    )
    click.echo(f"samples are in {folder}", err=True)


def _lines(segments: Segments, places: Mapping[int, Sequence[tuple[int, int]]]) -> Iterator[str]:
    if not segments.voices:
        yield "no voices were told apart here"
        return
    yield f"{'voice':>5}  {'heard':>8}  {'whose':28}  where"
    for voice in segments.voices:
        where = "  ".join(clock(start_ms) for start_ms, _ in places[voice.number])
        yield f"{voice.number:>5}  {clock(voice.speech_ms):>8}  {_whose(voice):28}  {where}"
    much = sum(voice.speech_ms >= _MUCH_MS for voice in segments.voices)
    yield f"{len(segments.voices)} voices, {much} of them heard for 30 s or more"


def _whose(voice: Voice) -> str:
    for flag in voice.flags:
        if people := speakers.people_in(flag):
            return f"two people? {' or '.join(people)}"
    if voice.name:
        return f"{voice.name} ({_EVIDENCE.get(voice.evidence, voice.evidence)})"
    if voice.evidence:
        return f"no name ({_EVIDENCE.get(voice.evidence, voice.evidence)})"
    if voice.proposal:
        return f"perhaps {voice.proposal}"
    return "sung" if voice.is_music else "?"


def _plain(voice: Voice, spans: Sequence[tuple[int, int]]) -> dict[str, object]:
    return {
        "voice": voice.number,
        "speech_ms": voice.speech_ms,
        "name": voice.name,
        "evidence": voice.evidence,
        "proposal": voice.proposal,
        "cosine": voice.cosine,
        "margin": voice.margin,
        "is_music": voice.is_music,
        "flags": voice.flags,
        "samples": [{"start_ms": start, "end_ms": end} for start, end in spans],
    }
