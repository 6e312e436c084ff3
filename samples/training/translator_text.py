"""What the demo translator is trained on: the grammar's Russian and English, as they may arrive.

A recogniser loses full stops, capitals and the borders between sentences, so some sources are
written that way; the target is always the whole, correct English. No source has a wrong, missing
or doubled word: a translator this small would pay for it with sentences it now gets right.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from samples.training.grammar import Grammar, Triple

_MARKS: Final = ".!?…"
_MOST_WORDS: Final = 22  # of several sentences in one string
_COUNTS: Final = (1, 2, 3)
_COUNT_WEIGHTS: Final = (70, 20, 10)


@dataclass(frozen=True, slots=True)
class Pair:
    """A Russian source and its English target, each one sentence or several."""

    source: str
    target: str


def written(text: str) -> str:
    """As the grammar has it."""
    return text


def small_start(text: str) -> str:
    """The first letter small."""
    return text[:1].lower() + text[1:]


def no_stop(text: str) -> str:
    """Without the mark at the end."""
    return text.rstrip(_MARKS)


def plain_stop(text: str) -> str:
    """A full stop for whatever mark was at the end."""
    return f"{text.rstrip(_MARKS)}."


def unmarked(text: str) -> str:
    """Without any punctuation."""
    return re.sub(rf"[,{_MARKS}]", "", text)


def bare(text: str) -> str:
    """Without any punctuation, all letters small."""
    return unmarked(text).lower()


def loud(text: str) -> str:
    """All letters capital."""
    return text.upper()


_FORMS: Final[dict[Callable[[str], str], int]] = {
    written: 58,
    small_start: 8,
    no_stop: 10,
    plain_stop: 6,
    unmarked: 7,
    bare: 9,
    loud: 2,
}


class Drawer:
    """Draws pairs from the triples that are not held out."""

    def __init__(self, book: Grammar) -> None:
        known = [
            [one for one in pool if not book.is_held_out(one)] for pool in book.fillings.values()
        ]
        self._pools = [pool for pool in known if pool]
        self._all = [triple for pool in self._pools for triple in pool]

    def pairs(self, rng: random.Random) -> Iterator[Pair]:
        """Pairs without end; the same generator state gives the same pairs."""
        while True:
            yield self.pair(rng)

    def pair(self, rng: random.Random) -> Pair:
        """One pair: mostly one sentence as it is written."""
        [form] = rng.choices(list(_FORMS), list(_FORMS.values()))
        [count] = rng.choices(_COUNTS, _COUNT_WEIGHTS)
        spoken = self._spoken(count, rng)
        sources = [form(triple.ru) for triple in spoken]
        if form is written and rng.random() < 0.25:
            source = comma_mistakes(sources)
        else:
            source = " ".join(sources)
        return Pair(source, " ".join(triple.en for triple in spoken))

    def _spoken(self, count: int, rng: random.Random) -> list[Triple]:
        """Up to `count` sentences, fewer where they would be too long together."""
        spoken = [self._one(rng)]
        while len(spoken) < count:
            spoken.append(self._one(rng))
            if sum(len(triple.ru.split()) for triple in spoken) > _MOST_WORDS:
                return spoken[:-1]
        return spoken

    def _one(self, rng: random.Random) -> Triple:
        """Half from all triples alike, half from all patterns alike."""
        return rng.choice(self._all if rng.random() < 0.5 else rng.choice(self._pools))


def comma_mistakes(sentences: list[str]) -> str:
    """Commas where full stops should be, as in one long sentence."""
    *first, last = sentences
    parts = [no_stop(sentence) for sentence in first] + [last]
    return ", ".join([parts[0], *(small_start(part) for part in parts[1:])])
