"""What does not fit into memory at once, in halves."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Final, TypeVar

from pipeline.core.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

_SHORT: Final = re.compile(r"(?i)(?<!illegal )memory")  # "illegal memory access" is a GPU's fault

Given = TypeVar("Given")
Found = TypeVar("Found")


def is_memory(error: Exception, folder: str = "") -> bool:
    """Whether an engine gave up for want of memory, by what it says; it may name its folder."""
    said = str(error).replace(folder, "") if folder else str(error)
    return isinstance(error, MemoryError) or _SHORT.search(said) is not None


class NoMemoryError(EngineError):
    """The engine ran out of memory; with less at once it may do."""


class Room:
    """How much one kind of work is given at once: less, for good, once memory ran out."""

    def __init__(self) -> None:
        self._most = sys.maxsize

    def in_halves(
        self, work: Callable[[Sequence[Given]], list[Found]], things: Sequence[Given]
    ) -> list[Found]:
        """What `work` makes of things, asked with fewer and fewer at once where memory runs out.

        Raises:
            NoMemoryError: it runs out with a single one too.
        """
        found: list[Found] = []
        while len(found) < len(things):
            some = things[len(found) : len(found) + self._most]
            try:
                found += work(some)
            except NoMemoryError:
                if len(some) < 2:  # noqa: PLR2004
                    raise
                self._most = min(self._most, len(some) // 2)  # two threads may be here
                log.warning(
                    "out of memory with %d chunks at once: going on with %d", len(some), self._most
                )
        return found
