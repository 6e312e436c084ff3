"""The stage `emit`: what it writes, what it leaves alone, what it never replaces."""

from __future__ import annotations

import itertools
import json
import logging
import os
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from pipeline.cli import group
from pipeline.core import artifacts, files
from pipeline.core.artifacts import EMITTED, SEGMENTS, TRANSCRIPT, TRANSLATION, Origin
from pipeline.core.errors import ArtifactError, OverwriteError, UsageError
from pipeline.core.payloads import Segments, Transcript, Translation
from pipeline.core.timeline import Item, Phrase, Turn
from pipeline.core.workspace import Workspace
from pipeline.emit import stage
from pipeline.emit.stage import Options
from pipeline.measure import rttm
from pipeline.programme.info import Info
from pipeline.review.receipts import Receipts
from pipeline.subtitles import srt
from tests.unit.test_tracks import phrase, sentence

INFO = Info()
ORIGIN = Origin(stage="test", stage_version=1)


def items(*cuts: int) -> Segments:
    edges = [0, *cuts, 30_000]
    return Segments(
        turns=(),
        items=tuple(
            Item(start_ms=start, end_ms=end, title=f"Part {number}")
            for number, (start, end) in enumerate(itertools.pairwise(edges), 1)
        ),
    )


def make(
    ws: Workspace,
    segments: Segments,
    *,
    greeting: str = "Привет, друзья.",
    english: str = "Hello, friends.",
) -> None:
    """What the stages before emit leave behind."""
    lines: tuple[Phrase, ...] = (
        phrase(greeting, 0, 1_000),
        phrase("Hola, amigos.", 12_000, 13_000, "es"),
    )
    artifacts.write(
        ws.transcript_path, TRANSCRIPT, Transcript(duration_ms=30_000, lines=lines), ORIGIN
    )
    artifacts.write(ws.segments_path, SEGMENTS, segments, ORIGIN)
    sentences = (
        sentence(greeting, english, 0),
        sentence("Hola, amigos.", "", 12_000, "es"),
    )
    translation = Translation(target="en", sentences=sentences)
    artifacts.write(ws.translation_path("en"), TRANSLATION, translation, ORIGIN)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    recording = tmp_path / "talk.mp4"
    recording.write_bytes(b"x")
    found = Workspace.open(recording)
    make(found, items(10_000))
    return found


def listed(ws: Workspace) -> list[str]:
    return sorted(
        path.relative_to(ws.folder).as_posix()
        for path in ws.folder.rglob("*")
        if path.is_file() and ".pipeline" not in path.parts
    )


def state(ws: Workspace) -> dict[str, tuple[bytes, int]]:
    return {
        str(path): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(ws.folder.rglob("*"))
        if path.is_file()
    }


def test_each_track_is_written_whole_and_by_item(ws: Workspace):
    assert stage.run(ws, INFO, Options()) == "made"
    assert listed(ws) == [
        "guide.md",
        "items/01.en.srt",
        "items/01.srt",
        "items/02.en.srt",
        "items/02.srt",
        "report.html",
        "talk.en.srt",
        "talk.srt",
    ]
    assert b"\r" not in ws.srt_path("orig").read_bytes()
    orig = srt.parse(ws.srt_path("orig").read_bytes(), "")
    english = srt.parse(ws.srt_path("en").read_bytes(), "")
    assert [cue.lines for cue in orig] == [("Привет, друзья.",), ("Hola, amigos.",)]
    assert [cue.lines for cue in english] == [("Hello, friends.",), ("Hola, amigos.",)]
    second = srt.parse(ws.item_srt_path(2, "en").read_bytes(), "")
    assert second == english[1:]


def test_without_a_title_the_recordings_name_stands_there(ws: Workspace):
    stage.run(ws, INFO, Options(ui="en"))
    assert (ws.folder / "guide.md").read_text("utf-8").startswith("# talk\n")
    assert "<title>Report: talk</title>" in (ws.folder / "report.html").read_text("utf-8")
    named = replace(INFO, title="Thursday")
    stage.run(ws, named, Options(ui="en"))
    assert (ws.folder / "guide.md").read_text("utf-8").startswith("# Thursday\n")
    assert "<title>Report: Thursday</title>" in (ws.folder / "report.html").read_text("utf-8")


def test_two_languages_are_written_where_asked_for(ws: Workspace):
    stage.run(ws, INFO, Options(tracks=("ru+en",)))
    assert listed(ws) == [
        "guide.md",
        "items/01.ru+en.srt",
        "items/02.ru+en.srt",
        "report.html",
        "talk.ru+en.srt",
    ]
    both = srt.parse(ws.srt_path("ru+en").read_bytes(), "")
    assert [cue.lines for cue in both] == [
        ("Привет, друзья.", "Hello, friends."),
        ("Hola, amigos.",),
    ]


def test_the_same_input_again_writes_nothing(ws: Workspace):
    stage.run(ws, INFO, Options())
    before = state(ws)
    assert stage.plan(ws, INFO, Options()) == []
    assert stage.run(ws, INFO, Options()) == "current"
    assert state(ws) == before


def test_forcing_gives_the_same_bytes(ws: Workspace):
    stage.run(ws, INFO, Options())
    before = {path: data for path, (data, _) in state(ws).items()}
    assert stage.run(ws, INFO, Options(), force=True) == "made"
    assert {path: data for path, (data, _) in state(ws).items()} == before


def test_a_new_transcript_replaces_what_we_wrote(ws: Workspace):
    stage.run(ws, INFO, Options())
    make(ws, items(10_000), greeting="Здравствуйте, друзья.")
    [reason] = [why for why in stage.plan(ws, INFO, Options()) if "transcript" in why]
    assert "changed" in reason
    assert stage.run(ws, INFO, Options()) == "made"
    assert "Здравствуйте" in ws.srt_path("orig").read_text("utf-8")


@pytest.mark.parametrize("name", ["talk.srt", "talk.en.srt", "items/01.en.srt", "guide.md"])
@pytest.mark.parametrize("force", [False, True])
def test_what_a_person_changed_is_never_replaced(ws: Workspace, name: str, force: bool):
    stage.run(ws, INFO, Options())
    edited = ws.folder / name
    edited.write_bytes(edited.read_bytes() + b"\n")
    make(ws, items(11_000), greeting="Здравствуйте, друзья.", english="Good evening, friends.")
    before = state(ws)
    with pytest.raises(OverwriteError, match=name) as caught:
        stage.run(ws, INFO, Options(), force=force)
    assert caught.value.exit_code == 7
    assert "another name" in caught.value.hint
    assert state(ws) == before


@pytest.mark.parametrize("force", [False, True])
def test_a_change_by_hand_stands_while_there_is_nothing_else_to_write_there(
    ws: Workspace, caplog: pytest.LogCaptureFixture, force: bool
):
    stage.run(ws, INFO, Options())
    ws.srt_path("en").write_text("mine")
    before = state(ws)
    assert stage.plan(ws, INFO, Options()) == []
    with caplog.at_level(logging.INFO):
        assert stage.run(ws, INFO, Options()) == "current"
        assert f"kept: {ws.srt_path('en')} was changed by hand" in caplog.text
    assert state(ws) == before
    stage.run(ws, INFO, Options(), force=force)
    assert ws.srt_path("en").read_text() == "mine"


def test_a_file_that_is_gone_is_written_again_beside_one_that_was_changed(ws: Workspace):
    stage.run(ws, INFO, Options())
    written = ws.srt_path("orig").read_bytes()
    ws.srt_path("orig").unlink()
    ws.srt_path("en").write_text("mine")
    assert stage.plan(ws, INFO, Options()) == ["talk.srt is gone or not as it was written"]
    assert stage.run(ws, INFO, Options()) == "made"
    assert ws.srt_path("orig").read_bytes() == written
    assert ws.srt_path("en").read_text() == "mine"
    assert stage.run(ws, INFO, Options()) == "current"


def test_a_changed_file_does_not_block_others_where_its_own_words_stay(ws: Workspace):
    stage.run(ws, INFO, Options())
    reviewed = ws.item_srt_path(2, "en")  # the second item is Spanish: its words stay
    reviewed.write_text("mine")
    make(ws, items(10_000), greeting="Здравствуйте, друзья.")
    for _ in range(2):
        stage.run(ws, INFO, Options())
        assert reviewed.read_text() == "mine"
        assert "Здравствуйте" in ws.srt_path("orig").read_text("utf-8")


def test_a_change_by_hand_is_refused_when_ours_went_on_and_came_back(ws: Workspace):
    stage.run(ws, INFO, Options())
    make(ws, items(10_000), greeting="Здравствуйте, друзья.")
    stage.run(ws, INFO, Options())
    ws.srt_path("orig").write_text("mine")  # made from the second words
    make(ws, items(10_000))
    [reason] = stage.plan(ws, INFO, Options())
    assert "changed by hand" in reason
    with pytest.raises(OverwriteError):
        stage.run(ws, INFO, Options())


def test_a_file_that_changes_between_the_check_and_the_writing_is_left_alone(ws: Workspace):
    stage.run(ws, INFO, Options())
    name = ws.srt_path("orig").name
    receipts = Receipts(ws)
    work = receipts.work({name: files.digest(b"new")})
    ws.srt_path("orig").write_text("mine")
    with pytest.raises(OverwriteError, match=name):
        receipts.replace(name, b"new", work.due[name])
    with pytest.raises(OverwriteError, match=name):
        receipts.remove(name, work.due[name])
    assert ws.srt_path("orig").read_text() == "mine"


def test_a_file_that_was_changed_after_a_stop_half_way_is_refused(ws: Workspace):
    stage.run(ws, INFO, Options())
    make(ws, items(10_000), greeting="Здравствуйте, друзья.")
    old = ws.srt_path("orig").read_bytes()
    stage.run(ws, INFO, Options())
    newest = max(ws.emitted_folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    made = artifacts.read(newest, EMITTED)
    stopped = msgspec.structs.replace(made.payload, finished=False)
    artifacts.write(newest, EMITTED, stopped, made.origin)
    ws.srt_path("orig").write_bytes(old + b"\n")  # never replaced, and then changed by hand
    with pytest.raises(OverwriteError, match=ws.srt_path("orig").name):
        stage.run(ws, INFO, Options())


@pytest.mark.parametrize(
    "path",
    ["/victim.srt", "../victim.srt", "items/../../victim.srt", "", "C:x", "a\\b", ".pipeline/x"],
)
def test_a_record_that_names_files_elsewhere_is_damaged(
    ws: Workspace, caplog: pytest.LogCaptureFixture, path: str
):
    stage.run(ws, INFO, Options())
    outside = ws.recording.with_name("victim.srt")
    outside.write_bytes(b"x")
    [record] = ws.emitted_folder.glob("*.json")
    ours, theirs = (f'"path":{json.dumps(name)}'.encode() for name in ("talk.srt", path))
    crafted = record.read_bytes().replace(ours, theirs)
    assert crafted != record.read_bytes()
    record.write_bytes(crafted)
    with pytest.raises(ArtifactError, match="not a file of ours"):
        artifacts.read(record, EMITTED)
    make(ws, items())
    with pytest.raises(OverwriteError), caplog.at_level(logging.WARNING):
        stage.run(ws, INFO, Options())
    assert "damaged" in caplog.text
    assert outside.exists()


def test_a_file_that_was_there_before_us_is_not_replaced(ws: Workspace):
    ws.srt_path("en").write_text("an older translation")
    with pytest.raises(OverwriteError):
        stage.run(ws, INFO, Options())
    assert listed(ws) == ["talk.en.srt"]


def test_tracks_that_are_not_asked_for_may_have_been_changed(ws: Workspace):
    stage.run(ws, INFO, Options())
    ws.srt_path("en").write_text("mine")
    make(ws, items(10_000), greeting="Здравствуйте, друзья.")
    assert stage.run(ws, INFO, Options(tracks=("orig",))) == "made"
    assert ws.srt_path("en").read_text() == "mine"


def test_a_file_that_was_deleted_is_written_again(ws: Workspace):
    stage.run(ws, INFO, Options())
    written = ws.srt_path("en").read_bytes()
    ws.srt_path("en").unlink()
    assert stage.run(ws, INFO, Options()) == "made"
    assert ws.srt_path("en").read_bytes() == written


def test_going_back_to_earlier_options_replaces_our_own_files(ws: Workspace):
    stage.run(ws, INFO, Options())
    first = ws.srt_path("orig").read_bytes()
    make(ws, items(10_000), greeting="Здравствуйте, друзья.")
    stage.run(ws, INFO, Options())
    make(ws, items(10_000))
    assert stage.run(ws, INFO, Options()) == "made"
    assert ws.srt_path("orig").read_bytes() == first
    assert stage.run(ws, INFO, Options()) == "current"


def test_files_of_items_that_are_no_more_go_away(ws: Workspace):
    stage.run(ws, INFO, Options())
    make(ws, items())
    stage.run(ws, INFO, Options())
    assert listed(ws) == ["guide.md", "report.html", "talk.en.srt", "talk.srt"]


def test_a_changed_file_of_an_item_that_is_no_more_stays(
    ws: Workspace, caplog: pytest.LogCaptureFixture
):
    stage.run(ws, INFO, Options())
    ws.item_srt_path(2, "en").write_text("mine")
    make(ws, items())
    with caplog.at_level(logging.WARNING):
        stage.run(ws, INFO, Options())
    assert "02.en.srt" in caplog.text
    assert listed(ws) == ["guide.md", "items/02.en.srt", "report.html", "talk.en.srt", "talk.srt"]


def test_files_of_a_track_that_the_info_file_dropped_go_away(
    ws: Workspace, caplog: pytest.LogCaptureFixture
):
    dropped = Info(translate={})
    only_spoken = ["guide.md", "items/01.srt", "items/02.srt", "report.html", "talk.srt"]
    for again in range(2):  # the second time, our own record of only_spoken is there already
        stage.run(ws, INFO, Options())
        assert "talk.en.srt" in listed(ws)
        if again:
            reasons = stage.plan(ws, dropped, Options())
            assert "talk.en.srt is made no longer" in reasons
        with caplog.at_level(logging.INFO):
            assert stage.run(ws, dropped, Options()) == "made"
        assert listed(ws) == only_spoken
        (said,) = [r.getMessage() for r in caplog.records if "removed" in r.getMessage()]
        assert f"{ws.folder}: items/01.en.srt, items/02.en.srt, talk.en.srt" in said
        caplog.clear()
    assert stage.run(ws, dropped, Options()) == "current"


def test_a_changed_file_of_a_dropped_track_stays_and_is_told_of(
    ws: Workspace, caplog: pytest.LogCaptureFixture
):
    stage.run(ws, INFO, Options())
    ws.srt_path("en").write_text("mine")
    for status in ("made", "current"):
        caplog.clear()
        assert stage.run(ws, Info(translate={}), Options()) == status
        assert f"{ws.srt_path('en')}: left as it is" in caplog.text
        assert ws.srt_path("en").read_text() == "mine"


def test_tracks_that_are_only_not_asked_for_stay(ws: Workspace):
    stage.run(ws, INFO, Options(tracks=("orig", "en", "ru+en")))
    before = listed(ws)
    stage.run(ws, INFO, Options(tracks=("orig",)))
    stage.run(ws, INFO, Options())
    assert listed(ws) == before


@pytest.mark.parametrize("damage", [False, True])
def test_what_is_said_of_a_file_is_said_once(
    ws: Workspace, caplog: pytest.LogCaptureFixture, damage: bool
):
    stage.run(ws, INFO, Options())
    ws.item_srt_path(2, "en").write_text("mine")
    make(ws, items())
    stage.run(ws, INFO, Options())
    if damage:
        oldest = min(ws.emitted_folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        oldest.write_bytes(oldest.read_bytes()[:-20])
    caplog.clear()
    done = CliRunner().invoke(group, ["emit", str(ws.recording), "--force"])
    assert done.exit_code == 0, done.stderr
    warnings = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    wanted = "damaged" if damage else "02.en.srt: left as it is"
    assert len([warning for warning in warnings if wanted in warning]) == 1


def test_a_stop_between_two_files_is_made_good_by_the_next_run(ws: Workspace):
    stage.run(ws, INFO, Options())
    old = ws.srt_path("en").read_bytes()
    make(ws, items(10_000), greeting="Здравствуйте, друзья.")
    stage.run(ws, INFO, Options())
    new = ws.srt_path("orig").read_bytes()
    ws.srt_path("en").write_bytes(old)  # as if the process had ended before this one
    ws.item_srt_path(1, "orig").unlink()
    assert stage.run(ws, INFO, Options()) == "made"
    assert ws.srt_path("orig").read_bytes() == new
    assert ws.item_srt_path(1, "orig").exists()


def test_a_damaged_record_makes_files_count_as_changed(
    ws: Workspace, caplog: pytest.LogCaptureFixture
):
    stage.run(ws, INFO, Options())
    [record] = ws.emitted_folder.glob("*.json")
    record.write_bytes(record.read_bytes()[:-20])
    make(ws, items(10_000), greeting="Здравствуйте, друзья.")
    with pytest.raises(OverwriteError):
        stage.run(ws, INFO, Options())
    assert "damaged" in caplog.text


def test_what_was_written_is_remembered_byte_for_byte(ws: Workspace):
    stage.run(ws, INFO, Options())
    [record] = ws.emitted_folder.glob("*.json")
    written = artifacts.read(record, EMITTED).payload
    by_path = {file.path: file for file in written.files}
    assert set(by_path) == set(listed(ws))
    english = by_path["talk.en.srt"]
    assert srt.compose(english.cues) == ws.srt_path("en").read_bytes()


def doubtful(ws: Workspace, *flags: str, english: str = "Hello, friends.") -> None:
    one = msgspec.structs.replace(sentence("Привет, друзья.", english, 0), flags=flags)
    translation = Translation(target="en", sentences=(one,))
    artifacts.write(ws.translation_path("en"), TRANSLATION, translation, ORIGIN)


def test_what_to_look_at_is_written_and_told_of_while_there_is_any(
    ws: Workspace, caplog: pytest.LogCaptureFixture
):
    path = ws.folder / "findings.md"
    doubtful(ws, "loop")
    for status in ("made", "current"):
        caplog.clear()
        with caplog.at_level(logging.INFO):
            assert stage.run(ws, INFO, Options()) == status
        assert f"1 place to look at: {path}" in caplog.text
    assert "Hello, friends." in path.read_text("utf-8")
    doubtful(ws)
    caplog.clear()
    with caplog.at_level(logging.INFO):
        assert stage.run(ws, INFO, Options()) == "made"
    assert not path.exists()
    assert "to look at" not in caplog.text


def test_what_to_look_at_is_told_by_the_command(ws: Workspace):
    doubtful(ws, "loop", "length")
    done = CliRunner().invoke(group, ["emit", str(ws.recording)])
    assert done.exit_code == 0, done.stderr
    assert done.stderr.count("1 place to look at") == 1


def test_what_to_look_at_stays_where_only_another_track_is_asked_for(ws: Workspace):
    doubtful(ws, "loop")
    stage.run(ws, INFO, Options(tracks=("orig",)))
    assert not (ws.folder / "findings.md").exists()
    stage.run(ws, INFO, Options(tracks=("ru+en",)))
    assert (ws.folder / "findings.md").exists()
    before = state(ws)[str(ws.folder / "findings.md")]
    make(ws, items(10_000), greeting="Здравствуйте, друзья.")
    stage.run(ws, INFO, Options(tracks=("orig",)))
    assert stage.plan(ws, INFO, Options(tracks=("orig",))) == []
    assert state(ws)[str(ws.folder / "findings.md")] == before


def test_notes_a_person_made_in_what_to_look_at_are_never_lost(ws: Workspace):
    doubtful(ws, "loop")
    stage.run(ws, INFO, Options())
    path = ws.folder / "findings.md"
    path.write_text("mine")
    doubtful(ws, "length")
    with pytest.raises(OverwriteError, match=r"findings\.md"):
        stage.run(ws, INFO, Options())
    doubtful(ws)
    stage.run(ws, INFO, Options())
    assert path.read_text() == "mine"


def test_the_translation_that_can_be_read_is_the_one_in_the_file(ws: Workspace):
    long = sentence("Привет.", "We are sending you our greetings, dear friends.", 0)
    short = sentence("Привет.", "We send you greetings, friends.", 0)
    both = msgspec.structs.replace(long, hypotheses=(*long.hypotheses, *short.hypotheses))
    translation = Translation(target="en", sentences=(both,))
    artifacts.write(ws.translation_path("en"), TRANSLATION, translation, ORIGIN)
    stage.run(ws, INFO, Options(tracks=("en", "ru+en")))
    for track in ("en", "ru+en"):
        written = ws.srt_path(track).read_text("utf-8")
        assert "We send you" in written
        assert "sending" not in written


ATTRIBUTED = ["speakers.rttm", "transcript.json", "transcript.txt"]


def spoken(*, interprets: int = -1, speaker: str = "Anna") -> Segments:
    turns = (
        Turn(start_ms=0, end_ms=1_000, speaker=speaker, voice=1),
        Turn(start_ms=12_000, end_ms=13_000, voice=2, interprets=interprets),
    )
    return msgspec.structs.replace(items(), turns=turns)


def test_who_said_what_is_written_where_turns_are_known(ws: Workspace):
    make(ws, spoken(interprets=0))
    stage.run(ws, INFO, Options())
    assert listed(ws) == [
        "guide.md",
        "report.html",
        *ATTRIBUTED[:1],
        "talk.en.srt",
        "talk.srt",
        *ATTRIBUTED[1:],
    ]
    text = (ws.folder / "transcript.txt").read_text("utf-8")
    assert "[0:00] Anna (Russian)\nПривет, друзья.\n" in text
    assert "[0:12] Speaker 2 (Spanish) interpreting Anna\nHola, amigos.\n" in text
    turns = json.loads((ws.folder / "transcript.json").read_bytes())["turns"]
    assert [(turn["speaker"], turn["language"]) for turn in turns] == [("Anna", "ru"), ("", "es")]
    lines = rttm.parse((ws.folder / "speakers.rttm").read_bytes(), "speakers.rttm")
    assert [(line.file, line.speaker) for line in lines] == [("talk", "Anna"), ("talk", "voice_2")]
    make(ws, items())
    stage.run(ws, INFO, Options())
    assert listed(ws) == ["guide.md", "report.html", "talk.en.srt", "talk.srt"]


@pytest.mark.parametrize("name", ATTRIBUTED)
def test_who_said_what_is_never_replaced_where_a_person_changed_it(ws: Workspace, name: str):
    make(ws, spoken())
    stage.run(ws, INFO, Options())
    (ws.folder / name).write_text("mine")
    assert stage.run(ws, INFO, Options()) == "current"
    make(ws, spoken(speaker="Olga"))
    before = state(ws)
    with pytest.raises(OverwriteError, match=name):
        stage.run(ws, INFO, Options())
    assert state(ws) == before


def test_another_choice_of_what_is_shown_of_interpreters_is_written_anew(ws: Workspace):
    make(ws, spoken(interprets=0))
    stage.run(ws, INFO, Options())
    assert "Hola" in ws.srt_path("orig").read_text("utf-8")
    original = Info(interpreted="original")
    [reason] = stage.plan(ws, original, Options())
    assert "interpreted" in reason
    assert stage.run(ws, original, Options()) == "made"
    for track in ("orig", "en"):
        assert "Hola" not in ws.srt_path(track).read_text("utf-8")
    interpreter = Info(interpreted="interpreter")
    assert stage.run(ws, interpreter, Options()) == "made"
    shown = [cue.lines for cue in srt.parse(ws.srt_path("en").read_bytes(), "")]
    assert shown == [("Hola, amigos.",)]


def test_a_recording_in_which_nothing_is_said_has_empty_tracks(ws: Workspace):
    silent = Transcript(duration_ms=30_000, lines=())
    artifacts.write(ws.transcript_path, TRANSCRIPT, silent, ORIGIN)
    translation = Translation(target="en", sentences=())
    artifacts.write(ws.translation_path("en"), TRANSLATION, translation, ORIGIN)
    stage.run(ws, INFO, Options())
    assert listed(ws) == ["guide.md", "report.html", "talk.en.srt", "talk.srt"]
    assert ws.srt_path("orig").read_bytes() == b""


@pytest.mark.parametrize("track", ["de", "en+ru", "ru", "../x"])
def test_an_unknown_track_is_named_with_those_there_are(ws: Workspace, track: str):
    with pytest.raises(UsageError, match="no track") as caught:
        stage.run(ws, INFO, Options(tracks=(track,)))
    assert caught.value.hint == "tracks: orig, en, ru+en"


def test_a_stage_that_has_not_run_is_named(ws: Workspace):
    ws.translation_path("en").unlink()
    with pytest.raises(UsageError, match="no translation") as caught:
        stage.run(ws, INFO, Options())
    assert "marathon translate" in caught.value.hint
    assert stage.run(ws, INFO, Options(tracks=("orig",))) == "made"


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_a_folder_where_a_file_should_be_is_refused(ws: Workspace):
    ws.srt_path("en").mkdir()
    with pytest.raises(OverwriteError):
        stage.run(ws, INFO, Options())


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("force", [False, True])
def test_a_link_to_a_place_that_is_not_there_is_not_replaced(ws: Workspace, force: bool):
    make(ws, items())
    stage.run(ws, INFO, Options())
    path = ws.srt_path("orig")
    path.unlink()
    path.symlink_to("/share-that-is-not-mounted/talk.srt")
    make(ws, items(), greeting="Здравствуйте, друзья.")
    with pytest.raises(OverwriteError, match=path.name):
        stage.run(ws, INFO, Options(), force=force)
    assert path.is_symlink()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_the_place_of_a_file_is_refused_and_not_waited_for(ws: Workspace):
    make(ws, items())
    os.mkfifo(ws.srt_path("orig"))
    with pytest.raises(OverwriteError, match="talk"):
        stage.run(ws, INFO, Options())
