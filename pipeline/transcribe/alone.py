"""Short stretches to hear by themselves: are there words, or was a sentence gone on with in music?

A recogniser that hears a whole sentence goes on with it over music that begins after it, as sure of
these words as of the others; that music alone tells it nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.core.timeline import Sound
from pipeline.transcribe import cutting
from pipeline.transcribe.listening import ONSET_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.engines import Heard
    from pipeline.transcribe.chunks import Chunk, Stretch

_BEFORE_MS: Final = 500  # of a pause that is listened to


def short(chunk: Chunk, heard: Heard, listen: Callable[[int, int], Sound]) -> list[int]:
    """Which stretches of a chunk have words that may be none.

    Args:
        chunk: what was heard at once.
        heard: what was heard in it; times are the chunk's.
        listen: says what is heard between two times of the recording; it is only asked for what
            lies before the chunk's end, which was heard when the chunk was made.
    """
    return [
        at
        for at, (start, end) in enumerate(cutting.speech(chunk))
        if _may_be_music(chunk.stretches[at], listen)
        and any(word.start_ms < end and start < word.end_ms for word in heard.words)
    ]


def _may_be_music(stretch: Stretch, listen: Callable[[int, int], Sound]) -> bool:
    """Whether it is short and begins where it is not silent."""
    if stretch.is_doubtful:
        return True
    at, pause_ms = stretch.span.start_ms, min(stretch.pause_ms, _BEFORE_MS)
    is_short = stretch.span.duration_ms <= ONSET_MS
    return is_short and pause_ms > 0 and listen(at - pause_ms, at) is not Sound.SILENCE
