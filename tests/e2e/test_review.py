"""A reviewer's round: files edited in place and by mail, accepted, and every later run keeps it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from pipeline.core import files
from pipeline.subtitles import bookmarks, srt
from tests.e2e.driving import Done, Marathon, content

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.core.timeline import Cue

MINE = "They said (and I heard it) something else."


@pytest.fixture
def made(marathon: Marathon, undisturbed: tuple[Path, Done]) -> Path:
    """A folder of the talk that a test may change."""
    return shutil.copytree(undisturbed[0], marathon.folder / "out" / "talk")


def cues(path: Path) -> list[Cue]:
    return list(srt.parse(path.read_bytes(), str(path)))


def as_left(cue: Cue) -> tuple[int, int, tuple[str, ...]]:
    return cue.start_ms, cue.end_ms, cue.lines


def edit(path: Path) -> tuple[list[Cue], Cue]:
    """A text, a time and a deletion, saved as some editors do; the file as left, what is gone."""
    import msgspec

    now = cues(path)
    now[0] = msgspec.structs.replace(now[0], lines=(MINE,))
    now[1] = msgspec.structs.replace(now[1], start_ms=now[1].start_ms + 120)
    gone = now.pop()
    path.write_bytes(b"\xef\xbb\xbf" + srt.compose(now).replace(b"\n", b"\r\n"))
    return now, gone


def decided(folder: Path) -> list[dict[str, object]]:
    lines = (folder / ".pipeline" / "decisions.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_run_that_could_not_read_a_file_says_so_at_its_end(
    marathon: Marathon, talk: Path, made: Path
):
    path = made / "talk.en.srt"
    path.write_bytes(path.read_bytes().replace(b"00:00:0", b"00:00:0x", 1))
    for _ in range(2):
        done = marathon("run", talk, "--demo", "--out", "out")
        assert done.code == 0, done.err
        assert "talk.en.srt, line 1: " in done.err
        assert "all is current" not in done.err
        last = done.err.splitlines()[-1]
        assert last.startswith(f"waiting: {path}: ")
    (one,) = json.loads(marathon("run", talk, "--demo", "--out", "out", "--json").out)
    assert one["waiting"] == [str(path)]


def test_what_a_reviewer_changed_is_in_every_later_file(marathon: Marathon, talk: Path, made: Path):
    path = made / "talk.en.srt"
    left, gone = edit(path)
    sent_back = path.read_bytes()
    marks = path.with_name(path.name + bookmarks.SUFFIX)
    marks.write_bytes(bookmarks.compose([bookmarks.Bookmark(2, "OK")]))

    done = marathon("accept", talk, "--out", "out", "--explain")
    assert done.out == "would accept  talk.en.srt: 1 text, 1 time, 1 deleted, 1 approved\n"
    assert not (made / ".pipeline" / "decisions.jsonl").exists()

    done = marathon("run", talk, "--demo", "--out", "out")
    assert done.code == 0, done.err
    assert "accepted: talk.en.srt: 1 text, 1 time, 1 deleted, 1 approved" in done.err
    assert (
        made / ".pipeline" / "reviews" / f"{files.digest(sent_back)}.srt"
    ).read_bytes() == sent_back
    kinds = sorted(str(one["type"]) for one in decided(made))
    assert kinds == ["approve", "delete", "text", "time"]

    now = [as_left(cue) for cue in cues(path)]
    for cue in left[:3]:
        assert as_left(cue) in now
    assert gone.lines not in [lines for _, _, lines in now]

    before = content(made, "lock")
    done = marathon("run", talk, "--demo", "--out", "out")
    assert done.code == 0, done.err
    assert "all is current" in done.err
    assert content(made, "lock") == before
    done = marathon("status", talk, "--out", "out", "--json")
    (one,) = json.loads(done.out)
    assert {line["state"] for line in one["stages"]} == {"current"}

    done = marathon("run", talk, "--demo", "--out", "out", "--profile", "ted", "--force")
    assert done.code == 0, done.err
    now = [as_left(cue) for cue in cues(path)]
    for cue in left[:3]:
        assert as_left(cue) in now
    assert gone.lines not in [lines for _, _, lines in now]
    assert len(decided(made)) == len(kinds)


def test_a_copy_that_came_back_by_mail_and_one_that_is_broken(
    marathon: Marathon, talk: Path, made: Path
):
    sent = shutil.copy(made / "talk.srt", marathon.folder / "Re Fwd (3).srt")
    left, gone = edit(sent)
    done = marathon("accept", sent)
    assert done.code == 2
    done = marathon("accept", sent, "--for", talk, "--out", "out", "--who", "Anna")
    assert done.code == 0, done.err
    assert done.out == f"accepted  {sent}: 1 text, 1 time, 1 deleted\n"
    assert {one["who"] for one in decided(made)} == {"Anna"}
    done = marathon("emit", talk, "--out", "out")
    assert done.code in {0, 2}, done.err  # what was said anew may first have to be translated
    done = marathon("run", talk, "--demo", "--out", "out")
    assert done.code == 0, done.err
    assert as_left(left[0]) in [as_left(cue) for cue in cues(made / "talk.srt")]
    assert gone.lines not in [cue.lines for cue in cues(made / "talk.srt")]

    path = made / "talk.en.srt"
    broken = path.read_bytes().replace(b" --> ", b" -> x ", 1)
    path.write_bytes(broken)
    done = marathon("accept", talk, "--out", "out")
    assert done.code == 8
    assert "talk.en.srt, line 1" in done.err
    done = marathon("run", talk, "--demo", "--out", "out")
    assert path.read_bytes() == broken
    assert "talk.en.srt, line 1" in done.err
