"""Times as an alignment gives them, made into words that can stand one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.core.timeline import Word

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHORTEST_WORD_MS: Final = 20  # one step of the alignment


def settled(timed: Sequence[tuple[int, int, str, float]], length_ms: int) -> tuple[Word, ...]:
    """Words in order and without overlap inside a chunk, each at least one step long."""
    words = []
    least = max(1, min(_SHORTEST_WORD_MS, length_ms // max(1, len(timed))))
    before = 0
    for at, (start, end, text, probability) in enumerate(timed):
        room = length_ms - least * (len(timed) - at)
        begins = min(max(start, before), room)
        before = min(max(end, begins + least), room + least)
        words.append(
            Word(
                start_ms=begins, end_ms=before, text=text, probability=round(float(probability), 4)
            )
        )
    return tuple(words)
