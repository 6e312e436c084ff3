"""Silence, music and noise are told apart, in blocks of any size."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import media
from pipeline.core.timeline import Sound
from pipeline.transcribe.sounds import GROUP_MS, Sounds, goes_on, tonal

RATE = 16_000
SECONDS = 12
BROADCAST = Path(__file__).parents[2] / "samples" / "broadcast.opus"


def noise(slope: float, level: float = 0.1):
    """Noise whose spectrum falls with frequency: 0 white, 1 pink, 2 brown."""
    rng = np.random.default_rng(3)
    spectrum = np.fft.rfft(rng.normal(size=SECONDS * RATE))
    hertz = np.maximum(np.fft.rfftfreq(SECONDS * RATE, 1 / RATE), 20)
    sound = np.fft.irfft(spectrum / hertz ** (slope / 2))
    return (sound / sound.std() * level).astype(np.float32)


def chords():
    at = np.arange(SECONDS * RATE) / RATE
    sound = np.zeros(len(at))
    for number, root in enumerate([220.0, 247.0, 294.0, 262.0] * (SECONDS // 4)):
        place = (at >= number) & (at < number + 1)
        for ratio in (1, 1.25, 1.5):
            for harmonic in range(1, 8):
                tone = np.sin(2 * np.pi * root * ratio * harmonic * at) / harmonic
                sound += np.where(place, tone * np.exp(-1.5 * (at - number)), 0)
    return (sound / np.abs(sound).max() * 0.5 + noise(1, 0.003)).astype(np.float32)


def hum():
    at = np.arange(SECONDS * RATE) / RATE
    tones = sum(np.sin(2 * np.pi * 50 * k * at) / k for k in (1, 2, 3, 4, 6))
    return (tones * 0.05).astype(np.float32) + noise(0, 0.005)


def heard(sound, block: int = 30 * RATE) -> Sounds:
    sounds = Sounds()
    for begin in range(0, len(sound), block):
        sounds.feed(sound[begin : begin + block])
    return sounds


@pytest.mark.parametrize(
    ("sound", "expected"),
    [
        (np.zeros(SECONDS * RATE, np.float32), Sound.SILENCE),
        (noise(0, 0.001), Sound.SILENCE),
        (noise(0), Sound.NOISE),
        (noise(1), Sound.NOISE),
        (noise(2), Sound.NOISE),
        (hum(), Sound.NOISE),
        (chords(), Sound.MUSIC),
    ],
    ids=["nothing", "room tone", "white", "pink", "brown", "hum", "chords"],
)
def test_a_stretch_is_what_it_sounds_like(sound, expected):
    sounds = heard(sound)
    assert sounds.sound(0, SECONDS * 1_000) is expected
    assert sounds.sound(4_000, 7_000) is expected


def test_blocks_of_any_size_give_the_same_answers():
    sound = np.concatenate([chords(), noise(1), np.zeros(5 * RATE, np.float32)])
    listeners = [heard(sound, block) for block in (30 * RATE, 4_096, 1_777)]
    answers = [[each.sound(at, at + 2_000) for at in range(0, 28_000, 2_000)] for each in listeners]
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    ("place", "expected"),
    [((0, 1), Sound.NOISE), ((11_700, 11_710), Sound.NOISE), ((50_000, 60_000), Sound.SILENCE)],
)
def test_any_place_can_be_asked_about(place, expected):
    assert heard(noise(0)).sound(*place) is expected


def test_nothing_heard_is_silence():
    assert Sounds().sound(0, 1_000) is Sound.SILENCE


def test_the_music_of_the_sample_broadcast_is_music():
    signal = np.concatenate(list(media.blocks(BROADCAST, end_ms=5_000)))
    assert heard(signal).sound(1_000, 5_000) is Sound.MUSIC


@pytest.mark.parametrize(
    ("before", "within", "after", "is_one"),
    [(0.001, 0.1, 0.1, True), (0.001, 0.1, 0.01, False), (0.1, 0.1, 0.1, False), (0, 0, 0, False)],
)
def test_what_begins_and_stays_is_told_from_a_word(before, within, after, is_one):
    loudness = np.repeat([before, within, after], [3_200, 8_000, 3_200])
    noise = np.random.default_rng(1).normal(0, 1, len(loudness)) * loudness
    assert goes_on(noise.astype(np.float32), 200) == is_one
    assert not goes_on(noise[:6_000].astype(np.float32), 200)


def music(sound, block: int = 30 * RATE) -> list[tuple[int, int]]:
    return heard(sound, block).music(0, len(sound) * 1_000 // RATE)


def gaps(music) -> list[int]:
    return [after[0] - before[1] for before, after in pairwise(music)]


def test_music_is_found_whatever_is_said_over_it_and_by_its_very_edges():
    speech = noise(1)
    over = speech.copy()
    begin, end = 5 * RATE, 11 * RATE
    over[begin:end] = 0.2 * over[begin:end] + chords()[: end - begin]
    ((start_ms, end_ms),) = music(over)
    assert abs(start_ms - 5_000) <= 2 * GROUP_MS
    assert abs(end_ms - 11_000) <= 2 * GROUP_MS
    assert music(speech) == []
    assert music(np.zeros(RATE, np.float32)) == []
    short = speech.copy()
    short[begin : begin + 2 * RATE] = chords()[: 2 * RATE]
    assert music(short) == []  # a tone or two


@given(
    st.lists(st.tuples(st.floats(1e-9, 1), st.floats(-1, 1)), max_size=60),
)
def test_music_is_in_order_and_apart(groups):
    power, lasting = np.array(groups, np.float32).reshape(-1, 2).T
    found = tonal(power, lasting)
    assert all(0 <= start < end <= len(groups) * GROUP_MS for start, end in found)
    assert all(gap > 0 for gap in gaps(found))


def test_music_in_a_recording_is_the_same_in_blocks_of_any_size():
    sound = np.concatenate([noise(1), chords(), noise(2)])
    assert music(sound, 7_001) == music(sound) != []


def test_before_the_beginning_it_is_silent(recwarn):
    sounds = heard(noise(1))
    assert sounds.sound(-98, 0) is Sound.SILENCE
    assert sounds.sound(-98, 600) is Sound.NOISE
    assert not recwarn.list


def test_music_from_before_the_beginning_is_what_is_heard_from_there():
    sounds = heard(np.concatenate([chords(), noise(2)]))
    assert sounds.music(-1_000, 6_000) == sounds.music(0, 6_000) != []
