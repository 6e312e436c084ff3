"""Training windows: utterances laid out in time, what is heard behind them, and the answers."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from samples.training import corpus
from samples.training.corpus import Entry
from samples.training.speech import RATE, Samples
from samples.training.tokens import Vocabulary

FRAME_MS = 20
STEP = RATE // 50  # samples of an encoder frame
IGNORED = -100
SILENT = "_"
_PAUSE_MS = 60


@dataclass(frozen=True, slots=True)
class Placed:
    """An utterance and when it starts in its window."""

    entry: Entry
    start_ms: int

    @property
    def end_ms(self) -> int:
        """When its last phoneme ends."""
        return self.start_ms + self.entry.count * 1000 // RATE


@dataclass(frozen=True, slots=True)
class Window:
    """One training example.

    `tokens` are the decoder's inputs and `labels` what each should predict (IGNORED: nothing);
    `spans` gives, for each position whose label belongs to a word, the encoder frames of that word;
    `phonemes` an id for each frame.
    """

    samples: Samples
    tokens: tuple[int, ...]
    labels: tuple[int, ...]
    spans: tuple[tuple[int, int, int], ...]
    phonemes: tuple[int, ...]


def fragment(entry: Entry, rng: random.Random) -> Entry:
    """Some of an utterance's words in a row, as a pause inside a sentence cuts them.

    Cuts are at words that a pause follows where there are such, else at any.
    """
    words = entry.text.split()
    following = (*entry.word_starts_ms[1:], entry.word_ends_ms[-1])
    gaps = [after - end for end, after in zip(entry.word_ends_ms, following, strict=True)]
    borders = [at + 1 for at, gap in enumerate(gaps[:-1]) if gap >= _PAUSE_MS]
    if not borders or rng.random() < 0.4:
        borders = list(range(1, len(words)))
    if not borders:
        return entry
    border = rng.choice(borders)
    first, last = (0, border) if rng.random() < 0.5 else (border, len(words))
    begin = max(0, entry.word_starts_ms[first] - (20 if first else 0))
    end = entry.word_ends_ms[last - 1]
    kept = [(at, name) for at, name in entry.phonemes if at < end]
    inside = next((index for index, (at, _) in enumerate(kept) if at >= begin), len(kept))
    started = kept[max(0, inside - 1) :]
    return replace(
        entry,
        text=" ".join(words[first:last]),
        first=entry.first + begin * RATE // 1000,
        count=min((end - begin) * RATE // 1000, entry.count - begin * RATE // 1000),
        word_starts_ms=tuple(max(0, at - begin) for at in entry.word_starts_ms[first:last]),
        word_ends_ms=tuple(at - begin for at in entry.word_ends_ms[first:last]),
        phonemes=tuple((max(0, at - begin), name) for at, name in started),
    )


class Composer:
    """Draws windows from the corpus; all that is random comes from the generator it is given."""

    def __init__(
        self,
        entries: list[Entry],
        maps: dict[int, np.ndarray],
        bank: Samples,
        vocabulary: Vocabulary,
    ) -> None:
        self._maps, self._bank, self._vocabulary = maps, bank, vocabulary
        self._by_language = {
            language: [entry for entry in entries if entry.language == language]
            for language in corpus.LANGUAGES
        }
        self._by_voice: dict[tuple[str, str], list[Entry]] = {}
        for entry in entries:
            self._by_voice.setdefault((entry.language, entry.voice), []).append(entry)
        names = sorted({name for entry in entries for _, name in entry.phonemes})
        self.phoneme_ids = {
            SILENT: 0,
            **{name: index + 1 for index, name in enumerate(n for n in names if n != SILENT)},
        }

    def speech(self, longest_ms: int, rng: random.Random, *, single: bool) -> Window:
        """One phrase, or as many of one language as fit, with pauses, noise and the answers."""
        language = rng.choice(corpus.LANGUAGES)
        placed: list[Placed] = []
        at = rng.choice((0, rng.randint(0, 150), rng.randint(100, 700)))
        goal = longest_ms if single else rng.randint(longest_ms // 2, longest_ms)
        entry = rng.choice(self._by_language[language])
        if rng.random() < (0.45 if single else 0.15):
            entry = fragment(entry, rng)
        while True:
            length = entry.count * 1000 // RATE
            if at + length > goal:
                break
            placed.append(Placed(entry, at))
            at += length + rng.randint(100, 450 if single else 1100)
            same = self._by_voice[language, entry.voice]
            if single and rng.random() < 0.75:
                break
            entry = rng.choice(
                same if len(same) > 3 and rng.random() < 0.75 else self._by_language[language]
            )
        end = (
            placed[-1].end_ms + rng.choice((0, rng.randint(0, 150), rng.randint(100, 700)))
            if placed
            else goal
        )
        samples = self._mix(placed, min(max(end, 600), longest_ms) if placed else goal, rng)
        if not placed:
            return self._silent(samples, language, rng)
        return self._answer(placed, samples, language, rng)

    def no_speech(self, longest_ms: int, rng: random.Random) -> Window:
        """Music, noise or silence, for which the right answer is no words."""
        length = rng.randint(500, longest_ms)
        level = 10 ** rng.uniform(-2.2, 0)
        piece = self._background(length * RATE // 1000, rng) * level
        return self._silent(piece, rng.choice(corpus.LANGUAGES), rng)

    def _background(self, count: int, rng: random.Random) -> Samples:
        at = rng.randrange(len(self._bank) - count)
        return self._bank[at : at + count]

    def _mix(self, placed: list[Placed], length_ms: int, rng: random.Random) -> Samples:
        out = np.zeros(length_ms * RATE // 1000, np.float32)
        for one in placed:
            piece = corpus.samples_of(one.entry, self._maps) * rng.uniform(0.5, 1.0)
            at = one.start_ms * RATE // 1000
            piece = piece[: len(out) - at]
            out[at : at + len(piece)] += piece
        if rng.random() < 0.4:
            level = 10 ** (-rng.uniform(8 if rng.random() < 0.3 else 16, 36) / 20)
            loud = float(np.sqrt(np.mean(out**2))) + 1e-4
            behind = self._background(len(out), rng)
            out += behind * (loud * level / (float(np.sqrt(np.mean(behind**2))) + 1e-4))
        out *= 10 ** rng.uniform(-1.3, 0.1)
        return np.clip(out, -1, 1)

    def _silent(self, samples: Samples, language: str, rng: random.Random) -> Window:
        ids = self._vocabulary.ids
        head = [ids["<|startoftranscript|>"], ids[f"<|{language}|>"], ids["<|transcribe|>"]]
        labels = [ids["<|nospeech|>"], IGNORED, IGNORED]
        if rng.random() < 0.6:
            tokens, labels = [*head, ids["<|notimestamps|>"]], [*labels, ids["<|endoftext|>"]]
        else:
            tokens, labels = (
                [*head, ids["<|0.00|>"]],
                [*labels[:2], ids["<|0.00|>"], ids["<|endoftext|>"]],
            )
        frames = (0,) * (len(samples) // STEP)
        return Window(samples, tuple(tokens), tuple(labels), (), frames)

    def _answer(
        self, placed: list[Placed], samples: Samples, language: str, rng: random.Random
    ) -> Window:
        ids, timed = self._vocabulary.ids, rng.random() < 0.4
        before = self._previous(language, rng)
        head = [ids["<|startoftranscript|>"], ids[f"<|{language}|>"], ids["<|transcribe|>"]]
        inputs = [*before, *head] if timed else [*before, *head, ids["<|notimestamps|>"]]
        skipped = len(before)
        target: list[tuple[int, tuple[int, int] | None]] = []
        for one in placed:
            target += self._said(one, timed=timed)
        target.append((ids["<|endoftext|>"], None))
        labels = (
            [IGNORED] * skipped + [ids[f"<|{language}|>"]] + [IGNORED] * (len(inputs) - skipped - 2)
        )
        spans = []
        for token, span in target:
            if span is not None:
                spans.append((len(labels), *span))
            labels.append(token)
        inputs += [token for token, _ in target[:-1]]
        return Window(
            samples,
            tuple(inputs),
            tuple(labels),
            tuple(spans),
            self._frames(placed, len(samples) // STEP),
        )

    def _previous(self, language: str, rng: random.Random) -> list[int]:
        if rng.random() > 0.15:
            return []
        tokens = [self._vocabulary.ids["<|startofprev|>"]]
        for _ in range(rng.randint(1, 3)):
            tokens += self._vocabulary.encode(f" {rng.choice(self._by_language[language]).text}")
        return tokens

    def _said(self, one: Placed, *, timed: bool) -> list[tuple[int, tuple[int, int] | None]]:
        out: list[tuple[int, tuple[int, int] | None]] = []
        first = self._vocabulary.first_timestamp
        if timed:
            out.append((first + min(1500, round(one.start_ms / FRAME_MS)), None))
        words = self._vocabulary.words(one.entry.text)
        for tokens, start, end in zip(
            words, one.entry.word_starts_ms, one.entry.word_ends_ms, strict=True
        ):
            begin = (one.start_ms + start) // FRAME_MS
            span = (begin, max(begin + 1, (one.start_ms + end) // FRAME_MS))
            out += [(token, span) for token in tokens]
        if timed:
            out.append((first + min(1500, round(one.end_ms / FRAME_MS)), None))
        return out

    def _frames(self, placed: list[Placed], count: int) -> tuple[int, ...]:
        out = [0] * count
        for one in placed:
            events = [*one.entry.phonemes, (one.entry.count * 1000 // RATE, SILENT)]
            for (at, name), (following, _) in pairwise(events):
                begin = (one.start_ms + at + FRAME_MS // 2) // FRAME_MS
                end = (one.start_ms + following + FRAME_MS // 2) // FRAME_MS
                for frame in range(begin, min(end, count)):
                    out[frame] = self.phoneme_ids.get(name, 0)
        return tuple(out)
