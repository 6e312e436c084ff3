"""`marathon speakers`: whose voices are heard, samples of them, and names for them."""

from __future__ import annotations

import datetime as dt
import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pipeline.cli import display, options
from pipeline.core import artifacts, streams
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT
from pipeline.core.plain import one_line
from pipeline.core.workspace import Workspace
from pipeline.emit.guide import clock
from pipeline.programme import tables
from pipeline.review import speakers
from pipeline.segment import samples, stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.core.payloads import Segments, Voice

_MUCH_MS: Final = 30_000
_EVIDENCE: Final = {
    "decision": "a reviewer said so",
    "enrolment": "sounds like the clips",
    "roster": "the only one left",
    "item": "the item's speaker",
}
_NEXT: Final = "next: marathon run RECORDING writes the names everywhere"


class _Named(click.ParamType[tuple[int, str]]):
    """`3=Juan Perez`; nothing after the sign takes the name back."""

    name = "number=name"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, str]:
        number, sign, name = str(value).partition("=")
        if not sign or not number.strip().lstrip("Ss").isdecimal():
            self.fail(f'{value!r}: write a voice and a name, as in 3="Juan Perez"', param, ctx)
        return int(number.strip().lstrip("Ss")), " ".join(name.split())


@click.command()
@options.recording
@options.out
@click.option(
    "--name",
    "named",
    type=_Named(),
    multiple=True,
    metavar="3=NAME",
    help="Voice 3 is NAME's; 3= takes the name back. No later run undoes it.",
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
@options.as_json
@options.verbosity
def command(
    *,
    recording: Path,
    out: Path | None,
    named: tuple[tuple[int, str], ...],
    names_file: Path | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """List the voices in RECORDING: how long each is heard, where, and whose it is.

    Nothing is changed unless a name is given. A proposed name is only likely: listen first.
    """
    ws = Workspace.open(recording, out)
    segments = artifacts.read(ws.segments_path, SEGMENTS).payload
    names = _names(names_file, segments) | dict(named)
    if names:
        with ws.lock():
            count = stage.name(ws, names, who=_who(), when=_now())
        click.echo(f"{count} kept" if count else "nothing new: these names stand already")
        click.echo(_NEXT, err=True)
        return
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
    return speakers.parse_names(tables.read(path, "file of names"), str(path), numbers)


def _write(ws: Workspace, folder: Path, places: Mapping[int, Sequence[tuple[int, int]]]) -> None:
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT)
    stream = int(transcript.origin.options.get("stream", streams.FIRST))
    samples.write(
        ws.recording,
        stream,
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
        if flag.startswith(speakers.TWO_PEOPLE):
            people = flag.removeprefix(speakers.TWO_PEOPLE).replace(speakers.BETWEEN, " or ")
            return f"two people? {people}"
    if voice.name:
        return f"{voice.name} ({_EVIDENCE.get(voice.evidence, voice.evidence)})"
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
