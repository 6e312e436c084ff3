"""Reasons to doubt a translation, told from the two texts alone."""

from __future__ import annotations

import re
from typing import Final

from pipeline.core.language import script_share, scripts

UNTRANSLATED: Final = "untranslated"  # the engine gave nothing; the words stand as spoken
WRONG_SCRIPT: Final = "wrong_script"  # the source is not written like its language
LEFT_OVER: Final = "left_over"  # letters of the source's script stand in the target
LOOP: Final = "loop"
LENGTH: Final = "length"

_REPEATS: Final = 6
_LOOP: Final = re.compile(rf"(?<!\w)(\w[\w ,'’-]{{0,60}}?)(?:[ ,.!?…-]+\1(?!\w)){{{_REPEATS},}}")
_STUTTER: Final = re.compile(rf"(\w{{2,20}}?)\1{{{_REPEATS - 1},}}")
_RATIOS: Final = (0.3, 3.5)
_HALF: Final = 0.5
_SHORT: Final = 12  # letters; below it a ratio of lengths says nothing


def is_written_in(text: str, language: str) -> bool:
    """Whether at least half of the letters belong to the language; no letters never do."""
    share = script_share(text)
    return sum(share.get(script, 0.0) for script in scripts(language)) >= _HALF


def doubts(source: str, target: str, *, language: str, into: str) -> list[str]:
    """What speaks against `target` as the translation of `source`; empty where nothing does."""
    found = []
    foreign = scripts(language) - scripts(into) - {"Latn"}  # names in Latin letters may stay
    if any(script in foreign for script in script_share(target)):
        found.append(LEFT_OVER)
    lowered = target.casefold()
    if "@@" in target or _LOOP.search(lowered) or _STUTTER.search(lowered):
        found.append(LOOP)
    ratio = len(target) / max(len(source), 1)
    long = max(len(source), len(target)) > _SHORT
    if long and not _RATIOS[0] <= ratio <= _RATIOS[1]:
        found.append(LENGTH)
    return found
