"""What is odd about one cue of a file, by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.subtitles.found import Trouble

if TYPE_CHECKING:
    from pipeline.subtitles.found import Faults, Found
    from pipeline.subtitles.stamps import Stamp

_MANY_LINES: Final = 4


def tell(cue: Found, stamp: Stamp, faults: Faults) -> None:
    """Add to `faults` what is odd about the times of `cue`, read as `stamp`, and about its size."""
    start, end, lines, line = cue.start_ms, cue.end_ms, cue.lines, cue.line
    if stamp.odd:
        faults.alike(Trouble.TIME_FORM, line, "times spelt otherwise: ", stamp.odd)
    if stamp.is_guess:
        message = "the last part of the times may be frames; read as a part of a second"
        faults.add(Trouble.TIME_FORM, line, message, is_error=True)
    if start < 0 or end < 0:
        faults.add(Trouble.NEGATIVE, line, "a time before the recording begins", is_error=True)
    if end <= start:
        message = "the cue does not end after it starts"
        faults.add(Trouble.BACKWARDS, line, message, is_error=True)
    if not lines:
        faults.alike(Trouble.EMPTY, line, "a cue without text")
    elif len(lines) > _MANY_LINES:
        message = f"{len(lines)} lines: have two cues run together?"
        faults.add(Trouble.LONG, line, message)
