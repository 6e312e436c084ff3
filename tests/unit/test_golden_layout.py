"""What the layout makes of a few texts, to be looked at when a cost or a rule changes.

`GOLDEN=rewrite make test` writes the expected files anew; the difference is for people to judge.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.subtitles import profile as profiles
from pipeline.subtitles import srt
from pipeline.subtitles.layout import Part, Stretch, lay_out
from tests.unit.test_layout import evenly

CASES = Path(__file__).parents[1] / "golden" / "layout"
TURN_PAUSE_MS = 2_000


@pytest.mark.parametrize("language", sorted(path.stem for path in CASES.glob("*.txt")))
def test_cues_are_as_they_were_judged_good(language: str):
    stretches = []
    start_ms = 0
    for turn in (CASES / f"{language}.txt").read_text("utf-8").splitlines():
        words = evenly(turn, start_ms)
        stretches.append(Stretch((Part(words),), language))
        start_ms = words[-1].end_ms + TURN_PAUSE_MS
    cues = [cue for found in lay_out(stretches, profiles.load("default")) for cue in found]
    expected = CASES / f"{language}.srt"
    if os.environ.get("GOLDEN") == "rewrite":
        expected.write_bytes(srt.compose(cues))
    assert srt.compose(cues).decode() == expected.read_text("utf-8")
