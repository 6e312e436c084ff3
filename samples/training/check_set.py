"""The committed check set, read without a synthesiser."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import UsageError
from pipeline.measure.words import SpokenWord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

RATE = 16_000
_PER_MS = RATE // 1000
LEAD_MS, TRAIL_MS = 150, 250  # of a chunk's pauses at its ends


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a programme, half-open, in milliseconds."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence of the set and its words on the programme's clock."""

    start_ms: int
    end_ms: int
    text: str
    words: tuple[SpokenWord, ...]
    condition: str = ""

    @property
    def language(self) -> str:
        """What it is spoken in."""
        return self.words[0].language

    @property
    def duration_ms(self) -> int:
        """From its first to its last sound."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True)
class Programme:
    """Phrases of one language and one condition, one after another in one file."""

    path: Path
    language: str
    condition: str
    duration_ms: int
    phrases: tuple[Phrase, ...]

    @property
    def words(self) -> list[SpokenWord]:
        """All words in order."""
        return [word for phrase in self.phrases for word in phrase.words]

    def chunks(self, longest_ms: int) -> Iterator[tuple[Stretch, list[SpokenWord]]]:
        """The programme in chunks of at most `longest_ms`, each of several phrases, with its words.

        A chunk takes as many phrases as fit; what is left over at the end is no chunk of its own.
        """
        for row in list(rows(self.phrases, longest_ms))[:-1]:
            yield _chunk(row)


@dataclass(frozen=True, slots=True)
class CheckSet:
    """All programmes, and the file in which nobody speaks."""

    programmes: tuple[Programme, ...]
    no_speech: Path
    no_speech_ms: int


def rows(phrases: Iterable[Phrase], longest_ms: int) -> Iterator[list[Phrase]]:
    """All the phrases, as many in a row as a chunk of at most `longest_ms` holds."""
    row: list[Phrase] = []
    for phrase in phrases:
        if row and phrase.end_ms - row[0].start_ms + LEAD_MS + TRAIL_MS > longest_ms:
            yield row
            row = []
        row.append(phrase)
    if row:
        yield row


def load(folder: Path) -> CheckSet:
    """Read the truth about the set in `folder`.

    Raises:
        UsageError: there is no such set.
    """
    path = folder / "truth.json"
    if not path.is_file():
        raise UsageError(f"{path}: no such file", hint="give the check set's folder with --set")
    truth = json.loads(path.read_text(encoding="utf-8"))
    silent = truth["no_speech"]
    programmes = tuple(_programme(folder, entry) for entry in truth["programmes"])
    return CheckSet(programmes, folder / silent["file"], silent["duration_ms"])


def sound(path: Path) -> npt.NDArray[np.float32]:
    """The samples of a file at 16 kHz."""
    from faster_whisper import decode_audio

    samples: npt.NDArray[np.float32] = decode_audio(str(path), sampling_rate=RATE)
    return samples


def cut(samples: npt.NDArray[np.float32], stretch: Stretch) -> npt.NDArray[np.float32]:
    """The samples of one stretch."""
    return samples[stretch.start_ms * _PER_MS : stretch.end_ms * _PER_MS]


def _programme(folder: Path, entry: dict[str, Any]) -> Programme:
    language = entry["language"]
    row = {"language": language, "condition": entry["condition"]}
    phrases = tuple(phrase({**row, **each}) for each in entry["phrases"])
    path = folder / entry["file"]
    return Programme(path, language, entry["condition"], entry["duration_ms"], phrases)


def phrase(row: dict[str, Any]) -> Phrase:
    """A phrase as the truth writes it, with its language and condition."""
    language = row["language"]
    times = zip(row["text"].split(), row["words_ms"], strict=True)
    words = tuple(
        SpokenWord(start_ms=start, end_ms=end, text=text, language=language, speaker=row["voice"])
        for text, (start, end) in times
    )
    return Phrase(row["start_ms"], row["end_ms"], row["text"], words, row["condition"])


def _chunk(row: list[Phrase]) -> tuple[Stretch, list[SpokenWord]]:
    stretch = Stretch(max(0, row[0].start_ms - LEAD_MS), row[-1].end_ms + TRAIL_MS)
    return stretch, [word for phrase in row for word in phrase.words]
