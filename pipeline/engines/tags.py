"""Languages as Whisper names them, and how likely each is among those that are allowed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)

_CODES: Final = {"jv": "jw", "nb": "no", "fil": "tl"}  # where Whisper differs from BCP-47


def code(language: str) -> str:
    """Whisper's code for a BCP-47 tag."""
    base = language.partition("-")[0].lower()
    return _CODES.get(base, base)


def shares(found: dict[str, float], allowed: Sequence[str]) -> dict[str, float]:
    """Probabilities over the allowed languages; equal ones where the weights have no opinion."""
    total = sum(found.values())
    if total <= 0:
        found, total = dict.fromkeys(found or allowed, 1.0), float(len(found or allowed))
    return {language: round(found.get(language, 0.0) / total, 4) for language in allowed}


def tell_unknown(unknown: set[str], told: set[str]) -> None:
    """Say once of each language that the weights do not know it; `told` remembers."""
    if unknown - told:
        log.warning("the weights do not know %s: not looked for", ", ".join(sorted(unknown - told)))
        told |= unknown
