"""What the programme lets expect where: languages and names, from rundown, roster and glossary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.programme import glossary, roster, rundown, terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.core.timeline import Span
    from pipeline.programme.info import Info
    from pipeline.programme.roster import Person
    from pipeline.programme.rundown import Entry
    from pipeline.programme.terms import Finders

_BORDER_MS: Final = 30_000  # so far a rundown's times may be off
_ELSEWHERE: Final = 0.25  # weight of a language that the rundown does not expect
_MOST_WORDS: Final = 30  # more of them make a recogniser write them unheard
_NO_END_MS: Final = 1 << 40


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
    has_words: bool = True  # whether the weights can be told what to expect

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
        return ", ".join(list(found)[:_MOST_WORDS]) if self.has_words else ""

    def _near(self, span: Span) -> list[Hint]:
        return [
            hint
            for hint in self.items
            if hint.start_ms - _BORDER_MS < span.end_ms and span.start_ms < hint.end_ms + _BORDER_MS
        ]


def load(info: Info) -> tuple[Hint, ...]:
    """What the files that an info file names let expect; without a rundown, nothing.

    Raises:
        InputError: one of them cannot be read.
    """
    if info.rundown is None:
        return ()
    people = roster.load(info.roster) if info.roster else ()
    known = glossary.load_all(info.glossaries)
    finders = {language: terms.finders(known, language) for language in info.translate}
    return tuple(
        Hint(
            start_ms=entry.start_ms,
            end_ms=_NO_END_MS if entry.end_ms is None else entry.end_ms,
            languages=tuple(tag for tag in entry.languages if tag in info.languages),
            words=tuple(dict.fromkeys(expected(entry, people, finders, info))),
        )
        for entry in rundown.load(info.rundown)
    )


def expected(
    entry: Entry, people: Sequence[Person], finders: Mapping[str, Finders], info: Info
) -> Iterator[tuple[str, str]]:
    """Names to listen for in an item: of those who speak in it, and of what its title tells of.

    A title names a term in any inflected form, or by its translation. A term that it does not name
    is not expected, so that a new one in the glossary has nothing recognised anew but where it is
    spoken of.
    """
    speaking = {name.casefold() for name in entry.speakers}
    for person in people:
        if person.name.casefold() in speaking:
            for language in info.languages:
                yield language, person.written.get(language, person.name)
    for language, known in finders.items():
        for term in terms.told_of(entry.title, known):
            yield language, term.source
