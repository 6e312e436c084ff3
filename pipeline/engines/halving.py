"""What does not fit into memory at once, in halves."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from pipeline.core.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

Given = TypeVar("Given")
Found = TypeVar("Found")


class NoMemoryError(EngineError):
    """The engine ran out of memory; with less at once it may do."""


def in_halves(
    work: Callable[[Sequence[Given]], list[Found]], things: Sequence[Given]
) -> list[Found]:
    """What `work` makes of things, asked with fewer and fewer at once where memory runs out.

    Raises:
        NoMemoryError: it runs out with a single one too.
    """
    try:
        return work(things)
    except NoMemoryError:
        if len(things) < 2:  # noqa: PLR2004
            raise
    middle = len(things) // 2
    log.warning("out of memory with %d chunks at once: going on with %d", len(things), middle)
    return [*in_halves(work, things[:middle]), *in_halves(work, things[middle:])]
