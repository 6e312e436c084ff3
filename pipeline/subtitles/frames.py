"""The grid of a picture's frames, for cues that come and go with them.

Frame k is on screen from k / frames a second on; in whole milliseconds, rounded down, so that a cue
which starts there is seen on that frame and not on the next.
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction


class Grid:
    """Frames and milliseconds into one another."""

    def __init__(self, frames_per_second: Fraction) -> None:
        self._per_ms = frames_per_second / 1_000

    def ms(self, frame: int) -> int:
        """When a frame comes."""
        return floor(frame / self._per_ms)

    def at_or_before(self, ms: int) -> int:
        """The last frame that comes no later."""
        return ceil((ms + 1) * self._per_ms) - 1

    def at_or_after(self, ms: int) -> int:
        """The first frame that comes no earlier; also how many frames last so long at least."""
        return ceil(ms * self._per_ms)

    def within(self, ms: int) -> int:
        """How many frames last no longer, wherever they begin."""
        return floor(ms * self._per_ms)
