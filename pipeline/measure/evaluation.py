"""Everything that can be said of one recording's result when reference files are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pipeline.core.workspace import ORIGINAL
from pipeline.measure import cer, coverage, languages, times, wer, word_times
from pipeline.measure.cer import CharacterErrors
from pipeline.measure.chrf import chrf, spread
from pipeline.measure.languages import LanguageErrors
from pipeline.measure.reference import from_cues
from pipeline.measure.times import CueTimes
from pipeline.measure.wer import WordErrors
from pipeline.measure.word_times import WordTimes
from pipeline.measure.words import SpokenWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.payloads import Transcript
    from pipeline.core.timeline import Cue
    from pipeline.measure.reference import Reference


class Recognition(msgspec.Struct, frozen=True, kw_only=True):
    """How well the words were heard; from a track alone, languages and times are not known."""

    errors: dict[str, WordErrors]  # by language of the reference
    characters: dict[str, CharacterErrors]
    languages: LanguageErrors | None
    times: WordTimes | None
    invented: tuple[SpokenWord, ...]  # where nobody speaks
    covered: float | None  # share of the reference's words with a cue on screen


class TrackScore(msgspec.Struct, frozen=True, kw_only=True):
    """How near a track is to the reference's."""

    chrf: float
    times: CueTimes


def recognition(
    right: Reference, transcript: Transcript, cues: Sequence[Cue]
) -> Recognition | None:
    """Compare what was recognised with a reference: its words, or those of its track as spoken."""
    wanted = right.words or from_cues(right.tracks.get(ORIGINAL, ()))
    if not wanted:
        return None
    heard = spoken_words(transcript)
    pairs = wer.paired(wanted, heard)
    is_exact = bool(right.words)
    return Recognition(
        errors=wer.errors_of(pairs),
        characters=cer.character_errors(pairs),
        languages=languages.language_errors(wanted, transcript.phrases) if is_exact else None,
        times=word_times.word_times(pairs) if is_exact else None,
        invented=tuple(coverage.invented(wanted, heard)),
        covered=coverage.covered(wanted, cues),
    )


def track_score(reference: Sequence[Cue], cues: Sequence[Cue]) -> TrackScore:
    """Compare one track with the reference's: its text however cut, and its times."""
    words = [word for cue in cues for line in cue.lines for word in line.split()]
    return TrackScore(chrf=text_score(reference, words), times=times.cue_times(reference, cues))


def text_score(reference: Sequence[Cue], words: Sequence[str]) -> float:
    """The chrF of words against the text of a reference track, cue by cue."""
    texts = [" ".join(cue.lines) for cue in reference]
    return chrf(spread(words, texts), texts)


def spoken_words(transcript: Transcript) -> list[SpokenWord]:
    """The words of a transcript, each with the language of its phrase."""
    return [
        SpokenWord(
            start_ms=word.start_ms, end_ms=word.end_ms, text=word.text, language=phrase.language
        )
        for phrase in transcript.phrases
        for word in phrase.words
    ]
