"""Our own path over a mix: words, pieces, vectors, voices. Vectors are kept from run to run.

The recogniser's weights do not know these voices, so its words are stood for: Silero's stretches
of speech by our own ears, each in equal parts of about the length of a word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.core.payloads import Transcript
from pipeline.core.timeline import Gap, Phrase, Sound, Span, Turn, Word, equal_parts
from pipeline.engines.faint import FaintVoice
from pipeline.engines.ge2e import Ge2e
from pipeline.engines.gmm import Gmm
from pipeline.engines.voice import VoiceOptions
from pipeline.segment.pieces import Piece, pieces, sounds
from pipeline.segment.voicing import voicing
from pipeline.transcribe import coverage
from pipeline.transcribe.sounds import Sounds
from tests.bench import mixes
from tests.bench.mixes import PER_MS
from tests.bench.rounds import ROOT, WORK

if TYPE_CHECKING:
    from pipeline.core.decoding import Samples
    from pipeline.engines.speakers import Embedder, Vectors

WORD_MS: Final = 350
_LOUD: Final = 0.5  # the recogniser is given what is above this, and what is above the half of it
_WORDS: Final = VoiceOptions(threshold=_LOUD / 2, pad_ms=40, min_silence_ms=96)
_PHRASE_PAUSE_MS: Final = 1_000
_FILES: Final = {
    "ge2e": ("ge2e", "mel", "onnx_graph", "torch_file"),
    "gmm": ("gmm", "mfcc"),
}
_BLOCK: Final = 30_000 * PER_MS
_FINE_MS: Final = 350  # turns to be scored do not last over a longer pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What our path makes of a recording, up to the vectors of each embedder."""

    transcript: Transcript
    pieces: tuple[Piece, ...]
    vectors: Mapping[str, Vectors]


def transcript(samples: Samples, *, faint: bool = True) -> Transcript:
    """Phrases where Silero hears speech, and between them what our own ears say.

    With `faint` it is all that a recogniser is asked about. What of that is no word is taken out
    later, for its probability; where nobody is on the telephone and there is music, what is loud
    is the better stand-in.
    """
    duration_ms = len(samples) // PER_MS
    ears = Sounds()
    for block in blocks(samples):
        ears.feed(block)
    lines: list[Phrase | Gap] = []
    at_ms = 0
    options = _WORDS if faint else replace(_WORDS, threshold=_LOUD)
    stretches = mixes.speech(samples, options, FaintVoice(_LOUD) if faint else None)
    for words in _phrases(stretches):
        start_ms, end_ms = words[0].start_ms, min(words[-1].end_ms, duration_ms)
        lines += _gaps(at_ms, start_ms, ears)
        lines.append(Phrase(start_ms=start_ms, end_ms=end_ms, language="en", words=words))
        at_ms = end_ms
    lines += _gaps(at_ms, duration_ms, ears)
    return Transcript(
        duration_ms=duration_ms, lines=tuple(lines), music=tuple(ears.music(0, duration_ms))
    )


def blocks(samples: Samples) -> Iterator[Samples]:
    """The recording as it comes from a file."""
    for at in range(0, len(samples), _BLOCK):
        yield samples[at : at + _BLOCK]


def heard(
    samples: Samples, embedders: Sequence[str] = ("ge2e", "gmm"), *, faint: bool = True
) -> Heard:
    """The path up to vectors, each embedder's kept under a digest of all that decides them."""
    told = transcript(samples, faint=faint)
    parts = pieces(told.phrases)
    vectors = {name: _kept(name, samples, parts) for name in embedders}
    return Heard(transcript=told, pieces=parts, vectors=vectors)


def embedded(embedder: Embedder, samples: Samples, parts: Sequence[Piece]) -> Vectors:
    """A vector for each piece."""
    spans = [(piece.start_ms, piece.end_ms) for piece in parts]
    return embedder.vectors(lambda: sounds(blocks(samples), spans))


def whose(turns: Sequence[Turn], told: Heard) -> list[str]:
    """Who speaks most in each piece; "" where nobody does in half of it."""
    found = []
    for piece in told.pieces:
        times: dict[str, int] = {}
        for turn in turns:
            both = min(turn.end_ms, piece.end_ms) - max(turn.start_ms, piece.start_ms)
            if both > 0:
                times[turn.speaker] = times.get(turn.speaker, 0) + both
        who = max(times, key=lambda name: (times[name], name), default="")
        found.append(who if who and times[who] * 2 > piece.duration_ms else "")
    return found


def turns(parts: Sequence[Piece], numbers: Sequence[int]) -> tuple[Turn, ...]:
    """Pieces of one voice joined over short pauses, to be scored."""
    found: list[Turn] = []
    for piece, number in zip(parts, numbers, strict=True):
        last = found[-1] if found else None
        start_ms = piece.start_ms
        if last and last.voice == number and start_ms - last.end_ms < _FINE_MS:
            start_ms = found.pop().start_ms
        found.append(
            Turn(start_ms=start_ms, end_ms=piece.end_ms, speaker=f"S{number}", voice=number)
        )
    return tuple(found)


def numbers(
    parts: Sequence[Piece], vectors: Vectors, threshold: float, count: int | None = None
) -> tuple[int, ...]:
    """Whose voice each piece is in."""
    return voicing(parts, vectors, threshold=threshold, count=count).numbers


def _phrases(stretches: Sequence[mixes.Stretch]) -> Iterator[tuple[Word, ...]]:
    words: list[Word] = []
    for start, end in stretches:
        if words and start - words[-1].end_ms > _PHRASE_PAUSE_MS:
            yield tuple(words)
            words = []
        count = max(1, round((end - start) / WORD_MS))
        words += [
            Word(start_ms=first, end_ms=last, text="la")
            for first, last in equal_parts(start, end, count)
        ]
    if words:
        yield tuple(words)


def _gaps(start_ms: int, end_ms: int, ears: Sounds) -> list[Gap]:
    if end_ms <= start_ms:
        return []
    whole = Span(start_ms=start_ms, end_ms=end_ms)
    lines = [*coverage.lines((), whole, ears.sound)]
    return [line for line in lines if isinstance(line, Gap)]


def music_ms(told: Transcript) -> int:
    """How much of it is music."""
    gaps = [line for line in told.lines if isinstance(line, Gap)]
    return sum(gap.duration_ms for gap in gaps if gap.sound is Sound.MUSIC)


def _kept(name: str, samples: Samples, parts: Sequence[Piece]) -> Vectors:
    sums = hashlib.sha256(samples.tobytes())
    sums.update(repr([(piece.start_ms, piece.end_ms) for piece in parts]).encode())
    sums.update(_code(name))
    path = WORK / "voices" / f"{sums.hexdigest()[:24]}-{name}.npy"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, embedded(_embedder(name), samples, parts))
    kept: Vectors = np.load(path)
    return kept


def made(name: str, threads: int = 0) -> Embedder:
    """The embedder of that name; `threads` 0 for as many as it takes by itself."""
    return Ge2e(threads=threads) if name == "ge2e" else Gmm()


@cache
def _embedder(name: str) -> Embedder:
    return made(name)


@cache
def _code(name: str) -> bytes:
    """What makes an engine's vectors."""
    folder = ROOT / "pipeline" / "engines"
    return b"".join((folder / f"{file}.py").read_bytes() for file in _FILES[name])
