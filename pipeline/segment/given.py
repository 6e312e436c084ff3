"""Voices that another program told apart, from an RTTM file."""

from __future__ import annotations

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
    """For each piece the voice that speaks most of it, and what the file calls each voice."""
    labels: dict[str, int] = {}
    numbers = []
    ordered = sorted(stretches, key=lambda one: one.start_ms)
    begin = 0
    longest_ms = max((one.end_ms - one.start_ms for one in ordered), default=0)
    for piece in pieces:
        while begin < len(ordered) and ordered[begin].start_ms < piece.start_ms - longest_ms:
            begin += 1
        shared: dict[str, int] = {}
        for one in ordered[begin:]:
            if one.start_ms >= piece.end_ms:
                break
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
    try:
        data = reading.regular(path)
    except FileNotFoundError as error:
        message = f"{path}: no such file"
        raise UsageError(message, hint="check the name after rttm:") from error
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise InputError(message, hint="give an RTTM file after rttm:") from error
    return rttm.for_recording(rttm.parse(data, str(path)), recording.stem, str(path))
