"""The recipe of the speakers' benchmark, on sounds made here: its truth is exact."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.bench import mixes
from tests.bench.mixes import PER_MS, Clip, Desk
from tests.sounds import tones, write_wav


def clip(hertz: float, speech: tuple[tuple[int, int], ...], seed: int = 0) -> Clip:
    """A tone where there is speech, and silence elsewhere: what is heard where can be told."""
    length_ms = speech[-1][1] + 300
    at = np.arange(length_ms * PER_MS) / mixes.RATE
    is_on = np.zeros(len(at), bool)
    for start, end in speech:
        is_on[start * PER_MS : end * PER_MS] = True
    sound = np.where(is_on, np.sin(2 * np.pi * hertz * at), 0).astype(np.float32)
    return Clip(f"{hertz}-{seed}", sound, speech)


VOICES = {
    "low": (
        clip(300, ((200, 2_500), (3_000, 9_000))),
        clip(300, ((100, 1_400),), 1),
    ),
    "middle": (clip(800, ((300, 4_000), (4_500, 6_000), (7_000, 12_000))),),
    "high": (clip(2_000, ((250, 8_000),)), clip(2_000, ((0, 3_000),), 1)),
}
HERTZ = {"low": 300, "middle": 800, "high": 2_000}
MUSIC = (0.3 * np.sin(np.arange(40 * mixes.RATE) * 0.2)).astype(np.float32)


def power(samples: np.ndarray, hertz: float) -> float:
    """How much of the sound is at that frequency and next to it."""
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    at = round(hertz * len(samples) / mixes.RATE)
    return float(spectrum[max(0, at - 40) : at + 41].sum() / (spectrum.sum() + 1e-12))


def test_the_same_seed_gives_the_same_mix_and_another_seed_another():
    one, same, other = (
        mixes.compose(VOICES, sorted(VOICES), minutes=0.5, seed=seed, music=(MUSIC,))
        for seed in (1, 1, 2)
    )
    assert one.turns == same.turns
    assert one.on_phone == same.on_phone
    assert np.array_equal(one.samples, same.samples)
    assert one.turns != other.turns


@pytest.mark.parametrize("seed", range(5))
def test_the_truth_says_who_is_heard_and_nobody_speaks_elsewhere(seed: int):
    mix = mixes.compose(VOICES, sorted(VOICES), minutes=1, seed=seed)
    silent = np.ones(len(mix.samples), bool)
    for turn in mix.turns:
        part = slice(turn.start_ms * PER_MS, turn.end_ms * PER_MS)
        assert power(mix.samples[part], HERTZ[turn.speaker]) > 0.9, turn
        silent[part] = False
    assert float(np.abs(mix.samples[silent]).max()) < 0.01


@pytest.mark.parametrize("seed", range(5))
def test_turns_are_in_order_and_disjoint_and_everybody_is_heard(seed: int):
    mix = mixes.compose(VOICES, sorted(VOICES), minutes=1, seed=seed)
    assert {turn.speaker for turn in mix.turns} == set(VOICES)
    for before, after in zip(mix.turns, mix.turns[1:], strict=False):
        assert before.end_ms <= after.start_ms
    assert mix.turns[-1].end_ms <= mix.duration_ms
    assert 60_000 < mix.duration_ms < 90_000


@pytest.mark.parametrize("seed", range(20))
def test_a_turn_keeps_near_its_length(seed: int):
    rng = random.Random(seed)
    desk = Desk(VOICES, rng)
    wanted_ms = mixes.turn_ms(rng)
    assert mixes.TURN_MS[0] <= wanted_ms <= mixes.TURN_MS[1]
    begin_ms = desk.now_ms
    desk.say("middle", wanted_ms)
    assert 0 < desk.now_ms - begin_ms <= wanted_ms + 4_000


def test_the_telephone_and_music_leave_the_truth_as_it_is():
    clean = mixes.compose(VOICES, sorted(VOICES), minutes=1, seed=3)
    bed = mixes.compose(VOICES, sorted(VOICES), minutes=1, seed=3, music=(MUSIC,))
    assert not clean.on_phone
    assert 0 < len(bed.on_phone) < len(VOICES)
    beneath = power(bed.samples, 0.2 * mixes.RATE / (2 * np.pi))
    assert 0.001 < beneath < 0.1  # 15 dB beneath speech under 40 % of it


def test_music_is_beneath_about_the_share_that_is_asked_for():
    shares = []
    for seed in range(8):
        desk = Desk(VOICES, random.Random(seed))
        desk.rest(300_000)
        desk.beds((MUSIC,), 0.4)
        sound = desk.finish()
        frames = sound[: len(sound) // 1_600 * 1_600].reshape(-1, 1_600)
        shares.append(float(np.mean(np.sqrt(np.mean(frames**2, axis=1)) > 0.003)))
    assert 0.3 < sum(shares) / len(shares) < 0.5


def test_a_cut_is_where_it_is_softest():
    sound = np.ones(2_000 * PER_MS, np.float32)
    sound[1_200 * PER_MS : 1_240 * PER_MS] = 0
    assert abs(mixes.quietest(sound, 500, 1_800) - 1_210) <= 20
    assert mixes.quietest(sound, 700, 700) == 700


def test_folders_are_read_by_speaker_and_what_holds_no_speech_is_left_out(tmp_path):
    for who in ("anna", "juan"):
        (tmp_path / who).mkdir()
        write_wav(tmp_path / who / "1.wav", np.zeros(2 * mixes.RATE, np.float32))
        (tmp_path / who / "notes.txt").write_text("not a sound")
    (tmp_path / "LICENSE").write_text("none")
    found = mixes.load(tmp_path)
    assert list(found) == ["anna", "juan"]
    assert all(not clips for clips in found.values())


def test_music_is_what_is_long_enough(tmp_path):
    write_wav(tmp_path / "long.wav", tones(16.0))
    write_wav(tmp_path / "short.wav", tones(3.0))
    assert list(mixes.load_music(tmp_path)) == ["long.wav"]
