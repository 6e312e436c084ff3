"""What of the speech is there in a result, and what is there without speech."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.timeline import Cue
    from pipeline.measure.words import SpokenWord

_AWAY_MS: Final = 1_000  # a word this far from all speech is invented, not misplaced


def covered(reference: Sequence[SpokenWord], cues: Sequence[Cue]) -> float | None:
    """The share of the reference's words with a cue on screen at their middle."""
    if not reference:
        return None
    in_order = sorted(cues, key=lambda cue: cue.start_ms)
    starts = [cue.start_ms for cue in in_order]
    until = [0, *accumulate((cue.end_ms for cue in in_order), max)]
    shown = sum(until[bisect_right(starts, word.middle_ms)] > word.middle_ms for word in reference)
    return shown / len(reference)


def invented(reference: Sequence[SpokenWord], hypothesis: Sequence[SpokenWord]) -> list[SpokenWord]:
    """Words where nobody speaks: in music, noise or silence, a second or more from any speech."""
    starts = sorted(word.start_ms for word in reference)
    ends = sorted(word.end_ms for word in reference)
    return [
        word
        for word in hypothesis
        # no spoken word begins before this one is over and ends after it has begun
        if bisect_left(starts, word.end_ms + _AWAY_MS)
        == bisect_right(ends, word.start_ms - _AWAY_MS)
    ]
