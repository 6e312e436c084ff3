"""Which language is spoken when, over a whole programme."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pipeline.core.timeline import NO_TURN
from pipeline.core.turns import TurnTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.core.timeline import Phrase, Turn

_LEAST_MS: Final = 5_000  # less than that between two stretches of one language is part of them
_PAUSE_MS: Final = 10_000  # after a longer one, the same language begins anew


@dataclass(frozen=True, slots=True)
class Spoken:
    """A stretch in which one language is spoken."""

    start_ms: int
    end_ms: int
    language: str


def timeline(phrases: Iterable[Phrase]) -> list[Spoken]:
    """The stretches of one language in order; a word or two in another does not end one."""
    found: list[Spoken] = []
    for phrase in phrases:
        found.append(Spoken(phrase.start_ms, phrase.end_ms, phrase.language))
        _join(found)
        if len(found) > 2 and _is_aside(*found[-3:]):  # noqa: PLR2004 - it and its neighbours
            found[-3:] = [replace(found[-3], end_ms=found[-1].end_ms)]
    return found


def of_turns(turns: Sequence[Turn], phrases: Iterable[Phrase]) -> list[str]:
    """The language that is mostly spoken in each turn; "" where it has no words."""
    table = TurnTable(turns)
    spoken: list[dict[str, int]] = [{} for _ in turns]
    for phrase in phrases:
        for word in phrase.words:
            turn = table.at((word.start_ms + word.end_ms) // 2)
            if turn != NO_TURN:
                before_ms = spoken[turn].get(phrase.language, 0)
                spoken[turn][phrase.language] = before_ms + word.duration_ms
    return [max(found, key=lambda tag: found[tag], default="") for found in spoken]


def _join(found: list[Spoken]) -> None:
    """Make one of the last two where they are one."""
    if len(found) > 1:
        before, last = found[-2:]
        if before.language == last.language and last.start_ms - before.end_ms < _PAUSE_MS:
            found[-2:] = [replace(before, end_ms=last.end_ms)]


def _is_aside(before: Spoken, aside: Spoken, after: Spoken) -> bool:
    is_near = after.start_ms - before.end_ms < _PAUSE_MS
    return (
        is_near and before.language == after.language and aside.end_ms - aside.start_ms < _LEAST_MS
    )
