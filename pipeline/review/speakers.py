"""Whose voice it is, by what people said: names anchored to spans, not to a run's numbers."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.core import reading
from pipeline.core.errors import InputError
from pipeline.core.plain import one_line
from pipeline.core.workspace import ORIGINAL
from pipeline.review.decisions import Anchor, Speaker, packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pipeline.review.decisions import Decision

TWO_PEOPLE: Final = "two_people:"  # the flag, before the names: `two_people:Anna|Juan`
BETWEEN: Final = "|"
_REST_MS: Final = 1_000  # less of a span that a later one covers is an edge that moved, no person
_SHARE: Final = 4  # a span is a voice's that speaks in a quarter of it
_NAME_LENGTH: Final = 200
_LINE: Final = re.compile(
    r"(?:s|speaker|voice)?[ _]*([0-9]{1,9})(?:[ \t]*[=:][ \t]*(.*)|[ \t]+(.*))", re.IGNORECASE
)
_EXAMPLE: Final = "write one voice a line: 3 = Juan Perez"


class Named(NamedTuple):
    """A stretch in which somebody said who speaks; `centroid` is the voice as `identity` heard it.

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

    `name` is empty where nobody said, and where two people were named in it: then `flag` tells
    them, as `two_people:Anna|Juan`. `cosine` is 1 where spans told, else the likeness that did.
    """

    number: int
    name: str = ""
    flag: str = ""
    cosine: float = 0.0


def named_spans(decisions: Iterable[Decision]) -> tuple[Named, ...]:
    """Who was said to speak where, in time order and disjoint; a later word covers earlier ones.

    An empty name takes names back for as long as it lasts. Of a span that is covered in part the
    rest stays, where it is a second or more.
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
            standing = [rest for old in standing for rest in _uncovered(old, new)]
            standing += [new] if new.name else []
    return tuple(sorted(standing, key=lambda named: named.start_ms))


def resolve(
    named: Sequence[Named], voices: Sequence[Heard], identity: str, *, sure: float
) -> tuple[Resolved, ...]:
    """For each voice the name that people gave it, or the flag that they gave it several.

    Args:
        named: what `named_spans` gives.
        voices: the voices as they are now; one person may have several.
        identity: of the embedder that made the voices' centroids.
        sure: the cosine from which a named centroid tells whose a voice is. It is asked only where
            the span it was given on lies in no voice, the embedder is the same, and no span tells.
    """
    by_span: dict[int, list[Named]] = {}
    lost: list[Named] = []
    for one in named:
        owner = _owner(one, voices)
        if owner is not None:
            by_span.setdefault(owner, []).append(one)
        elif identity and one.identity == identity:
            lost.append(one)
    found = []
    for voice in voices:
        if told := by_span.get(voice.number):
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
    voices: Sequence[Heard],
    standing: Sequence[Named],
    identity: str = "",
    who: str = "",
    when: str = "",
    source: str = "",
) -> tuple[Speaker, ...]:
    """The decisions that give `voice` this name, or, empty, none: other names in it are taken back.

    It is anchored to the voice's longest piece. Nothing to decide where the name stands already.

    Raises:
        ValueError: a voice without pieces cannot be named.
    """
    inside = [one for one in standing if _owner(one, voices) == voice.number]
    others = [one for one in inside if one.name != name]
    spans = [(one.start_ms, one.end_ms) for one in others]
    made = [_speaker(span, "", who, when, source) for span in spans]
    if not name or len(others) < len(inside):
        return tuple(made)
    longest = max(voice.pieces, key=lambda piece: (piece[1] - piece[0], -piece[0]))
    given = Speaker(
        at=Anchor(track=ORIGINAL, start_ms=longest[0], end_ms=longest[1]),
        who=who,
        when=when,
        source=source,
        name=name,
        centroid=packed(voice.centroid),
        embedder=identity if len(voice.centroid) else "",
        voice=voice.number,
    )
    return (*made, given)


def parse_names(text: str, name: str, voices: Collection[int] | None = None) -> dict[int, str]:
    """The names in a file of lines `3 = Juan Perez` or `S03 Juan Perez`, by the voice's number.

    Two voices may have one name: one person, whom clustering took for two. `3 =` takes a name back.
    Lines that begin with `#` are for people.

    Args:
        text: the file's text.
        name: what to call the file in errors.
        voices: the numbers there are, where they are known.

    Raises:
        InputError: a line names no voice, one that is not there, or one that has another name.
    """
    found: dict[int, tuple[str, int]] = {}
    for at, line in enumerate(reading.LINE_END.split(text), 1):
        content = line.strip()
        if not content or content.startswith("#"):
            continue
        place = f"{name}, line {at}"
        number, person = _name_line(content, place)
        if number < 1 or (voices is not None and number not in voices):
            raise InputError(f"{place}: there is no voice {number}", hint=_known(voices))
        earlier, there = found.setdefault(number, (person, at))
        if earlier != person:
            message = f"{place}: voice {number} is {earlier!r} in line {there}"
            raise InputError(message, hint="keep one of the two lines")
    return {number: person for number, (person, _) in found.items()}


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


def _owner(named: Named, voices: Sequence[Heard]) -> int | None:
    """The voice that speaks in most of a span, the first of equals; None where none does much."""
    best, spoken = None, 0
    for voice in voices:
        overlap = sum(
            max(0, min(end, named.end_ms) - max(start, named.start_ms))
            for start, end in voice.pieces
        )
        if overlap > spoken:
            best, spoken = voice.number, overlap
    return best if spoken * _SHARE >= named.end_ms - named.start_ms else None


def _named(number: int, names: Sequence[str], likeness: float) -> Resolved:
    people = list(dict.fromkeys(names))
    if len(people) > 1:
        shown = BETWEEN.join(person.replace(BETWEEN, "/") for person in people)
        return Resolved(number, "", TWO_PEOPLE + shown, likeness)
    return Resolved(number, people[0], "", likeness) if people else Resolved(number)


def _speaker(span: tuple[int, int], name: str, who: str, when: str, source: str) -> Speaker:
    at = Anchor(track=ORIGINAL, start_ms=span[0], end_ms=span[1])
    return Speaker(at=at, who=who, when=when, source=source, name=name)


def _name_line(content: str, place: str) -> tuple[int, str]:
    found = _LINE.fullmatch(content)
    if found is None:
        shown = one_line(content[:60])
        raise InputError(f"{place}: no number and name: {shown!r}", hint=_EXAMPLE)
    person = " ".join((found[2] if found[2] is not None else found[3]).split())
    if BETWEEN in person or one_line(person) != person or len(person) > _NAME_LENGTH:
        message = f"{place}: not a name: {one_line(person[:60])!r}"
        hint = f"a name is up to {_NAME_LENGTH} characters long and has no {BETWEEN} in it"
        raise InputError(message, hint=hint)
    return int(found[1]), person


def _known(voices: Collection[int] | None) -> str:
    if voices is None:
        return "voices are numbered from 1: marathon speakers RECORDING"
    if not voices:
        return "no voices were told apart here"
    return f"there are voices {min(voices)} to {max(voices)}: marathon speakers RECORDING"
