"""From cells to figures: medians of paired rounds, as a table, as JSON and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

import msgspec

from tests.bench.worker import Cell

_MB: Final = 1_000_000
_HOUR_S: Final = 3_600
_WIDTH, _ROW, _LEFT, _RIGHT = 640, 30, 170, 150


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One system: medians over the rounds; ratios are medians of each round's own ratio."""

    system: str
    seconds: float
    cpu_s: float
    speed: float
    windows: int
    windows_per_hour: float
    over_floor: float | None
    over_ours: float | None
    peak_mb: float
    above_weights_mb: float
    load_s: float
    rounds: tuple[float, ...]


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """A results file: what was compared, on what, and what came out."""

    name: str
    weights: str
    sound: str
    sound_s: float
    languages: tuple[str, ...]
    device: str
    processor: str
    processors: int
    threads: int
    batch: int
    python: str
    releases: dict[str, str]
    rows: tuple[Row, ...]


def rows(cells: Sequence[tuple[int, Cell]], sound_s: float) -> tuple[Row, ...]:
    """One row for each system, in the order in which they first come."""
    by_system: dict[str, dict[int, Cell]] = {}
    for number, cell in cells:
        by_system.setdefault(cell.system, {})[number] = cell
    return tuple(_row(name, by_system, sound_s) for name in by_system)


def _row(name: str, by_system: dict[str, dict[int, Cell]], sound_s: float) -> Row:
    own = by_system[name]
    cells = [*own.values()]
    seconds = median(cell.seconds for cell in cells)
    windows = round(median(cell.windows for cell in cells))
    return Row(
        system=name,
        seconds=round(seconds, 2),
        cpu_s=round(median(cell.cpu_s for cell in cells), 2),
        speed=round(sound_s / seconds, 1),
        windows=windows,
        windows_per_hour=round(windows * _HOUR_S / sound_s, 1),
        over_floor=_ratio(own, by_system.get("floor")),
        over_ours=_ratio(own, by_system.get("ours")),
        peak_mb=round(max(cell.peak for cell in cells) / _MB),
        above_weights_mb=round(max(cell.peak - cell.loaded for cell in cells) / _MB),
        load_s=round(median(cell.load_s for cell in cells), 2),
        rounds=tuple(round(own[number].seconds, 2) for number in sorted(own)),
    )


def _ratio(own: dict[int, Cell], other: dict[int, Cell] | None) -> float | None:
    if not other:
        return None
    pairs = [
        (cell.seconds, _slower(other[number])) for number, cell in own.items() if number in other
    ]
    return round(median(mine / theirs for mine, theirs in pairs), 3)


def _slower(cell: Cell) -> float:
    """The floor is the slower of engine and Silero, which could work at the same time."""
    return max(cell.seconds, cell.silero_s)


def lines(results: Results) -> list[str]:
    """The table, in Markdown."""
    head = (
        f"{results.weights}, {results.sound}: {results.sound_s / 60:.0f} minutes in "
        f"{', '.join(results.languages)}; {results.device}, {results.processor}, "
        f"{results.threads} threads, batches of {results.batch}, "
        f"{len(results.rows[0].rounds)} rounds"
    )
    titles = ("system", "seconds", "CPU s", "x real time", "windows/h", "over floor", "over ours")
    memory = ("peak MB", "above weights MB")
    table = [
        head,
        "",
        "| " + " | ".join((*titles, *memory)) + " |",
        "|---|" + "---:|" * (len(titles) + len(memory) - 1),
    ]
    return [*table, *map(_line, results.rows)]


def _line(row: Row) -> str:
    ratios = ["" if ratio is None else f"{ratio:.2f}" for ratio in (row.over_floor, row.over_ours)]
    cells = (
        row.system,
        f"{row.seconds:.1f}",
        f"{row.cpu_s:.1f}",
        f"{row.speed:.1f}",
        f"{row.windows_per_hour:.0f}",
        *ratios,
        f"{row.peak_mb:.0f}",
        f"{row.above_weights_mb:.0f}",
    )
    return "| " + " | ".join(cells) + " |"


def picture(results: Results) -> str:
    """Bars of seconds, as SVG."""
    longest = max(row.seconds for row in results.rows)
    height = _ROW * (len(results.rows) + 1) + 10
    size = f'width="{_WIDTH}" height="{height}" font-family="sans-serif" font-size="13"'
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="10" y="20" font-weight="bold">{results.name}: seconds, less is better</text>',
    ]
    for at, row in enumerate(results.rows, 1):
        y = at * _ROW
        length = round((_WIDTH - _LEFT - _RIGHT) * row.seconds / longest)
        colour = {"ours": "#c33", "floor": "#999"}.get(row.system, "#47a")
        told = f"{row.seconds:.1f} s, +{row.above_weights_mb:.0f} MB"
        out += [
            f'<text x="10" y="{y + 20}">{row.system}</text>',
            f'<rect x="{_LEFT}" y="{y + 5}" width="{length}" height="20" fill="{colour}"/>',
            f'<text x="{_LEFT + length + 6}" y="{y + 20}">{told}</text>',
        ]
    return "\n".join([*out, "</svg>", ""])
