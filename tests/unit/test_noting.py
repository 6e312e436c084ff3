"""Bookmarks beside an SRT, and what the memory learns of people's work."""

# ruff: noqa: F811 - the fixture is another module's

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.core import artifacts
from pipeline.core.artifacts import EMITTED
from pipeline.core.timeline import Cue
from pipeline.emit import noting, stage
from pipeline.emit.findings import TOO_FAST, Finding
from pipeline.emit.merging import Merged
from pipeline.emit.stage import Options
from pipeline.programme import memory
from pipeline.review import accepting, decisions
from pipeline.review.decisions import Anchor, Approve
from pipeline.subtitles import bookmarks, profile
from tests.unit.test_emit import INFO, doubtful, ws  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from pipeline.core.workspace import Workspace


def edited(ws: Workspace, track: str, old: str, new: str) -> None:
    path = ws.srt_path(track)
    data = path.read_text("utf-8")
    assert old in data
    path.write_text(data.replace(old, new), "utf-8")
    accepting.accept(ws, who="Olga")


def test_a_corrected_translation_is_remembered_once(ws: Workspace):
    stage.run(ws, INFO, Options())
    path = memory.path(INFO, ws.folder)
    assert not path.exists()
    edited(ws, "en", "Hello, friends.", "Good day, friends.")
    assert stage.run(ws, INFO, Options()) == "made"
    (pair,) = memory.load(path).pairs
    assert (pair.source, pair.target, pair.who) == ("Привет, друзья.", "Good day, friends.", "Olga")
    assert stage.run(ws, INFO, Options()) == "current"
    stage.run(ws, INFO, Options(), force=True)
    assert len(memory.load(path).pairs) == 1


def test_a_recording_does_not_recall_its_own_but_another_does(ws: Workspace):
    stage.run(ws, INFO, Options())
    edited(ws, "en", "Hello, friends.", "Good day, friends.")
    stage.run(ws, INFO, Options())
    path = memory.path(INFO, ws.folder)
    (pair,) = memory.load(path).pairs
    asked = pair.source_language, pair.target_language, pair.source, pair.before, pair.after
    assert memory.load(path, ws.folder.name).recalled(*asked) is None
    assert memory.load(path, "other").recalled(*asked) == "Good day, friends."


def test_an_approved_translation_is_remembered_and_has_no_bookmark(ws: Workspace):
    stage.run(ws, INFO, Options())
    cue = next(c for file in emitted(ws) if file.track == "en" for c in file.cues)
    at = Anchor(track="en", start_ms=cue.start_ms, end_ms=cue.end_ms, text="\n".join(cue.lines))
    decisions.append(ws.decisions_path, [Approve(at=at, who="Olga")])
    stage.run(ws, INFO, Options())
    (pair,) = memory.load(memory.path(INFO, ws.folder)).pairs
    assert pair.target == "Hello, friends."


def emitted(ws: Workspace):
    (path, *_) = sorted(ws.emitted_folder.glob("*.json"), key=lambda p: p.stat().st_mtime_ns)[::-1]
    return artifacts.read(path, EMITTED).payload.files


def test_what_a_person_noted_stays_on_its_cue(ws: Workspace):
    stage.run(ws, INFO, Options())
    beside = ws.srt_path("en").with_name(ws.srt_path("en").name + bookmarks.SUFFIX)
    assert not beside.exists(), "nothing to note"
    beside.write_bytes(bookmarks.compose([bookmarks.Bookmark(1, "who is this?")]))
    accepting.accept(ws, who="Olga")
    assert stage.run(ws, INFO, Options(), force=True) == "made"
    (kept,) = bookmarks.read(beside.read_bytes(), "x").bookmarks
    assert (kept.index, kept.text) == (1, "who is this?")
    assert stage.run(ws, INFO, Options()) == "current"


def test_what_is_corrected_in_english_as_it_was_spoken_stands_once_in_both_languages(
    ws: Workspace,
):
    both = Options(tracks=("en", "ru+en"))
    stage.run(ws, INFO, both)
    edited(ws, "en", "Hola, amigos.", "Hola a todos.")
    stage.run(ws, INFO, both)
    text = ws.srt_path("ru+en").read_text("utf-8")
    assert text.count("Hola") == 1
    assert "Hola a todos." in text


def test_what_people_corrected_is_no_longer_a_place_to_look_at(ws: Workspace):
    doubtful(ws, "loop")
    stage.run(ws, INFO, Options())
    assert (ws.folder / "findings.md").exists()
    edited(ws, "en", "Hello, friends.", "Good day, friends.")
    stage.run(ws, INFO, Options())
    assert not (ws.folder / "findings.md").exists()


@pytest.mark.parametrize(
    ("cues_ms", "track", "is_told"),
    [
        ([(1_000, 9_000)], "en", False),  # its cue lasts longer than the sentence
        ([(1_000, 9_000), (9_000, 9_300)], "en", True),  # the second one cannot be read
        ([], "en", True),  # nothing shows it
        ([(1_000, 9_000)], "es", True),  # that track is not among them
    ],
)
def test_a_sentence_is_not_too_fast_where_its_cues_can_be_read(cues_ms, track, is_told):
    cues = tuple(
        Cue(start_ms=start, end_ms=end, lines=("A long line to read.",), language="en")
        for start, end in cues_ms
    )
    merged = Merged(cues=cues)
    one, other = (
        Finding(start_ms=2_000, end_ms=9_200, track=track, kind=kind)
        for kind in (TOO_FAST, "numbers")
    )
    found = noting.told([one, other], {"en": merged}, profile.load("default"))
    assert found == ([one, other] if is_told else [other])
