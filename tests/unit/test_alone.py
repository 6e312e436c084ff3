"""Which short stretches are heard by themselves, and what counts there as nothing."""

from __future__ import annotations

import pytest

from pipeline.core.timeline import Sound, Span, Word
from pipeline.engines import Heard
from pipeline.transcribe import alone, guards
from pipeline.transcribe.chunks import Rule, Stretch, chunk
from pipeline.transcribe.guards import Thresholds

LONG = Stretch(Span(start_ms=0, end_ms=4_000), 300)


def heard(*times_ms: tuple[int, int], log_probability: float = -0.2, no_speech: float = 0) -> Heard:
    words = tuple(Word(start_ms=start, end_ms=end, text="да") for start, end in times_ms)
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
        return sound

    second = Stretch(Span(start_ms=4_600, end_ms=4_600 + length_ms), pause_ms, is_doubtful)
    both = chunk([LONG, second], Rule(kept_ms=600))
    found = alone.short(both, heard((0, 900), (4_700, 5_000)), listen)
    assert found == ([1] if is_looked_at else [])
    assert all(4_100 <= start < end <= 4_600 for start, end in asked)  # what was heard by then
    assert alone.short(both, heard((0, 900)), listen) == []  # without words nothing is in doubt


@pytest.mark.parametrize(
    ("log_probability", "no_speech", "is_doubtful", "is_nothing"),
    [
        (-4.0, 0.9, False, True),
        (-4.0, 0.1, False, False),
        (-4.0, 0.1, True, True),
        (-0.5, 0.9, True, False),
    ],
)
def test_what_an_engine_says_of_nothing(log_probability, no_speech, is_doubtful, is_nothing):
    said = heard((0, 300), log_probability=log_probability, no_speech=no_speech)
    stretch = Stretch(Span(start_ms=0, end_ms=700), 300, is_doubtful)
    assert guards.is_nothing(said, Thresholds(), stretch) is is_nothing
    assert guards.is_nothing(Heard(), Thresholds(), stretch)
