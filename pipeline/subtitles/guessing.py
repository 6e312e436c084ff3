"""Which encoding bytes are in, by what their letters would be in each."""

from __future__ import annotations

import codecs
import functools
import math
import unicodedata
from collections import Counter
from itertools import pairwise
from typing import Final

SAMPLE: Final = 1 << 16  # bytes that a guess is made from
_NOT_GUESSED: Final = ("utf", "ascii", "iso8859-1", "latin", "base64", "hz")

# What reviewers' editors save Russian, Spanish and English in; the likelier first.
_CANDIDATES: Final = (
    "cp1251", "cp1252", "koi8-r", "cp866", "mac-cyrillic", "iso8859-5", "mac-roman", "cp850",
)  # fmt: skip
_USUAL: Final = 2  # of them
_USUAL_GAIN: Final = 2.0  # all in natural logarithms of likelihood
_DETECTED_GAIN: Final = 0.6  # for each character
_RUSSIAN: Final = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфёъіїєґў"  # by how often each stands in a text
_FIRST_RUSSIAN: Final = -2.2  # 11 of 100 letters are о; each next one is rarer by a ninth
_NEXT_RUSSIAN: Final = -0.11
_WESTERN: Final = frozenset("áéíóúñüçàèìòùâêîôûäëïöãõåæøßœ")
_WESTERN_LETTER: Final = -3.0
_PUNCTUATION: Final = frozenset("«»—–…“”„‘’¿¡№€£")
_OPENING: Final = frozenset("«“„¿¡–—")  # seldom close behind a letter
_MARK: Final = -3.5
_OTHER_LETTER: Final = -4.0  # of a small alphabet; of thousands of signs, or a blank:
_SIGN: Final = -8.0
_SYMBOL: Final = -9.0
_NO_CHARACTER: Final = -10.0
_ODD_NEIGHBOUR: Final = -3.0  # a capital within a word, two scripts in one, accents side by side


def guess(foreign: list[bytes]) -> str:
    """The encoding in which the lines that are not ASCII look most like words.

    The detector alone takes two letters of Russian for Chinese; its word counts, and so do the
    letters that Russian and Spanish are made of.
    """
    sample = b"\n".join(line[:SAMPLE] for line in foreign)[:SAMPLE]
    detected = _detected(sample)
    scores = {}
    for at, name in enumerate(_CANDIDATES):
        scores[name] = _likelihood(sample.decode(name, "replace")) + _USUAL_GAIN * (at < _USUAL)
    if detected:
        text = sample.decode(detected, "replace")
        gain = _DETECTED_GAIN * sum(not c.isascii() for c in text)
        scores[detected] = max(scores.get(detected, -math.inf), _likelihood(text)) + gain
    return max(scores, key=lambda name: scores[name])


def _detected(sample: bytes) -> str:
    import chardet

    try:
        name = codecs.lookup(str(chardet.detect(sample)["encoding"])).name
    except LookupError:
        return ""
    is_like_ascii = b"1:->\n".decode(name, "replace") == "1:->\n"  # unlike mainframes'
    return name if is_like_ascii and not name.startswith(_NOT_GUESSED) else ""


def _likelihood(text: str) -> float:
    """The logarithm of how likely what is not ASCII stands in Russian or a western language."""
    total = 0.0
    for (before, character), times in Counter(pairwise(f"\n{text}")).items():
        if not character.isascii():
            total += times * _letter(character)
        elif before.isascii():
            continue
        if before.isalpha():
            total += times * _ODD_NEIGHBOUR * _is_odd(before, character)
    return total


def _is_odd(letter: str, character: str) -> bool:
    """Whether `character` seldom follows a letter."""
    if not character.isalpha():
        return character in _OPENING
    kinds = _kind(letter), _kind(character)
    if letter.islower() and character.isupper():
        return True
    return kinds[0] != kinds[1] if "CYRILLIC" in kinds else kinds == ("ACCENT", "ACCENT")


@functools.lru_cache(maxsize=4096)
def _letter(character: str) -> float:
    if character == "\ufffd":
        return _NO_CHARACTER
    lower = character.lower()
    if lower in _RUSSIAN:
        return _FIRST_RUSSIAN + _NEXT_RUSSIAN * _RUSSIAN.index(lower)
    if lower in _WESTERN or character in _PUNCTUATION:
        return _WESTERN_LETTER if lower in _WESTERN else _MARK
    category = unicodedata.category(character)
    is_sign = category == "Lo" and character >= "\u3040"  # kana, Chinese, Korean
    if is_sign or category == "Zs":
        return _SIGN
    return _OTHER_LETTER if category in {"Ll", "Lu", "Lo", "Mn"} else _SYMBOL


@functools.lru_cache(maxsize=4096)
def _kind(letter: str) -> str:
    if letter.isascii():
        return "LATIN"
    script = unicodedata.name(letter, "").partition(" ")[0]
    return "ACCENT" if script == "LATIN" else script
