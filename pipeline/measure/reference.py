"""Reference files: words as they were truly spoken, and tracks cut by someone who knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core import reading
from pipeline.core.errors import InputError
from pipeline.core.payloads import Segments, Transcript
from pipeline.core.timeline import Item, Phrase, Turn, Word, equal_parts
from pipeline.measure.words import SpokenWord

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.core.timeline import Cue

_PAUSE_MS: Final = 1_500  # a longer one ends a phrase
_HINT: Final = "JSON is needed: a list of {start_ms, end_ms, text, language, speaker}"


@dataclass(frozen=True, slots=True)
class Reference:
    """What is known to be right; either part may be missing."""

    words: tuple[SpokenWord, ...] = ()
    tracks: dict[str, tuple[Cue, ...]] = field(default_factory=dict)


def parse_words(data: bytes, name: str) -> tuple[SpokenWord, ...]:
    """The words of a reference: JSON, a list of {start_ms, end_ms, text, language, speaker}.

    Raises:
        InputError: it is something else; says where.
    """
    try:
        words = msgspec.json.decode(data, type=list[SpokenWord])
    except reading.NOT_JSON as error:
        message = f"{name}: not a list of words: {error}"
        raise InputError(message, hint=_HINT) from error
    for number, word in enumerate(words):
        if not 0 <= word.start_ms < word.end_ms:
            message = f"{name}: word {number + 1} ({word.text}) ends before it starts"
            raise InputError(message, hint="correct its times")
    return tuple(sorted(words, key=lambda word: word.start_ms))


def from_cues(cues: Sequence[Cue]) -> tuple[SpokenWord, ...]:
    """The words of a track, each with its share of its cue's time, in no particular language."""
    words = []
    for cue in cues:
        texts = " ".join(cue.lines).split()
        times = equal_parts(cue.start_ms, cue.end_ms, len(texts))
        for text, (start, end) in zip(texts, times, strict=True):
            words.append(SpokenWord(start_ms=start, end_ms=end, text=text, language=""))
    return tuple(words)


def as_transcript(words: Sequence[SpokenWord]) -> tuple[Transcript, Segments]:
    """A reference's words as the stages would hand them on: phrases and turns, one item."""
    phrases = []
    turns = []
    for group in _phrases(words):
        heard = tuple(
            Word(start_ms=word.start_ms, end_ms=word.end_ms, text=word.text) for word in group
        )
        start_ms, end_ms = group[0].start_ms, max(word.end_ms for word in group)
        language, speaker = group[0].language, group[0].speaker
        phrases.append(Phrase(start_ms=start_ms, end_ms=end_ms, language=language, words=heard))
        turns.append(Turn(start_ms=start_ms, end_ms=end_ms, speaker=speaker))
    end_ms = max((phrase.end_ms for phrase in phrases), default=1)
    return (
        Transcript(duration_ms=end_ms, lines=tuple(phrases)),
        Segments(turns=tuple(turns), items=(Item(start_ms=0, end_ms=end_ms),)),
    )


def _phrases(words: Sequence[SpokenWord]) -> Iterator[list[SpokenWord]]:
    """Words of one speaker and language without a long pause."""
    group: list[SpokenWord] = []
    for word in words:
        if group and (
            (word.language, word.speaker) != (group[-1].language, group[-1].speaker)
            or word.start_ms - group[-1].end_ms > _PAUSE_MS
        ):
            yield group
            group = []
        group.append(word)
    if group:
        yield group
