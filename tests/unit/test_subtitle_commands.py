"""`marathon emit`, `check` and `evaluate`, driven as from a shell."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import group
from pipeline.core import artifacts
from pipeline.core.artifacts import TRANSCRIPT, Origin
from pipeline.core.payloads import Transcript
from pipeline.core.workspace import Workspace
from pipeline.subtitles import srt
from tests.unit.test_emit import items, make, phrase
from tests.unit.test_srt import GOOD, one


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    recording = tmp_path / "talk.mp4"
    recording.write_bytes(b"x")
    found = Workspace.open(recording)
    make(found, items(10_000))
    return found


def marathon(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def test_emit_says_what_it_made_and_that_it_is_current(ws: Workspace):
    first = marathon("emit", ws.recording)
    assert (first.exit_code, first.stdout) == (
        0,
        f"made     {ws.srt_path('orig')}\nmade     {ws.srt_path('en')}\n",
    )
    assert marathon("emit", ws.recording).stdout.startswith("current ")


def test_emit_explains_and_makes_nothing(ws: Workspace):
    result = marathon("emit", ws.recording, "--explain")
    assert (result.exit_code, result.stdout) == (0, "nothing is written yet\n")
    assert not ws.srt_path("orig").exists()
    marathon("emit", ws.recording)
    assert marathon("emit", ws.recording, "--explain").stdout == "current: nothing to do\n"
    asked = marathon("emit", ws.recording, "--explain", "--track", "orig").stdout
    assert 'option tracks changed from ["orig", "en"] to ["orig"]\n' in asked


def test_emit_refuses_to_replace_what_a_person_changed(ws: Workspace):
    marathon("emit", ws.recording)
    ws.srt_path("en").write_text("mine")
    make(ws, items(10_000), english="Good evening, friends.")
    result = marathon("emit", ws.recording, "--force")
    assert result.exit_code == 7
    assert result.stdout == ""
    assert str(ws.srt_path("en")) in result.stderr
    assert "another name" in result.stderr
    assert ws.srt_path("en").read_text() == "mine"


def test_emit_keeps_what_a_person_changed_and_says_so(ws: Workspace):
    marathon("emit", ws.recording)
    ws.srt_path("en").write_text("mine")
    result = marathon("emit", ws.recording)
    assert result.exit_code == 0
    assert result.stdout.startswith("current ")
    assert f"kept: {ws.srt_path('en')} was changed by hand" in result.stderr
    assert ws.srt_path("en").read_text() == "mine"


def test_emit_writes_elsewhere_when_told_to(ws: Workspace, tmp_path: Path):
    result = marathon("emit", ws.recording, "--out", tmp_path / "else")
    assert result.exit_code == 2
    assert "no transcript yet" in result.stderr


def test_emit_names_an_unknown_profile(ws: Workspace):
    result = marathon("emit", ws.recording, "--profile", "netflx")
    assert (result.exit_code, "default" in result.stderr) == (2, True)


def test_check_finds_nothing_in_what_emit_wrote(ws: Workspace):
    marathon("emit", ws.recording)
    result = marathon("check", ws.srt_path("orig"), ws.srt_path("en"))
    assert (result.exit_code, result.stdout) == (0, "nothing found in 4 cues\n")


def test_check_says_what_is_wrong_where(tmp_path: Path):
    path = tmp_path / "talk.en.srt"
    path.write_bytes(srt.compose([one("x" * 50, start_ms=61_000, end_ms=66_000)]))
    result = marathon("check", path)
    assert result.exit_code == 8
    assert result.stdout == (
        f"{path}: cue 1 at 0:01:01: line-too-long: 50 characters in a line, at most 42\n"
    )
    assert result.stderr == "1 finding; the files are as they were\n"
    [report] = json.loads(marathon("check", path, "--json").stdout)
    assert report["findings"][0]["rule"] == "line-too-long"
    assert report["cues"] == 1


@pytest.mark.parametrize(
    ("name", "data", "code"), [("a.srt", None, 2), ("a.srt", b"\x89PNG\r\n\x1a\n" + bytes(99), 3)]
)
def test_check_names_a_file_it_cannot_read(
    tmp_path: Path, name: str, data: bytes | None, code: int
):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    result = marathon("check", path)
    assert result.exit_code == code
    assert str(path) in result.stderr
    assert "Traceback" not in result.stderr


def test_check_of_a_folder_is_refused(tmp_path: Path):
    result = marathon("check", tmp_path)
    assert (result.exit_code, "Traceback" in result.stderr) == (3, False)


def test_check_refuses_no_file_for_its_cues_and_tells_lines(tmp_path: Path):
    path = tmp_path / "a.srt"
    path.write_bytes(
        b"hello\n\n1\n00:00:02,000 --> 00:00:01,000\nback\n\n2\n00:00:0x --> 3\nlost\n"
    )
    result = marathon("check", path)
    assert result.exit_code == 8
    assert f"{path}: line 1: header: " in result.stdout
    assert f"{path}: line 4: end-before-start: " in result.stdout
    assert f"{path}: line 7: broken-cue: " in result.stdout
    assert "lost" in result.stdout
    assert marathon("check", path, "--fix").exit_code == 3
    assert [*tmp_path.iterdir()] == [path]


def test_check_goes_on_with_the_other_files(tmp_path: Path):
    good, bad = tmp_path / "a.srt", tmp_path / "b.srt"
    good.write_text(GOOD)
    result = marathon("check", good, bad)
    assert result.exit_code == 9
    assert f"error: {bad}: no such file" in result.stderr


def test_check_reports_as_a_table_in_which_no_cell_is_a_formula(tmp_path: Path):
    path = tmp_path / "talk.en.srt"
    path.write_bytes(srt.compose([one("=cmd|' /C calc'!A0 привет", start_ms=1_000, end_ms=3_000)]))
    result = marathon("check", path, "--csv")
    assert result.exit_code == 8
    head, *rows = csv.reader(io.StringIO(result.stdout))
    assert head == ["file", "line", "cue", "time", "rule", "message", "text"]
    assert [row[1:5] for row in rows] == [["2", "1", "0:00:01.000", "untranslated"]]
    assert rows[0][6].startswith("'=cmd")
    assert marathon("check", path, "--csv", "--json").exit_code == 2


def test_check_is_told_the_language_where_the_name_does_not_tell(tmp_path: Path):
    path = tmp_path / "talk.srt"
    path.write_bytes(srt.compose([one("Hello, друзья мои.", end_ms=3_000)]))
    assert marathon("check", path).exit_code == 0
    assert ": untranslated: not English: " in marathon("check", path, "--language", "en").stdout
    assert marathon("check", path, "--language", "ru+en").exit_code == 0
    result = marathon("check", path, "--language", "english")
    assert (result.exit_code, "did you mean en?" in result.stderr) == (2, True)


def test_check_compares_tracks_that_are_named_together(tmp_path: Path):
    russian, english = tmp_path / "talk.ru.srt", tmp_path / "talk.en.srt"
    both = [one("Good evening.", end_ms=3_000), one("Good night.", start_ms=60_000, end_ms=63_000)]
    english.write_bytes(srt.compose(both[:1]))
    russian.write_bytes(
        srt.compose(
            [
                one("Добрый вечер.", end_ms=3_000),
                one("Доброй ночи.", start_ms=60_000, end_ms=63_000),
            ]
        )
    )
    result = marathon("check", russian, english)
    assert result.stdout == (
        f"{english}: at 0:01:00: parity: no cue for 3.0 s in which talk.ru.srt has some\n"
    )
    english.write_bytes(srt.compose(both))
    assert marathon("check", russian, english).exit_code == 0


def test_check_takes_a_profile_of_the_users_own(tmp_path: Path):
    path, rules = tmp_path / "talk.en.srt", tmp_path / "ours.toml"
    path.write_bytes(srt.compose([one("Good evening, friends.", end_ms=3_000)]))
    rules.write_text("[rules]\nline_length = 9\nline_limit = 10\n")
    result = marathon("check", path, "--profile", rules)
    assert ": line-too-long: 22 characters in a line, at most 10\n" in result.stdout
    assert marathon("check", path, "--profile", tmp_path / "no.toml").exit_code == 3
    assert marathon("check", path, "--profile", "no").exit_code == 2


def test_check_fixes_what_is_safe_beside_the_file_and_only_once(tmp_path: Path):
    path, fixed = tmp_path / "talk.en.srt", tmp_path / "talk.en.fixed.srt"
    before = (
        b"\xef\xbb\xbf1\r\n00:00:05,000 --> 00:00:07,000\r\nLater. \r\n\r\n"
        b"2\r\n00:00:01,000 --> 00:00:01,500\r\n- <i>Sooner.</i>\r\n"
    )
    path.write_bytes(before)
    result = marathon("check", path, "--fix")
    assert result.exit_code == 0, result.stdout
    assert path.read_bytes() == before
    assert fixed.read_bytes() == (
        b"1\n00:00:01,000 --> 00:00:01,833\n- <i>Sooner.</i>\n\n"
        b"2\n00:00:05,000 --> 00:00:07,000\nLater.\n\n"
    )
    assert "fixed: cue 1: cue 2 is now cue 1: stood behind a cue that comes later" in result.stdout
    assert "too short to be read, and there was room" in result.stdout
    assert f"written to {fixed}; the file itself is as it was" in result.stdout
    assert marathon("check", path, "--fix").exit_code == 0  # the same once more
    again = marathon("check", fixed, "--fix")
    assert f"{fixed}: nothing to fix" in again.stdout
    fixed.write_bytes(before)
    refused = marathon("check", path, "--fix")
    assert (refused.exit_code, str(fixed) in refused.stderr) == (7, True)
    assert fixed.read_bytes() == before
    [report] = json.loads(marathon("check", path, "--json").stdout)
    assert {one["rule"] for one in report["findings"]} >= {"order", "too-short"}


def test_check_compares_a_file_of_a_recording_with_what_is_known_of_it(ws: Workspace):
    (ws.recording.parent / "glossary.tsv").write_text("source\ttarget\nпривет\tgreetings\n")
    ws.recording.with_suffix(".toml").write_text('glossary = "glossary.tsv"\n')
    with ws.lock():
        pass  # claims the folder
    marathon("emit", ws.recording)
    result = marathon("check", ws.srt_path("en"))
    assert ": term: привет should be greetings here\n" in result.stdout
    mailed = ws.recording.with_name("from-anna.srt")
    mailed.write_bytes(ws.srt_path("en").read_bytes())
    assert marathon("check", mailed).exit_code == 0
    result = marathon("check", mailed, "--for", ws.recording, "--language", "en")
    assert ": term: привет should be greetings here\n" in result.stdout


def test_check_tells_what_is_missing_of_a_recordings_track(ws: Workspace):
    words = "Сегодня мы говорим о мире, о труде и о солидарности наших народов."
    lines = (phrase(words, 0, 9_000), phrase("Hola, amigos.", 12_000, 13_000, "es"))
    made = Transcript(duration_ms=30_000, lines=lines)
    artifacts.write(ws.transcript_path, TRANSCRIPT, made, Origin(stage="t", stage_version=1))
    with ws.lock():
        pass  # claims the folder
    path = ws.srt_path("orig")
    path.write_bytes(srt.compose([one("Hola, amigos.", start_ms=12_000, end_ms=13_000)]))
    result = marathon("check", path)
    assert result.exit_code == 8
    said = "no cue for 9.0 s in which is said: Сегодня мы говорим о мире, о труде и …"
    assert result.stdout == f"{path}: at 0:00:00: missing: {said}\n"


def test_check_of_a_recording_whose_work_cannot_be_read_says_so_and_goes_on(ws: Workspace):
    with ws.lock():
        pass
    marathon("emit", ws.recording)
    ws.transcript_path.write_text("{}")
    result = marathon("check", ws.srt_path("en"))
    assert (result.exit_code, result.stdout) == (0, "nothing found in 2 cues\n")
    assert "not compared with its recording" in result.stderr
    assert marathon("check", ws.srt_path("en"), "--for", ws.recording).exit_code == 6


def reference(ws: Workspace) -> None:
    words = [
        {"start_ms": 0, "end_ms": 500, "text": "Привет,", "language": "ru", "speaker": "host"},
        {"start_ms": 500, "end_ms": 900, "text": "друзья!", "language": "ru", "speaker": "host"},
        {"start_ms": 12_000, "end_ms": 12_500, "text": "Hola,", "language": "es"},
        {"start_ms": 12_500, "end_ms": 12_900, "text": "amigas.", "language": "es"},
    ]
    ws.recording.with_name("talk.words.json").write_text(json.dumps(words), "utf-8")
    english = [
        one("Hello, friends.", end_ms=1_000),
        one("Hola, amigas.", start_ms=12_000, end_ms=13_000),
    ]
    ws.recording.with_name("talk.en.srt").write_bytes(srt.compose(english))


def test_evaluate_prints_scores_for_people(ws: Workspace):
    marathon("emit", ws.recording)
    reference(ws)
    result = marathon("evaluate", ws.recording)
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert [line.split() for line in lines[:7]] == [
        ["all", "ru", "es"],
        ["words", "4", "2", "2"],
        ["WER", "25.0%", "0.0%", "50.0%"],
        ["CER", "4.2%", "0.0%", "9.1%"],
        ["language", "right", "100.0%", "100.0%", "100.0%"],
        ["heard", "as", "ru", "2", "2", "0"],
        ["heard", "as", "es", "2", "0", "2"],
    ]
    assert [line.split() for line in lines[8:10]] == [
        ["speech", "silence", "music", "noise", "unintelligible", "sum", "duration"],
        ["seconds", "2.0", "0.0", "0.0", "0.0", "0.0", "2.0", "30.0"],
    ]
    assert "words       1 wrong, 0 missing, 0 too many; 100.0% have a cue on screen" in lines
    assert any(line.startswith("word times  starts 0.") for line in lines)
    assert "phantom     0 words where nobody speaks" in lines
    track = lines.index("track         chrF  starts off  ends off  begin alike    cues  reference")
    assert lines[track + 1].split()[-2:] == ["2", "2"]
    assert "chrF2|case:mixed" in lines[-2]
    assert max(map(len, lines[:-2])) <= 100
    assert len(lines) <= 22


def test_evaluate_prints_scores_for_programs(ws: Workspace, tmp_path: Path):
    marathon("emit", ws.recording)
    reference(ws)
    origin = Origin(
        stage="transcribe",
        stage_version=1,
        engine="an engine",
        weights="small@1",
        options={"beam": 5},
        inputs={"recording": "1"},
    )
    made = artifacts.read(ws.transcript_path, TRANSCRIPT).payload
    artifacts.write(ws.transcript_path, TRANSCRIPT, made, origin, libraries={"av": "1"})
    result = marathon("evaluate", ws.recording, "--json", "--reference", tmp_path)
    found = json.loads(result.stdout)
    assert found["recognition"]["word_error_rate"] == {"all": 0.25, "ru": 0.0, "es": 0.5}
    assert found["recognition"]["character_error_rate"] == {"all": 1 / 24, "ru": 0.0, "es": 1 / 11}
    assert found["recognition"]["language_right"] == 1
    assert found["recognition"]["languages"]["heard"] == {"ru": {"ru": 2}, "es": {"es": 2}}
    assert found["recognition"]["times"]["words"] == 3
    assert found["coverage"]["seconds"]["speech"] == 2
    assert found["coverage"]["unlisted"] == 28  # this transcript was made by hand
    assert 50 < found["tracks"]["en"]["chrf"] < 100
    assert found["tracks"]["en"]["times"]["start_ms"] <= 40
    assert found["signatures"]
    by = found["signature"]
    assert (by["engine"], by["weights"], by["options"]) == ("an engine", "small@1", {"beam": 5})
    assert by["libraries"] == {"av": "1"}
    shown = marathon("evaluate", ws.recording).stdout.splitlines()[-1]
    assert shown == f"an engine; weights small@1; with all options {by['digest'][:12]}"


@pytest.mark.parametrize("name", ["right.srt", "right.json"])
def test_a_reference_may_be_one_file(ws: Workspace, tmp_path: Path, name: str):
    marathon("emit", ws.recording)
    reference(ws)
    ws.recording.with_name("talk.words.json").rename(tmp_path / "right.json")
    right = [one("Привет, друзья!", end_ms=1_000), one("Adiós", start_ms=25_000, end_ms=26_000)]
    (tmp_path / "right.srt").write_bytes(srt.compose(right))
    result = marathon("evaluate", ws.recording, "--json", "--reference", tmp_path / name)
    assert result.exit_code == 0, result.stderr
    heard = json.loads(result.stdout)["recognition"]
    invented = [word["text"] for word in heard["invented"]]
    if name == "right.json":
        assert (heard["language_right"], invented) == (1, [])
    else:
        assert heard["languages"] is heard["times"] is None
        assert invented == ["Hola,", "amigos."]
        assert heard["word_error_rate"] == {"all": 2 / 3}


@pytest.mark.engine
def test_evaluate_translates_the_words_of_the_reference_when_asked(ws: Workspace):
    marathon("emit", ws.recording)
    reference(ws)
    arguments = ("--from-reference", "--demo", "--offline", "--json")
    result = marathon("evaluate", ws.recording, *arguments)
    assert result.exit_code == 0, result.stderr
    assert 0 < json.loads(result.stdout)["from_reference"]["en"] <= 100


def test_evaluate_without_reference_files_says_what_it_looked_for(ws: Workspace):
    marathon("emit", ws.recording)
    result = marathon("evaluate", ws.recording)
    assert result.exit_code == 2
    assert "talk.words.json" in result.stderr
    assert "--reference" in result.stderr


def test_evaluate_before_there_is_a_result_says_what_to_run(ws: Workspace):
    reference(ws)
    result = marathon("evaluate", ws.recording)
    assert result.exit_code == 2
    assert "marathon run" in result.stderr
