"""Voices told apart by a model of the recording itself; the voices here are made of noise."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.engines import gmm
from pipeline.engines.gmm import Gmm
from pipeline.engines.mfcc import COEFFICIENTS
from tests.sounds import Sound
from tests.threads import printed

RATE = 16_000
VOWELS = [
    (300, 900, 2300),
    (700, 1200, 2500),
    (500, 1700, 2600),
    (350, 2100, 2900),
    (450, 800, 2700),
]


def speech(length: float, seconds: float, seed: int) -> Sound:
    """Vowels of a throat of this relative `length`: noise through resonances, 0.1 s each."""
    rng = np.random.default_rng(seed)
    parts = []
    for number in range(round(seconds * 10)):
        hertz = np.fft.rfftfreq(RATE // 10, 1 / RATE)
        shape = np.full(len(hertz), 1e-3)
        for formant in VOWELS[number % len(VOWELS)]:
            centre = formant / length * rng.normal(1, 0.03)
            shape += 1 / (1 + ((hertz - centre) / (60 + formant / 20)) ** 2)
        noise = np.fft.rfft(rng.normal(0, 0.1, RATE // 10))
        parts.append(np.fft.irfft(noise * shape, RATE // 10) * rng.uniform(0.3, 1))
    return np.concatenate(parts).astype(np.float32)


@pytest.fixture(scope="module")
def talk() -> tuple[list[Sound], np.ndarray]:
    """Six minutes of three voices by turns, in pieces of 3 s."""
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 3, 120)
    lengths = [0.82, 1.0, 1.2]
    return [speech(lengths[who], 3, seed) for seed, who in enumerate(truth)], truth


def vectors(pieces: list[Sound]) -> np.ndarray:
    return Gmm().vectors(lambda: iter(pieces))


def test_voices_are_nearer_to_themselves_than_to_others(talk, caplog):
    pieces, truth = talk
    with caplog.at_level(logging.WARNING):
        rows = vectors(pieces)
    assert not caplog.records
    assert rows.shape == (120, Gmm().dimension)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-3)
    near = rows @ rows.T
    same = truth[:, None] == truth[None]
    others = ~np.eye(120, dtype=bool)
    assert np.quantile(near[same & others], 0.05) > np.quantile(near[~same], 0.95)


def test_what_is_silent_or_too_short_has_no_direction(talk):
    pieces, _ = talk
    silence = np.zeros(RATE, np.float32)
    rows = vectors([silence, *pieces[:9], pieces[9][:500], np.zeros(0, np.float32)])
    assert not rows[[0, 10, 11]].any()
    assert rows[1:10].any(axis=1).all()


def test_little_speech_is_said_to_be_little(talk, caplog):
    pieces, _ = talk
    with caplog.at_level(logging.WARNING):
        vectors(pieces[:40])
    (record,) = caplog.records
    assert "2.0 min of speech is little" in record.getMessage()


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_hardly_a_piece(talk, count):
    pieces, _ = talk
    rows = vectors(pieces[:count])
    assert rows.shape == (count, 30)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-3)


def test_equal_pieces_point_the_same_way(talk):
    pieces, _ = talk
    rows = vectors([*pieces[:1] * 3, *pieces[1:30]])
    assert np.array_equal(rows[0], rows[1])
    assert np.array_equal(vectors(pieces[:1] * 3), np.tile(np.eye(30)[0], (3, 1)))


def test_the_number_of_threads_changes_nothing():
    code = """
import hashlib
import numpy as np
from pipeline.engines.gmm import Gmm
rng = np.random.default_rng(0)
noises, shapes = rng.normal(0, 0.1, (40, 8000)), rng.normal(size=(40, 8))
pieces = [np.convolve(*pair).astype(np.float32) for pair in zip(noises, shapes)]
print(hashlib.sha256(Gmm().vectors(lambda: iter(pieces)).tobytes()).hexdigest())
"""
    assert len(printed(code, "12")) == 1


@given(sizes=st.lists(st.integers(0, 300), max_size=40))
def test_the_sample_is_every_nth_frame_however_it_comes(sizes, monkeypatch):
    monkeypatch.setattr(gmm, "_MOST_FRAMES", 100)
    frames = np.arange(sum(sizes), dtype=np.float32)[:, None].repeat(COEFFICIENTS, axis=1)
    sample = gmm._Sample()
    for part in np.split(frames, np.cumsum(sizes)[:-1]) if sizes else []:
        sample.add(part)
    kept = sample.frames()[:, 0]
    every = max(1, 2 ** int(np.ceil(np.log2(max(sum(sizes), 1) / 100))))
    assert np.array_equal(kept, frames[::every, 0])
    assert sample.seen == sum(sizes)


@settings(max_examples=10)
@given(seed=st.integers(0, 100))
def test_gaussians_are_found_where_frames_are(seed):
    rng = np.random.default_rng(seed)
    centres = rng.choice([-1.0, 1.0], (2, COEFFICIENTS))
    if (centres[0] == centres[1]).all():
        return
    frames = centres[rng.integers(0, 2, 400)] + rng.normal(0, 0.1, (400, COEFFICIENTS))
    mixture = gmm._fitted(frames.astype(np.float32)[:199])
    assert mixture.weights.sum() == pytest.approx(1)
    assert len(mixture.weights) == 2
    likelier = mixture.shares(frames).argmax(axis=1)
    nearer = ((frames[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    assert len(set(zip(likelier.tolist(), nearer.tolist(), strict=True))) == 2
