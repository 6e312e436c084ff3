"""Whose voice it is, by what people said: names anchored to spans, not to a run's numbers."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from pipeline.core.workspace import ORIGINAL
from pipeline.review.decisions import Anchor, Speaker
from pipeline.review.vectors import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.review.decisions import Decision

_TWO_PEOPLE: Final = "two_people:"
BETWEEN: Final = "|"
_REST_MS: Final = 1_000  # less of a span that a later one covers is an edge that moved, no person
_SHARE: Final = 4  # a span is a voice's that speaks in a quarter of it


class Named(NamedTuple):
    """A stretch in which somebody said who speaks; `centroid` is the voice as `identity` heard it.

    An empty `name` says that it is nobody whose name is known, whatever else may tell one.
    `centroid` and `identity` are empty where only a label was changed.
    """

    name: str
    start_ms: int
    end_ms: int
    centroid: tuple[float, ...] = ()
    identity: str = ""


class Heard(NamedTuple):
    """A voice that clustering found: its pieces' spans, and its centroid, empty where none."""

    number: int
    pieces: Sequence[tuple[int, int]]
    centroid: Sequence[float] = ()


class Resolved(NamedTuple):
    """Whose a voice is by decision.

    `name` is empty where nobody said, where somebody said that it has none (`is_nobody`), and where
    several people were named in it (`rivals`). `cosine` is 1 where spans told, else the likeness
    that did.
    """

    number: int
    name: str = ""
    rivals: tuple[str, ...] = ()
    cosine: float = 0.0
    is_nobody: bool = False


def two_people(names: Iterable[str]) -> str:
    """The flag of a voice that cannot be all of these people's.

    >>> two_people(["Anna", "Juan"])
    'two_people:Anna|Juan'
    """
    return _TWO_PEOPLE + BETWEEN.join(name.replace(BETWEEN, "/") for name in names)


def people_in(flag: str) -> tuple[str, ...]:
    """The names in such a flag; none in any other."""
    if not flag.startswith(_TWO_PEOPLE):
        return ()
    return tuple(flag.removeprefix(_TWO_PEOPLE).split(BETWEEN))


def named_spans(decisions: Iterable[Decision]) -> tuple[Named, ...]:
    """Who was said to speak where, in time order and disjoint; a later word covers earlier ones.

    Of a span that is covered in part the rest stays, where it is a second or more.
    """
    standing: list[Named] = []
    for decision in decisions:
        if isinstance(decision, Speaker):
            new = Named(
                " ".join(decision.name.split()),
                decision.at.start_ms,
                decision.at.end_ms,
                unpacked(decision.centroid),
                decision.embedder,
            )
            first = bisect_right(standing, new.start_ms, key=_end)
            last = max(first, bisect_left(standing, new.end_ms, key=_start))
            rests = [rest for old in standing[first:last] for rest in _uncovered(old, new)]
            standing[first:last] = sorted([*rests, new], key=_start)
    return tuple(standing)


def by_voice(
    named: Iterable[Named], voices: Sequence[Heard]
) -> tuple[Mapping[int, Sequence[Named]], Sequence[Named]]:
    """The spans that lie in each voice, and those that lie in none.

    A span is the voice's that speaks in most of it, the first of equals; where none speaks in a
    quarter of it, it is lost.
    """
    pieces = _Pieces(voices)
    inside: dict[int, list[Named]] = defaultdict(list)
    lost: list[Named] = []
    for one in named:
        owner = pieces.owner(one)
        (lost if owner is None else inside[owner]).append(one)
    return inside, lost


def resolve(
    named: Sequence[Named], voices: Sequence[Heard], identity: str, *, sure: float
) -> tuple[Resolved, ...]:
    """For each voice the name that people gave it, or those of several people.

    Args:
        named: what `named_spans` gives.
        voices: the voices as they are now; one person may have several.
        identity: of the embedder that made the voices' centroids.
        sure: the cosine from which a named centroid tells whose a voice is. It is asked only where
            the span it was given on lies in no voice, the embedder is the same, and no span tells.
    """
    inside, elsewhere = by_voice(named, voices)
    lost = [one for one in elsewhere if identity and one.identity == identity]
    found = []
    for voice in voices:
        if told := inside.get(voice.number):
            found.append(_named(voice.number, [one.name for one in told], 1.0))
            continue
        likely = [(cosine(one.centroid, voice.centroid), one.name) for one in lost]
        likely = [(value, name) for value, name in likely if value >= sure]
        best = max((value for value, _ in likely), default=0.0)
        found.append(_named(voice.number, [name for _, name in likely], best))
    return tuple(found)


def naming(  # noqa: PLR0913 - a decision has that many parts
    voice: Heard,
    name: str,
    *,
    inside: Sequence[Named],
    is_named: bool = False,
    identity: str = "",
    who: str = "",
    when: str = "",
    source: str = "",
) -> tuple[Speaker, ...]:
    """The decisions that give `voice` this name and no other; an empty one makes it nobody's.

    What was said of spans in it is said anew. Where no such span has the name yet, so is its
    longest piece. Nothing to decide where the name stands already, or there is none to refuse.

    Args:
        voice: has pieces.
        name: whose it is.
        inside: the spans that lie in it, see `by_voice`.
        is_named: whether anything but these names it, or makes a name likely.
        identity: of the embedder that made its centroid.
        who: decides that.
        when: an ISO time.
        source: of the decision.
    """
    others = [one for one in inside if one.name != name]
    spans = [(one.start_ms, one.end_ms) for one in others]
    made = [_speaker(span, name, who, when, source) for span in spans]
    stands = len(others) < len(inside)
    if stands or (not name and (others or not is_named)):
        return tuple(made)
    longest = max(voice.pieces, key=lambda piece: (piece[1] - piece[0], -piece[0]))
    given = msgspec.structs.replace(
        _speaker(longest, name, who, when, source),
        centroid=packed(voice.centroid),
        embedder=identity if len(voice.centroid) else "",
        voice=voice.number,
    )
    return (*made, given)


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """How alike two vectors are, -1..1; 0 where one of them tells nothing."""
    if len(one) != len(other):
        return 0.0
    length = math.hypot(*one) * math.hypot(*other)
    return sum(a * b for a, b in zip(one, other, strict=True)) / length if length else 0.0


def _uncovered(old: Named, new: Named) -> list[Named]:
    if new.end_ms <= old.start_ms or old.end_ms <= new.start_ms:
        return [old]
    before = old._replace(end_ms=new.start_ms)
    after = old._replace(start_ms=new.end_ms)
    return [rest for rest in (before, after) if rest.end_ms - rest.start_ms >= _REST_MS]


class _Pieces:
    """The pieces of all voices by time."""

    def __init__(self, voices: Sequence[Heard]) -> None:
        self._rank = {voice.number: rank for rank, voice in enumerate(voices)}
        self._all = sorted((*piece, voice.number) for voice in voices for piece in voice.pieces)
        self._starts = [start_ms for start_ms, _, _ in self._all]
        self._ends = list(accumulate((end_ms for _, end_ms, _ in self._all), max))

    def owner(self, named: Named) -> int | None:
        """The voice that a span is in."""
        first = bisect_right(self._ends, named.start_ms)
        last = bisect_left(self._starts, named.end_ms)
        spoken: dict[int, int] = defaultdict(int)
        for start_ms, end_ms, number in self._all[first:last]:
            spoken[number] += max(0, min(end_ms, named.end_ms) - max(start_ms, named.start_ms))
        best = max(spoken, key=lambda at: (spoken[at], -self._rank[at]), default=None)
        if best is None or spoken[best] * _SHARE < named.end_ms - named.start_ms:
            return None
        return best


def _start(named: Named) -> int:
    return named.start_ms


def _end(named: Named) -> int:
    return named.end_ms


def _named(number: int, names: Sequence[str], likeness: float) -> Resolved:
    people = tuple(dict.fromkeys(filter(None, names)))
    if len(people) > 1:
        return Resolved(number, "", people, likeness)
    if people:
        return Resolved(number, people[0], (), likeness)
    return Resolved(number, "", (), likeness, is_nobody=bool(names))


def _speaker(span: tuple[int, int], name: str, who: str, when: str, source: str) -> Speaker:
    at = Anchor(track=ORIGINAL, start_ms=span[0], end_ms=span[1])
    return Speaker(at=at, who=who, when=when, source=source, name=name)
