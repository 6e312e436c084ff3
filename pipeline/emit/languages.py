"""Which language is spoken when, over a whole programme."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.core.timeline import Phrase

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
