"""Whose voice it is: from what reviewers decided, from clips of people, from the rundown.

A voice gets a name only by evidence; what is merely likely is a proposal and shown as one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from pipeline.core.payloads import Voice
from pipeline.review.speakers import two_people

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.core.timeline import Item
    from pipeline.engines.speakers import Vectors
    from pipeline.programme.roster import Person
    from pipeline.programme.rundown import Entry

# Measured on 64 mixes of five people, one clip of 8 to 17 s each, everybody left out in turn: at
# 0.80 no stranger is named, and half of those on a telephone; at 0.72 four fifths of these are
# proposed, and one stranger in fourteen.
SURE: Final = 0.80
LIKELY: Final = 0.72
_MARGIN: Final = 0.05  # how much less like the next person it must be
_MUCH_MS: Final = 30_000  # of a voice in an item, that elimination may give a name to
_MOST: Final = 0.6  # of a short item's speech does as well


@dataclass(frozen=True, slots=True)
class Likeness:
    """The person whose clips a voice is most like: the cosine, and how much more than the next."""

    name: str = ""
    cosine: float = 0.0
    margin: float = 0.0

    @property
    def is_sure(self) -> bool:
        """Whether it may be called by that name."""
        return self.cosine >= SURE and self.margin >= _MARGIN

    @property
    def is_likely(self) -> bool:
        """Whether the name is worth proposing."""
        return self.cosine >= LIKELY and self.margin >= _MARGIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The voices of a recording, from 1; `centroids` may be missing where others told them apart.

    `in_items` says for each voice how long it is heard in each item, by index, in ms.
    """

    speech_ms: tuple[int, ...]
    centroids: Sequence[Vectors] = ()
    labels: tuple[str, ...] = ()  # what another program calls them
    in_items: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    singers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Naming:
    """A voice's name by its evidence, or several that cannot all be right."""

    name: str = ""
    evidence: str = ""
    rivals: tuple[str, ...] = ()


def as_in_roster(entries: Iterable[Entry], people: Iterable[Person]) -> tuple[Entry, ...]:
    """The rundown with its speakers called as the roster calls them, however they are written."""
    known = {
        form.casefold(): person.name
        for person in people
        for form in (*person.written.values(), person.name)
    }
    return tuple(
        replace(
            entry,
            speakers=tuple(
                dict.fromkeys(known.get(name.casefold(), name) for name in entry.speakers)
            ),
        )
        for entry in entries
    )


def likeness(centroid: Vectors, people: Mapping[str, Vectors]) -> Likeness:
    """Who of some people a voice is most like; `people` holds each one's clips, [clips, d]."""
    near = sorted(
        ((float((clips @ centroid).max()), name) for name, clips in people.items() if len(clips)),
        key=lambda one: (-one[0], one[1]),
    )
    if not near:
        return Likeness()
    cosine, name = near[0]
    return Likeness(name, cosine, cosine - near[1][0] if len(near) > 1 else 1.0)


def by_elimination(
    spoken: Mapping[int, Mapping[int, int]], items: Sequence[Item], names: Mapping[int, str]
) -> dict[int, Naming]:
    """Voices that the rundown leaves one name for.

    In an item whose people are all known but one, the one voice without a name that is heard much
    in it is that one's. What one item gives is used in the others, until none gives more.

    Args:
        spoken: for each voice how long it is heard in each item, by index, in ms.
        items: the programme's.
        names: of voices that have one already.
    """
    found: dict[int, Naming] = {}
    known = dict(names)
    while offers := _offers(spoken, items, known):
        for voice, offered in offers.items():
            found[voice] = _naming(offered)
            known[voice] = found[voice].name  # of rivals none: it is not asked for again
    return found


def _offers(
    spoken: Mapping[int, Mapping[int, int]], items: Sequence[Item], names: Mapping[int, str]
) -> dict[int, dict[str, str]]:
    """Names that single items leave for voices, each with its evidence."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for at, item in enumerate(items):
        here = {voice: times[at] for voice, times in spoken.items() if times.get(at)}
        enough_ms = min(_MUCH_MS, int(_MOST * sum(here.values())))
        taken = {names.get(voice, "").casefold() for voice in here}
        left = [name for name in item.speakers if name.casefold() not in taken]
        unnamed = [voice for voice, ms in here.items() if voice not in names and ms >= enough_ms]
        if len(left) == 1 and len(unnamed) == 1:
            found[unnamed[0]][left[0]] = "item" if len(item.speakers) == 1 else "roster"
    return {
        voice: offered
        for voice, offered in found.items()
        if len(offered) > 1 or _may_be(spoken[voice], next(iter(offered)), items)
    }


def _may_be(times: Mapping[int, int], name: str, items: Sequence[Item]) -> bool:
    """Whether a voice is not heard for long in items whose people are others."""
    inside_ms = outside_ms = 0
    for at, spoken_ms in times.items():
        if name in items[at].speakers:
            inside_ms += spoken_ms
        elif items[at].speakers:
            outside_ms += spoken_ms
    return outside_ms * 2 <= inside_ms


def _naming(offered: Mapping[str, str]) -> Naming:
    if len(offered) > 1:
        return Naming(rivals=tuple(sorted(offered)))
    name, evidence = next(iter(offered.items()))
    return Naming(name, evidence)


def voices(
    heard: Heard,
    decided: Mapping[int, Naming],
    people: Mapping[str, Vectors],
    items: Sequence[Item],
) -> tuple[Voice, ...]:
    """Every voice with its name, or a proposal, or neither.

    A reviewer's decision stands above clips of people, these above what the rundown leaves.

    Args:
        heard: the voices.
        decided: what reviewers decided, by voice.
        people: the clips of each person in the roster, [clips, d].
        items: the programme's.
    """
    alike = [likeness(centroid, people) for centroid in heard.centroids]
    alike += [Likeness()] * (len(heard.speech_ms) - len(alike))
    sure: dict[int, Naming] = dict(decided)
    for number, like in enumerate(alike, start=1):
        if like.is_sure:
            sure.setdefault(number, Naming(like.name, "enrolment"))
    known = {number: naming.name for number, naming in sure.items()}
    known |= dict.fromkeys(heard.singers, "")  # nobody of the rundown's speakers
    left = by_elimination(heard.in_items, items, known)
    proposed = dict(enumerate(heard.labels, start=1))
    proposed |= {number: like.name for number, like in enumerate(alike, 1) if like.is_likely}
    found = []
    for number, (speech_ms, like) in enumerate(zip(heard.speech_ms, alike, strict=True), start=1):
        naming = sure.get(number) or left.get(number) or Naming()
        found.append(
            Voice(
                number=number,
                speech_ms=speech_ms,
                name=naming.name,
                evidence=naming.evidence,
                proposal="" if naming.evidence else proposed.get(number, ""),
                cosine=round(like.cosine, 3),
                margin=round(like.margin, 3),
                is_music=number in heard.singers,
                flags=(two_people(naming.rivals),) if naming.rivals else (),
            )
        )
    return tuple(found)
