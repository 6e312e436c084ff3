"""Whether words were heard in the language they were spoken in."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.timeline import Phrase
    from pipeline.measure.words import SpokenWord

_NEAR_MS: Final = 500  # a word this close to a phrase was heard in it
_UNHEARD: Final = ""


class LanguageErrors(msgspec.Struct, frozen=True, kw_only=True):
    """Words by the language spoken, then by the language heard; "" where no phrase is."""

    heard: dict[str, dict[str, int]]

    @property
    def words(self) -> int:
        """How many words the reference has."""
        return sum(sum(row.values()) for row in self.heard.values())

    @property
    def right(self) -> float | None:
        """The share of all words in a phrase of their own language."""
        right = sum(row.get(spoken, 0) for spoken, row in self.heard.items())
        return right / self.words if self.words else None

    @property
    def unheard(self) -> int:
        """Words where there is no phrase at all; they count as not right."""
        return sum(row.get(_UNHEARD, 0) for row in self.heard.values())


def language_errors(reference: Sequence[SpokenWord], phrases: Sequence[Phrase]) -> LanguageErrors:
    """Compare each word's language with that of the phrase at its time; `phrases` in order."""
    starts = [phrase.start_ms for phrase in phrases]
    heard: dict[str, dict[str, int]] = {}
    for word in reference:
        row = heard.setdefault(word.language, {})
        language = _language_at(word.middle_ms, starts, phrases)
        row[language] = row.get(language, 0) + 1
    return LanguageErrors(heard=heard)


def _language_at(at_ms: int, starts: Sequence[int], phrases: Sequence[Phrase]) -> str:
    index = bisect_right(starts, at_ms)
    around = phrases[max(index - 1, 0) : index + 1]
    near = [(max(each.start_ms - at_ms, at_ms - each.end_ms, 0), each.language) for each in around]
    away_ms, language = min(near, key=lambda one: one[0], default=(_NEAR_MS + 1, _UNHEARD))
    return language if away_ms <= _NEAR_MS else _UNHEARD
