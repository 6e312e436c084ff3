"""Side by side: ours, its peers and the floor, on the same file, weights and threads.

    python -m tests.bench                                     the demo weights, 10 minutes
    python -m tests.bench --weights tiny --minutes 20         random weights of that shape
    python -m tests.bench --weights small --weights tiny --kind single --rounds 3

Peers come from `make bench-setup`. Nothing is compared with a limit here: that is for the tests.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from pipeline.core import files, media
from pipeline.core.decoding import RATE
from tests.bench import programmes, rounds, shapes, table
from tests.bench.rounds import ROOT, SYSTEMS, WORK, Grid
from tests.bench.systems import Ask
from tests.bench.table import Results

RESULTS: Final = Path(__file__).parent / "results"
_DEMO: Final = ROOT / "samples" / "weights" / "asr"
_KINDS: Final = tuple(programmes.KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is asked for on the command line."""

    weights: tuple[str, ...]
    minutes: float
    kind: str
    rounds: int
    threads: int
    batch: tuple[int, ...]
    device: str
    systems: str
    out: Path


@click.command()
@click.option("--weights", multiple=True, default=("demo",), help="demo or a shape: tiny …")
@click.option("--minutes", type=float, default=10.0, show_default=True, help="Length of the sound.")
@click.option("--kind", type=click.Choice(_KINDS), default=_KINDS[0], show_default=True)
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option("--threads", type=int, default=os.cpu_count() or 1, show_default=True)
@click.option("--batch", multiple=True, type=int, default=(8,), show_default=True)
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--systems", default=",".join(SYSTEMS), show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=RESULTS, help="For the results.")
def bench(**given: Any) -> None:
    """Measure every system in turn and write down what came out."""
    choice = Choice(**given)
    kind = programmes.KINDS[choice.kind]
    sound = programmes.write(
        kind, choice.minutes, WORK / "sound" / f"{kind.name}-{choice.minutes:g}min.opus"
    )
    for name in choice.weights:
        folder = _DEMO if name == "demo" else shapes.make(name, WORK / "weights")
        for size in choice.batch:
            ask = Ask(
                system="",
                weights=str(folder),
                sound=str(sound),
                languages=kind.languages,
                threads=choice.threads,
                batch=size,
                device=choice.device,
                is_random=name != "demo",
            )
            called = _name(name, choice, size)
            kept = f"{called}-{choice.threads}t-batch{size}-{_digest(folder)}"
            systems = tuple(choice.systems.split(","))
            _compare(called, Grid(kept, ask, systems, choice.rounds), choice.out)


def _name(weights: str, choice: Choice, batch: int) -> str:
    """What tells one comparison from another, and nothing about the machine."""
    where = "" if choice.device == "cpu" else f"-{choice.device}-batch{batch}"
    return f"{weights}-{choice.kind}-{choice.minutes:g}min{where}"


def _digest(folder: Path) -> str:
    return files.digest_file(folder / "model.bin")[:8]


def _compare(called: str, grid: Grid, out: Path) -> None:
    ask = grid.ask
    try:
        cells = [*grid.cells(lambda text: click.echo(text, err=True))]
    except rounds.FailedError as error:
        raise click.ClickException(str(error)) from error
    sound_s = sum(len(block) for block in media.blocks(Path(ask.sound))) / RATE
    found = table.rows(cells, sound_s)
    order = {name: at for at, name in enumerate(grid.systems)}
    results = Results(
        name=called,
        weights=Path(ask.weights).name if ask.is_random else "demo",
        sound=Path(ask.sound).name,
        sound_s=sound_s,
        languages=ask.languages,
        device=ask.device,
        processor=platform.machine(),
        processors=os.cpu_count() or 0,
        threads=ask.threads,
        batch=ask.batch,
        python=platform.python_version(),
        releases=rounds.releases(),
        rows=tuple(sorted(found, key=lambda row: order[row.system])),
    )
    text = "\n".join(table.lines(results)) + "\n"
    click.echo(text)
    told = msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n"
    files.replace(out / f"{called}.json", told)
    files.replace(out / f"{called}.md", text.encode())
    files.replace(out / f"{called}.svg", table.picture(results).encode())


if __name__ == "__main__":
    sys.exit(bench())
