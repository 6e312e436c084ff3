"""Sentences, rebuilt from the words of one turn and one language: what is translated at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from typing import Final

from pipeline.core.language import base, binds_next
from pipeline.core.timeline import NO_TURN, Phrase, Turn, Word
from pipeline.core.turns import TurnTable
from pipeline.engines import cleaning
from pipeline.translate import interrupted

_CLOSING: Final = "»”’\"')]}"
_TERMINAL: Final = re.compile(rf"[.!?…]+[{re.escape(_CLOSING)}]*$")
_FULL_STOP: Final = re.compile(rf"(?<!\.)\.[{re.escape(_CLOSING)}]*$")
_CLAUSE: Final = re.compile(rf"[,;:—–][{re.escape(_CLOSING)}]*$")
_INITIAL: Final = re.compile(r"(?:[^\W\d_]\.)+$")
_PRONOUNS: Final = "ЯI"  # "Кто там? Я." is no initial
_TAIL: Final = 40  # letters that are looked at at the end of a word, however long it is
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
    binding_pause_ms: int = 4_000  # after "and" or "in", which are no end
    reply_ms: int = 2_000  # who speaks later than that interrupts nobody
    abbreviation_pause_ms: int = 500  # a longer pause makes the stop of an abbreviation a full stop


@dataclass(frozen=True)
class Sentence:
    """Words of one turn and one language that are translated at once.

    `speaker` says who speaks for themselves; "" where that is not known, or somebody interprets.
    """

    language: str
    words: tuple[Word, ...]
    is_interrupted: bool = False
    speaker: str = ""

    @property
    def start_ms(self) -> int:
        """Where its first word begins."""
        return self.words[0].start_ms

    @property
    def end_ms(self) -> int:
        """Where its last word ends."""
        return max(word.end_ms for word in self.words)

    @cached_property
    def text(self) -> str:
        """What is said: the words, without full stops that are none."""
        return " ".join([*(_joined(*pair) for pair in pairwise(self.words)), self.words[-1].text])

    @cached_property
    def meant(self) -> str:
        """What an engine is given of it: no marks that nobody hears, no words that dangle.

        Empty where nothing else was said before somebody interrupted.
        """
        text = cleaning.clean(self.text)
        return interrupted.meant(text, self.language) if self.is_interrupted else text


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
    table = TurnTable(turns)
    runs = [
        (*place, tuple(word for _, word in run))
        for place, run in groupby(_placed(phrases, table), key=lambda placed: placed[0])
    ]
    found: list[Sentence] = []
    for index, (turn, language, words) in enumerate(runs):
        speaker = _speaker(table, turn)
        is_bare = not any(_ends(word.text) for word in words)
        is_cut_short = index + 1 < len(runs) and (
            runs[index + 1][2][0].start_ms - words[-1].end_ms <= limits.reply_ms
            and _is_another(table, turn, runs[index + 1][0])
        )
        for piece in _cut(words, language, limits, is_bare=is_bare):
            *whole, last = _within(piece, language, limits, count)
            found += (Sentence(language, part, speaker=speaker) for part in whole)
            ends_run = piece[-1] is words[-1] and not is_bare
            breaks = _breaks_off(last[-1], language, is_cut_short=is_cut_short and ends_run)
            found.append(Sentence(language, last, breaks, speaker))
    return tuple(found)


def _breaks_off(last: Word, language: str, *, is_cut_short: bool) -> bool:
    """Whether a sentence broke off: by its marks, by its last word, or because another began."""
    if interrupted.breaks_off(last.text):
        return True
    return not _ends(last.text) and (is_cut_short or interrupted.dangles(last.text, language))


def _speaker(table: TurnTable, turn: int) -> str:
    if turn == NO_TURN or table.turns[turn].interprets != NO_TURN:
        return ""
    return table.speaker(turn)


def _is_another(table: TurnTable, before: int, after: int) -> bool:
    """Whether another person speaks in a turn than in the one before, as far as that is known."""
    if NO_TURN in {before, after}:
        return False
    one, other = table.turns[before], table.turns[after]
    if one.speaker and other.speaker:
        return one.speaker != other.speaker
    return bool(one.voice and other.voice and one.voice != other.voice)


def estimate_tokens(_language: str, text: str) -> int:
    """A guess for languages without an engine: a token is about three letters."""
    return sum(1 + (len(word) - 1) // 3 for word in text.split())


def _placed(phrases: Iterable[Phrase], table: TurnTable) -> Iterator[tuple[tuple[int, str], Word]]:
    for phrase in phrases:
        for word in phrase.words:
            turn = table.at((word.start_ms + word.end_ms) // 2)
            yield (turn, phrase.language), word


def _joined(word: Word, after: Word) -> str:
    """A word inside a sentence; a full stop before a small letter is the recogniser's invention."""
    if _FULL_STOP.search(word.text[-_TAIL:]) and _begins_small(after.text) and len(word.text) > 1:
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


def _ends(text: str) -> bool:
    return _TERMINAL.search(text[-_TAIL:]) is not None


def _cut(
    words: Sequence[Word], language: str, limits: Limits, *, is_bare: bool
) -> Iterator[tuple[Word, ...]]:
    known = frozenset(_ABBREVIATIONS.get(base(language), "").split())
    binding = binds_next(language)
    following = _speaking(words)
    begun = 0
    for index, (word, after) in enumerate(pairwise(words), start=1):
        gap_ms = after.start_ms - word.end_ms
        likely = is_bare or after.text[0].isupper()
        pause_ms = limits.bare_pause_ms if likely else limits.pause_ms
        if word.text.casefold() in binding:
            pause_ms = limits.binding_pause_ms
        if gap_ms >= pause_ms or (
            _ends(word.text)
            and not _begins_small(following[index])
            and (gap_ms >= limits.abbreviation_pause_ms or not _is_short(word.text, known))
        ):
            yield tuple(words[begun:index])
            begun = index
    yield tuple(words[begun:])


def _speaking(words: Sequence[Word]) -> list[str]:
    """For each word the next that has letters, it or a later one: a lone dash decides nothing."""
    found, after = [], ""
    for word in reversed(words):
        after = word.text if any(map(str.isalnum, word.text)) else after
        found.append(after)
    return found[::-1]


def _is_short(text: str, abbreviations: frozenset[str]) -> bool:
    """Whether a stop belongs to an abbreviation or an initial rather than to the sentence."""
    if not _FULL_STOP.search(text[-_TAIL:]):
        return False
    initial = _INITIAL.match(text) and text[0].isupper() and text[0] not in _PRONOUNS
    return bool(initial) or _stem(text) in abbreviations


def _within(
    words: tuple[Word, ...], language: str, limits: Limits, count: Callable[[str, str], int]
) -> Iterator[tuple[Word, ...]]:
    """Cut what is too long, at clauses where there are any."""
    if len(words) == 1 or (
        len(words) <= limits.tokens  # a word is a token at least
        and words[-1].end_ms - words[0].start_ms <= limits.duration_ms
        and count(language, " ".join(word.text for word in words)) <= limits.tokens
    ):
        yield words
        return
    at = _best_cut(words, language)
    yield from _within(words[:at], language, limits, count)
    yield from _within(words[at:], language, limits, count)


def _best_cut(words: tuple[Word, ...], language: str) -> int:
    """In the middle half, after a clause or at a pause, never behind a word that binds to the next.

    So no piece has less than a quarter of it, and however long it is, few cuts lie in one another.
    """
    binding = binds_next(language)

    def cost(index: int) -> float:
        before, after = words[index - 1], words[index]
        clause = 0.5 if _CLAUSE.search(before.text[-_TAIL:]) or _ends(before.text) else 0.0
        pause = min(max(after.start_ms - before.end_ms, 0) / 1000, 1.0) * 0.4
        bound = 2.0 if before.text.casefold() in binding else 0.0
        return abs(2 * index / len(words) - 1) + bound - clause - pause

    quarter = len(words) // 4
    return min(range(max(quarter, 1), max(len(words) - quarter, 2)), key=cost)
