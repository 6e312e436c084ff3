"""What the programme lets expect where: languages and names, from rundown, roster and glossary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.timeline import Span

_BORDER_MS: Final = 30_000  # so far a rundown's times may be off
_ELSEWHERE: Final = 0.25  # weight of a language that the rundown does not expect
_MOST_WORDS: Final = 30  # more of them make a recogniser write them unheard


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What is expected in one programme item; `words` are pairs of a language and a name."""

    start_ms: int
    end_ms: int
    languages: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Hints:
    """The hints of all items; near a border those of both sides hold."""

    items: tuple[Hint, ...] = ()

    def prior(self, span: Span, languages: Sequence[str]) -> dict[str, float]:
        """How likely each language is before anything was heard; the sum is 1."""
        here = self._near(span)
        expected = {tag for hint in here for tag in hint.languages} & set(languages)
        if not expected or any(not hint.languages for hint in here):
            return dict.fromkeys(languages, 1 / len(languages))
        weights = {tag: 1.0 if tag in expected else _ELSEWHERE for tag in languages}
        total = sum(weights.values())
        return {tag: weight / total for tag, weight in weights.items()}

    def words(self, span: Span, language: str) -> str:
        """What to expect to hear in one language, as the engine is told."""
        found = dict.fromkeys(
            word for hint in self._near(span) for tag, word in hint.words if tag == language
        )
        return ", ".join(list(found)[:_MOST_WORDS])

    def _near(self, span: Span) -> list[Hint]:
        return [
            hint
            for hint in self.items
            if hint.start_ms - _BORDER_MS < span.end_ms and span.start_ms < hint.end_ms + _BORDER_MS
        ]
