"""Which decisions about words hold, and in which order: later ones take earlier ones' place."""

from __future__ import annotations

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
        return [] if isinstance(self.last, Delete) else self.last.text.split()

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


def _chains(decisions: Sequence[Decision], track: str) -> Iterable[Chain]:
    chains: list[Chain] = []
    by_anchor: dict[tuple[int, int, str], int] = {}
    by_text: dict[str, list[int]] = {}
    for index, decision in enumerate(decisions):
        if not isinstance(decision, Text | Insert | Delete) or decision.at.track != track:
            continue
        at = decision.at
        said = text_key(at.text)
        place = (at.start_ms, at.end_ms, said)
        found = by_anchor.get(place)
        if found is None:  # or it was made on what an earlier one had put there
            again = (
                number
                for number in reversed(by_text.get(said, ()))
                if chains[number].goal == said
                and common(chains[number].at, at.start_ms, at.end_ms) >= _SAME
            )
            found = next(again, None)
        if found is None:
            found = len(chains)
            chains.append(Chain(at, decision, index, (), (said,) if said else ()))
        else:
            chains[found] = _longer(chains[found], decision, index)
        by_anchor[place] = found
        if goal := chains[found].goal:
            by_text.setdefault(goal, []).append(found)
    return chains


def _longer(chain: Chain, decision: Text | Insert | Delete, index: int) -> Chain:
    new = chain._replace(last=decision, number=index, earlier=(*chain.earlier, chain.number))
    known = dict.fromkeys([*chain.texts, chain.goal, text_key(decision.at.text)])
    texts = tuple(text for text in known if text and text != new.goal)
    return new._replace(texts=texts)
