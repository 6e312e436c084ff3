"""From the script to sound: every sentence spoken, placed in time and mixed with music."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.core.timeline import Span, Word
from samples import music
from samples.music import RATE, Sound
from samples.script import Item, Line, Music, Role, Script
from samples.training import sounds, speech
from samples.training.speech import Speaker, Utterance, Voice

SEED: Final = 20240516
_STUDIO_RMS, _PHONE_RMS = 0.09, 0.075
_ROOM_TONE, _LINE_HISS = 0.0006, 0.003
_PEAK: Final = 0.95
_TAIL_MS: Final = 1_200
_LINE_SEED: Final = 5  # one telephone line for the whole call


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A sentence of the script and when each of its words is heard."""

    line: Line
    words: tuple[Word, ...]
    item: int

    @property
    def start_ms(self) -> int:
        """Where its first word begins."""
        return self.words[0].start_ms

    @property
    def end_ms(self) -> int:
        """Where its last word ends."""
        return self.words[-1].end_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The finished sound at 48 kHz and the truth about it."""

    sound: Sound
    spoken: tuple[Spoken, ...]
    music: tuple[Span, ...]
    items: tuple[tuple[Item, Span], ...]

    @property
    def duration_ms(self) -> int:
        """How long it lasts."""
        return len(self.sound) * 1000 // RATE


class _Desk:
    """What has been placed so far: pieces of sound and the clock."""

    def __init__(self, voices: dict[str, Role]) -> None:
        self._voices = voices
        self._speaker = Speaker()
        self._pause = random.Random(SEED)
        self._pieces: list[tuple[int, Sound]] = []
        self._before: Line | Music | None = None
        self.now_ms = 400
        self.spoken: list[Spoken] = []
        self.music: list[Span] = []

    def say(self, line: Line, item: int) -> None:
        """Place a sentence behind what is there."""
        role = self._voices[line.who]
        said = _speak(self._speaker, line, role)
        start_ms = self.now_ms + self._gap_ms(line)
        self._pieces.append((start_ms, _sound(said, role)))
        self.now_ms = start_ms + len(said.samples) * 1000 // speech.RATE
        self._before = line
        self.spoken.append(Spoken(line=line, words=_words(line, said, start_ms), item=item))

    def play(self, piece: Music) -> None:
        """Place a stretch of music."""
        start_ms = self.now_ms + piece.wait_ms + (700 if self._before else 0)
        self._pieces.append((start_ms, music.KINDS[piece.kind](piece.seconds)))
        self.now_ms = start_ms + piece.seconds * 1000
        self._before = piece
        self.music.append(Span(start_ms=start_ms, end_ms=self.now_ms))

    def mix(self) -> Sound:
        """All of it together, over a little room tone."""
        rng = np.random.default_rng(SEED)
        count = (self.now_ms + _TAIL_MS) * RATE // 1000
        out = _ROOM_TONE * rng.normal(size=count).astype(np.float32)
        for first_ms, last_ms in self._calls():
            hiss = _LINE_HISS * rng.normal(size=(last_ms - first_ms) * speech.RATE // 1000)
            line = sounds.telephone(hiss.astype(np.float32), np.random.default_rng(_LINE_SEED))
            self._pieces.append((first_ms, speech.resample(line, speech.RATE, RATE)))
        for start_ms, piece in self._pieces:
            at = start_ms * RATE // 1000
            out[at : at + len(piece)] += piece
        return out.astype(np.float32) * min(1.0, _PEAK / float(np.abs(out).max()))

    def _calls(self) -> list[tuple[int, int]]:
        """From the first to the last word of each caller."""
        on_phone = {name for name, role in self._voices.items() if role.line == "phone"}
        calls: dict[str, tuple[int, int]] = {}
        for one in self.spoken:
            if one.line.who in on_phone:
                first_ms = calls.get(one.line.who, (one.start_ms - 600, 0))[0]
                calls[one.line.who] = (first_ms, one.end_ms + 300)
        return list(calls.values())

    def _gap_ms(self, line: Line) -> int:
        before = self._before
        if isinstance(before, Line) and line.overlap_ms:
            return -line.overlap_ms
        if not isinstance(before, Line):
            gap_ms = self._pause.randint(600, 900)
        elif before.who == line.who:
            gap_ms = self._pause.randint(350, 900)
        else:
            gap_ms = self._pause.randint(600, 1000)
        return gap_ms + line.wait_ms


def produce(script: Script) -> Programme:
    """Speak and mix the script; the same script gives the same programme."""
    desk = _Desk(script.voices)
    items = []
    begin_ms = 0
    for number, item in enumerate(script.items):
        for event in item.events:
            if isinstance(event, Line):
                desk.say(event, number)
            else:
                desk.play(event)
        items.append((item, Span(start_ms=begin_ms, end_ms=desk.now_ms)))
        begin_ms = desk.now_ms
    sound = desk.mix()
    return Programme(
        sound=sound, spoken=tuple(desk.spoken), music=tuple(desk.music), items=tuple(items)
    )


def _speak(speaker: Speaker, line: Line, role: Role) -> Utterance:
    accent = role.accents[line.language]
    return speaker.say(line.text, Voice(accent, role.variant, role.speed, role.pitch))


def _sound(said: Utterance, role: Role) -> Sound:
    samples, wanted = said.samples, _STUDIO_RMS
    if role.line == "phone":
        samples = sounds.telephone(samples, np.random.default_rng(_LINE_SEED))
        wanted = _PHONE_RMS
    samples = samples * (wanted / float(np.sqrt(np.mean(samples**2))))
    edge = np.minimum(1.0, np.arange(1, len(samples) + 1) / (0.005 * speech.RATE))
    return speech.resample(samples * edge * edge[::-1], speech.RATE, RATE)


def _words(line: Line, said: Utterance, start_ms: int) -> tuple[Word, ...]:
    places = zip(line.text.split(), said.word_starts_ms, said.word_ends_ms, strict=True)
    return tuple(
        Word(start_ms=start_ms + start, end_ms=start_ms + max(end, start + 1), text=text)
        for text, start, end in places
    )
