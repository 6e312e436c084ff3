"""How a stage says how far it is; who shows it is no business of the stage."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told by a stage as it works; positions are milliseconds of the recording."""

    def begin(self, stage: str, total_ms: int) -> None:
        """A stage starts; `total_ms` is 0 where the length is not known."""

    def at(self, position_ms: int) -> None:
        """Everything before `position_ms` is done."""

    def end(self) -> None:
        """The stage is over."""

    def note(self, text: str) -> None:
        """One line for the user."""


class Silent:
    """Shows nothing."""

    def begin(self, stage: str, total_ms: int) -> None:
        """Nothing to show."""

    def at(self, position_ms: int) -> None:
        """Nothing to show."""

    def end(self) -> None:
        """Nothing to show."""

    def note(self, text: str) -> None:
        """Nothing to show."""
