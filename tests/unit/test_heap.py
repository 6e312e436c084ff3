"""Free memory goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Blocks of 64 kB, every second one freed: what is freed lies between what is in use.
SCRIPT = """
from pipeline.core import heap
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
held = [bytearray(64_000) for _ in range(3_000)]
del held[::2]
before = resident()
heap.give_back()
print(before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_what_is_free_between_what_is_in_use_goes_back():
    run = [sys.executable, "-c", SCRIPT]
    given = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert int(given) > 50_000_000
