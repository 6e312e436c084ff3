"""What is said in each track: transcript and translations as stretches of words to lay out."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.core.timeline import Gap, Sound
from pipeline.core.turns import TurnTable
from pipeline.subtitles.layout import Part, Stretch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.core.payloads import Segments, Transcript, TranslatedSentence, Translation
    from pipeline.core.timeline import Word

NO_ITEM: Final = -1


@dataclass(frozen=True, slots=True)
class Script:
    """The stretches of one track in time order, and for each the index of its programme item."""

    stretches: tuple[Stretch, ...]
    items: tuple[int, ...]  # NO_ITEM where a stretch belongs to none


class _Place(NamedTuple):
    """What words must have in common to share a cue."""

    language: str
    item: int
    turn: int
    after_music: int  # how many pieces of music came before
    beneath: str = ""


class Programme:
    """Where the borders are that no cue crosses: of items, of turns, of music."""

    def __init__(self, transcript: Transcript, segments: Segments) -> None:
        self._transcript = transcript
        self._items = segments.items
        self._item_starts = [item.start_ms for item in segments.items]
        self._turns = TurnTable(segments.turns)
        self._music = [
            line.start_ms
            for line in transcript.lines
            if isinstance(line, Gap) and line.sound is Sound.MUSIC
        ]

    def as_spoken(self) -> Script:
        """Every word in the language it was spoken in."""
        said = (
            (self._place(word.start_ms, word.end_ms, phrase.language), Part((word,)))
            for phrase in self._transcript.phrases
            for word in phrase.words
        )
        return self._script(said)

    def translated(self, translation: Translation) -> Script:
        """Translated sentences in the target language, the others as they were spoken."""
        return self._script(
            (self._sentence(sentence, language), Part(words))
            for sentence in translation.sentences
            for language, words in [_shown(sentence, translation.target)]
        )

    def in_two_languages(self, translation: Translation, source: str) -> Script:
        """Sentences spoken in `source` with their translation beneath, the others alone."""
        said = []
        for sentence in translation.sentences:
            language, words = _shown(sentence, translation.target)
            if sentence.language == source and language != source:
                place = self._sentence(sentence, source)._replace(beneath=language)
                said.append((place, Part(sentence.words, words)))
            else:
                said.append((self._sentence(sentence, language), Part(words)))
        return self._script(said)

    def _script(self, said: Iterable[tuple[_Place, Part]]) -> Script:
        stretches, items = [], []
        for place, parts in groupby(said, key=lambda one: one[0]):
            speaker = self._turns.speaker(place.turn)
            found = tuple(part for _, part in parts)
            stretches.append(Stretch(found, place.language, speaker, place.beneath))
            items.append(place.item)
        return Script(tuple(stretches), tuple(items))

    def _sentence(self, sentence: TranslatedSentence, language: str) -> _Place:
        return self._place(sentence.start_ms, sentence.end_ms, language)

    def _place(self, start_ms: int, end_ms: int, language: str) -> _Place:
        """Where something said belongs, judged by its middle."""
        middle_ms = (start_ms + end_ms) // 2
        return _Place(
            language=language,
            item=self._item(middle_ms),
            turn=self._turns.at(middle_ms),
            after_music=bisect_right(self._music, middle_ms),
        )

    def _item(self, at_ms: int) -> int:
        index = bisect_right(self._item_starts, at_ms) - 1
        return index if index >= 0 and at_ms < self._items[index].end_ms else NO_ITEM


def _shown(sentence: TranslatedSentence, target: str) -> tuple[str, tuple[Word, ...]]:
    """What a sentence is shown as: its best hypothesis that says anything, else as spoken."""
    for hypothesis in sentence.hypotheses:
        if hypothesis.words:
            return target, hypothesis.words
    return sentence.language, sentence.words
