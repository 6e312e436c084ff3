"""A fake speech engine that says what the samples tell it, and clips that it understands.

A stretch's samples all hold one value: its number, its language and its trouble.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np

from pipeline.core.errors import EngineError
from pipeline.core.files import Journal
from pipeline.core.timeline import Sound, Span, Word
from pipeline.engines import Encoded, Heard
from pipeline.transcribe.chunks import Rule, Stretch, chunk
from pipeline.transcribe.guards import Thresholds
from pipeline.transcribe.hints import Hints
from pipeline.transcribe.listening import Clip
from pipeline.transcribe.memory import Keys, Memory
from pipeline.transcribe.recognising import Ask, Recogniser
from pipeline.transcribe.results import Result

ALLOWED = ("ru", "es", "en")
RULE = Rule(kept_ms=100)
SHARES = {
    "r": (0.9998, 1e-4, 1e-4),
    "s": (1e-4, 0.9998, 1e-4),
    "e": (1e-4, 1e-4, 0.9998),
    "?": (0.6, 0.35, 0.05),
    "=": (0.5, 0.5, 0.0),
}
LANGUAGES = "".join(SHARES)
# what it takes for a stretch to be heard right, beside the usual way: `c` care, `p` a telephone,
# `h` to be heard alone, `o` to be taken for Spanish, `n` nothing helps; `f` is English that sounds
# Russian where more is heard, `g` is left out there, `l` makes the engine reach its limit there;
# `m` is music that seems to begin, which has words only where more is heard
TROUBLES = ".cphonfglm"
WORDS = {"ru": "слово", "es": "palabra", "en": "word"}
LOOP = "ля"
_SCALE = 2**14


def speech(text: str) -> list[tuple[str, str]]:
    """Stretches from a picture: a language and a trouble each, `r. s. rc`."""
    return [(each[0], each[1]) for each in text.split()]


def clips(
    chunks: Sequence[Sequence[tuple[str, str]]], *, apart_ms: int = 1_000, start_ms: int = 0
) -> list[Clip]:
    """A clip for each chunk, of stretches of two seconds."""
    found, at, number = [], start_ms, 0
    for each in chunks:
        stretches, values = [], []
        for language, trouble in each:
            number += 1
            span = Span(start_ms=at, end_ms=at + 2_000)
            stretches.append(Stretch(span, 300, is_doubtful=trouble == "m"))
            at += 2_300
            code = (number * 8 + LANGUAGES.index(language)) * 16 + TROUBLES.index(trouble)
            values.append(np.full(32_000, code / _SCALE, np.float32))
        at += apart_ms
        found.append(Clip(chunk(stretches, RULE), np.concatenate(values)))
    return found


def _runs(samples) -> list[tuple[int, int, int, str, str]]:
    """Of each stretch where it is heard, its number, its language and its trouble."""
    codes = (np.asarray(samples) * _SCALE).astype(int)
    edges = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
    return [
        (
            begin // 16,
            end // 16,
            int(codes[begin]) // 128,
            LANGUAGES[codes[begin] // 16 % 8],
            TROUBLES[codes[begin] % 16],
        )
        for begin, end in pairwise(edges)
    ]


class Parrot:
    """It gives up after so many chunks were asked of it, whatever was asked."""

    identity, setting = "parrot@1", "cpu"

    def __init__(self, breaks_after: int = 10**9) -> None:
        self.left = breaks_after
        self.encoded = 0
        self.said: list[tuple[bytes, str, str, bool]] = []  # what it was asked to say

    def encode(self, chunks):
        self._work(len(chunks))
        self.encoded += len(chunks)
        return [Encoded(each, len(each) // 160) for each in chunks]

    def languages(self, encoded, allowed):
        self._work(len(encoded))
        return [self._shares(each.values, allowed, alone=True) for each in encoded]

    def languages_within(self, encoded, spans, allowed):
        return [
            self._shares(encoded.values[start * 16 : end * 16], allowed, alone=False)
            for start, end in spans
        ]

    def transcribe(self, encoded, language, hotwords="", *, careful=False):
        assert encoded
        self._work(len(encoded))
        self.said += [
            (np.asarray(e.values).tobytes(), language, hotwords, careful) for e in encoded
        ]
        return [self._heard(each.values, language, hotwords, careful) for each in encoded]

    def _work(self, chunks: int) -> None:
        self.left -= chunks
        if self.left < 0:
            raise EngineError("out of seeds")

    @staticmethod
    def _shares(samples, allowed, *, alone: bool) -> dict[str, float]:
        runs = _runs(samples)
        total = np.zeros(len(ALLOWED))
        for begin, end, _, language, trouble in runs:
            sounds = ("e" if alone and len(runs) == 1 else "r") if trouble == "f" else language
            total += (end - begin) * np.array(SHARES[sounds])
        shares = dict(zip(ALLOWED, (total / total.sum()).tolist(), strict=True))
        known = sum(shares[tag] for tag in allowed) or 1.0
        return {tag: round(shares[tag] / known, 4) for tag in allowed}

    @staticmethod
    def _heard(samples, language, hotwords, careful) -> Heard:
        scaled = np.asarray(samples) * _SCALE
        if scaled.min() < 128 or not np.array_equal(scaled, np.round(scaled)):
            return _over_the_telephone(len(samples) // 16)
        runs = _runs(samples)
        helps = {"c": careful, "p": False, "h": len(runs) == 1, "o": language == "es", "n": False}
        if not all(helps.get(trouble, True) for *_, trouble in runs):
            return _faulty()
        is_music = {trouble for *_, trouble in runs} == {"m"}
        troubles = {trouble for *_, trouble in runs} if len(runs) > 1 else set()
        words = []
        for begin, end, number, _, trouble in runs:
            if trouble == "g" and len(runs) > 1:
                continue
            texts = [f"{WORDS[language]}{number}{hotwords}"]
            if trouble == "f":
                texts = ["my", "dear", f"fr{number}"]
            each = (end - begin) // len(texts)
            for at, text in enumerate(texts):
                start = begin + each * at
                words.append(Word(start_ms=start, end_ms=start + each - 50, text=text))
        if "l" in troubles:
            words = [msgspec.structs.replace(words[0], end_ms=words[-1].end_ms)]
        likely = [max(zip(SHARES[spoken], ALLOWED, strict=True))[1] for *_, spoken, _ in runs]
        return Heard(
            text=" ".join(word.text for word in words),
            words=tuple(words),
            log_probability=-4 if is_music else -0.25 if set(likely) == {language} else -0.5,
            no_speech=0.9 if is_music else 0,
            is_full="l" in troubles,
        )


def _over_the_telephone(length_ms: int) -> Heard:
    """Of one or two stretches something is left."""
    if length_ms > 4_000:
        return _faulty()
    word = Word(start_ms=0, end_ms=length_ms, text="алло")
    return Heard(text="алло", words=(word,), log_probability=-0.25)


def _faulty() -> Heard:
    words = [Word(start_ms=at * 90, end_ms=at * 90 + 90, text=LOOP) for at in range(20)]
    return Heard(text=" ".join([LOOP] * 20), words=tuple(words), log_probability=-0.25)


def recognise(
    path: Path, engine: Parrot, given: Sequence[Clip], batch: int = 4, step: int = 3, **ask
) -> list[Result]:
    """In order of time."""
    with Journal.open(path) as journal:
        recogniser = Recogniser(
            lambda: engine,
            Keys(1, engine.identity, engine.setting),
            Memory(journal),
            Ask(
                **{"languages": ALLOWED, "hints": Hints(), "thresholds": Thresholds()}
                | {"batch": batch}
                | ask
            ),
            lambda *_: Sound.NOISE,
        )
        found: list[Result] = []
        for begin in range(0, len(given), step):
            found += recogniser.feed(given[begin : begin + step])
            ends = [result.chunk.own.end_ms for result in found]
            starts = [clip.chunk.own.start_ms for clip in given[: begin + step]]
            waits = recogniser.waits_from_ms
            assert waits is None or waits in starts or waits in ends or waits > min(starts)
        found += recogniser.finish()
        assert recogniser.waits_from_ms is None
        assert recogniser.windows == engine.encoded
        assert recogniser.decoded <= len(engine.said)
    return sorted(found, key=lambda result: result.chunk.own.start_ms)
