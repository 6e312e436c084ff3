"""The rundown: which item of the programme begins when. Its times are rough."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.core.clock import clock
from pipeline.core.errors import InputError
from pipeline.core.timeline import ItemKind
from pipeline.programme import outline, tables, toml_lists, yaml_lists
from pipeline.programme.tables import Row

COLUMNS: Final = ("start", "end", "title", "speakers", "languages", "kind")
_KEY: Final = "items"  # the list's name in TOML, and in YAML where it has one
_TOML: Final = 'write [[items]] and below it start = "0:12:30", title = "…", kind = "talk"'
_YAML: Final = "write each item as: - start: 0:12:30, and below it title: …, kind: talk"
_TABLES: Final = frozenset({".csv", ".tsv"})
_LISTS: Final = frozenset({"speakers", "languages"})
_TIME: Final = re.compile(
    r"(?:(?:(?P<hours>[0-9]{1,3}):)?(?P<minutes>[0-9]{1,3}):)?"
    r"(?P<seconds>[0-9]{1,7})(?:[.,](?P<fraction>[0-9]{1,9}))?",
)
_SIXTY: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a rundown; `end_ms` is None where the last one leaves it open."""

    start_ms: int
    end_ms: int | None
    title: str = ""
    speakers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    kind: ItemKind = ItemKind.TALK
    place: str = ""  # "file, line 7"


def load(path: Path) -> tuple[Entry, ...]:
    """Read the rundown at `path`: a table, TOML, YAML, or the lines of a video's description.

    What ends in .toml, .yaml, .yml, .csv or .tsv is taken as that; any other file is a table where
    its first line names a column start, else a description.

    Raises:
        InputError: it cannot be read or understood; the message names the line.
        MissingError: it is YAML, and there is no reader of it.
    """
    text, name, suffix = tables.read(path, "rundown"), str(path), path.suffix.casefold()
    if suffix == ".toml":
        return parse_toml(text, name)
    if suffix in {".yaml", ".yml"}:
        return parse_yaml(text, name)
    if suffix in _TABLES or _is_table(text):
        return parse(text, name)
    return parse_outline(text, name)


def parse(text: str, name: str) -> tuple[Entry, ...]:
    """Entries of a table, in time order, disjoint; an empty end is the start of the next one.

    Raises:
        InputError: a column, a time, a language or a kind is wrong, or two lines overlap.
    """
    columns, rows = tables.rows(text, name)
    _check_columns(columns, name)
    return _entries(rows, name, "add one line per item below the first")


def parse_outline(text: str, name: str) -> tuple[Entry, ...]:
    """Entries of the lines that begin with a time; other lines are passed by.

    Raises:
        InputError: there are none, or a time is wrong or not after the one above it.
    """
    hint = "begin one line per item with its time: 0:12:30 Title"
    return _entries(outline.rows(text, name), name, hint)


def parse_toml(text: str, name: str) -> tuple[Entry, ...]:
    """Entries of the tables `[[items]]`; keys are the columns of the table.

    Raises:
        InputError: it is not TOML, or as in `parse`.
    """
    found = toml_lists.entries(text, name, _KEY, hint=_TOML)
    return _entries((_row(place, entry, _TOML) for place, entry in found), name, _TOML)


def parse_yaml(text: str, name: str) -> tuple[Entry, ...]:
    """Entries of a list of mappings, bare or under `items`; keys are the columns of the table.

    Raises:
        InputError: it is not YAML, or as in `parse`.
        MissingError: there is no reader of YAML.
    """
    found = yaml_lists.entries(text, name, _KEY, hint=_YAML)
    return _entries((_row(place, entry, _YAML) for place, entry in found), name, _YAML)


def check_end(entries: Iterable[Entry], duration_ms: int) -> None:
    """Raise an InputError where an entry starts after the recording's end."""
    for entry in entries:
        if entry.start_ms >= duration_ms:
            start, end = clock(entry.start_ms), clock(duration_ms)
            message = f"{entry.place}: starts at {start}, but the recording ends at {end}"
            raise InputError(message, hint="is this the rundown of another recording?")


def parse_time(text: str) -> int | None:
    """Milliseconds of `1:02:03`, `62:03`, `3723` or `3723.5`; None where it is no time."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hours, minutes, seconds = (int(found[part] or 0) for part in ("hours", "minutes", "seconds"))
    if found["minutes"] is not None and seconds >= _SIXTY:
        return None
    if found["hours"] is not None and minutes >= _SIXTY:
        return None
    fraction_ms = int(f"{found['fraction'] or '':0<3}"[:3])
    return ((hours * _SIXTY + minutes) * _SIXTY + seconds) * 1000 + fraction_ms


def _is_table(text: str) -> bool:
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    cells = re.split(r"[\t;,]", next(lines, ""))
    return "start" in {cell.strip(' "').casefold() for cell in cells}


def _row(place: str, entry: dict[str, object], hint: str) -> Row:
    unknown = next((key for key in entry if key not in COLUMNS), None)
    if unknown is not None:
        message = f"{place}: unknown key {unknown!r}"
        raise InputError(message, hint=tables.nearest(unknown, COLUMNS))
    cells: dict[str, str] = {}
    for key, value in entry.items():
        parts = value if key in _LISTS and isinstance(value, list) else [value]
        texts = [_text(part) for part in parts]
        if None in texts:
            what = "text or a list of texts" if key in _LISTS else "text or a number"
            raise InputError(f"{place}: {key} is not {what}", hint=hint)
        cells[key] = ";".join(filter(None, texts))
    return Row(place, cells)


def _text(value: object) -> str | None:
    if isinstance(value, dt.time):  # TOML has times of day: start = 00:12:30
        return value.isoformat()
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return " ".join(str(value).split())
    return None


def _entries(rows: Iterable[Row], name: str, hint: str) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for row, until in _with_next_start(rows):
        entry = _entry(row, until)
        if entries:
            _check_order(entries[-1], entry, row)
        entries.append(entry)
    if not entries:
        hint = f"{hint}; or take rundown out of the info file"
        raise InputError(f"{name}: no items", hint=hint)
    return tuple(entries)


def _check_columns(columns: tuple[str, ...], name: str) -> None:
    if "start" not in columns:
        message = f"{name}, line 1: no column named start"
        raise InputError(message, hint=f"begin the file with the line: {','.join(COLUMNS)}")
    unknown = next((column for column in columns if column not in COLUMNS), None)
    if unknown is not None:
        message = f"{name}, line 1: unknown column {unknown!r}"
        raise InputError(message, hint=tables.nearest(unknown, COLUMNS))


def _with_next_start(rows: Iterable[Row]) -> Iterator[tuple[Row, int | None]]:
    waiting: Row | None = None
    for row in rows:
        if waiting is not None:
            yield waiting, _time(row, "start")
        waiting = row
    if waiting is not None:
        yield waiting, None


def _entry(row: Row, until_ms: int | None) -> Entry:
    start_ms = _time(row, "start")
    end_ms = _time(row, "end") if row["end"] else until_ms
    if not row["end"] and end_ms is not None and end_ms <= start_ms:
        end_ms = None  # the item below is the wrong one, and is told so
    if end_ms is not None and end_ms <= start_ms:
        message = f"{row.place}: ends at {clock(end_ms)}, not after its start {clock(start_ms)}"
        raise InputError(message, hint="correct its times, and keep the items in time order")
    return Entry(
        start_ms=start_ms,
        end_ms=end_ms,
        title=row["title"],
        speakers=tables.several(row["speakers"]),
        languages=_languages(row),
        kind=_kind(row),
        place=row.place,
    )


def _time(row: Row, column: str) -> int:
    time_ms = parse_time(row[column])
    if time_ms is None:
        message = f"{row.place}: {column} {row[column]!r} is not a time"
        raise InputError(message, hint="write h:mm:ss, m:ss or seconds, for example 1:02:03")
    return time_ms


def _languages(row: Row) -> tuple[str, ...]:
    words = re.sub(r"[;|/,]", " ", row["languages"]).split()
    return tuple(dict.fromkeys(tables.language(word, row.place) for word in words))


def _kind(row: Row) -> ItemKind:
    if not row["kind"]:
        return ItemKind.TALK
    try:
        return ItemKind(row["kind"].casefold())
    except ValueError:
        message = f"{row.place}: unknown kind {row['kind']!r}"
        raise InputError(message, hint=tables.nearest(row["kind"], tuple(ItemKind))) from None


def _check_order(before: Entry, entry: Entry, row: Row) -> None:
    start, above = clock(entry.start_ms), clock(before.start_ms)
    if before.end_ms is None or entry.start_ms <= before.start_ms:
        message = f"{row.place}: starts at {start}, not after the one above it ({above})"
        raise InputError(message, hint="put the items in time order")
    if entry.start_ms < before.end_ms:
        message = (
            f"{row.place}: starts at {start}, but the one above ends at {clock(before.end_ms)}"
        )
        raise InputError(message, hint="let one item end before the next one starts")
