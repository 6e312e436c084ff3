"""GE2E's mel spectrum, against the same thing computed slowly and another way."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines import mel

Sound = np.ndarray


def sound(samples: int, seed: int = 1) -> Sound:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, samples).astype(np.float32)


def hertz_to_mel(hertz: float) -> float:
    """Slaney's scale as the Auditory Toolbox gives it: 200/3 Hz a step, then 27 steps to 6.4."""
    if hertz < 1000:
        return 3 * hertz / 200
    return 15 + 27 * math.log(hertz / 1000) / math.log(6.4)


def edges() -> list[float]:
    """Where the triangles begin and end, found by halving instead of by the inverse formula."""
    found = []
    for step in range(42):
        wanted = hertz_to_mel(8000) * step / 41
        low, high = 0.0, 8000.0
        for _ in range(80):
            middle = (low + high) / 2
            low, high = (middle, high) if hertz_to_mel(middle) < wanted else (low, middle)
        found.append(low)
    return found


def slow_frame(samples: Sound, number: int) -> list[float]:
    """One frame by the definition of the discrete Fourier transform, in Python's own numbers."""
    begin = 160 * number - 200
    first = max(0, -begin)
    values = [
        float(samples[begin + n]) * math.sin(math.pi * n / 400) ** 2
        for n in range(first, 400)
        if begin + n < len(samples)
    ]
    power = [
        abs(sum(v * cmath.exp(-2j * math.pi * k * (first + n) / 400) for n, v in enumerate(values)))
        ** 2
        for k in range(201)
    ]
    found = []
    places = edges()
    for left, middle, right in zip(places, places[1:], places[2:], strict=False):
        total = 0.0
        for k, each in enumerate(power):
            at = 40.0 * k
            if left < at <= middle:
                total += each * (at - left) / (middle - left)
            elif middle < at < right:
                total += each * (right - at) / (right - middle)
        found.append(total * 2 / (right - left))
    return found


@pytest.mark.parametrize("number", [0, 1, 3, 9, 10, 11])
def test_a_frame_is_what_the_definition_gives(number: int):
    samples = sound(1600)
    (found,) = mel.frames(samples, number, 1)
    np.testing.assert_allclose(found, slow_frame(samples, number), rtol=2e-5, atol=1e-9)


def test_the_bands_are_triangles_of_area_one():
    bands = mel.bands()
    assert bands.shape == (201, 40)
    areas = bands.sum(axis=0) * 40.0  # Hz between two frequencies
    np.testing.assert_allclose(areas[8:], 1, atol=0.06)
    assert (bands >= 0).all()
    assert (np.diff(bands.argmax(axis=0)) >= 0).all()


def test_a_tone_is_loudest_in_the_band_that_holds_it():
    seconds = np.arange(16_000) / 16_000
    for band, hertz in [(i, e) for i, e in enumerate(edges()[1:-1]) if i % 6 == 2]:
        tone = np.sin(2 * np.pi * hertz * seconds).astype(np.float32)
        found = mel.frames(tone, 10, 80)
        assert set(found.argmax(axis=1)) <= {band - 1, band, band + 1}


@given(samples=st.integers(0, 5000), first=st.integers(0, 40), count=st.integers(1, 40))
def test_a_part_is_that_part_of_the_whole(samples: int, first: int, count: int):
    given_sound = sound(samples)
    whole = mel.frames(given_sound, 0, 80)
    part = mel.frames(given_sound, first, count)
    np.testing.assert_allclose(part, whole[first : first + count], rtol=1e-5, atol=1e-9)


def test_many_frames_are_the_same_as_a_few(monkeypatch: pytest.MonkeyPatch):
    samples = sound(160 * 300)
    whole = mel.frames(samples, 0, 301)
    monkeypatch.setattr(mel, "_AT_ONCE", 7)
    np.testing.assert_allclose(mel.frames(samples, 0, 301), whole, rtol=1e-5)


def test_beyond_the_sound_there_is_silence():
    samples = sound(800)
    assert not mel.frames(samples, 7, 20).any()
    assert not mel.frames(samples[:0], 0, 5).any()


def test_twice_the_sound_is_four_times_the_power():
    samples = sound(3200)
    once, twice = mel.frames(samples, 0, 20), mel.frames(2 * samples, 0, 20)
    np.testing.assert_allclose(twice, 4 * once, rtol=1e-5)
