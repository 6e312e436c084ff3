"""Values for property tests: odd milliseconds, digits-only text, many scripts, marks, emoji."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

from pipeline.core.artifacts import Origin
from pipeline.core.payloads import (
    Emitted,
    EmittedFile,
    Hypothesis,
    Segments,
    Transcript,
    TranslatedSentence,
    Translation,
)
from pipeline.core.timeline import Cue, Gap, Item, ItemKind, Phrase, Sound, Turn, Word

TAGS = st.sampled_from(["ru", "es", "en", "pt-BR", "sr-Latn"])
_LETTERS = "абвгдеёжзиАБ abcdeñáü ¿¡?!.,…—-'\"<>&%0123456789 עברית العربية 日本語 e\u0301 🎉"
TEXTS = st.text(_LETTERS, min_size=1, max_size=30).map(str.strip).filter(bool)
WORD_TEXTS = TEXTS.map(lambda text: text.split()[0])
UNIT = st.floats(0, 1)
LOG = st.floats(-20, 0)


@st.composite
def bounds(draw: st.DrawFn, count: int, *, apart: int = 0) -> list[tuple[int, int]]:
    """`count` spans in order and disjoint, at least `apart` milliseconds between them."""
    spans, at = [], 0
    for _ in range(count):
        start = at + draw(st.integers(0, 5000))
        at = start + draw(st.integers(1, 9999))
        spans.append((start, at))
        at += apart
    return spans


@st.composite
def words(draw: st.DrawFn, *, max_size: int = 8) -> tuple[Word, ...]:
    """Words in order."""
    count = draw(st.integers(1, max_size))
    return tuple(
        Word(start_ms=start, end_ms=end, text=draw(WORD_TEXTS), probability=draw(UNIT))
        for start, end in draw(bounds(count))
    )


@st.composite
def transcripts(draw: st.DrawFn, *, max_lines: int = 6) -> Transcript:
    """Lines that account for every millisecond; a phrase's words lie inside it."""
    lines: list[Phrase | Gap] = []
    at = 0
    for _ in range(draw(st.integers(0, max_lines))):
        length = draw(st.integers(1, 20_000))
        lines.append(draw(_phrases(at, at + length) | _gaps(at, at + length)))
        at += length
    return Transcript(duration_ms=at, lines=tuple(lines))


@st.composite
def _phrases(draw: st.DrawFn, start: int, end: int) -> Phrase:
    cuts = sorted(draw(st.sets(st.integers(start, end), max_size=8)) | {start, end})
    spoken = tuple(
        Word(start_ms=a, end_ms=b, text=draw(WORD_TEXTS), probability=draw(UNIT))
        for a, b in pairwise(cuts)
    )
    return Phrase(
        start_ms=start,
        end_ms=end,
        language=draw(TAGS),
        words=spoken,
        languages=draw(st.dictionaries(TAGS, UNIT)),
        log_probability=draw(LOG),
        no_speech=draw(UNIT),
    )


@st.composite
def _gaps(draw: st.DrawFn, start: int, end: int) -> Gap:
    removed = draw(st.just("") | TEXTS)
    return Gap(start_ms=start, end_ms=end, sound=draw(st.sampled_from(Sound)), removed=removed)


@st.composite
def segments(draw: st.DrawFn) -> Segments:
    """Turns and items, each in order."""
    turns = tuple(
        Turn(start_ms=start, end_ms=end, speaker=draw(st.just("") | TEXTS))
        for start, end in draw(st.integers(0, 5).flatmap(bounds))
    )
    items = tuple(
        Item(
            start_ms=start,
            end_ms=end,
            title=draw(TEXTS),
            speakers=tuple(draw(st.lists(TEXTS, max_size=2))),
            languages=tuple(draw(st.lists(TAGS, max_size=2))),
            kind=draw(st.sampled_from(ItemKind)),
        )
        for start, end in draw(st.integers(0, 4).flatmap(bounds))
    )
    return Segments(turns=turns, items=items)


@st.composite
def translations(draw: st.DrawFn) -> Translation:
    """Sentences in order, with and without hypotheses."""
    sentences = []
    for start, end in draw(st.integers(0, 4).flatmap(bounds)):
        hypotheses = tuple(
            Hypothesis(text=draw(TEXTS), score=draw(LOG), words=draw(words()))
            for _ in range(draw(st.integers(0, 3)))
        )
        sentences.append(
            TranslatedSentence(
                start_ms=start,
                end_ms=end,
                language=draw(TAGS),
                source=draw(TEXTS),
                words=draw(words()),
                hypotheses=hypotheses,
            )
        )
    return Translation(target=draw(TAGS), sentences=tuple(sentences))


@st.composite
def cues(draw: st.DrawFn, *, max_size: int = 6) -> tuple[Cue, ...]:
    """Cues in order and disjoint, of one or two lines."""
    return tuple(
        Cue(
            start_ms=start,
            end_ms=end,
            lines=tuple(draw(st.lists(TEXTS, min_size=1, max_size=2))),
            language=draw(TAGS),
            speaker=draw(st.just("") | TEXTS),
        )
        for start, end in draw(st.integers(0, max_size).flatmap(bounds))
    )


@st.composite
def emitted(draw: st.DrawFn) -> Emitted:
    """What emit wrote."""
    return Emitted(
        files=tuple(
            EmittedFile(
                path=f"{number}.srt", track=draw(TAGS), digest=draw(DIGESTS), cues=draw(cues())
            )
            for number in range(draw(st.integers(0, 2)))
        )
    )


DIGESTS = st.binary(min_size=20, max_size=20).map(bytes.hex)
OPTIONS = st.dictionaries(
    TEXTS,
    st.none() | st.booleans() | st.integers(-9, 9) | UNIT | TEXTS | st.lists(TEXTS),
    max_size=4,
)
ORIGINS = st.builds(
    Origin,
    stage=WORD_TEXTS,
    stage_version=st.integers(1, 9),
    engine=st.just("") | TEXTS,
    weights=st.just("") | TEXTS,
    options=OPTIONS,
    inputs=st.dictionaries(TEXTS, DIGESTS, max_size=3),
)
