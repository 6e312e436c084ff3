"""What another format, or a chat, left in an SRT file."""

from __future__ import annotations

import re
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
    found: list[tuple[int, int]] = []
    begins = stopped = -1
    for head, stop in zip(heads, [*heads, end][1:], strict=True):
        line = lines[head]
        if line[0] in _BEGINS and _FOREIGN.match(line):
            if head == stopped:
                found.pop()
            else:
                begins = head
            found.append((begins, stop))
            stopped = stop
    return found
