"""A transcript is of the stream that was asked for, or of the likeliest; its origin says which."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.core import artifacts, media
from pipeline.core.artifacts import TRANSCRIPT
from pipeline.core.progress import Silent
from pipeline.core.workspace import Workspace
from pipeline.transcribe import stage
from tests.sounds import write_streams

pytestmark = [pytest.mark.engine, pytest.mark.slow]

BROADCAST = Path(__file__).parents[2] / "samples" / "broadcast.opus"
DEMO = stage.Engine(demo=True, offline=True, device="cpu")
DEFAULT = stage.Options()


def made(recording: Path, options: stage.Options) -> Workspace:
    ws = Workspace.open(recording)
    with ws.lock():
        assert stage.run(ws, options, DEMO, Silent()) == "made"
    return ws


def words_and_stream(ws: Workspace) -> tuple[int, object]:
    found = artifacts.read(ws.transcript_path, TRANSCRIPT)
    words = sum(len(phrase.words) for phrase in found.payload.phrases)
    return words, found.origin.options.get("stream")


def test_the_stream_is_part_of_the_origin_where_it_is_not_the_first(tmp_path: Path):
    speech = np.concatenate(list(media.blocks(BROADCAST, start_ms=5_000, end_ms=15_000)))
    nothing = np.zeros_like(speech)
    ws = made(write_streams(tmp_path / "a.mkv", {"fre": nothing, "rus": speech}), DEFAULT)
    words, stream = words_and_stream(ws)
    assert words > 5
    assert stream == "2"
    assert stage.plan(ws, DEFAULT, DEMO) == stage.plan(ws, DEFAULT, None) == []
    assert stage.plan(ws, replace(DEFAULT, stream="ru"), DEMO) == []
    first = replace(DEFAULT, stream="1")
    assert stage.plan(ws, first, DEMO) == ['option stream is gone: it was "2"']
    assert words_and_stream(made(ws.recording, first)) == (0, None)
    assert stage.plan(ws, DEFAULT, DEMO) == []  # without a choice, what was made stays current
