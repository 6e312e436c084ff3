"""The shape of a spectrum: what changes it, and what does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines import mel
from pipeline.engines.mfcc import COEFFICIENTS, FRAMES_A_SECOND, voiced
from tests.sounds import tones


@given(length=st.integers(0, 20_000))
def test_a_hundred_frames_a_second_of_steady_sound(length):
    sound = np.random.default_rng(0).normal(0, 0.1, length).astype(np.float32)
    found = voiced(sound)
    assert found.dtype == np.float32
    assert found.shape == (length * FRAMES_A_SECOND // 16_000 + 1 if length >= 400 else 0, 19)
    assert np.isfinite(found).all()


@given(seed=st.integers(0, 1_000), gain=st.floats(0.05, 3))
def test_loudness_does_not_matter(seed, gain):
    sound = np.random.default_rng(seed).normal(0, 0.1, 8_000).astype(np.float32)
    assert voiced(sound * np.float32(gain)) == pytest.approx(voiced(sound), abs=0.01)


def test_it_is_the_cosine_transform_as_it_is_defined():
    sound = np.random.default_rng(3).normal(0, 0.1, 8_000).astype(np.float32)
    logs = np.log(mel.frames(sound, 0, 51).astype(np.float64))
    bands = np.arange(mel.BANDS)
    for order in range(1, COEFFICIENTS + 1):
        wave = np.cos(np.pi * order * (2 * bands + 1) / (2 * mel.BANDS))
        expected = logs @ wave * np.sqrt(2 / mel.BANDS)
        assert voiced(sound)[:, order - 1] == pytest.approx(expected, abs=1e-3)


def test_pauses_and_silence_are_left_out():
    speech = np.random.default_rng(1).normal(0, 0.1, 16_000)
    pause = np.random.default_rng(2).normal(0, 1e-3, 16_000)
    sound = np.concatenate([speech, pause, speech]).astype(np.float32)
    assert len(voiced(sound)) == pytest.approx(200, abs=4)
    assert len(voiced(np.zeros(16_000, np.float32))) == 0
    assert len(voiced(pause.astype(np.float32) / 1000)) == 0


def test_a_tone_has_another_shape_than_noise():
    noise = np.random.default_rng(1).normal(0, 0.1, 16_000).astype(np.float32)
    assert np.abs(voiced(tones(1)).mean(axis=0) - voiced(noise).mean(axis=0)).max() > 1
