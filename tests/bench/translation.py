"""Translation side by side: ours, Argos Translate's own function and the floor, on one package.

    python -m tests.bench.translation                  the demo grammar's sentences
    python -m tests.bench.translation texts            the lines of texts/*.ru

Speed, start and memory are measured with random weights of the true shape, quality with the demo
package. Every cell has a process of its own and is kept as soon as it is measured: a second start
does only what is missing, as long as the code is the same. Nothing is compared with a limit here
that could fail.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import msgspec

from pipeline.core import files
from pipeline.measure.chrf import chrf, spread
from tests.bench import (
    clocked,
    filling,
    rounds,
    translation_figures,
    translation_table,
    translation_text,
    translation_weights,
    translation_worker,
)
from tests.bench.rounds import PEERS, ROOT, WORK, FailedError
from tests.bench.translation_figures import Quality, Results, Start, Whole
from tests.bench.translation_worker import Ask, Cell

RESULTS: Final = Path(__file__).parent / "results"
_FOLDER: Final = WORK / "translation"
_HYPOTHESES: Final = 4
_TIMED: Final = (  # name, system, units, hypotheses
    ("Argos, full cues", "peer", "cues", 1),
    ("Argos, cues of one sentence", "peer", "own cues", 1),
    ("Argos, whole text", "peer whole", "lines", 1),
    ("ours, 1 kept", "ours", "cues", 1),
    ("ours, 4 kept", "ours", "cues", _HYPOTHESES),
    ("floor, 1 kept", "floor", "cues", 1),
    ("floor, 4 kept", "floor", "cues", _HYPOTHESES),
)
_JUDGED: Final = (
    ("Argos, sentence by sentence", "peer", "lines"),
    ("Argos, full cues", "peer", "cues"),
    ("Argos, whole text", "peer whole", "lines"),
    ("ours, from sentences", "ours", "lines"),
    ("ours, from full cues", "ours", "cues"),
)
_CODE: Final = ("core", "engines", "programme", "translate")

Units = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Programmes:
    """Four hours for each package."""

    random: Units
    demo: Units


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What is measured, and how often."""

    threads: int
    rounds: int
    say: Callable[[str], object]

    def timed(self, package: Path, units: Units) -> Iterator[tuple[int, str, Cell]]:
        """Every system in turn, each round beginning with another one."""
        for number in range(self.rounds):
            turn = number % len(_TIMED)
            for name, system, cut, hypotheses in (*_TIMED[turn:], *_TIMED[:turn]):
                ask = self._ask(system, package, units[cut], hypotheses)
                if (cell := self._cell(f"{name}, round {number + 1}", ask)) is not None:
                    yield number, name, cell

    def starts(self, package: Path) -> Iterator[Start]:
        """From the start of a process to its first text."""
        for number in range(self.rounds):
            for name, system in (("ours", "ours"), ("Argos", "peer")):
                ask = self._ask(system, package, (), _HYPOTHESES)
                before = _children_s()
                try:
                    _, seconds = _run(ask, ["first"])
                except FailedError as error:
                    self.say(f"{name}: {error}")
                    continue
                self.say(f"start of {name}, round {number + 1}: {seconds:.2f} s")
                yield Start(name=name, seconds=seconds, cpu_s=_children_s() - before)

    def whole(self, name: str, package: Path, units: Units) -> Iterator[Whole]:
        """A programme of hours, by ours."""
        ask = self._ask("ours", package, units["cues"], _HYPOTHESES)
        cell = self._cell(f"{len(units['cues'])} cues, {name}", ask)
        if cell is not None:
            yield translation_figures.whole(name, len(units["cues"]), cell)

    def quality(self, package: Path) -> Iterator[Quality]:
        """Every way on the held-out sentences, whose translation is known."""
        pairs = translation_text.held_out()
        units = _units([russian for russian, _ in pairs])
        references = [english for _, english in pairs]
        for name, system, cut in _JUDGED:
            ask = self._ask(system, package, units[cut], _HYPOTHESES)
            if (cell := self._cell(f"quality of {name}", ask)) is not None:
                words = " ".join(cell.texts).split()
                score = chrf(spread(words, references), references)
                yield Quality(name=name, strings=len(units[cut]), chrf=round(score, 2))

    def _ask(self, system: str, package: Path, units: tuple[str, ...], hypotheses: int) -> Ask:
        return Ask(
            system=system,
            package=str(package),
            threads=self.threads,
            units=units,
            hypotheses=hypotheses,
        )

    def _cell(self, name: str, ask: Ask) -> Cell | None:
        """What was measured before under this name, or is measured now; None where it fails."""
        asked = files.digest(msgspec.json.encode(ask) + name.encode())[:16]
        path = WORK / "cells" / f"translation-{_digest(Path(ask.package))}" / f"{asked}.json"
        if not path.is_file():
            try:
                said, _ = _run(ask, [])
            except FailedError as error:
                self.say(f"{name}: {error}")
                return None
            files.replace(path, said)
        cell = msgspec.json.decode(path.read_bytes(), type=Cell)
        self.say(f"{name:40}{cell.seconds:9.1f} s")
        return cell


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--lines", default=300, show_default=True, help="Of text, for the speed.")
@click.option("--whole", default=3_000, show_default=True, help="Lines, for the memory.")
@click.option("--rounds", "times", type=click.IntRange(1), default=3, show_default=True)
@click.option("--threads", type=int, default=os.cpu_count() or 1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=RESULTS, help="For the results.")
def main(folder: Path | None, lines: int, whole: int, times: int, threads: int, out: Path) -> None:
    """Measure every way to translate in turn and write down what came out."""
    try:
        spoken = _units(translation_text.lines(folder, lines))
        programme = _units(translation_text.lines(folder, whole))
        demo_programme = _units(translation_text.lines(None, whole))
    except (OSError, ValueError) as error:
        raise click.UsageError(str(error)) from error
    named = "the demo grammar" if folder is None else ", ".join(_names(folder))
    bench = Bench(threads=threads, rounds=times, say=lambda text: click.echo(text, err=True))
    results = _measured(bench, named, spoken, _Programmes(programme, demo_programme))
    text = "\n".join(translation_table.lines(results)) + "\n"
    click.echo(text)
    told = msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n"
    files.replace(out / "translation.json", told)
    files.replace(out / "translation.md", text.encode())


def _measured(bench: Bench, named: str, spoken: Units, programmes: _Programmes) -> Results:
    random = _random_package(programmes.random["lines"])
    demo = translation_weights.demo(_FOLDER / "demo")
    return Results(
        text=named,
        lines=len(spoken["lines"]),
        letters=sum(map(len, spoken["lines"])),
        cues=len(spoken["cues"]),
        processor=platform.machine(),
        processors=os.cpu_count() or 0,
        threads=bench.threads,
        python=platform.python_version(),
        releases=_releases(),
        rows=translation_figures.rows([*bench.timed(random, spoken)]),
        starts=translation_figures.medians([*bench.starts(random)]),
        wholes=(
            *bench.whole("random weights", random, programmes.random),
            *bench.whole("demo package", demo, programmes.demo),
        ),
        quality=(*bench.quality(demo),),
    )


def _random_package(lines: tuple[str, ...]) -> Path:
    """Made anew where the text or the recipe is another."""
    recipe = [Path(module.__file__).read_bytes() for module in (translation_weights, filling)]
    kept = files.digest(b"".join(["\n".join(lines).encode(), *recipe]))[:8]
    return translation_weights.make(lines, _FOLDER / f"random-{kept}")


def _units(spoken: list[str]) -> Units:
    return {
        "lines": tuple(spoken),
        "cues": tuple(translation_text.cues(spoken)),
        "own cues": tuple(translation_text.own_cues(spoken)),
    }


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.ru"))


def _children_s() -> float:
    """What the processors did for all processes that ended."""
    times = os.times()
    return times.children_user + times.children_system


def _run(ask: Ask, arguments: list[str]) -> tuple[bytes, float]:
    """What a process of its own says, and after how many seconds the first line was there.

    Raises:
        FailedError: it did not come to its end.
    """
    python = PEERS if ask.system.startswith("peer") else Path(sys.executable)
    if not python.exists():
        raise FailedError("Argos Translate is not there: make bench-setup")
    with (_FOLDER / "errors.txt").open("w+b") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(python), "-m", "tests.bench.translation_worker", *arguments],
            cwd=ROOT,
            env=_environment(ask),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        with process:
            assert process.stdin is not None  # both are pipes
            assert process.stdout is not None
            process.stdin.write(msgspec.json.encode(ask))
            process.stdin.close()
            line = process.stdout.readline()
            seconds = time.perf_counter() - began
            said = line + process.stdout.read()
        if process.returncode:
            errors.seek(0)
            told = errors.read()[-2_000:].decode(errors="replace")
            raise FailedError(f"{ask.system}: {told}")
    return said, seconds


def _environment(ask: Ask) -> dict[str, str]:
    """Everything of Argos' in a folder of ours; the same threads for all."""
    others = {key: value for key, value in os.environ.items() if not key.startswith("ARGOS")}
    homes = {f"XDG_{kind}_HOME": str(_FOLDER / kind) for kind in ("DATA", "CONFIG", "CACHE")}
    return (
        others
        | homes
        | {
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": str(ask.threads),
            "ARGOS_PACKAGES_DIR": str(Path(ask.package).parent),
            "ARGOS_INTER_THREADS": "1",
            "ARGOS_INTRA_THREADS": str(ask.threads),
        }
    )


def _releases() -> dict[str, str]:
    names = ("argostranslate", "ctranslate2", "sentencepiece", "onnxruntime", "numpy")
    return rounds.found(Path(sys.executable), names) | rounds.found(PEERS, ("stanza", "torch"))


def _digest(package: Path) -> str:
    """Of the code that translates, of what measures it and of the package."""
    folders = [ROOT / "pipeline" / name for name in _CODE]
    paths = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    paths += [Path(module.__file__) for module in (translation_text, translation_worker, clocked)]
    paths += [package / "model" / "model.bin", package / "sentencepiece.model"]
    return files.digest(b"".join(path.read_bytes() for path in paths))[:8]


if __name__ == "__main__":
    sys.exit(main())
