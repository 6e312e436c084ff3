"""Shows progress on stderr: a bar on a terminal, one plain line a minute elsewhere."""

from __future__ import annotations

import logging
import sys
import time
from collections import deque
from typing import TYPE_CHECKING, Final

import click
import msgspec

from pipeline.core.clock import clock
from pipeline.core.plain import in_json, readable, storable
from pipeline.core.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from pipeline.core.progress import Progress

_WINDOW_S: Final = 120.0  # speed is that of the last two minutes: what a journal gave back is fast
_EVERY_S: Final = 60.0


def for_terminal() -> Progress:
    """What suits this stderr and -q."""
    if sys.stderr is None or not logging.getLogger("pipeline").isEnabledFor(logging.INFO):
        return Silent()
    return Bar() if sys.stderr.isatty() else Lines()


def json_of(value: object) -> str:
    """A report for programs; what UTF-8 cannot hold is spelt out."""
    plain = _storable(msgspec.to_builtins(value))
    return in_json(msgspec.json.format(msgspec.json.encode(plain)).decode())


def _storable(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {_storable(key): _storable(each) for key, each in value.items()}
    return [_storable(each) for each in value] if isinstance(value, list | tuple) else value


class Pace:
    """How fast a stage is and how long it will still take, from the positions it told."""

    def __init__(self, total_ms: int, now_s: float) -> None:
        self._total_ms = total_ms
        self._seen = deque([(now_s, 0)])

    def at(self, position_ms: int, now_s: float) -> None:
        """The stage is at `position_ms`, at `now_s` of a clock that never goes back."""
        self._seen.append((now_s, position_ms))
        while len(self._seen) > 2 and now_s - self._seen[1][0] >= _WINDOW_S:  # noqa: PLR2004
            self._seen.popleft()

    @property
    def speed(self) -> float:
        """Recording time per time that passed; 0 as long as that is not known."""
        (start_s, start_ms), (end_s, end_ms) = self._seen[0], self._seen[-1]
        if end_s <= start_s or end_ms <= start_ms:
            return 0.0
        return (end_ms - start_ms) / 1000 / (end_s - start_s)

    @property
    def left_ms(self) -> int | None:
        """Time to go, None as long as that cannot be said."""
        if not self._total_ms or not self.speed:
            return None
        return max(0, round((self._total_ms - self._seen[-1][1]) / self.speed))

    def describe(self) -> str:
        """`0:12:30 of 4:00:00 · 3.1 x · 1:12:00 left`, as much of it as is known."""
        parts = [clock(self._seen[-1][1])]
        if self._total_ms:
            parts[0] += f" of {clock(self._total_ms)}"
        if self.speed:
            parts.append(f"{self.speed:.1f} x")
        if self.left_ms is not None:
            parts.append(f"{clock(self.left_ms)} left")
        return " · ".join(parts)


class Lines:
    """One plain line a minute, for logs and pipes."""

    def __init__(
        self,
        say: Callable[[str], None] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._say = say or _to_stderr
        self._now = now
        self._stage = ""
        self._began_s = self._said_s = now()
        self._pace = Pace(0, self._began_s)

    def begin(self, stage: str, total_ms: int) -> None:
        """Say that a stage starts."""
        self._stage = stage
        self._began_s = self._said_s = self._now()
        self._pace = Pace(total_ms, self._began_s)
        self._say(f"{stage}: {clock(total_ms)} of recording" if total_ms else f"{stage}: started")

    def at(self, position_ms: int) -> None:
        """Say where the stage is, if a minute has passed."""
        now_s = self._now()
        self._pace.at(position_ms, now_s)
        if now_s - self._said_s >= _EVERY_S:
            self._said_s = now_s
            self._say(f"{self._stage}: {self._pace.describe()}")

    def end(self) -> None:
        """Say how long it took, or after what time an error or a person ended it."""
        took_ms = round((self._now() - self._began_s) * 1000)
        how = "took" if sys.exc_info()[0] is None else "stopped after"
        self._say(f"{self._stage}: {how} {clock(took_ms)}")

    def note(self, text: str) -> None:
        """Pass it on."""
        self._say(text)


class Bar:
    """A bar that is drawn anew in place; notes and log lines stand above it."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._pace = Pace(0, now())
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def begin(self, stage: str, total_ms: int) -> None:
        """Draw an empty bar."""
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as RichProgress

        self.close()
        self._pace = Pace(total_ms, self._now())
        self._bar = RichProgress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[pace]}", markup=False),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task(stage, total=total_ms or None, pace="")
        self._bar.start()

    def at(self, position_ms: int) -> None:
        """Move the bar."""
        self._pace.at(position_ms, self._now())
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=position_ms, pace=self._pace.describe())

    def end(self) -> None:
        """Take the bar away."""
        self.close()

    def note(self, text: str) -> None:
        """Say it above the bar."""
        _to_stderr(text)

    def close(self) -> None:
        """Take away what is drawn; there may be nothing."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._task = None


def _to_stderr(text: str) -> None:
    click.echo(readable(text), err=True)
