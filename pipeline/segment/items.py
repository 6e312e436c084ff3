"""Items of the programme: the rundown's rough borders, moved to where the recording turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pipeline.core.clock import clock
from pipeline.core.payloads import Transcript
from pipeline.core.timeline import MOVED, NO_EVIDENCE, Item, ItemKind, Turn
from pipeline.programme import rundown
from pipeline.programme.rundown import Entry
from pipeline.segment import item_evidence, listed
from pipeline.segment.item_evidence import Evidence, voice_of
from pipeline.segment.listed import Listed

_STAYING: Final = -20.0  # a border stays only where nothing is near, or what is near is taken
_FAR: Final = 0.75  # what the window's edge is worth less than its middle
_REACH_MS: Final = 120_000  # who is heard so near a border tells what it parts
_SHRINKS: Final = 4  # an item keeps at least this part of the length it has in the rundown
_STRANGER: Final = 1.0  # what an observation of somebody speaks against, who is not listed there
_HANDED: Final = 2.0  # a guest has the last word, and the host presents what is next
_ROUNDS: Final = 2
_SLACK_MS: Final = 1_000  # the silence at a border: its middle may be in reach and its edge not
_MOST_CHOICES: Final = 40  # for one border; recordings from strangers may offer thousands


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of the rundown with its holes filled: where it roughly begins, what it is."""

    start_ms: int
    entry: Entry | None

    @property
    def kind(self) -> ItemKind:
        return self.entry.kind if self.entry else ItemKind.OTHER

    @property
    def people(self) -> frozenset[str]:
        return frozenset(self.entry.speakers if self.entry else ())


@dataclass(frozen=True, slots=True)
class _Choice:
    """A place for a border, and what speaks for it by itself."""

    at_ms: int
    score: float
    is_evident: bool = True


def whole(duration_ms: int, title: str) -> tuple[Item, ...]:
    """One item for the whole programme, where no rundown tells of any."""
    return (Item(start_ms=0, end_ms=duration_ms, title=title),)


def place(
    entries: Sequence[Entry],
    transcript: Transcript,
    turns: Sequence[Turn],
    *,
    window_ms: int,
    pause_ms: int,
) -> tuple[Item, ...]:
    """Items in order, disjoint, covering the recording.

    A border moves by at most `window_ms` and a second, for the silence that it lies in.

    A hole of the rundown up to a window long is rough timing and belongs to one border; a longer
    one becomes an item without a title. All borders are chosen together, so that the sum of what
    speaks for them is largest: edges of music that suit the items' kinds, that other people and
    languages are heard before than after, that those are heard whom the rundown lists, that who
    leaves is followed by who stays, a change of voice, a pause of `pause_ms` or more, that
    the rundown's time is near. A border with none of these keeps the rundown's time and is flagged
    `no_evidence`; what moved is flagged `moved:+4200`, in milliseconds.

    Raises:
        InputError: an entry starts after the recording's end.
    """
    duration_ms = transcript.duration_ms
    rundown.check_end(entries, duration_ms)
    parts = tuple(_parts(entries, duration_ms, window_ms))
    evidence = item_evidence.gather(transcript, turns, pause_ms)
    known = {voice_of(turn): turn.speaker for turn in turns if turn.speaker}
    borders = [_Choice(part.start_ms, 0.0) for part in parts]
    whose: dict[str, str] | None = None
    for _ in range(_ROUNDS):  # who is who follows from where items are, and the other way round
        spans = pairwise([*(border.at_ms for border in borders), duration_ms])
        placed = [listed.Part(*span, part.people) for span, part in zip(spans, parts, strict=True)]
        before, whose = whose, listed.whose(evidence.voices, placed, known)
        if whose == before:
            break
        heard = Listed.given(evidence.voices, whose)
        borders = _best(parts, evidence, heard, duration_ms, window_ms)
    ends = [*(border.at_ms for border in borders[1:]), duration_ms]
    return tuple(map(_item, parts, borders, ends))


def moves(items: Sequence[Item]) -> tuple[str, ...]:
    """One line for each border that moved, or that nothing tells the place of; no line ends."""
    return tuple(
        f"{clock(item.start_ms)} {' '.join(item.title.split()) or '(no title)'}: {told}"
        for item in items
        for flag in item.flags
        if (told := _told(flag))
    )


def _told(flag: str) -> str:
    if flag == NO_EVIDENCE:
        return "as in the rundown: no music, change of people or pause is near"
    if flag.startswith(MOVED):
        moved_ms = int(flag.removeprefix(MOVED))
        side = "later" if moved_ms > 0 else "earlier"
        return f"{abs(moved_ms) / 1000:.1f} s {side} than in the rundown"
    return ""


def _parts(entries: Sequence[Entry], duration_ms: int, window_ms: int) -> Iterator[_Part]:
    at_ms = 0
    for entry in entries:
        if entry.start_ms - at_ms > window_ms:
            yield _Part(at_ms, None)
        yield _Part(entry.start_ms, entry)
        at_ms = duration_ms if entry.end_ms is None else entry.end_ms
    if duration_ms - at_ms > window_ms:
        yield _Part(at_ms, None)


@dataclass(frozen=True, slots=True)
class _Way:
    """The best choice of all borders up to one: its score, the last choice, and which went before.

    `before` is an index into the ways to the border before; -1 where this is the first.
    """

    score: float
    choice: _Choice
    before: int = -1


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What lies between two borders, of which the rundown gives the rough times."""

    evidence: Evidence
    heard: Listed
    people: frozenset[str]
    from_ms: int
    to_ms: int

    def way(self, ways: Sequence[_Way], choice: _Choice) -> _Way | None:
        """The best way on to a choice of the later border; None where it is too near to all."""
        found: _Way | None = None
        for index, before in enumerate(ways):
            long_ms = choice.at_ms - before.choice.at_ms
            if long_ms <= 0 or long_ms * _SHRINKS < self.to_ms - self.from_ms:
                continue
            score = before.score + choice.score + self._of_one(before.choice.at_ms, choice.at_ms)
            if found is None or score > found.score:
                found = _Way(score, choice, index)
        return found

    def _of_one(self, from_ms: int, to_ms: int) -> float:
        """How well one group explains it, or in a long one its first minutes and its last."""
        strange = 0
        if self.people:
            strange = self.heard.strangers(self.people, from_ms, to_ms)
        against = _STRANGER * strange
        if self.to_ms - self.from_ms <= 2 * _REACH_MS:
            return self.evidence.of_one(from_ms, to_ms) - against
        first = self.evidence.of_one(from_ms, self.from_ms + _REACH_MS)
        return first + self.evidence.of_one(self.to_ms - _REACH_MS, to_ms) - against


def _best(
    parts: Sequence[_Part], evidence: Evidence, heard: Listed, duration_ms: int, window_ms: int
) -> list[_Choice]:
    """Where each part begins: the best of all ways to choose that keep the order.

    Dynamic programme from border to border: the best way to each choice of one border is kept,
    with what the stretch before it tells.
    """
    rough = [0, *(part.start_ms for part in parts[1:]), duration_ms]
    steps = [[_Way(0.0, _Choice(0, 0.0))]]
    for index, (before_ms, at_ms) in enumerate(pairwise(rough), 1):
        if index < len(parts):
            around = parts[index - 1], parts[index]
            choices = _choices(at_ms, window_ms, evidence, heard, around)
        else:
            choices = [_Choice(duration_ms, 0.0)]
        stretch = _Stretch(evidence, heard, parts[index - 1].people, before_ms, at_ms)
        ways = (stretch.way(steps[-1], choice) for choice in choices)
        steps.append([way for way in ways if way is not None])
    return _backwards(steps)


def _backwards(steps: Sequence[Sequence[_Way]]) -> list[_Choice]:
    """The choices of the best way, from the last step back to the first; without the last."""
    chosen: list[_Choice] = []
    index = 0
    for ways in reversed(steps):
        way = ways[index]
        chosen.append(way.choice)
        index = way.before
    return chosen[:0:-1]  # the last is the recording's end


def _choices(
    rough_ms: int, window_ms: int, evidence: Evidence, heard: Listed, parts: tuple[_Part, _Part]
) -> list[_Choice]:
    kinds = parts[0].kind, parts[1].kind
    people = parts[0].people, parts[1].people
    has_host = not people[0].isdisjoint(people[1])
    near = [
        _Choice(
            candidate.at_ms,
            evidence.strength(candidate, kinds, has_host=has_host)
            + _HANDED * heard.is_handed_over(candidate.voices, *people)
            - _FAR * (abs(candidate.at_ms - rough_ms) / max(window_ms, 1)) ** 2,
        )
        for candidate in evidence.near(rough_ms, window_ms + _SLACK_MS)
    ]
    near.sort(key=lambda choice: (-choice.score, choice.at_ms))
    return [*near[:_MOST_CHOICES], _Choice(rough_ms, _STAYING, is_evident=False)]


def _item(part: _Part, begins: _Choice, end_ms: int) -> Item:
    entry = part.entry or Entry(start_ms=part.start_ms, end_ms=None, kind=ItemKind.OTHER)
    return Item(
        start_ms=begins.at_ms,
        end_ms=end_ms,
        title=entry.title,
        speakers=entry.speakers,
        languages=entry.languages,
        kind=entry.kind,
        flags=_flags(begins, part.start_ms),
    )


def _flags(begins: _Choice, rough_ms: int) -> tuple[str, ...]:
    if not begins.is_evident:
        return (NO_EVIDENCE,)
    moved_ms = begins.at_ms - rough_ms
    return (f"{MOVED}{moved_ms:+d}",) if moved_ms else ()
