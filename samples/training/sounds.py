"""Sounds that hold no words: music, noises, hum, rooms and telephone lines, all made here."""

from __future__ import annotations

import numpy as np

from samples.training.speech import RATE, Samples

_SCALES = (
    (0, 2, 4, 5, 7, 9, 11),
    (0, 2, 3, 5, 7, 8, 10),
    (0, 2, 3, 5, 7, 8, 11),
    (0, 3, 5, 7, 10, 12, 15),
)
_CHORDS = ((0, 2, 4), (3, 5, 7), (4, 6, 8), (5, 7, 9), (1, 3, 5))
NOISES = ("white", "pink", "brown", "hum", "gusts", "crackle", "tone", "silence")


def _tone(frequency: float, seconds: float, rng: np.random.Generator, timbre: Samples) -> Samples:
    """One note: harmonics with their own decay, a little vibrato."""
    t = np.arange(int(seconds * RATE)) / RATE
    phase = (
        2 * np.pi * frequency * t
        + rng.uniform(0, 4) * np.sin(2 * np.pi * rng.uniform(4, 6) * t) * 0.2
    )
    out = np.zeros_like(t)
    for index, level in enumerate(timbre):
        if frequency * (index + 1) < RATE / 2.2:
            out += level * np.sin(phase * (index + 1)) * np.exp(-t * (index + 1) * 0.6)
    attack = np.minimum(1, t / rng.uniform(0.005, 0.06))
    release = np.minimum(1, (t[-1] - t) / 0.05) if len(t) else t
    return (out * attack * release).astype(np.float32)


def _drum(rng: np.random.Generator) -> Samples:
    t = np.arange(int(0.15 * RATE)) / RATE
    body = np.sin(2 * np.pi * (110 * np.exp(-t * 20) + 45) * t) * np.exp(-t * 22)
    hiss = rng.normal(size=len(t)) * np.exp(-t * rng.uniform(20, 60)) * rng.uniform(0.1, 0.6)
    return (body * rng.integers(0, 2) + hiss).astype(np.float32)


def music(seconds: float, rng: np.random.Generator) -> Samples:
    """Chords, a melody and a beat in a random key, tempo and timbre; peak about 0.5."""
    out = np.zeros(int(seconds * RATE) + RATE, np.float32)
    root, scale = rng.uniform(110, 240), _SCALES[rng.integers(len(_SCALES))]
    beat = rng.uniform(0.28, 0.7)
    chord_timbre = rng.dirichlet(np.ones(6)).astype(np.float32)
    lead_timbre = rng.dirichlet(np.ones(8) * 0.6).astype(np.float32)
    has_beat, has_lead = rng.random() < 0.7, rng.random() < 0.8
    pitch = lambda step: root * 2 ** ((scale[step % len(scale)] + 12 * (step // len(scale))) / 12)  # noqa: E731
    at, bar = 0.0, 0
    while at < seconds:
        chord = _CHORDS[rng.integers(len(_CHORDS))] if bar else _CHORDS[0]
        for step in chord:
            _add(out, at, _tone(pitch(step), beat * 4, rng, chord_timbre) * 0.5)
        for index in range(4):
            if has_beat:
                _add(out, at + index * beat, _drum(rng) * 0.8)
            if has_lead and rng.random() < 0.75:
                note = _tone(
                    pitch(int(rng.choice(chord)) + 7),
                    beat * rng.choice([0.5, 1, 2]),
                    rng,
                    lead_timbre,
                )
                _add(out, at + index * beat, note * 0.8)
        at += beat * 4
        bar += 1
    out = out[: int(seconds * RATE)]
    return (0.5 * out / (np.abs(out).max() + 1e-6)).astype(np.float32)


def _add(out: Samples, at: float, piece: Samples) -> None:
    start = int(at * RATE)
    end = min(len(out), start + len(piece))
    out[start:end] += piece[: max(0, end - start)]


def noise(seconds: float, rng: np.random.Generator, kind: str) -> Samples:
    """One of NOISES, peak about 0.5 (silence: a thousandth of that)."""
    count = int(seconds * RATE)
    white = rng.normal(size=count).astype(np.float32)
    if kind == "silence":
        return white * 0.0005 * float(rng.random())
    if kind in ("pink", "brown", "gusts"):
        spectrum = np.fft.rfft(white)
        slope = {"pink": 0.5, "brown": 1.0, "gusts": 0.8}[kind]
        spectrum /= np.maximum(1, np.arange(len(spectrum)) * RATE / count / 20) ** slope
        white = np.fft.irfft(spectrum, count).astype(np.float32)
    t = np.arange(count) / RATE
    if kind == "gusts":
        white *= (0.55 + 0.45 * np.sin(2 * np.pi * rng.uniform(0.1, 1.5) * t)).astype(np.float32)
    if kind == "hum":
        base = rng.choice([50.0, 60.0, 100.0])
        white = white * 0.05
        for harmonic in range(1, 8):
            white += (rng.random() * np.sin(2 * np.pi * base * harmonic * t) / harmonic).astype(
                np.float32
            )
    if kind == "crackle":
        white *= (rng.random(count) < 0.002).astype(np.float32) * 5
    if kind == "tone":
        white = white * 0.01 + np.sin(2 * np.pi * rng.uniform(200, 3000) * t).astype(np.float32)
    return (0.5 * white / (np.abs(white).max() + 1e-6)).astype(np.float32)


def telephone(samples: Samples, rng: np.random.Generator) -> Samples:
    """A telephone line: 300 to 3400 Hz, sampled at 8 kHz, 8-bit mu-law."""
    spectrum = np.fft.rfft(samples)
    frequency = np.arange(len(spectrum)) * RATE / max(1, len(samples))
    low, high = rng.uniform(220, 380), rng.uniform(3000, 3500)
    gate = 1 / (1 + (low / np.maximum(frequency, 1)) ** 8) / (1 + (frequency / high) ** 24)
    out = np.fft.irfft(spectrum * gate, len(samples)).astype(np.float32)
    peak = float(np.abs(out).max()) + 1e-6
    law = np.sign(out) * np.log1p(255 * np.abs(out) / peak) / np.log(256)
    law = np.round(law * 127) / 127
    return (np.sign(law) * (256 ** np.abs(law) - 1) / 255 * peak).astype(np.float32)


def room(samples: Samples, rng: np.random.Generator) -> Samples:
    """A room: convolution with noise that dies away in 0.1 to 0.4 s; the length stays."""
    count = int(rng.uniform(0.1, 0.4) * RATE)
    tail = (
        rng.normal(size=count) * np.exp(-np.arange(count) / count * 6.9) * rng.uniform(0.02, 0.12)
    )
    tail[0] = 1.0
    size = len(samples) + count
    out = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(tail, size), size)[: len(samples)]
    return out.astype(np.float32)


def bank(seconds: float, seed: int) -> Samples:
    """A long stretch of all of it, from which windows take their background and their no-speech."""
    rng = np.random.default_rng(seed)
    pieces: list[Samples] = []
    total = 0.0
    while total < seconds:
        length = float(rng.uniform(12, 30))
        kind = rng.random()
        piece = music(length, rng) if kind < 0.5 else noise(length, rng, str(rng.choice(NOISES)))
        if kind > 0.85:
            piece = 0.6 * piece + 0.4 * music(length, rng)[: len(piece)]
        pieces.append(piece.astype(np.float32))
        total += length
    return np.concatenate(pieces)
