"""How far cues come and go from where a reference has them."""

from __future__ import annotations

from bisect import bisect_left
from statistics import median
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.timeline import Cue

_SAME_MS: Final = 300  # two cuts no further apart are the same cut


class CueTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Medians of the distance to the nearest start and end; None where a side has no cues."""

    cues: int
    reference_cues: int
    start_ms: float | None
    end_ms: float | None
    same_start: float | None  # share of the reference's starts that are met


def cue_times(reference: Sequence[Cue], cues: Sequence[Cue]) -> CueTimes:
    """Compare two tracks of the same recording, however differently they are cut."""
    starts = _distances([cue.start_ms for cue in reference], [cue.start_ms for cue in cues])
    ends = _distances([cue.end_ms for cue in reference], [cue.end_ms for cue in cues])
    met = sum(distance <= _SAME_MS for distance in starts)
    return CueTimes(
        cues=len(cues),
        reference_cues=len(reference),
        start_ms=median(starts) if starts else None,
        end_ms=median(ends) if ends else None,
        same_start=met / len(starts) if starts else None,
    )


def _distances(wanted: Sequence[int], found: Sequence[int]) -> list[int]:
    """From each wanted time to the nearest found one."""
    if not found:
        return []
    found = sorted(found)
    distances = []
    for at_ms in wanted:
        index = bisect_left(found, at_ms)
        distances.append(min(abs(near - at_ms) for near in found[max(index - 1, 0) : index + 1]))
    return distances
