"""`marathon evaluate`: a result against reference files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from pipeline.cli import display, options
from pipeline.core import artifacts, reading
from pipeline.core.artifacts import TRANSCRIPT
from pipeline.core.errors import InputError, UsageError
from pipeline.core.plain import one_line
from pipeline.core.workspace import ORIGINAL, Workspace
from pipeline.emit.tracks import Programme
from pipeline.engines import argos
from pipeline.measure import chrf, evaluation, wer
from pipeline.measure.evaluation import Recognition, TrackScore
from pipeline.measure.reference import Reference, as_transcript, parse_words
from pipeline.programme import glossary
from pipeline.programme import info as infos
from pipeline.subtitles import srt
from pipeline.translate.core import from_words
from pipeline.translate.stage import Engine, find, targets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.core.timeline import Cue
    from pipeline.measure.wer import WordErrors
    from pipeline.programme.info import Info


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """All scores of one recording; what has no reference is None or missing."""

    recognition: Recognition | None
    tracks: dict[str, TrackScore]
    from_reference: dict[str, float]  # chrF by track, the reference's words translated


@click.command()
@options.recording
@options.out
@click.option(
    "--reference",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Where NAME.words.json, NAME.orig.srt, NAME.en.srt are. [default: beside the recording]",
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

    Word error rate (WER) and chrF are the usual ones; the last line says exactly which. For each
    track: how far cues begin and end from those of the reference, and how many of the reference's
    begin where one of ours does, to 0.3 s.
    """
    ws = Workspace.open(recording, out)
    info = infos.load(recording)
    right = _reference(recording, reference or recording.parent, info)
    engine = Engine(choice=mt, demo=demo, offline=offline, device=device)
    found = Evaluation(
        recognition=_recognition(ws, right) if right.words else None,
        tracks={
            track: evaluation.track_score(cues, _cues(ws.srt_path(track)))
            for track, cues in right.tracks.items()
        },
        from_reference=_from_reference(right, info, engine) if from_reference else {},
    )
    if as_json:
        click.echo(display.json_of(_plain(found)))
    else:
        for line in _lines(found):
            click.echo(one_line(line))


def _reference(recording: Path, folder: Path, info: Info) -> Reference:
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


def _recognition(ws: Workspace, right: Reference) -> Recognition:
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT).payload
    return evaluation.recognition(right.words, transcript, _cues(ws.srt_path(ORIGINAL)))


def _from_reference(right: Reference, info: Info, engine: Engine) -> dict[str, float]:
    """Translate the reference's own words with the same weights, glossary and rules."""
    transcript, segments = as_transcript(right.words)
    programme = Programme(transcript, segments)
    terms = glossary.load(info.glossary) if info.glossary else ()
    spoken = {word.language for word in right.words}
    scores = {}
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
        scores[target] = evaluation.text_score(right.tracks[target], words)
    return scores


def _lines(found: Evaluation) -> Iterator[str]:
    """The scores for people."""
    if (heard := found.recognition) is not None:
        yield _word_line("all", wer.total(heard.errors.values()))
        for language, errors in heard.errors.items():
            yield _word_line(language, errors)
        yield f"language    {_percent(heard.languages.right)} of words right"
        yield f"shown       {_percent(heard.covered)} of words have a cue on screen"
        texts = " ".join(word.text for word in heard.invented)
        yield f"invented    {len(heard.invented)} words where nobody speaks {texts}".rstrip()
    for track, score in found.tracks.items():
        times = score.times
        yield (
            f"track {track:5} chrF {score.chrf:5.1f}; starts {_seconds(times.start_ms)},"
            f" ends {_seconds(times.end_ms)} off (median); {times.cues} cues,"
            f" reference {times.reference_cues}, {_percent(times.same_start)} begin alike"
        )
    for track, value in found.from_reference.items():
        yield f"track {track:5} chrF {value:5.1f} when the reference's words are translated"
    yield f"{wer.SIGNATURE}; {chrf.SIGNATURE}"


def _word_line(name: str, errors: WordErrors) -> str:
    return (
        f"words {name:5} WER {_percent(errors.rate)} of {errors.words}: {errors.substituted} wrong,"
        f" {errors.missing} missing, {errors.invented} too many"
    )


def _percent(share: float | None) -> str:
    return "   –  " if share is None else f"{share:6.1%}"


def _seconds(ms: float | None) -> str:
    return "–" if ms is None else f"{ms / 1_000:.2f} s"


def _plain(found: Evaluation) -> dict[str, Any]:
    """The scores for programs: everything counted, and the rates."""
    plain: dict[str, Any] = msgspec.to_builtins(found)
    if (heard := found.recognition) is not None:
        whole = wer.total(heard.errors.values())
        rates = {language: errors.rate for language, errors in heard.errors.items()}
        plain["recognition"] |= {
            "word_error_rate": {"all": whole.rate, **rates},
            "language_right": heard.languages.right,
            "unheard": heard.languages.unheard,
        }
    return plain | {"signatures": [wer.SIGNATURE, chrf.SIGNATURE]}
