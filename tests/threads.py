"""Runs code in processes of their own that differ in how many threads their libraries take."""

from __future__ import annotations

import os
import subprocess
import sys

_LIMITS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def printed(code: str, threads: str) -> set[str]:
    """What the code prints with each of these numbers of threads."""
    found = set()
    for number in threads:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | dict.fromkeys(_LIMITS, number),
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout)
    return found
