"""Recordings with a known truth, mixed from people's clips: who speaks when is exact.

A folder of voices holds one sub-folder for each speaker with short clips of nobody else. People
take turns of 2 to 20 s, each of up to four clips or parts of clips, with pauses of 0.2 to 1.5 s.
The truth is what Silero hears in each clip by itself, before anything is mixed. The voices stay
where they are: the project has the recipe and the seeds.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.core import media
from pipeline.core.decoding import RATE
from pipeline.core.timeline import Turn
from pipeline.engines.faint import FaintVoice
from pipeline.engines.voice import Padding, Stretches, Voice, VoiceOptions
from samples.training import sounds

if TYPE_CHECKING:
    from pipeline.core.decoding import Samples

Stretch = tuple[int, int]  # milliseconds, half-open
Voices = Mapping[str, Sequence["Clip"]]
Ears = Voice | FaintVoice

PER_MS: Final = RATE // 1000
MEDIA: Final = frozenset({".flac", ".wav", ".opus", ".ogg", ".mp3", ".m4a"})
TURN_MS: Final = (2_000, 20_000)
PAUSE_MS: Final = (200, 1_500)
_PARTS: Final = 4
_PART_PAUSE_MS: Final = (150, 500)
_SHORTEST_MS: Final = 1_000  # of a part of a clip
_EDGE_MS: Final = 40  # of a part, kept around its speech and faded
_CLIP: Final = VoiceOptions(pad_ms=0, min_silence_ms=300)
_FRAME_MS: Final = 20

_SPEECH_RMS: Final = 0.06
_GAIN_DB: Final = 3.0  # people are so much louder or softer than that
_ROOM: Final = 0.0005
_PEAK: Final = 0.98
_ON_PHONE: Final = 0.4
_BED_DB: Final = -15.0
_BED_SHARE: Final = 0.4
_BED_MS: Final = (8_000, 25_000)
_FADE_MS: Final = 500
_MUSIC_MS: Final = 15_000  # a file that is shorter is no music


@dataclass(frozen=True, slots=True)
class Clip:
    """Some seconds of one person, and where in them is speech."""

    name: str
    samples: Samples
    speech: tuple[Stretch, ...]

    @property
    def speech_ms(self) -> int:
        """How much of it is speech."""
        return sum(end - start for start, end in self.speech)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """A recording, who speaks when in it, and who of them is on the telephone."""

    name: str
    samples: Samples
    turns: tuple[Turn, ...]
    people: tuple[str, ...]
    on_phone: frozenset[str] = frozenset()

    @property
    def duration_ms(self) -> int:
        """How long it lasts."""
        return len(self.samples) // PER_MS


def load(folder: Path) -> dict[str, tuple[Clip, ...]]:
    """Every speaker's clips, by the names of the sub-folders; clips without speech are left out."""
    people = sorted(path for path in folder.iterdir() if path.is_dir())
    return {path.name: tuple(_clips(path)) for path in people}


def load_music(folder: Path, without: Sequence[str] = ()) -> dict[str, Samples]:
    """Every file that is long enough to be music, but those named."""
    found: dict[str, Samples] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in MEDIA and path.name not in without:
            samples = read(path)
            if len(samples) >= _MUSIC_MS * PER_MS:
                found[path.name] = samples
    return found


def read(path: Path) -> Samples:
    """All of a file's sound."""
    return np.concatenate([*media.blocks(path)])


def _clips(folder: Path) -> Iterator[Clip]:
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in MEDIA:
            samples = read(path)
            spans = tuple(speech(samples, _CLIP))
            if spans:
                yield Clip(path.name, samples, spans)


def speech(
    samples: Samples, options: VoiceOptions | None = None, voice: Ears | None = None
) -> list[Stretch]:
    """Where Silero hears speech, in milliseconds."""
    options, voice = options or VoiceOptions(), voice or Voice()
    stretches, padding = Stretches(options), Padding(options)
    heard = np.concatenate([voice.feed(samples), voice.finish()])
    found = [*stretches.feed(heard), *stretches.finish(len(samples))]
    padded = [*padding.feed(found, len(samples)), *padding.finish(len(samples))]
    spans = [(start // PER_MS, end // PER_MS) for start, end in padded]
    return [(start, end) for start, end in spans if end > start]


def quietest(samples: Samples, first_ms: int, last_ms: int) -> int:
    """The softest moment between two times, in milliseconds."""
    frame = _FRAME_MS * PER_MS
    part = samples[first_ms * PER_MS : last_ms * PER_MS]
    frames = part[: len(part) - len(part) % frame].reshape(-1, frame)
    if not len(frames):
        return (first_ms + last_ms) // 2
    power = np.mean(np.square(frames), axis=1)
    return first_ms + int(np.argmin(power)) * _FRAME_MS + _FRAME_MS // 2


class Desk:
    """What has been placed so far, and the clock. The same seed and calls give the same sound."""

    def __init__(
        self, voices: Voices, rng: random.Random, on_phone: frozenset[str] = frozenset()
    ) -> None:
        self.now_ms = 400
        self.turns: list[Turn] = []
        self._voices, self._rng, self._on_phone = voices, rng, on_phone
        self._gain = {who: rng.uniform(-_GAIN_DB, _GAIN_DB) for who in sorted(voices)}
        self._line = {who: rng.randrange(2**32) for who in sorted(voices)}
        self._pieces: list[tuple[int, Samples]] = []

    def say(self, who: str, length_ms: int) -> None:
        """A turn of about that length."""
        left_ms = length_ms
        for number in range(_PARTS):
            if number:
                self.now_ms += self._rng.randint(*_PART_PAUSE_MS)
            clip = self._rng.choice(self._voices[who])
            begin_ms, end_ms, spans = _part(clip, left_ms, self._rng)
            sound = self._treated(clip.samples[begin_ms * PER_MS : end_ms * PER_MS], who)
            self._place(sound)
            for start, end in spans:
                at_ms = self.now_ms + start - begin_ms
                self.turns.append(Turn(start_ms=at_ms, end_ms=at_ms + end - start, speaker=who))
            self.now_ms += end_ms - begin_ms
            left_ms -= end_ms - begin_ms
            if left_ms < TURN_MS[0]:
                return

    def rest(self, length_ms: int) -> None:
        """Nothing but the room for a while."""
        self.now_ms += length_ms

    def play(self, music: Samples, length_ms: int, level_db: float = 0.0) -> None:
        """A stretch from somewhere in `music`, against the level of speech."""
        sound = _excerpt(music, length_ms, level_db, self._rng)
        self._place(sound)
        self.now_ms += len(sound) // PER_MS

    def beds(self, music: Sequence[Samples], share: float) -> None:
        """Music beneath that share of what is there, in stretches."""
        at_ms = 0
        while True:
            length_ms = self._rng.randint(*_BED_MS)
            at_ms += round(self._rng.uniform(0.5, 1.5) * length_ms * (1 - share) / share)
            if at_ms + length_ms > self.now_ms:
                return
            sound = _excerpt(self._rng.choice(music), length_ms, _BED_DB, self._rng)
            self._pieces.append((at_ms, sound))
            at_ms += length_ms

    def finish(self) -> Samples:
        """All of it together, over a little room tone."""
        noise = np.random.default_rng(self._rng.randrange(2**32))
        out = _ROOM * noise.standard_normal((self.now_ms + 600) * PER_MS, dtype=np.float32)
        for at_ms, piece in self._pieces:
            at = at_ms * PER_MS
            out[at : at + len(piece)] += piece[: len(out) - at]
        mixed: Samples = out * np.float32(min(1.0, _PEAK / float(np.abs(out).max())))
        return mixed

    def _place(self, sound: Samples) -> None:
        self._pieces.append((self.now_ms, sound))

    def _treated(self, sound: Samples, who: str) -> Samples:
        if who in self._on_phone:
            sound = sounds.telephone(sound, np.random.default_rng(self._line[who]))
        return _faded(_levelled(sound, self._gain[who]), _EDGE_MS // 2)


def compose(
    voices: Voices,
    people: Sequence[str],
    *,
    minutes: float,
    seed: int,
    music: Sequence[Samples] = (),
) -> Mix:
    """These people in random turns; with `music`, it lies beneath and some are on the telephone."""
    rng = random.Random(seed)
    on_phone: frozenset[str] = frozenset()
    if music:
        count = min(max(1, round(_ON_PHONE * len(people))), max(1, len(people) - 1))
        on_phone = frozenset(rng.sample(sorted(people), count))
    desk = Desk({who: voices[who] for who in people}, rng, on_phone)
    converse(desk, people, round(minutes * 60_000), rng)
    if music:
        desk.beds(music, _BED_SHARE)
    name = f"{'+'.join(people)}-{'phone+music' if music else 'clean'}-{seed}"
    return Mix(
        name=name,
        samples=desk.finish(),
        turns=tuple(desk.turns),
        people=tuple(people),
        on_phone=on_phone,
    )


def converse(
    desk: Desk, people: Sequence[str], length_ms: int, rng: random.Random, first: str | None = None
) -> str:
    """People in turns until so much time has gone by, with all of them heard; the last speaker."""
    until_ms = desk.now_ms + length_ms
    waiting = [who for who in people if who != first]
    rng.shuffle(waiting)
    waiting = [first, *waiting] if first else waiting
    last = ""
    while desk.now_ms < until_ms or waiting:
        others = [who for who in people if who != last] or [*people]
        who = waiting.pop(0) if waiting else rng.choice(others)
        if last:
            desk.rest(rng.randint(*PAUSE_MS))
        desk.say(who, turn_ms(rng))
        last = who
    return last


def turn_ms(rng: random.Random) -> int:
    """How long a turn is to be: short ones are as frequent as long ones, on a scale of ratios."""
    return round(math.exp(rng.uniform(*map(math.log, TURN_MS))))


def resampled(clip: Clip, factor: float) -> Clip:
    """As from somebody else: so much faster, and higher by as much."""
    at = np.arange(0, len(clip.samples) - 1, factor)
    samples = np.interp(at, np.arange(len(clip.samples)), clip.samples).astype(np.float32)
    spans = tuple((round(start / factor), round(end / factor)) for start, end in clip.speech)
    return Clip(f"{clip.name} x {factor:g}", samples, spans)


def _part(clip: Clip, length_ms: int, rng: random.Random) -> tuple[int, int, list[Stretch]]:
    """Where a part of at most that length begins and ends, and its speech; cut where it is soft."""
    first = rng.randrange(len(clip.speech))
    spans: list[Stretch] = []
    for start, end in clip.speech[first:]:
        begin = spans[0][0] if spans else start
        if end - begin <= length_ms or end - begin < _SHORTEST_MS:
            spans.append((start, end))
            continue
        room = begin + max(length_ms, _SHORTEST_MS)
        if room - start >= _SHORTEST_MS:
            lowest = start + max(_SHORTEST_MS // 2, (room - start) * 2 // 3)
            spans.append((start, quietest(clip.samples, lowest, min(room, end))))
        break
    if not spans:
        spans = [clip.speech[first]]
    is_whole = spans[-1] in clip.speech
    end_ms = spans[-1][1] + (_EDGE_MS if is_whole else 0)
    return max(0, spans[0][0] - _EDGE_MS), min(len(clip.samples) // PER_MS, end_ms), spans


def _excerpt(music: Samples, length_ms: int, level_db: float, rng: random.Random) -> Samples:
    count = min(length_ms * PER_MS, len(music))
    at = rng.randrange(len(music) - count + 1)
    return _faded(_levelled(music[at : at + count], level_db), _FADE_MS)


def _levelled(sound: Samples, level_db: float) -> Samples:
    """At so many decibels against the level of speech, on average over it."""
    rms = float(np.sqrt(np.mean(np.square(sound)))) + 1e-9
    levelled: Samples = sound * np.float32(_SPEECH_RMS * 10 ** (level_db / 20) / rms)
    return levelled


def _faded(sound: Samples, edge_ms: int) -> Samples:
    edge = np.minimum(1.0, np.arange(1, len(sound) + 1, dtype=np.float32) / (edge_ms * PER_MS))
    faded: Samples = (sound * edge * edge[::-1]).astype(np.float32)
    return faded
