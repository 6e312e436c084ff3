"""Glossary terms: found in the source in any inflection, looked for in the translation."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Finder:
    """A term ready to be looked for; every occurrence has one of `keys` in it, in small letters."""

    term: Term
    keys: tuple[str, ...]
    pattern: re.Pattern[str]


def finders(terms: Iterable[Term], language: str) -> tuple[Finder, ...]:
    """Compile terms for texts of a language."""
    return tuple(_finder(term, is_russian=base(language) == "ru") for term in terms)


def found(source: str, finders: Iterable[Finder]) -> list[tuple[Term, int]]:
    """Terms that occur in `source`, each with how often."""
    small = source.casefold()
    near = (one for one in finders if any(key in small for key in one.keys))
    hits = ((one.term, len(one.pattern.findall(source))) for one in near)
    return [(term, count) for term, count in hits if count]


def missing(target: str, wanted: Sequence[tuple[Term, int]]) -> list[Term]:
    """The wanted terms that `target` holds less often than the source does."""
    return [term for term, count in wanted if len(_target_pattern(term).findall(target)) < count]


def flag(term: Term) -> str:
    """How a sentence says that a term is missing from its translation."""
    return f"term_missing:{term.source}={term.target}"


def _finder(term: Term, *, is_russian: bool) -> Finder:
    written = [_words(form) for form in (term.source, *term.forms)]
    options = ["".join(_spaced(re.escape(word) for word in words)) for words in written]
    keys = [words[0].casefold() for words in written]
    if is_russian:
        options.append("".join(_spaced(_inflected(word) for word in written[0])))
        keys += [stem.casefold() for stem, _ in _stems(written[0][0])]
    return Finder(term, tuple(dict.fromkeys(keys)), _whole_words(options))


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
    """A word with its ending open."""
    stems = (f"{re.escape(stem)}(?:{'|'.join(endings)})" for stem, endings in _stems(word))
    return f"(?:{'|'.join([re.escape(word), *stems])})"


def _stems(word: str) -> list[tuple[str, list[str]]]:
    """Stems with what may follow; short words, capitals and other scripts have none."""
    if not _is_russian(word) or (word.isupper() and len(word) > 1):
        return []
    kinds = ((_NOUN, ["", *_NOUN_ENDINGS]), (_ADJECTIVE, _ADJECTIVE_ENDINGS))
    cuts = ((ending.search(word), endings) for ending, endings in kinds)
    return [
        (word[: cut.start()], endings)
        for cut, endings in cuts
        if cut and cut.start() >= _SHORTEST_STEM
    ]


def _is_russian(word: str) -> bool:
    return bool(re.search("[а-яё]", word, re.IGNORECASE))
