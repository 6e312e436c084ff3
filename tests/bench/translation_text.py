"""What is translated in the comparison: a Russian programme as sentences, as cues and as words.

The text comes from a folder of `*.ru` files with a sentence or a few in each line. Without one, it
is made of the demo grammar's sentences: two or three joined by commas, until they are as long as
spoken sentences are.
"""

from __future__ import annotations

import random
import textwrap
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Final

from pipeline.core.payloads import Transcript
from pipeline.core.timeline import Phrase, Turn, Word
from samples.training import grammar
from samples.training.translator_text import comma_mistakes

LINE, LINES = 42, 2  # of a cue: letters in a line, and lines
_LONG_ENOUGH: Final = 75  # letters; what is shorter gets another part
_OPENERS: Final = ("Итак,", "Впрочем,", "Конечно,", "Кстати,", "Наконец,", "Правда,", "Значит,")
_SEED: Final = 6
_LETTER_MS, _PAUSE_MS = 50, 300  # twenty letters a second; a pause after each sentence
_ENDS: Final = tuple(".?!…")


def lines(folder: Path | None, wanted: int) -> list[str]:
    """So many different lines: of a folder's files, evenly from all of them, or of the grammar.

    Where a folder has too few, they come again with other first words.

    Raises:
        ValueError: there is no text in the folder.
    """
    if folder is None:
        return [*islice(_made(), wanted)]
    found = [line for path in sorted(folder.glob("*.ru")) for line in _read(path)]
    known = [*dict.fromkeys(found)]
    if not known:
        raise ValueError(f"{folder}: no text in *.ru")
    if wanted <= len(known):
        return [known[at * len(known) // wanted] for at in range(wanted)]
    return [*islice(_again(known), wanted)]


def cues(spoken: Sequence[str]) -> list[str]:
    """The same words in cues of two lines of 42 letters, filled up without regard to sentences.

    >>> cues(["Доброе утро!", "Это радио."])
    ['Доброе утро! Это радио.']
    """
    wrapped = textwrap.wrap(" ".join(spoken), LINE, break_long_words=False, break_on_hyphens=False)
    return [" ".join(wrapped[at : at + LINES]) for at in range(0, len(wrapped), LINES)]


def own_cues(spoken: Sequence[str]) -> list[str]:
    """The same words in cues that end where a line ends: as few as it fits into, equally long.

    >>> own_cues(["Доброе утро!", "Это радио."])
    ['Доброе утро!', 'Это радио.']
    """
    return [cue for line in spoken for cue in _equal(line)]


def transcript(units: Sequence[str]) -> tuple[Transcript, tuple[Turn, ...]]:
    """Words with times, each unit a phrase, all said by one speaker."""
    phrases = []
    at_ms = 0
    for unit in units:
        words = []
        for text in unit.split():
            end_ms = at_ms + max(len(text), 1) * _LETTER_MS
            words.append(Word(start_ms=at_ms, end_ms=end_ms, text=text))
            at_ms = end_ms + (_PAUSE_MS if text.endswith(_ENDS) else _LETTER_MS)
        if words:
            phrases.append(_phrase(words))
    whole = Transcript(duration_ms=at_ms, lines=tuple(phrases))
    return whole, (Turn(start_ms=0, end_ms=max(at_ms, 1), speaker="", voice=1),)


def held_out() -> list[tuple[str, str]]:
    """Russian and English of the sentences that the demo translator was not trained on."""
    book = grammar.load()
    return [(each.ru, each.en) for each in book.triples() if book.is_held_out(each)]


def english(seed: int = _SEED) -> Iterator[str]:
    """The grammar's English sentences, no two of one pattern."""
    book = grammar.load()
    patterns = [*book.fillings.values()]
    random.Random(seed).shuffle(patterns)
    return (pool[0].en for pool in patterns)


def _equal(line: str) -> list[str]:
    for parts in count(1):
        width = max(-(-len(line) // parts), LINE)
        made = textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)
        if all(len(cues([one])) < 2 for one in made):
            return made
        if width == LINE:
            return cues([line])
    raise AssertionError("counted to the end")


def _phrase(words: Sequence[Word]) -> Phrase:
    start_ms, end_ms = words[0].start_ms, words[-1].end_ms
    return Phrase(start_ms=start_ms, end_ms=end_ms, language="ru", words=tuple(words))


def _read(path: Path) -> Iterator[str]:
    stripped = (line.strip() for line in path.read_text("utf-8").splitlines())
    return (line for line in stripped if line)


def _made() -> Iterator[str]:
    """Long sentences of the grammar without end, no two alike."""
    rng = random.Random(_SEED)
    spoken = [triple.ru for triple in grammar.load().triples()]
    given: set[str] = set()
    while True:
        parts = [rng.choice(spoken)]
        while sum(map(len, parts)) < _LONG_ENOUGH:
            parts.append(rng.choice(spoken))
        made = comma_mistakes(parts)
        if made not in given:
            given.add(made)
            yield made


def _again(known: Sequence[str]) -> Iterator[str]:
    yield from known
    for number in count():
        opener = " ".join([_OPENERS[number % len(_OPENERS)]] * (1 + number // len(_OPENERS)))
        yield from (f"{opener} {line[:1].lower()}{line[1:]}" for line in known)
