"""Text as it may come from anywhere, made fit for a tokenizer."""

from __future__ import annotations

import unicodedata
from typing import Final

_SPACES: Final = frozenset({"Cc", "Zl", "Zp"})
_NOTHING: Final = frozenset({"Cf", "Cs"})  # marks that turn text round, halves of characters
_JOINERS: Final = "\u200c\u200d"  # some scripts, and emoji, are written with them


def clean(text: str) -> str:
    """`text` on one line, trimmed, without controls, hidden marks and halves of characters."""
    if not text.isprintable():
        text = "".join(map(_fit, text))
    return " ".join(text.split())


def has_letters(text: str) -> bool:
    """Whether there is anything to translate; numbers, marks and pictures are the same in all."""
    return any(map(str.isalpha, text))


def _fit(character: str) -> str:
    category = unicodedata.category(character)
    if category in _SPACES:
        return " "
    return "" if category in _NOTHING and character not in _JOINERS else character
