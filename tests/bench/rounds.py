"""Rounds: every system in a process of its own, one after another, each round in another order.

Every measurement is kept as soon as it is made; a second start does only what is missing. What is
kept is kept for the code as it was: with changed code all systems are measured anew, in one run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from pipeline.core import files
from tests.bench.systems import Ask
from tests.bench.worker import Cell

ROOT: Final = Path(__file__).parents[2]
WORK: Final = ROOT / ".bench" / "work"
PEERS: Final = ROOT / ".bench" / "venv" / "bin" / "python"  # from `make bench-setup`
SYSTEMS: Final = (
    "floor",
    "ours",
    "batched",
    "sequential",
    "whisper-ctranslate2",
    "stable-ts",
)
_NEEDS_PEERS: Final = frozenset({"whisper-ctranslate2", "stable-ts"})

_RELEASES: Final = """
import json, sys
from importlib.metadata import version
print(json.dumps({name: version(name) for name in sys.argv[1:]}))
"""


class FailedError(Exception):
    """A process did not come to its end."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one comparison, kept in a folder of their own."""

    name: str
    ask: Ask
    systems: tuple[str, ...]
    rounds: int

    def cells(self, say: Callable[[str], object]) -> Iterator[tuple[int, Cell]]:
        """Every cell with its round, measured where that was not done before."""
        for number in range(self.rounds):
            turn = number % len(self.systems)
            for system in (*self.systems[turn:], *self.systems[:turn]):
                asked = msgspec.structs.replace(self.ask, system=system)
                cell = kept(self.name, str(number), asked)
                say(f"round {number + 1}: {system:20}{cell.seconds:9.1f} s")
                yield number, cell


def kept(folder: str, name: str, ask: Ask) -> Cell:
    """What was measured before under this name, or is measured now.

    Raises:
        FailedError: the process did not come to its end.
    """
    path = WORK / "cells" / f"{folder}-{_code()}" / f"{ask.system}-{name}.json"
    if not path.is_file():
        files.replace(path, msgspec.json.encode(measured(ask)))
    return msgspec.json.decode(path.read_bytes(), type=Cell)


def measured(ask: Ask) -> Cell:
    """What a process of its own measures.

    Raises:
        FailedError: it did not come to its end.
    """
    python = PEERS if ask.system in _NEEDS_PEERS else Path(sys.executable)
    if not python.exists():
        raise FailedError(f"{ask.system} is not there: make bench-setup")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": str(ask.threads)}
    done = subprocess.run(
        [str(python), "-m", "tests.bench.worker"],
        cwd=ROOT,
        env=environment,
        input=msgspec.json.encode(ask),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise FailedError(f"{ask.system}: {done.stderr.decode(errors='replace')[-2_000:]}")
    return msgspec.json.decode(done.stdout, type=Cell)


def releases() -> dict[str, str]:
    """What was compared: the releases of the libraries that are there."""
    names = ("faster-whisper", "ctranslate2", "onnxruntime", "av", "numpy")
    peers = ("whisper-ctranslate2", "stable-ts", "torch")
    told: dict[str, str] = {}
    for python, wanted in ((Path(sys.executable), names), (PEERS, peers)):
        told |= found(python, wanted)
    return told


def found(python: Path, names: Sequence[str]) -> dict[str, str]:
    """The releases of what a Python has installed; nothing where it is not there."""
    if not python.exists():
        return {}
    run = [str(python), "-c", _RELEASES, *names]
    said = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    return dict(json.loads(said))


@cache
def _code() -> str:
    """A digest of our own code and of the benchmark's."""
    folders = (ROOT / "pipeline", Path(__file__).parent)
    paths = sorted(path for folder in folders for path in folder.rglob("*.py"))
    return files.digest(b"".join(path.read_bytes() for path in paths))[:8]
