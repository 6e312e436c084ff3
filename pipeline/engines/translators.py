"""The engine that a folder of translation weights is for."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from pipeline.engines import argos, opus, opus_folders

if TYPE_CHECKING:
    from pipeline.engines.seq2seq import Decoding, Seq2Seq
    from pipeline.engines.weights import Weights


def load(weights: Weights, decoding: Decoding | None = None, device: str = "auto") -> Seq2Seq:
    """The engine with its weights in memory; one serves many recordings.

    Raises:
        InputError: what people wrote into the folder cannot be understood.
        MissingError: a part of the weights is missing or damaged.
        EngineError: the weights do not fit into memory, or the device is not there.
    """
    kind = opus.Opus if opus_folders.is_one(weights.folder) else argos.Argos
    return kind(weights, decoding, device)


def name(weights: Weights) -> str:
    """What kind of engine that is: `argos` or `opus`."""
    return opus.NAME if opus_folders.is_one(weights.folder) else argos.NAME


def libraries() -> dict[str, str]:
    """The releases at work, for people to read beside a result."""
    return {name: version(name) for name in ("argostranslate", "ctranslate2", "sentencepiece")}
