"""Folders of recordings, and names that a shell or a file system could choke on."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.e2e.driving import Marathon, content, sound, write_wav


def test_one_bad_recording_does_not_stop_the_others(marathon: Marathon, sentence: Path):
    folder = marathon.folder / "archive"
    (folder / "2019").mkdir(parents=True)
    (folder / "archive.toml").write_text('languages = ["ru"]\n')
    shutil.copy(sentence, folder / "a.wav")
    (folder / "b.mp4").write_text("not a film")
    shutil.copy(sentence, folder / "2019" / "c.wav")
    done = marathon("run", "archive", "--demo")
    assert done.code == 9, done.err
    failed, *made = sorted(done.out.splitlines())
    assert failed.startswith("failed   archive/b.mp4: cannot be read as a recording: ")
    assert made == ["made     archive/2019/c.wav", "made     archive/a.wav"]
    assert "1 of 3 recordings failed" in done.err.splitlines()[-2]
    assert "run the same command again" in done.err.splitlines()[-1]
    for srt in ("a.subtitles/a.srt", "2019/c.subtitles/c.en.srt"):
        assert (folder / srt).is_file()
    assert not (folder / "b.subtitles").exists()

    done = marathon("run", "archive", "--demo", "--json")
    assert done.code == 9
    found = {one["recording"]: (one["status"], one["exit_code"]) for one in json.loads(done.out)}
    assert found == {
        "archive/a.wav": ("current", 0),
        "archive/b.mp4": ("failed", 3),
        "archive/2019/c.wav": ("current", 0),
    }


def test_the_archives_info_file_holds_for_every_way_to_name_a_recording(
    marathon: Marathon, sentence: Path
):
    there = marathon.folder / "archive" / "2019" / "c.wav"
    there.parent.mkdir(parents=True)
    (marathon.folder / "archive" / "archive.toml").write_text('languages = ["ru"]\n')
    shutil.copy(sentence, there)
    assert marathon("run", "archive", "--demo").code == 0
    for named in ("archive", "archive/2019", "archive/2019/c.wav"):
        assert "to be made" not in marathon("status", named).out
        done = marathon("run", named, "--demo", "--json")
        assert [one["status"] for one in json.loads(done.out)] == ["current"]
    assert marathon("emit", there, "--explain").out == "current: nothing to do\n"


def test_explain_goes_on_after_a_bad_recording_and_ends_as_run_does(
    marathon: Marathon, sentence: Path
):
    folder = marathon.folder / "archive"
    folder.mkdir()
    (folder / "a.mp4").touch()
    for name in ("b.wav", "c.wav"):
        shutil.copy(sentence, folder / name)
    (folder / "b.toml").write_text("titel = 'One'\n")
    before = content(folder)
    done = marathon("run", "archive", "--demo", "--explain")
    assert done.code == 9, done.err
    assert done.out.splitlines() == [
        "failed   archive/a.mp4: is empty",
        "failed   archive/b.wav: archive/b.toml, line 1: unknown key 'titel'",
        "archive/c.wav:",
        "  transcribe there is no transcript yet",
        "  what follows depends on that",
    ]
    assert "2 of 3 recordings failed" in done.err.splitlines()[-2]
    done = marathon("run", "archive", "--demo", "--explain", "--json")
    assert done.code == 9, done.err
    bad, _, good = json.loads(done.out)
    assert (bad["recording"], bad["exit_code"], bad["stages"]) == ("archive/a.mp4", 3, [])
    assert "is empty" in bad["error"]
    reasons = ["there is no transcript yet"]
    assert good == {
        "recording": "archive/c.wav",
        "stages": [{"stage": "transcribe", "state": "to be made", "reasons": reasons}],
        "exit_code": 0,
        "error": "",
        "hint": "",
    }
    done = marathon("run", "archive/a.mp4", "--explain", "--json")
    assert done.code == 3
    assert len(json.loads(done.out)) == 1
    assert marathon("run", "archive/a.mp4", "--explain").out == ""
    assert content(folder) == before


NAMES = [
    "with spaces and 'quotes' \"both\".wav",
    "Марафон, часть 1 — ёж.wav",
    "-rf.wav",
    "two\nlines.wav",
    "50%25 $HOME `id`;&|*?.wav",
    "🎙️ العربية.wav",
]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no such names")
def test_recordings_with_odd_names_are_made_and_found_again(marathon: Marathon, sentence: Path):
    folder = marathon.folder / "odd \n«папка»"
    folder.mkdir()
    for name in NAMES:
        shutil.copy(sentence, folder / name)
    bytes_only = os.fsdecode(b"\xff\xfe.wav")
    shutil.copy(sentence, folder / bytes_only)
    done = marathon("run", folder.name, "--demo", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert [one["status"] for one in found] == ["made"] * (len(NAMES) + 1)
    files = [path for one in found for path in one["files"]]
    assert len(set(files)) == 2 * len(found)
    for path in files:
        assert path.startswith(f"{folder}/")
        assert Path(path).is_file()
        assert not set(path.removeprefix(str(folder))) & set("\n'\"$`;&|*?"), path
    assert marathon("run", folder.name, "--demo").code == 0
    done = marathon("status", folder.name)
    assert done.code == 0
    assert "error" not in done.out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no such names")
def test_a_name_that_looks_like_an_option_is_a_file_after_two_dashes(
    marathon: Marathon, sentence: Path
):
    shutil.copy(sentence, marathon.folder / "-v.wav")
    done = marathon("run", "--demo", "--", "-v.wav")
    assert done.code == 0, done.err
    assert (marathon.folder / "v.subtitles" / "v.srt").is_file()


@pytest.mark.skipif(sys.platform != "linux", reason="needs file names that are no text")
def test_in_a_folder_whose_name_is_no_text_all_works_too(marathon: Marathon, sentence: Path):
    folder = marathon.folder / os.fsdecode(b"\xff")
    folder.mkdir()
    shutil.copy(sentence, folder / "a.wav")
    done = marathon("run", folder / "a.wav", "--demo")
    assert done.code == 0, done.err
    assert "a.srt" in done.out
    done = marathon("run", folder / "a.wav", "--demo", "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)[0]["status"] == "current"


def test_two_recordings_of_one_name_get_folders_of_their_own(marathon: Marathon):
    for at, folder in enumerate(("monday", "tuesday")):
        (marathon.folder / folder).mkdir()
        write_wav(marathon.folder / folder / "talk.wav", sound("ru-clean", 0, 2_600 + at))
    done = marathon("run", "monday", "tuesday", "--demo", "--out", "out")
    assert done.code == 0, done.err
    made = [path for path in content(marathon.folder / "out") if path.endswith(".en.srt")]
    assert len(made) == 2
