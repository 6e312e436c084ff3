"""Turns: stretches of one speaker, as far as pauses, languages and items tell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from pipeline.core.timeline import Item, Phrase, Turn, Word


def turns(phrases: Iterable[Phrase], items: Sequence[Item], *, pause_ms: int) -> tuple[Turn, ...]:
    """Turns in time order over all words; none crosses an item's border or a change of language.

    The speaker is the one that the item names; where it names several or none, nobody.
    """
    found: list[Turn] = []
    open_key: tuple[int, str] | None = None
    for word, item, language in _words(phrases, items):
        last = found[-1] if found else None
        if last is None or open_key != (item, language) or word.start_ms - last.end_ms >= pause_ms:
            speaker = _speaker(items[item]) if items else ""
            found.append(Turn(start_ms=word.start_ms, end_ms=word.end_ms, speaker=speaker))
        elif word.end_ms > last.end_ms:
            found[-1] = Turn(start_ms=last.start_ms, end_ms=word.end_ms, speaker=last.speaker)
        open_key = (item, language)
    return tuple(found)


def _words(phrases: Iterable[Phrase], items: Sequence[Item]) -> Iterator[tuple[Word, int, str]]:
    starts = [item.start_ms for item in items]
    for phrase in phrases:
        for word in phrase.words:
            middle_ms = (word.start_ms + word.end_ms) // 2
            yield word, max(bisect_right(starts, middle_ms) - 1, 0), phrase.language


def _speaker(item: Item) -> str:
    return item.speakers[0] if len(item.speakers) == 1 else ""
