"""A whole run: what comes out, on which stream, with which libraries, how fast it answers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.e2e.driving import Done, Marathon, content

if TYPE_CHECKING:
    from pathlib import Path

TIMES = re.compile(rb"(\d\d):(\d\d):(\d\d),(\d\d\d) --> ")


def test_a_run_tells_on_stdout_what_it_made_and_all_else_on_stderr(undisturbed: tuple[Path, Done]):
    folder, done = undisturbed
    assert done.out.splitlines() == [
        f"made     {folder}/talk.srt  (as spoken)",
        f"made     {folder}/talk.en.srt  (English)",
    ]
    assert "Traceback" not in done.err
    for said in ("demo weights", "transcribe: 0:00:3", "emit: ", "next: open an .srt file"):
        assert said in done.err
    assert done.err.count("demo weights ") == 2  # of each once


def test_nobody_speaks_where_there_is_silence_or_music(undisturbed: tuple[Path, Done]):
    folder, _ = undisturbed
    starts = [
        ((int(h) * 60 + int(m)) * 60 + int(s)) * 1000 + int(ms)
        for h, m, s, ms in TIMES.findall((folder / "talk.srt").read_bytes())
    ]
    assert len(starts) >= 9
    assert [start for start in starts if 16_500 < start < 22_200] == []


# Found instead of the real ones, and telling of it; no library may even try.
STRANGER = "import os\nos.write(2, b'IMPORTED {0}')\nraise ImportError('{0}')\n"


def test_torch_stanza_and_spacy_are_never_imported(
    marathon: Marathon, environment: dict[str, str], sentence: Path
):
    strangers = marathon.folder / "strangers"
    strangers.mkdir()
    for name in ("torch", "stanza", "spacy"):
        (strangers / f"{name}.py").write_text(STRANGER.format(name))
    watched = Marathon(marathon.folder, {**environment, "PYTHONPATH": str(strangers)})
    done = watched("run", sentence, "--demo", "--out", "out")
    assert done.code == 0, done.err
    assert "made" in done.out
    assert "IMPORTED" not in done.err


def test_help_answers_at_once(marathon: Marathon, environment: dict[str, str]):
    runs = [marathon("--help") for _ in range(5)]
    assert {done.code for done in runs} == {0}
    assert min(done.cpu_s for done in runs) < 0.3
    traced = Marathon(marathon.folder, {**environment, "PYTHONPROFILEIMPORTTIME": "1"})
    imported = set(re.findall(r"\| +([a-z_0-9]+)", traced("--help").err))
    assert "click" in imported
    assert not imported & {"numpy", "av", "ctranslate2", "onnxruntime", "rich", "msgspec"}


def test_reports_in_json_are_all_there_is_on_stdout(marathon: Marathon, sentence: Path):
    done = marathon("run", sentence, "--demo", "--out", "out", "--json")
    assert done.code == 0, done.err
    (one,) = json.loads(done.out)
    assert one["status"] == "made"
    assert one["stages"].keys() == {"transcribe", "segment", "translate", "emit"}
    assert one["files"] == [
        f"{marathon.folder}/out/sentence/sentence.srt",
        f"{marathon.folder}/out/sentence/sentence.en.srt",
    ]
    for arguments in (
        ("status", sentence, "--out", "out"),
        ("check", one["files"][0]),
        ("models", "list"),
        ("doctor",),
    ):
        done = marathon(*arguments, "--json")
        assert done.code in {0, 8}, done.err
        assert json.loads(done.out)


def test_a_single_recording_that_fails_is_json_too_and_keeps_its_own_code(marathon: Marathon):
    done = marathon("run", "missing.wav", "--json")
    assert done.code == 2
    (one,) = json.loads(done.out)
    assert (one["status"], one["exit_code"]) == ("failed", 2)
    assert "missing.wav" in one["error"]
    assert one["hint"]


def test_both_languages_in_one_file_on_request(marathon: Marathon, sentence: Path):
    done = marathon("run", sentence, "--demo", "--out", "out", "--track", "ru+en", "-q")
    assert done.code == 0, done.err
    assert (
        done.out
        == f"made     {marathon.folder}/out/sentence/sentence.ru+en.srt  (Russian and English)\n"
    )
    assert [p for p in content(marathon.folder) if p.endswith(".srt")] == [
        "out/sentence/sentence.ru+en.srt"
    ]


def test_without_weights_and_without_a_network_it_says_what_to_type(
    marathon: Marathon, sentence: Path
):
    done = marathon("run", sentence, "--offline", "--out", "out")
    assert done.code == 4, done.err
    assert "marathon models pull small" in done.err.splitlines()[-1]


def test_demo_weights_are_not_used_on_other_recordings_by_accident(
    marathon: Marathon, environment: dict[str, str], sentence: Path
):
    from tests.e2e.driving import ROOT

    folder = environment.get("MARATHON_DEMO_WEIGHTS", str(ROOT / "samples" / "weights"))
    done = marathon("run", sentence, "--asr", f"{folder}/asr", "--out", "out")
    assert done.code == 2, done.err
    assert "--demo" in done.err.splitlines()[-1]
