"""The second look for faint speech: what it finds, and that the first one stays as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import media
from pipeline.engines import faint
from pipeline.engines.faint import FaintVoice
from pipeline.engines.voice import WINDOW, Voice
from tests.sounds import Sound

BROADCAST = Path(__file__).parents[2] / "samples" / "broadcast.opus"


@pytest.fixture(scope="module")
def minute() -> Sound:
    """Half a minute of the studio, then the same voice on a thin, quiet line."""
    studio = np.concatenate(list(media.blocks(BROADCAST, start_ms=10_000, end_ms=40_000)))
    thin = np.diff(np.diff(studio, prepend=0), prepend=0) / 4
    thin += np.random.default_rng(0).normal(0, 1e-3, len(thin))
    return np.concatenate([studio, thin]).astype(np.float32)


def heard(voice: FaintVoice | Voice, sound: Sound, size: int) -> Sound:
    parts = [voice.feed(sound[at : at + size]) for at in range(0, len(sound), size)]
    return np.concatenate([*parts, voice.finish()])


@given(size=st.integers(WINDOW // 2, 400_000), length=st.integers(0, 700_000))
def test_probabilities_do_not_depend_on_how_the_stream_is_cut(minute, size, length):
    sound = minute[:length]
    found = heard(FaintVoice(0.5), sound, size)
    assert np.array_equal(found, heard(FaintVoice(0.5), sound, 480_000))
    assert len(found) == length // WINDOW + 1


def test_more_speech_is_found_and_never_less(minute):
    first, both = (heard(voice, minute, 480_000) for voice in (Voice(), FaintVoice(0.5)))
    assert (both >= first).all()
    thin = slice(len(both) // 2, None)
    assert np.mean(both[thin] > 0.5) > np.mean(first[thin] > 0.5) + 0.2


def test_what_the_first_look_is_sure_of_or_what_is_silent_is_not_looked_at_again(
    minute, monkeypatch
):
    silence = np.random.default_rng(1).normal(0, 1e-4, 320_000).astype(np.float32)
    sound = np.concatenate([silence, minute[:160_000]])
    looks = []
    monkeypatch.setattr(faint, "Voice", lambda: looks.append(1) or Voice())
    heard(FaintVoice(0.001), sound, 480_000)
    assert len(looks) == 1


def test_a_voice_without_its_pitch_is_found_as_on_the_telephone(minute):
    studio = minute[: len(minute) // 2]
    parts = np.fft.rfft(studio)
    at_hz = np.fft.rfftfreq(len(studio), 1 / 16_000)
    parts[(at_hz < 350) | (at_hz > 3_000)] = 0
    telephone = np.fft.irfft(parts, len(studio)) / 4
    telephone += np.random.default_rng(0).normal(0, 2e-3, len(studio))
    sound = np.concatenate([studio, telephone]).astype(np.float32)
    first, both = (heard(voice, sound, 480_000) for voice in (Voice(), FaintVoice(0.5)))
    spoken = first[: len(studio) // WINDOW] > 0.5
    here = slice(len(studio) // WINDOW, 2 * (len(studio) // WINDOW))
    shares = [
        np.mean(found[here][spoken[: here.stop - here.start]] > 0.5) for found in (first, both)
    ]
    assert shares[0] < 0.8
    assert shares[1] > shares[0] + 0.1
