"""The corpus: sentences of the grammar in many voices, stored so that any can be read at once.

`build` writes `<folder>/<part>.i16` (all samples, one after another) and `<part>.jsonl` (one line
an utterance).
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from samples.training import grammar, sounds
from samples.training.speech import RATE, Samples, Speaker, Voice

MAIN = ("", "m1", "m2", "m3", "m4", "m6", "m8", "f1", "f2", "f3", "f4")
MORE = (
    "Alex Alicia Andrea Andy Denis Diogo Gene Henrique Hugo Jacky Lee Marco Mario Michael Mike"
    " adam anika antonio aunty belinda benjamin boris caleb david edward grandma grandpa gustave"
    " iven linda marcelo max michel miguel norbert pablo"
    " paul pedro quincy rob robert sandro shelby steph travis victor zac"
).split()
UNHEARD = ("f5", "m7")
ACCENTS = {"ru": ("ru",), "es": ("es", "es-419"), "en": ("en", "en-us")}
LANGUAGES = ("ru", "es", "en")


@dataclass(frozen=True, slots=True)
class Entry:
    """One utterance of the corpus; `first` and `count` are its place among the samples."""

    language: str
    text: str
    voice: str
    line: str
    first: int
    count: int
    word_starts_ms: tuple[int, ...]
    word_ends_ms: tuple[int, ...]
    phonemes: tuple[tuple[int, str], ...]


def draw_voice(language: str, rng: random.Random, variants: tuple[str, ...] | None = None) -> Voice:
    """A voice at random: half from the plain variants, half from the others, unless given some."""
    names = variants or (MAIN if rng.random() < 0.5 else tuple(MORE))
    return Voice(
        language=rng.choice(ACCENTS[language]),
        variant=rng.choice(names),
        speed=rng.randint(130, 185),
        pitch=rng.randint(25, 75),
        tract=rng.uniform(0.9, 1.12) if variants is None and rng.random() < 0.6 else 1.0,
    )


def carry(samples: Samples, line: str, rng: np.random.Generator) -> Samples:
    """Send speech over a line: clean, phone or room; the loudest sample becomes 0.7."""
    if line == "phone":
        samples = sounds.telephone(samples, rng)
    elif line == "room":
        samples = sounds.room(samples, rng)
    return (samples * (0.7 / (float(np.abs(samples).max()) + 1e-6))).astype(np.float32)


def build(folder: Path, part: str, *, count: int, seed: int) -> None:
    """Speak `count` training sentences of each language; the same seed gives the same bytes."""
    rng, noise = random.Random(seed), np.random.default_rng(seed)
    book, speaker = grammar.load(), Speaker()
    folder.mkdir(parents=True, exist_ok=True)
    first = 0
    sound, lines = folder / f"{part}.i16", folder / f"{part}.partial"
    with sound.open("wb") as out, lines.open("w", encoding="utf-8") as index:
        for triple in grammar.sample(book, seed, count, held_out=False):
            for language in LANGUAGES:
                text: str = getattr(triple, language)
                voice = draw_voice(language, rng)
                said = speaker.say(text, voice)
                line = rng.choices(("clean", "phone", "room"), (0.5, 0.3, 0.2))[0]
                data = np.round(carry(said.samples, line, noise) * 32767).astype("<i2")
                name = f"{voice.language}+{voice.variant}"
                times = (said.word_starts_ms, said.word_ends_ms, said.phonemes)
                entry = Entry(language, text, name, line, first, len(data), *times)
                out.write(data.tobytes())
                index.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
                first += len(data)
    lines.replace(folder / f"{part}.jsonl")  # only now is it whole


def read(folder: Path) -> tuple[list[Entry], dict[int, np.ndarray]]:
    """All entries, `first` made unique over the parts, and the parts' samples, memory-mapped."""
    entries: list[Entry] = []
    maps: dict[int, np.ndarray] = {}
    base = 0
    for path in sorted(folder.glob("*.jsonl")):
        samples = np.memmap(path.with_suffix(".i16"), dtype="<i2", mode="r")
        maps[base] = samples
        for line in path.open(encoding="utf-8"):
            data = json.loads(line)
            data["first"] += base
            data["phonemes"] = tuple((at, name) for at, name in data["phonemes"])
            entries.append(Entry(**data))
        base += len(samples)
    return entries, maps


def samples_of(entry: Entry, maps: dict[int, np.ndarray]) -> Samples:
    """The utterance as floats in -1..1."""
    base = max(start for start in maps if start <= entry.first)
    at = entry.first - base
    return np.asarray(maps[base][at : at + entry.count], np.float32) / 32768.0


def hours(entries: list[Entry]) -> float:
    """Length of speech in hours."""
    return sum(entry.count for entry in entries) / RATE / 3600
