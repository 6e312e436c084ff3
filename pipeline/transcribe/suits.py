"""What suits the weights at hand: what their card says, or what suits Whisper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.engines import LONGEST_MS

if TYPE_CHECKING:
    from pipeline.engines.weights import Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """How speech is found, cut and judged: what the weights' card says, or what suits Whisper."""

    longest_ms: int = LONGEST_MS
    voice_threshold: float = 0.5
    no_speech: float = 0.6
    log_probability: float = -1.0
    hotwords: bool = True


def listening(found: Weights) -> Listening:
    """What suits these weights."""
    usual, card = Listening(), found.card
    if card is None:
        return usual
    return Listening(
        longest_ms=min(usual.longest_ms, card.longest_chunk_ms or usual.longest_ms),
        voice_threshold=_first(card.voice_threshold, usual.voice_threshold),
        no_speech=_first(card.no_speech_threshold, usual.no_speech),
        log_probability=_first(card.log_probability_threshold, usual.log_probability),
        hotwords=card.hotwords,
    )


def _first(said: float | None, usual: float) -> float:
    return usual if said is None else said
