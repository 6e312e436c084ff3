"""Words of a text as they are compared, whatever accents, unseen marks and capitals they have."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

# Scripts that put no space between words: each character is looked at by itself.
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_MARKS: Final = frozenset({"Mn", "Mc", "Me", "Cf"})
_UNHEARD: Final = frozenset({"Mn", "Me", "Cf"})
_LONGEST_KEPT: Final = 64  # no word is longer
_RUSSIAN: Final = str.maketrans({"ё": "е", "ѐ": "е", "ѝ": "и"})
_PLAIN: Final = re.compile("[ -~А-Яа-яЁё]*")
_PLAIN_WORD: Final = re.compile(r"\w+[+#]*")  # in plain text, what `_pattern` finds
_TYPED: Final = str.maketrans({"’": "'", "ʼ": "'", "‐": "-", "‑": "-"})


class Token(NamedTuple):
    """A word of a text, from the character `start` to before `end`."""

    text: str  # folded
    capitals: int  # it begins with so many
    start: int
    end: int


def fold(text: str) -> str:
    """`text` as it is compared: small letters, е for ё, without stress marks and unseen marks."""
    if text.isascii():
        return text.lower()
    if is_plain(text):
        return text.lower().translate(_RUSSIAN)
    return _folded(text) if len(text) <= _LONGEST_KEPT else _folded.__wrapped__(text)


def is_plain(text: str) -> bool:
    """Whether it is of printable ASCII and Russian letters alone: no marks, nothing unseen."""
    return _PLAIN.fullmatch(text) is not None


@functools.lru_cache(maxsize=1 << 16)
def _folded(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).casefold()
    kept = (c for c in composed if unicodedata.category(c) not in _UNHEARD)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_RUSSIAN)


def typed(text: str) -> str:
    """`text` with one character for each way to type an apostrophe, a hyphen or an accent."""
    return unicodedata.normalize("NFC", text).translate(_TYPED)


def caseless(text: str) -> str:
    """`typed` and without case: what a pattern finds in any case stands in it to the letter.

    Such a pattern takes ı and İ for an i, which folding does not.
    """
    return typed(text).casefold().replace("i\u0307", "i").replace("ı", "i")


def words(text: str) -> list[str]:
    """The words as they are written; those with a hyphen are parted."""
    return _PLAIN_WORD.findall(text) if is_plain(text) else _pattern().findall(text)


def tokens(text: str) -> Iterator[Token]:
    """The words of `words`, folded, with their places."""
    for match in _pattern().finditer(text):
        word = match[0]
        yield Token(fold(word), capitals(word), match.start(), match.end())


def capitals(word: str) -> int:
    """With how many capitals `word` begins."""
    count = 0
    for c in word:
        if c.isupper():
            count += 1
        elif unicodedata.category(c) not in _MARKS:
            break
    return count


@functools.cache
def _pattern() -> re.Pattern[str]:
    r"""Letters and digits with the marks on them, which `\w` does not know; C++ and C# too."""
    codes = (chr(code) for code in range(0xFFFF) if code != ord("\u200b"))  # a place to part words
    marks = re.escape("".join(c for c in codes if unicodedata.category(c) in _MARKS))
    return re.compile(rf"[{_UNSPACED}][{marks}]*|(?:(?![{_UNSPACED}])\w[{marks}]*)+[+#]*")
