"""The log of a training: a line of JSON for every few steps, each step once."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.core import files


def go_back(log: Path, step: int) -> None:
    """Make the log end at the checkpoint's `step`: what came after it is done, and told, again.

    Of a step that was told twice the last line stays; a torn line goes.
    """
    try:
        before = log.read_bytes()
    except FileNotFoundError:
        return
    told: dict[int, bytes] = {}
    for line in before.split(b"\n")[:-1]:
        try:
            told[json.loads(line)["step"]] = line
        except (ValueError, TypeError, KeyError):
            continue
    after = b"".join(told[at] + b"\n" for at in sorted(told) if at <= step)
    if after != before:
        files.replace(log, after)
