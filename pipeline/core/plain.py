"""Text that strangers wrote - file names above all - made fit to be stored and to be shown."""

from __future__ import annotations

import shlex
import unicodedata
from typing import Final

# Controls, marks that turn text round or cannot be seen, halves of characters, separators of lines:
# a terminal obeys the first and shows the rest as something else.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def storable(text: object) -> str:
    """`text` as UTF-8 can hold it: a file name may hold bytes that are no characters."""
    return str(text).encode("utf-8", "backslashreplace").decode()


def readable(text: object) -> str:
    """What a terminal can be given: only line ends are obeyed, what is hidden is spelt out."""
    return "\n".join(map(one_line, str(text).split("\n")))


def one_line(text: object) -> str:
    r"""Like `readable`, for what is one line whatever a file name says: \n is spelt out too."""
    return "".join(
        c.encode("unicode_escape").decode() if unicodedata.category(c) in _HIDDEN else c
        for c in str(text)
    )


def typed(path: object) -> str:
    """A file's name as a shell takes it; one that begins with a dash would be read as options."""
    name = str(path)
    return shlex.quote(f"./{name}" if name.startswith("-") else name)


def in_json(text: str) -> str:
    """JSON that a terminal can be given: the same values, what is hidden in them spelt out."""
    return "".join(
        c if c == "\n" or unicodedata.category(c) not in _HIDDEN else _unit_escapes(c) for c in text
    )


def _unit_escapes(c: str) -> str:
    units = c.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
