"""Free memory goes back to the system, or to the next thread."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

import pytest

# Blocks of 64 kB, every second one freed: what is freed lies between what is in use.
BEGIN = """
import threading
from pipeline.core import heap
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
held = []
def fill():
    held.extend(bytearray(64_000) for _ in range(3_000))
    del held[::2]
"""
GIVE_BACK = """
fill()
before = resident()
heap.give_back()
print(before - resident())
"""
USE_AGAIN = """
filling = threading.Thread(target=fill)
filling.start()
filling.join()
before = resident()
more = [bytearray(64_000) for _ in range(1_500)]
print(resident() - before)
"""


_TUNING = ("MALLOC_", "GLIBC_TUNABLES")
glibc_only = pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="glibc's"
)


def _said(*script: str) -> int:
    run = [sys.executable, "-c", "".join([BEGIN, *script])]
    env = {name: value for name, value in os.environ.items() if not name.startswith(_TUNING)}
    return int(subprocess.run(run, capture_output=True, text=True, check=True, env=env).stdout)


@glibc_only
def test_what_is_free_between_what_is_in_use_goes_back():
    assert _said(GIVE_BACK) > 50_000_000


@glibc_only
def test_what_one_thread_has_freed_another_uses():
    assert _said(USE_AGAIN) > 50_000_000, "else there is nothing to mend"
    assert _said("heap.share()", USE_AGAIN) < 10_000_000
