"""What a run says when it ends: how much was said, in which languages, and what was taken out."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from pipeline.core.clock import clock, exact
from pipeline.core.timeline import CUT_SHORT, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.core.timeline import Gap

log = logging.getLogger(__name__)

_PLACES: Final = 5  # more are only counted; all stand in the transcript


def tell(lines: Iterable[Phrase | Gap], decoded: int) -> None:
    """Log the summary of a transcript for which so many chunks were recognised now."""
    spoken: dict[str, int] = {}
    removed: list[str] = []
    for line in lines:
        if isinstance(line, Phrase):
            spoken[line.language] = spoken.get(line.language, 0) + line.duration_ms
            if CUT_SHORT in line.flags:
                at = exact(line.end_ms)
                log.warning("%s: more is said here than the engine can take: listen again", at)
        elif line.removed:
            removed.append(clock(line.start_ms))
    total = max(1, sum(spoken.values()))
    shares = ", ".join(f"{language} {ms / total:.0%}" for language, ms in spoken.items())
    log.info(
        "transcribe: %d min of speech (%s), %d chunks recognised now, %s taken out",
        round(total / 60_000),
        shares or "none",
        decoded,
        _places(removed),
    )


def _places(removed: list[str]) -> str:
    """How many texts, and where they stood.

    >>> _places([]), _places(["0:02:44"])
    ('no text', '1 text (at 0:02:44)')
    """
    if not removed:
        return "no text"
    more = ", …" if len(removed) > _PLACES else ""
    noun = "text" if len(removed) == 1 else "texts"
    return f"{len(removed)} {noun} (at {', '.join(removed[:_PLACES])}{more})"
