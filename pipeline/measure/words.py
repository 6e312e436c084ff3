"""Words with their language, as references and results are compared by."""

from __future__ import annotations

import unicodedata

import msgspec


class SpokenWord(msgspec.Struct, frozen=True, kw_only=True):
    """One word as it is in a reference, or as it was recognised."""

    start_ms: int
    end_ms: int
    text: str
    language: str
    speaker: str = ""

    @property
    def middle_ms(self) -> int:
        """Where the word is, when one number must say it."""
        return (self.start_ms + self.end_ms) // 2


def fold(text: str) -> str:
    """What of a word is compared: letters and digits, lower case, ё as е.

    >>> fold("«Ещё-то,»"), fold("¿Qué?")
    ('ещето', 'qué')
    """
    composed = unicodedata.normalize("NFC", text).casefold().replace("ё", "е")
    return "".join(character for character in composed if character.isalnum())
