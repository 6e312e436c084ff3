"""From cells to figures: medians of paired rounds, as tables and beside what is wanted of them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

import msgspec

from tests.bench.translation_worker import Cell

_MB: Final = 1_000_000
_NOTES: Final = (
    "Argos' own function gets this text from its `translate`, with its beam of 4, in the same",
    "release, with the same package and as many threads; spaCy is not installed beside it, which",
    "its import allows and which makes its start shorter. The package brings a rule that splits",
    "sentences; the networks that Argos fetches for it take longer. Random weights say 22 pieces",
    "for 24, whatever the words are. Ours begins with the words of the cues and ends with words on",
    "the clock. The floor is one call of CTranslate2 with the same sentences, tokenised and sorted",
    "beforehand. Memory is counted from where the weights are loaded.",
)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One way to translate: medians over the rounds; ratios are medians of each round's own."""

    name: str
    hypotheses: int
    strings: int
    seconds: float
    cpu_s: float
    over_floor: float | None
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
        faster_than_cues=_ratio(by_cue, own),
        faster_than_whole=_ratio(of_whole, own),
        source_pieces=cells[0].source_pieces,
        target_pieces=cells[0].target_pieces,
        peak_mb=round(max(cell.peak for cell in cells) / _MB),
        above_weights_mb=round(max(cell.peak - cell.loaded for cell in cells) / _MB),
        rounds=tuple(round(own[number].seconds, 2) for number in sorted(own)),
    )


def _ratio(upper: dict[int, Cell] | None, lower: dict[int, Cell] | None) -> float | None:
    """Of the seconds, the median of the rounds that both have."""
    both = sorted((upper or {}).keys() & (lower or {}).keys())
    if upper is None or lower is None or not both:
        return None
    return round(median(upper[each].seconds / lower[each].seconds for each in both), 3)


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


def lines(results: Results) -> list[str]:
    """All tables, in Markdown."""
    return [*_speed(results), *_programmes(results), *_qualities(results), *_limits(results)]


def _speed(results: Results) -> list[str]:
    titles = ("way", "strings", "seconds", "CPU s", "x floor's time", "x as fast as cue by cue")
    more = ("x as fast as whole text", "pieces in", "pieces out", "peak MB", "above weights MB")
    turns = max((len(row.rounds) for row in results.rows), default=0)
    releases = ", ".join(f"{name} {release}" for name, release in results.releases.items())
    head = (
        f"Russian to English: {results.lines} lines of {results.text} ({results.letters} letters, "
        f"{results.cues} cues); {results.processor}, {results.threads} threads, {turns} rounds; "
        f"{releases}"
    )
    return [
        head,
        "",
        *_NOTES,
        "",
        "## Speed, random weights in the true shape",
        "",
        *_head(titles + more),
        *(_line(_speed_cells(row)) for row in results.rows),
    ]


def _speed_cells(row: Row) -> tuple[str, ...]:
    ratios = (row.over_floor, row.faster_than_cues, row.faster_than_whole)
    return (
        row.name,
        f"{row.strings}",
        f"{row.seconds:.1f}",
        f"{row.cpu_s:.1f}",
        *("" if ratio is None else f"{ratio:.2f}" for ratio in ratios),
        f"{row.source_pieces}",
        f"{row.target_pieces}",
        f"{row.peak_mb:.0f}",
        f"{row.above_weights_mb:.0f}",
    )


def _programmes(results: Results) -> list[str]:
    titles = ("weights", "cues", "sentences", "seconds", "loaded MB", "above weights MB")
    return [
        "",
        "## Start, and a programme of four hours",
        "",
        "Seconds from the start of a process to its first text: "
        + ", ".join(f"{name} {seconds:.2f}" for name, seconds in results.starts.items()),
        "",
        *_head(titles),
        *(
            _line(
                (
                    each.name,
                    f"{each.cues}",
                    f"{each.sentences}",
                    f"{each.seconds:.1f}",
                    f"{each.loaded_mb:.0f}",
                    f"{each.above_weights_mb:.0f}",
                )
            )
            for each in results.wholes
        ),
    ]


def _qualities(results: Results) -> list[str]:
    return [
        "",
        "## Quality, demo package, held-out sentences",
        "",
        *_head(("way", "strings", "chrF")),
        *(_line((each.name, f"{each.strings}", f"{each.chrf:.1f}")) for each in results.quality),
    ]


def _limits(results: Results) -> list[str]:
    return [
        "",
        "## Wanted",
        "",
        *_head(("figure", "measured", "wanted", "reached")),
        *(
            _line(
                (
                    each.what,
                    f"{each.figure:g}",
                    f"{'at most' if each.is_most else 'at least'} {each.limit:g}",
                    "yes" if each.is_reached else "**no**",
                )
            )
            for each in wanted(results)
        ),
    ]


def _head(titles: Sequence[str]) -> list[str]:
    return [_line(titles), "|---|" + "---:|" * (len(titles) - 1)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
