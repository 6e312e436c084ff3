"""Character error rate, as jiwer counts it: what WER hides of a word that is nearly right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.measure.wer import is_right
from pipeline.measure.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.measure.wer import Paired

    Stretch = tuple[str, str, str]  # language, text of the reference, text of the result

SIGNATURE: Final = "CER|case:folded|punctuation:none|ё:е|blanks:counted|by:jiwer"
_STRETCH: Final = 50  # words, after which a text is cut at the next right one


class CharacterErrors(msgspec.Struct, frozen=True, kw_only=True):
    """Characters of a reference, blanks between words among them, and how many edits they need."""

    characters: int = 0
    wrong: int = 0

    @property
    def rate(self) -> float | None:
        """Errors per character of the reference; None where it has none."""
        return self.wrong / self.characters if self.characters else None

    def __add__(self, other: CharacterErrors) -> CharacterErrors:
        return CharacterErrors(
            characters=self.characters + other.characters, wrong=self.wrong + other.wrong
        )


def character_errors(pairs: Sequence[Paired]) -> dict[str, CharacterErrors]:
    """The errors by language of the reference; words answer to each other as they do for WER."""
    import jiwer

    by_language: dict[str, list[tuple[str, str]]] = {}
    for language, wanted, heard in _stretches(pairs):
        by_language.setdefault(language, []).append((wanted, heard))
    found = {}
    for language, texts in by_language.items():
        done = jiwer.process_characters([each for each, _ in texts], [each for _, each in texts])
        found[language] = CharacterErrors(
            characters=done.hits + done.substitutions + done.deletions,
            wrong=done.substitutions + done.deletions + done.insertions,
        )
    return found


def total(errors: Iterable[CharacterErrors]) -> CharacterErrors:
    """All errors together."""
    return sum(errors, CharacterErrors())


def _stretches(pairs: Sequence[Paired]) -> Iterator[Stretch]:
    """Texts of one language, cut where words agree: comparing long ones takes its time."""
    spoken = next((wanted.language for wanted, _ in pairs if wanted is not None), None)
    if spoken is None:
        return
    here: list[str] = []
    there: list[str] = []
    for wanted, heard in pairs:
        if wanted is not None and here:
            is_long = len(here) >= _STRETCH and is_right(wanted, heard)
            if is_long or wanted.language != spoken:
                yield spoken, " ".join(here), " ".join(there)
                here, there = [], []
        if wanted is not None:
            spoken = wanted.language
            here.append(fold(wanted.text))
        if heard is not None:
            there.append(fold(heard.text))
    yield spoken, " ".join(here), " ".join(there)
