"""Voices that another program told apart, from an RTTM file."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from pipeline.core import reading
from pipeline.core.errors import InputError, UsageError
from pipeline.measure import rttm
from pipeline.segment.voicing import Voicing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.measure.rttm import Stretch
    from pipeline.segment.pieces import Piece


def voicing(
    pieces: Sequence[Piece], stretches: Sequence[Stretch]
) -> tuple[Voicing, tuple[str, ...]]:
    """For each piece, in time order, who speaks most of it, and what the file calls each voice."""
    labels: dict[str, int] = {}
    numbers = []
    coming = deque(sorted(stretches, key=lambda one: one.start_ms))
    near: list[Stretch] = []  # those that have begun and may still be heard
    for piece in pieces:
        near = [one for one in near if one.end_ms > piece.start_ms]
        while coming and coming[0].start_ms < piece.end_ms:
            near.append(coming.popleft())
        shared: dict[str, int] = {}
        for one in near:
            together = min(piece.end_ms, one.end_ms) - max(piece.start_ms, one.start_ms)
            if together > 0:
                shared[one.speaker] = shared.get(one.speaker, 0) + together
        best = max(shared, key=shared.__getitem__, default="")
        numbers.append(labels.setdefault(best, len(labels) + 1) if best else 0)
    return Voicing(tuple(numbers)), tuple(labels)


def load(path: Path, recording: Path) -> tuple[Stretch, ...]:
    """What an RTTM file says of a recording.

    Raises:
        UsageError: there is no such file.
        InputError: it cannot be read, or is of another recording.
    """
    return rttm.for_recording(rttm.parse(read(path), str(path)), recording.stem, str(path))


def read(path: Path) -> bytes:
    """The bytes of a file named as `rttm:FILE`.

    Raises:
        UsageError: there is no such file.
        InputError: it cannot be read.
    """
    try:
        return reading.regular(path)
    except FileNotFoundError as error:
        message = f"{path}: no such file"
        hint = "check the name after rttm:, or choose another --embedder"
        raise UsageError(message, hint=hint) from error
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise InputError(message, hint="give an RTTM file after rttm:") from error
