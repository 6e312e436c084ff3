"""Tells the user how far a download is: a bar on a terminal, one plain line a minute elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Final, Self

from pipeline.core.progress import Progress, Silent

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_LINE_EVERY_S: Final = 60.0
_STEP: Final = 1000
_ONE_DECIMAL_BELOW: Final = 10


def size(count: int) -> str:
    """A number of bytes as people write it."""
    amount, units = max(count, 0) / 1000, ["kB", "MB", "GB", "TB"]
    while round(amount) >= _STEP and len(units) > 1:
        amount, units = amount / _STEP, units[1:]
    return f"{amount:.{0 if amount >= _ONE_DECIMAL_BELOW or units[0] == 'kB' else 1}f} {units[0]}"


class Transfer:
    """One download, or several that belong together; safe to call from several threads."""

    def __init__(
        self, what: str, progress: Progress, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._what = what
        self._progress = progress
        self._clock = clock
        self._started = self._told = clock()
        self._done = self._total = 0
        self._lock = threading.Lock()
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def expect(self, count: int) -> None:
        """So many more bytes are to come."""
        with self._lock:
            self._total += count
            self._show()

    def add(self, count: int) -> None:
        """So many more bytes have arrived."""
        with self._lock:
            self._done += count
            self._show()

    def __enter__(self) -> Self:
        self._progress.note(f"fetching {self._what}")
        if not isinstance(self._progress, Silent) and sys.stderr.isatty():
            self._bar, self._task = _bar(self._what)
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()
        if error is None:
            seconds = self._clock() - self._started
            self._progress.note(f"fetched {self._what}: {size(self._done)} in {seconds:.0f} s")

    def _show(self) -> None:
        if self._bar and self._task is not None:
            self._bar.update(self._task, completed=self._done, total=self._total or None)
            return
        now = self._clock()
        if now - self._told < _LINE_EVERY_S:
            return
        self._told = now
        speed = self._done / max(now - self._started, 0.001)
        line = f"fetching {self._what}: {size(self._done)}"
        if self._total > self._done and speed > 0:
            left_s = (self._total - self._done) / speed
            line += f" of {size(self._total)}, {left_s / 60:.0f} min left"
        self._progress.note(f"{line}, {size(int(speed))}/s")


def _bar(what: str) -> tuple[Bar, TaskID]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.progress import Progress as RichProgress

    bar = RichProgress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    return bar, bar.add_task(what, total=None)
