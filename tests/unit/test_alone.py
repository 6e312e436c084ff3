"""Which short stretches are heard by themselves, and what counts there as nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.core.media import PER_MS
from pipeline.core.timeline import Sound, Span, Word
from pipeline.engines import Heard
from pipeline.transcribe import alone
from pipeline.transcribe.chunks import Rule, Stretch, chunk
from pipeline.transcribe.guards import Thresholds
from pipeline.transcribe.listening import Clip
from pipeline.transcribe.results import Result

LONG = Stretch(Span(start_ms=0, end_ms=4_000), 300)


def clip(*stretches: Stretch) -> Clip:
    made = chunk(stretches, Rule(kept_ms=600))
    return Clip(made, np.zeros(made.duration_ms * PER_MS, np.float32))


def heard(
    *times_ms: tuple[int, int], text: str = "", log_probability: float = -0.2, no_speech: float = 0
) -> Heard:
    said = zip(times_ms, text.split() or ["да"] * len(times_ms), strict=True)
    words = tuple(Word(start_ms=start, end_ms=end, text=word) for (start, end), word in said)
    return Heard(
        text=" ".join(word.text for word in words),
        words=words,
        log_probability=log_probability,
        no_speech=no_speech,
    )


@pytest.mark.parametrize(
    ("length_ms", "pause_ms", "is_doubtful", "sound", "is_looked_at"),
    [
        (700, 600, True, Sound.SILENCE, True),  # it sounds like music that begins
        (700, 600, False, Sound.NOISE, True),  # it begins over something
        (700, 600, False, Sound.MUSIC, True),
        (700, 600, False, Sound.SILENCE, False),
        (700, 0, False, Sound.NOISE, False),  # it goes on with what was said
        (1_800, 600, False, Sound.NOISE, False),  # nobody is led astray that long
    ],
)
def test_short_speech_over_a_sound_is_looked_at(
    length_ms, pause_ms, is_doubtful, sound, is_looked_at
):
    asked = []

    def listen(start_ms: int, end_ms: int) -> Sound:
        asked.append((start_ms, end_ms))
        return sound if 4_100 <= start_ms < end_ms <= 4_600 else Sound.NOISE

    second = Stretch(Span(start_ms=4_600, end_ms=4_600 + length_ms), pause_ms, is_doubtful)
    both = clip(LONG, second)
    found = alone.parts(both, heard((0, 900), (4_700, 5_000)), listen)
    assert [part.chunk.stretches for part in found] == ([(second,)] if is_looked_at else [])
    assert all(len(part.samples) == part.chunk.duration_ms * PER_MS for part in found)
    assert all(end <= second.span.end_ms for _, end in asked)  # what was heard by then
    assert alone.parts(both, heard((0, 900)), listen) == []  # without words nothing is in doubt


def test_speech_that_sounds_like_music_is_looked_at_however_long():
    both = clip(LONG, Stretch(Span(start_ms=4_600, end_ms=9_000), 600))

    def listen(start_ms: int, end_ms: int) -> Sound:
        return Sound.MUSIC if start_ms == 4_600 else Sound.NOISE

    found = alone.parts(both, heard((0, 900), (4_700, 5_000)), listen)
    assert [part.chunk.own for part in found] == [both.chunk.stretches[1].span]


def test_a_word_that_goes_on_in_the_next_stretch_is_no_sentence_that_reaches_music():
    # seen: a voice is tonal for four seconds, and "Мы" stands at the end of a stretch in them
    both = clip(LONG, Stretch(Span(start_ms=4_000, end_ms=8_000), 0))
    both = replace(both, music=((3_900, 7_200),))
    told = heard((0, 900), (3_400, 4_000), (4_000, 5_000), (6_000, 8_000), text="Да. Мы ждали. Да.")
    assert alone.parts(both, told, lambda *_: Sound.NOISE) == []


@pytest.mark.parametrize(
    ("words", "onset_ms", "from_ms"),
    [
        # seen: "Сочи. Спасибо, Дублин, до свидания!" where the second sentence is music
        ("Сочи. Спасибо, до свидания!", 3_000, 2_000),
        ("Сочи. Спасибо, до свидания!", 4_400, None),  # over before the music begins
        ("Сочи. Спасибо, до свидания!", 5_100, None),  # the music is not near
        ("Сочи. Спасибо, до свидания!", None, None),
        ("А Спасибо, до свидания!", 3_000, 0),  # it is all one sentence
    ],
)
def test_the_last_sentence_is_heard_alone_if_it_reaches_music(words, onset_ms, from_ms):
    one = replace(clip(LONG), music=() if onset_ms is None else ((onset_ms, 9_000),))
    told = heard((0, 900), (2_000, 2_400), (2_400, 2_600), (2_600, 4_000), text=words)
    found = alone.parts(one, told, lambda *_: Sound.NOISE)
    span = Span(start_ms=from_ms, end_ms=4_000) if from_ms is not None else None
    assert [part.chunk.own for part in found] == ([span] if span else [])
    assert all(part.chunk.stretches[0].is_doubtful for part in found)
    assert all(len(part.samples) == part.chunk.duration_ms * PER_MS for part in found)


def test_what_only_begins_in_music_is_too_long_to_be_invented():
    one = replace(clip(Stretch(Span(start_ms=0, end_ms=9_000), 300)), music=((8_500, 12_000),))
    assert alone.parts(one, heard((0, 900), (900, 9_000)), lambda *_: Sound.NOISE) == []


@pytest.mark.parametrize(
    ("text", "log_probability", "no_speech", "is_doubtful", "is_nothing"),
    [
        ("да", -4.0, 0.9, False, True),
        ("да", -4.0, 0.1, False, False),
        ("да", -4.0, 0.1, True, True),
        ("да", -0.5, 0.9, True, False),
        ("en", -0.8, 0.0, True, True),  # seen: it is "adiós!" after a sentence, and else "en se"
        ("en", -0.8, 0.0, False, False),
        ("en", -0.59, 0.0, True, False),
        ("Дом,", -0.8, 0.0, True, False),  # much like it
    ],
)
def test_what_an_engine_says_of_nothing(text, log_probability, no_speech, is_doubtful, is_nothing):
    said = heard((0, 300), text=text, log_probability=log_probability, no_speech=no_speech)
    long = clip(LONG, Stretch(Span(start_ms=5_000, end_ms=5_700), 900, is_doubtful))
    words = heard((0, 900), (4_700, 5_200), text="en да")
    whole = Result(chunk=long.chunk, language="ru", languages={"ru": 1.0}, heard=words)
    part = long.chunk.part(1, 2)
    assert alone.is_nothing(said, whole, part, Thresholds()) is is_nothing
    assert alone.is_nothing(Heard(), whole, part, Thresholds())
