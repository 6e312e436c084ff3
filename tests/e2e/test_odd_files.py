"""What stands where a file should be, and is none: it is named, and never waited for."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.driving import Marathon, sound, write_wav

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pipes and links")

ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "folder": (lambda path: path.mkdir(), "is a folder"),
    "pipe": (os.mkfifo, "not a regular file"),
    "link to nowhere": (lambda path: path.symlink_to("nowhere"), "a link to nothing"),
}


@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("name", ["talk.toml", "archive.toml"])
def test_an_info_file_that_is_no_file_is_named(marathon: Marathon, what: str, name: str):
    make, said = ODD[what]
    write_wav(marathon.folder / "talk.wav", sound("ru-clean", 0, 2_600))
    make(marathon.folder / name)
    done = marathon("transcribe", "talk.wav", "--explain")
    assert done.code == 3, done.err
    error, hint = done.err.splitlines()
    assert name in error
    assert said in error
    assert hint.startswith("  ")


@pytest.mark.parametrize("what", ["folder", "pipe"])
@pytest.mark.parametrize("key", ["rundown", "glossary", "roster"])
def test_a_table_that_is_no_file_is_named(marathon: Marathon, what: str, key: str):
    write_wav(marathon.folder / "talk.wav", sound("ru-clean", 0, 2_600))
    ODD[what][0](marathon.folder / "table")
    (marathon.folder / "talk.toml").write_text(f'{key} = "table"')
    done = marathon("run", "talk.wav", "--demo")
    assert done.code == 3, done.err
    assert "table" in done.err


@pytest.mark.parametrize("what", ["folder", "pipe"])
def test_check_does_not_wait_for_what_is_no_file(marathon: Marathon, what: str):
    make, said = ODD[what]
    make(marathon.folder / "talk.en.srt")
    done = marathon("check", "talk.en.srt")
    assert done.code == 3, done.err
    error, hint = done.err.splitlines()
    assert "talk.en.srt" in error
    assert said in error
    assert hint.startswith("  ")


@pytest.mark.parametrize("name", ["talk.words.json", "talk.orig.srt"])
def test_evaluate_does_not_wait_for_what_is_no_file(marathon: Marathon, name: str):
    write_wav(marathon.folder / "talk.wav", sound("ru-clean", 0, 2_600))
    os.mkfifo(marathon.folder / name)
    done = marathon("evaluate", "talk.wav")
    assert done.code == 3, done.err
    assert name in done.err


@pytest.mark.parametrize(
    ("command", "variable"), [("models", "MARATHON_DEMO_WEIGHTS"), ("doctor", "HF_HOME")]
)
def test_json_holds_names_that_are_no_text(tmp_path: Path, command: str, variable: str):
    folder = tmp_path / os.fsdecode(b"hub\xff")
    (folder / "asr").mkdir(parents=True)
    done = Marathon(tmp_path, {variable: str(folder)})(command, "--json")
    assert done.code in {0, 4}, done.err
    assert "Traceback" not in done.err
    assert "hub\\udcff" in "".join(
        text for each in json.loads(done.out) for text in map(str, each.values())
    )


@pytest.mark.skipif(sys.platform != "linux", reason="needs a device that is always full")
@pytest.mark.parametrize(
    "arguments", [["doctor"], ["models", "--json"], ["--help"], ["--version"], ["run", "--help"]]
)
def test_what_cannot_be_said_is_the_disk_s_fault(marathon: Marathon, arguments: list[str]):
    to_nowhere = ("sh", "-c", 'exec "$@" > /dev/full', "sh")
    done = marathon(*arguments, before=to_nowhere)
    assert done.code == 74, done.err
    error, hint = done.err.splitlines()
    assert error.startswith("error: ")
    assert "No space left" in error
    assert "make room" in hint


def test_a_hint_names_the_recording_and_its_folder(marathon: Marathon):
    write_wav(marathon.folder / "my talk.wav", sound("ru-clean", 0, 2_600))
    for given, hint in {
        ("segment", "my talk.wav"): "marathon transcribe 'my talk.wav'",
        ("emit", "my talk.wav", "--out", "a b"): "marathon transcribe 'my talk.wav' --out 'a b'",
        (
            *("translate", "my talk.wav", "--from", "1", "--to", "0:02.5"),
        ): "marathon transcribe 'my talk.wav' --from 0:00:01 --to 0:00:02.500",
    }.items():
        done = marathon(*given)
        assert done.code == 2, done.err
        assert done.err.splitlines()[-1] == f"  make it with: {hint}"


@pytest.mark.parametrize("command", ["run", "transcribe"])
def test_a_part_behind_the_end_says_how_long_the_recording_is(marathon: Marathon, command: str):
    write_wav(marathon.folder / "talk.wav", sound("ru-clean", 0, 2_600))
    done = marathon(command, "talk.wav", "--demo", "--from", "0:10")
    assert done.code == 3, done.err
    error, hint = done.err.splitlines()[-2:]
    assert "talk.wav: is 0:00:02.600 long" in error
    assert hint.startswith("  ")
    assert [path.name for path in marathon.folder.iterdir()] == ["talk.wav"]


def test_a_recording_that_is_no_file_has_a_hint(marathon: Marathon):
    os.mkfifo(marathon.folder / "talk.wav")
    done = marathon("transcribe", "talk.wav")
    assert done.code == 2, done.err
    error, hint = done.err.splitlines()
    assert "talk.wav: is not a regular file" in error
    assert hint.startswith("  ")
