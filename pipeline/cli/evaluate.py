"""`marathon evaluate`: a result against reference files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli import display, options, scores, turn_scores
from pipeline.cli.turn_scores import TurnReference
from pipeline.core import artifacts, reading
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT
from pipeline.core.errors import InputError, UsageError
from pipeline.core.plain import one_line
from pipeline.core.workspace import ORIGINAL, Workspace
from pipeline.emit.exports import Ledger, digest_of
from pipeline.emit.tracks import Programme
from pipeline.engines.seq2seq import Decoding
from pipeline.measure import coverage, evaluation, rttm
from pipeline.measure.reference import Reference, as_transcript, parse_words
from pipeline.programme import info as infos
from pipeline.programme import rundown
from pipeline.subtitles import srt
from pipeline.translate import origins, ways
from pipeline.translate.core import from_words
from pipeline.translate.stage import Engine, find, targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipeline.core.artifacts import Made
    from pipeline.core.payloads import Segments, Transcript
    from pipeline.core.timeline import Cue
    from pipeline.measure.evaluation import Recognition
    from pipeline.measure.rttm import Stretch
    from pipeline.programme.info import Info


@click.command()
@options.recording
@options.out
@click.option(
    "--reference",
    type=click.Path(path_type=Path, exists=True),
    metavar="PATH",
    help="Where NAME.words.json, NAME.orig.srt, NAME.en.srt are, or one file: words, or an SRT of"
    " what was spoken; with --turns NAME.rttm. [default: beside the recording]",
)
@click.option(
    "--turns",
    is_flag=True,
    help="Compare who speaks when and where items begin, and not the text: with NAME.rttm (and"
    " NAME.uem, the part that counts) and NAME.items.csv, a rundown with exact times.",
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
    turns: bool,
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

    With --turns: the diarization error rate (missed speech, false alarm, confused voices) without
    250 ms on each side of the reference's borders, the Jaccard error rate, and how many borders
    of items are found to 5 s.
    """
    ws = Workspace.open(recording, out)
    if turns and from_reference:
        message = "--turns compares no text: there is nothing to translate"
        raise UsageError(message, hint="leave out --turns or --from-reference")
    if turns:
        segments = artifacts.read(ws.segments_path, SEGMENTS)
        whose = _turn_reference(recording, reference or recording.parent, segments.payload)
        compared = turn_scores.compare(segments.payload, whose, scores.signature(segments))
        _tell(turn_scores.plain(compared), turn_scores.lines(compared), as_json)
        return
    info = infos.load(recording)
    right = _reference(ws, reference or recording.parent, info)
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
    _tell(scores.plain(found), scores.lines(found), as_json)


def _tell(plain: dict[str, Any], lines: Iterator[str], as_json: bool) -> None:
    if as_json:
        click.echo(display.json_of(plain))
        return
    for line in lines:
        click.echo(one_line(line))


def _turn_reference(recording: Path, given: Path, segments: Segments) -> TurnReference:
    """Who truly speaks when and where items truly begin, from a folder or from one RTTM."""
    stem = recording.stem
    spoken_path = given / f"{stem}.rttm" if given.is_dir() else given
    items_path = spoken_path.with_name(f"{stem}.items.csv")
    scored_path = spoken_path.with_name(f"{spoken_path.name.removesuffix('.rttm')}.uem")
    right = TurnReference(
        spoken=_of_recording(spoken_path, rttm.parse, stem),
        scored=_of_recording(scored_path, rttm.parse_uem, stem),
        items=_items(items_path, segments) if os.path.lexists(items_path) else None,
    )
    if right.spoken is None and right.items is None:
        raise UsageError(
            f"{spoken_path}: no such file, and no {items_path.name} beside it",
            hint="say where the reference files are: --reference DIR, or --reference FILE.rttm",
        )
    return right


def _of_recording(
    path: Path, parse: Callable[[bytes, str], tuple[Stretch, ...]], stem: str
) -> tuple[Stretch, ...] | None:
    if not os.path.lexists(path):
        return None
    return rttm.for_recording(parse(_read(path), str(path)), stem, str(path))


def _items(path: Path, segments: Segments) -> tuple[tuple[int, int], ...]:
    duration_ms = segments.items[-1].end_ms if segments.items else 0
    entries = rundown.load(path)
    rundown.check_end(entries, duration_ms)
    return tuple(
        (each.start_ms, duration_ms if each.end_ms is None else each.end_ms) for each in entries
    )


def _reference(ws: Workspace, given: Path, info: Info) -> Reference:
    if given.is_dir():
        return _references(ws, given, info)
    if given.suffix == ".json":
        return Reference(parse_words(_read(given), str(given)))
    return Reference(tracks={ORIGINAL: _cues(given)})


def _references(ws: Workspace, folder: Path, info: Info) -> Reference:
    base = folder / ws.recording.stem
    exported = Ledger(ws).digests  # our own result, put beside the recording, is no reference
    words_path = base.with_name(f"{base.name}.words.json")
    words = parse_words(_read(words_path), str(words_path)) if os.path.lexists(words_path) else ()
    tracks = {}
    for track in (ORIGINAL, *targets(info)):
        path = base.with_name(f"{base.name}.{track}.srt")
        if os.path.lexists(path) and digest_of(path) not in exported:
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
    """Translate the reference's own words with the same weights, glossary and rules.

    What people translated before is left out: it would say nothing of the weights.
    """
    transcript, segments = as_transcript(right.words)
    programme = Programme(transcript, segments)
    known = origins.known(info)
    spoken = {word.language for word in right.words}
    found_scores = {}
    for target, sources in targets(info).items():
        if target not in right.tracks:
            continue
        progress = display.for_terminal()
        found = find(info, target, [each for each in sources if each in spoken], engine, progress)
        phrases, turns = transcript.phrases, segments.turns
        with ways.routes(found, Decoding(), engine) as routes:
            done = from_words(phrases, turns, routes, target, known, progress.at)
        script = programme.translated(done)
        words = [word.text for stretch in script.stretches for word in stretch.words]
        found_scores[target] = evaluation.text_score(right.tracks[target], words)
    return found_scores
