"""Argos Translate packages, driven through CTranslate2 in true batches.

`argostranslate.package` gives the tokenizer. `argostranslate.translate` is never imported: it needs
torch, stanza and spacy, and sends one sentence at a time.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

from pipeline.core.errors import EngineError, MissingError
from pipeline.engines import argos_home, gpu
from pipeline.engines.loading import loading
from pipeline.engines.weights import Weights

log = logging.getLogger(__name__)

NAME: Final = "argos"
LONGEST_TOKENS: Final = 250  # the smallest position table met so far ends at 256
_LONGEST_OUTPUT: Final = 256
_BATCH_TOKENS: Final = 1024
_LENGTH_PENALTY: Final = 0.2  # Argos' own
_MISSING_HINT: Final = "fetch it again with: marathon models pull"

Hypotheses = list[tuple[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How the engine searches; all of it decides the result."""

    beam: int = 4
    hypotheses: int = 4


class Argos:
    """One installed package. Building it loads the weights; one serves many recordings."""

    def __init__(
        self, weights: Weights, decoding: Decoding | None = None, device: str = "auto"
    ) -> None:
        """Load the package in `weights.folder`.

        Raises:
            MissingError: a part of the package is missing or damaged.
            EngineError: the weights do not fit into memory.
        """
        self.identity = weights.identity
        self._decoding = decoding or Decoding()
        library = argos_home.library()
        try:
            self._package: Any = library.Package(weights.folder)
            self._tokenizer: Any = self._package.tokenizer
            self._tokenizer.encode("a")
        except (OSError, ValueError, AttributeError, ImportError, RuntimeError) as error:
            message = f"{weights.folder} is not a whole Argos package: {error}"
            raise MissingError(message, hint=_MISSING_HINT) from error
        self._translator = _load(weights, device)

    def tokens(self, sentence: str) -> int:
        """How many tokens the package makes of a sentence."""
        return len(self._encode(sentence))

    @property
    def setting(self) -> str:
        """All that decides a result besides the weights."""
        device, kind = self._translator.device, self._translator.compute_type
        return f"{device} {kind} beam={self._decoding.beam} hypotheses={self._decoding.hypotheses}"

    def translate(
        self, sentences: Sequence[str], *, beginnings: Sequence[str] | None = None
    ) -> list[Hypotheses]:
        """Up to `hypotheses` texts per sentence, best first, each with its mean log-probability.

        A sentence that the engine cannot take has none; the others are not touched by it.

        Raises:
            EngineError: the engine fails on every sentence.
        """
        tokens = [self._encode(sentence) for sentence in sentences]
        begun = [self._encode(each) for each in beginnings or [""] * len(sentences)]
        found: list[Hypotheses] = [[] for _ in sentences]
        usable = [at for at, row in enumerate(tokens) if 0 < len(row) <= LONGEST_TOKENS]
        usable.sort(key=lambda at: (len(tokens[at]), at), reverse=True)
        failures: list[Exception] = []
        waiting = [usable] if usable else []
        while waiting:
            group = waiting.pop()
            try:
                results = self._batch([tokens[at] for at in group], [begun[at] for at in group])
            except (RuntimeError, ValueError, LookupError, MemoryError) as error:
                if len(group) > 1:
                    middle = len(group) // 2
                    waiting += [group[middle:], group[:middle]]
                    continue
                failures.append(error)
                log.warning("the translation engine fails on a sentence: %s", error)
                continue
            for at, result in zip(group, results, strict=True):
                found[at] = self._texts(result)
        if failures and len(failures) == len(usable):
            message = f"the translation engine gave up: {failures[0]}"
            hint = "try --device cpu, or close other programs if memory ran out"
            raise EngineError(message, hint=hint) from failures[0]
        return found

    def _encode(self, sentence: str) -> list[str]:
        try:
            return list(self._tokenizer.encode(sentence))
        except (ValueError, RuntimeError) as error:  # half a surrogate pair, for example
            log.warning("the tokenizer fails on a sentence: %s", error)
            return []

    def _batch(self, rows: list[list[str]], begun: list[list[str]]) -> list[Any]:
        prefix = self._package.target_prefix
        first = [prefix] if prefix else []
        results: list[Any] = self._translator.translate_batch(
            rows,
            target_prefix=[[*first, *each] for each in begun] if first or any(begun) else None,
            max_batch_size=_BATCH_TOKENS,
            batch_type="tokens",
            beam_size=max(self._decoding.beam, self._decoding.hypotheses),
            num_hypotheses=self._decoding.hypotheses,
            length_penalty=_LENGTH_PENALTY,
            max_input_length=0,
            max_decoding_length=_LONGEST_OUTPUT,
            replace_unknowns=True,
            return_scores=True,
        )
        return results

    def _texts(self, result: Any) -> Hypotheses:  # noqa: ANN401 - CTranslate2 has no types
        texts: dict[str, float] = {}
        for pieces, score in zip(result.hypotheses, result.scores, strict=True):
            text = self._tokenizer.decode(pieces).strip()
            text = text.removeprefix(self._package.target_prefix or "").strip()
            mean = score * len(pieces) ** _LENGTH_PENALTY / (len(pieces) + 1)
            if text:
                texts.setdefault(text, round(mean, 4))
        return list(texts.items())


def libraries() -> dict[str, str]:
    """The releases at work, for people to read beside a result."""
    return {name: version(name) for name in ("argostranslate", "ctranslate2", "sentencepiece")}


def _load(weights: Weights, device: str) -> Any:  # noqa: ANN401 - CTranslate2 has no types
    import ctranslate2

    if device == "auto":
        device = "cuda" if gpu.is_usable() else "cpu"
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    too_big = "close other programs, or try --device cpu"
    with loading(weights.folder, if_too_big=too_big, if_damaged=_MISSING_HINT):
        return ctranslate2.Translator(
            str(weights.folder / "model"),
            device=device,
            compute_type="int8" if device == "cpu" else "auto",
            inter_threads=max(1, (threads or 1) // 2),
            intra_threads=min(2, threads or 1),
        )
