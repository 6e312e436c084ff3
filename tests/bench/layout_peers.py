"""How others cut words into cues, written anew from what their sources do.

Each takes words and gives cues as word positions: a cue is its lines, a line is [first, end), with
the times it would be written with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Final

from pipeline.core.timeline import Word

WIDTH, LINES = 42, 2
_LONG_PAUSE_MS: Final = 3_000
_HOLD_MS: Final = 800  # whisperX: a cue stays until the next one over so short a gap
_LEAST_CHARACTERS: Final = 30
_GAP_MS: Final = 500  # stable-ts: sg=.5
_COMMA, _LONGEST = 50, 70  # stable-ts: ++++50, sl=70
_ENDS: Final = (".", "!", "?", "…")
# whisperX's own list for French
_CONJUNCTIONS: Final = frozenset(
    """et ou mais parce bien pendant quand où comme si que avant après aussitôt jusqu’à à malgré
    donc tant puisque ni soit encore dès lorsque""".split()
)


@dataclass(frozen=True, slots=True)
class Made:
    """A cue: when it is on screen, and the ends of its lines as word positions."""

    start_ms: int
    end_ms: int
    first: int
    ends: tuple[int, ...]

    @property
    def end(self) -> int:
        """The position after its last word."""
        return self.ends[-1]


def greedy(words: Sequence[Word]) -> list[Made]:
    """Whisper's writer with words' times: lines are filled, then cues; new after a long pause."""
    cues: list[list[int]] = []
    first, ends, length, last_ms = 0, [0], 0, words[0].start_ms
    starts = [0]
    for at, word in enumerate(words):
        paused = word.start_ms - last_ms > _LONG_PAUSE_MS
        if length and length + 1 + len(word.text) <= WIDTH and not paused:
            length += 1 + len(word.text)
        else:
            if at > first and (paused or len(ends) >= LINES):
                cues.append([*ends[:-1], at])
                first, ends = at, [at]
                starts.append(at)
            elif length:
                ends[-1:] = [at, at]
            length = len(word.text)
        ends[-1] = at + 1
        last_ms = word.start_ms
    cues.append(ends)
    return [_made(words, start, found) for start, found in zip(starts, cues, strict=True)]


def whisperx(words: Sequence[Word], longest: int = 45) -> list[Made]:
    """WhisperX's SubtitlesProcessor, on sentences: at commas, before conjunctions, else halved."""
    made = []
    sentences = _sentences(words)
    for first, end in pairwise(sentences):
        places = [first, *_whisperx_points(words, first, end, longest), end]
        made += [_made(words, a, [b]) for a, b in pairwise(places) if a < b]
    found = []
    for cue, after in zip(made, [*made[1:], None], strict=True):
        end_ms = cue.end_ms
        if after and after.start_ms - end_ms <= _HOLD_MS:
            end_ms = after.start_ms
        found.append(Made(cue.start_ms, max(end_ms, cue.start_ms + 1), cue.first, cue.ends))
    return found


def _whisperx_points(words: Sequence[Word], first: int, end: int, longest: int) -> list[int]:
    points = []
    since, count = first, 0
    rest = sum(len(word.text) for word in words[first:end])
    for at in range(first, end):
        text = words[at].text
        before, count = count, count + len(text) + 1
        rest -= len(text) + 1
        has_room = min(before, rest) >= _LEAST_CHARACTERS
        if count >= longest:
            if before >= _LEAST_CHARACTERS:
                middle = int((since + at) / 2 + 0.5)
                points.append(middle + 1)
                since = middle + 1
                count = sum(len(word.text) for word in words[since : at + 1])
        elif text.endswith(",") and has_room:
            points.append(at + 1)
            since, count = at + 1, 0
        elif text.lower() in _CONJUNCTIONS and has_room:
            points.append(at)
            since, count = at, len(text) + 1
    return sorted(set(points))


def stable(words: Sequence[Word]) -> list[Made]:
    """stable-ts' `da`: at full stops, pauses, commas from 50 characters on, then evenly at 70.

    Its own rule knows no exclamation mark; here it does, to its favour.
    """
    ends = []
    for at, (word, after) in enumerate(pairwise(words), 1):
        stops = word.text.endswith((".", "?", "!"))
        if stops or after.start_ms - word.end_ms > _GAP_MS:
            ends.append(at)
    places = [0, *ends, len(words)]
    with_commas = [0]
    for first, end in pairwise(places):
        count = 0
        for at in range(first, end - 1):
            count += len(words[at].text) + 1
            if words[at].text.endswith(",") and count >= _COMMA:
                with_commas.append(at + 1)
                count = 0
        with_commas.append(end)
    made = []
    for first, end in pairwise(with_commas):
        cuts = _even(words, first, end)
        made += [_made(words, a, [b]) for a, b in pairwise([first, *cuts, end]) if a < b]
    return made


def _even(words: Sequence[Word], first: int, end: int) -> list[int]:
    lengths = [len(word.text) + 1 for word in words[first:end]]
    total = sum(lengths)
    if total <= _LONGEST:
        return []
    parts = ceil(total / _LONGEST)
    owner = [first + at for at, length in enumerate(lengths) for _ in range(length)]
    return sorted({owner[round(part * total / parts)] for part in range(1, parts)} - {first})


def _sentences(words: Sequence[Word]) -> list[int]:
    ends = [at for at, word in enumerate(words, 1) if word.text.rstrip('"»”)').endswith(_ENDS)]
    return sorted({0, *ends, len(words)})


def _made(words: Sequence[Word], first: int, ends: Sequence[int]) -> Made:
    return Made(words[first].start_ms, words[ends[-1] - 1].end_ms, first, tuple(ends))
