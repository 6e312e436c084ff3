"""What is exported stands in the SRT now; nothing that we did not write is replaced."""

from __future__ import annotations

import os
from pathlib import Path

import av
import pytest

from pipeline.core import artifacts, files, recordings
from pipeline.core.artifacts import SEGMENTS, Origin
from pipeline.core.errors import EnvironmentGaveOutError, InputError, OverwriteError, UsageError
from pipeline.core.payloads import Segments
from pipeline.core.timeline import Cue, Item
from pipeline.core.workspace import Workspace
from pipeline.emit import exporting, exports
from pipeline.emit.exporting import Wanted
from pipeline.programme.info import Info
from pipeline.subtitles import reader
from pipeline.subtitles.formats import Format
from tests.sounds import tones, write_media
from tests.unit.test_accepting import CUES, edit, emit

INFO = Info()
ITEMS = (Item(start_ms=0, end_ms=9_000), Item(start_ms=9_000, end_ms=30_000))


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("sound") / "talk.mp3"
    return write_media(path, tones(2.0, 44_100), 44_100).read_bytes()


@pytest.fixture
def ws(tmp_path: Path, sound: bytes) -> Workspace:
    (tmp_path / "talk.mp3").write_bytes(sound)
    made = Workspace.open(tmp_path / "talk.mp3")
    with made.lock():
        mixed = (*CUES[:2], Cue(start_ms=4_000, end_ms=5_000, lines=("Hola.",), language="es"))
        emit(made, en=CUES, item=CUES[:5], orig=mixed)
        segments = Segments(turns=(), items=ITEMS)
        origin = Origin(stage="test", stage_version=1)
        artifacts.write(made.segments_path, SEGMENTS, segments, origin)
    return made


def beside(ws: Workspace, info: Info = INFO, folder: Path | None = None, **wanted):
    with ws.lock():
        return [
            (status, path.name)
            for status, path in exporting.beside(ws, info, Wanted(**wanted), folder)
        ]


def into(ws: Workspace, name: str, **wanted) -> str:
    with ws.lock():
        return exporting.into(ws, INFO, Wanted(**wanted), ws.recording.parent / name)


def at(ws: Workspace, name: str) -> Path:
    return ws.recording.parent / name


def listed(ws: Workspace) -> set[str]:
    return {path.name for path in ws.recording.parent.iterdir() if path.is_file()}


def texts(path: Path) -> list[str]:
    return [" ".join(cue.lines) for cue in reader.read(path.read_bytes(), "").cues]


def test_tracks_lie_beside_the_recording_under_names_that_players_look_for(ws):
    assert beside(ws) == [("exported", "talk.srt"), ("exported", "talk.en.srt")]
    assert listed(ws) == {"talk.mp3", "talk.srt", "talk.en.srt"}
    assert at(ws, "talk.en.srt").read_bytes() == ws.srt_path("en").read_bytes()


def test_the_same_again_is_current_and_touches_nothing(ws):
    beside(ws)
    before = at(ws, "talk.en.srt").stat().st_mtime_ns
    assert beside(ws, tracks=("en",)) == [("current", "talk.en.srt")]
    assert at(ws, "talk.en.srt").stat().st_mtime_ns == before


def test_what_was_spoken_in_one_language_is_named_by_it(ws):
    spanish = tuple(
        Cue(start_ms=n * 2_000, end_ms=n * 2_000 + 900, lines=("Sí.",), language="es")
        for n in (1, 2)
    )
    beside(ws)
    with ws.lock():
        emit(ws, 2, orig=spanish)
    assert beside(ws, tracks=("orig",)) == [("removed", "talk.srt"), ("exported", "talk.es.srt")]
    assert listed(ws) == {"talk.mp3", "talk.es.srt", "talk.en.srt"}


def test_a_track_as_spoken_never_takes_the_name_of_a_translation(ws):
    with ws.lock():
        emit(ws, 2, orig=CUES)  # all in English, and there is a translation into English
    assert [name for _, name in beside(ws)] == ["talk.srt", "talk.en.srt"]


def test_a_name_that_goes_from_one_track_to_another_is_not_removed(ws):
    with ws.lock():
        emit(ws, 2, orig=CUES[:2])
    nothing = Info(translate={})
    assert beside(ws, nothing, tracks=("orig",)) == [("exported", "talk.en.srt")]
    assert beside(ws) == [("exported", "talk.srt"), ("exported", "talk.en.srt")]
    assert texts(at(ws, "talk.en.srt")) == [" ".join(cue.lines) for cue in CUES]
    assert beside(ws, tracks=("orig",)) == [("current", "talk.srt")]
    assert listed(ws) == {"talk.mp3", "talk.srt", "talk.en.srt"}


def test_an_old_name_that_somebody_edited_stays(ws):
    beside(ws)
    edit(at(ws, "talk.srt"), "Hola", "Buenas")
    with ws.lock():
        emit(ws, 2, orig=(Cue(start_ms=0, end_ms=900, lines=("Sí.",), language="es"),))
    assert beside(ws, tracks=("orig",)) == [("exported", "talk.es.srt")]
    assert "Buenas" in at(ws, "talk.srt").read_text("utf-8")


def test_a_reviewers_edits_are_exported_as_they_stand(ws):
    beside(ws)
    edit(ws.srt_path("en"), "river", "stream <i>here</i>")
    assert beside(ws, tracks=("en",)) == [("exported", "talk.en.srt")]
    assert "Nobody owns a stream <i>here</i>." in texts(at(ws, "talk.en.srt"))


def test_a_file_saved_in_another_encoding_comes_out_as_utf_8(ws):
    path = ws.srt_path("en")
    edit(path, "a river", "реку")
    path.write_bytes(path.read_text("utf-8").replace("\n", "\r\n").encode("cp1251"))
    beside(ws, tracks=("en",))
    assert "Nobody owns реку." in at(ws, "talk.en.srt").read_text("utf-8")


def test_a_line_that_cannot_be_read_stops_the_export_and_is_named(ws):
    edit(ws.srt_path("en"), "00:00:04,000 --> 00:00:05,800", "00:00:0x --> somewhen")
    with pytest.raises(InputError, match=r"talk\.en\.srt, line \d+: ") as caught:
        beside(ws)
    assert "somewhen" in caught.value.message
    assert listed(ws) == {"talk.mp3"}


@pytest.mark.parametrize("text", ["mine", ""])
def test_a_file_that_we_did_not_write_is_never_replaced(ws, text):
    at(ws, "talk.en.srt").write_text(text)
    with pytest.raises(OverwriteError, match=r"talk\.en\.srt: is not as we wrote it"):
        beside(ws)
    assert at(ws, "talk.en.srt").read_text() == text
    assert listed(ws) == {"talk.mp3", "talk.en.srt"}  # nothing was written


def test_an_exported_file_that_a_person_edited_is_never_replaced(ws):
    beside(ws)
    edit(at(ws, "talk.en.srt"), "river", "stream")
    edited = at(ws, "talk.en.srt").read_bytes()
    edit(ws.srt_path("en"), "sea", "ocean")
    with pytest.raises(OverwriteError) as caught:
        beside(ws)
    assert "marathon accept FILE --for RECORDING" in caught.value.hint
    assert at(ws, "talk.en.srt").read_bytes() == edited


def test_a_folder_or_a_link_in_its_place_is_left_alone(ws):
    at(ws, "talk.en.srt").symlink_to("nowhere.srt")
    at(ws, "talk.srt").mkdir()
    with pytest.raises(OverwriteError, match=r"talk\.srt.*talk\.en\.srt"):
        beside(ws)
    assert at(ws, "talk.en.srt").is_symlink()


def test_ours_is_known_after_a_crash_between_note_and_file_and_after_a_move(ws, monkeypatch):
    with monkeypatch.context() as patch, ws.lock():
        patch.setattr(exporting.files, "replace", lambda *_: (_ for _ in ()).throw(MemoryError))
        with pytest.raises(MemoryError):
            exporting.beside(ws, INFO, Wanted())
    assert beside(ws)[0][0] == "exported"
    with ws.exports_path.open("ab") as journal:
        journal.write(b"{torn")
    edit(ws.srt_path("en"), "sea", "ocean")
    assert ("exported", "talk.en.srt") in beside(ws)


def test_a_damaged_line_in_the_ledger_is_passed_over(ws, caplog):
    beside(ws)
    with ws.exports_path.open("ab") as journal:
        journal.write(b'{"name": 3}\n\xff\n')
    assert {status for status, _ in beside(ws)} == {"current"}
    assert "line 3: damaged" in caplog.text


@pytest.mark.parametrize("name", ["../other.srt", "other.srt", "talk.mp3", "talk.toml"])
def test_a_ledger_from_strangers_removes_nothing_of_others(ws, name):
    victim = (ws.recording.parent / name).resolve()
    if not victim.exists():
        victim.write_bytes(b"precious")
    data = victim.read_bytes()
    key = "orig|srt|0"
    ledger = exports.Ledger(ws)
    ledger.add(exports.Exported(name=name, key=key, digest=files.digest(data)))
    beside(ws)
    assert victim.read_bytes() == data


def test_where_the_recording_lies_among_its_files_they_are_current(tmp_path, sound):
    (tmp_path / "talk").mkdir()
    (tmp_path / "talk" / "talk.mp3").write_bytes(sound)
    ws = Workspace.open(tmp_path / "talk" / "talk.mp3", tmp_path)
    with ws.lock():
        emit(ws, en=CUES)
    edit(ws.srt_path("en"), "sea", "ocean")
    edited = ws.srt_path("en").read_bytes()
    assert beside(ws, tracks=("en",)) == [("current", "talk.en.srt")]
    assert ws.srt_path("en").read_bytes() == edited


def test_one_item_by_the_programmes_clock_and_by_its_own(ws):
    assert beside(ws, tracks=("en",), item=1) == [("exported", "talk.item01.en.srt")]
    assert len(texts(at(ws, "talk.item01.en.srt"))) == 5
    assert beside(ws, tracks=("en",), item=2) == [("exported", "talk.item02.en.srt")]
    assert reader.read(at(ws, "talk.item02.en.srt").read_bytes(), "").cues[0].start_ms == 10_000
    assert beside(ws, tracks=("en",), item=2, rebase=True) == [("exported", "talk.item02.en.srt")]
    moved = reader.read(at(ws, "talk.item02.en.srt").read_bytes(), "").cues
    assert [cue.start_ms for cue in moved] == [1_000, 3_000, 5_000]


def test_every_cue_is_in_one_item(ws):
    (ws.folder / "items" / "01.en.srt").unlink()
    beside(ws, tracks=("en",), item=1)
    beside(ws, tracks=("en",), item=2)
    both = texts(at(ws, "talk.item01.en.srt")) + texts(at(ws, "talk.item02.en.srt"))
    assert both == texts(ws.srt_path("en"))


def test_a_cue_that_an_editor_moved_before_its_item_is_not_dropped_in_silence(ws):
    with ws.lock():
        segments = Segments(turns=(), items=(Item(start_ms=3_000, end_ms=9_000),))
        artifacts.write(ws.segments_path, SEGMENTS, segments, Origin(stage="test", stage_version=2))
    with pytest.raises(InputError, match=r"line 2: the cue ends before its item begins"):
        beside(ws, tracks=("en",), item=1, rebase=True)


def test_an_edit_that_stands_elsewhere_only_is_told_of(ws, caplog):
    edit(ws.folder / "items" / "01.en.srt", "river", "stream")
    beside(ws, tracks=("en",))
    assert "items/01.en.srt: was changed" in caplog.text
    assert "marathon run" in caplog.text


@pytest.mark.parametrize("form", [*Format])
def test_each_format_is_a_file_of_its_own(ws, form):
    assert beside(ws, tracks=("en",), form=form) == [("exported", f"talk.en.{form}")]
    assert b"Nobody owns a river." in at(ws, f"talk.en.{form}").read_bytes()


def test_another_folder_and_two_languages(ws, tmp_path):
    (ws.folder / "talk.ru+en.srt").write_bytes(ws.srt_path("en").read_bytes())
    told = beside(ws, tracks=("ru+en",), folder=tmp_path / "for players")
    assert told == [("exported", "talk.ru-en.srt")]
    assert (tmp_path / "for players" / "talk.ru-en.srt").exists()


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"tracks": ("ru+en",)}, "no such file"),
        ({"tracks": ("de",)}, "there is no track 'de'"),
        ({"item": 3}, "there is no item 3: the programme has 2"),
    ],
)
def test_what_is_not_there_is_said(ws, wanted, message):
    with pytest.raises(UsageError, match=message):
        beside(ws, **wanted)


def test_a_copy_holds_the_tracks_the_first_by_default(ws):
    assert into(ws, "talk.subtitled.mka", tracks=("en", "orig")) == "exported"
    with av.open(str(at(ws, "talk.subtitled.mka"))) as made:
        found = [
            (one.metadata["language"], one.metadata["title"], bool(one.disposition & 1))
            for one in made.streams.subtitles
        ]
    assert found == [("eng", "English", True), ("mul", "As spoken", False)]
    assert into(ws, "talk.subtitled.mka", tracks=("en", "orig")) == "current"
    assert ws.recording.read_bytes()[:3] == b"ID3"


def test_a_copy_follows_a_reviewers_edits(ws):
    into(ws, "talk.subtitled.mka", tracks=("en",))
    edit(ws.srt_path("en"), "river", "stream")
    assert into(ws, "talk.subtitled.mka", tracks=("en",)) == "exported"
    assert b"owns a stream" in at(ws, "talk.subtitled.mka").read_bytes()


def test_a_copy_never_replaces_what_we_did_not_write(ws):
    at(ws, "film.mka").write_bytes(b"mine")
    with pytest.raises(OverwriteError):
        into(ws, "film.mka")
    into(ws, "talk.subtitled.mka")
    os.utime(at(ws, "talk.subtitled.mka"), ns=(1, 1))  # somebody had it in hand
    with pytest.raises(OverwriteError):
        into(ws, "talk.subtitled.mka")
    assert at(ws, "film.mka").read_bytes() == b"mine"


@pytest.mark.parametrize("how", ["itself", "link", "hard link"])
def test_the_recording_itself_is_never_the_target(tmp_path, sound, how):
    (tmp_path / "talk.mka").write_bytes(sound)
    ws = Workspace.open(tmp_path / "talk.mka")
    with ws.lock():
        emit(ws, en=CUES)
    name = "talk.mka" if how == "itself" else "other.mka"
    if how == "link":
        at(ws, name).symlink_to(ws.recording)
    elif how == "hard link":
        at(ws, name).hardlink_to(ws.recording)
    with pytest.raises(UsageError, match="is the recording itself") as caught:
        into(ws, name)
    assert "talk.subtitled.mka" in caught.value.hint
    assert ws.recording.read_bytes() == sound


def test_no_room_is_said_before_anything_is_written(ws, monkeypatch):
    full = type("Usage", (), {"free": 10})
    monkeypatch.setattr(exporting.shutil, "disk_usage", lambda _: full)
    with pytest.raises(EnvironmentGaveOutError, match="GB are free"):
        into(ws, "talk.subtitled.mka")
    assert listed(ws) == {"talk.mp3"}


def test_a_copy_beside_the_recording_is_no_recording_of_its_own(ws):
    into(ws, "talk.subtitled.mka")
    at(ws, "alone.subtitled.mka").write_bytes(b"x")  # belongs to nothing here
    found = recordings.find([ws.recording.parent])
    assert [path.name for path in found] == ["alone.subtitled.mka", "talk.mp3"]
