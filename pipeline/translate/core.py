"""The core of `translate`: sentences to hypotheses on the recording's clock, each doubt told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core.payloads import Hypothesis, Suggestion, TranslatedSentence, Translation
from pipeline.engines import cleaning
from pipeline.programme import terms
from pipeline.programme.roster import Role
from pipeline.translate import confidence, consistency, doubts, pronouns, timing
from pipeline.translate import sentences as cutting
from pipeline.translate.consistency import Named
from pipeline.translate.drafts import Draft, Drafting, Known, Route
from pipeline.translate.sentences import Limits, Sentence, estimate_tokens

if TYPE_CHECKING:
    from pipeline.core.timeline import Phrase, Turn
    from pipeline.programme.memory import Memory
    from pipeline.translate.pronouns import Cast

_FORBIDDEN: Final = "term_forbidden"


def from_words(
    phrases: Iterable[Phrase],
    turns: Sequence[Turn],
    routes: Mapping[str, Route],
    into: str,
    known: Known,
    at: Callable[[int], None],
) -> Translation:
    """All that was said, cut into sentences that engines can take, and translated.

    Args:
        phrases: the reviewed words.
        turns: who speaks when.
        routes: an engine for each language that is translated; what is said in others stays.
        into: the target language.
        known: what people told.
        at: hears up to which time of the recording all is done.
    """

    def count(language: str, text: str) -> int:
        route = routes.get(language)
        return route.engine.tokens(text) if route else estimate_tokens(language, text)

    cut = cutting.sentences(phrases, turns, Limits(), count)
    return Translation(target=into, sentences=translate(cut, routes, into, known, at))


def translate(
    sentences: Sequence[Sentence],
    routes: Mapping[str, Route],
    into: str,
    known: Known,
    at: Callable[[int], None],
) -> tuple[TranslatedSentence, ...]:
    """Every sentence in order: translated where `routes` has its language, else as spoken.

    Equal sentences come out equal, but for those that people translated in one of their places.
    """
    interpreters = {person.name for person in known.people if person.role is Role.INTERPRETER}
    sentences = [  # they say "I" for others
        replace(each, speaker="") if each.speaker in interpreters else each for each in sentences
    ]
    drafting = Drafting(routes, into, known)
    ranked = [_ranked(draft, into) for draft in drafting.drafts(sentences, at)]
    drafts = _conformed(ranked, drafting.targets)
    casts = {language: pronouns.cast(known.people, language) for language in routes}
    suggested = _Suggested(known.memory, into)
    return tuple(
        _made(draft, routes[draft.sentence.language], into, casts, suggested.of(draft))
        if draft.texts
        else _as_spoken(draft, is_ours=draft.sentence.language in routes)
        for draft in drafts
    )


def _ranked(draft: Draft, into: str) -> Draft:
    """The same, its texts with the least against them first; the engine's order of equals stays."""
    texts = sorted(draft.texts, key=lambda one: len(_wrong(draft, one[0], into)))
    return replace(draft, texts=tuple(texts))


def _conformed(drafts: Sequence[Draft], targets: Collection[str]) -> list[Draft]:
    """The same, but each name has one form in all of them, as far as most of them agree."""
    said = [(at, draft) for at, draft in enumerate(drafts) if draft.texts]
    rows = [
        Named(draft.sentence.meant, draft.texts[0][0], draft.hits, draft.is_recalled)
        for _, draft in said
    ]
    found = list(drafts)
    for change in consistency.conform(rows, targets):
        at, draft = said[change.place]
        (text, score), *others = draft.texts
        texts = ((change.text, score), *others) if change.text != text else draft.texts
        found[at] = replace(draft, texts=texts, flags=change.flags)
    return found


class _Suggested:
    """What people made of sentences like one; equal sentences are looked up once."""

    def __init__(self, memory: Memory | None, into: str) -> None:
        self._memory, self._into = memory, into
        self._found: dict[tuple[str, str], tuple[Suggestion, ...]] = {}

    def of(self, draft: Draft) -> tuple[Suggestion, ...]:
        """Up to three; none for what a person translated here."""
        if self._memory is None or draft.is_recalled:
            return ()
        key = (draft.sentence.language, draft.sentence.text)
        if key not in self._found:
            language, text = key
            self._found[key] = self._memory.similar(language, self._into, text)
        return self._found[key]


def _made(
    draft: Draft,
    route: Route,
    into: str,
    casts: Mapping[str, Cast],
    suggestions: tuple[Suggestion, ...],
) -> TranslatedSentence:
    """A sentence with its first text, and those others that no more speaks against."""
    judged = [(_wrong(draft, text, into), text, score) for text, score in draft.texts]
    wrong, text, score = judged[0]
    kept = [one for one in judged if set(one[0]) <= set(wrong)]
    sure = confidence.confidence(
        draft.sentence.meant,
        text,
        score,
        kept[1][2] if len(kept) > 1 else None,
        is_recalled=draft.is_recalled,
        kept=_share_of_terms(draft, text),
        doubtful=route.doubtful,
        into=into,
    )
    sentence = draft.sentence
    odd = pronouns.conflicts(
        sentence.meant,
        text,
        casts[sentence.language],
        draft.hits,
        speaker=sentence.speaker,
        into=into,
    )
    unsure = confidence.flags(sentence.meant, text, sure, into=into)
    return msgspec.structs.replace(
        _as_spoken(draft, is_ours=False),
        hypotheses=tuple(_hypothesis(draft, *one[1:]) for one in kept),
        flags=(*wrong, *draft.flags, *draft.near, *odd, *(() if draft.is_recalled else unsure)),
        is_recalled=draft.is_recalled,
        via="" if draft.is_recalled else route.via,
        confidence=sure,
        suggestions=suggestions,
    )


def _as_spoken(draft: Draft, *, is_ours: bool) -> TranslatedSentence:
    """A sentence without a translation; where one was wanted, why there is none."""
    sentence = draft.sentence
    flags: tuple[str, ...] = (draft.doubt,) if draft.doubt else ()
    if is_ours and not flags and cleaning.has_letters(sentence.text):
        flags = (doubts.UNTRANSLATED, *(terms.flag(term) for term, _ in terms.wanted(draft.hits)))
    return TranslatedSentence(
        start_ms=sentence.start_ms,
        end_ms=sentence.end_ms,
        language=sentence.language,
        source=sentence.text,
        words=sentence.words,
        flags=flags,
    )


def _wrong(draft: Draft, text: str, into: str) -> tuple[str, ...]:
    """What speaks against a text, looked for in the text as it will be read."""
    sentence, wanted = draft.sentence, terms.wanted(draft.hits)
    strange = (
        doubts.doubts(sentence.meant, text, language=sentence.language, into=into)
        if sentence.meant and not draft.is_recalled
        else ()
    )
    forbidden = (f"{_FORBIDDEN}:{t.source}={form}" for t, form in terms.forbidden(text, wanted))
    missing = (terms.flag(term) for term in terms.missing(text, wanted))
    return (*strange, *missing, *forbidden)


def _share_of_terms(draft: Draft, text: str) -> float:
    wanted = terms.wanted(draft.hits)
    return 1 - len(terms.missing(text, wanted)) / len(wanted) if wanted else 1.0


def _hypothesis(draft: Draft, text: str, score: float) -> Hypothesis:
    source = draft.sentence.meant
    small = text.casefold()
    pairs = [
        (source[hit.start : hit.end], form)
        for hit in draft.hits
        for form in (hit.term.target, *hit.term.alternatives)
        if form.casefold() in small
    ]
    words = timing.place(text, draft.sentence.words, pairs)
    return Hypothesis(text=text, score=score, words=words)
