"""`marathon speakers` at its borders: what it lists, what it takes for a name, what it refuses."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from pipeline.cli import group
from pipeline.core import artifacts
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT, Origin
from pipeline.core.payloads import Segments, Transcript, Voice
from pipeline.core.timeline import Item, Phrase, Turn, Word
from pipeline.core.workspace import Workspace
from pipeline.review import decisions
from pipeline.segment import stage

ORIGIN = Origin(stage="segment", stage_version=1, inputs={})


@pytest.fixture
def ws(tmp_path):
    (tmp_path / "talk.wav").write_bytes(b"RIFF")
    made = Workspace.open(tmp_path / "talk.wav")
    words = tuple(Word(start_ms=at * 1_000, end_ms=at * 1_000 + 900, text="x") for at in range(9))
    phrase = Phrase(start_ms=0, end_ms=9_000, language="ru", words=words)
    transcript = Transcript(duration_ms=9_000, lines=(phrase,))
    artifacts.write(made.transcript_path, TRANSCRIPT, transcript, ORIGIN)
    segments = Segments(
        turns=tuple(
            Turn(start_ms=at * 1_000, end_ms=at * 1_000 + 900, voice=at % 3 + 1) for at in range(9)
        ),
        items=(Item(start_ms=0, end_ms=9_000),),
        voices=(
            Voice(number=1, speech_ms=2_700, name="Anna", evidence="enrolment"),
            Voice(number=2, speech_ms=2_700, flags=("two_people:Eva|Juan",)),
            Voice(number=3, speech_ms=2_700, evidence="decision"),
        ),
    )
    artifacts.write(made.segments_path, SEGMENTS, segments, ORIGIN)
    return made


@pytest.fixture(autouse=True)
def again(monkeypatch):
    """How often segments were made anew: of a recording that is none they cannot be."""
    found = []
    monkeypatch.setattr(stage, "run", lambda *given: found.append(given))
    return found


def speakers(ws, *arguments):
    return CliRunner().invoke(group, ["speakers", str(ws.recording), *map(str, arguments)])


def kept(ws):
    return [(one.voice, one.name) for one in decisions.read(ws.decisions_path)]


def test_voices_are_listed_with_whose_they_are(ws):
    lines = speakers(ws).stdout.splitlines()
    assert "Anna (sounds like the clips)" in lines[1]
    assert "two people? Eva or Juan" in lines[2]
    assert "no name (a reviewer said so)" in lines[3]
    assert [voice["name"] for voice in json.loads(speakers(ws, "--json").stdout)] == [
        "Anna",
        "",
        "",
    ]


def test_a_wrong_name_is_refused_once(ws, again):
    found = speakers(ws, "--name", "1=")
    assert "kept\n" in found.stderr
    assert f"next: marathon emit {ws.recording}" in found.stderr
    assert "Anna" in found.stdout  # as the file says that is there
    assert len(again) == 1
    assert kept(ws) == [(1, "")]
    assert "nothing new" in speakers(ws, "--name", "1=").stderr
    assert speakers(ws, "--name", "S2 = Eva  Maria").exit_code == 0
    assert kept(ws)[1:] == [(2, "Eva Maria")]


@pytest.mark.parametrize(
    "wrong",
    ["3=A|B", "3=\x1b[31mA", "9" * 5_000 + "=A", "٣=A", "0=A", "7=A", "3", "=A", "3=A\n2=B"],
)
def test_what_is_no_name_is_a_usage_error(ws, wrong):
    found = speakers(ws, "--name", wrong)
    assert found.exit_code == 2
    assert "--name: " in found.stderr
    assert "\x1b" not in found.stderr
    assert kept(ws) == []


def test_two_names_for_one_voice_are_a_usage_error(ws):
    found = speakers(ws, "--name", "3=Eva", "--name", "3=Juan")
    assert found.exit_code == 2
    assert "voice 3 is 'Eva' and 'Juan'" in found.stderr


@pytest.mark.parametrize("other", [["--json"], ["--samples", "samples"]])
def test_names_go_with_no_list_and_no_samples(ws, tmp_path, other):
    (tmp_path / "names.txt").write_text("3 = Eva\n")
    for names in (["--name", "3=Eva"], ["--names", tmp_path / "names.txt"]):
        found = speakers(ws, *names, *other)
        assert found.exit_code == 2
        assert "leave out" in found.stderr
    assert kept(ws) == []


def test_a_name_given_here_stands_above_the_files(ws, tmp_path):
    (tmp_path / "names.txt").write_text("3 = Eva\n1 = Olga\n")
    assert speakers(ws, "--names", tmp_path / "names.txt", "--name", "3=Juan").exit_code == 0
    assert sorted(kept(ws)) == [(1, "Olga"), (3, "Juan")]


def test_no_samples_of_another_recording_in_its_place(ws, tmp_path):
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT).payload
    origin = Origin(stage="transcribe", stage_version=1, inputs={"recording": "of before"})
    artifacts.write(ws.transcript_path, TRANSCRIPT, transcript, origin)
    found = speakers(ws, "--samples", tmp_path / "samples")
    assert found.exit_code == 3
    assert "not what it was when it was transcribed" in found.stderr
    assert not (tmp_path / "samples").exists()
