"""Broadcasts with a rundown that is up to 20 s off: whether items begin where they truly do.

A border has music (a piece that is an item of its own, or a signal that opens the next item), or
the item's people change at it, or it has only a pause: the same speaker goes on. Where one person
stays, as a host does, somebody else ends the item and the host opens most of the next ones.
Anywhere in the silence at a border is right.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pipeline.core.timeline import ItemKind
from pipeline.programme.rundown import Entry
from pipeline.segment import items as item_borders
from pipeline.segment import turns as speaker_turns
from tests.bench import mixes, speakers_path, speakers_turns
from tests.bench.mixes import Desk, Voices

if TYPE_CHECKING:
    from pipeline.core.decoding import Samples
    from pipeline.core.payloads import Transcript
    from pipeline.core.timeline import Item, Turn

KINDS: Final = ("music", "people", "pause")
_MIXED: Final = {"music": 3, "people": 4, "pause": 5}
OFF_MS: Final = 20_000
NEAR_MS: Final = 1_000
PROPOSED_MS: Final = 5_000
_TALK_MS: Final = (40_000, 80_000)
_PIECE_MS: Final = (25_000, 45_000)
_SIGNAL_MS: Final = (5_000, 10_000)
_BESIDE_MS: Final = (300, 900)  # between speech and music
_PAUSE_MS: Final = (1_000, 3_000)  # of a border that has only a pause
_LEAST_MS: Final = 2_000  # an item lasts, by the rundown
_ALONE: Final = 0.4
_OPENS: Final = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """Where an item begins: anywhere in the silence; `shared`, one person of both items."""

    kind: str
    from_ms: int
    to_ms: int
    is_shared: bool = False

    def off_ms(self, at_ms: int) -> int:
        """How far a time lies from it."""
        return max(self.from_ms - at_ms, at_ms - self.to_ms, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """The sound and the truth: borders in order, and the items, one more than borders."""

    name: str
    samples: Samples
    borders: tuple[Border, ...]
    items: tuple[Entry, ...]  # at their true times


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """Borders of a kind, in percent of them: near before and after, and kept as without evidence.

    `flagged_right` are those that keep the rundown's time and say so.
    """

    kind: str
    borders: int
    near: float
    near_in_rundown: float
    unplaced: float


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """Borders without a rundown, at 5 s."""

    programme: str
    borders: int
    proposed: int
    precision: float
    recall: float
    f1: float
    recall_by_kind: dict[str, float]


def mixed(seed: int) -> tuple[str, ...]:
    """Kinds of borders in any order; music makes two of one often, and pauses are a third still."""
    kinds = [kind for kind, count in _MIXED.items() for _ in range(count)]
    random.Random(seed).shuffle(kinds)
    return tuple(kinds)


def compose(
    voices: Voices, music: Sequence[Samples], kinds: Sequence[str], *, seed: int, name: str
) -> Broadcast:
    """A broadcast with a border for each of `kinds`; a piece of music makes two of one."""
    rng = random.Random(seed)
    desk = Desk(voices, rng)
    people = _people(voices, rng, ())
    last = mixes.converse(desk, people, rng.randint(*_TALK_MS), rng)
    items = [Entry(start_ms=0, end_ms=None, title="1", speakers=people)]
    borders: list[Border] = []

    def begin(border: Border, speakers: tuple[str, ...], kind: ItemKind) -> None:
        borders.append(border)
        title = str(len(items) + 1)
        start_ms = (border.from_ms + border.to_ms) // 2
        items.append(
            Entry(start_ms=start_ms, end_ms=None, title=title, speakers=speakers, kind=kind)
        )

    for kind in kinds:
        is_same = kind == "pause" or (kind == "music" and rng.random() < _ALONE)
        now = people if is_same else _people(voices, rng, people)
        if kind == "music":
            _music(desk, music, rng, now, begin)
        else:
            leaving = sorted(set(people) - set(now))
            if kind == "people" and leaving and last in now:
                last = mixes.converse(desk, leaving[:1], 1, rng, first=leaving[0])
            spoken_ms = desk.turns[-1].end_ms
            desk.rest(rng.randint(*(_PAUSE_MS if kind == "pause" else mixes.PAUSE_MS)))
            shared = kind == "people" and not set(now).isdisjoint(people)
            to_ms = desk.now_ms
            begin(
                Border(kind=kind, from_ms=spoken_ms, to_ms=to_ms, is_shared=shared),
                now,
                ItemKind.TALK,
            )
        first = last if kind == "pause" else _first(now, people, last, rng)
        last = mixes.converse(desk, now, rng.randint(*_TALK_MS), rng, first=first)
        people = now
    return Broadcast(name=name, samples=desk.finish(), borders=tuple(borders), items=tuple(items))


def _first(now: Sequence[str], before: Sequence[str], last: str, rng: random.Random) -> str:
    """Who opens an item: mostly who stays; never who ended the one before, if there is another."""
    others = [who for who in now if who != last] or [*now]
    staying = [who for who in others if who in before]
    return rng.choice(staying if staying and rng.random() < _OPENS else others)


def _people(voices: Voices, rng: random.Random, before: Sequence[str]) -> tuple[str, ...]:
    """One or two people, at least one of them new."""
    while True:
        some = tuple(rng.sample(sorted(voices), rng.choice((1, 2))))
        if not set(some) <= set(before):
            return some


def _music(
    desk: Desk, music: Sequence[Samples], rng: random.Random, people: tuple[str, ...], begin: Any
) -> None:
    spoken_ms = desk.turns[-1].end_ms
    desk.rest(rng.randint(*_BESIDE_MS))
    is_piece = rng.random() < 1 / 2
    border = Border(kind="music", from_ms=spoken_ms, to_ms=desk.now_ms)
    begin(border, () if is_piece else people, ItemKind.MUSIC if is_piece else ItemKind.TALK)
    desk.play(rng.choice(music), rng.randint(*(_PIECE_MS if is_piece else _SIGNAL_MS)))
    over_ms = desk.now_ms
    desk.rest(rng.randint(*_BESIDE_MS))
    if is_piece:
        border = Border(kind="music", from_ms=over_ms, to_ms=desk.now_ms)
        begin(border, people, ItemKind.TALK)


def rundown(broadcast: Broadcast, seed: int) -> tuple[Entry, ...]:
    """The items with every border but the first moved by up to 20 s either way, in order still."""
    rng = random.Random(seed)
    while True:
        moved = [
            entry.start_ms + (rng.randint(-OFF_MS, OFF_MS) if number else 0)
            for number, entry in enumerate(broadcast.items)
        ]
        if all(after - before >= _LEAST_MS for before, after in pairwise(moved)):
            break
        rng = random.Random(rng.randrange(2**32))
    ends = [*moved[1:], None]
    return tuple(
        replace(entry, start_ms=start_ms, end_ms=end_ms)
        for entry, start_ms, end_ms in zip(broadcast.items, moved, ends, strict=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A border, the rundown's time for it, and the item that begins there."""

    border: Border
    rough_ms: int
    item: Item


def heard(broadcast: Broadcast) -> tuple[Transcript, tuple[Turn, ...]]:
    """The transcript, and turns by voices that we found ourselves."""
    told = speakers_path.heard(broadcast.samples, speakers_turns.EMBEDDERS, faint=False)
    numbers = speakers_turns.numbers(told)
    of_words = [
        number
        for piece, number in zip(told.pieces, numbers, strict=True)
        for _ in range(piece.first, piece.last)
    ]
    phrases = told.transcript.phrases
    return told.transcript, speaker_turns.turns(phrases, (), pause_ms=1_500, voices=of_words)


def placed(
    broadcast: Broadcast, transcript: Transcript, turns: Sequence[Turn], seed: int
) -> list[Outcome]:
    """Every border after snapping."""
    entries = rundown(broadcast, seed)
    items = item_borders.place(entries, transcript, turns, window_ms=OFF_MS, pause_ms=700)
    by_title = {item.title: item for item in items}
    return [
        Outcome(border=border, rough_ms=entry.start_ms, item=by_title[entry.title])
        for border, entry in zip(broadcast.borders, entries[1:], strict=True)
    ]


def table(outcomes: Sequence[Outcome]) -> list[Placed]:
    """By kind."""
    groups: Mapping[str, list[Outcome]] = {
        kind: [one for one in outcomes if one.border.kind == kind] for kind in KINDS
    }
    people = groups["people"]
    split = {
        "people, nobody stays": [one for one in people if not one.border.is_shared],
        "people, one stays": [one for one in people if one.border.is_shared],
    }
    return [_placed(kind, some) for kind, some in (groups | split).items() if some]


def _placed(kind: str, some: Sequence[Outcome]) -> Placed:
    def share(counts: Sequence[bool]) -> float:
        return round(100 * sum(counts) / len(some), 1)

    return Placed(
        kind=kind,
        borders=len(some),
        near=share([one.border.off_ms(one.item.start_ms) <= NEAR_MS for one in some]),
        near_in_rundown=share([one.border.off_ms(one.rough_ms) <= NEAR_MS for one in some]),
        unplaced=share(["no_evidence" in one.item.flags for one in some]),
    )


def times(items: Sequence[Item]) -> list[int]:
    """Where items begin but the first."""
    return [item.start_ms for item in items[1:]]


def proposed(programme: str, found: Sequence[tuple[Broadcast, Sequence[int]]]) -> Proposed:
    """Proposed borders against the true ones, one to one, nearest first."""
    hits = 0
    by_kind: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    for broadcast, times in found:
        pairs = sorted(
            (border.off_ms(at), number, place)
            for number, border in enumerate(broadcast.borders)
            for place, at in enumerate(times)
            if border.off_ms(at) <= PROPOSED_MS
        )
        got: set[int] = set()
        used: set[int] = set()
        for _, number, place in pairs:
            if number not in got and place not in used:
                got.add(number)
                used.add(place)
        hits += len(got)
        for number, border in enumerate(broadcast.borders):
            by_kind[border.kind].append(number in got)
    borders = sum(len(broadcast.borders) for broadcast, _ in found)
    count = sum(len(times) for _, times in found)
    return Proposed(
        programme=programme,
        borders=borders,
        proposed=count,
        precision=round(hits / max(1, count), 3),
        recall=round(hits / max(1, borders), 3),
        f1=round(2 * hits / max(1, count + borders), 3),
        recall_by_kind={k: round(sum(v) / len(v), 3) for k, v in by_kind.items() if v},
    )
