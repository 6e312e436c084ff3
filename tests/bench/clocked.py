"""What a job takes: time, time of processors, and memory, in bytes."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")

_STATUS: Final = Path("/proc/self/status")
_UNIT: Final = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """`loaded` was in memory before the job and `peak` at most while it ran.

    Where the system does not tell what is in memory now, both are the most there ever was.
    """

    seconds: float
    cpu_s: float
    loaded: int
    peak: int


def clocked(job: Callable[[], T]) -> tuple[T, Cost]:
    """What a job gave, and what it took."""
    gc.collect()
    loaded = _forget_the_peak()
    began, cpu = time.perf_counter(), _cpu_s()
    done = job()
    seconds, cpu_s = time.perf_counter() - began, _cpu_s() - cpu
    return done, Cost(seconds=seconds, cpu_s=cpu_s, loaded=loaded, peak=_peak())


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
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def _from_status(name: str) -> int:
    lines = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return int(lines[name].split()[0]) * 1024
