"""Signs that a search went astray, told from the two texts alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from pipeline.core.language import script_share, scripts

LEFT_OVER: Final = "left_over"  # letters of the source's script stand in the target
LOOP: Final = "loop"
LENGTH: Final = "length"

_WORD: Final = re.compile(r"\w+")
_MOST_IN_A_ROW: Final = 6  # of one word
_MOST_PHRASES: Final = 3  # of one phrase of up to so many words
_LONGEST_PHRASE: Final = 8
_STUTTER: Final = re.compile(r"(\w{2,20}?)\1{5}|([^\w\s])(?:\s*\2){6}")
_RATIOS: Final = (0.3, 3.5)
_SHORT: Final = 12  # characters; below it a ratio of lengths says nothing


def foreign(languages: Iterable[str], into: Iterable[str]) -> frozenset[str]:
    """The scripts of which no letter may stand in a translation; Latin names may always stay."""
    theirs = frozenset[str]().union(*map(scripts, languages))
    return theirs.difference({"Latn"}, *map(scripts, into))


def degenerate(source: str, target: str, strange: frozenset[str]) -> tuple[str, ...]:
    """What says that `target` is no translation of `source`; empty where nothing does.

    `strange` are scripts, as `foreign` gives them. What is repeated in the source may be repeated.
    """
    found = []
    if not target.isascii() and not strange.isdisjoint(script_share(target)):
        found.append(LEFT_OVER)
    if ("@@" in target and "@@" not in source) or (_goes_round(target) and not _goes_round(source)):
        found.append(LOOP)
    ratio = len(target) / max(len(source), 1)
    if max(len(source), len(target)) > _SHORT and not _RATIOS[0] <= ratio <= _RATIOS[1]:
        found.append(LENGTH)
    return tuple(found)


def _goes_round(text: str) -> bool:
    lowered = text.casefold()
    if _STUTTER.search(lowered):
        return True
    words = _WORD.findall(lowered)
    return any(_repeats(words, size) for size in range(1, _LONGEST_PHRASE + 1))


def _repeats(words: Sequence[str], size: int) -> bool:
    """Whether so many words come again and again, right after one another."""
    most = size * (_MOST_IN_A_ROW if size == 1 else _MOST_PHRASES)
    run = size
    for before, word in zip(words, words[size:], strict=False):
        run = run + 1 if word == before else size
        if run > most and run % size == 0:
            return True
    return False
