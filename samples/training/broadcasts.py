"""Held-out broadcasts: minutes of talk in changing languages, with music, noise and silence.

    python -m samples.training.broadcasts FOLDER --seeds 1-8 --minutes 10

Every sentence is one that no training run saw. A run is what is said in one language, over one
line, at one level, by one or a few voices; runs follow one another at once or after a rest in which
nobody speaks. Writes `<seed>.opus` and `<seed>.truth.json`; a seed gives the same programme.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.core import files
from samples import opus
from samples.training import corpus, grammar, sounds
from samples.training.broadcast_set import CONDITIONS, KINDS, numbers, sound_path, truth_path
from samples.training.grammar import Language, Triple
from samples.training.speech import RATE, Samples, Speaker, Utterance, Voice

_BITS: Final = 32_000
_ROOM_TONE, _LINE_HISS = 0.0006, 0.003
_EDGE_MS: Final = 5
_TAIL_MS: Final = 800
_RUN_MS: Final = (5_000, 54_000)  # what a run aims at; its last sentence may pass it
_PAUSE_MS: Final = (100, 1_500)
_CLOSE_MS: Final = (30, 290)  # between a speaker and the interpreter
_REST_MS: Final = {"music": (10_000, 40_000), "noise": (4_000, 15_000), "silence": (3_000, 12_000)}
_RUSSIAN_SHARE: Final = 0.8  # of what follows another language
_JOINTS: Final = ("rest", "rest", "close", "close", "pause")  # what may be between two runs
_CONDITION_DECK: Final = (*CONDITIONS, "clean", "clean", "phone", "unheard")
_DRAWN: Final = 8_000
_PER_MS: Final = RATE // 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How one stretch of one language is to be spoken."""

    language: Language
    condition: str
    aim_ms: int
    level_db: float
    line_seed: int


@dataclass(frozen=True, slots=True)
class Broadcast:
    """The finished sound and the truth about it, as rows of the truth file."""

    sound: Samples
    phrases: tuple[dict[str, object], ...]
    no_speech: tuple[dict[str, object], ...]

    @property
    def duration_ms(self) -> int:
        """How long it lasts."""
        return len(self.sound) // _PER_MS


class _Desk:
    """What has been placed so far: pieces of sound, their truth, and the clock."""

    def __init__(self, speaker: Speaker, seed: int) -> None:
        self._speaker = speaker
        self._rng, self._noise = random.Random(seed), np.random.default_rng(seed)
        self._sentences = _sentences(self._rng.randrange(2**32))
        self._pieces: list[tuple[int, Samples]] = []
        self.now_ms = self._rng.randint(200, 1_500)
        self.phrases: list[dict[str, object]] = []
        self.no_speech: list[dict[str, object]] = []

    def talk(self, run: Run) -> None:
        """Place a run of sentences where the clock stands."""
        begin_ms, left = self.now_ms, 0
        voice = self._voice(run)
        while True:
            if not left:
                voice, left = self._voice(run), self._rng.randint(2, 8)
            left -= 1
            self._say(run, voice)
            if self.now_ms - begin_ms >= run.aim_ms:
                break
            self.now_ms += _log_uniform(self._rng, *_PAUSE_MS)
        self._put_beneath(run, begin_ms)

    def rest(self, kind: str) -> None:
        """Place a stretch in which nobody speaks."""
        self.now_ms += self._rng.randint(50, 800)
        length_ms = self._rng.randint(*_REST_MS[kind])
        if kind == "music":
            piece = sounds.music(length_ms / 1000, self._noise)
        else:
            others = [name for name in sounds.NOISES if name != "silence"]
            name = self._rng.choice(others) if kind == "noise" else "silence"
            piece = sounds.noise(length_ms / 1000, self._noise, name)
        level = 10 ** self._rng.uniform(-1.2, 0) if kind != "silence" else 1.0
        self._place(self.now_ms, piece * level)
        end_ms = self.now_ms + len(piece) // _PER_MS
        self.no_speech.append({"start_ms": self.now_ms, "end_ms": end_ms, "kind": kind})
        self.now_ms = end_ms

    def wait(self, least_ms: int, most_ms: int) -> None:
        """Let the clock run a little."""
        self.now_ms += self._rng.randint(least_ms, most_ms)

    def mix(self) -> Samples:
        """All of it together, over a little room tone."""
        count = (self.now_ms + _TAIL_MS) * _PER_MS
        out = (_ROOM_TONE * self._noise.normal(size=count)).astype(np.float32)
        for start_ms, piece in self._pieces:
            at = start_ms * _PER_MS
            out[at : at + len(piece)] += piece
        return np.clip(out, -1, 1).astype(np.float32)

    def _voice(self, run: Run) -> Voice:
        variants = corpus.UNHEARD if run.condition == "unheard" else None
        return corpus.draw_voice(run.language, self._rng, variants)

    def _say(self, run: Run, voice: Voice) -> None:
        text = next(self._sentences).text(run.language)
        said = self._speaker.say(text, voice)
        line = "phone" if run.condition == "phone" else "clean"
        heard = corpus.carry(said.samples, line, np.random.default_rng(run.line_seed))
        level_db = run.level_db + self._rng.uniform(-3, 0)
        self._place(self.now_ms, heard * 10 ** (level_db / 20))
        row = _row(run, voice, text, said, self.now_ms)
        self.phrases.append({**row, "level_db": round(level_db, 1)})
        self.now_ms = max(self.now_ms + len(heard) // _PER_MS, _end_ms(said, self.now_ms))

    def _put_beneath(self, run: Run, begin_ms: int) -> None:
        """Music under the run, or the hiss of its telephone line."""
        seconds = (self.now_ms - begin_ms) / 1000
        if run.condition == "over-music":
            below_db = self._rng.uniform(10, 22)
            piece = sounds.music(seconds, self._noise)
            piece *= _loudness(0.13 * 10 ** ((run.level_db - below_db) / 20), piece)
            self._place(begin_ms, piece)
        elif run.condition == "phone":
            hiss = self._noise.normal(size=int(seconds * RATE)).astype(np.float32)
            line = sounds.telephone(hiss, np.random.default_rng(run.line_seed))
            self._place(begin_ms, line * _LINE_HISS * 10 ** (run.level_db / 20))

    def _place(self, start_ms: int, piece: Samples) -> None:
        edge = np.minimum(1.0, np.arange(1, len(piece) + 1) / (_EDGE_MS * _PER_MS))
        self._pieces.append((start_ms, (piece * edge * edge[::-1]).astype(np.float32)))


def make(speaker: Speaker, seed: int, minutes: float) -> Broadcast:
    """Draw, speak and mix a broadcast of at least so many minutes."""
    rng = random.Random(f"runs {seed}")
    desk = _Desk(speaker, seed)
    kinds, joints, last_ms = _dealt(rng, KINDS), _dealt(rng, _JOINTS), round(minutes * 60_000)
    for run, joint in zip(_runs(rng), joints, strict=False):
        desk.talk(run)
        if desk.now_ms >= last_ms:
            break
        if joint == "rest":
            desk.rest(next(kinds))
            desk.wait(50, 800)
        else:
            desk.wait(*(_CLOSE_MS if joint == "close" else (300, _PAUSE_MS[1])))
    return Broadcast(desk.mix(), tuple(desk.phrases), tuple(desk.no_speech))


def write(folder: Path, seed: int, broadcast: Broadcast) -> None:
    """Put the sound and its truth into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    files.replace(sound_path(folder, seed), opus.encode(broadcast.sound, RATE, _BITS))
    files.replace(truth_path(folder, seed), _truth(seed, broadcast))


def _runs(rng: random.Random) -> Iterator[Run]:
    """Run after run, each in another language than the one before; Russian the most of it."""
    conditions = _dealt(rng, _CONDITION_DECK)
    language: Language = "ru"
    while True:
        longest_of = 2 if language == "ru" else 1
        yield Run(
            language=language,
            condition=next(conditions),
            aim_ms=max(_log_uniform(rng, *_RUN_MS) for _ in range(longest_of)),
            level_db=rng.uniform(-14, 0),
            line_seed=rng.randrange(2**32),
        )
        others: list[Language] = [tag for tag in grammar.LANGUAGES if tag not in ("ru", language)]
        if language != "ru" and rng.random() < _RUSSIAN_SHARE:
            language = "ru"
        else:
            language = rng.choice(others)


def _dealt(rng: random.Random, cards: Sequence[str]) -> Iterator[str]:
    """Cards at random, each as often as it is there before any comes again."""
    while True:
        yield from rng.sample(cards, len(cards))


def _sentences(seed: int) -> Iterator[Triple]:
    """Held-out sentences, none twice before all were drawn."""
    drawn = grammar.sample(grammar.load(), seed, _DRAWN, held_out=True)
    while True:
        yield from dict.fromkeys(drawn)


def _log_uniform(rng: random.Random, least: int, most: int) -> int:
    return round(math.exp(rng.uniform(math.log(least), math.log(most))))


def _loudness(wanted: float, piece: Samples) -> np.float32:
    """What to multiply a piece with to make it so loud."""
    return np.float32(wanted / (float(np.sqrt(np.mean(piece**2))) + 1e-6))


def _row(run: Run, voice: Voice, text: str, said: Utterance, start_ms: int) -> dict[str, object]:
    times = zip(said.word_starts_ms, said.word_ends_ms, strict=True)
    return {
        "start_ms": start_ms,
        "end_ms": _end_ms(said, start_ms),
        "language": run.language,
        "voice": f"{voice.language}+{voice.variant}",
        "condition": run.condition,
        "text": text,
        "words_ms": [[start_ms + a, start_ms + max(b, a + 1)] for a, b in times],
    }


def _end_ms(said: Utterance, start_ms: int) -> int:
    return start_ms + max(len(said.samples) // _PER_MS, said.word_ends_ms[-1])


def _truth(seed: int, broadcast: Broadcast) -> bytes:
    """JSON with one phrase a line, as the check set's."""
    head = {"file": f"{seed}.opus", "seed": seed, "duration_ms": broadcast.duration_ms}
    opened = json.dumps(head).removesuffix("}")
    lists = (broadcast.phrases, broadcast.no_speech)
    said, silent = (
        ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) for rows in lists
    )
    return f'{opened}, "phrases": [\n{said}\n],\n"no_speech": [\n{silent}\n]}}\n'.encode()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="samples.training.broadcasts", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to put them")
    parser.add_argument("--seeds", type=numbers, default=[1], help="such as 1-8 or 1,4")
    parser.add_argument("--minutes", type=float, default=10, help="the least length of each")
    parser.add_argument("--workers", type=int, default=1, help="how many to make at once")
    return parser.parse_args()


def _one(job: tuple[Path, int, float]) -> str:
    folder, seed, minutes = job
    broadcast = make(Speaker(), seed, minutes)
    write(folder, seed, broadcast)
    seconds, count = broadcast.duration_ms / 1000, len(broadcast.phrases)
    return f"{sound_path(folder, seed)}: {count} sentences, {seconds:.0f} s"


def main() -> None:
    """Make each in a process of its own: what espeak-ng says depends on all it said before."""
    given = _arguments()
    jobs = [(given.folder, seed, given.minutes) for seed in given.seeds]
    with get_context("spawn").Pool(given.workers, maxtasksperchild=1) as pool:
        for line in pool.imap(_one, jobs, chunksize=1):
            print(line, flush=True)


if __name__ == "__main__":
    main()
