"""A rundown of another recording is noticed before hours of work; one of the whole fits a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.archive import run
from pipeline.core import artifacts
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT, Origin
from pipeline.core.errors import InputError, PipelineError
from pipeline.core.payloads import Transcript
from pipeline.core.progress import Silent
from pipeline.core.timeline import Gap, Sound
from pipeline.core.workspace import Workspace
from pipeline.programme.info import Info
from pipeline.segment import stage as segment
from tests.sounds import tones, write_media, write_wav

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    write_wav(tmp_path / "talk.wav", tones(2))
    return Workspace.open(tmp_path / "talk.wav")


def told(ws: Workspace, rows: str) -> Info:
    path = ws.recording.with_name("rundown.csv")
    path.write_text(f"start,title\n{rows}")
    return Info(rundown=path)


def heard(ws: Workspace, end_ms: int, to_ms: int | None) -> None:
    """The transcript of a recording whose container states no length."""
    silence = Gap(start_ms=0, end_ms=end_ms, sound=Sound.SILENCE)
    origin = Origin(stage="transcribe", stage_version=1, options={"from_ms": None, "to_ms": to_ms})
    made = Transcript(duration_ms=end_ms, lines=(silence,))
    artifacts.write(ws.transcript_path, TRANSCRIPT, made, origin)


def test_it_is_told_before_the_recording_is_transcribed(ws: Workspace):
    info = told(ws, "0:00,One\n0:03,Two\n")
    with pytest.raises(InputError, match=r"line 3: starts at 0:00:03.*ends at 0:00:02"):
        run.subtitles(ws, info, run.Request(), Silent())
    assert not ws.folder.exists()


def test_a_recording_that_was_joined_is_not_held_to_what_its_first_header_says(tmp_path: Path):
    path = write_media(tmp_path / "joined.opus", tones(4.0, 48_000), 48_000)
    path.write_bytes(path.read_bytes() * 2)
    ws = Workspace.open(path)
    request = run.Request(recogniser=run.transcribe.Engine(choice=str(tmp_path / "none")))
    with pytest.raises(PipelineError) as caught:  # the weights are missing, and nothing before
        run.subtitles(ws, told(ws, "0:00,One\n0:06,Two\n"), request, Silent())
    assert "none" in caught.value.message
    assert "rundown" not in caught.value.message


def test_one_that_fits_is_let_through(ws: Workspace):
    request = run.Request(recogniser=run.transcribe.Engine(choice=str(ws.folder / "none")))
    with pytest.raises(PipelineError) as caught:  # the weights are missing, and nothing before
        run.subtitles(ws, told(ws, "0:00,One\n0:01,Two\n"), request, Silent())
    assert "rundown" not in caught.value.message


def test_a_part_has_the_items_that_begin_in_it(ws: Workspace):
    heard(ws, 5_000, to_ms=5_000)
    info = told(ws, "0:00,One\n0:03,Two\n0:20,Three\n")
    segment.run(ws, info, segment.Options(window_ms=1_000))
    items = artifacts.read(ws.segments_path, SEGMENTS).payload.items
    assert [item.title for item in items] == ["One", "Two"]
    assert items[-1].end_ms == 5_000


def test_a_part_before_the_first_item_has_none_of_them(ws: Workspace):
    heard(ws, 5_000, to_ms=5_000)
    segment.run(ws, told(ws, "0:10,One\n0:20,Two\n"), segment.Options(window_ms=15_000))
    (item,) = artifacts.read(ws.segments_path, SEGMENTS).payload.items
    assert (item.title, item.start_ms, item.end_ms) == ("", 0, 5_000)


def test_without_a_part_an_item_after_the_end_is_refused(ws: Workspace):
    heard(ws, 5_000, to_ms=None)
    with pytest.raises(InputError, match="but the recording ends at"):
        segment.run(ws, told(ws, "0:00,One\n0:20,Two\n"), segment.Options())
