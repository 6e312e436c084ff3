"""Terms ready to be looked for: which words each consists of, and where to look them up."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from pipeline.core.language import base
from pipeline.programme import spelling
from pipeline.programme.glossary import Term
from pipeline.programme.spelling import Token, fold
from pipeline.programme.word_index import Piece, WordIndex

SHORTEST_NAME: Final = 5  # letters of a name of which another word may be a mishearing
_BETWEEN: Final = frozenset("-‐‑–—'’ʼ\"«»„“”")  # what may stand between words, besides spaces


class Way(NamedTuple):
    """One row of words that a term is found by; `order` is the term's place in the glossary."""

    term: Term
    order: int
    pieces: tuple[Piece, ...]

    @property
    def between(self) -> frozenset[str]:
        """What may stand between its words, besides spaces."""
        own = "".join((self.term.source, *self.term.forms))
        return _BETWEEN.union(c for c in own if not c.isalnum() and not c.isspace())

    def is_inflected(self, heard: Sequence[Token]) -> bool:
        """Whether words are not as the glossary writes the term."""
        return [word.text for word in heard] != [*map(fold, spelling.words(self.term.source))]


@dataclass(frozen=True, slots=True)
class Finder:
    """A term ready to be looked for in any of `ways`, each a row of words.

    The first is `inflected`, as far as the language is; it may be empty. The others are its forms.
    """

    term: Term
    inflected: tuple[Piece, ...]
    ways: tuple[tuple[Piece, ...], ...]


class Finders(tuple[Finder, ...]):
    """Compiled terms, with what is made of them when it is first asked for."""

    @functools.cached_property
    def ways(self) -> WordIndex[Way]:
        """The ways of all terms, by their first word."""
        return WordIndex(
            (pieces[0], Way(finder.term, order, pieces))
            for order, finder in enumerate(self)
            for pieces in finder.ways
        )

    @functools.cached_property
    def words(self) -> WordIndex[Piece]:
        """Every word of every way."""
        pieces = {piece for finder in self for way in finder.ways for piece in way}
        return WordIndex((piece, piece) for piece in pieces)

    @functools.cached_property
    def names(self) -> WordIndex[int]:
        """Words with a capital that are long enough to be known when misheard.

        To each belongs its term's place in the glossary.
        """
        names = (
            (piece, order)
            for order, finder in enumerate(self)
            for piece in finder.inflected
            if piece.word[0].isupper()
            and not piece.word.isupper()
            and len(piece.word) >= SHORTEST_NAME
        )
        return WordIndex(names, is_for_near=True)

    @functools.cached_property
    def rendered(self) -> tuple[frozenset[str], ...]:
        """For each term the first words of what may render it, as `spelling.caseless` has them."""
        return tuple(
            frozenset(
                word
                for form in (finder.term.target, *finder.term.alternatives)
                for word in spelling.caseless(form).split()[:1]
            )
            for finder in self
        )


def finders(terms: Iterable[Term], language: str) -> Finders:
    """Compile terms for texts of a language. Keep what this gives: its first use makes an index."""
    is_russian = base(language) == "ru"
    return Finders(_finder(term, is_russian=is_russian) for term in terms)


def _finder(term: Term, *, is_russian: bool) -> Finder:
    words = spelling.words(term.source)
    is_named = bool(words) and all(word[0].isupper() for word in words if _is_cased(word))
    is_person = term.type == "person" or (not term.type and bool(term.gender))
    is_name = is_named and term.type != "org"

    def declined(word: str, capitals: int) -> Piece:
        is_own = is_name and word[0].isupper()
        return Piece(word, capitals, is_russian, is_own, is_person and is_own, term.gender)

    inflected = tuple(map(declined, words, _capitals(words, is_named=is_named)))
    by_hand = [spelling.words(form) for form in term.forms]
    fixed = [tuple(map(Piece, form, _capitals(form, is_named=is_named))) for form in by_hand]
    return Finder(term, inflected, tuple(way for way in (inflected, *fixed) if way))


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
