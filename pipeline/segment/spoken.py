"""What is known of each turn for finding interpretations: language, item, who may interpret."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.core.language import base
from pipeline.core.timeline import Item, Phrase, Turn
from pipeline.core.turns import TurnTable, languages

_FINISHED: Final = ("?", "!")  # recognisers put a full stop after words that were cut off, too
_NO_ITEM: Final = -1


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn and what is known of it."""

    turn: Turn
    language: str  # "": it has no words
    item: int
    is_interpreter: bool  # by name or voice
    may_interpret: bool
    is_finished: bool  # by its last word


def spoken(
    turns: Sequence[Turn],
    phrases: Sequence[Phrase],
    interpreters: Collection[str],
    voices: Collection[int],
    items: Sequence[Item],
) -> list[Spoken]:
    """What is known of each turn; these in the order of their starts."""
    starts = [item.start_ms for item in items]
    interpreted = [any(name.casefold() in interpreters for name in item.speakers) for item in items]
    finished = _finished(turns, phrases)
    found: list[Spoken] = []
    for turn, language in zip(turns, map(base, languages(turns, phrases)), strict=True):
        middle_ms = (turn.start_ms + turn.end_ms) // 2
        item = bisect_right(starts, middle_ms) - 1
        if item != _NO_ITEM and middle_ms >= items[item].end_ms:
            item = _NO_ITEM
        sure = turn.speaker.casefold() in interpreters or turn.voice in voices
        likely = not turn.speaker and item != _NO_ITEM and interpreted[item]
        may = bool(language) and (sure or likely)
        found.append(Spoken(turn, language, item, sure, may, len(found) in finished))
    return found


def _finished(turns: Sequence[Turn], phrases: Sequence[Phrase]) -> set[int]:
    """Turns of which the last word ends a sentence for certain."""
    table = TurnTable(turns)
    last = {
        table.at((word.start_ms + word.end_ms) // 2): word.text
        for phrase in phrases
        for word in phrase.words
    }
    return {index for index, text in last.items() if text.endswith(_FINISHED)}
