"""The music of the sample broadcast, composed and played here: plucked strings and a flute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

RATE: Final = 48_000
_BEATS: Final = 3
_FADE_S: Final = 2.5
_VIBRATO_HZ: Final = 5.2
_STEPS: Final = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "g#": 8, "a": 9, "b": 11}

# One entry a bar: the bass and the two strings above it.
_CHORDS: Final = {
    "Am": ("a2", "e3 a3 c4"),
    "Dm": ("d3", "f3 a3 d4"),
    "E": ("e2", "e3 g#3 b3"),
    "F": ("f2", "f3 a3 c4"),
    "C": ("c3", "e3 g3 c4"),
    "G": ("g2", "d3 g3 b3"),
}
_BARS: Final = "Am E Am Dm Am F E Am C Dm Am F E Am Dm G C F Dm E Am Am".split()
# The melody: a note and its length in beats; "-" is a rest.
_MELODY: Final = (
    "-:6 e5:1 c5:1 a4:1 d5:2 e5:1 c5:3 a4:1 c5:1 f5:1 e5:2 d5:1 c5:3 "
    "e5:1 g5:1 e5:1 f5:2 d5:1 e5:2 c5:1 a4:1 c5:1 d5:1 b4:2 g#4:1 a4:3 "
    "a5:1 f5:1 d5:1 g5:2 f5:1 e5:3 f5:1 e5:1 d5:1 d5:2 c5:1 b4:3 a4:3 -:3"
)
_SIGNAL: Final = ("c4", "e4", "g4", "c5", "g4", "e5", "d5", "c5")

Sound = np.ndarray[tuple[int], np.dtype[np.float32]]


def serenade(seconds: int) -> Sound:
    """A slow waltz for guitar and flute that fills the time given; peak about 0.4."""
    beat_s = seconds / (len(_BARS) * _BEATS)
    out = np.zeros(seconds * RATE, np.float32)
    for bar, name in enumerate(_BARS):
        bass, chord = _CHORDS[name]
        at = bar * _BEATS * beat_s
        _add(out, at, 0.9 * _pluck(bass, beat_s * 3))
        for beat in (1, 2):
            for index, note in enumerate(chord.split()):
                _add(out, at + beat * beat_s + 0.015 * index, 0.45 * _pluck(note, beat_s * 1.6))
    at = 0.0
    for written in _MELODY.split():
        note, beats = written.split(":")
        length_s = int(beats) * beat_s
        if note != "-":
            _add(out, at, 0.5 * _flute(note, length_s))
        at += length_s
    return _finished(out)


def signal(seconds: int) -> Sound:
    """The programme's signal: eight plucked notes that ring out."""
    out = np.zeros(seconds * RATE, np.float32)
    for index, note in enumerate(_SIGNAL):
        last = index == len(_SIGNAL) - 1
        _add(out, index * 0.32, _pluck(note, seconds if last else 0.9))
    return _finished(out)


KINDS: Final[dict[str, Callable[[int], Sound]]] = {"serenade": serenade, "signal": signal}


def _frequency(note: str) -> float:
    step = 12 * (int(note[-1]) + 1) + _STEPS[note[:-1]]
    return 440.0 * float(2 ** ((step - 69) / 12))


def _pluck(note: str, seconds: float) -> Sound:
    """A plucked string: noise that goes round and loses its edge (Karplus and Strong)."""
    period = round(RATE / _frequency(note))
    string = np.random.default_rng(period).uniform(-1, 1, period)
    string = (string + np.roll(string, 1) + np.roll(string, 2)) / 3
    rounds = []
    for _ in range(int(seconds * RATE) // period + 1):
        rounds.append(string)
        string = 0.996 * 0.5 * (string + np.roll(string, 1))
    tone = np.concatenate(rounds)[: int(seconds * RATE)]
    tone *= np.minimum(1.0, np.arange(len(tone), 0, -1) / (0.05 * RATE))
    return (0.4 * tone).astype(np.float32)


def _flute(note: str, seconds: float) -> Sound:
    """A few harmonics with a soft start, a little vibrato and some breath."""
    t = np.arange(int(seconds * RATE)) / RATE
    turn = 2 * np.pi * _VIBRATO_HZ
    bent = t + 0.004 * np.minimum(1.0, t / 0.4) * np.sin(turn * t) / turn
    phase = 2 * np.pi * _frequency(note) * bent
    tone = np.sin(phase) + 0.28 * np.sin(2 * phase) + 0.1 * np.sin(3 * phase)
    breath = np.random.default_rng(len(t)).normal(size=len(t)) * 0.01
    envelope = np.minimum(1.0, t / 0.07) * np.minimum(1.0, (t[-1] - t) / 0.12)
    played: Sound = (0.35 * (tone + breath) * envelope).astype(np.float32)
    return played


def _add(out: Sound, at_s: float, piece: Sound) -> None:
    start = round(at_s * RATE)
    end = min(len(out), start + len(piece))
    if end > start:
        out[start:end] += piece[: end - start]


def _finished(out: Sound) -> Sound:
    fade = np.minimum(1.0, np.arange(len(out), 0, -1) / (_FADE_S * RATE))
    out = out * fade
    return (0.4 * out / float(np.abs(out).max())).astype(np.float32)
