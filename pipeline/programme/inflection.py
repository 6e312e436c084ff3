"""The forms that a Russian word takes: by rule, and from pymorphy3's dictionary where installed."""

from __future__ import annotations

import functools
import importlib
import logging
import re
from collections.abc import Iterator
from importlib import metadata
from typing import Any, Final, NamedTuple

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
    found = ruled(word, is_name=is_name, is_person=is_person, gender=gender)
    if not _is_declined(word, folded) or (is_person and found == {folded}):
        return found
    listed = frozenset(_listed(folded))
    return found | (listed - endings.bare(folded) if is_name else listed)


@functools.lru_cache(maxsize=1 << 14)
def ruled(
    word: str, *, is_name: bool = False, is_person: bool = False, gender: str = ""
) -> frozenset[str]:
    """Those of `forms` that it has by rule, without the dictionary."""
    folded = fold(word)
    if _is_declined(word, folded):
        return endings.declined(folded, is_name=is_name, is_person=is_person, gender=gender)
    is_spoken = _RUSSIAN.fullmatch(folded) and folded[-1] not in "аеиоуыэюяьй"
    return frozenset({folded, *(f"{folded}{end}" for end in _OF_CAPITALS if is_spoken)})


@functools.lru_cache(maxsize=1 << 16)
def beginning(word: str) -> str:
    """Letters with which all begins that `word` may become by rule; maybe none."""
    folded = fold(word)
    return endings.beginning(folded) if _is_declined(word, folded) else folded


@functools.lru_cache(maxsize=1 << 14)
def relatives(form: str) -> frozenset[str]:
    """The nominatives, folded, of which `form` is one by the dictionary; maybe others too.

    Empty without a dictionary, and for what it does not know.
    """
    found = set()
    for stem, _, rows in _lexemes(form):
        found |= {fold(row.prefix + stem + row.suffix) for row in rows if row.is_nominative}
    return frozenset(found)


def _is_declined(word: str, folded: str) -> bool:
    is_abbreviation = len(folded) > 1 and word.isupper()
    return bool(_RUSSIAN.fullmatch(folded)) and not is_abbreviation


class _Row(NamedTuple):
    """One form of all words that are declined alike: what stands before and after the stem."""

    prefix: str
    suffix: str
    part: str | None
    gender: str | None
    number: str | None
    is_nominative: bool


def _listed(word: str) -> Iterator[str]:
    """What the dictionary lists for a word that it knows, where that is a nominative."""
    for stem, at, rows in _lexemes(word):
        tag = rows[at]
        for row in rows if tag.is_nominative else ():
            is_same = tag.part != "NOUN" or row.gender in (tag.gender, None)
            if row.part == tag.part and (is_same or row.number == "plur"):
                yield fold(row.prefix + stem + row.suffix)


def _lexemes(form: str) -> Iterator[tuple[str, int, tuple[_Row, ...]]]:
    """For each word that `form` is one of: its stem, which of its forms it is, and all of them."""
    analyser = _analyser()
    if analyser is None:
        return
    for written, places in analyser.dictionary.words.similar_items(form, analyser.char_substitutes):
        for paradigm, at in places:
            rows = _paradigm(paradigm)
            row = rows[at]
            yield written[len(row.prefix) : len(written) - len(row.suffix)], at, rows


@functools.lru_cache(maxsize=1 << 12)
def _paradigm(number: int) -> tuple[_Row, ...]:
    analyser = _analyser()
    told = analyser.dictionary.build_paradigm_info(number)
    return tuple(
        _Row(prefix, suffix, tag.POS, tag.gender, tag.number, _is_term(tag))
        for prefix, tag, suffix in told
    )


def _is_term(tag: Any) -> bool:  # noqa: ANN401 - has no types
    """Whether it is the nominative of what terms are made of; Иванов is no adjective."""
    return tag.POS in _PARTS and tag.case == "nomn" and "Poss" not in tag


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
