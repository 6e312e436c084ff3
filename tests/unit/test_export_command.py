"""`marathon export` as it is typed: what it says, what it ends with, what it refuses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from pipeline.cli import group
from pipeline.core.workspace import Workspace
from tests.sounds import tones, write_media, write_wav
from tests.unit.test_accepting import CUES, edit, emit


@pytest.fixture
def ws(tmp_path):
    write_media(tmp_path / "talk.mp3", tones(2.0, 44_100), 44_100)
    made = Workspace.open(tmp_path / "talk.mp3")
    with made.lock():
        emit(made, en=CUES)
    return made


def marathon(*arguments):
    return CliRunner().invoke(group, [*map(str, arguments)])


def test_it_says_what_it_wrote_and_that_it_is_current(ws):
    target = ws.recording.with_name("talk.en.srt")
    done = marathon("export", ws.recording)
    assert (done.exit_code, done.stdout) == (0, f"exported {target}\n")
    assert marathon("export", ws.recording).stdout == f"current  {target}\n"


def test_a_copy_is_written_and_named(ws):
    target = ws.recording.with_name("talk.subtitled.mka")
    done = marathon("export", ws.recording, "--into", target, "--track", "en")
    assert (done.exit_code, done.stdout) == (0, f"exported {target}\n")
    assert target.stat().st_size > ws.recording.stat().st_size / 2


def test_what_is_not_ours_ends_with_7(ws):
    marathon("export", ws.recording)
    edit(ws.recording.with_name("talk.en.srt"), "river", "stream")
    done = marathon("export", ws.recording)
    assert done.exit_code == 7
    assert "marathon accept FILE --for" in done.stderr


def test_what_cannot_be_read_ends_with_3_and_its_line(ws):
    edit(ws.srt_path("en"), "00:00:04,000 --> 00:00:05,800", "00:00:0x --> somewhen")
    done = marathon("export", ws.recording)
    assert done.exit_code == 3
    assert "line " in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rebase"], "--rebase is about one item"),
        (["--into", "a.mkv", "--item", "1"], "--into takes whole tracks"),
        (["--into", "a.mkv", "--format", "vtt"], "--into takes whole tracks"),
        (["--into", "a.avi"], "cannot be put into such a file"),
        (["--track", "xx"], "there is no track 'xx'"),
        (["--track", "orig"], "no such file"),
        (["--format", "sub"], "is not one of"),
    ],
)
def test_a_wrong_command_line_ends_with_2_and_writes_nothing(ws, arguments, said):
    done = marathon("export", ws.recording, *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert {path.name for path in ws.recording.parent.iterdir()} == {"talk.mp3", "talk.subtitles"}


def test_where_nothing_is_made_yet_no_folder_is_made(tmp_path):
    write_wav(tmp_path / "talk.wav", tones(0.1))
    done = marathon("export", tmp_path / "talk.wav")
    assert done.exit_code == 2
    assert "marathon run" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["talk.wav"]


def test_our_own_result_beside_the_recording_is_no_reference(ws):
    marathon("export", ws.recording)
    done = marathon("evaluate", ws.recording)
    assert done.exit_code == 2
    assert "say where the reference files are" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_kill_in_the_middle_leaves_no_half_file(tmp_path, number):
    write_wav(tmp_path / "talk.wav", tones(60.0, 48_000), 48_000)
    made = Workspace.open(tmp_path / "talk.wav")
    with made.lock():
        emit(made, en=CUES)
    target = tmp_path / "talk.subtitled.mka"
    slow = (
        "import time; from pipeline.core.growing import Growing; w = Growing.write\n"
        "def write(self, data): time.sleep(0.02); return w(self, data)\n"
        "Growing.write = write\n"
        "from pipeline.cli import main; main()"
    )
    command = [sys.executable, "-c", slow, "export", made.recording, "--into", target]
    run = subprocess.Popen([*map(str, command)], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while not [*tmp_path.glob(".*.partial")] and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(run.pid, number)
    assert run.wait(30) != 0
    assert not target.exists()
    left = [*tmp_path.glob(".*.partial")]
    assert len(left) == (1 if number == signal.SIGKILL else 0)
    assert marathon("export", made.recording, "--into", target).exit_code == 0
    assert target.exists()
    assert not [*tmp_path.glob(".*.partial")]
