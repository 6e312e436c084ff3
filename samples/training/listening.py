"""Weights at work in faster-whisper itself, fed the way the pipeline feeds its phrases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.core.errors import MissingError
from pipeline.engines import card
from pipeline.engines.devices import physical_cores
from pipeline.measure.words import SpokenWord
from samples.training.check_set import RATE, Stretch, cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

LANGUAGES: Final = ("ru", "es", "en")
_BATCH: Final = 8
_LEAST_CHUNK_MS: Final = 12_500  # what weights without a card are tried with
_BLIP_MS, _MIN_SILENCE_MS, _PAD_MS = 100, 160, 200  # as the pipeline cuts


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch, the language it was taken for and the words in it."""

    stretch: Stretch
    language: str
    words: tuple[SpokenWord, ...]


class Listener:
    """One set of Whisper weights; building it loads them."""

    def __init__(self, folder: Path) -> None:
        """Load the weights in `folder`.

        Raises:
            MissingError: there are none, or they cannot be loaded.
        """
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        if not (folder / "model.bin").is_file():
            hint = "train them with: make demo-weights"
            raise MissingError(f"{folder}: no Whisper weights there", hint=hint)
        known = card.read(folder)
        self.longest_ms = max(_LEAST_CHUNK_MS, (known and known.longest_chunk_ms) or 0)
        self.voice_threshold = (known and known.voice_threshold) or 0.5
        self._model: Any = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=physical_cores()
        )
        self._batched: Any = BatchedInferencePipeline(self._model)

    def speech(self, samples: npt.NDArray[np.float32]) -> list[Stretch]:
        """Where Silero hears somebody speak."""
        from faster_whisper.vad import VadOptions, get_speech_timestamps

        options = VadOptions(
            threshold=self.voice_threshold,
            min_silence_duration_ms=_MIN_SILENCE_MS,
            min_speech_duration_ms=_BLIP_MS,
            speech_pad_ms=_PAD_MS,
            max_speech_duration_s=self.longest_ms / 1000,
        )
        spans = get_speech_timestamps(samples, options)
        return [_stretch(span["start"], span["end"]) for span in spans]

    def languages(
        self, samples: npt.NDArray[np.float32], stretches: Sequence[Stretch]
    ) -> list[str]:
        """The language that each stretch sounds most like."""
        return [self._language(cut(samples, stretch)) for stretch in stretches]

    def hear(
        self,
        samples: npt.NDArray[np.float32],
        stretches: Sequence[Stretch],
        languages: Sequence[str] | None = None,
    ) -> list[Heard]:
        """Each stretch in its language, in order; without any, the one it sounds most like."""
        languages = languages or self.languages(samples, stretches)
        heard: list[Heard] = []
        for language in LANGUAGES:
            chosen = [s for s, found in zip(stretches, languages, strict=True) if found == language]
            heard += self._in_language(samples, chosen, language)
        return sorted(heard, key=lambda one: one.stretch.start_ms)

    def _language(self, samples: npt.NDArray[np.float32]) -> str:
        """The likeliest of our languages; what else the weights know is passed over."""
        _, _, found = self._model.detect_language(audio=samples)
        shares = {tag: share for tag, share in found if tag in LANGUAGES}
        return max(LANGUAGES, key=lambda tag: shares.get(tag, 0.0))

    def _in_language(
        self, samples: npt.NDArray[np.float32], stretches: Sequence[Stretch], language: str
    ) -> Iterable[Heard]:
        if not stretches:
            return []
        clips = [{"start": s.start_ms / 1000, "end": s.end_ms / 1000} for s in stretches]
        segments, _ = self._batched.transcribe(
            samples,
            language=language,
            clip_timestamps=clips,
            beam_size=5,
            temperature=0.0,
            word_timestamps=True,
            batch_size=_BATCH,
        )
        return _by_stretch(list(segments), stretches, language)


def _by_stretch(
    segments: Sequence[Any], stretches: Sequence[Stretch], language: str
) -> Iterable[Heard]:
    """What the library gives back in one row, put to the stretches it was asked for."""
    words: list[list[SpokenWord]] = [[] for _ in stretches]
    starts = [stretch.start_ms // 10 for stretch in stretches]  # the library's `seek`
    for segment in segments:
        owner = min(range(len(starts)), key=lambda at: abs(starts[at] - segment.seek))
        words[owner] += [_word(each, language) for each in segment.words or ()]
    return [
        Heard(stretch, language, tuple(found))
        for stretch, found in zip(stretches, words, strict=True)
    ]


def _word(word: Any, language: str) -> SpokenWord:
    start_ms, end_ms = round(float(word.start) * 1000), round(float(word.end) * 1000)
    return SpokenWord(start_ms=start_ms, end_ms=end_ms, text=word.word.strip(), language=language)


def _stretch(first: int, last: int) -> Stretch:
    per_ms = RATE // 1000
    return Stretch(first // per_ms, last // per_ms)
