"""Names put right inside a text: which words could be one, which must stay, one put for another."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_OWNER: Final = re.compile(r"(?<=[^\W_])['’]s$", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[\s-]*")  # words of one name; a comma parts two
_ENDS: Final = frozenset(".!?…:")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a text, one after another, as they stand there; an owner's 's is left out."""

    text: str
    start: int
    end: int
    words: tuple[str, ...] = field(default=())  # in small letters
    opens: bool = False  # a sentence begins with it

    @property
    def is_name(self) -> bool:
        """Whether it begins and ends with a word that has a capital."""
        first, last = self.text[0], self.text.split()[-1][0]
        return (first.isupper() or first.istitle()) and (last.isupper() or last.istitle())

    def overlaps(self, others: Iterable[Piece]) -> bool:
        """Whether it has a word in common with any of the others."""
        return any(self.start < other.end and other.start < self.end for other in others)


def pieces(text: str) -> list[Piece]:
    """The words of a text, one by one.

    >>> [(piece.text, piece.opens) for piece in pieces("«Anna's cat.»")]
    [('Anna', True), ('cat', False)]
    """
    found: list[Piece] = []
    at = 0
    for match in _WORD.finditer(text):
        word = _OWNER.sub("", match.group())
        opens = not found or not _ENDS.isdisjoint(text[at : match.start()])
        at = match.end()
        end = match.start() + len(word)
        found.append(Piece(word, match.start(), end, (word.casefold(),), opens))
    return found


def windows(text: str, words: Sequence[Piece], size: int) -> Iterator[Piece]:
    """Every `size` words of `text` that stand together, as one piece."""
    for at in range(len(words) - size + 1):
        some = words[at : at + size]
        between = (text[a.end : b.start] for a, b in pairwise(some))
        if all(map(_BETWEEN.fullmatch, between)):
            start, end = some[0].start, some[-1].end
            said = tuple(word for piece in some for word in piece.words)
            yield Piece(text[start:end], start, end, said, some[0].opens)


class Names:
    """Names as a glossary writes them, ready to be found in texts, in capitals or not."""

    def __init__(self, names: Collection[str]) -> None:
        found = {tuple(word.words[0] for word in pieces(name)) for name in names}
        self._names: dict[str, list[tuple[str, ...]]] = {}
        for words in sorted(words for words in found if words):
            self._names.setdefault(words[0], []).append(words)

    def __contains__(self, words: tuple[str, ...]) -> bool:
        return bool(words) and words in self._names.get(words[0], ())

    def standing(self, text: str, words: Sequence[Piece]) -> list[Piece]:
        """Where they stand in `text`, whose words are given."""
        found: list[Piece] = []
        for at, first in enumerate(words):
            for name in self._names.get(first.words[0], ()):
                found += windows(text, words[at : at + len(name)], len(name))
        return [piece for piece in found if piece.words in self]


@functools.lru_cache(maxsize=2)
def of_glossary(targets: frozenset[str]) -> Names:
    """The names of a whole glossary, made once for all blocks of sentences."""
    return Names(targets)


def put(text: str, place: Piece, name: str) -> str:
    """`text` with `name` in the place of a piece; a capital that opens a sentence stays one."""
    if place.opens and place.text[:1].isupper():
        name = capitalised(name)
    return text[: place.start] + name + text[place.end :]


def capitalised(name: str) -> str:
    """A name as it opens a sentence; what follows its first letter stays as it is."""
    return name[:1].upper() + name[1:]
