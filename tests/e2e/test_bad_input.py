"""Every kind of bad input: the code, what is named, what to do, and nothing half-written."""

from __future__ import annotations

import shutil
import signal
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.e2e.driving import (
    ROOT,
    Done,
    Marathon,
    content,
    put_an_end_to,
    sound,
    until,
    write_m4a,
    write_video,
    write_wav,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PACKAGE = ROOT / "samples" / "weights" / "translate-ru_en.argosmodel"
CASES: dict[str, Callable[[Path], Case]] = {}


@dataclass(frozen=True)
class Case:
    """What is typed, the code, and what stderr must name; the hint is its last line."""

    arguments: tuple[str, ...]
    code: int
    named: tuple[str, ...]
    hint: str


def case(make: Callable[[Path], Case]) -> Callable[[Path], Case]:
    CASES[make.__name__] = make
    return make


@case
def no_such_file(folder: Path) -> Case:
    return Case(("run", "missing.mp4"), 2, ("missing.mp4: no such file",), "check the name")


@case
def a_folder_where_one_recording_is_needed(folder: Path) -> Case:
    (folder / "talks").mkdir()
    return Case(("transcribe", "talks"), 2, ("talks: is a folder",), "marathon run talks")


@case
def an_empty_folder(folder: Path) -> Case:
    (folder / "talks").mkdir()
    return Case(("run", "talks"), 3, ("talks: no media file",), "name the recording itself")


@case
def no_audio_stream(folder: Path) -> Case:
    write_video(folder / "mute.mp4", with_sound=False)
    return Case(("run", "mute.mp4"), 3, ("mute.mp4: has no audio stream",), "with sound")


@case
def a_file_of_no_bytes(folder: Path) -> Case:
    (folder / "empty.mp4").touch()
    return Case(("run", "empty.mp4"), 3, ("empty.mp4: is empty",), "copy or download")


@case
def a_recording_of_no_length(folder: Path) -> Case:
    write_wav(folder / "short.wav")
    return Case(("run", "short.wav"), 3, ("short.wav: holds no sound",), "can be played")


@case
def a_container_without_its_end(folder: Path) -> Case:
    path = write_video(folder / "cut.mp4", with_sound=True)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return Case(("run", "cut.mp4"), 3, ("cut.mp4: cannot be read", "cut off"), "a player")


@case
def text_that_calls_itself_a_film(folder: Path) -> Case:
    (folder / "notes.mp4").write_text("Just some notes.\n" * 99)
    return Case(("run", "notes.mp4"), 3, ("notes.mp4: cannot be read",), "a player")


def told(folder: Path, info: str, **tables: str) -> None:
    """A recording with an info file and the tables that it names."""
    write_wav(folder / "talk.wav", sound("ru-clean", 0, 2_600))
    (folder / "talk.toml").write_text(info)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text)


@case
def a_rundown_whose_items_overlap(folder: Path) -> Case:
    rows = "start,end,title\n0:00,0:10,One\n0:05,0:20,Two\n"
    told(folder, 'rundown = "rundown.csv"', rundown=rows)
    named = ("rundown.csv, line 3", "0:00:05", "0:00:10")
    return Case(("run", "talk.wav"), 3, named, "before the next one starts")


@case
def a_rundown_that_goes_back_in_time(folder: Path) -> Case:
    rows = "start,title\n0:10,One\n0:20,Two\n0:15,Three\n"
    told(folder, 'rundown = "rundown.csv"', rundown=rows)
    named = ("rundown.csv, line 4", "0:00:15", "0:00:20")
    return Case(("run", "talk.wav"), 3, named, "in time order")


@case
def a_rundown_item_that_ends_before_it_starts(folder: Path) -> Case:
    told(folder, 'rundown = "rundown.csv"', rundown="start,end,title\n0:10,0:05,One\n")
    named = ("rundown.csv, line 2", "0:00:05")
    return Case(("run", "talk.wav"), 3, named, "correct its times")


@case
def an_unknown_language_in_the_info_file(folder: Path) -> Case:
    told(folder, 'title = "Talk"\nlanguages = ["ru", "spa"]\n')
    return Case(("run", "talk.wav"), 3, ("talk.toml, line 2", "'spa'"), "'es'")


@case
def an_unknown_language_in_the_rundown(folder: Path) -> Case:
    told(folder, 'rundown = "rundown.csv"', rundown="start,languages\n0:00,ru\n0:02,english\n")
    return Case(("run", "talk.wav"), 3, ("rundown.csv, line 3", "'english'"), "en")


@case
def a_glossary_without_its_two_columns(folder: Path) -> Case:
    told(folder, 'glossary = "glossary.csv"', glossary="source;meaning\nмарафон;marathon\n")
    named = ("glossary.csv, line 1", "no column named target")
    return Case(("run", "talk.wav"), 3, named, "source and target")


@case
def an_unknown_key_in_the_info_file(folder: Path) -> Case:
    told(folder, '# mine\ntitle = "Talk"\nlangauges = ["ru"]\n')
    named = ("talk.toml, line 3", "unknown key 'langauges'")
    return Case(("run", "talk.wav"), 3, named, "did you mean 'languages'?")


@case
def a_rundown_that_is_not_there(folder: Path) -> Case:
    told(folder, 'rundown = "rundwon.csv"')
    return Case(("run", "talk.wav"), 3, ("talk.toml, line 1", "rundwon.csv"), "looked for in")


@case
def a_translation_from_a_language_that_is_not_spoken(folder: Path) -> Case:
    told(folder, 'languages = ["ru"]\ntranslate = { es = "en" }\n')
    named = ("talk.toml, line 2: translate: 'es' is not in languages",)
    return Case(("run", "talk.wav"), 3, named, 'languages = ["ru", "es"]')


@case
def a_pair_that_the_demo_weights_do_not_know(folder: Path) -> Case:
    told(folder, 'translate = { ru = "fr" }')
    return Case(("run", "talk.wav"), 4, ("no demo weights translate ru to fr",), "in the info file")


@case
def a_pair_that_the_given_package_is_not_for(folder: Path) -> Case:
    told(folder, 'translate = { ru = "fr" }')
    named = (f"{PACKAGE}: translates ru to en, not ru to fr",)
    hint = "leave out --mt"
    return Case(("run", "talk.wav", "--mt", str(PACKAGE), "--offline"), 4, named, hint)


@case
def a_second_pair_for_which_no_package_is_here(folder: Path) -> Case:
    told(folder, 'translate = { es = "en", ru = "en" }')
    named = (f"{PACKAGE} translates ru to en", "no demo weights translate es to en")
    return Case(("run", "talk.wav", "--mt", str(PACKAGE)), 4, named, "in the info file")


@case
def a_package_that_is_not_there(folder: Path) -> Case:
    told(folder, "")
    named = ("ru_en.argosmodel: no such file",)
    return Case(("run", "talk.wav", "--mt", "ru_en.argosmodel"), 2, named, "--mt takes")


@case
def a_package_that_is_none(folder: Path) -> Case:
    told(folder, "")
    with zipfile.ZipFile(folder / "ru_en.argosmodel", "w") as archive:
        archive.writestr("ru_en/notes.txt", "Just some notes.")
    named = ("error: ru_en.argosmodel: not an Argos package",)
    return Case(("run", "talk.wav", "--mt", "ru_en.argosmodel"), 4, named, "metadata.json")


@case
def a_profile_that_is_not_there(folder: Path) -> Case:
    told(folder, 'profile = "teletext"')
    return Case(("run", "talk.wav"), 2, ("'teletext'",), "default")


@case
def a_track_that_is_not_there(folder: Path) -> Case:
    told(folder, 'translate = { ru = "en" }')
    return Case(("run", "talk.wav", "--track", "fr"), 2, ("'fr'",), "orig, en, ru+en")


@case
def an_output_folder_that_is_a_file(folder: Path) -> Case:
    told(folder, "")
    (folder / "taken").touch()
    return Case(("run", "talk.wav", "--out", "taken"), 74, ("taken/talk",), "")


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_told_where_and_what_to_do_and_leaves_nothing(marathon: Marathon, name: str):
    expected = CASES[name](marathon.folder)
    before = content(marathon.folder)
    done = marathon(*expected.arguments, "--demo")
    check(done, expected)
    assert content(marathon.folder) == before


def check(done: Done, expected: Case) -> None:
    assert done.code == expected.code, done.err
    assert done.out == ""
    assert "Traceback" not in done.err
    lines = done.err.splitlines()
    (said,) = [line for line in lines if line.startswith("error: ")]
    for name in expected.named:
        assert name in said
    assert lines[-1].startswith("  "), "no hint"
    assert expected.hint in lines[-1]


def test_a_recording_that_is_cut_off_says_at_which_second(marathon: Marathon):
    path = write_m4a(marathon.folder / "talk.m4a", sound("ru-clean", 0, 12_000))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    done = marathon("run", "talk.m4a", "--demo")
    check(done, Case((), 3, ("talk.m4a: ends at 0:00:0", "lasts 0:00:12"), "give --to 0:00:0"))
    left = {path.rpartition("/")[2] for path in content(marathon.folder / "talk.subtitles")}
    assert left <= {"lock", "recording.json", "transcript.journal"}
    done = marathon("run", "talk.m4a", "--demo", "--to", "0:00:04")
    assert done.code == 0, done.err
    part = "talk.0h00m00s-0h00m04s"
    assert (marathon.folder / f"{part}.subtitles" / f"{part}.srt").stat().st_size


# Root may write anywhere; without these powers it is like everybody else.
AS_EVERYBODY = """
import ctypes, os, sys
for power in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    ctypes.CDLL(None).prctl(24, power, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that root may not write to")
def test_a_folder_that_cannot_be_written_is_named(marathon: Marathon):
    write_wav(marathon.folder / "talk.wav", sound("ru-clean", 0, 2_600))
    out = marathon.folder / "out"
    out.mkdir(mode=0o555)
    done = marathon(
        *("run", "talk.wav", "--demo", "--out", out),
        before=(sys.executable, "-c", AS_EVERYBODY),
    )
    check(done, Case((), 74, (f"{out}/talk", "Permission denied"), "--out"))
    assert content(out) == {}


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that root may not write to")
@pytest.mark.parametrize(
    "given",
    [{"HOME": "."}, {"XDG_CACHE_HOME": "cache"}, {"MARATHON_CACHE": "cache"}],
    ids="".join,
)
def test_where_only_the_output_can_be_written_subtitles_are_made(
    tmp_path: Path, given: dict[str, str]
):
    home, here, out = tmp_path / "home", tmp_path / "here", tmp_path / "out"
    for folder in (home, here, out):
        folder.mkdir()
    write_wav(here / "talk.wav", sound("ru-clean", 0, 2_600))
    here.chmod(0o555)
    nothing = dict.fromkeys(("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), "")
    given = {name: str(here) if value == "." else value for name, value in given.items()}
    marathon = Marathon(here, {"HOME": str(home), "TMPDIR": str(tmp_path), **nothing, **given})
    as_everybody = (sys.executable, "-c", AS_EVERYBODY)
    done = marathon("run", "talk.wav", "--demo", "--out", out, before=as_everybody)
    assert done.code == 0, done.err
    assert "Traceback" not in done.err
    assert (out / "talk" / "talk.en.srt").stat().st_size
    assert list(content(here)) == ["talk.wav"]
    assert not list(tmp_path.glob("marathon-*")), "what was put elsewhere is left there"


def test_a_second_run_on_the_same_recording_is_told_who_has_it(
    marathon: Marathon, talk: Path, tmp_path: Path
):
    arguments = ("run", talk, "--demo", "--out", "out")
    first = marathon.begin(*arguments)
    until(first, (tmp_path / "out/talk/.pipeline/recording.json").exists)
    first.send_signal(signal.SIGSTOP)
    before = content(tmp_path / "out")
    done = marathon(*arguments)
    check(done, Case((), 75, ("out/talk", f"process {first.pid}", "run"), "wait"))
    assert content(tmp_path / "out") == before
    first.send_signal(signal.SIGCONT)
    put_an_end_to(first, signal.SIGKILL)
    assert marathon("status", talk, "--out", "out").code == 0, "the lock went with the process"


@pytest.mark.parametrize("stage", ["transcribe", "segment", "translate", "emit"])
def test_a_stage_that_cannot_begin_leaves_no_folder(marathon: Marathon, stage: str):
    (marathon.folder / "notes.mp4").write_text("Just some notes.\n" * 99)
    done = marathon(stage, "notes.mp4")
    assert done.code in {2, 3}, done.err
    assert list(content(marathon.folder)) == ["notes.mp4"]


@pytest.mark.parametrize("command", ["transcribe", "run"])
def test_without_weights_no_folder_is_left(marathon: Marathon, command: str):
    write_wav(marathon.folder / "talk.wav", sound("ru-clean", 0, 2_600))
    done = marathon(command, "talk.wav", "--offline", "--device", "cpu")
    assert done.code == 4, done.err
    assert list(content(marathon.folder)) == ["talk.wav"]


def test_weights_for_translating_are_missed_before_anything_is_recognised(marathon: Marathon):
    write_wav(marathon.folder / "talk.wav", sound("ru-clean", 0, 2_600))
    speech = marathon.folder / "speech"
    shutil.copytree(ROOT / "samples" / "weights" / "asr", speech)
    (speech / "card.toml").unlink()  # as if they were no demo
    before = content(marathon.folder)
    done = marathon("run", "talk.wav", "--asr", speech, "--offline")
    named = ("no package that translates ru to en is on this machine",)
    check(done, Case((), 4, named, "marathon models pull ru-en"))
    assert content(marathon.folder) == before
    done = marathon("run", "talk.wav", "--offline", "--device", "cpu")
    check(done, Case((), 4, ("ru to en", "speech weights small"), "models pull small"))
    assert "models pull ru-en" in done.err.splitlines()[-1]
