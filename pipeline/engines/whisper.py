"""Whisper weights through faster-whisper, without its file loops.

faster-whisper's own paths take a whole file, drop every guard when they batch, and choose one
language or any of a hundred. Its model calls are used here one by one: encode once, ask for the
language among the allowed ones, generate, align with the chunk's own number of frames.
Nothing is sampled at random, and what a chunk gives does not depend on what else is in its batch.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pipeline.core.errors import MissingError
from pipeline.engines import Encoded, Heard, calling, devices, tags
from pipeline.engines.halving import Room
from pipeline.engines.loading import loading
from pipeline.engines.searching import CAREFUL, LENGTH_PENALTY, Decoding
from pipeline.engines.wording import settled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from ctranslate2.models import WhisperGenerationResult
    from faster_whisper.tokenizer import Tokenizer

    from pipeline.core.decoding import Samples
    from pipeline.core.timeline import Word
    from pipeline.engines.weights import Weights

    Values = npt.NDArray[np.float32]

_Thing = TypeVar("_Thing")

NAME: Final = "faster-whisper"
_FRAME_MS: Final = 20  # of the encoder's output
_PER_FRAME: Final = 2  # of its input
_FULL_TOKENS: Final = 220  # CTranslate2 stops at 224
_PREPENDED: Final = "\"'“¿([{-"  # the library's lists
_APPENDED: Final = "\"'.。,，!！?？:：”)]}、"


class Whisper:
    """One set of weights. Building it loads them; one serves many recordings."""

    def __init__(
        self,
        weights: Weights,
        decoding: Decoding | None = None,
        *,
        device: str = "auto",
        threads: int = 0,
    ) -> None:
        """Load the weights in `weights.folder`; `threads` 0 takes every physical core.

        Raises:
            MissingError: a part of the weights is missing or damaged.
            EngineError: they do not fit into memory, or the device is not there.
        """
        self.identity = weights.identity
        self._decoding = decoding or Decoding()
        self._model = _load(weights.folder, devices.chosen(device), threads)
        self._tokenizers: dict[str, Tokenizer] = {}
        self._told: set[str] = set()  # languages that it was said are not known
        self._encoding, self._asking, self._searching, self._careful = (Room() for _ in range(4))

    def encode(self, chunks: Sequence[Samples]) -> list[Encoded]:
        """Chunks of at most 30 s, each encoded once for all that follows."""
        from faster_whisper.audio import pad_or_trim

        features = [self._model.feature_extractor(chunk)[..., :-1] for chunk in chunks]
        given = [pad_or_trim(each) for each in features]
        made = [
            one
            for some in self._few(given)
            for one in self._encoding.in_halves(self._encoded, some)
        ]
        return [Encoded(one, each.shape[-1]) for one, each in zip(made, features, strict=True)]

    def _few(self, things: Sequence[_Thing], on_cpu: int = 1) -> list[Sequence[_Thing]]:
        """What is given to one call: on a CPU so many, elsewhere all."""
        size = on_cpu if self._model.model.device == "cpu" else len(things)
        return [things[begin : begin + size] for begin in range(0, len(things), max(1, size))]

    def _encoded(self, features: Sequence[Values]) -> list[Values]:
        import ctranslate2
        import numpy as np

        with calling.engine_errors():
            view = ctranslate2.StorageView.from_array(np.ascontiguousarray(np.stack(features)))
            return list(np.array(self._model.model.encode(view, to_cpu=True)))

    def languages(
        self, encoded: Sequence[Encoded], allowed: Sequence[str]
    ) -> list[dict[str, float]]:
        """For each chunk how likely each allowed language is; the sum is 1.

        Raises:
            MissingError: the weights know none of the allowed languages.
        """
        known = [language for language in allowed if self._knows(language)]
        if not known:
            raise MissingError(
                f"the weights {self.identity} know none of the languages {', '.join(allowed)}",
                hint="give other weights with --asr, or other languages in the info file",
            )
        tags.tell_unknown(set(allowed).difference(known), self._told)
        if len(known) == 1 or not encoded:
            return [tags.shares(dict.fromkeys(known, 1.0), allowed) for _ in encoded]
        found = [
            each
            for some in self._few(encoded)
            for each in self._asking.in_halves(self._detected, some)
        ]
        tokens = {f"<|{tags.code(language)}|>": language for language in reversed(known)}
        return [
            tags.shares({tokens[name]: share for name, share in each if name in tokens}, allowed)
            for each in found
        ]

    def _detected(self, encoded: Sequence[Encoded]) -> list[list[tuple[str, float]]]:
        with calling.engine_errors():
            found: list[list[tuple[str, float]]] = self._model.model.detect_language(
                calling.view(encoded)
            )
        return found

    def languages_within(
        self, encoded: Encoded, spans: Sequence[tuple[int, int]], allowed: Sequence[str]
    ) -> list[dict[str, float]]:
        """The same for parts of one chunk, each from its own share of the encoder's frames."""
        last = encoded.frames // _PER_FRAME
        found: dict[int, dict[str, float]] = {}
        by_length: dict[int, list[tuple[int, Encoded]]] = {}
        for at, (start_ms, end_ms) in enumerate(spans):
            start = min(start_ms // _FRAME_MS, last - 1)
            values = encoded.values[start : max(start + 1, min(-(-end_ms // _FRAME_MS), last))]
            by_length.setdefault(len(values), []).append((at, Encoded(values, encoded.frames)))
        for row in by_length.values():
            shares = self.languages([part for _, part in row], allowed)
            found.update({at: each for (at, _), each in zip(row, shares, strict=True)})
        return [found[at] for at in range(len(spans))]

    def transcribe(
        self,
        encoded: Sequence[Encoded],
        language: str,
        hotwords: str = "",
        *,
        careful: bool = False,
    ) -> list[Heard]:
        """The words of each chunk, all in one language."""

        def work(some: Sequence[Encoded]) -> list[Heard]:
            return self._transcribed(some, language, hotwords, careful=careful)

        size = calling.searched(encoded[0].values.shape[-1]) if encoded else 0
        room = self._careful if careful else self._searching
        return [heard for some in self._few(encoded, size) for heard in room.in_halves(work, some)]

    def _transcribed(
        self, encoded: Sequence[Encoded], language: str, hotwords: str, *, careful: bool
    ) -> list[Heard]:
        from faster_whisper.transcribe import get_suppressed_tokens

        tokenizer = self._tokenizer(language)
        prompt = self._model.get_prompt(
            tokenizer, [], without_timestamps=True, hotwords=hotwords or None
        )
        chosen = CAREFUL if careful else self._decoding
        with calling.engine_errors():
            view = calling.view(encoded)
            results = self._model.model.generate(
                view,
                [prompt] * len(encoded),
                beam_size=chosen.beam,
                patience=chosen.patience,
                length_penalty=LENGTH_PENALTY,
                repetition_penalty=chosen.repetition_penalty,
                no_repeat_ngram_size=chosen.unrepeated,
                max_length=self._model.max_length,
                sampling_temperature=0,
                return_scores=True,
                return_no_speech_prob=True,
                suppress_blank=True,
                suppress_tokens=list(get_suppressed_tokens(tokenizer, [-1])),
            )
            tokens = [
                [token for token in each.sequences_ids[0] if token < tokenizer.eot]
                for each in results
            ]
            aligned = self._align(encoded, tokens, tokenizer)
        return [
            self._heard(result, row, words, tokenizer)
            for result, row, words in zip(results, tokens, aligned, strict=True)
        ]

    def _align(
        self, encoded: Sequence[Encoded], tokens: Sequence[list[int]], tokenizer: Tokenizer
    ) -> list[tuple[Word, ...]]:
        """The words of each chunk in time; a chunk without text is not asked about."""
        from faster_whisper.transcribe import merge_punctuations

        spoken = [at for at, row in enumerate(tokens) if row and encoded[at].frames >= _PER_FRAME]
        words: list[tuple[Word, ...]] = [() for _ in tokens]
        found = [
            alignment
            for some in self._few(spoken)
            for alignment in self._model.find_alignment(
                tokenizer,
                [tokens[at] for at in some],
                calling.view([encoded[at] for at in some]),
                [encoded[at].frames for at in some],  # with the padded 3000, words move by seconds
            )
        ]
        for at, alignment in zip(spoken, found, strict=True):
            merge_punctuations(alignment, _PREPENDED, _APPENDED)
            timed = [
                (round(each["start"] * 1000), round(each["end"] * 1000), text, each["probability"])
                for each in alignment
                if (text := each["word"].strip())
            ]
            words[at] = settled(timed, encoded[at].frames * 10)
        return words

    def _heard(
        self,
        result: WhisperGenerationResult,
        tokens: list[int],
        words: tuple[Word, ...],
        tokenizer: Tokenizer,
    ) -> Heard:
        length = len(result.sequences_ids[0])
        # the mean over no token at all is no number
        total = result.scores[0] * length**LENGTH_PENALTY if length else 0.0
        return Heard(
            text=tokenizer.decode(tokens).strip(),
            words=words,
            log_probability=round(total / (length + 1), 4),
            no_speech=round(result.no_speech_prob, 4),
            is_full=length >= _FULL_TOKENS,
        )

    def _knows(self, language: str) -> bool:
        code = tags.code(language)
        if not self._model.model.is_multilingual:
            return code == "en"
        known: int | None = self._model.hf_tokenizer.token_to_id(f"<|{code}|>")
        return known is not None and code in self._model.supported_languages

    def _tokenizer(self, language: str) -> Tokenizer:
        from faster_whisper.tokenizer import Tokenizer

        code = tags.code(language)
        if code not in self._tokenizers:
            self._tokenizers[code] = Tokenizer(
                self._model.hf_tokenizer,
                self._model.model.is_multilingual,
                task="transcribe",
                language=code,
            )
        return self._tokenizers[code]


def libraries() -> dict[str, str]:
    """The releases at work, for people to read beside a result."""
    return {name: version(name) for name in ("faster-whisper", "ctranslate2", "onnxruntime", "av")}


def _load(folder: Path, device: str, threads: int) -> Any:  # noqa: ANN401 - as above
    from faster_whisper import WhisperModel

    with loading(
        folder,
        if_too_big="take smaller ones: --asr small",
        if_damaged="check them with: marathon models verify",
    ):
        return WhisperModel(
            str(folder),
            device=device,
            compute_type=devices.number_format(device),
            cpu_threads=threads or devices.physical_cores(),
            local_files_only=True,
        )
