"""Who speaks when in mixes: error rates for ways to combine vectors, thresholds left one out.

A threshold that is scored on a person's mixes was chosen on mixes without that person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from pipeline.measure import der
from tests.bench import mixes, speakers_path
from tests.bench.mixes import Mix, Voices

if TYPE_CHECKING:
    from pipeline.core.decoding import Samples
    from pipeline.engines.speakers import Vectors
    from tests.bench.speakers_path import Heard

CONDITIONS: Final = ("clean", "phone+music")
MINUTES: Final = 5.0
EMBEDDERS: Final = ("ge2e",)  # what the chosen way needs
CHOSEN: Final = "ge2e"  # the product's way and threshold, for every set
THRESHOLD: Final = 0.32
_SEED: Final = 5_000
_WORSE: Final = 2.0
_ROUNDS: Final = 2_000
_SOME: Final = 7  # mixes of all people, for each condition


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """A mix at one threshold."""

    mix: str
    condition: str
    people: tuple[str, ...]
    errors: der.SpeakerErrors


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Errors in percent of speech, and between which figures 95 % of redrawn sets lie."""

    rate: float
    low: float
    high: float
    missed: float
    false_alarm: float
    confused: float
    found: float  # voices found for each that is there


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """A way to combine vectors: thresholds left one out, and one for all."""

    name: str
    thresholds: tuple[float, ...]  # chosen without each person
    left_out: dict[str, Rate]  # by condition
    threshold: float  # chosen in the same way over all mixes
    at_best: dict[str, Rate]
    by_threshold: dict[str, dict[str, float]]  # condition, threshold: the rate


def _beside(first: Vectors, second: Vectors, share: float) -> Vectors:
    """Rows whose cosine is the mean of both cosines, `share` of it the first's."""
    joined: Vectors = np.hstack([np.sqrt(share) * first, np.sqrt(1 - share) * second])
    return joined.astype(np.float32)


def centred(vectors: Vectors, weights: Sequence[int], part: float = 1.0) -> Vectors:
    """Without the recording's mean, or a part of it, again of length 1."""
    mean = np.average(vectors, axis=0, weights=weights)
    moved = vectors - part * mean
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    divided: Vectors = np.divide(moved, lengths, out=np.zeros_like(moved), where=lengths > 0)
    return divided.astype(np.float32)


def _weights(heard: Heard) -> list[int]:
    return [piece.duration_ms for piece in heard.pieces]


def _centred(heard: Heard, part: float = 1.0) -> Vectors:
    return centred(heard.vectors["ge2e"], _weights(heard), part)


WAYS: Final[Mapping[str, Callable[[Heard], Vectors]]] = {
    "ge2e": lambda heard: heard.vectors["ge2e"],
    "ge2e half centred": lambda heard: _centred(heard, 0.5),
    "ge2e centred": _centred,
    "gmm": lambda heard: heard.vectors["gmm"],
    "ge2e + gmm": lambda heard: _beside(heard.vectors["ge2e"], heard.vectors["gmm"], 0.73),
    "ge2e centred + gmm": lambda heard: _beside(_centred(heard), heard.vectors["gmm"], 0.53),
}


_STEP: Final = 0.02
_BETWEEN: Final = {  # thresholds that are tried
    "ge2e": (0.20, 0.50),
    "ge2e half centred": (0.44, 0.80),
    "ge2e centred": (0.70, 1.06),
    "gmm": (0.78, 1.10),
    "ge2e + gmm": (0.42, 0.64),
    "ge2e centred + gmm": (0.84, 1.06),
}


def plan(people: Sequence[str]) -> list[tuple[tuple[str, ...], int]]:
    """Whom each mix has, and its seed: all pairs, threes … once, all people some times."""
    groups = [group for size in range(2, len(people)) for group in combinations(people, size)]
    groups += [tuple(people)] * _SOME
    return [(group, _SEED + number) for number, group in enumerate(groups)]


def composed(voices: Voices, music: Sequence[Samples]) -> Iterator[tuple[str, Mix]]:
    """Every mix with its condition."""
    for people, seed in plan(sorted(voices)):
        for condition in CONDITIONS:
            bed = music if condition != CONDITIONS[0] else ()
            yield (
                condition,
                mixes.compose(voices, people, minutes=MINUTES, seed=seed, music=bed),
            )


class Extra(msgspec.Struct, frozen=True, kw_only=True):
    """Another set by the chosen way and threshold, and by each way at its own."""

    name: str
    condition: str
    minutes: float
    people: int  # in each mix
    found: float  # voices, on average
    rate: Rate


def grid(way: str) -> list[float]:
    """The thresholds that are tried for a way, in steps of 0.02."""
    first, last = _BETWEEN[way]
    return [round(first + _STEP * at, 2) for at in range(round((last - first) / _STEP) + 1)]


def chosen(told: Heard) -> Vectors:
    """Vectors combined in the way that the product does."""
    return WAYS[CHOSEN](told)


def numbers(told: Heard) -> tuple[int, ...]:
    """Whose voice each piece is in, by the chosen way and threshold."""
    return speakers_path.numbers(told.pieces, chosen(told), THRESHOLD)


def score(condition: str, mix: Mix, told: Heard, vectors: Vectors, threshold: float) -> Score:
    """The mix at one threshold."""
    found = speakers_path.numbers(told.pieces, vectors, threshold)
    errors = der.speaker_errors(mix.turns, speakers_path.turns(told.pieces, found))
    return Score(mix=mix.name, condition=condition, people=mix.people, errors=errors)


def extra(name: str, condition: str, some: Sequence[Mix]) -> Extra:
    """A set that no threshold is chosen on."""
    scores = []
    for mix in some:
        told = speakers_path.heard(mix.samples, EMBEDDERS)
        scores.append(score(condition, mix, told, chosen(told), THRESHOLD))
    return Extra(
        name=name,
        condition=condition,
        minutes=round(sum(mix.duration_ms for mix in some) / 60_000, 1),
        people=len(some[0].people),
        found=round(sum(each.errors.voices_found for each in scores) / len(scores), 1),
        rate=_rate(scores, with_bounds=True),
    )


def at_threshold(scores: Sequence[Mapping[str, Mapping[float, Score]]]) -> dict[str, Rate]:
    """All mixes by the chosen way and threshold, by condition."""
    return _rates([each[CHOSEN][THRESHOLD] for each in scores])


def scored(condition: str, mix: Mix, told: Heard) -> dict[str, dict[float, Score]]:
    """The mix by every way at every threshold."""
    found: dict[str, dict[float, Score]] = {}
    for name, combined in WAYS.items():
        vectors = combined(told)
        found[name] = {
            threshold: score(condition, mix, told, vectors, threshold) for threshold in grid(name)
        }
    return found


def ways(scores: Sequence[Mapping[str, Mapping[float, Score]]]) -> tuple[Way, ...]:
    """Each way over all mixes."""
    return tuple(_way(name, [each[name] for each in scores]) for name in WAYS)


def _way(name: str, scores: Sequence[Mapping[float, Score]]) -> Way:
    tried = grid(name)
    people = sorted({who for each in scores for who in each[tried[0]].people})
    chosen: list[float] = []
    left_out: list[Score] = []
    for person in people:
        without = [each for each in scores if person not in each[tried[0]].people]
        threshold = _best(tried, without)
        chosen.append(threshold)
        left_out += [each[threshold] for each in scores if person in each[threshold].people]
    best = _best(tried, scores)
    rates = {at: _rates([each[at] for each in scores], with_bounds=False) for at in tried}
    return Way(
        name=name,
        thresholds=tuple(chosen),
        left_out=_rates(left_out),
        threshold=best,
        at_best=_rates([each[best] for each in scores]),
        by_threshold={
            condition: {f"{at:.2f}": rates[at][condition].rate for at in tried}
            for condition in CONDITIONS
        },
    )


def _best(tried: Sequence[float], scores: Sequence[Mapping[float, Score]]) -> float:
    """The lowest threshold that is at most 2 points worse than the best, over both conditions.

    Voices that are two by mistake are joined by a line in a file; two in one are not parted again.
    """
    rates = []
    for threshold in tried:
        at = _rates([each[threshold] for each in scores], with_bounds=False)
        rates.append(sum(rate.rate for rate in at.values()) / len(at))
    good = min(rates) + _WORSE
    return next(at for at, rate in zip(tried, rates, strict=True) if rate <= good)


def _rates(scores: Sequence[Score], *, with_bounds: bool = True) -> dict[str, Rate]:
    conditions = dict.fromkeys(score.condition for score in scores)
    return {
        condition: _rate([s for s in scores if s.condition == condition], with_bounds=with_bounds)
        for condition in conditions
    }


def _rate(scores: Sequence[Score], *, with_bounds: bool = False) -> Rate:
    errors = der.total([score.errors for score in scores])
    low, high = _bounds(scores) if with_bounds else (0.0, 0.0)
    return Rate(
        rate=_percent(errors.rate),
        low=low,
        high=high,
        missed=_percent(errors.share(errors.missed_ms)),
        false_alarm=_percent(errors.share(errors.false_alarm_ms)),
        confused=_percent(errors.share(errors.confused_ms)),
        found=round(errors.voices_found / max(1, errors.voices_true), 2),
    )


def _percent(share: float | None) -> float:
    return round(100 * (share or 0.0), 2)


def _bounds(scores: Sequence[Score]) -> tuple[float, float]:
    """A bootstrap over mixes: one that was scored for several people is drawn with all of them."""
    by_mix: dict[str, list[float]] = {}
    for score in scores:
        errors = score.errors
        wrong = errors.missed_ms + errors.false_alarm_ms + errors.confused_ms
        both = by_mix.setdefault(score.mix, [0.0, 0.0])
        both[0] += wrong
        both[1] += errors.speech_ms
    table = np.array([*by_mix.values()])
    drawn = np.random.default_rng(_SEED).integers(len(table), size=(_ROUNDS, len(table)))
    sums = table[drawn].sum(axis=1)
    low, high = np.percentile(100 * sums[:, 0] / sums[:, 1], (2.5, 97.5))
    return round(float(low), 2), round(float(high), 2)
