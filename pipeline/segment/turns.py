"""Turns: stretches of one speaker, as far as voices, pauses, languages and items tell."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from pipeline.core.timeline import Turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipeline.core.timeline import Item, Phrase, Word


class _Place(NamedTuple):
    """What words of one turn have in common."""

    item: int
    language: str
    voice: int


def turns(
    phrases: Iterable[Phrase],
    items: Sequence[Item],
    *,
    pause_ms: int,
    voices: Sequence[int] = (),
    names: Mapping[int, str] | None = None,
) -> tuple[Turn, ...]:
    """Turns in time order over all words; none crosses an item's border or a change of language.

    The speaker is who the voice belongs to; where voices were not told apart, the one that the item
    names; where it names several or none, nobody.

    Args:
        phrases: the transcript's, in time order.
        items: the programme's, in time order; without any, it is not looked at.
        pause_ms: a pause that ends a turn.
        voices: for each word the number of its voice; none where they were not told apart.
        names: of voices, by number.
    """
    found: list[Turn] = []
    open_at: _Place | None = None
    for word, place in _words(phrases, items, voices):
        last = found[-1] if found else None
        if last is None or open_at != place or word.start_ms - last.end_ms >= pause_ms:
            speaker = (names or {}).get(place.voice, "")
            if not place.voice and items:
                speaker = _speaker(items[place.item])
            found.append(_turn(word.start_ms, word.end_ms, speaker, place.voice))
        elif word.end_ms > last.end_ms:
            found[-1] = _turn(last.start_ms, word.end_ms, last.speaker, last.voice)
        open_at = place
    return tuple(found)


def _turn(start_ms: int, end_ms: int, speaker: str, voice: int) -> Turn:
    return Turn(start_ms=start_ms, end_ms=end_ms, speaker=speaker, voice=voice)


def _words(
    phrases: Iterable[Phrase], items: Sequence[Item], voices: Sequence[int]
) -> Iterator[tuple[Word, _Place]]:
    starts = [item.start_ms for item in items]
    at = 0
    for phrase in phrases:
        for word in phrase.words:
            middle_ms = (word.start_ms + word.end_ms) // 2
            item = max(bisect_right(starts, middle_ms) - 1, 0)
            yield word, _Place(item, phrase.language, voices[at] if voices else 0)
            at += 1


def _speaker(item: Item) -> str:
    return item.speakers[0] if len(item.speakers) == 1 else ""
