"""A kill at any moment costs little, and the finished work is the same to the byte."""

from __future__ import annotations

import contextlib
import random
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.e2e.driving import Done, Marathon, answers, content, put_an_end_to, recognised, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Who holds the folder and how far recognition and translation got: no part of what is finished.
OF_THE_MOMENT = ("lock", "transcript.journal", "translation.en.ru.journal")


@dataclass(frozen=True)
class Talk:
    """The recording of these tests, run into a folder of the test's own."""

    marathon: Marathon
    arguments: tuple[str | Path, ...]
    folder: Path
    right: dict[str, bytes]

    def interrupted(
        self, number: signal.Signals, reached: Callable[[], bool]
    ) -> tuple[int, str, str]:
        """Run it, and send the signal as soon as `reached` says so."""
        process = self.marathon.begin(*self.arguments)
        until(process, reached)
        out, err = put_an_end_to(process, number)
        return process.returncode, out, err

    def again(self) -> Done:
        """Run it to the end; what is finished is what it always is."""
        done = self.marathon(*self.arguments)
        assert done.code == 0, done.err
        assert content(self.folder, *OF_THE_MOMENT) == self.right
        return done


@pytest.fixture
def run(marathon: Marathon, talk: Path, undisturbed: tuple[Path, Done]) -> Talk:
    folder = marathon.folder / "out" / "talk"
    right = content(undisturbed[0], *OF_THE_MOMENT)
    assert {"talk.srt", "talk.en.srt", ".pipeline/transcript.jsonl"} <= right.keys()
    return Talk(marathon, ("run", talk, "--demo", "--out", "out"), folder, right)


@pytest.mark.parametrize("lines", [0, 1, 2, 4, 6])
def test_killed_while_it_recognises_it_ends_as_if_nothing_had_been(run: Talk, lines: int):
    begun = run.folder / ".pipeline" / "recording.json"
    code, _, _ = run.interrupted(
        signal.SIGKILL, lambda: begun.exists() and len(answers(run.folder)) >= lines
    )
    assert code == -signal.SIGKILL
    assert not (run.folder / ".pipeline" / "transcript.jsonl").exists()
    assert len(answers(run.folder)) >= lines
    kept = recognised(run.folder)
    done = run.again()
    everything = recognised(run.folder)
    assert f"{everything - kept} chunks recognised now" in done.err, "what was kept is not redone"
    assert len(answers(run.folder)) == len(set(answers(run.folder)))


def test_a_line_that_a_power_cut_tore_and_files_left_half_written_do_no_harm(run: Talk):
    run.interrupted(signal.SIGKILL, lambda: len(answers(run.folder)) >= 3)
    journal = run.folder / ".pipeline" / "transcript.journal"
    whole = journal.read_bytes()
    journal.write_bytes(whole + whole[: len(whole.partition(b"\n")[0]) // 2])
    torn = run.folder / ".pipeline" / ".transcript.jsonl.0123abcd.partial"
    torn.write_bytes(b'{"kind"')
    run.again()
    assert not torn.exists()


@pytest.mark.parametrize("made", ["transcript.jsonl", "segments.json", "emitted"])
def test_killed_between_stages_it_ends_as_if_nothing_had_been(run: Talk, made: str):
    code, _, _ = run.interrupted(signal.SIGKILL, (run.folder / ".pipeline" / made).exists)
    assert code == -signal.SIGKILL
    assert "0 chunks recognised now" not in run.again().err, "a finished transcript is kept"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_by_a_person_or_the_system_it_says_how_to_go_on(
    run: Talk, number: signal.Signals, code: int
):
    ended, out, err = run.interrupted(number, lambda: bool(answers(run.folder)))
    assert ended == code
    assert out == ""
    assert "Traceback" not in err
    assert err.splitlines()[-1].endswith("run the same command again to continue")
    assert not [path for path in content(run.folder) if path.endswith((".partial", ".srt"))]
    run.again()


@pytest.mark.long
def test_killed_at_fifty_moments_nothing_is_lost_and_no_more_than_a_batch_is_done_twice(
    marathon: Marathon, talk: Path, undisturbed: tuple[Path, Done]
):
    rng = random.Random(50)
    usual = undisturbed[1].wall_s
    right = content(undisturbed[0], *OF_THE_MOMENT)
    whole = recognised(undisturbed[0])
    left = 50
    while left:
        out = f"out{left}"
        folder = marathon.folder / out / "talk"
        kept = 0
        for _ in range(min(left, rng.randint(1, 4))):
            process = marathon.begin("run", talk, "--demo", "--out", out)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(rng.uniform(0.1, usual))
            put_an_end_to(process, signal.SIGKILL)
            left -= 1
            assert recognised(folder) >= kept, "what was kept stays"
            kept = recognised(folder)
        done = marathon("run", talk, "--demo", "--out", out)
        assert done.code == 0, done.err
        assert content(folder, *OF_THE_MOMENT) == right
        assert recognised(folder) == whole, "what was kept is not done again"
