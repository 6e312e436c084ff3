"""One bad file among several: the rest is reported, and what nobody reads does not fail."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from pipeline.cli import COMMANDS, group, status
from pipeline.core import artifacts, files
from pipeline.core.clock import clock
from pipeline.core.errors import ExitCode, InputError
from pipeline.core.timeline import Cue
from pipeline.core.workspace import Workspace, keep_digest, recording_digest
from pipeline.emit import stage as emit
from pipeline.programme.info import Info
from pipeline.transcribe.memory import Memory
from pipeline.transcribe.partial import so_far
from tests.parrot import Parrot, clips, recognise, speech
from tests.unit.test_emit import items
from tests.unit.test_emit import make as make_stages
from tests.unit.test_srt import GOOD
from tests.unit.test_workspace import make


def test_a_good_srt_is_reported_where_another_cannot_be_read(tmp_path: Path):
    good = make(tmp_path / "good.srt", f"{GOOD}{'long ' * 30}\n".encode())
    bad = make(tmp_path / "bad.srt", b"\x89PNG\r\n\x1a\n" + bytes(64))
    for paths in ([bad, good], [good, bad, tmp_path / "none.srt"]):
        done = CliRunner().invoke(group, ["check", *map(str, paths)])
        assert done.exit_code == ExitCode.PARTIAL
        assert f"{good}: cue 1" in done.stdout
        assert f"error: {bad}" in done.stderr
        done = CliRunner().invoke(group, ["check", "--json", *map(str, paths)])
        assert done.exit_code == ExitCode.PARTIAL
        found = {
            one["file"]: (bool(one["findings"]), bool(one["error"]))
            for one in json.loads(done.stdout)
        }
        assert found[str(good)] == (True, False)
        assert found[str(bad)] == (False, True)
    assert CliRunner().invoke(group, ["check", str(bad)]).exit_code == ExitCode.BAD_INPUT


def test_an_empty_folder_among_recordings_is_one_failure_of_many(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    names = [str(make(tmp_path / "a.mp4", b"no film")), str(tmp_path / "empty")]
    done = CliRunner().invoke(group, ["run", "--demo", "--json", *names])
    assert done.exit_code == ExitCode.PARTIAL
    report = json.loads(done.stdout)
    assert [(one["recording"], one["exit_code"]) for one in report] == [(n, 3) for n in names]
    assert "no media file" in report[1]["error"]
    assert "2 of 2 recordings failed" in done.stderr


def test_a_bad_recording_and_an_empty_folder_do_not_end_the_status(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    good, bad = make(tmp_path / "a.mp4"), make(tmp_path / "b.mp4", b"")
    done = CliRunner().invoke(group, ["status", *map(str, (bad, tmp_path / "empty", good))])
    assert done.exit_code == 0
    assert done.stdout.count("  error ") == 2
    assert f"{good}\n  transcribe to be made" in done.stdout


def test_a_stage_that_cannot_be_judged_is_said_and_not_raised():
    def shut() -> list[str]:
        raise InputError("words.tsv: cannot be read: Permission denied")

    line = status._line("translate", shut)
    assert (line.state, *line.reasons) == (
        "unknown",
        "words.tsv: cannot be read: Permission denied",
    )


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("transcript.jsonl", "transcribe"),
        ("segments.json", "segment"),
        ("translation.en.json", "translate"),
        ("emitted/*.json", "emit"),
        ("recording.json", "error"),
    ],
)
def test_status_names_what_is_damaged_once_and_what_to_type(tmp_path: Path, name: str, stage: str):
    ws = Workspace.open(make(tmp_path / "my talk.mp4"), tmp_path / "out")
    make_stages(ws, items())
    with ws.lock():
        emit.run(ws, Info(), emit.Options())
        keep_digest(ws)
    (damaged,) = ws.machine_folder.glob(name)
    damaged.write_bytes(damaged.read_bytes()[:30])
    arguments = [str(ws.recording), "--out", str(tmp_path / "out"), "--to", "1:00:00.5"]
    whole = CliRunner().invoke(group, ["status", *arguments[:3]])
    assert whole.exit_code == 0
    assert whole.output.count(str(damaged)) == 1
    (line,) = [line for line in whole.stdout.splitlines() if f"{damaged}: " in line]
    assert line.split()[0] == stage
    last = whole.stdout.splitlines()[-1]
    if stage == "error":
        assert "remove the file and run the same command again" in last
    else:
        assert last.startswith(f"  next       marathon run '{ws.recording}' --out {tmp_path}/out")
    assert "next" not in CliRunner().invoke(group, ["status", *arguments]).stdout


def test_a_file_that_cannot_be_read_is_an_input_error(tmp_path: Path):
    with pytest.raises(InputError, match=r"cannot be read: (Is a directory|Permission denied)"):
        files.digest_file(tmp_path)


def test_explain_and_status_write_nothing(tmp_path: Path):
    recording = make(tmp_path / "a.mp4")
    make(tmp_path / "a.subtitles" / ".pipeline" / "transcript.jsonl", b"damaged")
    before = sorted(tmp_path.rglob("*"))
    for arguments in (["status"], ["run", "--explain"], ["transcribe", "--explain"]):
        CliRunner().invoke(group, [*arguments, str(recording)])
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
@pytest.mark.parametrize(
    "arguments", [["--help"], ["status", "a.mp4"], ["status", "a.mp4", "--json"]]
)
def test_when_nobody_reads_on_it_ends_without_a_word(arguments: list[str], tmp_path: Path):
    make(tmp_path / "a.mp4")
    reads, writes = os.pipe()
    os.close(reads)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *arguments],
            cwd=tmp_path,
            stdout=writes,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writes)
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, b"")


def test_ctrl_c_while_the_arguments_are_read_has_its_code(monkeypatch: pytest.MonkeyPatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(click.Group, "parse_args", interrupt)
    assert CliRunner().invoke(group, [next(iter(COMMANDS))]).exit_code == ExitCode.INTERRUPTED


def _with_states(tmp_path: Path) -> Workspace:
    """A recording whose tracks were written, with cues in several states."""
    ws = Workspace.open(make(tmp_path / "talk.mp4"), tmp_path / "out")
    make_stages(ws, items())
    with ws.lock():
        emit.run(ws, Info(), emit.Options())
        (record,) = ws.emitted_folder.glob("*.json")
        made = artifacts.read(record, artifacts.EMITTED)
        cues = tuple(
            Cue(start_ms=at, end_ms=at + 10_000, lines=("a",), language="ru")
            for at in range(0, 60_000, 10_000)
        )
        states = ("needs_review", "needs_review", "approved", "edited", "conflict", "machine")
        told = tuple(
            replace(file, cues=cues, states=states) if file.path == "talk.srt" else file
            for file in made.payload.files
        )
        artifacts.write(record, artifacts.EMITTED, replace(made.payload, files=told), made.origin)
    return ws


def test_status_counts_the_states_and_the_minutes_left(tmp_path: Path):
    ws = _with_states(tmp_path)
    arguments = ["status", str(ws.recording), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(group, [*arguments, "--ui", "en"])
    line = (
        "  review     as spoken: not yet read 1, needs review 2, edited 1, approved 1, conflict 1"
    )
    assert line in done.stdout
    assert "2 minutes left, if reviewing takes 4 times as long as" in done.stdout
    [one] = json.loads(CliRunner().invoke(group, [*arguments, "--json"]).stdout)
    first = one["review"][0]
    assert (first["track"], first["cues"], first["screen_times"]) == ("orig", 6, 4)
    assert first["minutes_left"] == 2  # 30 s, four times
    assert first["states"] == {
        "machine": 1,
        "needs_review": 2,
        "edited": 1,
        "approved": 1,
        "source_changed": 0,
        "conflict": 1,
    }
    ws.srt_path("orig").unlink()
    [one] = json.loads(CliRunner().invoke(group, [*arguments, "--json"]).stdout)
    assert "orig" not in [review["track"] for review in one["review"]]


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"LC_ALL": "ru_RU.UTF-8"}, "проверка   как звучит: ещё не читали 1, нужна проверка 2"),
        ({"LC_ALL": "ru_RU.UTF-8", "MARATHON_UI": "es"}, "quedan 2 minutos, si revisar lleva 4"),
        ({"LC_ALL": "C"}, "review     as spoken: not yet read 1"),
    ],
)
def test_status_speaks_the_readers_language(tmp_path: Path, environment: dict[str, str], told: str):
    ws = _with_states(tmp_path)
    arguments = ["status", str(ws.recording), "--out", str(tmp_path / "out")]
    assert told in CliRunner().invoke(group, arguments, env=environment).stdout
    machine = CliRunner().invoke(group, [*arguments, "--json"], env=environment).stdout
    assert {stage["state"] for stage in json.loads(machine)[0]["stages"]} <= {
        "to be made", "current", "not there yet", "damaged", "unknown",
    }  # fmt: skip


def _interrupted(tmp_path: Path) -> Workspace:
    """A recording of which three chunks were recognised when somebody pressed Ctrl-C."""
    ws = Workspace.open(make(tmp_path / "a.mp4"), tmp_path / "out")
    given = clips([speech("r."), speech("rc"), speech("s.")])
    with ws.lock():
        keep_digest(ws)
        with files.Journal.open(ws.journal_path) as journal:
            memory = Memory(journal, "small", recording_digest(ws))
            for one in recognise(ws.journal_path, Parrot(), given):
                memory.accept(one)
    return ws


def test_status_says_how_far_an_interrupted_recognition_is(tmp_path: Path):
    ws = _interrupted(tmp_path)
    arguments = ["status", str(ws.recording), "--out", str(tmp_path / "out")]
    (one,) = json.loads(CliRunner().invoke(group, [*arguments, "--json"]).stdout)
    assert one["recognised_ms"] == so_far(ws).duration_ms > 0
    for ui, told in {
        "en": "recognised up to",
        "ru": "распознано до",
        "es": "reconocido hasta",
    }.items():
        said = CliRunner().invoke(group, [*arguments, "--ui", ui]).stdout
        assert f"  {told} {clock(one['recognised_ms'])}" in said


def test_status_reads_no_recording_to_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ws = _interrupted(tmp_path)
    os.utime(ws.recording, (1, 1))  # it is another one, or was copied
    monkeypatch.setattr(files, "digest_file", pytest.fail)
    done = CliRunner().invoke(group, ["status", str(ws.recording), "--out", f"{tmp_path}/out"])
    assert done.exit_code == 0
    assert "recognised up to" not in done.stdout


def test_what_led_to_a_finished_transcript_is_no_interrupted_recognition(tmp_path: Path):
    ws = _interrupted(tmp_path)
    ws.transcript_path.write_bytes(b"made, and damaged since")
    arguments = ["status", str(ws.recording), "--out", str(tmp_path / "out"), "--json"]
    (one,) = json.loads(CliRunner().invoke(group, arguments).stdout)
    assert one["recognised_ms"] == 0
    os.utime(ws.transcript_path, (1, 1))  # recognising has begun anew since
    (one,) = json.loads(CliRunner().invoke(group, arguments).stdout)
    assert one["recognised_ms"] > 0


def test_a_journal_that_holds_nothing_is_passed_over_by_status(tmp_path: Path):
    ws = Workspace.open(make(tmp_path / "a.mp4"), tmp_path / "out")
    for data in (b"", b"not ours\n"):
        files.replace(ws.journal_path, data)
        done = CliRunner().invoke(group, ["status", str(ws.recording), "--out", f"{tmp_path}/out"])
        assert done.exit_code == 0
        assert "recognised up to" not in done.stdout


def test_a_language_that_nobody_wrote_texts_for_is_refused(tmp_path: Path):
    done = CliRunner().invoke(group, ["status", str(make(tmp_path / "a.mp4")), "--ui", "fr"])
    assert done.exit_code == ExitCode.USAGE
