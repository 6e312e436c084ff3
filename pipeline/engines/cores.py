"""How many threads an engine is given."""

from __future__ import annotations

import os
from pathlib import Path


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
