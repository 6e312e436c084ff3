"""The core of `translate`: sentences to hypotheses on the recording's clock, each doubt told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from pipeline.core.payloads import Hypothesis, Transcript, TranslatedSentence, Translation
from pipeline.core.timeline import Turn
from pipeline.engines import Translator
from pipeline.programme.glossary import Term
from pipeline.translate import doubts, terms, timing
from pipeline.translate import sentences as cutting
from pipeline.translate.sentences import Limits, Sentence, estimate_tokens
from pipeline.translate.terms import Finder

_BLOCK: Final = 256  # sentences handed to an engine at once, and between two reports of progress

_Scored = Sequence[tuple[str, float]]


def translate(
    sentences: Sequence[Sentence],
    engines: Mapping[str, Translator],
    into: str,
    glossary: Sequence[Term],
    at: Callable[[int], None],
) -> tuple[TranslatedSentence, ...]:
    """Every sentence in order: translated where `engines` has its language, else as spoken.

    Equal sentences are translated once. `at` hears up to which time of the recording all is done.
    """
    table: dict[tuple[str, str], _Scored] = {}  # by language and text
    for block in _blocks([each for each in sentences if _is_translatable(each, engines)]):
        for language, engine in engines.items():
            said = dict.fromkeys(each.text for each in block if each.language == language)
            texts = [text for text in said if (language, text) not in table]
            found = engine.translate(texts) if texts else []
            table.update(((language, text), row) for text, row in zip(texts, found, strict=True))
        at(block[-1].end_ms)
    finders = {language: terms.finders(glossary, language) for language in engines}
    return tuple(
        _translated(each, table.get((each.language, each.text)), finders.get(each.language), into)
        for each in sentences
    )


def from_words(
    transcript: Transcript,
    turns: Sequence[Turn],
    engines: Mapping[str, Translator],
    into: str,
    glossary: Sequence[Term],
    at: Callable[[int], None],
) -> Translation:
    """All that was said, cut into sentences that `engines` can take, and translated."""

    def count(language: str, text: str) -> int:
        engine = engines.get(language)
        return engine.tokens(text) if engine else estimate_tokens(language, text)

    cut = cutting.sentences(transcript.phrases, turns, Limits(), count)
    return Translation(target=into, sentences=translate(cut, engines, into, glossary, at))


def _blocks(sentences: Sequence[Sentence]) -> Iterator[Sequence[Sentence]]:
    for begun in range(0, len(sentences), _BLOCK):
        yield sentences[begun : begun + _BLOCK]


def _is_translatable(sentence: Sentence, engines: Mapping[str, Translator]) -> bool:
    if sentence.language not in engines:
        return False
    return doubts.is_written_in(sentence.text, sentence.language)


def _translated(
    sentence: Sentence,
    scored: _Scored | None,
    finders: Sequence[Finder] | None,
    into: str,
) -> TranslatedSentence:
    if scored is None:
        strange = finders is not None and any(map(str.isalpha, sentence.text))
        return _made(sentence, (), (doubts.WRONG_SCRIPT,) if strange else ())
    if not scored:
        return _made(sentence, (), (doubts.UNTRANSLATED,))
    wanted = terms.found(sentence.text, finders or ())
    judged = [(_flags(sentence, text, into, wanted), text, score) for text, score in scored]
    judged.sort(key=lambda one: len(one[0]))  # stable: the engine's order where none is better
    hypotheses = tuple(
        Hypothesis(text=text, score=score, words=timing.place(text, sentence.words))
        for _, text, score in judged
    )
    return _made(sentence, hypotheses, judged[0][0])


def _flags(
    sentence: Sentence, text: str, into: str, wanted: Sequence[tuple[Term, int]]
) -> tuple[str, ...]:
    doubtful = doubts.doubts(sentence.text, text, language=sentence.language, into=into)
    return (*doubtful, *(terms.flag(term) for term in terms.missing(text, wanted)))


def _made(
    sentence: Sentence, hypotheses: tuple[Hypothesis, ...], flags: tuple[str, ...]
) -> TranslatedSentence:
    return TranslatedSentence(
        start_ms=sentence.start_ms,
        end_ms=sentence.end_ms,
        language=sentence.language,
        source=sentence.text,
        words=sentence.words,
        hypotheses=hypotheses,
        flags=flags,
    )
