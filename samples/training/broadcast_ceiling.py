"""How well weights do on a broadcast when chunks and languages are cut with the truth in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pipeline.core import files
from samples.training import broadcast_figures as figures
from samples.training import check_set
from samples.training.listening import Listener

if TYPE_CHECKING:
    from pathlib import Path

    from samples.training.broadcast_set import Broadcast


class Ceiling(msgspec.Struct, frozen=True, kw_only=True):
    """Figures in percent, and what they were taken on."""

    key: str
    chunks: int
    word_errors: dict[str, float]
    in_language: float  # words of chunks that are taken for the right language


def of(broadcast: Broadcast, weights: Path) -> Ceiling:
    """The ceiling, from the file beside the broadcast where it was taken before."""
    kept = broadcast.path.with_suffix(".ceiling.json")
    sources = (weights / "model.bin", weights / "card.toml", broadcast.path)
    key = files.digest("".join(files.digest_file(p) for p in sources if p.is_file()).encode())
    if kept.is_file():
        found = msgspec.json.decode(kept.read_bytes(), type=Ceiling)
        if found.key == key:
            return found
    found = _measured(broadcast, Listener(weights), key)
    files.replace(kept, msgspec.json.encode(found) + b"\n")
    return found


def _measured(broadcast: Broadcast, listener: Listener, key: str) -> Ceiling:
    samples = check_set.sound(broadcast.path)
    chunks = list(broadcast.chunks(listener.longest_ms))
    stretches = [stretch for stretch, _ in chunks]
    spoken = [row[0].language for _, row in chunks]
    words = [[word for phrase in row for word in phrase.words] for _, row in chunks]
    told = listener.languages(samples, stretches)
    right = sum(len(w) for w, a, b in zip(words, told, spoken, strict=True) if a == b)
    heard = listener.hear(samples, stretches, spoken)
    pairs = [(here, there.words) for here, there in zip(words, heard, strict=True)]
    return Ceiling(
        key=key,
        chunks=len(chunks),
        word_errors=figures.error_rates(pairs, figures.labels(broadcast)),
        in_language=round(100 * right / len(broadcast.words), 2),
    )
