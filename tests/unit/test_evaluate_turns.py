"""`marathon evaluate --turns`, driven as from a shell."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import group
from pipeline.core import artifacts
from pipeline.core.artifacts import SEGMENTS, Origin
from pipeline.core.payloads import Segments
from pipeline.core.timeline import Item, Turn
from pipeline.core.workspace import Workspace

ORIGIN = Origin(stage="segment", stage_version=1, engine="ge2e", weights="resemblyzer@0.1.4")
# A and B speak at once from 8 to 10 s; voice 1 is A, voice 2 is B, the last turn is nobody's
TURNS = (
    Turn(start_ms=0, end_ms=9_000, voice=1, speaker="Anna"),
    Turn(start_ms=9_000, end_ms=14_000, voice=2, speaker="Anna"),
    Turn(start_ms=14_000, end_ms=16_000),
)
RTTM = """\
SPEAKER talk 1 0.000 10.000 <NA> <NA> A <NA> <NA>
SPEAKER talk 1 8.000 7.000 <NA> <NA> B <NA> <NA>
SPEAKER other 1 8.000 7.000 <NA> <NA> C <NA> <NA>
"""
ITEMS = "start,end,title\n0,60,One\n60.5,1:30.25,Two\n2:00,,Three\n"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    recording = tmp_path / "talk.mp4"
    recording.write_bytes(b"x")
    found = Workspace.open(recording)
    edges = [0, 62_000, 100_000, 124_000, 180_000]
    items = tuple(Item(start_ms=start, end_ms=end) for start, end in pairwise(edges))
    segments = Segments(turns=TURNS, items=items)
    artifacts.write(found.segments_path, SEGMENTS, segments, ORIGIN, libraries={"ge2e": "1.0"})
    return found


def evaluate(ws: Workspace, *arguments: object) -> Result:
    return CliRunner().invoke(
        group, ["evaluate", str(ws.recording), "--turns", *map(str, arguments)]
    )


def test_scores_for_people(ws: Workspace):
    ws.recording.with_name("talk.rttm").write_text(RTTM)
    ws.recording.with_name("talk.items.csv").write_text(ITEMS)
    result = evaluate(ws)
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[:-1] == [
        "speakers            DER  missed  false alarm  confused  speech",
        "overlap scored    20.0%   10.0%         5.0%      5.0%  15.0 s",
        "overlap skipped   12.5%    0.0%         6.2%      6.2%  12.0 s",
        "voices      2 found, 2 true; Jaccard error rate 19.3%",
        "",
        "items       precision  recall      F1  matched   found    true",
        "borders         66.7%   66.7%   66.7%        2       3       3",
        "",
        (
            "DER|collar:250ms each side|overlap:scored|mapping:best;"
            " DER|collar:250ms each side|overlap:skipped|mapping:best;"
            " JER|collar:none|overlap:scored|mapping:best; borders|tolerance:5000ms|one to one"
        ),
    ]
    assert lines[-1].startswith("ge2e 1.0; weights resemblyzer@0.1.4; with all options ")


def test_scores_for_programs(ws: Workspace, tmp_path: Path):
    folder = tmp_path / "right"
    folder.mkdir()
    (folder / "talk.rttm").write_text(RTTM)
    (folder / "talk.uem").write_text("talk 1 0 12\n")
    (folder / "talk.items.csv").write_text(ITEMS)
    result = evaluate(ws, "--json", "--reference", folder)
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    scored, skipped = found["speakers"]
    assert (scored["collar_ms"], scored["with_overlap"]) == (250, True)
    assert (scored["speech_ms"], scored["missed_ms"], scored["confused_ms"]) == (12_250, 1_500, 0)
    assert scored["diarization_error_rate"] == scored["missed"] == 1_500 / 12_250
    assert (skipped["with_overlap"], skipped["diarization_error_rate"]) == (False, 0)
    assert scored["jaccard_error_rate"] == pytest.approx((1 / 10 + 1 / 4) / 2)
    assert (scored["voices_found"], scored["voices_true"]) == (2, 2)
    assert found["uem"] is True
    assert found["items"] == {
        **{"tolerance_ms": 5_000, "found": 3, "true": 3, "matched": 2},
        **{"precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3},
    }
    assert found["signature"]["weights"] == "resemblyzer@0.1.4"
    assert found["signatures"][0].endswith("|part:UEM")


def test_the_reference_may_be_one_file(ws: Workspace, tmp_path: Path):
    (tmp_path / "all.rttm").write_text(RTTM)
    (tmp_path / "all.uem").write_text("talk 1 0 12\nother 1 0 1\n")
    found = json.loads(evaluate(ws, "--json", "--reference", tmp_path / "all.rttm").stdout)
    assert (found["items"], found["uem"]) == (None, True)
    assert found["speakers"][0]["speech_ms"] == 12_250


def test_beside_one_file_items_are_found(ws: Workspace, tmp_path: Path):
    folder = tmp_path / "right"
    folder.mkdir()
    (folder / "all.rttm").write_text(RTTM)
    (folder / "talk.items.csv").write_text(ITEMS)
    found = json.loads(evaluate(ws, "--json", "--reference", folder / "all.rttm").stdout)
    assert found["items"]["matched"] == 2


def test_items_can_be_compared_alone(ws: Workspace):
    ws.recording.with_name("talk.items.csv").write_text(ITEMS)
    result = evaluate(ws)
    assert result.stdout.splitlines()[0].split()[0] == "items"
    assert "DER" not in result.stdout
    found = json.loads(evaluate(ws, "--json").stdout)
    assert found["speakers"] == []


@pytest.mark.parametrize(
    ("name", "text", "code", "said"),
    [
        ("talk.rttm", RTTM.replace("talk", "tolk"), 3, "nothing of talk, only of tolk, other"),
        ("talk.rttm", "SPEAKER talk 1 0\n", 3, "talk.rttm, line 1: 4 columns"),
        ("talk.rttm", "", 3, "no line says who speaks when"),
        ("talk.items.csv", "start,title\nnow,One\n", 3, "talk.items.csv, line 2"),
        ("talk.items.csv", "start,title\n1:00:00,One\n", 3, "line 2: starts at 1:00:00"),
        ("talk.words.json", "[]", 2, "talk.rttm: no such file, and no talk.items.csv"),
    ],
)
def test_what_is_wrong_with_a_reference_is_said(
    ws: Workspace, name: str, text: str, code: int, said: str
):
    ws.recording.with_name(name).write_text(text)
    result = evaluate(ws)
    assert (result.exit_code, "Traceback" in result.stderr) == (code, False)
    assert said in result.stderr


def test_a_uem_of_another_recording_is_told(ws: Workspace):
    ws.recording.with_name("talk.rttm").write_text(RTTM)
    ws.recording.with_name("talk.uem").write_text("tolk 1 0 12\n")
    result = evaluate(ws)
    assert result.exit_code == 3
    assert "talk.uem: nothing of talk, only of tolk" in result.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
@pytest.mark.parametrize("name", ["talk.rttm", "talk.uem", "talk.items.csv"])
def test_what_is_no_file_is_not_waited_for(ws: Workspace, name: str):
    if name == "talk.uem":
        ws.recording.with_name("talk.rttm").write_text(RTTM)
    os.mkfifo(ws.recording.with_name(name))
    result = evaluate(ws)
    assert (result.exit_code, name in result.stderr) == (3, True)


def test_before_there_are_segments_it_says_what_to_run(ws: Workspace):
    ws.segments_path.unlink()
    ws.recording.with_name("talk.rttm").write_text(RTTM)
    result = evaluate(ws)
    assert result.exit_code == 2
    assert "marathon segment" in result.stderr


def test_there_is_nothing_to_translate(ws: Workspace):
    result = evaluate(ws, "--from-reference")
    assert (result.exit_code, "--from-reference" in result.stderr) == (2, True)
