"""Running again: what is current, what a person changed, what would be made and why."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.e2e.driving import Done, Marathon, content

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STAGES = ["transcribe", "segment", "translate", "emit"]
ARTIFACTS = ["transcript.journal", "transcript.jsonl", "segments.json", "translation.en.json"]


@pytest.fixture
def made(marathon: Marathon, undisturbed: tuple[Path, Done]) -> Path:
    """A folder of the talk that a test may change."""
    return shutil.copytree(undisturbed[0], marathon.folder / "out" / "talk")


def test_run_again_it_says_that_all_is_current_and_is_done_at_once(
    marathon: Marathon, talk: Path, made: Path
):
    before = content(made, "lock")
    runs = [marathon("run", talk, "--demo", "--out", "out") for _ in range(3)]
    for done in runs:
        assert done.code == 0
        assert "all is current: nothing was done" in done.err
        assert done.out.splitlines() == [
            f"current  {made}/talk.srt  (as spoken)",
            f"current  {made}/talk.en.srt  (English)",
        ]
    assert content(made, "lock") == before
    assert min(done.cpu_s for done in runs) < 2
    at_rest = marathon("--version").wall_s  # on a machine that is busy with something else
    assert min(done.wall_s for done in runs) < max(3, 10 * at_rest)


def retimed(data: bytes) -> bytes:
    return re.sub(rb"(\d) -->", lambda found: b"%d -->" % ((int(found[1]) + 1) % 10), data, count=1)


def reworded(data: bytes) -> bytes:
    return data.replace(b"\n\n", b" (they laugh)\n\n", 1)


@pytest.mark.parametrize("edit", [retimed, reworded])
def test_files_that_a_person_edited_say_what_that_person_left(
    marathon: Marathon, talk: Path, made: Path, edit: Callable[[bytes], bytes]
):
    reviewed = made / "talk.srt"
    written = reviewed.read_bytes()
    edited = edit(written)
    assert edited != written
    reviewed.write_bytes(edited)
    done = marathon("run", talk, "--demo", "--out", "out")
    assert done.code == 0, done.err
    assert "accepted: talk.srt: 1 t" in done.err
    assert reviewed.read_bytes() == edited
    before = content(made, "lock")
    done = marathon("run", talk, "--demo", "--out", "out")
    assert done.code == 0, done.err
    assert "all is current" in done.err
    assert content(made, "lock") == before
    (made / "talk.en.srt").unlink()
    done = marathon("run", talk, "--demo", "--out", "out", "--force", "--json")
    (one,) = json.loads(done.out)
    assert one["status"] == "made"
    assert one["files"] == [str(reviewed), f"{made}/talk.en.srt"]
    assert marathon("emit", talk, "--out", "out", "--force").code == 0
    for name in ("talk.srt", "talk.en.srt", ".pipeline/decisions.jsonl"):
        assert content(made)[name] == before[name]


def test_files_of_which_we_know_nothing_are_not_replaced(
    marathon: Marathon, talk: Path, made: Path
):
    reviewed = made / "talk.srt"
    reviewed.write_bytes(reworded(reviewed.read_bytes()))
    shutil.rmtree(made / ".pipeline" / "emitted")
    before = content(made, "lock")
    for command in (["run", talk, "--demo"], ["emit", talk]):
        done = marathon(*command, "--out", "out", "--force")
        assert done.code == 7, done.err
        assert f"{reviewed}: changed by hand" in done.err
        assert "to keep the rest too, give it another name" in done.err.splitlines()[-1]
        assert done.out == ""
        now = content(made, "lock")
        assert {name: now[name] for name in before if name.endswith(".srt")} == {
            name: data for name, data in before.items() if name.endswith(".srt")
        }


def test_an_edited_file_that_was_renamed_is_kept_beside_a_new_one(
    marathon: Marathon, talk: Path, made: Path
):
    right = (made / "talk.srt").read_bytes()
    reviewed = (made / "talk.srt").rename(made / "talk reviewed.srt")
    reviewed.write_bytes(right + b"\n")
    assert marathon("run", talk, "--demo", "--out", "out").code == 0
    assert (made / "talk.srt").read_bytes() == right
    assert reviewed.read_bytes() == right + b"\n"


def test_status_tells_of_every_stage_before_and_after(marathon: Marathon, talk: Path, made: Path):
    done = marathon("status", talk, "--out", "out", "--json")
    (one,) = json.loads(done.out)
    assert [line["stage"] for line in one["stages"]] == STAGES
    assert [line["state"] for line in one["stages"]] == ["current"] * len(STAGES)
    assert "speech:" in one["heard"]
    done = marathon("status", talk, "--out", "elsewhere")
    assert done.code == 0
    first, *others = done.out.splitlines()[1:]
    assert first.split(maxsplit=1) == ["transcribe", "to be made: there is no transcript yet"]
    assert [line.split(maxsplit=1) for line in others] == [[s, "not there yet"] for s in STAGES[1:]]
    assert not (marathon.folder / "elsewhere").exists()


def test_explain_says_what_differs_and_makes_nothing(marathon: Marathon, talk: Path, made: Path):
    before = content(made)
    explain = ("run", talk, "--demo", "--out", "out", "--explain")
    done = marathon(*explain)
    assert [line.split() for line in done.out.splitlines()[1:]] == [[s, "current"] for s in STAGES]
    done = marathon(*explain, "--track", "orig")
    assert done.code == 0
    assert "tracks" in done.out
    (made / ".pipeline" / "segments.json").unlink()
    done = marathon(*explain)
    assert "segment    there are no segments yet" in done.out
    assert done.out.splitlines()[-1].strip() == "what follows depends on that"
    del before[".pipeline/segments.json"]
    assert content(made) == before


def test_a_damaged_file_of_ours_is_named_by_stages_and_made_again_by_run(
    marathon: Marathon, talk: Path, made: Path
):
    right = content(made, "lock")
    damaged = made / ".pipeline" / "segments.json"
    damaged.write_bytes(damaged.read_bytes()[:50])
    done = marathon("translate", talk, "--demo", "--out", "out")
    assert done.code == 6, done.err
    assert str(damaged) in done.err
    assert done.err.splitlines()[-1].startswith("  ")
    done = marathon("status", talk, "--out", "out")
    assert done.code == 0
    _, transcribe, segment, translate, emit, *_, last = done.out.splitlines()
    assert transcribe.split() == ["transcribe", "current"]
    assert segment.split(maxsplit=2)[:2] == ["segment", "damaged:"]
    assert f"{damaged}: damaged" in segment
    for line in (translate, emit):
        assert line.endswith("unknown: it depends on what is damaged")
    assert last.startswith(f"  next       marathon run {talk} --out out --demo")
    (one,) = json.loads(marathon("status", talk, "--out", "out", "--json").out)
    assert one["hint"] in last
    assert marathon("run", talk, "--demo", "--out", "out").code == 0
    assert content(made, "lock") == right


def test_stages_one_by_one_make_what_run_makes(
    marathon: Marathon, talk: Path, made: Path, undisturbed: tuple[Path, Done]
):
    right = content(made, "lock")
    shutil.rmtree(made)
    (made / ".pipeline").mkdir(parents=True)
    journal = ".pipeline/transcript.journal"
    (made / journal).write_bytes(right[journal])  # recognising again would only take time
    for stage in STAGES:
        engine = ["--demo"] if stage in {"transcribe", "translate"} else []
        done = marathon(stage, talk, *engine, "--out", "out")
        assert done.code == 0, done.err
        assert done.out.startswith("made ")
    assert content(made, "lock") == right


def test_a_part_touches_nothing_of_the_whole(marathon: Marathon, talk: Path, made: Path):
    talk = shutil.copy(talk, marathon.folder)
    rundown = "start,title\n0:00,Opening\n0:03,First\n0:20,Second\n0:30,Third\n"
    (marathon.folder / "rundown.csv").write_text(rundown)
    (marathon.folder / "talk.toml").write_text('rundown = "rundown.csv"\n')
    before = content(made)
    assert {f".pipeline/{name}" for name in ARTIFACTS} | {"talk.srt", "talk.en.srt"} <= set(before)
    part = ("--out", "out", "--from", "0:02", "--to", "0:09")
    done = marathon("run", talk, "--demo", *part)
    assert done.code == 0, done.err
    name = "talk.0h00m02s-0h00m09s"
    folder = marathon.folder / "out" / name
    assert done.out.splitlines() == [
        f"made     {folder}/{name}.srt  (as spoken)",
        f"made     {folder}/{name}.en.srt  (English)",
    ]
    items = {path.rpartition("/")[2] for path in content(folder) if path.startswith("items/")}
    items = {name for name in items if name.endswith(".srt")}
    assert items <= {"01.srt", "01.en.srt", "02.srt", "02.en.srt"}
    assert items
    for stage in STAGES:
        engine = ["--demo"] if stage in {"transcribe", "translate"} else []
        done = marathon(stage, talk, *engine, *part, "--explain")
        assert done.out == "current: nothing to do\n", stage
    assert marathon("status", talk, *part).out.count("current") == len(STAGES)
    assert content(made) == before
    assert {path.name for path in folder.parent.iterdir()} == {made.name, name}
