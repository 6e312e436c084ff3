"""Word error rate: how many words must be changed, left out or put in per word of the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.measure.alignment import align
from pipeline.measure.words import SpokenWord, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SIGNATURE: Final = "WER|case:folded|punctuation:none|ё:е|alignment:levenshtein"


class WordErrors(msgspec.Struct, frozen=True, kw_only=True):
    """Errors against so many words of a reference."""

    words: int = 0
    substituted: int = 0
    missing: int = 0
    invented: int = 0

    @property
    def rate(self) -> float | None:
        """Errors per word of the reference; None where it has no words."""
        wrong = self.substituted + self.missing + self.invented
        return wrong / self.words if self.words else None

    def __add__(self, other: WordErrors) -> WordErrors:
        return WordErrors(
            words=self.words + other.words,
            substituted=self.substituted + other.substituted,
            missing=self.missing + other.missing,
            invented=self.invented + other.invented,
        )


def word_errors(
    reference: Sequence[SpokenWord], hypothesis: Sequence[SpokenWord]
) -> dict[str, WordErrors]:
    """The errors by language of the reference; `total` adds them up.

    An invented word counts for the language that was being spoken. Words of punctuation only
    are passed over.
    """
    here, there = _worded(reference), _worded(hypothesis)
    found: dict[str, WordErrors] = {}
    spoken = here[0][1] if here else ""
    for i, j in align([text for text, _ in here], [text for text, _ in there]):
        if i is not None:
            spoken = here[i][1]
        if i is None:
            error = WordErrors(invented=1)
        elif j is None:
            error = WordErrors(words=1, missing=1)
        else:
            error = WordErrors(words=1, substituted=int(here[i][0] != there[j][0]))
        found[spoken] = found.get(spoken, WordErrors()) + error
    return found


def total(errors: Iterable[WordErrors]) -> WordErrors:
    """All errors together."""
    return sum(errors, WordErrors())


def _worded(words: Sequence[SpokenWord]) -> list[tuple[str, str]]:
    return [(text, word.language) for word in words if (text := fold(word.text))]
