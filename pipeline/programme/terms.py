"""Glossary terms: found in the source in any inflection, looked for in the translation.

A term that the glossary writes small is found however it is written. A name is found only with its
capital, in a text that has any: a word, or several that all have one (Лев Толстой). Of several
words with small ones among them (Общество переводчиков), recognisers often write all small.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pipeline.programme import spelling
from pipeline.programme.finders import SHORTEST_NAME, Finder, Finders, Way, finders
from pipeline.programme.glossary import Term
from pipeline.programme.spelling import Token

__all__ = [  # what is made ready to be looked for is part of it
    "Finder",
    "Finders",
    "Hit",
    "finders",
    "flag",
    "forbidden",
    "missing",
    "near_misses",
    "occurrences",
    "places",
    "told_of",
    "wanted",
]

_LONG_NAME: Final = 8  # from so many letters on, two of them may be wrong


@dataclass(frozen=True, slots=True)
class Hit:
    """A term in a text, which has it from the character `start` to before `end`."""

    term: Term
    start: int
    end: int


def occurrences(text: str, finders: Finders) -> list[Hit]:
    """Where terms are in `text`, in order; where two overlap, the longer one counts."""
    tokens = list(spelling.tokens(text))
    has_capitals = any(map(str.isupper, text))
    found: list[tuple[int, int, bool, int, Way]] = []
    for at, token in enumerate(tokens):
        for way in finders.ways.of(token.text):
            heard = tokens[at : at + len(way.pieces)]
            if _is_said(way, heard, text, has_capitals=has_capitals):
                length = heard[-1].end - token.start
                found.append((-length, token.start, way.is_inflected(heard), way.order, way))
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


def told_of(title: str, finders: Finders) -> Iterator[Term]:
    """The terms that a title names in any form, or by its translation; in the glossary's order."""
    named = {hit.term for hit in occurrences(title, finders)}
    text = spelling.caseless(title)
    for each, firsts in zip(finders, finders.rendered, strict=True):
        is_rendered = any(first in text for first in firsts)
        if (is_rendered and not missing(title, [(each.term, 1)])) or (named and each.term in named):
            yield each.term


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


def near_misses(words: Sequence[str], finders: Finders) -> list[tuple[str, Term]]:
    """Words that are almost a name, or a word of one, and no word of any: each once, in order.

    One letter in five is wrong, two are in eight. Words without a capital are left out, where any
    of `words` has one.
    """
    has_capitals = any(any(map(str.isupper, word)) for word in words)
    found: list[tuple[str, Term]] = []
    for word in dict.fromkeys(words):
        for token in spelling.tokens(word):
            length = len(token.text)
            if length < SHORTEST_NAME or (has_capitals and not token.capitals):
                continue
            most = 2 if length >= _LONG_NAME else 1
            near = min(finders.names.near(token.text, most), default=None)
            if near is not None and not any(finders.words.of(token.text)):
                found.append((word, finders[near[1]].term))
                break
    return found


def _is_said(way: Way, heard: Sequence[Token], text: str, *, has_capitals: bool) -> bool:
    if len(heard) < len(way.pieces):
        return False
    for piece, token in zip(way.pieces, heard, strict=True):
        if token.text not in piece.forms or (has_capitals and token.capitals < piece.capitals):
            return False
    gaps = (text[a.end : b.start] for a, b in pairwise(heard))
    return all(c.isspace() or c in way.between for gap in gaps for c in gap)


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
