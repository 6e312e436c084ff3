"""Glossary terms: found in the source in any inflection, looked for in the translation."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from typing import Final

from pipeline.core.language import base
from pipeline.programme.glossary import Term

# A Russian word changes after its stem: the word without the ending it has in the glossary.
_NOUN: Final = re.compile(r"[аяоеёьйыи]?$", re.IGNORECASE)
_NOUN_ENDINGS: Final = """а я о е ё у ю ы и ь й ой ей ёй ою ею ёю ом ем ём ам ям ами ями ах ях ов ев
    ёв ью ья ье ьям ьями ьях ым ых ыми""".split()
_ADJECTIVE: Final = re.compile(r"(?:[ыио]й|[ая]я|[ое]е|[ыи]е)$", re.IGNORECASE)
_ADJECTIVE_ENDINGS: Final = """ый ий ой ая яя ое ее ые ие ого его ому ему ым им ом ем ую юю ей ою
    ею ых их ыми ими""".split()
_SHORTEST_STEM: Final = 3
_WORD: Final = re.compile(r"[\w]+(?:[-’'][\w]+)*")


def found(source: str, terms: Iterable[Term], language: str) -> list[tuple[Term, int]]:
    """Terms that occur in `source`, each with how often."""
    hits = ((term, len(_source_pattern(term, language).findall(source))) for term in terms)
    return [(term, count) for term, count in hits if count]


def missing(target: str, wanted: Sequence[tuple[Term, int]]) -> list[Term]:
    """The wanted terms that `target` holds less often than the source does."""
    return [term for term, count in wanted if len(_target_pattern(term).findall(target)) < count]


def flag(term: Term) -> str:
    """How a sentence says that a term is missing from its translation."""
    return f"term_missing:{term.source}={term.target}"


@functools.lru_cache(maxsize=8192)
def _source_pattern(term: Term, language: str) -> re.Pattern[str]:
    written = [term.source, *term.forms]
    options = ["".join(_spaced(re.escape(word) for word in _words(form))) for form in written]
    if base(language) == "ru":
        options.append("".join(_spaced(_inflected(word) for word in _words(term.source))))
    return _whole_words(options)


@functools.lru_cache(maxsize=8192)
def _target_pattern(term: Term) -> re.Pattern[str]:
    written = [term.target, *term.alternatives]
    options = ["".join(_spaced(re.escape(word) for word in form.split())) for form in written]
    return _whole_words([f"{option}(?:['’]?s|['’])?" for option in options])


def _whole_words(options: Iterable[str]) -> re.Pattern[str]:
    unique = sorted(dict.fromkeys(options), key=lambda option: (-len(option), option))
    return re.compile(rf"(?<!\w)(?:{'|'.join(unique)})(?!\w)", re.IGNORECASE)


def _words(text: str) -> list[str]:
    return _WORD.findall(text) or [text]


def _spaced(words: Iterable[str]) -> list[str]:
    spaced: list[str] = []
    for word in words:
        spaced += [r"\W+", word] if spaced else [word]
    return spaced


def _inflected(word: str) -> str:
    """A word with its ending open; short words, capitals and other scripts stand as they are."""
    options = [re.escape(word)]
    if _is_russian(word) and not (word.isupper() and len(word) > 1):
        for ending, endings in ((_NOUN, ["", *_NOUN_ENDINGS]), (_ADJECTIVE, _ADJECTIVE_ENDINGS)):
            found = ending.search(word)
            if found and found.start() >= _SHORTEST_STEM:
                stem = re.escape(word[: found.start()])
                options.append(f"{stem}(?:{'|'.join(endings)})")
    return f"(?:{'|'.join(options)})"


def _is_russian(word: str) -> bool:
    return bool(re.search("[а-яё]", word, re.IGNORECASE))
