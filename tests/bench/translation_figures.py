"""From cells to figures: medians of paired rounds, and what is wanted of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Final

import msgspec

from tests.bench.translation_worker import Cell

_MB: Final = 1_000_000


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One way to translate: medians over the rounds; ratios are medians of each round's own."""

    name: str
    hypotheses: int
    strings: int
    seconds: float
    cpu_s: float
    over_floor: float | None
    cpu_over_floor: float | None
    less_cpu_than_cues: float | None
    faster_than_cues: float | None
    faster_than_whole: float | None
    source_pieces: int
    target_pieces: int
    peak_mb: float
    above_weights_mb: float
    rounds: tuple[float, ...]


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
    starts: dict[str, float]
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


def medians(figures: Sequence[tuple[str, float]]) -> dict[str, float]:
    """The median of each name's figures."""
    names = dict.fromkeys(name for name, _ in figures)
    return {name: round(median(each for key, each in figures if key == name), 2) for name in names}


def _row(name: str, by_name: dict[str, dict[int, Cell]]) -> Row:
    own = by_name[name]
    cells = [*own.values()]
    floor = by_name.get(f"floor,{name.partition(',')[2]}")
    by_cue, of_whole = (by_name.get(f"Argos, {how}") for how in ("cue by cue", "whole text"))
    return Row(
        name=name,
        hypotheses=cells[0].hypotheses,
        strings=cells[0].sentences,
        seconds=round(median(cell.seconds for cell in cells), 2),
        cpu_s=round(median(cell.cpu_s for cell in cells), 2),
        over_floor=_ratio(own, floor),
        cpu_over_floor=_ratio(own, floor, _cpu_s),
        less_cpu_than_cues=_ratio(by_cue, own, _cpu_s),
        faster_than_cues=_ratio(by_cue, own),
        faster_than_whole=_ratio(of_whole, own),
        source_pieces=cells[0].source_pieces,
        target_pieces=cells[0].target_pieces,
        peak_mb=round(max(cell.peak for cell in cells) / _MB),
        above_weights_mb=round(max(cell.peak - cell.loaded for cell in cells) / _MB),
        rounds=tuple(round(own[number].seconds, 2) for number in sorted(own)),
    )


def _seconds(cell: Cell) -> float:
    return cell.seconds


def _cpu_s(cell: Cell) -> float:
    return cell.cpu_s


def _ratio(
    upper: dict[int, Cell] | None,
    lower: dict[int, Cell] | None,
    of: Callable[[Cell], float] = _seconds,
) -> float | None:
    """Of the seconds, the median of the rounds that both have."""
    both = sorted((upper or {}).keys() & (lower or {}).keys())
    if upper is None or lower is None or not both:
        return None
    return round(median(of(upper[each]) / of(lower[each]) for each in both), 3)


def wanted(results: Results) -> list[Wanted]:
    """What the project wants of these figures, as far as they were measured."""
    found = []
    for row in results.rows:
        least = {1: 4.4, 4: 3.9}[row.hypotheses]
        if not row.name.startswith("ours"):
            continue
        for against, figure in (
            ("Argos cue by cue", row.faster_than_cues),
            ("Argos on the whole text", row.faster_than_whole),
        ):
            if figure is not None:
                what = f"{row.name}: times as fast as {against}"
                found.append(Wanted(what=what, figure=figure, limit=least))
        if row.over_floor is not None:
            what = f"{row.name}: of the floor's time"
            found.append(Wanted(what=what, figure=row.over_floor, limit=1.12, is_most=True))
    if "ours" in results.starts:
        seconds = results.starts["ours"]
        what = "seconds from start to first text"
        found.append(Wanted(what=what, figure=seconds, limit=1.5, is_most=True))
    for each in results.wholes:
        what = f"MB above the weights, {each.sentences} sentences, {each.name}"
        found.append(Wanted(what=what, figure=each.above_weights_mb, limit=300, is_most=True))
    return [*found, *_of_quality({each.name: each.chrf for each in results.quality})]


def _of_quality(scores: dict[str, float]) -> list[Wanted]:
    pairs = (
        ("ours, from sentences", "Argos, sentence by sentence"),
        ("ours, from cues", "Argos, cue by cue"),
    )
    return [
        Wanted(what=f"chrF, {mine}; {theirs} has", figure=scores[mine], limit=scores[theirs])
        for mine, theirs in pairs
        if mine in scores and theirs in scores
    ]
