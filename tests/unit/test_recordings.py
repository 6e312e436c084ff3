"""Which recordings are found: in order, and whatever else is wrong with a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.core import recordings
from tests.unit.test_workspace import make


def test_a_folder_is_searched_for_media_files_in_order(tmp_path: Path):
    wanted = [tmp_path / "2019" / "b.MP4", tmp_path / "a.opus", tmp_path / "z.wav"]
    for path in wanted:
        make(path)
    for name in ("a.toml", "notes.txt", ".hidden.mp4", "z.subtitles/x.wav", ".git/x.wav"):
        make(tmp_path / name)
    assert list(recordings.find([tmp_path])) == wanted
    assert list(recordings.find([wanted[2], tmp_path])) == [wanted[2], *wanted[:2]]


def test_files_are_taken_as_given_even_when_missing(tmp_path: Path):
    assert recordings.find([tmp_path / "no.mp4"]) == {tmp_path / "no.mp4": None}


def test_a_folder_without_recordings_is_told_among_the_others(tmp_path: Path):
    there = make(tmp_path / "a.mp4")
    (tmp_path / "empty").mkdir()
    found = recordings.find([tmp_path / "empty", there])
    assert found.pop(there, "") is None
    assert "no media file" in str(found[tmp_path / "empty"])


def test_a_folder_that_cannot_be_looked_into_is_told_among_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    there, shut = make(tmp_path / "a.mp4"), tmp_path / "shut"
    make(shut / "b.mp4")
    look = os.scandir

    def look_unless_shut(path: str) -> object:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", look_unless_shut)
    found = recordings.find([tmp_path])
    assert found.pop(there, "") is None
    assert str(found[shut]) == f"{shut}: cannot be looked into: Permission denied"
