"""Read the tables people keep about a programme: any common form, rows with line numbers."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pipeline.core import reading
from pipeline.core.errors import InputError
from pipeline.core.language import is_tag, tag_for

_DELIMITERS: Final = ("\t", ";", ",")
_LISTS: Final = ";|"
_NAMES: Final = {"\t": "tabs", ";": "semicolons", ",": "commas"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its cells by column name, blank cells as empty text."""

    place: str  # "file, line 7"
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def read(path: Path, what: str) -> str:
    """The text of `path`: UTF-8, or UTF-16 where a spreadsheet wrote that.

    Raises:
        InputError: there is no such file, or it is not text.
    """
    try:
        data = reading.regular(path)
    except OSError as error:
        message = f"{what} {path} cannot be read: {error.strerror or error}"
        raise InputError(message, hint="check its name in the info file") from None
    return reading.decoded_table(data, str(path))


def rows(text: str, name: str) -> tuple[tuple[str, ...], Iterator[Row]]:
    """The column names of the first line, and the rows below it that hold anything.

    Columns stand apart by tabs, semicolons or commas, whichever the first line uses. Lines that
    begin with `#` are for people. In a table with tabs every line is a row, whatever quotes it has.

    Raises:
        InputError: there is no first line, two columns have one name, or the table is malformed.
    """
    lines = _cells(text, name)
    number, header = next(lines, (1, ()))
    columns = tuple(cell.casefold() for cell in header)
    while columns and not columns[-1]:
        columns = columns[:-1]
    if not columns:
        raise InputError(f"{name}: empty", hint="its first line names the columns")
    twice = next((column for column in columns if columns.count(column) > 1), None)
    if twice is not None:
        message = f"{name}, line {number}: two columns are named {twice!r}"
        raise InputError(message, hint="give each column a name of its own")
    return columns, _rows(lines, columns, name)


def nearest(word: str, known: tuple[str, ...]) -> str:
    """A hint that names what was probably meant, or all there is."""
    close = difflib.get_close_matches(word.casefold(), known, n=1)
    return f"did you mean {close[0]}?" if close else f"known are: {', '.join(known)}"


def several(cell: str) -> tuple[str, ...]:
    """The entries of a cell that holds a list: `Anna Petrova; Juan Perez`."""
    for mark in _LISTS:
        cell = cell.replace(mark, "\n")
    return tuple(entry for part in cell.split("\n") if (entry := part.strip()))


def language(text: str, place: str) -> str:
    """The language tag that somebody wrote, in whatever case.

    Raises:
        InputError: there is no such language; the message names `place`.
    """
    for tag in (text, text.casefold()):
        if is_tag(tag):
            return tag
    meant = tag_for(text)
    hint = f"did you mean {meant}?" if meant else "use tags such as ru, es, en"
    raise InputError(f"{place}: unknown language {text!r}", hint=hint)


def _rows(
    lines: Iterator[tuple[int, tuple[str, ...]]], columns: tuple[str, ...], name: str
) -> Iterator[Row]:
    for number, cells in lines:
        if any(cells[len(columns) :]):
            message = f"{name}, line {number}: more cells than the {len(columns)} columns"
            raise InputError(
                message, hint='put a cell that contains the separator in quotes: "a, b"'
            )
        yield Row(f"{name}, line {number}", dict(zip(columns, cells, strict=False)))


def _cells(text: str, name: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    delimiter = _delimiter(text)
    tabs = delimiter == "\t"
    quoting: Literal[0, 3] = csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, delimiter=delimiter, quoting=quoting, strict=True)
    begun = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _malformed(f"{name}, line {begun}", error) from None
        cells = tuple(" ".join((_unquoted(cell) if tabs else cell).split()) for cell in row)
        if any(cells) and not cells[0].startswith("#"):
            yield begun, cells
        begun = reader.line_num + 1


def _malformed(place: str, error: csv.Error) -> InputError:
    limit = csv.field_size_limit()
    if "field limit" not in str(error):
        return InputError(f"{place}: {error}", hint="is a closing quote missing on this line?")
    return InputError(
        f"{place}: a cell of more than {limit} characters",
        hint="shorten it; or is a closing quote missing, or is this another file?",
    )


def _delimiter(text: str) -> str:
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            return max(_DELIMITERS, key=line.count)
    return ","


def _unquoted(cell: str) -> str:
    """What a spreadsheet meant: it puts a cell with quotes into quotes and doubles those inside."""
    inner = cell.strip()
    if len(inner) > 1 and inner[0] == inner[-1] == '"':
        inner = inner[1:-1]
        if '"' not in inner.replace('""', ""):
            return inner.replace('""', '"')
    return cell
