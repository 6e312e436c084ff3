"""Translating by way of a third language, where no weights know the two: each sentence twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.engines import Translator


class Pivot:
    """Two engines, one behind the other: the second translates the best that the first gives."""

    def __init__(self, first: Translator, second: Translator) -> None:
        self._first, self._second = first, second

    @property
    def identity(self) -> str:
        """The weights of both."""
        return f"{self._first.identity} > {self._second.identity}"

    @property
    def setting(self) -> str:
        """How both of them search."""
        return f"{self._first.setting} > {self._second.setting}"

    def tokens(self, sentence: str) -> int:
        """How many tokens the first makes of a sentence; those of the second are not known yet."""
        return self._first.tokens(sentence)

    def translate(
        self, sentences: Sequence[str], *, beginnings: Sequence[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """Texts of the second engine, each with the lower of the two scores; order is the second's.

        What the first cannot take has none.
        """
        between = [row[0] if row else None for row in self._first.translate(sentences)]
        known = [at for at, best in enumerate(between) if best is not None]
        begun = [beginnings[at] for at in known] if beginnings is not None else None
        asked = [best[0] for best in between if best is not None]
        found: list[list[tuple[str, float]]] = [[] for _ in sentences]
        if not asked:
            return found
        for at, row in zip(known, self._second.translate(asked, beginnings=begun), strict=True):
            best = between[at]
            lowest = best[1] if best is not None else 0.0
            found[at] = [(text, min(score, lowest)) for text, score in row]
        return found
