"""How bad it is to break text after a word: the part of layout that knows languages."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pipeline.core.language import binds_next

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.subtitles.profile import Costs

_CLOSING: Final = "\"'»”’“)]}"
_OPENING: Final = "\"'«“‘„([{¿¡—–-"
_SENTENCE: Final = ".!?…"
_CLAUSE: Final = ";:—–"


def ends_sentence(word: str, following: str = "") -> bool:
    """Say whether a sentence ends after `word`, as far as the word and the next one show.

    >>> ends_sentence("сказал.", "Потом"), ends_sentence("т.", "е."), ends_sentence("Л.", "Толстой")
    (True, False, False)
    """
    bare = word.rstrip(_CLOSING)
    if not bare or bare[-1] not in _SENTENCE:
        return False
    if following.lstrip(_OPENING)[:1].islower():
        return False
    letters = bare.lstrip(_OPENING).rstrip(_SENTENCE)
    is_initial = len(letters) == 1 and letters.isalpha() and letters.isupper()
    return not (bare[-1] == "." and is_initial and following)


def sentence_start(words: Sequence[str]) -> int:
    """Where the sentence begins that the last word is of, as far as the words before it show.

    >>> sentence_start(["Да.", "Я", "редактор."])
    1
    """
    before = range(len(words) - 1, 0, -1)
    return next((at for at in before if ends_sentence(words[at - 1])), 0)


def ends_after(words: Sequence[str]) -> list[bool]:
    """Say for each word whether a sentence ends after it; the last one is judged alone."""
    found = []
    following = ""
    for word in reversed(words):
        found.append(ends_sentence(word, following))
        if any(map(str.isalnum, word)):  # a dash between two words tells nothing
            following = word
    return found[::-1]


def dangles(word: str, language: str) -> bool:
    """Say whether `word`, at the end of a line, waits for the word after it."""
    return word.lstrip(_OPENING).casefold() in binds_next(language)


def break_costs(words: Sequence[str], language: str, costs: Costs) -> list[float]:
    """The cost of breaking after each word, the last one's being 0."""
    if not words:
        return []
    binding = binds_next(language)
    found = [_cost(word, after, binding, costs) for word, after in pairwise(words)]
    return [*found, 0.0]


def _cost(word: str, following: str, binding: frozenset[str], costs: Costs) -> float:
    bare = word.rstrip(_CLOSING)
    last = bare[-1:] or word[-1:]
    if last in _SENTENCE:
        if ends_sentence(word, following):
            return 0.0
        return costs.elsewhere if last == "." else costs.after_colon
    if last in _CLAUSE:
        return costs.after_colon
    if last == ",":
        return costs.after_comma
    return costs.elsewhere + _ties(word, following, binding, costs)


def _ties(word: str, following: str, binding: frozenset[str], costs: Costs) -> float:
    before = word.lstrip(_OPENING)
    after = following.lstrip(_OPENING)
    cost = 0.0
    if after.rstrip(",;:").casefold() in binding:
        cost += costs.before_binding
    if before.casefold() in binding:
        cost += costs.after_binding
    if before[:1].isupper() and len(after) > 1 and after[:1].isupper():
        cost += costs.inside_name
    if _is_number(before) and after[:1].isalpha():
        cost += costs.inside_number
    return cost


def _is_number(word: str) -> bool:
    if any(map(str.isalpha, word)):
        return False
    return word in {"№", "§"} or any(map(str.isdigit, word))
