"""From cells to figures: medians of paired rounds, and what is wanted of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

import msgspec

from tests.bench.translation_worker import Cell

_MB: Final = 1_000_000
_PEER: Final = "Argos"
_LEAST: Final = {1: 4.4, 4: 3.9}  # times as fast, by the number of hypotheses kept
_MOST_OVER_FLOOR: Final = 1.12


class Ratios(msgspec.Struct, frozen=True, kw_only=True):
    """Medians of each round's own ratio."""

    seconds: float
    cpu_s: float


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One way to translate: medians over the rounds, and ratios.

    `over_floor` is what it takes of the floor's time, `against` what each of Argos' ways takes of
    its own.
    """

    name: str
    hypotheses: int
    strings: int
    seconds: float
    cpu_s: float
    over_floor: Ratios | None
    against: dict[str, Ratios]
    source_pieces: int
    target_pieces: int
    peak_mb: float
    above_weights_mb: float
    rounds: tuple[float, ...]


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """From the start of a process to its first text, and what the processors did for it."""

    name: str
    seconds: float
    cpu_s: float


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """A programme of hours, once."""

    name: str
    cues: int
    sentences: int
    seconds: float
    loaded_mb: float
    above_weights_mb: float


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """How like the known translations the texts are."""

    name: str
    strings: int
    chrf: float


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """A results file: what was compared, on what, and what came out."""

    text: str
    lines: int
    letters: int
    cues: int
    processor: str
    processors: int
    threads: int
    python: str
    releases: dict[str, str]
    rows: tuple[Row, ...]
    starts: tuple[Start, ...]
    wholes: tuple[Whole, ...]
    quality: tuple[Quality, ...]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A figure beside what is wanted of it."""

    what: str
    figure: float
    limit: float
    is_most: bool = False  # else the limit is the least

    @property
    def is_reached(self) -> bool:
        """Whether it is."""
        return self.figure <= self.limit if self.is_most else self.figure >= self.limit


def rows(cells: Sequence[tuple[int, str, Cell]]) -> tuple[Row, ...]:
    """One row for each name, in the order in which they come in the first round."""
    by_name: dict[str, dict[int, Cell]] = {}
    for number, name, cell in cells:
        by_name.setdefault(name, {})[number] = cell
    return tuple(_row(name, by_name) for name in by_name)


def whole(name: str, cues: int, cell: Cell) -> Whole:
    """One programme's figures."""
    return Whole(
        name=name,
        cues=cues,
        sentences=cell.sentences,
        seconds=round(cell.seconds, 1),
        loaded_mb=round(cell.loaded / _MB),
        above_weights_mb=round((cell.peak - cell.loaded) / _MB),
    )


def medians(starts: Sequence[Start]) -> tuple[Start, ...]:
    """One for each name."""
    by_name: dict[str, list[Start]] = {}
    for start in starts:
        by_name.setdefault(start.name, []).append(start)
    return tuple(
        Start(
            name=name,
            seconds=round(median(one.seconds for one in own), 2),
            cpu_s=round(median(one.cpu_s for one in own), 2),
        )
        for name, own in by_name.items()
    )


def _row(name: str, by_name: dict[str, dict[int, Cell]]) -> Row:
    own = by_name[name]
    cells = [*own.values()]
    floor = by_name.get(f"floor,{name.partition(',')[2]}", {})
    peers = {other: rounds for other, rounds in by_name.items() if other.startswith(_PEER)}
    against = {other: _ratios(rounds, own) for other, rounds in peers.items()}
    return Row(
        name=name,
        hypotheses=cells[0].hypotheses,
        strings=cells[0].sentences,
        seconds=round(median(cell.seconds for cell in cells), 2),
        cpu_s=round(median(cell.cpu_s for cell in cells), 2),
        over_floor=_ratios(own, floor),
        against={other: ratios for other, ratios in against.items() if ratios},
        source_pieces=cells[0].source_pieces,
        target_pieces=cells[0].target_pieces,
        peak_mb=round(max(cell.peak for cell in cells) / _MB),
        above_weights_mb=round(max(cell.peak - cell.loaded for cell in cells) / _MB),
        rounds=tuple(round(own[number].seconds, 2) for number in sorted(own)),
    )


def _ratios(upper: dict[int, Cell], lower: dict[int, Cell]) -> Ratios | None:
    """Medians of the rounds that both have; None where there are none."""
    pairs = [(upper[each], lower[each]) for each in sorted(upper.keys() & lower.keys())]
    if not pairs:
        return None
    return Ratios(
        seconds=round(median(one.seconds / other.seconds for one, other in pairs), 3),
        cpu_s=round(median(one.cpu_s / other.cpu_s for one, other in pairs), 3),
    )


def wanted(results: Results) -> list[Wanted]:
    """What the project wants of these figures, as far as they were measured."""
    found = [one for row in results.rows if row.name.startswith("ours") for one in _of_speed(row)]
    for start in results.starts:
        if start.name == "ours":
            what = "seconds from start to first text"
            found.append(Wanted(what=what, figure=start.seconds, limit=1.5, is_most=True))
    for each in results.wholes:
        what = f"MB above the weights, {each.sentences} sentences, {each.name}"
        found.append(Wanted(what=what, figure=each.above_weights_mb, limit=300, is_most=True))
    return [*found, *_of_quality({each.name: each.chrf for each in results.quality})]


def _of_speed(row: Row) -> Iterator[Wanted]:
    least = _LEAST[row.hypotheses]
    for how, ratios in row.against.items():
        for unit, figure in (("times as fast", ratios.seconds), ("times less CPU", ratios.cpu_s)):
            yield Wanted(what=f"{row.name}: {unit}, {how}", figure=figure, limit=least)
    if row.over_floor is not None:
        for unit, figure in (("time", row.over_floor.seconds), ("CPU", row.over_floor.cpu_s)):
            what = f"{row.name}: of the floor's {unit}"
            yield Wanted(what=what, figure=figure, limit=_MOST_OVER_FLOOR, is_most=True)


def _of_quality(scores: dict[str, float]) -> list[Wanted]:
    pairs = (
        ("ours, from sentences", "Argos, sentence by sentence"),
        ("ours, from full cues", "Argos, full cues"),
    )
    return [
        Wanted(what=f"chrF, {mine}; {theirs} has", figure=scores[mine], limit=scores[theirs])
        for mine, theirs in pairs
        if mine in scores and theirs in scores
    ]
