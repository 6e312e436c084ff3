"""Whisper's own translate task: from sound straight into English, with no transcript between.

It knows no glossary and drops or merges sentences at the ends of what it hears, so it serves as a
second opinion and as nothing else. The recording is gone through once; of its sound only the spans
at hand are kept. Each costs an encoder pass of 30 s, however short it is.
"""

from __future__ import annotations

import heapq
import logging
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from pipeline.core.errors import EngineError, MissingError
from pipeline.core.language import base
from pipeline.core.media import PER_MS
from pipeline.engines import LONGEST_MS, calling, tags, wording
from pipeline.engines.argos_packages import OtherLanguagesError
from pipeline.engines.searching import LENGTH_PENALTY
from pipeline.engines.whisper import Whisper

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ctranslate2.models import WhisperGenerationResult
    from faster_whisper.tokenizer import Tokenizer

    from pipeline.core.decoding import Samples
    from pipeline.engines import Encoded
    from pipeline.engines.weights import Weights

log = logging.getLogger(__name__)

TARGET: Final = "en"

# Their decoders were trained, or trained again after they were cut down, on transcripts alone
# (OpenAI's discussion 2363 on turbo; the cards of Distil-Whisper and of the English-only sizes).
_TRANSCRIBES_ONLY: Final = re.compile(r"turbo|distil|[.-]en$", re.IGNORECASE)
_HINT: Final = "give weights that were: --second-opinion small, medium or large-v3"
_SHORTEST: Final = 100 * PER_MS  # samples; less holds no word
_BATCH: Final = 8  # spans whose sound is held at once
_DOUBTFUL: Final = -1.0  # mean log-probability of a token; Whisper's own limit for a failed search


@dataclass(frozen=True, slots=True)
class Spoken:
    """A stretch of a recording and the language that is spoken there."""

    start_ms: int
    end_ms: int
    language: str


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """A span, or a part of one that is too long to be heard at once; `owner` numbers the spans."""

    start_ms: int
    end_ms: int
    owner: int


def check(weights: Weights, target: str) -> None:
    """See from the names of weights whether they can give an opinion; nothing is loaded.

    Raises:
        OtherLanguagesError: `target` is not English.
        MissingError: they were not trained to translate.
    """
    if base(target) != TARGET:
        raise OtherLanguagesError(
            f"Whisper translates into English only, not into {target}",
            hint="give the folder of a translation package: --second-opinion FOLDER",
        )
    names = [weights.identity.partition("@")[0], weights.folder.name]
    if any(_TRANSCRIBES_ONLY.search(name) for name in names + _named(weights)):
        raise _untrained(weights)


class Translating(Whisper):
    """One set of weights. Building it loads them; one serves many recordings."""

    def __init__(self, weights: Weights, device: str = "auto", *, threads: int = 0) -> None:
        """Load the weights in `weights.folder`; `threads` 0 takes every physical core.

        Raises:
            MissingError: a part of them is missing or damaged, or they cannot translate.
            EngineError: they do not fit into memory, or the device is not there.
        """
        check(weights, TARGET)
        super().__init__(weights, device=device, threads=threads)
        known = self._model.hf_tokenizer.token_to_id("<|translate|>")
        if known is None or not self._model.model.is_multilingual:
            raise _untrained(weights)
        card = weights.card
        longest_ms = card.longest_chunk_ms if card else None
        self._longest_ms = min(LONGEST_MS, longest_ms or LONGEST_MS)
        said = card.log_probability_threshold if card else None
        self._doubtful = _DOUBTFUL if said is None else said

    def texts(self, blocks: Iterable[Samples], spans: Sequence[Spoken]) -> list[str]:
        """What each span says, in English; "" where the engine fails, or is all but guessing.

        Args:
            blocks: the recording's sound from its beginning, in order; read no further than needed.
            spans: in any order; they may overlap. One of over 30 s is heard in equal parts.

        Raises:
            EngineError: the engine fails on every span.
        """
        known = {each.language: self._knows(each.language) for each in spans}
        tags.tell_unknown({language for language, knows in known.items() if not knows}, set())
        owned = [(at, each) for at, each in enumerate(spans) if known[each.language]]
        found: dict[int, list[tuple[Piece, str | None]]] = {}
        for some in _batches(cut(blocks, pieces(owned, self._longest_ms))):
            languages = [spans[piece.owner].language for piece, _ in some]
            said = self._said([sound for _, sound in some], languages)
            for (piece, _), text in zip(some, said, strict=True):
                found.setdefault(piece.owner, []).append((piece, text))
        heard = [text for row in found.values() for _, text in row]
        if heard and all(text is None for text in heard):
            raise EngineError(
                "the speech engine fails on every sentence",
                hint="try --device cpu, smaller weights, or no --second-opinion",
            )
        return [_joined(found.get(at, [])) for at in range(len(spans))]

    def _said(self, sounds: Sequence[Samples], languages: Sequence[str]) -> list[str | None]:
        """The text of each; None for one that the engine fails on, which the others are spared."""
        try:
            encoded = self.encode(sounds)
            size = calling.searched(encoded[0].values.shape[-1], self._workers)
            rows = list(zip(encoded, languages, strict=True))
            return self._each(partial(self._searching.in_halves, self._searched), rows, size)
        except EngineError as error:
            if len(sounds) == 1:
                log.warning("no second opinion on a sentence: %s", error.message)
                return [None]
            return [
                text
                for sound, language in zip(sounds, languages, strict=True)
                for text in self._said([sound], [language])
            ]

    def _searched(self, rows: Sequence[tuple[Encoded, str]]) -> list[str | None]:
        from faster_whisper.transcribe import get_suppressed_tokens

        tokenizers = [self._tokenizer(language) for _, language in rows]
        with calling.engine_errors():
            results = self._model.model.generate(
                calling.view([encoded for encoded, _ in rows]),
                [self._model.get_prompt(each, [], without_timestamps=True) for each in tokenizers],
                beam_size=self._decoding.beam,
                patience=self._decoding.patience,
                length_penalty=LENGTH_PENALTY,
                max_length=self._model.max_length,
                sampling_temperature=0,
                return_scores=True,
                suppress_blank=True,
                suppress_tokens=list(get_suppressed_tokens(tokenizers[0], [-1])),
            )
        return [
            self._text(result, tokenizer)
            for result, tokenizer in zip(results, tokenizers, strict=True)
        ]

    def _text(self, result: WhisperGenerationResult, tokenizer: Tokenizer) -> str:
        if wording.log_probability(result) < self._doubtful:
            return ""
        text: str = tokenizer.decode(wording.text_tokens(result, tokenizer.eot))
        return text.strip()

    def _tokenizer(self, language: str) -> Tokenizer:
        from faster_whisper.tokenizer import Tokenizer

        code = tags.code(language)
        if code not in self._tokenizers:
            self._tokenizers[code] = Tokenizer(
                self._model.hf_tokenizer, multilingual=True, task="translate", language=code
            )
        return self._tokenizers[code]


def pieces(spans: Iterable[tuple[int, Spoken]], longest_ms: int) -> Iterator[Piece]:
    """Numbered spans in order of time, those too long in as few equal parts as will do.

    Equal ones, because a second that is left over says nothing by itself. They are made as they
    are asked for: a span that claims to last for years costs nothing.
    """
    usable = [(at, span) for at, span in spans if 0 <= span.start_ms < span.end_ms]
    return heapq.merge(*(_parts(at, span, longest_ms) for at, span in usable))


def _parts(owner: int, span: Spoken, longest_ms: int) -> Iterator[Piece]:
    length_ms = span.end_ms - span.start_ms
    count = -(-length_ms // longest_ms)
    for number in range(count):
        start_ms, end_ms = (span.start_ms + length_ms * n // count for n in (number, number + 1))
        yield Piece(start_ms, end_ms, owner)


def cut(blocks: Iterable[Samples], wanted: Iterator[Piece]) -> Iterator[tuple[Piece, Samples]]:
    """The sound of pieces that come in order of time, each as soon as its last block is there.

    What no begun piece needs is let go of. A recording that ends first gives what there is; of
    less than a tenth of a second nothing is given, and no block after the last piece is read.
    """
    import numpy as np

    kept: Samples = np.zeros(0, np.float32)
    kept_from = 0  # the sample at which it begins
    begun: list[Piece] = []
    following = next(wanted, None)

    def sound(piece: Piece) -> Iterator[tuple[Piece, Samples]]:
        samples = kept[piece.start_ms * PER_MS - kept_from : piece.end_ms * PER_MS - kept_from]
        if len(samples) >= _SHORTEST:
            yield piece, samples.copy()

    for block in blocks if following else ():
        kept = np.concatenate([kept, block])
        heard = kept_from + len(kept)
        while following and following.start_ms * PER_MS < heard:
            begun.append(following)
            following = next(wanted, None)
        for piece in begun:
            if piece.end_ms * PER_MS <= heard:
                yield from sound(piece)
        begun = [piece for piece in begun if piece.end_ms * PER_MS > heard]
        if not begun and not following:
            return
        needed = min((piece.start_ms * PER_MS for piece in begun), default=heard)
        kept, kept_from = kept[needed - kept_from :].copy(), needed
    for piece in begun:
        yield from sound(piece)


def _batches(cuts: Iterator[tuple[Piece, Samples]]) -> Iterator[list[tuple[Piece, Samples]]]:
    held: list[tuple[Piece, Samples]] = []
    for each in cuts:
        held.append(each)
        if len(held) == _BATCH:
            yield held
            held = []
    if held:
        yield held


def _joined(row: Sequence[tuple[Piece, str | None]]) -> str:
    """The parts of a span; half an opinion would only seem to be another one, so all or none."""
    if not all(text for _, text in row):
        return ""
    return " ".join(text for _, text in sorted(row) if text)


def _named(weights: Weights) -> list[str]:
    return [weights.card.name] if weights.card else []


def _untrained(weights: Weights) -> MissingError:
    return MissingError(f"the weights {weights.identity} were not trained to translate", hint=_HINT)
