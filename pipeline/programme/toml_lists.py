"""Lists of tables in TOML, `[[people]]` or `[[items]]`, each table with its line."""

from __future__ import annotations

import re
from typing import Any

from pipeline.core import reading
from pipeline.core.errors import InputError


def entries(text: str, name: str, key: str, *, hint: str) -> list[tuple[str, dict[str, Any]]]:
    """The tables of the list `key`, each after its place: `file, line 7`.

    Where they are written without headers the place is `file, entry 2`.

    Raises:
        InputError: it is not TOML, there is another key, or `key` is no list of tables.
    """
    content = reading.toml(text, name, hint=hint)
    unknown = next((other for other in content if other != key), None)
    if unknown is not None:
        raise InputError(f"{name}: unknown key {unknown!r}", hint=hint)
    found = content.get(key, [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise InputError(f"{name}: {key} is not a list of tables", hint=hint)
    return list(zip(_places(text, name, key, len(found)), found, strict=True))


def _places(text: str, name: str, key: str, count: int) -> list[str]:
    header = re.compile(rf"^[ \t]*\[\[[ \t]*{re.escape(key)}[ \t]*\]\]", re.MULTILINE)
    lines = [text.count("\n", 0, found.start()) + 1 for found in header.finditer(text)]
    if len(lines) == count:
        return [f"{name}, line {line}" for line in lines]
    return [f"{name}, entry {number}" for number in range(1, count + 1)]
