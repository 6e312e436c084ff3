"""Broadcasts as `broadcasts` writes them, read without a synthesiser."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pipeline.core.errors import UsageError
from samples.training import check_set
from samples.training.check_set import LEAD_MS, TRAIL_MS, Phrase, Stretch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.measure.words import SpokenWord

CONDITIONS: Final = ("clean", "phone", "unheard", "over-music")
KINDS: Final = ("music", "noise", "silence")
_REST_MS: Final = 2_000  # a longer pause ends a run
_NEAR_MS: Final = 2_000  # a word this close to another language is near a switch


@dataclass(frozen=True, slots=True)
class NoSpeech:
    """A stretch in which nobody speaks: music, noise or silence."""

    start_ms: int
    end_ms: int
    kind: str


@dataclass(frozen=True, slots=True)
class Broadcast:
    """What is said in one file, and where nobody speaks."""

    seed: int
    path: Path
    duration_ms: int
    phrases: tuple[Phrase, ...]
    no_speech: tuple[NoSpeech, ...]

    @property
    def words(self) -> list[SpokenWord]:
        """All words in order."""
        return [word for phrase in self.phrases for word in phrase.words]

    def runs(self) -> Iterator[list[Phrase]]:
        """Phrases of one language without a rest between them."""
        run: list[Phrase] = []
        for phrase in self.phrases:
            if run and (
                phrase.language != run[-1].language or phrase.start_ms - run[-1].end_ms > _REST_MS
            ):
                yield run
                run = []
            run.append(phrase)
        if run:
            yield run

    def chunks(self, longest_ms: int) -> Iterator[tuple[Stretch, list[Phrase]]]:
        """All of it as somebody who knows would cut it: no chunk has a word of two languages."""
        rows = [row for run in self.runs() for row in check_set.rows(run, longest_ms)]
        for at, row in enumerate(rows):
            least_ms = rows[at - 1][-1].end_ms if at else 0
            most_ms = rows[at + 1][0].start_ms if at + 1 < len(rows) else self.duration_ms
            start_ms = max(row[0].start_ms - LEAD_MS, least_ms)
            yield Stretch(start_ms, min(row[-1].end_ms + TRAIL_MS, most_ms)), row

    def places(self) -> list[str]:
        """For each word, whether another language is spoken shortly before or after it."""
        edges = [
            (before[-1].end_ms, after[0].start_ms)
            for before, after in pairwise(self.runs())
            if after[0].start_ms - before[-1].end_ms <= _REST_MS
        ]
        return [
            "near a switch"
            if any(end - _NEAR_MS <= word.middle_ms <= start + _NEAR_MS for end, start in edges)
            else "elsewhere"
            for word in self.words
        ]


def sound_path(folder: Path, seed: int) -> Path:
    """The sound of a broadcast."""
    return folder / f"{seed}.opus"


def truth_path(folder: Path, seed: int) -> Path:
    """What is known about it."""
    return folder / f"{seed}.truth.json"


def seeds(folder: Path) -> list[int]:
    """The broadcasts in `folder`."""
    return sorted(int(path.name.partition(".")[0]) for path in folder.glob("*.truth.json"))


def numbers(text: str) -> list[int]:
    """Seeds as a person writes them: `1-8`, `3`, `1,4,7-9`."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def load(folder: Path, seed: int) -> Broadcast:
    """Read the truth about one broadcast.

    Raises:
        UsageError: there is no such broadcast.
    """
    path = truth_path(folder, seed)
    if not path.is_file():
        hint = f"make it with: python -m samples.training.broadcasts {folder} --seeds {seed}"
        raise UsageError(f"{path}: no such file", hint=hint)
    truth = json.loads(path.read_text(encoding="utf-8"))
    return Broadcast(
        truth["seed"],
        folder / truth["file"],
        truth["duration_ms"],
        tuple(check_set.phrase(row) for row in truth["phrases"]),
        tuple(NoSpeech(**row) for row in truth["no_speech"]),
    )
