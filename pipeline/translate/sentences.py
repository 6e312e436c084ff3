"""Sentences, rebuilt from the words of one turn and one language: what is translated at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, pairwise
from typing import Final

from pipeline.core.language import binds_next
from pipeline.core.timeline import Phrase, Turn, Word
from pipeline.core.turns import TurnTable

_CLOSING: Final = "»”’\"')]}"
_TERMINAL: Final = re.compile(rf"[.!?…]+[{re.escape(_CLOSING)}]*$")
_FULL_STOP: Final = re.compile(rf"(?<!\.)\.[{re.escape(_CLOSING)}]*$")
_CLAUSE: Final = re.compile(rf"[,;:—–][{re.escape(_CLOSING)}]*$")
_INITIAL: Final = re.compile(r"(?:[^\W\d_]\.)+$")
_PRONOUNS: Final = "ЯI"  # "Кто там? Я." is no initial
_ABBREVIATIONS: Final = {
    "ru": """акад в гг г гр д долл др е ед к кв коп м млн млрд мин напр обл п пер пл пр просп проф р
        рис руб с св см сокр ср стр т тел тов тыс ул ч чел экз""",
    "en": """a.m capt col dr e.g etc gen gov i.e inc jr lt ltd mr mrs ms p.m prof rep rev sen sgt sr
        st u.k u.s v vs""",
    "es": """av dr dra ee ee.uu etc gral ing lic núm pág prof profa sr sra srta sres st sta ud uds
        uu vda""",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What ends a sentence, besides its punctuation."""

    tokens: int = 120
    duration_ms: int = 30_000
    pause_ms: int = 1_200
    bare_pause_ms: int = 700  # before a capital, and where a stretch has no punctuation at all
    abbreviation_pause_ms: int = 500  # a longer pause makes the stop of an abbreviation a full stop


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words of one turn and one language that are translated at once."""

    language: str
    words: tuple[Word, ...]

    @property
    def start_ms(self) -> int:
        """Where its first word begins."""
        return self.words[0].start_ms

    @property
    def end_ms(self) -> int:
        """Where its last word ends."""
        return max(word.end_ms for word in self.words)

    @property
    def text(self) -> str:
        """What is translated: the words, without full stops that are none."""
        return " ".join([*(_joined(*pair) for pair in pairwise(self.words)), self.words[-1].text])


def sentences(
    phrases: Iterable[Phrase],
    turns: Sequence[Turn],
    limits: Limits,
    count: Callable[[str, str], int],
) -> tuple[Sentence, ...]:
    """Every word of `phrases` in exactly one sentence, in the same order.

    Args:
        phrases: the transcript's phrases in time order.
        turns: in time order; a sentence never crosses from one into another.
        limits: what ends a sentence.
        count: how many tokens the engine of a language makes of a text.
    """
    found: list[Sentence] = []
    for (_, language), run in groupby(_placed(phrases, turns), key=lambda placed: placed[0]):
        words = [word for _, word in run]
        for piece in _cut(words, language, limits):
            found += (Sentence(language, part) for part in _within(piece, language, limits, count))
    return tuple(found)


def estimate_tokens(_language: str, text: str) -> int:
    """A guess for languages without an engine: a token is about three letters."""
    return sum(1 + (len(word) - 1) // 3 for word in text.split())


def _placed(
    phrases: Iterable[Phrase], turns: Sequence[Turn]
) -> Iterator[tuple[tuple[int, str], Word]]:
    table = TurnTable(turns)
    for phrase in phrases:
        for word in phrase.words:
            turn = table.at((word.start_ms + word.end_ms) // 2)
            yield (turn, phrase.language), word


def _joined(word: Word, after: Word) -> str:
    """A word inside a sentence; a full stop before a small letter is the recogniser's invention."""
    if _FULL_STOP.search(word.text) and _begins_small(after.text) and len(word.text) > 1:
        if _INITIAL.match(word.text) or _stem(word.text) in _ALL_ABBREVIATIONS:
            return word.text
        return word.text.rstrip(_CLOSING).rstrip(".") or word.text
    return word.text


def _begins_small(text: str) -> bool:
    first = next((letter for letter in text if letter.isalnum()), "")
    return first.islower()


def _stem(text: str) -> str:
    return text.casefold().lstrip("(«“\"'").rstrip(".")


_ALL_ABBREVIATIONS: Final = frozenset(" ".join(_ABBREVIATIONS.values()).split())


def _cut(words: Sequence[Word], language: str, limits: Limits) -> Iterator[tuple[Word, ...]]:
    bare = not any(_TERMINAL.search(word.text) for word in words)
    known = frozenset(_ABBREVIATIONS.get(language.partition("-")[0], "").split())
    begun = 0
    for index, (word, after) in enumerate(pairwise(words), start=1):
        gap_ms = after.start_ms - word.end_ms
        likely = bare or after.text[0].isupper()
        pause_ms = limits.bare_pause_ms if likely else limits.pause_ms
        if gap_ms >= pause_ms or (
            _TERMINAL.search(word.text)
            and not _begins_small(_speaking(words, index))
            and (gap_ms >= limits.abbreviation_pause_ms or not _is_short(word.text, known))
        ):
            yield tuple(words[begun:index])
            begun = index
    yield tuple(words[begun:])


def _speaking(words: Sequence[Word], index: int) -> str:
    """The next word that has letters: what follows a lone dash or quote decides."""
    rest = islice(words, index, None)
    return next((word.text for word in rest if any(map(str.isalnum, word.text))), "")


def _is_short(text: str, abbreviations: frozenset[str]) -> bool:
    """Whether a stop belongs to an abbreviation or an initial rather than to the sentence."""
    if not _FULL_STOP.search(text):
        return False
    initial = _INITIAL.match(text) and text[0].isupper() and text[0] not in _PRONOUNS
    return bool(initial) or _stem(text) in abbreviations


def _within(
    words: tuple[Word, ...], language: str, limits: Limits, count: Callable[[str, str], int]
) -> Iterator[tuple[Word, ...]]:
    """Cut what is too long, at clauses where there are any."""
    duration_ms = words[-1].end_ms - words[0].start_ms
    text = " ".join(word.text for word in words)
    if len(words) == 1 or (
        duration_ms <= limits.duration_ms and count(language, text) <= limits.tokens
    ):
        yield words
        return
    at = _best_cut(words, language)
    yield from _within(words[:at], language, limits, count)
    yield from _within(words[at:], language, limits, count)


def _best_cut(words: tuple[Word, ...], language: str) -> int:
    """Near the middle, after a clause or at a pause, never behind a word that binds to the next."""
    binding = binds_next(language)

    def cost(index: int) -> float:
        before, after = words[index - 1], words[index]
        clause = 0.5 if _CLAUSE.search(before.text) or _TERMINAL.search(before.text) else 0.0
        pause = min(max(after.start_ms - before.end_ms, 0) / 1000, 1.0) * 0.4
        bound = 0.6 if before.text.casefold() in binding else 0.0
        return abs(2 * index / len(words) - 1) + bound - clause - pause

    return min(range(1, len(words)), key=cost)
