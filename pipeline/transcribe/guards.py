"""Is it what was said, or what a recogniser invents over music and noise?"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.engines import Heard

_LONGEST_LOOP: Final = 6  # words that repeat
_LOOP_TIMES: Final = 5
_LOOP_WORDS: Final = 10
_FASTEST: Final = 10.0  # words a second; auctioneers reach half of it
_FEW: Final = 5  # words that may look fast because their times are rough


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What the text of a chunk must stand up to; the defaults are Whisper's own."""

    no_speech: float = 0.6
    log_probability: float = -1.0
    compression: float = 2.4


def fault(heard: Heard, duration_ms: int, thresholds: Thresholds) -> str:
    """Why a chunk's text is taken for invented; empty where it is kept."""
    words = heard.text.split()
    if not words:
        return ""
    is_doubtful = heard.log_probability < thresholds.log_probability
    if is_doubtful and heard.no_speech > thresholds.no_speech:
        return "nobody seems to speak"
    if _repetition(heard.text) > thresholds.compression or _loops(words):
        return "it repeats itself"
    if len(words) > max(_FEW, _FASTEST * duration_ms / 1000):
        return "nobody speaks that fast"
    return ""


def _repetition(text: str) -> float:
    """How much the text can be compressed; every character counts one, in any script."""
    known = {character: at % 256 for at, character in enumerate(dict.fromkeys(text))}
    data = bytes(known[character] for character in text)
    return len(data) / len(zlib.compress(data))


def _loops(words: Sequence[str]) -> bool:
    """Whether most of the words are a few words over and over."""
    plain = [word.strip(".,!?…¿¡:;—-").casefold() for word in words]
    for size in range(1, _LONGEST_LOOP + 1):
        run = longest = 0
        for at in range(size, len(plain)):
            run = run + 1 if plain[at] == plain[at - size] else 0
            longest = max(longest, run)
        repeated = longest + size if longest else 0
        is_long = repeated >= max(_LOOP_WORDS, _LOOP_TIMES * size)
        if is_long and repeated * 2 >= len(plain):
            return True
    return False
