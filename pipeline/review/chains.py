"""Which decisions about words hold, and in which order: later ones take earlier ones' place."""

from __future__ import annotations

from bisect import bisect_left, insort
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.measure.words import fold
from pipeline.review.decisions import Delete, Insert, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.core.timeline import Span
    from pipeline.review.decisions import Anchor, Decision

_SAME: Final = 0.5  # two spans with so much of their time in common are one cue, edited again


class Chain(NamedTuple):
    """All that was decided about one stretch of words, and what of it holds.

    `at` is the anchor of the first, `last` the decision that holds, `number` its place in the log,
    `earlier` the places of those before it. `texts` is all that stood there in between, oldest
    first, as `key` writes it; the text that is wanted is not among them.
    """

    at: Anchor
    last: Text | Insert | Delete
    number: int
    earlier: tuple[int, ...]
    texts: tuple[str, ...]

    @property
    def tokens(self) -> list[str]:
        """The words that are wanted there; none where there are to be none."""
        return _tokens(self.last)

    @property
    def goal(self) -> str:
        """The same as `key` writes it."""
        return "".join(map(key, self.tokens))

    @property
    def is_new(self) -> bool:
        """Whether nothing stood there when it began."""
        return not text_key(self.at.text)

    @property
    def language(self) -> str:
        """The language that somebody said it is, else empty."""
        return "" if isinstance(self.last, Delete) else self.last.language


class Knot(NamedTuple):
    """Chains whose anchors share time, in the order of the log; knots are disjoint, in time."""

    chains: tuple[Chain, ...]


@lru_cache(maxsize=1 << 16)  # a language has fewer forms, and each is asked for often
def key(token: str) -> str:
    """What of a word is compared: letters and digits, or all of it where it has none.

    >>> key("«Да!»"), key("…")
    ('да', '…')
    """
    return fold(token) or token


def text_key(text: str) -> str:
    """The same for a text."""
    return "".join(map(key, text.split()))


def knots(decisions: Sequence[Decision], track: str) -> list[Knot]:
    """The chains of one track, so that the order of decisions on disjoint spans means nothing."""
    found = sorted(_chains(decisions, track), key=lambda chain: chain.at.start_ms)
    groups: list[list[Chain]] = []
    end_ms = 0
    for chain in found:
        if groups and chain.at.start_ms < end_ms:
            groups[-1].append(chain)
        else:
            groups.append([chain])
        end_ms = max(end_ms, chain.at.end_ms)
    return [Knot(tuple(sorted(group, key=lambda chain: chain.number))) for group in groups]


def common(one: Span, start_ms: int, end_ms: int) -> float:
    """What part of the time of two spans both have, 0..1."""
    shared = min(one.end_ms, end_ms) - max(one.start_ms, start_ms)
    return max(0, shared) / (max(one.end_ms, end_ms) - min(one.start_ms, start_ms))


def _tokens(decision: Text | Insert | Delete) -> list[str]:
    return [] if isinstance(decision, Delete) else decision.text.split()


class _Growing:
    """A chain while the log is read."""

    def __init__(self, at: Anchor, said: str) -> None:
        self.at, self.goal = at, ""
        self.row: tuple[int, int, _Growing] | None = None  # among those that want its goal
        self._texts = dict.fromkeys([said])
        self._made: list[tuple[int, Text | Insert | Delete]] = []

    def add(self, index: int, decision: Text | Insert | Delete, said: str) -> None:
        """What was decided next, on a text that is `said`."""
        before, self.goal = self.goal, "".join(map(key, _tokens(decision)))
        if self._made:
            self._texts |= dict.fromkeys([before, said])
            self._texts.pop(self.goal, None)
        self._made.append((index, decision))

    def chain(self) -> Chain:
        """All of it."""
        *earlier, (number, last) = self._made
        texts = tuple(text for text in self._texts if text)
        return Chain(self.at, last, number, tuple(index for index, _ in earlier), texts)


class _Standing:
    """The chains that want a text, by time: what is said all day is not gone through each time."""

    def __init__(self) -> None:
        self._wanting: dict[str, list[tuple[int, int, _Growing]]] = {}

    def take(self, chain: _Growing) -> None:
        """Leave out a chain that is about to want something else."""
        if chain.row:
            rows = self._wanting[chain.goal]
            del rows[bisect_left(rows, chain.row)]
            chain.row = None

    def put(self, chain: _Growing, index: int) -> None:
        """A chain wants its goal from a decision on."""
        if chain.goal:
            chain.row = (chain.at.start_ms, index, chain)
            insort(self._wanting.setdefault(chain.goal, []), chain.row)

    def latest(self, said: str, at: Anchor) -> _Growing | None:
        """The one that wanted a text last, in much the time of `at`."""
        rows = self._wanting.get(said, [])
        first = bisect_left(rows, (at.start_ms - at.duration_ms,))  # before, less is common
        last = bisect_left(rows, (at.end_ms,))
        for _, _, chain in sorted(rows[first:last], key=lambda row: -row[1]):
            if common(chain.at, at.start_ms, at.end_ms) >= _SAME:
                return chain
        return None


def _chains(decisions: Sequence[Decision], track: str) -> Iterable[Chain]:
    chains: list[_Growing] = []
    by_anchor: dict[tuple[int, int, str], _Growing] = {}
    standing = _Standing()
    for index, decision in enumerate(decisions):
        if not isinstance(decision, Text | Insert | Delete) or decision.at.track != track:
            continue
        said = text_key(decision.at.text)
        place = (decision.at.start_ms, decision.at.end_ms, said)
        found = by_anchor.get(place)
        if found is None:  # or it was made on what an earlier one had put there
            found = standing.latest(said, decision.at)
        if found is None:
            found = _Growing(decision.at, said)
            chains.append(found)
        standing.take(found)
        found.add(index, decision, said)
        standing.put(found, index)
        by_anchor[place] = found
    return [chain.chain() for chain in chains]
