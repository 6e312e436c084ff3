"""What is recognised so far: what counts of the last run, each stretch once."""

from __future__ import annotations

from pathlib import Path

from pipeline.core.files import Journal
from pipeline.core.timeline import Phrase
from pipeline.transcribe import coverage
from pipeline.transcribe.memory import Accepted, Memory, entries
from pipeline.transcribe.partial import latest
from tests.parrot import Parrot, clips, recognise, speech


def texts(path: Path) -> list[str]:
    lines = coverage.said(latest(entries(Journal.open(path).lines()), ""))
    return [" ".join(w.text for w in line.words) for line in lines if isinstance(line, Phrase)]


def test_it_is_what_was_accepted_and_not_what_was_tried(tmp_path):
    given = clips([speech("r."), speech("rc"), speech("rn r. r."), speech("s.")])
    found = recognise(tmp_path / "a", Parrot(), given)
    expected = [" ".join(w.text for w in one.heard.words) for one in found if not one.fault]
    assert sorted(texts(tmp_path / "a")) == sorted(expected)


def test_a_sound_that_is_repeated_is_there_at_each_of_its_places(tmp_path):
    (jingle,) = clips([speech("r.")])
    (again,) = clips([speech("r.")], start_ms=50_000)
    recognise(tmp_path / "a", Parrot(), [jingle, again])
    found = latest(entries(Journal.open(tmp_path / "a").lines()), "")
    assert [one.chunk.own for one in found] == [jingle.chunk.own, again.chunk.own]


def test_other_weights_of_another_day_do_not_count(tmp_path):
    recognise(tmp_path / "a", Parrot(), clips([speech("r."), speech("r.")]))
    lines = list(entries(Journal.open(tmp_path / "a").lines()))
    *others, last = [line for line in lines if isinstance(line, Accepted)]
    newer = Accepted(run="newer", own=last.own, text=last.text)
    assert len(latest([*lines, newer], "")) == 1
    assert len(latest(lines, "")) == len(others) + 1


def test_another_recording_of_the_same_name_does_not_count(tmp_path):
    given = clips([speech("r."), speech("rc")])
    with Journal.open(tmp_path / "a") as journal:
        for recording, heard in (("yesterday's", given), ("today's", given[:1])):
            memory = Memory(journal, "small", recording)
            for one in recognise(tmp_path / "b", Parrot(), heard):
                memory.accept(one)
    lines = [line for name in "ba" for line in entries(Journal.open(tmp_path / name).lines())]
    assert [len(latest(lines, of)) for of in ("yesterday's", "today's", "tomorrow's")] == [2, 1, 0]


def test_weights_that_are_taken_again_count_again(tmp_path):
    given = clips([speech("r."), speech("rc")])
    with Journal.open(tmp_path / "a") as journal:
        for run, heard in (("small", given), ("medium", given[:1]), ("small", given)):
            memory = Memory(journal, run)
            for one in recognise(tmp_path / "b", Parrot(), heard):
                memory.accept(one)
    runs = [x.run for x in entries(Journal.open(tmp_path / "a").lines()) if isinstance(x, Accepted)]
    assert runs == ["small", "small", "medium", "small", "small"]


def test_nothing_is_what_an_empty_journal_holds():
    assert latest([], "") == []


def test_words_where_nobody_speaks_are_not_shown_before_the_end_either(tmp_path):
    recognise(tmp_path / "a", Parrot(), clips([speech("r. r. rm"), speech("r.")]))
    found = latest(entries(Journal.open(tmp_path / "a").lines()), "")
    assert [len(one.empty) for one in found] == [1, 0]
    assert sum(len(text.split()) for text in texts(tmp_path / "a")) == 3
