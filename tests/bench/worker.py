"""One measurement in a process of its own: what is asked for on stdin, what was measured on stdout.

Weights are loaded before the clock starts, and memory is counted from there.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Final

import msgspec

from tests.bench import floor, memory_jobs, systems
from tests.bench.clocked import clocked
from tests.bench.systems import Ask, Job

SYSTEMS: Final[dict[str, Callable[[Ask], Job]]] = {
    "floor": floor.floor,
    "ours": systems.ours,
    "batched": systems.batched,
    "sequential": systems.sequential,
    "whisper-ctranslate2": systems.whisper_ctranslate2,
    "stable-ts": systems.stable_ts,
    "silero": memory_jobs.silero,
    "chunking": memory_jobs.chunking,
}


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What one process took; memory in bytes, `loaded` before the job and `peak` while it ran."""

    system: str
    load_s: float
    seconds: float
    cpu_s: float
    loaded: int
    peak: int
    windows: int
    words: int
    silero_s: float = 0.0
    chunking_s: float = 0.0


def measure(ask: Ask) -> Cell:
    """Load, then do the job by the clock."""
    began = time.perf_counter()
    job = SYSTEMS[ask.system](ask)
    load_s = time.perf_counter() - began
    done, cost = clocked(job)
    return Cell(
        system=ask.system,
        load_s=load_s,
        seconds=cost.seconds,
        cpu_s=cost.cpu_s,
        loaded=cost.loaded,
        peak=cost.peak,
        windows=done.windows,
        words=done.words,
        silero_s=done.silero_s,
        chunking_s=done.chunking_s,
    )


def main() -> None:
    """Answer what stdin asks; whatever else a library prints goes to stderr."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    cell = measure(msgspec.json.decode(sys.stdin.buffer.read(), type=Ask))
    answer.write(msgspec.json.encode(cell))
    answer.close()


if __name__ == "__main__":
    main()
