"""Words that are found by any form of them.

A glossary may have 100,000 terms of which a programme names some ten, so no forms are made but
those of words that begin like a word that was heard.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from pipeline.programme import inflection
from pipeline.programme.spelling import fold

T = TypeVar("T")


class Piece(NamedTuple):
    """One word of a term, and how many capitals it then begins with.

    What is not declined stays as it is written; the other fields are those of `inflection.forms`.
    """

    word: str
    capitals: int
    is_declined: bool = False
    is_name: bool = False
    is_person: bool = False
    gender: str = ""

    @property
    def forms(self) -> frozenset[str]:
        """All that it may be, folded."""
        return self._made(inflection.forms)

    @property
    def ruled(self) -> frozenset[str]:
        """Those of its forms that no dictionary is needed for."""
        return self._made(inflection.ruled)

    @property
    def beginning(self) -> str:
        """Letters with which all of `ruled` begin."""
        return inflection.beginning(self.word) if self.is_declined else fold(self.word)

    def _made(self, declined: Callable[..., frozenset[str]]) -> frozenset[str]:
        if not self.is_declined:
            return frozenset({fold(self.word)})
        return declined(
            self.word, is_name=self.is_name, is_person=self.is_person, gender=self.gender
        )


class WordIndex(Generic[T]):
    """Whatever belongs to a piece, found by a form of it or by what is nearly one."""

    def __init__(self, rows: Iterable[tuple[Piece, T]], *, is_for_near: bool = False) -> None:
        """With `is_for_near`, what only the dictionary knows is near too, if it begins alike."""
        self._is_for_near = is_for_near
        self._closed: dict[str, list[tuple[Piece, T]]] = defaultdict(list)  # by beginning
        self._open: dict[str, dict[str, list[T]]] = {}  # by beginning, then by form
        self._declined: dict[str, list[tuple[Piece, T]]] = defaultdict(list)  # by the word itself
        for piece, thing in rows:
            self._closed[piece.beginning].append((piece, thing))
            if piece.is_declined:
                self._declined[fold(piece.word)].append((piece, thing))
        self._longest = max(map(len, self._closed), default=-1)

    def of(self, form: str) -> Iterator[T]:
        """What belongs to pieces of which `form`, folded, is one; some may come twice."""
        for end in range(min(len(form), self._longest) + 1):
            yield from self._drawer(form[:end]).get(form, ())
        for word in inflection.relatives(form) if self._declined else ():
            if word in self._declined:
                yield from (thing for piece, thing in self._declined[word] if form in piece.forms)

    def near(self, word: str, most: int) -> Iterator[tuple[int, T]]:
        """What belongs to pieces with a form so few letters off, and how many those are.

        A letter that is another one counts as one, so does one too many or too few, and so do two
        that changed places. A piece may come several times.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        for beginning in self._beginnings(word, most):
            drawer = self._drawer(beginning)
            for form, off, _ in process.extract_iter(
                word, drawer.keys(), scorer=OSA.distance, score_cutoff=most, processor=None
            ):
                yield from ((int(off), thing) for thing in drawer[form])

    def _drawer(self, beginning: str) -> dict[str, list[T]]:
        """What belongs to pieces of a beginning, by form; declined when first asked for."""
        if beginning in self._closed:
            found: dict[str, list[T]] = defaultdict(list)
            for piece, thing in self._closed.pop(beginning):
                for form in piece.forms if self._is_for_near else piece.ruled:
                    found[form].append(thing)
            self._open[beginning] = dict(found)
        return self._open.get(beginning, {})

    @functools.cached_property
    def _letters(self) -> dict[str, set[str]]:
        """Which letters come next in some beginning."""
        found: dict[str, set[str]] = defaultdict(set)
        for beginning in (*self._closed, *self._open):
            for end, letter in enumerate(beginning):
                found[beginning[:end]].add(letter)
        return dict(found)

    def _beginnings(self, word: str, most: int) -> set[str]:
        """The beginnings that are so few letters off from letters that `word` begins with."""
        waiting, seen = [("", 0, most)], set()
        while waiting:
            state = waiting.pop()
            if state in seen:
                continue
            seen.add(state)
            made, at, left = state
            following = self._letters.get(made, ())
            if word[at : at + 1] in following:
                waiting.append((made + word[at], at + 1, left))
            if not left:
                continue
            waiting.append((made, at + 1, left - 1))
            for letter in following:
                waiting += [(made + letter, at, left - 1), (made + letter, at + 1, left - 1)]
            swapped = word[at : at + 2][::-1]
            if swapped[:1] in following:
                waiting.append((made + swapped, at + 2, left - 1))
        return {made for made, _, _ in seen if made in self._closed or made in self._open}
