"""Names from one clip each: whether people get their own, and strangers none.

Twice over the mixes: by phrase, each piece of speech by itself; and by voice, as we do it, where a
phrase has the name of its voice. A stranger is a person of the mix whose clip is not given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from tests.bench import speakers_path
from tests.bench.mixes import PER_MS, Clip, Mix, Voices

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.core.decoding import Samples
    from pipeline.engines.speakers import Vectors
    from tests.bench.speakers_path import Heard

CLIP_MS: Final = (8_000, 20_000)  # of speech; with its pauses a clip lasts 10 to 20 s
CLIPS: Final = 2  # tried by turns, and never heard in a mix
MARGINS: Final = (0.0, 0.05, 0.1)
_ABOVE: Final = 0.05
FIXED: Final = ((0.80, 0.05), (0.75, 0.05), (0.72, 0.05), (0.65, 0.05))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A phrase or a voice, whose it is, and how like each person's clip it is."""

    condition: str
    who: str
    is_on_phone: bool
    phrases: int
    cosines: Mapping[str, float]

    def best(self, without: str = "") -> tuple[str, float, float]:
        """The person it is most like, the cosine, and how much more than the next one's."""
        known = sorted(((c, name) for name, c in self.cosines.items() if name != without))[::-1]
        return known[0][1], known[0][0], known[0][0] - known[1][0]


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """Phrases in percent: closed set, everybody's clip is given; the rest with a threshold."""

    condition: str
    unit: str  # phrase or voice
    phrases: int
    closed_set: float
    own_median: float
    own_p5: float  # cosines: own person's, 5 % are below
    strangers_p95: float
    strangers_most: float
    equal_error: float
    equal_error_at: float


class AtThreshold(msgspec.Struct, frozen=True, kw_only=True):
    """What a threshold of cosine and margin gives; `left_out` ones were chosen without the person.

    `thresholds` has each person's. In percent of phrases: people named rightly and wrongly, and
    strangers who got a name.
    """

    unit: str
    margin: float
    thresholds: tuple[float, ...]
    left_out: bool
    right: dict[str, float]
    wrong: dict[str, float]
    strangers: dict[str, float]


def split(voices: Voices) -> tuple[dict[str, tuple[Clip, ...]], dict[str, tuple[Clip, ...]]]:
    """For each person the clips to be known by, and those that mixes are made of."""
    known: dict[str, tuple[Clip, ...]] = {}
    for who, clips in voices.items():
        fit = [clip for clip in clips if CLIP_MS[0] <= clip.speech_ms <= CLIP_MS[1]]
        known[who] = tuple(fit[:CLIPS])
    rest = {who: tuple(c for c in clips if c not in known[who]) for who, clips in voices.items()}
    return known, rest


def clip_vectors(known: Mapping[str, Sequence[Clip]], number: int) -> dict[str, Vectors]:
    """Each person's vector from one clip: all that is speech in it, as one piece."""
    engine = speakers_path.made("ge2e")
    sounds = [_spoken(clips[number % len(clips)]) for clips in known.values()]
    return dict(zip(known, engine.vectors(lambda: iter(sounds)), strict=True))


def cases(
    condition: str,
    mix: Mix,
    told: Heard,
    numbers: Sequence[int],
    people: Mapping[str, Vectors],
) -> dict[str, list[Case]]:
    """The phrases of a mix by themselves, and by voice."""
    whose = speakers_path.whose(mix.turns, told)
    vectors = told.vectors["ge2e"]
    weights = np.array([piece.duration_ms for piece in told.pieces])

    def case(who: str, vector: Vectors, phrases: int) -> Case:
        cosines = {name: float(known @ vector) for name, known in people.items()}
        return Case(
            condition=condition,
            who=who,
            is_on_phone=who in mix.on_phone,
            phrases=phrases,
            cosines=cosines,
        )

    found: dict[str, list[Case]] = {"phrase": [], "voice": []}
    for who, vector in zip(whose, vectors, strict=True):
        if who:
            found["phrase"].append(case(who, vector, 1))
    for number in sorted(set(numbers) - {0}):
        inside = np.flatnonzero(np.asarray(numbers) == number)
        centre = _mean(vectors[inside], weights[inside])
        for who in sorted({whose[at] for at in inside} - {""}):
            found["voice"].append(case(who, centre, sum(whose[at] == who for at in inside)))
    return found


def named(unit: str, found: Sequence[Case]) -> Iterator[Named]:
    """The table for all of it, for each condition, and for who is on the telephone."""
    groups: dict[str, Callable[[Case], bool]] = {"all": lambda _: True}
    for condition in dict.fromkeys(case.condition for case in found):
        groups[condition] = lambda case, condition=condition: case.condition == condition
    groups["on the telephone"] = lambda case: case.is_on_phone
    for name, belongs in groups.items():
        some = [case for case in found if belongs(case)]
        if some:
            yield _named(name, unit, some)


def thresholds(unit: str, found: Sequence[Case]) -> Iterator[AtThreshold]:
    """Thresholds 0.05 above strangers, chosen without the person; then some for everybody."""
    people = sorted({case.who for case in found})
    for margin in MARGINS:
        chosen = {
            person: _above([case for case in found if case.who != person], margin)
            for person in people
        }
        yield _at(unit, found, margin, chosen, left_out=True)
    for cosine, margin in FIXED:
        yield _at(unit, found, margin, dict.fromkeys(people, cosine), left_out=False)


def _at(
    unit: str,
    found: Sequence[Case],
    margin: float,
    chosen: Mapping[str, float],
    *,
    left_out: bool,
) -> AtThreshold:
    def told(case: Case, without: str = "") -> str:
        name, cosine, more = case.best(without)
        return name if cosine >= chosen[case.who] and more >= margin else ""

    def share(counts: Callable[[Case], bool]) -> dict[str, float]:
        conditions = dict.fromkeys(case.condition for case in found)
        return {
            condition: _percent([case for case in found if case.condition == condition], counts)
            for condition in conditions
        }

    return AtThreshold(
        unit=unit,
        margin=margin,
        thresholds=tuple(dict.fromkeys(chosen.values())),
        left_out=left_out,
        right=share(lambda case: told(case) == case.who),
        wrong=share(lambda case: told(case) not in {"", case.who}),
        strangers=share(lambda case: bool(told(case, without=case.who))),
    )


def _above(found: Sequence[Case], margin: float) -> float:
    """A little above 99 of 100 strangers' phrases: the next one may be a little more like somebody.

    The hundredth may stand among a known person's, where no threshold helps.
    """
    strangers = [(case.best(without=case.who), case.phrases) for case in found]
    cosines = [cosine if more >= margin else 0.0 for (_, cosine, more), _ in strangers]
    each = np.repeat(cosines, [phrases for _, phrases in strangers])
    return round(float(np.percentile(each, 99)) + _ABOVE, 3)


def _named(condition: str, unit: str, found: Sequence[Case]) -> Named:
    own = np.repeat([c.cosines[c.who] for c in found], [c.phrases for c in found])
    strange = np.repeat([c.best(without=c.who)[1] for c in found], [c.phrases for c in found])
    error, at = _equal_error(own, strange)
    return Named(
        condition=condition,
        unit=unit,
        phrases=len(own),
        closed_set=_percent(found, lambda case: case.best()[0] == case.who),
        own_median=round(float(np.median(own)), 3),
        own_p5=round(float(np.percentile(own, 5)), 3),
        strangers_p95=round(float(np.percentile(strange, 95)), 3),
        strangers_most=round(float(strange.max()), 3),
        equal_error=round(100 * error, 2),
        equal_error_at=at,
    )


def _equal_error(own: np.ndarray, strange: np.ndarray) -> tuple[float, float]:
    """Where as many are refused their own name as strangers are given one."""
    steps = np.linspace(0, 1, 1_001)
    refused = np.array([np.mean(own < step) for step in steps])
    given = np.array([np.mean(strange >= step) for step in steps])
    at = int(np.argmin(np.abs(refused - given)))
    return float((refused[at] + given[at]) / 2), round(float(steps[at]), 3)


def _percent(found: Sequence[Case], counts: Callable[[Case], bool]) -> float:
    total = sum(case.phrases for case in found)
    return round(100 * sum(case.phrases for case in found if counts(case)) / max(1, total), 2)


def _mean(vectors: Vectors, weights: Sequence[int]) -> Vectors:
    mean = np.average(vectors, axis=0, weights=weights)
    unit: Vectors = (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)
    return unit


def _spoken(clip: Clip) -> Samples:
    parts = [clip.samples[start * PER_MS : end * PER_MS] for start, end in clip.speech]
    return np.concatenate(parts)
