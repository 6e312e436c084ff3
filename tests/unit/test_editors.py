"""Our files, saved again by other people's programs: nobody decided anything."""

from __future__ import annotations

import json

import pytest

from pipeline.core.timeline import Cue
from pipeline.core.workspace import Workspace
from pipeline.review.rewrites import Habit
from pipeline.subtitles import srt
from pipeline.subtitles.reader import read
from tests import editors
from tests.unit.test_accept_command import accept, kept, ws
from tests.unit.test_align import cue, programme
from tests.unit.test_changes import told
from tests.unit.test_emit import items, make
from tests.unit.test_subtitle_commands import marathon

__all__ = ["ws"]

TEXTS = (
    "<i>Мы снова</i>",
    "Рыба & чипсы…",
    "Он: «Да».\nОна — нет",
    "в\u00a0пять",
    "Hola, señor",
    "- Да\n- Нет",
    "1984",
    "[музыка]",
    "♪ ля ля ♪",
    "&amp; R&B",
    "100 % — é e\u0301",
    "10:20 — 10:30",
)
OURS = [
    cue(one.start_ms, one.end_ms, TEXTS[at % len(TEXTS)]) for at, one in enumerate(programme(240))
]
PROGRAMS = [
    *(pytest.param(save, id=name) for name, save in editors.LIBRARIES.items()),
    *(
        pytest.param(
            save,
            id=name,
            marks=pytest.mark.skipif(editors.FFMPEG is None, reason="ffmpeg is not installed"),
        )
        for name, save in editors.COMMANDS.items()
    ),
]
EACH = pytest.mark.parametrize("save", PROGRAMS)
MARK = pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])


@EACH
@MARK
def test_saving_decides_nothing(save, mark, tmp_path):
    file = read(mark + save(srt.compose(OURS), tmp_path), "a.srt")
    assert len(file.cues) == len(OURS)
    assert not [fault for fault in file.faults if fault.is_error]
    found = told(OURS, file)
    assert (found.decisions, found.held) == ((), ())


@EACH
def test_an_edit_in_such_a_file_is_the_only_decision(save, tmp_path):
    data = save(srt.compose(OURS), tmp_path).replace("[музыка]".encode(), "[шум]".encode(), 1)
    [one] = told(OURS, read(data, "a.srt")).decisions
    assert (one.at.start_ms, one.text) == (OURS[7].start_ms, "[шум]")


def test_times_on_a_grid_are_no_decision_either(tmp_path):
    data = editors.by_pysubs2_as_ass(srt.compose(OURS), tmp_path)  # hundredths of a second
    found = told(OURS, read(data, "a.srt"))
    assert (found.decisions, found.held, found.rewriting.grid_ms) == ((), (), 10.0)


def test_tags_that_a_program_cannot_write_are_not_taken_away_by_a_person(tmp_path):
    found = told(OURS, read(editors.by_webvtt_py(srt.compose(OURS), tmp_path), "a.srt"))
    assert Habit.NO_TAGS in found.rewriting.habits


@EACH
@MARK
def test_check_finds_nothing_new_in_what_other_programs_saved(save, mark, tmp_path):
    folder = tmp_path / "recording"
    folder.mkdir()
    (folder / "talk.mp4").write_bytes(b"x")
    made = Workspace.open(folder / "talk.mp4")
    make(made, items(10_000))
    marathon("emit", made.recording)
    path = made.srt_path("orig")
    path.write_bytes(mark + save(path.read_bytes(), tmp_path))
    result = marathon("check", path)
    assert (result.exit_code, result.stdout) == (0, "nothing found in 2 cues\n")


@EACH
def test_check_finds_of_a_file_with_faults_what_it_found_before(save, tmp_path):
    faulty = [
        Cue(start_ms=0, end_ms=900, lines=("Слишком много слов для одной секунды",), language="ru"),
        Cue(start_ms=800, end_ms=2_000, lines=("Ещё строка",), language="ru"),
        Cue(start_ms=9_000, end_ms=60_000, lines=("and a line in English",), language="ru"),
    ]  # fmt: skip
    path = tmp_path / "talk.ru.srt"

    def found(data: bytes) -> list[tuple[str, int]]:
        path.write_bytes(data)
        [report] = json.loads(marathon("check", path, "--json").stdout)
        return [(one["rule"], one["cue"]) for one in report["findings"]]

    ours = srt.compose(faulty)
    assert found(save(ours, tmp_path)) == found(ours) != []


@EACH
@MARK
def test_accept_takes_nothing_from_it(save, mark, ws, tmp_path):
    folder = tmp_path / "saved"
    folder.mkdir()
    path = ws.folder / "talk.en.srt"
    path.write_bytes(mark + save(path.read_bytes(), folder))
    done = accept(ws.recording)
    assert (done.exit_code, kept(ws)) == (0, ()), done.output
