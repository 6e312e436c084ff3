"""Broadcasts that never were: words, gaps and turns with voices, their items' true borders.

Kinds of border: `music` (a song is an item, or a jingle opens one), `people` (other guests, with
the same host or another; `host` where the same host speaks before and after) and `pause` (the same
people go on after a somewhat longer pause). Beside them is what misleads: short music and long
pauses inside items, wrong voices, people taken for two, pauses of all lengths, words in songs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from pipeline.core.payloads import Transcript
from pipeline.core.timeline import Gap, ItemKind, Phrase, Sound, Turn, Word
from pipeline.programme.rundown import Entry

KINDS = ("music", "people", "pause")
WRONG_VOICE = 0.03
TWO_VOICES = 0.15  # of the guests: their voice is taken for two
BLIP_EVERY = 60  # turns; short music inside an item


@dataclass(frozen=True)
class Broadcast:
    """`borders` are the true starts of the items but the first, each with its kind."""

    transcript: Transcript
    turns: tuple[Turn, ...]
    borders: tuple[tuple[int, str], ...]
    kinds: tuple[ItemKind, ...]

    def rundown(self, rng: Random, off_ms: int) -> tuple[Entry, ...]:
        """Its items with times off by up to so much, in order."""
        truth = [0, *(at for at, _ in self.borders)]
        while True:
            starts = [0, *(max(at + rng.randint(-off_ms, off_ms), 1) for at in truth[1:])]
            if all(a < b for a, b in pairwise(starts)):
                break
        ends = [*starts[1:], None]
        return tuple(
            Entry(start_ms=start, end_ms=end, title=f"Item {number}", kind=kind)
            for number, (start, end, kind) in enumerate(zip(starts, ends, self.kinds, strict=True))
        )


@dataclass
class _Tape:
    """What was broadcast so far."""

    rng: Random
    at_ms: int = 0
    lines: list[Phrase | Gap] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)

    def sound(self, length_ms: int, sound: Sound) -> None:
        if length_ms > 0:
            end_ms = self.at_ms + length_ms
            self.lines.append(Gap(start_ms=self.at_ms, end_ms=end_ms, sound=sound))
            self.at_ms = end_ms

    def speak(self, voice: int, length_ms: int, language: str) -> None:
        """A turn: phrases of a few seconds, pauses between them."""
        begun_ms, until_ms = self.at_ms, self.at_ms + length_ms
        while True:
            self._phrase(self.rng.randint(1_200, 4_000), language)
            if self.at_ms >= until_ms:
                break
            self.sound(int(self.rng.lognormvariate(6.0, 0.6)), Sound.SILENCE)
        self.turns.append(Turn(start_ms=begun_ms, end_ms=self.at_ms, voice=voice))

    def _phrase(self, length_ms: int, language: str) -> None:
        start_ms, words = self.at_ms, []
        while self.at_ms < start_ms + length_ms:
            end_ms = self.at_ms + self.rng.randint(120, 600)
            words.append(Word(start_ms=self.at_ms, end_ms=end_ms, text="слово"))
            self.at_ms = end_ms + self.rng.choice((0, 0, 20, 60))
        self.at_ms = words[-1].end_ms
        self.lines.append(
            Phrase(start_ms=start_ms, end_ms=self.at_ms, language=language, words=tuple(words))
        )


@dataclass
class _Cast:
    """Who is there; voices are numbers, a person may have two."""

    rng: Random
    count: int = 0
    voices: dict[int, tuple[int, ...]] = field(default_factory=dict)
    languages: dict[int, str] = field(default_factory=dict)

    def person(self, *, is_host: bool = False) -> int:
        number = len(self.voices) + 1
        split = not is_host and self.rng.random() < TWO_VOICES
        self.voices[number] = tuple(range(self.count + 1, self.count + 2 + split))
        self.count += 1 + split
        self.languages[number] = "ru" if is_host else self.rng.choice(("ru", "ru", "es", "en"))
        return number

    def voice(self, person: int) -> int:
        if self.rng.random() < WRONG_VOICE:
            return self.rng.randint(1, self.count)
        return self.rng.choice(self.voices[person])


def broadcast(rng: Random, kinds: tuple[str, ...] = KINDS, items: int = 14) -> Broadcast:
    """A broadcast whose borders are of these kinds, drawn by chance."""
    tape, cast = _Tape(rng), _Cast(rng)
    hosts = [cast.person(is_host=True) for _ in range(2)]
    people = [hosts[0], cast.person()]
    borders: list[tuple[int, str]] = []
    item_kinds = [ItemKind.TALK]
    last = _talk(tape, cast, people)[1]
    for _ in range(items - 1):
        kind = rng.choice(kinds)
        is_song = item_kinds[-1] is ItemKind.MUSIC
        if is_song:  # what follows a song begins where it ends
            kind = "music"
            tape.sound(rng.randint(0, 600), Sound.SILENCE)
            borders.append((tape.at_ms, kind))
        elif kind == "music":
            tape.sound(rng.randint(0, 1_500), Sound.SILENCE)
            borders.append((tape.at_ms, kind))
        if kind == "music" and not is_song and rng.random() < 0.5:
            _song(tape)
            item_kinds.append(ItemKind.MUSIC)
            continue
        if kind == "music" and not is_song:
            tape.sound(rng.randint(3_000, 12_000), Sound.MUSIC)
            tape.sound(rng.randint(0, 800), Sound.SILENCE)
        if kind == "pause":
            tape.sound(rng.randint(900, 4_000), Sound.SILENCE)
            borders.append((tape.at_ms, kind))
        elif kind == "people" or rng.random() < 0.7:
            host = people[0] if rng.random() < 0.6 else rng.choice(hosts)
            people = [host, *(cast.person() for _ in range(rng.choice((1, 1, 2))))]
            if kind == "people":
                tape.sound(rng.randint(200, 2_500), Sound.SILENCE)
                borders.append((tape.at_ms, kind))
        item_kinds.append(ItemKind.TALK)
        first, now = _talk(tape, cast, people)
        if kind == "people" and first == last:
            borders[-1] = borders[-1][0], "host"
        last = now
    made = Transcript(duration_ms=tape.at_ms, lines=tuple(tape.lines))
    return Broadcast(made, tuple(tape.turns), tuple(borders), tuple(item_kinds))


def _talk(tape: _Tape, cast: _Cast, people: list[int]) -> tuple[int, int]:
    """Turns of the host and the guests, the host mostly first; who began and who ended."""
    rng = tape.rng
    until_ms = tape.at_ms + rng.randint(70_000, 500_000)
    first = who = people[0] if rng.random() < 0.7 else rng.choice(people)
    while True:
        long_ms = int(rng.lognormvariate(9.0 if who == people[0] else 9.7, 0.7))
        tape.speak(cast.voice(who), min(long_ms, 90_000), cast.languages[who])
        if tape.at_ms >= until_ms:
            return first, who
        if rng.random() < 1 / BLIP_EVERY:
            tape.sound(rng.randint(800, 3_000), Sound.MUSIC)
        else:
            tape.sound(int(rng.lognormvariate(6.2, 0.7)), Sound.SILENCE)
        who = rng.choice([person for person in people if person != who])


def _song(tape: _Tape) -> None:
    rng = tape.rng
    tape.sound(rng.randint(40_000, 200_000), Sound.MUSIC)
    if rng.random() < 0.2:  # words that were heard in it
        tape.speak(0, rng.randint(500, 2_000), "es")
        tape.sound(rng.randint(10_000, 60_000), Sound.MUSIC)
