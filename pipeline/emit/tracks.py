"""What is said in each track: transcript and translations as stretches of words to lay out."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.core.timeline import NO_TURN, Gap, Sound
from pipeline.core.turns import TurnTable, languages
from pipeline.emit.interpreted import BOTH, Interpreted
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


class _Line(NamedTuple):
    """A sentence as a track shows it: in which language, which words, and where it belongs."""

    sentence: TranslatedSentence
    language: str
    words: tuple[Word, ...]
    place: _Place

    @property
    def is_translated(self) -> bool:
        """Whether it is shown by its translation."""
        return self.language != self.sentence.language


class Programme:
    """Where the borders are that no cue crosses, of items, of turns, of music; what is left out."""

    def __init__(self, transcript: Transcript, segments: Segments, interpreted: str = BOTH) -> None:
        self._transcript = transcript
        self._segments = segments
        self._choice = interpreted
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
        out = self._interpreted.left_out()
        said = (
            (self._place(word.start_ms, word.end_ms, phrase.language), Part((word,)))
            for phrase in self._transcript.phrases
            for word in phrase.words
        )
        return self._script(
            (place, part)
            for place, part in said
            if place.turn not in out and not self._is_beneath(place.turn, place.language)
        )

    def translated(self, translation: Translation) -> Script:
        """Translated sentences in the target language, the others as they were spoken."""
        lines = self._lines(translation)
        turned = {line.place.turn for line in lines if line.is_translated}
        out = self._interpreted.left_out(translation.target, turned)
        return self._script(
            (line.place, Part(line.words)) for line in lines if line.place.turn not in out
        )

    def in_two_languages(self, translation: Translation, source: str) -> Script:
        """Sentences spoken in `source` with their translation beneath, the others alone.

        What an interpreter or the other one also said in the target language has none beneath.
        """
        lines = self._lines(translation)
        turned = {
            line.place.turn
            for line in lines
            if line.is_translated and line.sentence.language != source
        }
        out = self._interpreted.left_out(translation.target, turned)
        own = self._interpreted.also_said_in(translation.target)
        said = []
        for line in lines:
            if line.place.turn in out:
                continue
            if not line.is_translated or line.sentence.language != source:
                said.append((line.place, Part(line.words)))
            elif line.place.turn in own:
                said.append((line.place._replace(language=source), Part(line.sentence.words)))
            else:
                place = line.place._replace(language=source, beneath=line.language)
                said.append((place, Part(line.sentence.words, line.words)))
        return self._script(said)

    def speaker(self, at_ms: int) -> str:
        """Who speaks at a time, as far as is known."""
        return self._turns.speaker(self._turns.at(at_ms))

    @cached_property
    def _interpreted(self) -> Interpreted:
        turns = self._segments.turns
        return Interpreted(turns, languages(turns, self._transcript.phrases), self._choice)

    def _is_beneath(self, turn: int, language: str) -> bool:
        return self._interpreted.is_beneath(turn, language)

    def _script(self, said: Iterable[tuple[_Place, Part]]) -> Script:
        stretches, items = [], []
        scenes: dict[tuple[int, int], int] = {}
        for place, parts in groupby(said, key=lambda one: one[0]):
            stretch = Stretch(
                tuple(part for _, part in parts),
                place.language,
                self._turns.speaker(place.turn),
                place.beneath,
                scene=scenes.setdefault((place.item, place.after_music), len(scenes)),
                is_interpreter=self._is_interpreting(place.turn),
            )
            stretches.append(stretch)
            items.append(place.item)
        return Script(tuple(stretches), tuple(items))

    def _is_interpreting(self, turn: int) -> bool:
        return turn != NO_TURN and self._turns.turns[turn].interprets != NO_TURN

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Where no words are."""
        return tuple(line for line in self._transcript.lines if isinstance(line, Gap))

    def _lines(self, translation: Translation) -> list[_Line]:
        lines = []
        for sentence in translation.sentences:
            language, words = _shown(sentence, translation.target)
            place = self._sentence(sentence, language)
            if not self._is_beneath(place.turn, sentence.language):
                lines.append(_Line(sentence, language, words, place))
        return lines

    def _sentence(self, sentence: TranslatedSentence, language: str) -> _Place:
        """Where a sentence belongs; its turn is that of its words, which are of one turn.

        In its middle somebody else may be heard, where turns overlap.
        """
        place = self._place(sentence.start_ms, sentence.end_ms, language)
        if not sentence.words:
            return place
        first = sentence.words[0]
        return place._replace(turn=self._turns.at((first.start_ms + first.end_ms) // 2))

    def _place(self, start_ms: int, end_ms: int, language: str) -> _Place:
        """Where something said belongs, judged by its middle."""
        middle_ms = (start_ms + end_ms) // 2
        return _Place(
            language=language,
            item=self.item(middle_ms),
            turn=self._turns.at(middle_ms),
            after_music=bisect_right(self._music, middle_ms),
        )

    def item(self, at_ms: int) -> int:
        """The index of the programme item at a time."""
        index = bisect_right(self._item_starts, at_ms) - 1
        return index if index >= 0 and at_ms < self._items[index].end_ms else NO_ITEM


def _shown(sentence: TranslatedSentence, target: str) -> tuple[str, tuple[Word, ...]]:
    """What a sentence is shown as: its first hypothesis that says anything, else as spoken."""
    for hypothesis in sentence.hypotheses:
        if hypothesis.words:
            return target, hypothesis.words
    return sentence.language, sentence.words
