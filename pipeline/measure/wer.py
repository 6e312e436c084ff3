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


Paired = tuple[SpokenWord | None, SpokenWord | None]  # of the reference, of the result


def paired(reference: Sequence[SpokenWord], hypothesis: Sequence[SpokenWord]) -> list[Paired]:
    """Words that answer to each other, with the fewest errors; None where one has no partner.

    Words of punctuation only are passed over.
    """
    here = [(fold(word.text), word) for word in reference if fold(word.text)]
    there = [(fold(word.text), word) for word in hypothesis if fold(word.text)]
    pairs = align([text for text, _ in here], [text for text, _ in there])
    return [
        (None if i is None else here[i][1], None if j is None else there[j][1]) for i, j in pairs
    ]


def errors_of(pairs: Sequence[Paired]) -> dict[str, WordErrors]:
    """The errors by language of the reference; `total` adds them up.

    An invented word counts for the language that was being spoken.
    """
    found: dict[str, WordErrors] = {}
    spoken = next((wanted.language for wanted, _ in pairs if wanted is not None), "")
    for wanted, heard in pairs:
        if wanted is None:
            error = WordErrors(invented=1)
        elif heard is None:
            error = WordErrors(words=1, missing=1)
        else:
            error = WordErrors(words=1, substituted=int(not is_right(wanted, heard)))
        spoken = spoken if wanted is None else wanted.language
        found[spoken] = found.get(spoken, WordErrors()) + error
    return found


def is_right(wanted: SpokenWord | None, heard: SpokenWord | None) -> bool:
    """Whether both are there and are the same word."""
    return wanted is not None and heard is not None and fold(wanted.text) == fold(heard.text)


def total(errors: Iterable[WordErrors]) -> WordErrors:
    """All errors together."""
    return sum(errors, WordErrors())
