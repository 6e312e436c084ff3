"""What each sentence may become: from people's memory, or from an engine with its terms put right.

Equal sentences are asked once. Engines get blocks of sentences, so that what was done is known as
it goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pipeline.core.errors import EngineError
from pipeline.engines import cleaning
from pipeline.programme import terms
from pipeline.translate import confidence, interrupted, repair, routing
from pipeline.translate.repair import Row

if TYPE_CHECKING:
    from pipeline.engines import Translator
    from pipeline.programme.glossary import Term
    from pipeline.programme.memory import Memory
    from pipeline.programme.roster import Person
    from pipeline.programme.terms import Finders, Hit
    from pipeline.translate.sentences import Sentence

log = logging.getLogger(__name__)

_NEAR: Final = "near_miss"
_UNSURE: Final = 0.6  # a word that is less likely than this may be another
_MARKS: Final = ".,;:!?…«»\"'()[]—–-"
_BLOCK: Final = 256  # sentences handed to an engine at once, and between two reports of progress
_FEW: Final = 4  # sentences: an engine that fails on more of them fails for good

Scored = tuple[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a language is translated: by which engine, by way of which other language, if any.

    `doubtful` is the mean log-probability below which these weights are doubted.
    """

    engine: Translator
    via: str = ""
    doubtful: float = confidence.DOUBTFUL


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What people told: how names are written, what they translated before, who speaks."""

    terms: tuple[Term, ...] = ()
    memory: Memory | None = None
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence and the texts that it may become, best first, with the terms found in it.

    `hits` are places in `sentence.meant`. `doubt` says why it is not translated although its
    language is; `flags` what was done to the best text; `near` which doubtful words are almost a
    name of the glossary. Without texts and without a doubt it is to
    stay as it was said.
    """

    sentence: Sentence
    texts: tuple[Scored, ...] = ()
    hits: tuple[Hit, ...] = ()
    doubt: str = ""
    is_recalled: bool = False
    flags: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


class Drafting:
    """Makes drafts of a recording's sentences for one target language."""

    def __init__(self, routes: Mapping[str, Route], into: str, known: Known) -> None:
        self._routes, self._into, self._memory = routes, into, known.memory
        self._finders: dict[str, Finders] = {
            language: terms.finders(known.terms, language) for language in routes
        }
        self._targets = frozenset(
            form for term in known.terms for form in (term.target, *term.alternatives)
        )
        self._table: dict[tuple[str, str], tuple[Scored, ...]] = {}  # by language and text
        self._able: set[str] = set()  # languages whose engine has translated anything

    @property
    def targets(self) -> frozenset[str]:
        """All that the glossary's terms may become."""
        return self._targets

    def drafts(self, sentences: Sequence[Sentence], at: Callable[[int], None]) -> list[Draft]:
        """One for each sentence, in order; `at` hears up to which time of the recording."""
        begun = list(self._begun(sentences))
        waiting = [draft.sentence for draft in begun if self._is_asked(draft)]
        for start in range(0, len(waiting), _BLOCK):
            block = waiting[start : start + _BLOCK]
            for language, route in self._routes.items():
                said = (each.meant for each in block if each.language == language)
                self._ask(language, route.engine, said)
            at(block[-1].end_ms)
        return [self._with_texts(draft) if self._is_asked(draft) else draft for draft in begun]

    def _begun(self, sentences: Sequence[Sentence]) -> Iterator[Draft]:
        """Drafts with what needs no engine: doubts, terms, what a person translated before."""
        spoken = {each.language for each in sentences} | {self._into}
        recalled = recollected([(s.language, s.text) for s in sentences], self._memory, self._into)
        for sentence, text in zip(sentences, recalled, strict=True):
            if sentence.language not in self._routes or not cleaning.has_letters(sentence.text):
                yield Draft(sentence)
                continue
            hits = tuple(terms.occurrences(sentence.meant, self._finders[sentence.language]))
            if text is not None:
                yield Draft(sentence, ((text, 0.0),), hits, is_recalled=True)
            elif doubt := routing.doubt(sentence, spoken):
                yield Draft(sentence, doubt=doubt)
            else:
                yield Draft(sentence, hits=hits, near=self._near(sentence))

    def _near(self, sentence: Sentence) -> tuple[str, ...]:
        """Flags for words that were hardly understood and are almost a name of the glossary."""
        heard = [word.text for word in sentence.words if word.probability < _UNSURE]
        near = terms.near_misses(heard, self._finders[sentence.language]) if heard else ()
        return tuple(f"{_NEAR}:{word.strip(_MARKS)}={term.source}" for word, term in near)

    def _is_asked(self, draft: Draft) -> bool:
        """Whether an engine is to translate it."""
        is_ours = draft.sentence.language in self._routes and not draft.is_recalled
        return is_ours and not draft.doubt and cleaning.has_letters(draft.sentence.text)

    def _ask(self, language: str, engine: Translator, said: Iterable[str]) -> None:
        """Put into the table what is not there yet."""
        new = [text for text in dict.fromkeys(said) if text and (language, text) not in self._table]
        if not new:
            return
        finders = self._finders[language]
        rows = [
            Row(text, tuple(terms.occurrences(text, finders)), tuple(found))
            for text, found in zip(new, self._translated(language, engine, new), strict=True)
        ]
        for text, mended in zip(new, repair.mended(rows, engine, self._targets), strict=True):
            self._table[language, text] = mended.texts

    def _translated(
        self, language: str, engine: Translator, texts: Sequence[str]
    ) -> list[list[Scored]]:
        """What the engine gives; a few sentences that it cannot take at all are no fault of it."""
        try:
            found = engine.translate(texts)
        except EngineError as error:
            if len(texts) > _FEW or language not in self._able:
                raise
            log.warning("%s; %d sentences stay as they were spoken", error.message, len(texts))
            return [[] for _ in texts]
        if any(found):
            self._able.add(language)
        return found

    def _with_texts(self, draft: Draft) -> Draft:
        sentence = draft.sentence
        if not sentence.meant:  # somebody said "and", and was interrupted
            texts: tuple[Scored, ...] = ((interrupted.ELLIPSIS, 0.0),)
        else:
            texts = self._table[sentence.language, sentence.meant]
            if sentence.is_interrupted:
                ended: dict[str, float] = {}
                for text, score in texts:
                    ended.setdefault(interrupted.ended(text), score)
                texts = tuple(ended.items())
        return replace(draft, texts=texts)


def recollected(
    said: Sequence[tuple[str, str]], memory: Memory | None, into: str
) -> list[str | None]:
    """For each sentence, a language and a text, what a person made of it between its neighbours."""
    if memory is None or not memory.pairs:
        return [None] * len(said)
    texts = ["", *(text for _, text in said), ""]
    return [
        memory.recalled(language, into, text, texts[at], texts[at + 2])
        for at, (language, text) in enumerate(said)
    ]
