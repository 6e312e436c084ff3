"""Meetings with a reference: what we make of them, beside what could at best be made.

We give one voice at a time. So a labelling that is perfect but for that has the error of all the
speech beneath other speech: the floor. A second floor has, beside that, our own pieces of speech.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from pipeline.core.timeline import Span, Turn
from pipeline.measure import der, rttm
from tests.bench import mixes, speakers_path, speakers_turns
from tests.bench.mixes import PER_MS

if TYPE_CHECKING:
    from pipeline.core.decoding import Samples
    from pipeline.measure.der import SpeakerErrors
    from tests.bench.speakers_path import Heard

JOINED: Final = "all, joined"
_REST_MS: Final = 500  # between two that are joined


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """Error rates in percent, overlap counted; `alone` leaves out where several speak at once."""

    name: str
    people: int
    seconds: float
    floor: float
    floor_of_pieces: float
    rate: float
    alone: float
    told_count: float  # the same vectors, with the number of people told
    found: int


class _Case(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    samples: Any
    turns: tuple[Turn, ...]
    scored: tuple[Span, ...]


def meetings(folder: Path) -> Iterator[Meeting]:
    """Each excerpt by itself, then all in a row as one recording."""
    cases = list(_cases(folder))
    for case in [*cases, _joined(cases)]:
        told = speakers_path.heard(case.samples, speakers_turns.EMBEDDERS)
        yield _meeting(case, told, speakers_turns.chosen(told), speakers_turns.THRESHOLD)


def single(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The same with one voice at a time: of several, the one that has spoken longest."""
    edges = sorted({at for turn in turns for at in (turn.start_ms, turn.end_ms)})
    found: list[Turn] = []
    for start_ms, end_ms in pairwise(edges):
        active = [t for t in turns if t.start_ms <= start_ms and t.end_ms >= end_ms]
        if active:
            who = min(active, key=lambda turn: (turn.start_ms, turn.speaker)).speaker
            found.append(Turn(start_ms=start_ms, end_ms=end_ms, speaker=who))
    return tuple(found)


def _meeting(case: _Case, told: Heard, vectors: Any, threshold: float) -> Meeting:
    people = sorted({turn.speaker for turn in case.turns})
    index = {who: number for number, who in enumerate(["", *people])}
    ideal = [index[who] for who in speakers_path.whose(case.turns, told)]
    found = speakers_path.numbers(told.pieces, vectors, threshold)
    counted = speakers_path.numbers(told.pieces, vectors, threshold, len(people))

    def errors(hypothesis: Sequence[Turn], *, with_overlap: bool = True) -> SpeakerErrors:
        return der.speaker_errors(
            case.turns, hypothesis, with_overlap=with_overlap, scored=case.scored
        )

    def percent(numbers: Sequence[int], *, with_overlap: bool = True) -> float:
        turns = speakers_path.turns(told.pieces, numbers)
        return _percent(errors(turns, with_overlap=with_overlap))

    return Meeting(
        name=case.name,
        people=len(people),
        seconds=len(case.samples) / PER_MS / 1_000,
        floor=_percent(errors(single(case.turns))),
        floor_of_pieces=percent(ideal),
        rate=percent(found),
        alone=percent(found, with_overlap=False),
        told_count=percent(counted),
        found=len({*found} - {0}),
    )


def _percent(errors: SpeakerErrors) -> float:
    return round(100 * (errors.rate or 0.0), 1)


def _cases(folder: Path) -> Iterator[_Case]:
    stretches = rttm.parse((folder / "reference.rttm").read_bytes(), "reference.rttm")
    uem = rttm.parse_uem((folder / "reference.uem").read_bytes(), "reference.uem")
    for name in dict.fromkeys(each.file for each in uem):
        yield _Case(
            name=name,
            samples=mixes.read(folder / f"{name}.wav"),
            turns=tuple(
                Turn(start_ms=one.start_ms, end_ms=one.end_ms, speaker=one.speaker)
                for one in stretches
                if one.file == name
            ),
            scored=tuple(
                Span(start_ms=one.start_ms, end_ms=one.end_ms) for one in uem if one.file == name
            ),
        )


def _joined(cases: Sequence[_Case]) -> _Case:
    sounds: list[Samples] = []
    turns: list[Turn] = []
    scored: list[Span] = []
    at_ms = 0
    for case in cases:
        length_ms = len(case.samples) // PER_MS
        rest = np.zeros(_REST_MS * PER_MS, np.float32)
        sounds += [case.samples[: length_ms * PER_MS], rest]
        for turn in case.turns:
            start_ms, end_ms = turn.start_ms + at_ms, turn.end_ms + at_ms
            turns.append(Turn(start_ms=start_ms, end_ms=end_ms, speaker=turn.speaker))
        for span in case.scored:
            scored.append(Span(start_ms=span.start_ms + at_ms, end_ms=span.end_ms + at_ms))
        at_ms += length_ms + _REST_MS
    return _Case(
        name=JOINED, samples=np.concatenate(sounds), turns=tuple(turns), scored=tuple(scored)
    )
