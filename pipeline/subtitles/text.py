"""What a line of a subtitle may hold, and how long it is for the eye."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from pipeline.subtitles.stamps import is_damaged

TAG: Final = re.compile(r"</?[A-Za-z][^<>\n]*>|\{\\[^{}\n]*\}")  # as players take it
# An arrow could make a reader take text for a time line: every spelling some editor accepts.
# Dashes without a tip match too, as a whole: to try again from each would take their square.
_ARROW: Final = re.compile(r"[-\u2010-\u2015\u2212][-\u2010-\u2015\u2212 \u00a0]*+(?P<tip>>[> ]*)?")
_ARROW_SAFE: Final = "› "
_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d)\W+(?=\d)")
_BLANKS: Final = re.compile(" +")
_NO_BREAK_SPACE: Final = "\u00a0"
_ZERO: Final = "\0"  # no editor shows it
_INVISIBLE: Final = frozenset("\ufeff\u200b\u2060")
_NO_ROOM: Final = frozenset({"Mn", "Me", "Cf"})
# Letters of Europe and the usual signs: with nothing else in it, a text is as wide as it is long.
_EACH_TAKES_ROOM: Final = re.compile(
    "[\x00-\xac\xae-\u02ff\u0370-\u0482\u048a-\u058f\u2010-\u2027\u2030-\u205f\u20a0-\u20cf]*"
)


def clean(text: str) -> str:
    """Make `text` safe as one line: no control characters, no line ends, no arrow, single blanks.

    Cleaning what is clean changes nothing. Blank or invisible text gives "".
    """
    if not text.isprintable():
        text = "".join(_harmless(character) for character in text)
    if ">" in text:
        text = _without_arrows(text)
    text = _BLANKS.sub(" ", text).strip()
    return text if width(text) else ""


def kept(text: str) -> str:
    """A person's line as it is: only what a file would not give back as text is made harmless.

    That is control characters, line ends, and an arrow between numbers or at a time. Keeping what
    is kept changes nothing.
    """
    if not text.isprintable():
        text = "".join(_writable(character) for character in text)
    has_times = ">" in text and (_has_times(text) or is_damaged(text))
    return _without_arrows(text) if has_times else text


def _without_arrows(text: str) -> str:
    return _ARROW.sub(lambda found: _ARROW_SAFE if found["tip"] else found[0], text)


def _has_times(text: str) -> bool:
    """Whether an arrow stands between numbers."""
    between = (found[0] for found in _BETWEEN_DIGITS.finditer(text))
    return any(arrow["tip"] for some in between for arrow in _ARROW.finditer(some))


def _writable(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    if character == _ZERO:
        return ""
    return " " if category in {"Cc", "Zl", "Zp"} and character != "\t" else character


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp", "Zs"}:
        return character if character == _NO_BREAK_SPACE else " "
    if category == "Cs":
        return "\ufffd"  # half a character: UTF-8 cannot hold it
    return "" if character in _INVISIBLE else character


def width(text: str) -> int:
    """Count the characters a viewer sees: combining accents and invisible marks take no room."""
    if text.isascii() or _EACH_TAKES_ROOM.fullmatch(text):
        return len(text)
    return sum(1 for character in text if unicodedata.category(character) not in _NO_ROOM)
