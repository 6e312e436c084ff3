"""Who speaks when, who it is and where items begin: measured on mixes of people's voices.

    make bench-speakers VOICES=folder MUSIC=folder TURNS=folder
    python -m tests.bench.speakers --voices FOLDER --music FOLDER --turns FOLDER --no-music dog.ogg

VOICES has one sub-folder for each speaker, with clips of a few seconds to half a minute; MUSIC has
pieces of music; TURNS has recordings with reference.rttm and reference.uem. Nothing of them becomes
part of the project but figures. Nothing is compared with a limit here: that is for the tests.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec
import numpy as np

from pipeline.core import files
from pipeline.segment import proposing
from tests.bench import (
    mixes,
    rounds,
    speakers_cost,
    speakers_items,
    speakers_meetings,
    speakers_names,
    speakers_path,
    speakers_table,
    speakers_turns,
)
from tests.bench.mixes import Voices
from tests.bench.speakers_table import Results

if TYPE_CHECKING:
    from pipeline.core.decoding import Samples

RESULTS: Final = Path(__file__).parent / "results"
SEEDS: Final = {"snapping": 85_000, "music": 72_000, "people": 73_000}
_BROADCASTS: Final = {"snapping": 30, "music": 5, "people": 5}
_BORDERS: Final = 6
_EXTRA_MINUTES: Final = 12.0
_SPEECH_MINUTES: Final = 14.0
_FACTORS: Final = (0.86, 1.0, 1.16)  # people resampled so are other people


@dataclass(slots=True)
class _Measured:
    """What is gathered mix by mix."""

    scores: list[Any] = field(default_factory=list)
    cases: dict[str, list[Any]] = field(default_factory=lambda: {"phrase": [], "voice": []})


@click.command()
@click.option("--voices", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--music", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--turns", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--no-music", multiple=True, help="A file in MUSIC that is none, for the broadcasts.")
@click.option("--out", type=click.Path(path_type=Path), default=RESULTS, help="For the results.")
def bench(voices: Path, music: Path, turns: Path, no_music: tuple[str, ...], out: Path) -> None:
    """Measure all of it and write down what came out."""
    known, spoken = speakers_names.split(mixes.load(voices))
    pieces = [*mixes.load_music(music).values()]
    played = mixes.load_music(music, no_music)
    measured = _mixed(known, spoken, pieces)
    results = Results(
        way=speakers_turns.CHOSEN,
        threshold=speakers_turns.THRESHOLD,
        processor=platform.machine(),
        processors=os.cpu_count() or 0,
        releases=rounds.releases(),
        people=len(spoken),
        speech_s=round(sum(c.speech_ms for clips in spoken.values() for c in clips) / 1_000),
        ways=speakers_turns.ways(measured.scores),
        chosen=speakers_turns.at_threshold(measured.scores),
        extra=tuple(_extra(spoken, pieces)),
        named=tuple(
            row
            for unit, cases in measured.cases.items()
            for row in speakers_names.named(unit, cases)
        ),
        thresholds=tuple(
            row
            for unit, cases in measured.cases.items()
            for row in speakers_names.thresholds(unit, cases)
        ),
        meetings=tuple(speakers_meetings.meetings(turns)),
        music=tuple(played),
        **_items(spoken, [*played.values()]),
        **_costs(spoken),
    )
    text = "\n".join(speakers_table.lines(results)) + "\n"
    click.echo(text)
    told = msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n"
    files.replace(out / "speakers.json", told)
    files.replace(out / "speakers.md", text.encode())


def _mixed(known: Voices, spoken: Voices, music: Sequence[Samples]) -> _Measured:
    """Every mix scored by every way, and named by every clip."""
    people = [speakers_names.clip_vectors(known, number) for number in range(speakers_names.CLIPS)]
    measured = _Measured()
    for condition, mix in speakers_turns.composed(spoken, music):
        click.echo(f"{mix.name}: {mix.duration_ms / 60_000:.1f} min", err=True)
        told = speakers_path.heard(mix.samples)
        measured.scores.append(speakers_turns.scored(condition, mix, told))
        numbers = speakers_turns.numbers(told)
        for clips in people:
            found = speakers_names.cases(condition, mix, told, numbers, clips)
            for unit, cases in found.items():
                measured.cases[unit] += cases
    return measured


def _extra(spoken: Voices, music: Sequence[Samples]) -> Iterator[speakers_turns.Extra]:
    """Few people and many: what the mixes above do not have."""
    many = {
        f"{who} x {factor:g}": tuple(mixes.resampled(clip, factor) for clip in clips)
        for who, clips in spoken.items()
        for factor in _FACTORS
    }
    for condition, bed in zip(speakers_turns.CONDITIONS, ((), music), strict=True):
        alone = [
            mixes.compose(spoken, (who,), minutes=3.0, seed=6_000 + at, music=bed)
            for at, who in enumerate(sorted(spoken))
        ]
        yield speakers_turns.extra("one person, 3 min", condition, alone)
        crowd = [
            mixes.compose(many, sorted(many), minutes=_EXTRA_MINUTES, seed=seed, music=bed)
            for seed in (6_100, 6_101)
        ]
        yield speakers_turns.extra(f"{len(many)} made of {len(spoken)}", condition, crowd)


def _items(spoken: Voices, music: Sequence[Samples]) -> dict[str, Any]:
    """Borders with a rundown that is off, and without any."""
    outcomes: list[Any] = []
    proposed: dict[str, list[Any]] = {"music": [], "people": []}
    for purpose, kinds in _programmes():
        name = f"{purpose[0]} {purpose[1]}"
        seed = SEEDS[purpose[0]] + purpose[1]
        broadcast = speakers_items.compose(spoken, music, kinds, seed=seed, name=name)
        click.echo(f"{name}: {len(broadcast.samples) / 960_000:.1f} min", err=True)
        transcript, turns = speakers_items.heard(broadcast)
        if purpose[0] == "snapping":
            outcomes += speakers_items.placed(broadcast, transcript, turns, seed)
        else:
            times = proposing.propose(transcript, turns)
            proposed[purpose[0]].append((broadcast, speakers_items.times(times)))
    return {
        "placed": tuple(speakers_items.table(outcomes)),
        "proposed": tuple(speakers_items.proposed(name, some) for name, some in proposed.items()),
    }


def _programmes() -> Iterator[tuple[tuple[str, int], tuple[str, ...]]]:
    for purpose, count in _BROADCASTS.items():
        for number in range(count):
            if purpose == "snapping":
                kinds = speakers_items.mixed(SEEDS[purpose] + number)
            else:
                kinds = (purpose,) * _BORDERS
            yield (purpose, number), kinds


def _costs(spoken: Voices) -> dict[str, Any]:
    mix = mixes.compose(spoken, sorted(spoken), minutes=_SPEECH_MINUTES, seed=7_000)
    with tempfile.TemporaryDirectory(prefix="marathon-bench-") as folder:
        embedding = speakers_cost.embedding(np.asarray(mix.samples), Path(folder))
    return {"clustering": tuple(speakers_cost.clustering()), "embedding": tuple(embedding)}


if __name__ == "__main__":
    sys.exit(bench())
