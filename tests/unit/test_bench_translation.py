"""The benchmark of translation: its text, its figures and its weights."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench import (
    translation_figures,
    translation_table,
    translation_text,
    translation_weights,
)
from tests.bench.translation_figures import Quality, Ratios, Results, Start
from tests.bench.translation_worker import Cell

LINE = st.lists(st.text("абвгд.,!-", min_size=1, max_size=30), min_size=1, max_size=30)
FLOOR, OURS, CUES = "floor, 1 kept", "ours, 1 kept", "Argos, full cues"


def cell(seconds: float, *, hypotheses: int = 1, peak: int = 0) -> Cell:
    return Cell(
        system="",
        hypotheses=hypotheses,
        load_s=1.0,
        seconds=seconds,
        cpu_s=2 * seconds,
        loaded=100_000_000,
        peak=peak or 150_000_000,
        sentences=10,
        source_pieces=240,
        target_pieces=220,
        texts=("one", "two"),
    )


def results(cells: list[tuple[int, str, Cell]], **others: object) -> Results:
    made: dict[str, object] = {
        "text": "texts",
        "lines": 10,
        "letters": 900,
        "cues": 12,
        "processor": "x",
        "processors": 2,
        "threads": 2,
        "python": "3",
        "releases": {},
        "rows": translation_figures.rows(cells),
        "starts": (Start(name="ours", seconds=0.9, cpu_s=0.6),),
        "wholes": (translation_figures.whole("random", 3_500, cell(100.0, peak=390_000_000)),),
        "quality": (),
    }
    return Results(**made | others)  # type: ignore[arg-type]


@given(st.lists(LINE.map(" ".join)))
def test_cues_hold_the_words_and_fit_the_screen(lines: list[str]):
    cues = translation_text.cues(lines)
    assert " ".join(cues).split() == " ".join(lines).split()
    assert all(len(cue) <= 85 for cue in cues)  # two lines of 42 and the blank between them


@given(LINE.map(" ".join))
def test_a_lines_own_cues_are_as_few_as_it_fits_into(line: str):
    made = translation_text.own_cues([line])
    assert " ".join(made).split() == line.split()
    assert all(len(translation_text.cues([cue])) == 1 for cue in made)
    assert len(made) <= 2 * len(translation_text.cues([line]))


@given(st.lists(LINE.map(" ".join), min_size=1))
def test_words_are_the_units_words_one_after_another(units: list[str]):
    transcript, [turn] = translation_text.transcript(units)
    words = [word for phrase in transcript.phrases for word in phrase.words]
    assert [word.text for word in words] == " ".join(units).split()
    assert len(transcript.phrases) == len(units)
    ends = [word.end_ms for word in words]
    assert all(a <= b.start_ms for a, b in zip(ends, words[1:], strict=False))
    assert turn.end_ms >= ends[-1]


def test_the_grammar_gives_long_sentences_no_two_alike():
    lines = translation_text.lines(None, 3_000)
    assert len({*lines}) == 3_000
    assert 85 < sum(map(len, lines)) / 3_000 < 110
    assert all(re.fullmatch(r"[^.!?]+[.!?]", line) for line in lines)


def test_lines_of_a_folder_are_taken_evenly_or_come_again_with_other_first_words(tmp_path: Path):
    (tmp_path / "a.ru").write_text("Раз.\n\nДва.\nРаз.\n", "utf-8")
    (tmp_path / "b.ru").write_text("Три.\nЧетыре.\n", "utf-8")
    assert translation_text.lines(tmp_path, 2) == ["Раз.", "Три."]
    many = translation_text.lines(tmp_path, 99)
    assert len({*many}) == 99
    assert many[:5] == ["Раз.", "Два.", "Три.", "Четыре.", "Итак, раз."]


def test_a_folder_without_text_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="no text"):
        translation_text.lines(tmp_path, 2)


def test_ratios_are_medians_of_paired_rounds():
    cells = [
        *((0, CUES, cell(50.0)), (0, OURS, cell(10.0)), (0, FLOOR, cell(8.0))),
        *((1, OURS, cell(30.0)), (1, CUES, cell(90.0)), (1, FLOOR, cell(15.0))),
        *((2, OURS, cell(11.0)), (2, CUES, cell(44.0)), (2, FLOOR, cell(10.0))),
    ]
    rows = {row.name: row for row in translation_figures.rows(cells)}
    assert rows[OURS].seconds == 11.0
    assert rows[OURS].against == {CUES: Ratios(seconds=4.0, cpu_s=4.0)}  # of 5, 3 and 4
    assert rows[OURS].over_floor == Ratios(seconds=1.25, cpu_s=1.25)  # of 1.25, 2 and 1.1
    assert rows[CUES].over_floor is None
    assert rows[OURS].rounds == (10.0, 30.0, 11.0)


def test_what_was_not_measured_is_not_held_against_a_limit():
    told = translation_figures.wanted(results([(0, OURS, cell(10.0))], starts=(), wholes=()))
    assert told == []


def test_a_missed_limit_is_said():
    cells = [(0, CUES, cell(43.0)), (0, OURS, cell(10.0)), (0, FLOOR, cell(9.0))]
    quality = (
        Quality(name="Argos, full cues", strings=9, chrf=88.0),
        Quality(name="ours, from full cues", strings=9, chrf=99.0),
    )
    found = results(cells, quality=quality)
    assert {one.what: one.is_reached for one in translation_figures.wanted(found)} == {
        "ours, 1 kept: times as fast, Argos, full cues": False,
        "ours, 1 kept: times less CPU, Argos, full cues": False,
        "ours, 1 kept: of the floor's time": True,
        "ours, 1 kept: of the floor's CPU": True,
        "seconds from start to first text": True,
        "MB above the weights, 10 sentences, random": True,
        "chrF, ours, from full cues; Argos, full cues has": True,
    }
    text = "\n".join(translation_table.lines(found))
    assert "| ours, 1 kept: times as fast, Argos, full cues | 4.3 | at least 4.4 | **no** |" in text


@pytest.mark.engine
@pytest.mark.slow
def test_the_random_package_says_22_pieces_for_24_that_nobody_searches_again(tmp_path: Path):
    import ctranslate2

    from pipeline.engines import argos_home, degenerate

    lines = translation_text.lines(None, 3_000)
    folder = translation_weights.make(lines, tmp_path)
    package = argos_home.library().Package(folder)
    rows = [package.tokenizer.encode(line) for line in lines]
    assert 3.5 < sum(map(len, lines)) / sum(map(len, rows)) < 4.8  # letters of a piece
    by_length = sorted(zip(map(len, rows), lines, rows, strict=True))[::200]
    some = [row for _, _, row in by_length]
    translator = ctranslate2.Translator(str(folder / "model"), compute_type="int8")
    said = [one.hypotheses[0] for one in translator.translate_batch(some, beam_size=4)]
    assert sum(map(len, said)) / sum(map(len, some)) == pytest.approx(22 / 24, abs=0.05)
    strange = degenerate.foreign(["ru"], ["en"])
    for (_, line, _), pieces in zip(by_length, said, strict=True):
        assert not degenerate.degenerate(line, package.tokenizer.decode(pieces), strange)
    vocabulary = json.loads((folder / "model" / "shared_vocabulary.json").read_text("utf-8"))
    assert len(vocabulary) == translation_weights.PIECES
