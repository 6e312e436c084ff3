"""`marathon evaluate`: a result against reference files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import display, options, scores
from pipeline.core import artifacts, reading
from pipeline.core.artifacts import TRANSCRIPT
from pipeline.core.errors import InputError, UsageError
from pipeline.core.plain import one_line
from pipeline.core.workspace import ORIGINAL, Workspace
from pipeline.emit.tracks import Programme
from pipeline.engines import argos
from pipeline.measure import coverage, evaluation
from pipeline.measure.reference import Reference, as_transcript, parse_words
from pipeline.programme import glossary
from pipeline.programme import info as infos
from pipeline.subtitles import srt
from pipeline.translate.core import from_words
from pipeline.translate.stage import Engine, find, targets

if TYPE_CHECKING:
    from pipeline.core.artifacts import Made
    from pipeline.core.payloads import Transcript
    from pipeline.core.timeline import Cue
    from pipeline.measure.evaluation import Recognition
    from pipeline.programme.info import Info


@click.command()
@options.recording
@options.out
@click.option(
    "--reference",
    type=click.Path(path_type=Path, exists=True),
    metavar="PATH",
    help="Where NAME.words.json, NAME.orig.srt, NAME.en.srt are, or one file: words, or an SRT of"
    " what was spoken. [default: beside the recording]",
)
@click.option(
    "--from-reference",
    is_flag=True,
    help="Also translate the reference's words, to see how good translating is by itself.",
)
@options.mt
@options.engine
@options.as_json
@options.verbosity
def command(
    *,
    recording: Path,
    out: Path | None,
    reference: Path | None,
    from_reference: bool,
    mt: str | None,
    demo: bool,
    offline: bool,
    device: str,
    as_json: bool,
) -> None:
    """Compare what was made of RECORDING with reference files.

    Error rates of words (WER) and characters (CER) and chrF are the usual ones; the last lines say
    exactly which, and what made the result. Each column is a language that was spoken, and says as
    what it was heard. Of each track: how far cues begin and end from those of the reference (the
    median), and how many of the reference's begin where one of ours does, to 0.3 s.
    """
    ws = Workspace.open(recording, out)
    info = infos.load(recording)
    right = _reference(recording, reference or recording.parent, info)
    engine = Engine(choice=mt, demo=demo, offline=offline, device=device)
    made = _transcript(ws, right)
    found = scores.Evaluation(
        recognition=_recognition(ws, right, made.payload) if made else None,
        coverage=coverage.accounting(made.payload) if made else None,
        tracks={
            track: evaluation.track_score(cues, _cues(ws.srt_path(track)))
            for track, cues in right.tracks.items()
        },
        from_reference=_from_reference(right, info, engine) if from_reference else {},
        signature=scores.signature(made) if made else None,
    )
    if as_json:
        click.echo(display.json_of(scores.plain(found)))
    else:
        for line in scores.lines(found):
            click.echo(one_line(line))


def _reference(recording: Path, given: Path, info: Info) -> Reference:
    if given.is_dir():
        return _references(recording, given, info)
    if given.suffix == ".json":
        return Reference(parse_words(_read(given), str(given)))
    return Reference(tracks={ORIGINAL: _cues(given)})


def _references(recording: Path, folder: Path, info: Info) -> Reference:
    base = folder / recording.stem
    words_path = base.with_name(f"{base.name}.words.json")
    words = parse_words(_read(words_path), str(words_path)) if os.path.lexists(words_path) else ()
    tracks = {}
    for track in (ORIGINAL, *targets(info)):
        path = base.with_name(f"{base.name}.{track}.srt")
        if os.path.lexists(path):
            tracks[track] = _cues(path)
    if not words and not tracks:
        raise UsageError(
            f"{words_path}: no such file, and no {base.name}.*.srt beside it",
            hint="say where the reference files are: --reference DIR",
        )
    return Reference(words, tracks)


def _cues(path: Path) -> tuple[Cue, ...]:
    return srt.parse(_read(path), str(path))


def _read(path: Path) -> bytes:
    try:
        return reading.regular(path)
    except FileNotFoundError as error:
        hint = "make it with: marathon run RECORDING"
        raise UsageError(f"{path}: no such file", hint=hint) from error
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise InputError(message, hint="put a file there that can be read") from error


def _transcript(ws: Workspace, right: Reference) -> Made[Transcript] | None:
    """What was recognised; SRT files alone can be compared without."""
    if not right.words and not ws.transcript_path.exists():
        return None
    return artifacts.read(ws.transcript_path, TRANSCRIPT)


def _recognition(ws: Workspace, right: Reference, transcript: Transcript) -> Recognition | None:
    return evaluation.recognition(right, transcript, _cues(ws.srt_path(ORIGINAL)))


def _from_reference(right: Reference, info: Info, engine: Engine) -> dict[str, float]:
    """Translate the reference's own words with the same weights, glossary and rules."""
    transcript, segments = as_transcript(right.words)
    programme = Programme(transcript, segments)
    terms = glossary.load(info.glossary) if info.glossary else ()
    spoken = {word.language for word in right.words}
    found_scores = {}
    for target, sources in targets(info).items():
        if target not in right.tracks:
            continue
        progress = display.for_terminal()
        found = find(info, target, [each for each in sources if each in spoken], engine, progress)
        engines = {
            source: argos.Argos(each, device=engine.device) for source, each in found.items()
        }
        done = from_words(transcript, segments.turns, engines, target, terms, progress.at)
        script = programme.translated(done)
        words = [word.text for stretch in script.stretches for word in stretch.words]
        found_scores[target] = evaluation.text_score(right.tracks[target], words)
    return found_scores
