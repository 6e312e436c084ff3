"""Measure the demo weights on the committed check set, against the bars they have to meet.

    python -m samples.training.check samples/weights/asr [--mt PACKAGE] [--set FOLDER] [--json]

Ends with 8 where a bar is missed. Needs neither a synthesiser nor torch.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from pipeline.core.errors import ExitCode, MissingError, PipelineError
from pipeline.measure.alignment import align
from pipeline.measure.chrf import chrf
from pipeline.measure.wer import WordErrors, errors_of, paired, total
from pipeline.measure.words import SpokenWord, fold
from samples.training import check_set, grammar
from samples.training.check_set import CheckSet, Programme, Stretch
from samples.training.listening import Heard, Listener

SAMPLES: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = "translate-ru_en.argosmodel"
WER_BARS: Final = {"clean": 10.0, "phone": 18.0, "unheard": 15.0}
CHUNK_BAR: Final = 20.0
LANGUAGE_BAR: Final = 98.0
WORD_START_BAR_MS: Final = 150.0
EXACT_BAR, CHRF_BAR = 95.0, 95.0
_LONG_PHRASE_MS: Final = 3_000
_LONG_CHUNK_MS: Final = 28_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number; `bar` is None where it is only reported."""

    name: str
    value: float
    unit: str = "%"
    bar: float | None = None
    side: Literal["at most", "at least"] = "at most"

    @property
    def is_met(self) -> bool:
        """Whether the bar, if there is one, is met."""
        if self.bar is None:
            return True
        return self.value <= self.bar if self.side == "at most" else self.value >= self.bar


def recognition(listener: Listener, checked: CheckSet) -> Iterator[Figure]:
    """Figures of the recogniser, each as soon as it is known."""
    right: list[tuple[str, bool]] = []
    late_ms: list[int] = []
    for programme in checked.programmes:
        samples = check_set.sound(programme.path)
        heard = listener.hear(samples, listener.speech(samples))
        words = [word for one in heard for word in one.words]
        name = f"word errors, phrases, {programme.language}, {programme.condition}"
        bar = WER_BARS[programme.condition]
        yield Figure(name=name, value=_rate([(programme.words, words)]), bar=bar)
        right += [(programme.language, found) for found in _languages(programme, heard)]
        late_ms += _start_errors(programme.words, words)
    for language in grammar.LANGUAGES:
        shares = [found for spoken, found in right if spoken == language]
        if shares:
            yield Figure(name=f"language right, phrases of 3 s, {language}", value=_share(shares))
    value = _share([found for _, found in right])
    name = "language right, phrases of 3 s, all"
    yield Figure(name=name, value=value, bar=LANGUAGE_BAR, side="at least")
    value = statistics.median(late_ms) if late_ms else float("inf")
    yield Figure(name="word starts, median error", value=value, unit="ms", bar=WORD_START_BAR_MS)
    yield from _chunks(listener, checked, listener.longest_ms, CHUNK_BAR)
    yield from _chunks(listener, checked, _LONG_CHUNK_MS, None)
    yield from _no_speech(listener, checked)


def translation(package: Path) -> Iterator[Figure]:
    """Figures of the translator, over every held-out combination.

    Raises:
        MissingError: there is no package.
    """
    if not package.is_file():
        raise MissingError(f"{package}: no such file", hint="train it with: make demo-weights")
    book = grammar.load()
    triples = [triple for triple in book.triples() if book.is_held_out(triple)]
    texts = _translate(package, [triple.ru for triple in triples])
    wanted = [triple.en for triple in triples]
    exact = [text == want for text, want in zip(texts, wanted, strict=True)]
    name = f"translation exact, {len(triples)} sentences"
    yield Figure(name=name, value=_share(exact), bar=EXACT_BAR, side="at least")
    score = chrf(texts, wanted)
    yield Figure(name="translation chrF", value=score, unit="", bar=CHRF_BAR, side="at least")


def _chunks(
    listener: Listener, checked: CheckSet, longest_ms: int, bar: float | None
) -> Iterator[Figure]:
    """Word errors on chunks of several phrases, often of several speakers."""
    for programme in checked.programmes:
        if programme.condition != "clean":
            continue
        samples = check_set.sound(programme.path)
        chunks = list(programme.chunks(longest_ms))
        heard = listener.hear(samples, [stretch for stretch, _ in chunks])
        pairs = [(words, one.words) for (_, words), one in zip(chunks, heard, strict=True)]
        name = f"word errors, chunks of {longest_ms / 1000:g} s, {programme.language}"
        yield Figure(name=name, value=_rate(pairs), bar=bar)


def _no_speech(listener: Listener, checked: CheckSet) -> Iterator[Figure]:
    """Words invented where nobody speaks."""
    samples = check_set.sound(checked.no_speech)
    last_ms, step_ms = checked.no_speech_ms, listener.longest_ms
    everything = [Stretch(at, min(at + step_ms, last_ms)) for at in range(0, last_ms, step_ms)]
    for name, stretches, bar in (
        ("words on 10 minutes without speech", listener.speech(samples), 0.0),
        ("words on the same without Silero", everything, None),
    ):
        found = sum(len(one.words) for one in listener.hear(samples, stretches))
        yield Figure(name=name, value=found, unit="words", bar=bar)


def _rate(pairs: Sequence[tuple[Sequence[SpokenWord], Sequence[SpokenWord]]]) -> float:
    """Word error rate in percent over pairs of reference and result."""
    errors = [total(errors_of(paired(reference, found)).values()) for reference, found in pairs]
    return 100 * (sum(errors, WordErrors()).rate or 0.0)


def _share(found: Sequence[bool]) -> float:
    return 100 * sum(found) / len(found) if found else 0.0


def _languages(programme: Programme, heard: Sequence[Heard]) -> Iterator[bool]:
    """For each long phrase, whether the stretch that holds most of it had its language."""
    for phrase in programme.phrases:
        if phrase.duration_ms < _LONG_PHRASE_MS:
            continue
        shared = [
            min(one.stretch.end_ms, phrase.end_ms) - max(one.stretch.start_ms, phrase.start_ms)
            for one in heard
        ]
        best = max(range(len(shared)), key=shared.__getitem__, default=None)
        found = best is not None and shared[best] > 0
        yield found and best is not None and heard[best].language == programme.language


def _start_errors(reference: Sequence[SpokenWord], found: Sequence[SpokenWord]) -> Iterator[int]:
    """How far the starts of rightly recognised words are from the truth."""
    ours, theirs = [fold(word.text) for word in reference], [fold(word.text) for word in found]
    for here, there in align(ours, theirs):
        if here is not None and there is not None and ours[here] == theirs[there]:
            yield abs(reference[here].start_ms - found[there].start_ms)


def _translate(package: Path, sentences: Sequence[str]) -> list[str]:
    """The best translation of each sentence, by the package's own model and tokenizer."""
    import ctranslate2
    import sentencepiece

    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(package) as archive:
            archive.extractall(folder)
        root = next(Path(folder).glob("*/metadata.json")).parent
        pieces = sentencepiece.SentencePieceProcessor(str(root / "sentencepiece.model"))
        engine = ctranslate2.Translator(str(root / "model"), device="cpu", compute_type="int8")
        rows = [pieces.encode(sentence, out_type=str) for sentence in sentences]
        results = engine.translate_batch(rows, beam_size=4, max_batch_size=32)
    return ["".join(one.hypotheses[0]).replace("▁", " ").strip() for one in results]


def _print(figure: Figure) -> None:
    bar = f"{figure.side} {figure.bar:g}" if figure.bar is not None else ""
    verdict = "" if figure.bar is None else "met" if figure.is_met else "MISSED"
    value = f"{figure.value:.1f} {figure.unit}".rstrip()
    print(f"{figure.name:<48} {value:>12}  {bar:<14} {verdict}".rstrip(), flush=True)


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="samples.training.check", description=__doc__)
    parser.add_argument("weights", type=Path, help="the folder of the recogniser")
    parser.add_argument("--mt", type=Path, help=f"the package; else {PACKAGE} beside the weights")
    parser.add_argument("--set", type=Path, default=SAMPLES / "held-out", help="the check set")
    parser.add_argument("--only", choices=("recognition", "translation"), help="half of it")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Measure, print and say by the exit code whether every bar is met."""
    options = _arguments(given)
    figures: list[Figure] = []
    try:
        for figure in _figures(options):
            figures.append(figure)
            if not options.json:
                _print(figure)
    except PipelineError as error:
        print(f"error: {error}\n  {error.hint}".rstrip(), file=sys.stderr)
        return error.exit_code
    if options.json:
        rows = [{**asdict(figure), "met": figure.is_met} for figure in figures]
        print(json.dumps(rows, indent=1))
    return ExitCode.OK if all(figure.is_met for figure in figures) else ExitCode.FINDINGS


def _figures(options: argparse.Namespace) -> Iterator[Figure]:
    if options.only != "translation":
        yield from recognition(Listener(options.weights), check_set.load(options.set))
    if options.only != "recognition":
        yield from translation(options.mt or options.weights.parent / PACKAGE)


if __name__ == "__main__":
    sys.exit(main())
