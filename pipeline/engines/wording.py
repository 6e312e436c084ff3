"""What the engine answers, as values: its text, and words that can stand one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pipeline.core.timeline import Word
from pipeline.engines import Heard
from pipeline.engines.searching import LENGTH_PENALTY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ctranslate2.models import WhisperGenerationResult

_SHORTEST_WORD_MS: Final = 20  # one step of the alignment
_FULL_TOKENS: Final = 220  # CTranslate2 stops at 224
_PREPENDED: Final = "\"'“¿([{-"  # the library's lists
_APPENDED: Final = "\"'.。,，!！?？:：”)]}、"


def text_tokens(result: WhisperGenerationResult, end: int) -> list[int]:
    """The tokens that are text: those before `end`, the number that ends one."""
    return [token for token in result.sequences_ids[0] if token < end]


def heard(result: WhisperGenerationResult, text: str, words: tuple[Word, ...]) -> Heard:
    """An answer with its text and its words."""
    return Heard(
        text=text.strip(),
        words=words,
        log_probability=round(log_probability(result), 4),
        no_speech=round(result.no_speech_prob, 4),
        is_full=len(result.sequences_ids[0]) >= _FULL_TOKENS,
    )


def log_probability(result: WhisperGenerationResult) -> float:
    """The mean per token, the one that ends the text among them."""
    length = len(result.sequences_ids[0])
    # the mean over no token at all is no number
    total = result.scores[0] * length**LENGTH_PENALTY if length else 0.0
    return total / (length + 1)


def words(alignment: list[dict[str, Any]], length_ms: int) -> tuple[Word, ...]:
    """The words of a chunk of `length_ms`, as the library aligned them; it is changed."""
    from faster_whisper.transcribe import merge_punctuations

    merge_punctuations(alignment, _PREPENDED, _APPENDED)
    timed = [
        (round(each["start"] * 1000), round(each["end"] * 1000), text, each["probability"])
        for each in alignment
        if (text := each["word"].strip())
    ]
    return settled(timed, length_ms)


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
