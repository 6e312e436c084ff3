"""How Whisper's decoder searches for text. Nothing is sampled: one sound gives one text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from pipeline.engines import devices

LENGTH_PENALTY: Final = 1.0  # the library's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How the engine searches; all of it decides the result."""

    beam: int = 5
    patience: float = 1.0
    repetition_penalty: float = 1.0
    unrepeated: int = 0  # so many tokens in a row come only once; 0 lets them


CAREFUL: Final = Decoding(beam=10, patience=1.5, repetition_penalty=1.1, unrepeated=5)


def setting(decoding: Decoding, device: str = "auto") -> str:
    """All that decides a result besides the weights: device, number format, how it is searched."""
    device = devices.chosen(device)
    searched = [f"{key}={x}" for one in (decoding, CAREFUL) for key, x in asdict(one).items()]
    return " ".join([device, devices.number_format(device), *searched])
