from __future__ import annotations

import io
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli.display import Bar, Lines, Pace, for_terminal
from pipeline.core.clock import clock
from pipeline.core.progress import Progress, Silent

HOUR_MS = 3_600_000


class Clock:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("ms", "shown"), [(0, "0:00:00"), (59_999, "0:00:59"), (HOUR_MS, "1:00:00"), (-5, "0:00:00")]
)
def test_a_time_is_shown_in_hours(ms: int, shown: str):
    assert clock(ms) == shown


@given(st.floats(0.1, 50), st.integers(2, 400), st.integers(1, 40))
def test_at_a_steady_speed_the_time_left_is_right(speed: float, steps: int, step_s: int):
    total_ms = 4 * HOUR_MS
    pace = Pace(total_ms, 0.0)
    at_ms = 0
    for step in range(1, steps):
        at_ms = round(step * step_s * speed * 1000)
        pace.at(at_ms, float(step * step_s))
    assert pace.speed == pytest.approx(speed, rel=0.02)
    left_ms = pace.left_ms
    assert left_ms is not None
    assert left_ms == pytest.approx(max(0, (total_ms - at_ms) / speed), rel=0.03, abs=2)


def test_what_a_journal_gave_back_does_not_spoil_the_forecast():
    pace = Pace(4 * HOUR_MS, 0.0)
    pace.at(2 * HOUR_MS, 1.0)
    for second in range(2, 400):
        pace.at(2 * HOUR_MS + second * 2000, float(second))
    assert pace.speed == pytest.approx(2.0, rel=0.02)


def test_before_anything_is_known_nothing_is_promised():
    pace = Pace(0, 0.0)
    assert pace.describe() == "0:00:00"
    pace.at(60_000, 30.0)
    assert pace.left_ms is None
    assert pace.describe() == "0:01:00 · 2.0 x"


def test_lines_say_one_line_a_minute():
    now, said = Clock(), []
    lines = Lines(said.append, now)
    lines.begin("transcribe", HOUR_MS)
    for second in range(1, 181):
        now.now_s += 1
        lines.at(second * 5000)
    lines.note("music is left out")
    lines.end()
    assert said == [
        "transcribe: 1:00:00 of recording",
        "transcribe: 0:05:00 of 1:00:00 · 5.0 x · 0:11:00 left",
        "transcribe: 0:10:00 of 1:00:00 · 5.0 x · 0:10:00 left",
        "transcribe: 0:15:00 of 1:00:00 · 5.0 x · 0:09:00 left",
        "music is left out",
        "transcribe: took 0:03:00",
    ]


def test_what_was_interrupted_did_not_take_that_long():
    said: list[str] = []
    lines = Lines(said.append, Clock())
    lines.begin("transcribe", 0)

    def stop() -> None:
        raise KeyboardInterrupt

    def work() -> None:
        try:
            stop()
        finally:
            lines.end()

    with pytest.raises(KeyboardInterrupt):
        work()
    assert said[-1] == "transcribe: stopped after 0:00:00"


def test_a_bar_is_drawn_on_stderr_and_taken_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    bar = Bar(Clock())
    bar.begin("transcribe", HOUR_MS)
    bar.at(HOUR_MS // 2)
    bar.note("a note")
    bar.end()
    bar.end()
    shown = terminal.getvalue()
    assert "transcribe" in shown
    assert "0:30:00 of 1:00:00" in shown
    assert "a note" in shown
    assert capsys.readouterr().out == ""


def test_brackets_are_no_orders_to_the_bar(monkeypatch: pytest.MonkeyPatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    bar = Bar(Clock())
    bar.begin("[bold]talk[/bold] [/]", HOUR_MS)
    bar.end()
    assert "[bold]talk[/bold] [/]" in terminal.getvalue()


def test_what_is_shown_suits_stderr_and_quiet(monkeypatch: pytest.MonkeyPatch):
    log = logging.getLogger("pipeline")
    monkeypatch.setattr(log, "level", logging.INFO)
    log.manager._clear_cache()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(for_terminal(), Lines)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert isinstance(for_terminal(), Bar)
    monkeypatch.setattr(log, "level", logging.WARNING)
    log.manager._clear_cache()
    assert isinstance(for_terminal(), Silent)


@pytest.mark.parametrize("progress", [Silent(), Lines(lambda _: None)])
def test_every_display_can_be_told_everything(progress: Progress):
    progress.begin("x", 0)
    progress.at(5)
    progress.note("n")
    progress.end()


def test_where_there_is_no_stderr_nothing_is_shown(monkeypatch: pytest.MonkeyPatch):
    log = logging.getLogger("pipeline")
    monkeypatch.setattr(log, "level", logging.INFO)
    log.manager._clear_cache()
    monkeypatch.setattr(sys, "stderr", None)
    assert isinstance(for_terminal(), Silent)
    Lines().note("lost")
