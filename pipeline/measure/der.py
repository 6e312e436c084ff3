"""Diarization error rate and Jaccard error rate, exact to the millisecond.

DER as NIST defines it (RT-09 evaluation plan, section 6) and pyannote.metrics counts it: of the
reference's speech, with two voices at once counted twice, how much was missed, given to the wrong
voice, or heard where nobody speaks. JER as DIHARD II defines it (Ryant et al. 2019): the mean over
the true voices of the share of the union with their partner that is not both. Either is under the
one-to-one pairing of voices that is best for it, as in DIHARD's scorer; pyannote.metrics takes
DER's pairing for JER too, so that its JER is never lower.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import pairwise, product
from math import inf
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.core.timeline import Span

COLLAR_MS: Final = 250
_TRUE, _FOUND, _INSIDE, _COLLAR = range(4)

Heard = tuple[frozenset[str], frozenset[str]]  # voices at one moment: the true ones, those found
Moments = Mapping[Heard, int]  # how long each lasts in all, in milliseconds


class Spoken(Protocol):
    """A stretch of one voice, half-open, such as a line of RTTM or a turn."""

    @property
    def start_ms(self) -> int:
        """Where it begins."""

    @property
    def end_ms(self) -> int:
        """Where it is over."""

    @property
    def speaker(self) -> str:
        """What the voice is called; equal names are one voice."""


class SpeakerErrors(msgspec.Struct, frozen=True, kw_only=True):
    """Errors against so much speech, in milliseconds of one voice.

    `collar_ms` on each side of a border of the reference are not compared, and where the reference
    has several voices at once only `with_overlap`. `jaccard` has each true voice's error, in the
    order of their names; neither collar nor overlap plays a part in it. What was found without a
    name is compared like a voice, but `voices_found` does not count it.
    """

    collar_ms: int = COLLAR_MS
    with_overlap: bool = True
    speech_ms: int = 0
    missed_ms: int = 0
    false_alarm_ms: int = 0
    confused_ms: int = 0
    jaccard: tuple[float, ...] = ()
    voices_found: int = 0

    @property
    def voices_true(self) -> int:
        """How many voices the reference has."""
        return len(self.jaccard)

    @property
    def rate(self) -> float | None:
        """The diarization error rate; None where nobody speaks in the reference."""
        return self.share(self.missed_ms + self.false_alarm_ms + self.confused_ms)

    @property
    def jaccard_rate(self) -> float | None:
        """The Jaccard error rate; None where the reference has no voice."""
        return sum(self.jaccard) / len(self.jaccard) if self.jaccard else None

    def share(self, part_ms: int) -> float | None:
        """What share of the reference's speech a number of milliseconds is."""
        return part_ms / self.speech_ms if self.speech_ms else None


def total(errors: Sequence[SpeakerErrors]) -> SpeakerErrors:
    """The errors of several recordings together, all compared in the same way."""
    ways = {(each.collar_ms, each.with_overlap) for each in errors}
    ((collar_ms, with_overlap),) = ways or {(COLLAR_MS, True)}
    return SpeakerErrors(
        collar_ms=collar_ms,
        with_overlap=with_overlap,
        speech_ms=sum(each.speech_ms for each in errors),
        missed_ms=sum(each.missed_ms for each in errors),
        false_alarm_ms=sum(each.false_alarm_ms for each in errors),
        confused_ms=sum(each.confused_ms for each in errors),
        jaccard=tuple(error for each in errors for error in each.jaccard),
        voices_found=sum(each.voices_found for each in errors),
    )


def speaker_errors(
    reference: Sequence[Spoken],
    hypothesis: Sequence[Spoken],
    *,
    collar_ms: int = COLLAR_MS,
    with_overlap: bool = True,
    scored: Sequence[Span] | None = None,
) -> SpeakerErrors:
    """Compare who speaks when in one recording.

    Args:
        reference: who truly speaks when; stretches may overlap, in any order.
        hypothesis: who was found to; what the voices are called does not matter.
        collar_ms: how much is left out on each side of the reference's borders, where people would
            not agree either.
        with_overlap: whether moments with several true voices count.
        scored: the stretches to compare (UEM), all where it is None.
    """
    everything = _moments(reference, hypothesis, scored, collar_ms=0)
    moments = _moments(reference, hypothesis, scored, collar_ms=collar_ms)
    if not with_overlap:
        moments = {heard: ms for heard, ms in moments.items() if len(heard[_TRUE]) <= 1}
    counts = [(len(true), len(found), ms) for (true, found), ms in moments.items()]
    return SpeakerErrors(
        collar_ms=collar_ms,
        with_overlap=with_overlap,
        speech_ms=sum(true * ms for true, _, ms in counts),
        missed_ms=sum(max(true - found, 0) * ms for true, found, ms in counts),
        false_alarm_ms=sum(max(found - true, 0) * ms for true, found, ms in counts),
        confused_ms=sum(min(true, found) * ms for true, found, ms in counts) - _right_ms(moments),
        jaccard=_jaccard(everything),
        voices_found=sum(map(bool, _names(everything, _FOUND))),
    )


def best_pairs(costs: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pairs of row and column, as many as the shorter side has, that together cost the least.

    The Hungarian method with potentials (Kuhn 1955, Munkres 1957), O(n² m) for n ≤ m; exact where
    the costs are whole numbers.
    """
    rows, columns = len(costs), len(costs[0]) if costs else 0
    if rows > columns:
        turned = best_pairs(list(zip(*costs, strict=True)))
        return sorted((row, column) for column, row in turned)
    row_of = _assigned(costs, rows, columns)
    return sorted((row - 1, column - 1) for column, row in enumerate(row_of) if column and row)


def _assigned(costs: Sequence[Sequence[float]], rows: int, columns: int) -> list[int]:
    """For each column its row, both counted from 1; 0 where it has none, `rows` ≤ `columns`."""
    of_row, of_column = [0.0] * (rows + 1), [0.0] * (columns + 1)  # the potentials
    row_of, way = [0] * (columns + 1), [0] * (columns + 1)
    for row in range(1, rows + 1):
        row_of[0], column = row, 0
        least, is_used = [inf] * (columns + 1), [False] * (columns + 1)
        while row_of[column]:  # lengthen the way until it ends at a column that is free
            is_used[column] = True
            here = row_of[column]
            for other in range(1, columns + 1):
                cost = costs[here - 1][other - 1] - of_row[here] - of_column[other]
                if not is_used[other] and cost < least[other]:
                    least[other], way[other] = cost, column
            free = (each for each in range(1, columns + 1) if not is_used[each])
            column = min(free, key=least.__getitem__)
            step = least[column]
            for other in range(columns + 1):
                if is_used[other]:
                    of_row[row_of[other]] += step
                    of_column[other] -= step
                else:
                    least[other] -= step
        while column:
            row_of[column] = row_of[way[column]]
            column = way[column]
    return row_of


def _moments(
    reference: Sequence[Spoken],
    hypothesis: Sequence[Spoken],
    scored: Sequence[Span] | None,
    *,
    collar_ms: int,
) -> Moments:
    """How long which voices speak at once on either side, of the time that is compared."""
    changes: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
    for side, name, start_ms, end_ms in _spans(reference, hypothesis, scored or (), collar_ms):
        changes[start_ms].append((side, name, 1))
        changes[end_ms].append((side, name, -1))
    active: tuple[Counter[str], ...] = tuple(Counter() for _ in range(4))
    moments: Counter[Heard] = Counter()
    for at_ms, until_ms in pairwise(sorted(changes)):
        for side, name, step in changes[at_ms]:
            active[side][name] += step
            if not active[side][name]:
                del active[side][name]
        if active[_COLLAR] or (scored is not None and not active[_INSIDE]):
            continue
        moments[frozenset(active[_TRUE]), frozenset(active[_FOUND])] += until_ms - at_ms
    return moments


def _spans(
    reference: Sequence[Spoken],
    hypothesis: Sequence[Spoken],
    scored: Sequence[Span],
    collar_ms: int,
) -> Iterator[tuple[int, str, int, int]]:
    for side, stretches in ((_TRUE, reference), (_FOUND, hypothesis)):
        for each in stretches:
            yield side, each.speaker, each.start_ms, each.end_ms
    for part in scored:
        yield _INSIDE, "", part.start_ms, part.end_ms
    if collar_ms:
        for each in reference:
            for at_ms in (each.start_ms, each.end_ms):
                yield _COLLAR, "", at_ms - collar_ms, at_ms + collar_ms


def _names(moments: Moments, side: int) -> list[str]:
    return sorted({name for heard in moments for name in heard[side]})


def _together(moments: Moments) -> Counter[tuple[str, str]]:
    """How long a true voice and one that was found speak at once."""
    both: Counter[tuple[str, str]] = Counter()
    for (true, found), ms in moments.items():
        for pair in product(true, found):
            both[pair] += ms
    return both


def _right_ms(moments: Moments) -> int:
    """How long voices are right under the pairing that is best."""
    true, found, both = _names(moments, _TRUE), _names(moments, _FOUND), _together(moments)
    costs = [[-both[one, other] for other in found] for one in true]
    return sum(both[true[row], found[column]] for row, column in best_pairs(costs))


def _jaccard(moments: Moments) -> tuple[float, ...]:
    true, found, both = _names(moments, _TRUE), _names(moments, _FOUND), _together(moments)
    alone: tuple[Counter[str], ...] = (Counter(), Counter())
    for heard, ms in moments.items():
        for side in (_TRUE, _FOUND):
            for name in heard[side]:
                alone[side][name] += ms
    costs = [
        [_apart(alone[_TRUE][one], alone[_FOUND][other], both[one, other]) for other in found]
        for one in true
    ]
    partners = dict(best_pairs(costs))
    # a voice that nobody was found for is wrong altogether
    return tuple(
        row[partners[number]] if number in partners else 1.0 for number, row in enumerate(costs)
    )


def _apart(one_ms: int, other_ms: int, both_ms: int) -> float:
    return 1 - both_ms / (one_ms + other_ms - both_ms)
