"""What is known of a cue: who had it in hand, and whether somebody should look at it again."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a cue stands in the review; of several that fit, the last one here holds."""

    MACHINE = "machine"
    NEEDS_REVIEW = "needs_review"  # the machine's, and a finding is about it
    EDITED = "edited"  # a person made it what it is
    APPROVED = "approved"  # a person says that it is right
    SOURCE_CHANGED = "source_changed"  # what it translates was corrected, and it was not seen since
    CONFLICT = "conflict"  # a person's, and the machine says something else now
