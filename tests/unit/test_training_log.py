"""The log of a training that was stopped and goes on tells every step once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from samples.training.steps import go_back

if TYPE_CHECKING:
    from pathlib import Path


def told(log: Path) -> list[tuple[int, str]]:
    return [(line["step"], line["by"]) for line in map(json.loads, log.read_text().splitlines())]


def tell(log: Path, step: int, by: str) -> None:
    with log.open("a") as out:
        out.write(json.dumps({"step": step, "by": by}) + "\n")


def test_steps_after_the_checkpoint_are_told_once(tmp_path: Path):
    log = tmp_path / "log.jsonl"
    for step in (25, 50, 75, 100):
        tell(log, step, "first")
    with log.open("a") as out:
        out.write('{"step": 12')  # torn by a kill
    go_back(log, 60)
    for step in (75, 100, 125):
        tell(log, step, "second")
    assert told(log) == [
        *((25, "first"), (50, "first")),
        *((75, "second"), (100, "second"), (125, "second")),
    ]


def test_without_a_checkpoint_nothing_is_told_yet(tmp_path: Path):
    log = tmp_path / "log.jsonl"
    go_back(log, 0)
    assert not log.exists()
    tell(log, 25, "first")
    go_back(log, 0)
    assert log.read_bytes() == b""


@given(st.lists(st.tuples(st.integers(0, 20), st.lists(st.integers(1, 9), max_size=6))))
def test_however_often_it_is_stopped_steps_are_told_in_order_and_once(
    tmp_path_factory, stops: list[tuple[int, list[int]]]
):
    log = tmp_path_factory.mktemp("training") / "log.jsonl"
    at = 0
    for back, forward in stops:
        at = max(0, at - back)  # where the checkpoint was made
        go_back(log, at)
        for more in forward:
            at += more
            tell(log, at, "x")
        steps = [step for step, _ in told(log)] if log.exists() else []
        assert steps == sorted(set(steps))
