"""Where an engine runs, with what numbers, on how many threads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from pipeline.engines import gpu

_WORKERS: Final = 2  # each takes memory of its own
_FORMATS: Final = {"cpu": "int8", "cuda": "float16"}


def chosen(wanted: str) -> str:
    """The device for `wanted`: cpu, cuda, or auto for whichever is there."""
    if wanted == "auto":
        return "cuda" if gpu.is_usable() else "cpu"
    return wanted


def number_format(device: str) -> str:
    """What CTranslate2 computes in on a device."""
    return _FORMATS[device]


def workers(device: str, threads: int = 0) -> tuple[int, int]:
    """How many calls an engine takes at a time, and on how many threads each.

    Args:
        device: as `chosen` gives it.
        threads: of all calls together; 0 takes every physical core. An odd one is left to decoding
            and looking for speech, which go on meanwhile.
    """
    threads = threads or physical_cores()
    count = min(_WORKERS, threads) if device == "cpu" else 1
    return count, threads // count


def physical_cores() -> int:
    """How many cores this process may use; two threads of one core only get in each other's way."""
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    cores = set()
    for cpu in os.sched_getaffinity(0):
        siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        try:
            cores.add(siblings.read_text("ascii").strip())
        except OSError:
            cores.add(str(cpu))
    return max(1, len(cores))
