"""Hours of sound in flat memory: what listening and recognising take for 10 minutes and for many.

    python -m tests.bench.long                  10 minutes and 4 hours, without weights
    python -m tests.bench.long --hours 12       10 minutes and 12 hours
    python -m tests.bench.long --weights demo   the whole stage, with the demo weights
    python -m tests.bench.long --weights demo --hours 4 --hours 12

The long recordings are made for the occasion and deleted afterwards. Every length is measured in a
process of its own; without weights, every block goes to Silero alone as well, to be compared.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import msgspec

from pipeline.core import files
from tests.bench import programmes, rounds
from tests.bench.rounds import ROOT, WORK
from tests.bench.systems import Ask
from tests.bench.worker import Cell

RESULTS: Final = Path(__file__).parent / "results"
_DEMO: Final = ROOT / "samples" / "weights" / "asr"
_SHORT_MINUTES: Final = 10.0
_KIND: Final = programmes.KINDS["mixed"]
_MB: Final = 1_000_000
_JOBS: Final = {"none": ("chunking",), "demo": ("ours",)}


class Length(msgspec.Struct, frozen=True, kw_only=True):
    """What one job took for one length; memory in MB above what was loaded before."""

    job: str
    minutes: float
    seconds: float
    cpu_s: float
    above_loaded_mb: float
    chunks: int
    over_silero: float | None  # processor time, of that of decoding and Silero alone


class Long(msgspec.Struct, frozen=True, kw_only=True):
    """A results file."""

    weights: str
    processor: str
    processors: int
    threads: int
    releases: dict[str, str]
    lengths: tuple[Length, ...]


@dataclass(frozen=True, slots=True)
class _Sound:
    minutes: float
    path: Path


@click.command()
@click.option("--hours", multiple=True, type=float, default=(4.0,), show_default=True)
@click.option("--weights", type=click.Choice([*_JOBS]), default="none", show_default=True)
@click.option("--threads", type=int, default=os.cpu_count() or 1, show_default=True)
@click.option("--batch", type=int, default=8, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=RESULTS, help="For the results.")
def long(hours: tuple[float, ...], weights: str, threads: int, batch: int, out: Path) -> None:
    """Measure 10 minutes, then each length, and write down what came out."""
    ask = Ask(
        system="",
        weights=str(_DEMO),
        sound="",
        languages=_KIND.languages,
        threads=threads,
        batch=batch,
    )
    try:
        lengths = [*_lengths(ask, _sounds(hours), _JOBS[weights])]
    except rounds.FailedError as error:
        raise click.ClickException(str(error)) from error
    told = Long(
        weights=weights,
        processor=platform.machine(),
        processors=os.cpu_count() or 0,
        threads=threads,
        releases=rounds.releases(),
        lengths=tuple(lengths),
    )
    name = "-".join(f"{hour:g}h" for hour in hours)
    path = out / f"memory-{weights}-{name}-{threads}t.json"
    files.replace(path, msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n")


def _lengths(ask: Ask, sounds: Iterator[_Sound], jobs: tuple[str, ...]) -> Iterator[Length]:
    weights = files.digest_file(_DEMO / "model.bin")[:8]
    for sound in sounds:
        for job in jobs:
            asked = msgspec.structs.replace(ask, system=job, sound=str(sound.path))
            name = f"{sound.minutes:g}min-{ask.threads}t-batch{ask.batch}"
            length = _length(rounds.kept(f"long-{weights}", name, asked), sound.minutes)
            click.echo(_line(length))
            yield length


def _sounds(hours: tuple[float, ...]) -> Iterator[_Sound]:
    """The short recording, then the long ones, each deleted once it was used."""
    WORK.mkdir(parents=True, exist_ok=True)
    short = WORK / "sound" / f"{_KIND.name}-{_SHORT_MINUTES:g}min.opus"
    yield _Sound(_SHORT_MINUTES, programmes.write(_KIND, _SHORT_MINUTES, short))
    for hour in hours:
        with tempfile.TemporaryDirectory(dir=WORK, prefix="long-") as folder:
            path = Path(folder) / f"{hour:g}h.opus"
            yield _Sound(60 * hour, programmes.write(_KIND, 60 * hour, path))


def _length(cell: Cell, minutes: float) -> Length:
    return Length(
        job=cell.system,
        minutes=minutes,
        seconds=round(cell.seconds, 2),
        cpu_s=round(cell.cpu_s, 2),
        above_loaded_mb=round((cell.peak - cell.loaded) / _MB, 1),
        chunks=cell.windows,
        over_silero=round(cell.chunking_s / cell.silero_s, 3) if cell.chunking_s else None,
    )


def _line(length: Length) -> str:
    ratio = f", {length.over_silero:.2f} x decoding and Silero" if length.over_silero else ""
    return (
        f"{length.job:10}{length.minutes:7.0f} min{length.seconds:9.1f} s{length.cpu_s:9.1f} CPU s"
        f"{length.above_loaded_mb:8.0f} MB above what was loaded{ratio}"
    )


if __name__ == "__main__":
    sys.exit(long())
