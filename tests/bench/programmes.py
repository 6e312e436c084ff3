"""Sound of any length: held-out sentences, music, noise and silence in an order of their own.

A run is what is said in one language, over one line, for 5 to 50 s; after some comes a rest. Fresh
low noise lies under all of it, so that no two chunks are the same and nothing is looked up.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.core import media
from pipeline.core.decoding import RATE

if TYPE_CHECKING:
    from pipeline.core.decoding import Samples

HELD_OUT: Final = Path(__file__).parents[2] / "samples" / "held-out"
_PER_MS: Final = RATE // 1000
_RUN_MS: Final = (5_000, 50_000)
_REST_MS: Final = (3_000, 20_000)
_RESTS: Final = 0.3  # so many runs are followed by one
_BEFORE_MS, _AFTER_MS = 150, 300
_NOISE: Final = 0.0008
_BITS: Final = 32_000
_SEED: Final = 1_000


@dataclass(frozen=True, slots=True)
class Kind:
    """What sort of programme: its name and the languages that are spoken."""

    name: str
    languages: tuple[str, ...]


KINDS: Final = {
    kind.name: kind for kind in (Kind("mixed", ("ru", "es", "en")), Kind("single", ("ru",)))
}


def write(kind: Kind, minutes: float, path: Path) -> Path:
    """An Opus file of that length; made only once, in memory that does not grow with it."""
    import av

    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    with av.open(str(partial), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono")
        stream.bit_rate = _BITS
        stream.codec_context.options = {"compression_level": "2"}
        at = 0
        for piece in _pieces(kind, round(minutes * 60 * RATE)):
            frame = av.AudioFrame.from_ndarray(_as_int16(piece)[np.newaxis], "s16", "mono")
            frame.sample_rate, frame.pts = RATE, at
            container.mux(stream.encode(frame))
            at += len(piece)
        container.mux(stream.encode(None))
    return partial.replace(path)


def _as_int16(piece: Samples) -> np.ndarray:
    return np.round(np.clip(piece, -1, 1) * 32_767).astype(np.int16)


def _pieces(kind: Kind, count: int) -> Iterator[Samples]:
    """Runs and rests, `count` samples in all."""
    order, noise = random.Random(_SEED), np.random.default_rng(_SEED)
    rests = np.concatenate([*media.blocks(HELD_OUT / "no-speech.opus")])
    left = count
    for run in _runs(kind, order):
        pieces = [run]
        if order.random() < _RESTS:
            length = order.randint(*_REST_MS) * _PER_MS
            start = order.randrange(len(rests) - length)
            pieces.append(rests[start : start + length])
        for piece in pieces:
            now = piece[:left]
            yield now + _NOISE * noise.standard_normal(len(now), dtype=np.float32)
            left -= len(now)
            if not left:
                return


def _runs(kind: Kind, order: random.Random) -> Iterator[Samples]:
    """Runs without end: all sentences, again and again, cut and ordered anew."""
    truth = json.loads((HELD_OUT / "truth.json").read_text("utf-8"))
    told = [one for one in truth["programmes"] if one["language"] in kind.languages]
    sounds = {one["file"]: np.concatenate([*media.blocks(HELD_OUT / one["file"])]) for one in told}
    while True:
        cuts = [(one["file"], *cut) for one in told for cut in _cuts(one["phrases"], order)]
        order.shuffle(cuts)
        for name, start_ms, end_ms in cuts:
            first, last = start_ms - _BEFORE_MS, end_ms + _AFTER_MS
            yield sounds[name][max(0, first) * _PER_MS : last * _PER_MS]


def _cuts(phrases: list[dict[str, int]], order: random.Random) -> Iterator[tuple[int, int]]:
    aim, start_ms = order.randint(*_RUN_MS), phrases[0]["start_ms"]
    for before, phrase in pairwise(phrases):
        if before["end_ms"] - start_ms >= aim:
            yield start_ms, before["end_ms"]
            aim, start_ms = order.randint(*_RUN_MS), phrase["start_ms"]
    yield start_ms, phrases[-1]["end_ms"]
