"""What the stages ask of engines; one file per library beside this one, imported on use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from pipeline.core.timeline import Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.decoding import Samples

LONGEST_MS: Final = 30_000  # of sound, that an engine takes at once


@dataclass(frozen=True, slots=True)
class Encoded:
    """A chunk as the encoder left it: for the engine that made it, and for nobody else."""

    values: Any
    frames: int  # of 10 ms, without the padding


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What one chunk says. Words stand on the chunk's own clock; there may be none.

    `log_probability` is the mean per token; `no_speech` the probability that nobody speaks;
    `is_full` says that the engine reached its limit of tokens, so that words may be missing.
    """

    text: str = ""
    words: tuple[Word, ...] = ()
    log_probability: float = 0.0
    no_speech: float = 0.0
    is_full: bool = False


class Transcriber(Protocol):
    """Speech to words. Building one loads the weights; one serves many recordings."""

    @property
    def identity(self) -> str:
        """The weights at work; part of every transcript's origin."""

    def encode(self, chunks: Sequence[Samples]) -> list[Encoded]:
        """Chunks of at most 30 s, each encoded once for all that follows.

        Raises:
            EngineError: the engine gave up.
        """

    def languages(
        self, encoded: Sequence[Encoded], allowed: Sequence[str]
    ) -> list[dict[str, float]]:
        """For each chunk how likely each allowed language is; the sum is 1."""

    def languages_within(
        self, encoded: Encoded, spans: Sequence[tuple[int, int]], allowed: Sequence[str]
    ) -> list[dict[str, float]]:
        """The same for parts of one chunk, in its own milliseconds; nothing is encoded again."""

    def transcribe(
        self,
        encoded: Sequence[Encoded],
        language: str,
        hotwords: str = "",
        *,
        careful: bool = False,
    ) -> list[Heard]:
        """The words of each chunk, all in one language; a chunk's result is its own affair.

        `careful` searches wider and keeps from repeating: for what went wrong the usual way.
        """


class Translator(Protocol):
    """Sentences to sentences. Building one loads the weights; one serves many recordings."""

    @property
    def identity(self) -> str:
        """The weights at work; part of every translation's origin."""

    @property
    def setting(self) -> str:
        """All that decides a result besides the weights: device, number format, how it searches."""

    def tokens(self, sentence: str) -> int:
        """How many tokens the weights make of a sentence."""

    def translate(
        self, sentences: Sequence[str], *, beginnings: Sequence[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """For each sentence up to a few texts with scores, best first; none if it cannot.

        A score is the mean log-probability of a token. `beginnings`, as many as sentences, are what
        the texts have to begin with; "" leaves it open. What degenerates is searched again with
        care, and text without a letter is its own translation: see `engines.seq2seq`.
        """
