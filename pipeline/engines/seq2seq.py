"""What engines share whose weights CTranslate2 runs as one encoder and one decoder.

Sentences are searched in batches of similar length, sorted, by several replicas on many cores. What
one sentence becomes is its own affair: how far a search may go depends on its own length, and no
other sentence can fail it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.core.errors import EngineError
from pipeline.engines import batching, cleaning, degenerate, devices
from pipeline.engines.loading import loading

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

LONGEST_TOKENS: Final = 250  # the smallest position table met so far ends at 256
_LIMITS: Final = (64, 128, 256)  # tokens of a text, in few steps so that batches stay full
_LENGTH_PENALTY: Final = 0.2  # Argos' own
_FAILURES: Final = (RuntimeError, ValueError, LookupError, MemoryError)
_USUAL: Final[Mapping[str, float]] = {}
_CAREFUL: Final[Mapping[str, float]] = {"no_repeat_ngram_size": 4, "repetition_penalty": 1.1}
_AGAIN: Final = "where most fail the weights are not whole: marathon models pull fetches them again"
_UNKNOWN: Final = "⁇"  # what SentencePiece makes of a piece that it does not know

Hypotheses = list[tuple[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How the engine searches; all of it decides the result."""

    beam: int = 4
    hypotheses: int = 4
    again: bool = True  # what degenerates, with care; without it the floor can be measured

    def setting(self, device: str, numbers: str) -> str:
        """All that decides a result besides the weights; `numbers` are CTranslate2's."""
        once = "" if self.again else ", once"
        return f"{device} {numbers}, beam {self.beam}, {self.hypotheses} hypotheses{once}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How text becomes what weights take, and back.

    `before`, `after` and `target_before` are tokens that they want around a sentence; `languages`
    and `into` those that they translate; `known` gives the pieces that their decoder knows.
    """

    encode: Callable[[str], list[str]]
    decode: Callable[[list[str]], str]
    encode_target: Callable[[str], list[str]]
    known: Callable[[], Collection[str]]
    languages: Collection[str]
    into: Collection[str]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    target_before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """A sentence as the weights take it, and how many tokens its text may have."""

    sentence: str
    tokens: list[str]
    beginning: list[str]
    limit: int


class Seq2Seq:
    """Weights with their wording. One serves many recordings."""

    def __init__(
        self,
        identity: str,
        translator: Any,  # noqa: ANN401 - CTranslate2 has no types
        wording: Wording,
        decoding: Decoding | None,
    ) -> None:
        """`translator` is what `load` gives."""
        self.identity = identity
        self._translator = translator
        self._wording = wording
        self._decoding = decoding or Decoding()
        self._strange = degenerate.foreign(wording.languages, wording.into)
        self._beam = max(self._decoding.beam, self._decoding.hypotheses)
        self._has_told = False
        self._share = batching.share(translator.device, self._beam * len(wording.known()))

    @property
    def setting(self) -> str:
        """All that decides a result besides the weights."""
        return self._decoding.setting(self._translator.device, self._translator.compute_type)

    def tokens(self, sentence: str) -> int:
        """How many tokens the weights make of a sentence."""
        return len(self._encode(cleaning.clean(sentence)))

    def translate(
        self, sentences: Sequence[str], *, beginnings: Sequence[str] | None = None
    ) -> list[Hypotheses]:
        """Up to `hypotheses` texts per sentence, best first, each with its mean log-probability.

        A sentence that the engine cannot take has none; the others are not touched by it. Text
        without a letter is its own translation. With a beginning the mean is over what follows
        it. A best text that degenerates is searched again with penalties on what repeats, and
        stays only where that does no better.

        Raises:
            EngineError: the engine fails on every sentence.
        """
        found: list[Hypotheses] = [[] for _ in sentences]
        rows: dict[int, _Row] = {}
        openings = beginnings or [""] * len(sentences)
        for at, (given, opening) in enumerate(zip(sentences, openings, strict=True)):
            sentence = cleaning.clean(given)
            if not cleaning.has_letters(sentence):
                found[at] = [(sentence, 0.0)] if sentence else []
            elif row := self._row(sentence, opening):
                rows[at] = row
        usual, failure = self._searched(rows, _USUAL)
        if failure and not usual:
            message = f"the translation engine gave up: {failure}"
            hint = f"try --device cpu, or close other programs if memory ran out; {_AGAIN}"
            raise EngineError(message, hint=hint) from failure
        for at, texts in self._bettered(rows, usual).items():
            found[at] = texts
        return found

    def _row(self, sentence: str, opening: str) -> _Row | None:
        pieces = self._encode(sentence)
        if not 0 < len(pieces) <= LONGEST_TOKENS:
            return None
        begun = self._begun(cleaning.clean(opening)) if opening else []
        wanted = 2 * max(len(pieces), len(begun)) + 20
        limit = next((limit for limit in _LIMITS if wanted <= limit), _LIMITS[-1])
        wording = self._wording
        tokens = [*wording.before, *pieces, *wording.after]
        return _Row(sentence, tokens, [*wording.target_before, *begun], limit)

    def _encode(self, sentence: str) -> list[str]:
        try:
            return list(self._wording.encode(sentence))
        except _FAILURES as error:
            self._tell("the tokenizer", error)
            return []

    def _begun(self, opening: str) -> list[str]:
        """The pieces of a beginning; none where the weights do not know them all."""
        try:
            pieces = list(self._wording.encode_target(opening))
        except _FAILURES:
            return []
        known = self._wording.known()
        return pieces if len(pieces) < LONGEST_TOKENS and all(p in known for p in pieces) else []

    def _bettered(
        self, rows: Mapping[int, _Row], usual: dict[int, Hypotheses]
    ) -> dict[int, Hypotheses]:
        """The same, with what degenerated searched once more."""
        if not self._decoding.again:
            return usual
        faults = {at: self._faults(rows[at], texts) for at, texts in usual.items()}
        bad = {at: rows[at] for at, count in faults.items() if count}
        careful, _ = self._searched(bad, _CAREFUL)
        better = {
            at: texts
            for at, texts in careful.items()
            if texts and self._faults(rows[at], texts) < faults[at]
        }
        return {**usual, **better}

    def _faults(self, row: _Row, texts: Hypotheses) -> int:
        best = texts[0][0] if texts else ""
        return len(degenerate.degenerate(row.sentence, best, self._strange))

    def _searched(
        self, rows: Mapping[int, _Row], manner: Mapping[str, float]
    ) -> tuple[dict[int, Hypotheses], Exception | None]:
        """What each row becomes, and what was said of the last one on which the engine fails."""
        found: dict[int, Hypotheses] = {}
        failure: Exception | None = None
        waiting = batching.batches(
            {at: (row.limit, len(row.beginning), len(row.tokens)) for at, row in rows.items()},
            self._share,
        )
        running: deque[tuple[list[int], Callable[[], list[Any]]]] = deque()
        while waiting or running:
            while waiting and len(running) < 2 * self._translator.num_translators:
                batch = waiting.popleft()
                running.append((batch, self._begin([rows[at] for at in batch], manner)))
            batch, results = running.popleft()
            try:
                for at, result in zip(batch, results(), strict=True):
                    found[at] = self._texts(result, rows[at])
            except _FAILURES as error:
                if len(batch) > 1:
                    middle = len(batch) // 2
                    waiting.extendleft([batch[middle:], batch[:middle]])
                    continue
                failure = error
                self._tell("the translation engine", error)
        return found, failure

    def _tell(self, what: str, error: Exception) -> None:
        """Say once that sentences fail: with a damaged package all do, each for its own reason."""
        message = f"{what} fails on sentences, which stay as they were spoken: {error}; {_AGAIN}"
        log.log(logging.DEBUG if self._has_told else logging.WARNING, message)
        self._has_told = True

    def _begin(self, rows: Sequence[_Row], manner: Mapping[str, float]) -> Callable[[], list[Any]]:
        """Begin to search; what comes of it, once that is wanted."""
        begun = [row.beginning for row in rows]
        try:
            jobs = self._translator.translate_batch(
                [row.tokens for row in rows],
                target_prefix=begun if any(begun) else None,
                max_batch_size=0,
                beam_size=self._beam,
                num_hypotheses=self._decoding.hypotheses,
                length_penalty=_LENGTH_PENALTY,
                max_input_length=0,
                max_decoding_length=rows[0].limit,
                replace_unknowns=True,
                return_scores=True,
                asynchronous=True,
                **manner,
            )
        except _FAILURES as error:
            return _raising(error)
        return lambda: [job.result() for job in jobs]

    def _texts(self, result: Any, row: _Row) -> Hypotheses:  # noqa: ANN401 - CTranslate2 has no types
        """Its texts, each once, with scores.

        CTranslate2 divides the sum by the number of tokens, with the beginning and the end's
        own, to the power of the penalty; a beginning's own tokens count nothing in the sum.
        """
        texts: dict[str, float] = {}
        for pieces, score in zip(result.hypotheses, result.scores, strict=True):
            text = self._text(pieces)
            length = len(pieces) + 1
            mean = score * length**_LENGTH_PENALTY / max(1, length - len(row.beginning))
            if text:
                texts.setdefault(text, round(mean, 4))
        return list(texts.items())

    def _text(self, pieces: list[str]) -> str:
        wording = self._wording
        own = pieces[len(wording.target_before) :]
        around = {*wording.before, *wording.after}
        if around:  # may be copied from the source in place of a piece that is not known
            own = [piece for piece in own if piece not in around]
        text = wording.decode(own)
        if _UNKNOWN in text:  # a piece of the source that stands for one that is not known
            text = "".join(own).replace("▁", " ")
        return " ".join(text.split())


def load(folder: Path, device: str, *, hint: str) -> Any:  # noqa: ANN401 - CTranslate2 has no types
    """The weights in a folder, on as many replicas of two threads as there are cores for.

    Raises:
        MissingError: they are damaged; with `hint`.
        EngineError: they do not fit into memory, or the device is not there.
    """
    import ctranslate2

    device = devices.chosen(device)
    cores = devices.physical_cores() if device == "cpu" else 1
    too_big = "close other programs" + ("" if device == "cpu" else ", or try --device cpu")
    with loading(folder, if_too_big=too_big, if_damaged=hint):
        return ctranslate2.Translator(
            str(folder),
            device=device,
            compute_type="int8" if device == "cpu" else "auto",
            inter_threads=max(1, cores // 2),
            intra_threads=min(2, cores),
        )


def _raising(error: Exception) -> Callable[[], list[Any]]:
    def results() -> list[Any]:
        raise error

    return results
