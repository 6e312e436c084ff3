"""Speech from espeak-ng with the times of its words and phonemes.

The library is driven through ctypes: no process per sentence, and its events give what a recording
never has, the exact start of every word and phoneme.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from dataclasses import dataclass

import numpy as np

RATE = 16_000
_SYNCHRONOUS, _PHONEME_EVENTS = 2, 1
_UTF8 = 1
_WORD, _PHONEME = 1, 7
_SPEED, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4

Samples = np.ndarray[tuple[int], np.dtype[np.float32]]


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass(frozen=True, slots=True)
class Voice:
    """How to speak. `tract` > 1 raises pitch and formants together, as a shorter throat does."""

    language: str
    variant: str = ""
    speed: int = 160
    pitch: int = 50
    tract: float = 1.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """16 kHz mono samples in -1..1 and where its words and phonemes start, in milliseconds."""

    samples: Samples
    word_starts_ms: tuple[int, ...]
    word_ends_ms: tuple[int, ...]
    phonemes: tuple[tuple[int, str], ...]


class Speaker:
    """The one espeak-ng instance a process may have."""

    def __init__(self) -> None:
        name = ctypes.util.find_library("espeak-ng")
        if name is None:
            raise SystemExit("espeak-ng is missing: apt-get install libespeak-ng1")
        self._lib = ctypes.CDLL(name)
        self._rate = self._lib.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS)
        if self._rate <= 0:
            raise SystemExit("espeak-ng cannot start: is espeak-ng-data installed?")
        self._pieces: list[Samples] = []
        self._events: list[tuple[int, int, int, str]] = []
        self._callback = _Callback(self._heard)
        self._lib.espeak_SetSynthCallback(self._callback)

    def _heard(self, wav: object, count: int, events: object) -> int:
        if count > 0:
            heard = np.ctypeslib.as_array(wav, (count,))  # type: ignore[call-overload]
            self._pieces.append(heard.astype(np.float32) / 32768.0)
        at = 0
        while events[at].type != 0:  # type: ignore[index]
            event = events[at]  # type: ignore[index]
            if event.type in (_WORD, _PHONEME):
                name = event.id.string.decode("utf-8", "replace") if event.type == _PHONEME else ""
                self._events.append((event.type, event.audio_position, event.text_position, name))
            at += 1
        return 0

    def say(self, text: str, voice: Voice) -> Utterance:
        """Speak one sentence, trimmed to what its phonemes fill."""
        full = f"{voice.language}+{voice.variant}" if voice.variant else voice.language
        if self._lib.espeak_SetVoiceByName(full.encode()) != 0:
            raise ValueError(f"espeak-ng knows no voice {full}")
        # The tract factor is applied by resampling, which also shortens: speak slower by that.
        self._lib.espeak_SetParameter(_SPEED, max(80, round(voice.speed / voice.tract)), 0)
        self._lib.espeak_SetParameter(_PITCH, voice.pitch, 0)
        self._pieces.clear()
        self._events.clear()
        data = text.encode()
        self._lib.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8, None, None)
        samples = np.concatenate(self._pieces) if self._pieces else np.zeros(0, np.float32)
        return _utterance(text, samples, self._events, self._rate, voice.tract)


def _utterance(
    text: str, samples: Samples, events: list[tuple[int, int, int, str]], rate: int, tract: float
) -> Utterance:
    phonemes = [(at, name) for kind, at, _, name in events if kind == _PHONEME]
    spoken = [at for at, name in phonemes if name not in ("", "_", "_:", "_!", "_|")]
    if not spoken:
        raise ValueError(f"espeak-ng said nothing for {text!r}")
    after = [at for at, _ in phonemes if at > spoken[-1]]
    first, last = spoken[0], after[0] if after else len(samples) * 1000 // rate
    cut = samples[first * rate // 1000 : last * rate // 1000]
    heard = resample(cut, rate * tract, RATE)
    place = lambda at: round((min(max(at, first), last) - first) / tract)  # noqa: E731
    starts = _word_starts(text, [(pos, at) for kind, at, pos, _ in events if kind == _WORD])
    starts_ms = [place(at) for at in starts]
    pauses = [place(at) for at, name in phonemes if name.startswith("_")]
    total = place(last)
    ends = []
    for this, following in zip(starts_ms, [*starts_ms[1:], total], strict=True):
        inside = [at for at in pauses if this < at < following]
        ends.append(inside[-1] if inside and inside[-1] > this + 40 else following)
    kept = tuple((place(at), name) for at, name in phonemes if first <= at < last)
    return Utterance(heard, tuple(starts_ms), tuple(ends), kept)


def _word_starts(text: str, events: list[tuple[int, int]]) -> list[int]:
    """Audio position of each word; one that espeak-ng joined to a neighbour is placed between."""
    words, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        words.append((at, at + len(word)))
        at += len(word)
    found: list[float | None] = []
    for begin, end in words:
        hits = [when for pos, when in events if begin < pos <= end]  # positions count from 1
        found.append(min(hits) if hits else None)
    found = [0 if at == 0 and value is None else value for at, value in enumerate(found)]
    known = [(index, value) for index, value in enumerate(found) if value is not None]
    if len(found) > len(known):
        last = max((when for _, when in events), default=0)
        known = [*known, (len(found), last + 300)] if known[-1][0] < len(found) else known
    indices, values = zip(*known, strict=True)
    return [int(v) for v in np.maximum.accumulate(np.interp(range(len(words)), indices, values))]


def resample(samples: Samples, source: float, target: float) -> Samples:
    """Band-limited resampling by the discrete Fourier transform, for short pieces."""
    count = round(len(samples) * target / source)
    spectrum = np.fft.rfft(samples)
    wanted = count // 2 + 1
    kept = np.zeros(wanted, spectrum.dtype)
    both = min(wanted, len(spectrum))
    kept[:both] = spectrum[:both]
    out = np.fft.irfft(kept, count) * (count / len(samples))
    return out.astype(np.float32)
