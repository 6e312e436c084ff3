"""What another format, or a chat, left in an SRT file."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_FOREIGN: Final = re.compile(
    r"```\w*\s*$|WEBVTT( |\s*$)|\[(Script Info|V4\+? Styles\+?|Events|Fonts|Graphics)\]\s*$"
    r"|(Dialogue|Comment): *[\w=]{1,9},\d{1,3}:\d\d:",
)
_BEGINS: Final = frozenset("`W[DC")


def stretches(lines: Sequence[str], heads: Sequence[int], end: int) -> list[tuple[int, int]]:
    """From where to before where lines are not of SRT.

    `heads` are the lines under a blank one, before `end`, in order: what begins like another
    format goes on to the next of them.
    """
    is_foreign = [
        lines[head][0] in _BEGINS and _FOREIGN.match(lines[head]) is not None for head in heads
    ]
    found: list[tuple[int, int]] = []
    at = 0
    for foreign, run in groupby(is_foreign):
        first, at = at, at + sum(1 for _ in run)
        if foreign:
            found.append((heads[first], heads[at] if at < len(heads) else end))
    return found


def first_outside(heads: Sequence[int], between: Sequence[tuple[int, int]]) -> int | None:
    """The first of the lines under a blank one that is in none of those stretches."""
    at = 0
    for head in heads:
        while at < len(between) and between[at][1] <= head:
            at += 1
        if at == len(between) or head < between[at][0]:
            return head
    return None
