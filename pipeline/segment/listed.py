"""Who is heard where the rundown does not list them: whose voice is whose follows from it too."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final, NamedTuple, Self

_ELSEWHERE: Final = 0.1  # of a person's speech may stand where the rundown does not list them
_LEAST: Final = 2  # observations of a voice; one may be another's
_MARGIN: Final = 2.0  # nats that the likeliest person is ahead of the next


class Part(NamedTuple):
    """A stretch of the programme and whom the rundown lists there; nobody where it lists none."""

    start_ms: int
    end_ms: int
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class Listed:
    """When each of the people is heard, in time order; and everybody whose name is known."""

    whose: Mapping[str, str]  # voices
    of: Mapping[str, Sequence[int]]
    all_ms: Sequence[int]

    @classmethod
    def given(cls, voices: Sequence[tuple[int, str]], whose: Mapping[str, str]) -> Self:
        """Observations of voices (when, and which), and whose the voices are."""
        known = sorted((at_ms, whose[voice]) for at_ms, voice in voices if voice in whose)
        of: dict[str, list[int]] = {}
        for at_ms, name in known:
            of.setdefault(name, []).append(at_ms)
        return cls(whose, of, [at_ms for at_ms, _ in known])

    def strangers(self, people: Collection[str], from_ms: int, to_ms: int) -> int:
        """How many observations in a stretch are of people other than these.

        >>> listed = Listed.given([(1, "1"), (2, "2"), (3, "1")], {"1": "Anna", "2": "Juan"})
        >>> listed.strangers({"Anna"}, 0, 4)
        1
        """
        theirs = sum(_count(self.of.get(name, ()), from_ms, to_ms) for name in people)
        return _count(self.all_ms, from_ms, to_ms) - theirs

    def is_handed_over(
        self, voices: tuple[str, str], before: Collection[str], after: Collection[str]
    ) -> bool:
        """Whether who is heard last before a place leaves there, and who is heard next stays."""
        last, first = (self.whose.get(voice, "") for voice in voices)
        return last in before and last not in after and first in before and first in after


def whose(
    voices: Iterable[tuple[int, str]], parts: Sequence[Part], known: Mapping[str, str]
) -> dict[str, str]:
    """Whose each voice is: `known`, or who is listed where it is heard, and hardly elsewhere.

    A voice's observations are taken as drawn evenly from the parts that list its person, but for a
    tenth from all others. Left out where two people are about as likely.
    """
    named = [part for part in parts if part.people]
    heard: dict[str, Counter[int]] = {}
    starts = [part.start_ms for part in named]
    for at_ms, voice in voices:
        place = bisect_left(starts, at_ms + 1) - 1
        if place >= 0 and at_ms < named[place].end_ms:
            heard.setdefault(voice, Counter())[place] += 1
    rates = _rates(named)
    found = {}
    for voice, counts in heard.items():
        if voice in known:
            found[voice] = known[voice]
        elif counts.total() >= _LEAST and (name := _likeliest(counts, rates)):
            found[voice] = name
    return found


def _rates(parts: Sequence[Part]) -> dict[str, list[float]]:
    """For each person and part, how likely it is that an observation of theirs stands there."""
    lengths = [part.end_ms - part.start_ms for part in parts]
    total = sum(lengths)
    rates = {}
    for name in sorted({name for part in parts for name in part.people}):
        own = sum(ms for ms, part in zip(lengths, parts, strict=True) if name in part.people)
        rates[name] = [
            log((1 - _ELSEWHERE) / max(own, 1))
            if name in part.people
            else log(_ELSEWHERE / max(total - own, 1))
            for part in parts
        ]
    return rates


def _likeliest(counts: Mapping[int, int], rates: Mapping[str, Sequence[float]]) -> str:
    scores = sorted(
        ((sum(n * row[place] for place, n in counts.items()), name) for name, row in rates.items()),
        reverse=True,
    )
    if not scores or (len(scores) > 1 and scores[0][0] - scores[1][0] < _MARGIN):
        return ""
    return scores[0][1]


def _count(times_ms: Sequence[int], from_ms: int, to_ms: int) -> int:
    return bisect_left(times_ms, to_ms) - bisect_left(times_ms, from_ms)
