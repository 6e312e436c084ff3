"""Whisper weights through faster-whisper, without its file loops.

faster-whisper's own paths take a whole file, drop every guard when they batch, and choose one
language or any of a hundred. Its model calls are used here one by one: encode once, ask for the
language among the allowed ones, generate, align with the chunk's own number of frames.
Nothing is sampled at random, and what a chunk gives does not depend on what else is in its batch.
"""

from __future__ import annotations

from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from pipeline.core import heap
from pipeline.core.errors import MissingError
from pipeline.engines import Encoded, Heard, calling, devices, tags, wording
from pipeline.engines.halving import Found, Given, Room
from pipeline.engines.loading import loading
from pipeline.engines.searching import CAREFUL, LENGTH_PENALTY, Decoding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from ctranslate2.models import WhisperGenerationResult
    from faster_whisper.tokenizer import Tokenizer

    from pipeline.core.decoding import Samples
    from pipeline.core.timeline import Word
    from pipeline.engines.weights import Weights

    Values = npt.NDArray[np.float32]

NAME: Final = "faster-whisper"
_FRAME_MS: Final = 20  # of the encoder's output
_PER_FRAME: Final = 2  # of its input


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
        device = devices.chosen(device)
        self._workers, each = devices.workers(device, threads)
        self._model = _load(weights.folder, device, self._workers, each)
        self._tokenizers: dict[str, Tokenizer] = {}
        self._told: set[str] = set()  # languages that it was said are not known
        self._encoding, self._asking, self._aligning = Room(), Room(), Room()
        self._searching, self._careful = Room(), Room()

    def encode(self, chunks: Sequence[Samples]) -> list[Encoded]:
        """Chunks of at most 30 s, each encoded once for all that follows."""
        made = self._each(self._with_features, chunks)
        heap.give_back()
        return made

    def _with_features(self, chunks: Sequence[Samples]) -> list[Encoded]:
        from faster_whisper.audio import pad_or_trim

        features = [self._model.feature_extractor(chunk)[..., :-1] for chunk in chunks]
        made = self._encoding.in_halves(self._encoded, [pad_or_trim(each) for each in features])
        return [Encoded(one, each.shape[-1]) for one, each in zip(made, features, strict=True)]

    def _each(
        self,
        work: Callable[[Sequence[Given]], list[Found]],
        things: Sequence[Given],
        most: int = 1,
    ) -> list[Found]:
        """What `work` makes of things: on a CPU of so many at most in a call, elsewhere of all."""
        if self._model.model.device != "cpu":
            return work(things)
        return calling.shared_out(work, things, self._workers, most)

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
        found = self._each(partial(self._asking.in_halves, self._detected), encoded)
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
        tokenizer = self._tokenizer(language)
        prompt = self._model.get_prompt(
            tokenizer, [], without_timestamps=True, hotwords=hotwords or None
        )
        search = partial(self._generated, tokenizer, prompt, CAREFUL if careful else self._decoding)
        room = self._careful if careful else self._searching
        size = calling.searched(encoded[0].values.shape[-1], self._workers) if encoded else 0
        results = self._each(partial(room.in_halves, search), encoded, size)
        rows = [wording.text_tokens(each, tokenizer.eot) for each in results]
        # a chunk without text is not asked about
        spoken = [at for at, row in enumerate(rows) if row and encoded[at].frames >= _PER_FRAME]
        place = partial(self._aligning.in_halves, partial(self._aligned, tokenizer))
        words = dict(
            zip(spoken, self._each(place, [(encoded[at], rows[at]) for at in spoken]), strict=True)
        )
        heap.give_back()
        return [
            wording.heard(result, tokenizer.decode(row), words.get(at, ()))
            for at, (result, row) in enumerate(zip(results, rows, strict=True))
        ]

    def _generated(
        self,
        tokenizer: Tokenizer,
        prompt: list[int],
        chosen: Decoding,
        encoded: Sequence[Encoded],
    ) -> list[WhisperGenerationResult]:
        from faster_whisper.transcribe import get_suppressed_tokens

        with calling.engine_errors():
            found: list[WhisperGenerationResult] = self._model.model.generate(
                calling.view(encoded),
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
        return found

    def _aligned(
        self, tokenizer: Tokenizer, spoken: Sequence[tuple[Encoded, list[int]]]
    ) -> list[tuple[Word, ...]]:
        """The words of each chunk in time."""
        encoded = [each for each, _ in spoken]
        frames = [each.frames for each in encoded]  # with the padded 3000, words move by seconds
        with calling.engine_errors():
            found = self._model.find_alignment(
                tokenizer, [row for _, row in spoken], calling.view(encoded), frames
            )
        return [
            wording.words(alignment, each * 10)
            for alignment, each in zip(found, frames, strict=True)
        ]

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


def _load(folder: Path, device: str, workers: int, threads: int) -> Any:  # noqa: ANN401 - CTranslate2 has no types
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
            cpu_threads=threads,
            num_workers=workers,
            local_files_only=True,
        )
