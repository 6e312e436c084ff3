"""A reviewer's files through accept and emit: what they did is in every later file."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec
import pytest

from pipeline.core import artifacts, files
from pipeline.core.artifacts import EMITTED
from pipeline.core.errors import OverwriteError
from pipeline.core.timeline import Cue
from pipeline.core.workspace import Workspace
from pipeline.emit import layers, merging, stage
from pipeline.emit.stage import Options
from pipeline.programme.info import Info
from pipeline.review import accepting, decisions, track_words
from pipeline.review.decisions import Anchor, Text
from pipeline.subtitles import srt
from pipeline.subtitles.bookmarks import SUFFIX
from tests.unit.test_emit import items, make, state

INFO = Info()
BOTH = Options(tracks=("orig", "en", "ru+en"))


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    recording = tmp_path / "talk.mp4"
    recording.write_bytes(b"x")
    found = Workspace.open(recording)
    make(found, items(10_000))
    stage.run(found, INFO, BOTH)
    return found


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def again(ws: Workspace, options: Options = BOTH) -> None:
    """Accept, and emit until there is nothing to do, which must be at once."""
    accepting.accept(ws, who="Anna")
    stage.run(ws, INFO, options)
    before = state(ws)
    assert accepting.accept(ws, who="Anna") is not None
    assert stage.run(ws, INFO, options) == "current"
    assert state(ws) == before


def cues(path: Path) -> list[tuple[str, ...]]:
    return [cue.lines for cue in srt.parse(path.read_bytes(), "")]


def states(ws: Workspace, path: Path) -> tuple[str, ...]:
    name = path.relative_to(ws.folder).as_posix()
    newest = max(ws.emitted_folder.glob("*.json"), key=lambda one: one.stat().st_mtime_ns)
    [found] = [file for file in artifacts.read(newest, EMITTED).payload.files if file.path == name]
    return found.states


def test_an_edit_of_the_whole_is_in_the_items_file_and_stays(ws: Workspace):
    edit(ws.srt_path("en"), "Hello, friends.", "Hi  all!")
    again(ws)
    assert cues(ws.srt_path("en"))[0] == ("Hi  all!",)
    assert cues(ws.item_srt_path(1, "en")) == [("Hi  all!",)]
    assert states(ws, ws.srt_path("en")) == ("edited", "machine")
    make(ws, items(10_000), english="Good evening to you.")
    again(ws)
    assert cues(ws.item_srt_path(1, "en")) == [("Hi  all!",)]
    assert states(ws, ws.srt_path("en"))[0] == "conflict"
    told = (ws.folder / "conflicts.md").read_text("utf-8")
    assert "| Hello, friends. | Hi all! | Good evening to you. |" in told
    make(ws, items(10_000), english="Hi all!")
    again(ws)
    assert states(ws, ws.srt_path("en"))[0] == "edited"
    assert not (ws.folder / "conflicts.md").exists()


def test_an_edit_of_an_item_is_in_the_whole(ws: Workspace):
    edit(ws.item_srt_path(2, "orig"), "Hola, amigos.", "¡Hola, amigas!")
    again(ws)
    assert cues(ws.srt_path("orig"))[1] == ("¡Hola, amigas!",)


def test_two_files_edited_differently_keep_each_its_own(ws: Workspace):
    edit(ws.srt_path("en"), "Hello, friends.", "Hi all!")
    edit(ws.item_srt_path(1, "en"), "Hello, friends.", "Hello there!")
    again(ws)
    assert cues(ws.srt_path("en"))[0] == ("Hi all!",)
    assert cues(ws.item_srt_path(1, "en"))[0] == ("Hello there!",)
    assert states(ws, ws.srt_path("en"))[0] == "conflict"
    told = (ws.folder / "conflicts.md").read_text("utf-8")
    assert "Hi all!" in told
    assert "Hello there!" in told


def test_two_peoples_conflict_is_not_told_as_a_new_result(
    ws: Workspace, caplog: pytest.LogCaptureFixture
):
    edit(ws.srt_path("en"), "Hello, friends.", "Hi all!")
    edit(ws.item_srt_path(1, "en"), "Hello, friends.", "Hello there!")
    with caplog.at_level(logging.WARNING):
        again(ws)
    assert "emit: one cue was changed differently in two files" in caplog.text
    assert "a new result" not in caplog.text
    told = (ws.folder / "conflicts.md").read_text("utf-8")
    assert told.startswith("# Changed differently in two files\n")


def marks(path: Path) -> str:
    return path.with_name(path.name + SUFFIX).read_text("utf-8")


def accept_both(ws: Workspace, *, is_item_first: bool) -> None:
    """The whole and its first item, of which the later one is told of a clash."""
    whole, item = ws.srt_path("orig"), ws.item_srt_path(1, "orig")
    for path in (item, whole) if is_item_first else (whole, item):
        [taken] = accepting.accept(ws, who="Anna", files=[path]).files
        assert not taken.error
        assert bool(taken.clashes) == ((path == item) != is_item_first)


@pytest.mark.parametrize("is_item_first", [True, False])
def test_a_merge_in_one_file_of_a_cue_edited_in_another_is_a_conflict(
    ws: Workspace, *, is_item_first: bool
):
    make(ws, items(20_000))
    stage.run(ws, INFO, BOTH)
    whole, item = ws.srt_path("orig"), ws.item_srt_path(1, "orig")
    one, other = srt.parse(item.read_bytes(), "")
    lines = (*one.lines, *other.lines)
    joined = msgspec.structs.replace(one, end_ms=other.end_ms, lines=lines)
    item.write_bytes(srt.compose([joined]))
    edit(whole, "Привет, друзья.", "Привет, подруги.")
    accept_both(ws, is_item_first=is_item_first)
    again(ws)
    assert cues(whole) == [("Привет, подруги.",), ("Hola, amigos.",)]
    assert cues(item) == [lines]
    assert states(ws, whole) == ("conflict", "machine")
    assert states(ws, item) == ("conflict",)
    told = (ws.folder / "conflicts.md").read_text("utf-8")
    assert "Привет, подруги." in told
    assert "Привет, друзья. / Hola, amigos." in told
    assert "Edited differently in items/01.srt: “Привет, друзья. / Hola" in marks(whole)
    assert "Edited differently in talk.srt: “Привет, подруги.”" in marks(item)


@pytest.mark.parametrize("is_item_first", [True, False])
def test_a_cue_deleted_in_one_file_and_edited_in_another_is_a_conflict(
    ws: Workspace, *, is_item_first: bool
):
    make(ws, items(20_000))
    stage.run(ws, INFO, BOTH)
    whole, item = ws.srt_path("orig"), ws.item_srt_path(1, "orig")
    edit(whole, "Привет, друзья.", "Привет, подруги.")
    item.write_bytes(srt.compose(srt.parse(item.read_bytes(), "")[1:]))
    accept_both(ws, is_item_first=is_item_first)
    again(ws)
    assert cues(whole) == [("Привет, подруги.",), ("Hola, amigos.",)]
    assert cues(item) == [("Hola, amigos.",)]
    told = (ws.folder / "conflicts.md").read_text("utf-8")
    assert "Привет, подруги." in told
    assert "(deleted)" in told
    assert states(ws, whole)[0] == "conflict"
    assert "01.srt: “(deleted)”" in marks(whole)


def test_a_corrected_source_marks_its_translation(ws: Workspace):
    edit(ws.srt_path("orig"), "Привет, друзья.", "Привет, подруги.")
    again(ws)
    assert states(ws, ws.srt_path("en")) == ("source_changed", "machine")
    assert states(ws, ws.srt_path("orig")) == ("edited", "machine")
    make(ws, items(10_000), english="Hello, girls.")  # what translate makes of it
    again(ws)
    assert cues(ws.srt_path("en"))[0] == ("Hello, girls.",)


def test_a_translation_that_was_edited_too_stays_and_is_marked(ws: Workspace):
    edit(ws.srt_path("orig"), "Привет, друзья.", "Привет, подруги.")
    edit(ws.srt_path("en"), "Hello, friends.", "Hi!")
    again(ws)
    assert cues(ws.srt_path("en"))[0] == ("Hi!",)
    assert states(ws, ws.srt_path("en"))[0] == "source_changed"


def test_signs_alone_change_no_source(ws: Workspace):
    edit(ws.srt_path("orig"), "Привет, друзья.", "Привет, друзья!")
    again(ws)
    assert states(ws, ws.srt_path("en"))[0] == "machine"


def test_edits_in_two_languages_feed_both_tracks(ws: Workspace):
    both = ws.srt_path("ru+en")
    edit(both, "Привет, друзья.\nHello, friends.", "Привет, подруги.\nHello, girls.")
    again(ws)
    assert cues(both)[0] == ("Привет, подруги.", "Hello, girls.")
    assert cues(ws.srt_path("orig"))[0] == ("Привет, подруги.",)
    assert cues(ws.srt_path("en"))[0] == ("Hello, girls.",)
    assert states(ws, both)[0] in {"edited", "source_changed"}


def test_an_edit_of_the_translation_is_beneath_the_original_too(ws: Workspace):
    edit(ws.srt_path("en"), "Hello, friends.", "Hello, girls.")
    again(ws)
    assert cues(ws.srt_path("ru+en"))[0] == ("Привет, друзья.", "Hello, girls.")


def test_what_is_deleted_stays_deleted(ws: Workspace):
    path = ws.srt_path("orig")
    path.write_bytes(srt.compose(srt.parse(path.read_bytes(), "")[1:]))
    again(ws)
    make(ws, items(10_000), greeting="Привет, друзья!")
    again(ws)
    assert cues(path) == [("Hola, amigos.",)]
    assert not ws.item_srt_path(1, "orig").exists()


def test_a_file_that_was_not_accepted_is_not_replaced(ws: Workspace):
    edit(ws.srt_path("en"), "Hello, friends.", "Hi all!")
    make(ws, items(10_000), english="Good evening.")
    before = state(ws)
    with pytest.raises(OverwriteError):
        stage.run(ws, INFO, BOTH)
    assert state(ws) == before
    again(ws)
    assert cues(ws.srt_path("en"))[0] == ("Hi all!",)


def test_what_the_refusal_says_of_deleting_a_file_is_so(ws: Workspace):
    path = ws.srt_path("en")
    edit(path, "Hello, friends.", "Hi all!")
    edit(path, "00:00:11,960 -->", "00:00:1x -->")  # which is not taken: the file stays
    accepting.accept(ws, who="Anna")
    make(ws, items(10_000), english="Good evening.")
    with pytest.raises(OverwriteError) as refused:
        stage.run(ws, INFO, BOTH)
    assert "what was accepted from it stays" in refused.value.hint
    assert "to drop the rest, delete it" in refused.value.hint
    path.unlink()
    again(ws)
    assert cues(path) == [("Hi all!",), ("Hola, amigos.",)]


def test_the_bytes_of_a_reviewer_are_kept(ws: Workspace):
    edit(ws.srt_path("en"), "Hello, friends.", "Hi all!")
    data = ws.srt_path("en").read_bytes()
    again(ws)
    kept = ws.machine_folder / "reviews" / f"{files.digest(data)}.srt"
    assert kept.read_bytes() == data


def test_decisions_of_other_tracks_make_nothing_stale(ws: Workspace):
    only = Options(tracks=("orig",))
    stage.run(ws, INFO, only)
    at = Anchor(track="en", start_ms=0, end_ms=1_000, text="Hello, friends.")
    decisions.append(ws.decisions_path, [Text(at=at, text="Hi")])
    assert stage.plan(ws, INFO, only) == []
    assert stage.plan(ws, INFO, BOTH) != []


def test_nothing_is_written_where_a_persons_cue_would_be_lost(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
):
    edit(ws.srt_path("en"), "Hello, friends.", "Hi all!")
    accepting.accept(ws, who="Anna")
    make(ws, items(10_000), greeting="Здравствуйте.")
    before = state(ws)
    whole = merging.Merging.merged

    def careless(self, *args, **more):
        found = whole(self, *args, **more)
        cues = tuple(
            Cue(start_ms=c.start_ms, end_ms=c.end_ms, lines=("Oops",), language=c.language)
            for c in found.cues
        )
        return layers.Merged(**{**_fields(found), "cues": cues})

    monkeypatch.setattr(merging.Merging, "merged", careless)
    with pytest.raises(OverwriteError, match="a person's cue is not"):
        stage.run(ws, INFO, BOTH)
    assert state(ws) == before


def _fields(found: merging.Merged) -> dict[str, object]:
    return {name: getattr(found, name) for name in found.__dataclass_fields__}


def test_conflicts_are_told_in_the_log(ws: Workspace, caplog: pytest.LogCaptureFixture):
    edit(ws.srt_path("en"), "Hello, friends.", "Hi all!")
    again(ws)
    make(ws, items(10_000), english="Good evening to you.")
    with caplog.at_level(logging.WARNING):
        stage.run(ws, INFO, BOTH)
    assert "conflicts.md" in caplog.text


def test_a_cue_that_was_moved_and_then_corrected_is_about_the_same_words(ws: Workspace):
    path = ws.srt_path("orig")
    path.write_bytes(path.read_bytes().replace(b"00:00:00,0", b"00:00:05,0", 1))
    edit(path, " --> 00:00:01,", " --> 00:00:08,")
    again(ws)
    edit(path, "Привет, друзья.", "Привет, подруги.")
    again(ws)
    found = track_words.of_words(decisions.read(ws.decisions_path), "orig")
    assert [(one.at.start_ms, one.at.text, one.text) for one in found] == [
        (0, "Привет, друзья.", "Привет, подруги.")
    ]


def test_a_run_that_finds_all_current_reads_once_and_lays_nothing_out(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
):
    def never(*_: object) -> None:
        raise AssertionError

    made: list[Workspace] = []
    monkeypatch.setattr(layers.Tracks, "merged", never)
    built = stage.Receipts
    monkeypatch.setattr(stage, "Receipts", lambda found: made.append(found) or built(found))
    assert stage.run(ws, INFO, BOTH) == "current"
    assert stage.plan(ws, INFO, BOTH) == []
    assert len(made) == 2
