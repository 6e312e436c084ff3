"""The forms that a Russian word takes: by rule, and from pymorphy3's dictionary where installed."""

from __future__ import annotations

import functools
import importlib
import logging
import re
from importlib import metadata
from typing import Any, Final

from pipeline.programme import endings
from pipeline.programme.spelling import fold

log = logging.getLogger(__name__)

_RUSSIAN: Final = re.compile("[а-я]+")
_PARTS: Final = ("NOUN", "ADJF", "PRTF")  # the parts of speech that a term is made of
_OF_CAPITALS: Final = "а у ом е ы ов ам ами ах".split()


def identity() -> str:
    """What the forms come from, for the origin of what was made with them.

    "endings", or "pymorphy3" with its release and that of its dictionary.
    """
    if _analyser() is None:
        return "endings"
    return f"pymorphy3 {metadata.version('pymorphy3')}, words {_release('pymorphy3-dicts-ru')}"


@functools.lru_cache(maxsize=1 << 14)
def forms(
    word: str, *, is_name: bool = False, is_person: bool = False, gender: str = ""
) -> frozenset[str]:
    """All that `word`, which stands in the nominative, may become in Russian, each folded.

    A word in capitals keeps them and may take an ending: МИДа. What is not of Russian letters
    stays as it is. The arguments are those of `endings.declined`.
    """
    folded = fold(word)
    if not _RUSSIAN.fullmatch(folded):
        return frozenset({folded})
    if len(folded) > 1 and word.isupper():
        is_spoken = folded[-1] not in "аеиоуыэюяьй"
        return frozenset({folded, *(f"{folded}{end}" for end in _OF_CAPITALS if is_spoken)})
    found = endings.declined(folded, is_name=is_name, is_person=is_person, gender=gender)
    if is_person and found == {folded}:
        return found
    listed = _listed(folded)
    return found | (listed - endings.bare(folded) if is_name else listed)


def _listed(word: str) -> frozenset[str]:
    """What the dictionary lists for a word that it knows, where that is a nominative."""
    analyser = _analyser()
    if analyser is None:
        return frozenset()
    found: set[str] = set()
    for parse in analyser.parse(word):
        tag = parse.tag
        if not parse.is_known or tag.POS not in _PARTS or tag.case != "nomn" or "Poss" in tag:
            continue  # nor is Иванов an adjective
        for form in parse.lexeme:
            is_same = tag.POS != "NOUN" or form.tag.gender in (tag.gender, None)
            if form.tag.POS == tag.POS and (is_same or form.tag.number == "plur"):
                found.add(fold(form.word))
    return frozenset(found)


@functools.cache
def _analyser() -> Any:  # noqa: ANN401 - has no types
    try:
        return importlib.import_module("pymorphy3").MorphAnalyzer(lang="ru")
    except ModuleNotFoundError as error:
        if error.name != "pymorphy3":
            log.warning("pymorphy3 is not used: %s", error)
    except (ImportError, ValueError, OSError) as error:  # installed, but without its dictionary
        log.warning("pymorphy3 is not used: %s", error)
    return None


def _release(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"
