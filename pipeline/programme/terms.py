"""Glossary terms: found in the source in any inflection, looked for in the translation.

A term that the glossary writes small is found however it is written. A name is found only with its
capital, in a text that has any: a word, or several that all have one (Лев Толстой). Of several
words with small ones among them (Общество переводчиков), recognisers often write all small.
"""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from pipeline.core.language import base
from pipeline.programme import inflection, spelling
from pipeline.programme.glossary import Term
from pipeline.programme.spelling import Token, fold

_SHORTEST_NAME: Final = 5  # letters of a name of which another word may be a mishearing
_LONG_NAME: Final = 8  # from so many letters on, two of them may be wrong
_BETWEEN: Final = frozenset("-‐‑–—'’ʼ\"«»„“”")  # what may stand between words, besides spaces


class Piece(NamedTuple):
    """One word of a term: what it may be, folded, and how many capitals it then begins with."""

    forms: frozenset[str]
    capitals: int


@dataclass(frozen=True, slots=True, eq=False)
class Finder:
    """A term ready to be looked for in any of `ways`, each a row of words."""

    term: Term
    ways: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A term in a text, which has it from the character `start` to before `end`."""

    term: Term
    start: int
    end: int


class _Way(NamedTuple):
    term: Term
    order: int  # in the glossary
    pieces: tuple[Piece, ...]
    between: frozenset[str]  # besides spaces
    as_written: tuple[str, ...]


def finders(terms: Iterable[Term], language: str) -> tuple[Finder, ...]:
    """Compile terms for texts of a language. Keep what this gives: its first use makes an index."""
    is_russian = base(language) == "ru"
    return tuple(_finder(term, is_russian=is_russian) for term in terms)


def occurrences(text: str, finders: Sequence[Finder]) -> list[Hit]:
    """Where terms are in `text`, in order; where two overlap, the longer one counts."""
    tokens = list(spelling.tokens(text))
    index = _index(tuple(finders))
    has_capitals = any(map(str.isupper, text))
    found: list[tuple[int, int, bool, int, _Way]] = []
    for at, token in enumerate(tokens):
        for way in index.get(token.text, ()):
            heard = tokens[at : at + len(way.pieces)]
            if _is_said(way, heard, text, has_capitals=has_capitals):
                length = heard[-1].end - token.start
                is_inflected = tuple(word.text for word in heard) != way.as_written
                found.append((-length, token.start, is_inflected, way.order, way))
    hits: list[Hit] = []
    taken = bytearray(len(text) if found else 0)
    for less, start, _, _, way in sorted(found, key=lambda one: one[:4]):
        if not any(taken[start : start - less]):
            taken[start : start - less] = b"\1" * -less
            hits.append(Hit(way.term, start, start - less))
    return sorted(hits, key=lambda hit: hit.start)


def wanted(hits: Iterable[Hit]) -> list[tuple[Term, int]]:
    """The terms found, each with how often."""
    return list(Counter(hit.term for hit in hits).items())


def missing(target: str, wanted: Sequence[tuple[Term, int]]) -> list[Term]:
    """The wanted terms that `target` holds less often than the source does.

    Words of the target that render one term do not render another: "Maria Petrova" has no Maria.
    """
    lacking = {term for term, (count, spans) in _rendered(target, wanted) if len(spans) < count}
    return [term for term, _ in wanted if term in lacking]


def forbidden(target: str, wanted: Sequence[tuple[Term, int]]) -> list[tuple[Term, str]]:
    """Forbidden forms of wanted terms in `target`, but for those within a good one."""
    text = spelling.typed(target)
    good = [span for _, (_, spans) in _rendered(target, wanted) for span in spans]
    return [
        (term, form)
        for term, _ in wanted
        for form in term.forbidden
        if any(not _is_within(each.span(), good) for each in _written(form).finditer(text))
    ]


def places(target: str, form: str) -> list[tuple[int, int]]:
    """Where `target`, its accents composed, has a form, without a plural's or an owner's ending."""
    return [each.span("form") for each in _written(form).finditer(spelling.typed(target))]


def flag(term: Term) -> str:
    """How a sentence says that a term is missing from its translation."""
    return f"term_missing:{term.source}={term.target}"


def near_misses(words: Sequence[str], finders: Sequence[Finder]) -> list[tuple[str, Term]]:
    """Words that are almost a name, or a word of one, and no word of any: each once, in order.

    One letter in five is wrong, two are in eight. Words without a capital are left out, where any
    of `words` has one.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    known = {form for each in finders for way in each.ways for word in way for form in word.forms}
    names = _names(tuple(finders))
    has_capitals = any(any(map(str.isupper, word)) for word in words)
    found: list[tuple[str, Term]] = []
    for word in dict.fromkeys(words):
        for token in spelling.tokens(word):
            length = len(token.text)
            if length < _SHORTEST_NAME or token.text in known:
                continue
            if has_capitals and not token.capitals:
                continue
            most = 2 if length >= _LONG_NAME else 1
            near = process.extractOne(
                token.text, names.keys(), scorer=OSA.distance, score_cutoff=most, processor=None
            )
            if near is not None:
                found.append((word, names[near[0]]))
                break
    return found


def _finder(term: Term, *, is_russian: bool) -> Finder:
    words = spelling.words(term.source)
    is_named = bool(words) and all(word[0].isupper() for word in words if _is_cased(word))
    is_person = term.type == "person" or (not term.type and bool(term.gender))
    is_name = is_named and term.type != "org"

    def forms(word: str) -> frozenset[str]:
        if not is_russian:
            return frozenset({fold(word)})
        is_own = is_name and word[0].isupper()
        return inflection.forms(
            word, is_name=is_own, is_person=is_person and is_own, gender=term.gender
        )

    inflected = tuple(
        Piece(forms(word), at)
        for word, at in zip(words, _capitals(words, is_named=is_named), strict=True)
    )
    by_hand = [spelling.words(form) for form in term.forms]
    fixed = [
        tuple(
            Piece(frozenset({fold(word)}), at)
            for word, at in zip(form, _capitals(form, is_named=is_named), strict=True)
        )
        for form in by_hand
    ]
    return Finder(term, tuple(way for way in (inflected, *fixed) if way))


def _capitals(words: Sequence[str], *, is_named: bool) -> list[int]:
    """How many capitals each word of a term has to begin with; all of an abbreviation in capitals.

    Of several words the first one's is enough: Чёрное Море is often written Чёрное море.
    """
    return [
        spelling.capitals(word)
        if word.isupper() and len(word) > 1
        else int(is_named and at == 0 and word[0].isupper())
        for at, word in enumerate(words)
    ]


def _is_cased(word: str) -> bool:
    return word[0].isupper() or word[0].islower()


@functools.lru_cache(maxsize=8)
def _index(finders: tuple[Finder, ...]) -> Mapping[str, tuple[_Way, ...]]:
    """The ways of all terms by what their first word may be."""
    found: dict[str, list[_Way]] = defaultdict(list)
    for order, finder in enumerate(finders):
        term = finder.term
        between = frozenset("".join((term.source, *term.forms))) | _BETWEEN
        marks = frozenset(c for c in between if not c.isalnum() and not c.isspace())
        as_written = tuple(map(fold, spelling.words(term.source)))
        for pieces in finder.ways:
            way = _Way(term, order, pieces, marks, as_written)
            for form in pieces[0].forms:
                found[form].append(way)
    return {form: tuple(ways) for form, ways in found.items()}


def _is_said(way: _Way, heard: Sequence[Token], text: str, *, has_capitals: bool) -> bool:
    if len(heard) < len(way.pieces):
        return False
    for piece, token in zip(way.pieces, heard, strict=True):
        if token.text not in piece.forms or (has_capitals and token.capitals < piece.capitals):
            return False
    gaps = (text[a.end : b.start] for a, b in pairwise(heard))
    return all(c.isspace() or c in way.between for gap in gaps for c in gap)


@functools.lru_cache(maxsize=8)
def _names(finders: tuple[Finder, ...]) -> Mapping[str, Term]:
    """The forms of words with a capital that are long enough to be known when misheard."""
    found: dict[str, Term] = {}
    for finder in finders:
        words = spelling.words(finder.term.source)
        for word, piece in zip(words, finder.ways[0] if words else (), strict=False):
            if word[0].isupper() and not word.isupper() and len(word) >= _SHORTEST_NAME:
                for form in piece.forms:
                    found.setdefault(form, finder.term)
    return found


def _rendered(
    target: str, wanted: Sequence[tuple[Term, int]]
) -> list[tuple[Term, tuple[int, list[tuple[int, int]]]]]:
    """For each wanted term how often, and where `target` has it; the longest goes first."""
    text = spelling.typed(target)
    taken: list[tuple[int, int]] = []
    found = []
    for term, count in sorted(wanted, key=lambda one: -len(one[0].target)):
        places = (match.span() for match in _target_pattern(term).finditer(text))
        mine = [span for span in places if not any(_overlap(span, other) for other in taken)]
        taken += mine[:count]
        found.append((term, (count, mine[:count])))
    return found


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _is_within(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(other[0] <= span[0] and span[1] <= other[1] for other in others)


@functools.lru_cache(maxsize=8192)
def _target_pattern(term: Term) -> re.Pattern[str]:
    return _written(term.target, *term.alternatives)


@functools.lru_cache(maxsize=8192)
def _written(*forms: str) -> re.Pattern[str]:
    """One of `forms` as whole words, maybe in the plural or a possessive.

    In any case, but for abbreviations in capitals: what renders США as US is no "us". The group
    `form` is without the ending.
    """
    rows = {tuple(spelling.typed(form).split()) for form in forms}
    longest_first = sorted(filter(None, rows), key=lambda row: (-len(" ".join(row)), row))
    either = "|".join(map(_in_its_case, longest_first)) or r"(?!)"
    return re.compile(rf"(?<!\w)(?P<form>{either})(?:'?s|')?(?!\w)", re.IGNORECASE)


def _in_its_case(row: Sequence[str]) -> str:
    pattern = r"\s+".join(map(re.escape, row))
    whole = "".join(row)
    is_abbreviation = whole.isupper() and sum(map(str.isalpha, whole)) > 1
    return f"(?-i:{pattern})" if is_abbreviation else pattern
