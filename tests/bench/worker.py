"""One measurement in a process of its own: what is asked for on stdin, what was measured on stdout.

Weights are loaded before the clock starts, and memory is counted from there.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from tests.bench import floor, memory_jobs, systems
from tests.bench.systems import Ask, Done, Job

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
_STATUS: Final = Path("/proc/self/status")
_UNIT: Final = 1 if sys.platform == "darwin" else 1024


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
    gc.collect()
    loaded = _forget_the_peak()
    began, cpu = time.perf_counter(), _cpu_s()
    done: Done = job()
    return Cell(
        system=ask.system,
        load_s=load_s,
        seconds=time.perf_counter() - began,
        cpu_s=_cpu_s() - cpu,
        loaded=loaded,
        peak=_peak(),
        windows=done.windows,
        words=done.words,
        silero_s=done.silero_s,
        chunking_s=done.chunking_s,
    )


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system


def _forget_the_peak() -> int:
    """What is in memory now; where the system can, the peak is counted from here."""
    if not _STATUS.exists():
        return _peak()
    with Path("/proc/self/clear_refs").open("w") as file:
        file.write("5")
    return _from_status("VmRSS")


def _peak() -> int:
    if _STATUS.exists():
        return _from_status("VmHWM")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def _from_status(name: str) -> int:
    lines = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return int(lines[name].split()[0]) * 1024


def main() -> None:
    """Answer what stdin asks; whatever else a library prints goes to stderr."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    cell = measure(msgspec.json.decode(sys.stdin.buffer.read(), type=Ask))
    answer.write(msgspec.json.encode(cell))
    answer.close()


if __name__ == "__main__":
    main()
