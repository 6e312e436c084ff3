"""What of the speech is there in a result, and what is there without speech."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core.timeline import Phrase, Sound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.payloads import Transcript
    from pipeline.core.timeline import Cue
    from pipeline.measure.words import SpokenWord

SPEECH: Final = "speech"
_AWAY_MS: Final = 1_000  # a word this far from all speech is invented, not misplaced


class Accounting(msgspec.Struct, frozen=True, kw_only=True):
    """What a transcript says of each millisecond; what it says nothing of is `unlisted_ms`."""

    duration_ms: int
    heard_ms: dict[str, int]  # speech with words, and each kind of sound without

    @property
    def unlisted_ms(self) -> int:
        """None, if the transcript keeps its promise."""
        return self.duration_ms - sum(self.heard_ms.values())


def accounting(transcript: Transcript) -> Accounting:
    """How much is speech with words, and what is heard in the rest."""
    heard = {SPEECH: 0, **{sound.value: 0 for sound in Sound}}
    for line in transcript.lines:
        heard[SPEECH if isinstance(line, Phrase) else line.sound.value] += line.duration_ms
    return Accounting(duration_ms=transcript.duration_ms, heard_ms=heard)


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
