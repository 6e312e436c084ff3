"""The check set: held-out sentences as short programmes, and ten minutes without a word.

    python -m samples.training.held_out

Nine programmes of thirty phrases (three languages, each clean, on the phone and with two voices
that no training run heard), with pauses at which Silero cuts; their phrases in a row also serve as
chunks of any length. The sounds without speech come from seeds that training does not use.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.core import files
from samples import music, opus
from samples.training import corpus, grammar, sounds, speech
from samples.training.grammar import Language, Triple
from samples.training.speech import RATE, Samples, Speaker, Utterance, Voice

FOLDER: Final = Path(__file__).resolve().parents[1] / "held-out"
CONDITIONS: Final = ("clean", "phone", "unheard")
PHRASES, LONG = 30, 12  # phrases of a programme, and how many of them last 3 s and more
LONG_MS: Final = 3_000
NO_SPEECH_S: Final = 600
_SEED: Final = 70_731
_DRAWN: Final = 4_000
_SPEECH_BITS, _SOUND_BITS = 20_000, 9_500
_ROOM_TONE: Final = 0.0006


@dataclass(frozen=True, slots=True)
class _Phrase:
    triple: Triple
    voice: Voice
    said: Utterance


def build(folder: Path) -> None:
    """Write the whole set to `folder`; the same code and synthesiser give the same bytes."""
    speaker = Speaker()
    programmes = []
    for number, (language, condition) in enumerate(_programmes()):
        rng, noise = random.Random(_SEED + number), np.random.default_rng(_SEED + number)
        phrases = _draw(speaker, language, condition, rng)
        sound, rows = _lay_out(phrases, language, condition, rng, noise)
        name = f"{language}-{condition}.opus"
        files.replace(folder / name, opus.encode(sound, RATE, _SPEECH_BITS, application="voip"))
        programmes.append((name, language, condition, len(sound) * 1000 // RATE, rows))
    silent = no_speech(np.random.default_rng(_SEED))
    files.replace(folder / "no-speech.opus", opus.encode(silent, RATE, _SOUND_BITS))
    files.replace(folder / "truth.json", _truth(programmes, len(silent) * 1000 // RATE))


def no_speech(rng: np.random.Generator) -> Samples:
    """Ten minutes of music, noises, both at once and silence, at many levels."""
    tune = music.serenade(40)[: 20 * music.RATE]
    pieces: list[Samples] = [speech.resample(tune, music.RATE, RATE)]
    kinds = [*sounds.NOISES, "music", "both", "music"]
    while sum(map(len, pieces)) < NO_SPEECH_S * RATE:
        kind = kinds[len(pieces) % len(kinds)]
        seconds = float(rng.uniform(12, 28))
        if kind in ("music", "both"):
            piece = sounds.music(seconds, rng)
        else:
            piece = sounds.noise(seconds, rng, kind)
        if kind == "both":
            piece = 0.7 * piece + 0.3 * sounds.noise(seconds, rng, "pink")[: len(piece)]
        pieces.append((piece * 10 ** rng.uniform(-1.2, 0)).astype(np.float32))
    return np.concatenate(pieces)[: NO_SPEECH_S * RATE]


def _programmes() -> Iterator[tuple[Language, str]]:
    return ((language, condition) for language in grammar.LANGUAGES for condition in CONDITIONS)


def _draw(
    speaker: Speaker, language: Language, condition: str, rng: random.Random
) -> list[_Phrase]:
    """Thirty different held-out sentences, spoken; a voice says one to three in a row."""
    taken: set[str] = set()
    wanted = {True: LONG, False: PHRASES - LONG}
    runs: list[list[_Phrase]] = [[]]
    voice, left = _voice(language, condition, rng), rng.randint(1, 3)
    for triple in grammar.sample(grammar.load(), rng.randrange(2**32), _DRAWN, held_out=True):
        if triple.ru in taken:
            continue
        said = speaker.say(triple.text(language), voice)
        is_long = len(said.samples) * 1000 // RATE >= LONG_MS
        if not wanted[is_long]:
            continue
        wanted[is_long] -= 1
        taken.add(triple.ru)
        runs[-1].append(_Phrase(triple, voice, said))
        if len(taken) == PHRASES:
            rng.shuffle(runs)  # the last ones drawn are all long
            return [phrase for run in runs for phrase in run]
        left -= 1
        if not left:
            voice, left = _voice(language, condition, rng), rng.randint(1, 3)
            runs.append([])
    raise SystemExit(f"the grammar has too few held-out sentences of 3 s in {language}")


def _voice(language: Language, condition: str, rng: random.Random) -> Voice:
    variants = corpus.UNHEARD if condition == "unheard" else None
    return corpus.draw_voice(language, rng, variants)


def _lay_out(
    phrases: list[_Phrase],
    language: Language,
    condition: str,
    rng: random.Random,
    noise: np.random.Generator,
) -> tuple[Samples, list[dict[str, object]]]:
    """The phrases with pauses between them, and when each word is heard."""
    line = "phone" if condition == "phone" else "clean"
    at_ms = 600
    placed, rows = [], []
    for phrase in phrases:
        samples = corpus.carry(phrase.said.samples, line, noise) * rng.uniform(0.5, 1.0)
        placed.append((at_ms, samples))
        rows.append(_row(phrase, phrase.triple.text(language), at_ms))
        at_ms += len(samples) * 1000 // RATE + rng.randint(480, 900)
    out = _ROOM_TONE * noise.normal(size=at_ms * RATE // 1000).astype(np.float32)
    for start_ms, samples in placed:
        first = start_ms * RATE // 1000
        out[first : first + len(samples)] += samples
    return out.astype(np.float32), rows


def _row(phrase: _Phrase, text: str, start_ms: int) -> dict[str, object]:
    said = phrase.said
    times = zip(said.word_starts_ms, said.word_ends_ms, strict=True)
    length_ms = max(len(said.samples) * 1000 // RATE, said.word_ends_ms[-1])
    return {
        "start_ms": start_ms,
        "end_ms": start_ms + length_ms,
        "text": text,
        "voice": f"{phrase.voice.language}+{phrase.voice.variant}",
        "words_ms": [[start_ms + start, start_ms + end] for start, end in times],
    }


def _truth(
    programmes: list[tuple[str, Language, str, int, list[dict[str, object]]]], silent_ms: int
) -> bytes:
    """JSON with one phrase a line, so that a change is seen where it is."""
    parts = []
    for name, language, condition, duration_ms, rows in programmes:
        head: dict[str, object] = {"file": name, "language": language, "condition": condition}
        head["duration_ms"] = duration_ms
        phrases = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        opened = json.dumps(head, ensure_ascii=False).removesuffix("}")
        parts.append(f'{opened}, "phrases": [\n{phrases}\n]}}')
    silent = json.dumps({"file": "no-speech.opus", "duration_ms": silent_ms})
    listed = ",\n".join(parts)
    return f'{{"programmes": [\n{listed}\n],\n"no_speech": {silent}}}\n'.encode()


if __name__ == "__main__":
    build(FOLDER)
