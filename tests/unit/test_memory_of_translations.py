"""The memory of translations: what is recalled, what is only shown, and that nothing is lost."""

from __future__ import annotations

import logging
import multiprocessing
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from pipeline.core import checked
from pipeline.core.errors import ArtifactError, InputError, NotNowError
from pipeline.core.files import locked
from pipeline.programme import memory, pairs
from pipeline.programme.info import Info
from pipeline.programme.memory import Memory, Pair, normal
from pipeline.programme.nearest import Index

texts = st.text(
    st.sampled_from("абвЖё eéñ«»—…\u200b\u00ad\u0301\u00a0\n\t\"'?.\u2028日🎉\0"), max_size=20
)
filled = texts.filter(str.strip)
tags = st.sampled_from(["ru", "en", "pt-BR", "sr-Latn"])
made = st.builds(Pair, tags, tags, filled, filled, texts, texts, texts, texts, texts)


def pair(source="Добрый вечер.", target="Good evening.", before="", after="", **more) -> Pair:
    return Pair("ru", "en", source, target, before, after, **more)


def test_the_same_sentence_between_the_same_neighbours_is_recalled():
    known = Memory([pair(before="Да — да.", after="«Мы» здесь…")])
    asked = ("ru", "en", "Добрый\u00a0 вечер.")
    assert known.recalled(*asked, "Да – да.", '"Мы"  здесь...') == "Good evening."
    assert known.recalled(*asked, "Нет.", '"Мы" здесь...') is None
    assert known.recalled(*asked, "Да – да.", "") is None
    assert known.recalled("ru", "es", *asked[2:], "Да – да.", '"Мы" здесь...') is None
    assert known.recalled("ru", "en-GB", *asked[2:], "Да – да.", '"Мы" здесь...') is None
    assert known.recalled("ru", "en", "добрый вечер.", "Да – да.", '"Мы" здесь...') is None


def test_elsewhere_the_same_sentence_is_only_shown():
    known = Memory([pair(before="а", after="б")])
    (shown,) = known.similar("ru", "en", "Добрый вечер.")
    assert (shown.text, shown.likeness) == ("Good evening.", 1.0)
    assert known.recalled("ru", "en", "Добрый вечер.", "", "") is None


def test_what_is_not_the_same_is_never_of_likeness_one():
    known = Memory([pair("ДОБРЫЙ ВЕЧЕР!")])
    (shown,) = known.similar("ru", "en", "Добрый вечер!")
    assert shown.likeness == 0.99
    assert not known.similar("ru", "en", "Доброй ночи!")
    assert not known.similar("es", "en", "Добрый вечер!")
    assert known.similar("ru-RU", "en-GB", "Добрый вечер!")


def test_at_most_three_different_targets_are_shown_the_newest_of_equals_first():
    same = [pair(target=f"{number % 4}!", before=f"{number}") for number in range(8)]
    known = Memory([*same, pair("Добрый вечер", "almost")])
    assert [shown.text for shown in known.similar("ru", "en", "Добрый вечер.")] == [
        "3!",
        "2!",
        "1!",
    ]


def test_a_later_pair_for_a_place_beats_an_earlier_one():
    known = Memory([pair(target="a"), pair("x", "y"), pair("Добрый  вечер.", "b")])
    assert known.recalled("ru", "en", "Добрый вечер.", "", "") == "b"
    assert [one.target for one in known.pairs] == ["y", "b"]
    assert [shown.text for shown in known.similar("ru", "en", "Добрый вечер.")] == ["b"]


@given(texts)
@example("e\u200b\u0301")
def test_what_is_normal_stays_so_and_does_not_hang_on_the_form(text):
    assert normal(normal(text)) == normal(text)
    assert normal(unicodedata.normalize("NFD", text)) == normal(text)
    assert normal(f" {text}\u2003") == normal(text)


@given(st.lists(st.text("абв г", max_size=30), max_size=30), st.text("абв г", max_size=30))
def test_the_index_finds_all_that_is_alike_and_nothing_else(known, asked):
    found = dict(Index(known).find(asked, 0.85))
    right = {
        at: fuzz.ratio(asked, text) / 100
        for at, text in enumerate(known)
        if asked and fuzz.ratio(asked, text) >= 85
    }
    assert found == pytest.approx(right)


def test_twenty_thousand_pairs_are_searched_in_milliseconds():
    words = [f"{chr(0x430 + at % 32)}{chr(0x430 + at * 7 % 32)}{at}" for at in range(997)]
    known = Memory(
        pair(" ".join(words[(at * k * k + k) % 997] for k in range(1, 9)) + str(at), str(at))
        for at in range(20_000)
    )
    known.similar("ru", "en", "x")  # the index is built once
    asked = [one.source for one in known.pairs[::500]]
    began = time.process_time()
    assert all(known.similar("ru", "en", text)[0].likeness == 1 for text in asked)
    assert (time.process_time() - began) / len(asked) < 0.05  # measured: 0.001


@given(st.lists(made, max_size=6), st.lists(made, max_size=6))
def test_what_was_added_is_there_in_the_order_of_adding(tmp_path: Path, first, then):
    path = tmp_path / "m.jsonl"
    path.unlink(missing_ok=True)
    memory.append(path, first)
    count = memory.append(path, then)
    assert memory.load(path).pairs == Memory([*Memory(first).pairs, *_new(first, then)]).pairs
    assert count == len(_new(first, then))
    assert memory.append(path, memory.load(path).pairs) == 0


def _new(first, then):
    known = Memory(first)
    return [
        one for one in Memory(then).pairs if not (at := known.at(one)) or at.target != one.target
    ]


@given(st.lists(made, min_size=1, max_size=4), st.integers(0, 10_000))
def test_a_file_torn_at_any_byte_keeps_its_whole_lines_and_goes_on(tmp_path: Path, given_, place):
    path = tmp_path / "m.jsonl"
    path.unlink(missing_ok=True)
    memory.append(path, given_)
    data = path.read_bytes()
    torn = data[: place % len(data)]
    path.write_bytes(torn)
    kept = pairs.read(path).pairs
    assert torn.count(b"\n") <= len(kept) <= torn.count(b"\n") + 1  # it may lack a line end alone
    added = pair("совсем другое")
    assert memory.append(path, [added]) == 1
    assert pairs.read(path).pairs == (*kept, added)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_byte_that_changed_is_an_error_with_its_place(tmp_path: Path, place, change):
    path = tmp_path / "m.jsonl"
    path.unlink(missing_ok=True)
    memory.append(path, [pair("а"), pair("б"), pair("в")])
    data = bytearray(path.read_bytes())
    lines = bytes(data).split(b"\n")
    place %= len(lines[0]) + 1 + len(lines[1])
    data[place] ^= change
    path.write_bytes(data)
    if data.count(b"\n") == 3 and not bytes(data).split(b"\n")[0 if place < len(lines[0]) else 1]:
        return
    with pytest.raises(ArtifactError, match=r"m\.jsonl, line [12]: a damaged translation") as error:
        memory.load(path)
    assert "backup" in error.value.hint
    with pytest.raises(ArtifactError):
        memory.append(path, [pair("г")])
    assert path.read_bytes() == data


def test_lines_of_a_newer_release_are_kept_and_have_no_effect(tmp_path: Path, caplog):
    path = tmp_path / "m.jsonl"
    newer = checked.sealed(b'{"type":"forget","source":1}')
    path.write_bytes(newer + b"\n")
    memory.append(path, [pair()])
    assert path.read_bytes().startswith(newer + b"\n")
    with caplog.at_level(logging.WARNING):
        assert len(memory.load(path).pairs) == memory.load(path).newer == 1
    assert "1 lines of a newer release are kept" in caplog.text


def test_a_line_may_be_written_by_hand_with_whatever_line_ends(tmp_path: Path):
    path = tmp_path / "m.jsonl"
    memory.append(path, [pair()])
    by_hand = msgspec.json.encode(pair("Да.", "Yes."))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n") + by_hand)
    assert [one.target for one in memory.load(path).pairs] == ["Good evening.", "Yes."]
    memory.append(path, [pair("Нет.", "No.")])
    assert [one.target for one in memory.load(path).pairs] == ["Good evening.", "Yes.", "No."]
    path.write_bytes(path.read_bytes() + b'{"type":"pair","source":"x"}')
    with pytest.raises(ArtifactError, match="line 4"):
        memory.load(path)


def test_a_torn_last_line_is_told_of(tmp_path: Path, caplog):
    path = tmp_path / "m.jsonl"
    memory.append(path, [pair()])
    path.write_bytes(path.read_bytes() + path.read_bytes()[:40])
    with caplog.at_level(logging.WARNING):
        assert len(memory.load(path).pairs) == 1
    assert "torn by a crash" in caplog.text


@pytest.mark.parametrize(
    "wrong",
    [
        pair("half a character: \ud800"),
        pair(target=" \n"),
        pair(" "),
        pair("x" * 20_001),
        Pair("xx", "en", "a", "b"),
        Pair("ru", "", "a", "b"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_of_it_is(tmp_path: Path, wrong):
    path = tmp_path / "m.jsonl"
    with pytest.raises(InputError, match="cannot be kept"):
        memory.append(path, [pair("Да."), wrong])
    assert not path.exists()


@pytest.mark.parametrize(
    "junk", [b"{}\n", b"[" * 100_000 + b"\n", b"\0\n", b"x" * (2 << 20) + b"\n"]
)
def test_junk_is_an_error_and_not_a_crash(tmp_path: Path, junk):
    (tmp_path / "m.jsonl").write_bytes(junk)
    with pytest.raises(ArtifactError, match="line 1"):
        memory.load(tmp_path / "m.jsonl")


def test_a_folder_in_its_place_is_an_error(tmp_path: Path):
    with pytest.raises(ArtifactError, match="is a folder"):
        memory.load(tmp_path)


def test_what_is_brought_undoes_nothing(tmp_path: Path):
    path = tmp_path / "m.jsonl"
    old = pair(target="old", when="2024-01-01T00:00:00+00:00")
    ours = pair(target="ours", when="2024-06-01T00:00:00+00:00")
    assert memory.append(path, [old]) == memory.append(path, [ours]) == 1
    assert memory.bring(path, [old, ours]) == 0  # known
    assert memory.bring(path, [pair(target="older", when="2024-05-01T00:00:00")]) == 0
    assert memory.load(path).pairs == (ours,)
    theirs = pair(target="theirs", when="2024-07-01T00:00:00Z")
    assert memory.bring(path, [theirs]) == 1
    assert memory.bring(path, [ours, theirs, old]) == 0
    assert memory.bring(path, [pair(target="undated")]) == 1
    assert memory.append(path, [ours]) == 1  # a person here may go back


def _add_some(path: Path, who: str) -> None:
    for at in range(8):
        memory.append(path, [pair(f"{who} {at} {part}", "x" * 3_000) for part in range(3)])


def test_processes_that_add_at_once_tear_nothing(tmp_path: Path):
    path = tmp_path / "m.jsonl"
    path.write_bytes(b'{"check":"torn')
    start = multiprocessing.get_context("spawn")
    running = [start.Process(target=_add_some, args=(path, who)) for who in "abcd"]
    for process in running:
        process.start()
    for process in running:
        process.join()
        assert process.exitcode == 0
    found = pairs.read(path)
    assert {one.source for one in found.pairs} == {
        f"{who} {at} {part}" for who in "abcd" for at in range(8) for part in range(3)
    }
    assert len(found.pairs) == 96


_KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline.programme import memory
path = Path(sys.argv[1])
real, left = os.write, [40]
def write(file, data):
    left[0] -= 1
    if left[0] == 0:
        real(file, data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    return real(file, data)
os.write = write
for at in range(100):
    memory.append(path, [memory.Pair("ru", "en", str(at), "да" * 50)])
    print(at, flush=True)
"""


def test_a_kill_while_adding_loses_nothing_that_was_added(tmp_path: Path):
    path = tmp_path / "m.jsonl"
    code = [sys.executable, "-c", _KILLED, str(path)]
    said = subprocess.run(code, capture_output=True, text=True, check=False).stdout.split()
    assert 10 < len(said) < 100
    assert [one.source for one in memory.load(path).pairs][: len(said)] == said
    assert memory.append(path, [pair()]) == 1
    assert memory.load(path).pairs[-1] == pair()


def test_one_who_never_gets_the_lock_says_who_has_it(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(pairs, "_PATIENCE_S", 0.2)
    with locked(tmp_path / ".m.jsonl.lock", "Olga"), pytest.raises(NotNowError, match="Olga"):
        memory.append(tmp_path / "m.jsonl", [pair()])


def test_the_memory_lies_with_the_archive_or_else_with_the_subtitles(tmp_path: Path):
    folder = tmp_path / "talk.subtitles"
    assert memory.path(Info(archive=tmp_path), folder) == tmp_path / "translations.jsonl"
    assert memory.path(Info(), folder) == folder / "translations.jsonl"
    assert memory.append(memory.path(Info(), folder), [pair()]) == 1
    assert memory.load(memory.path(Info(), folder)).pairs == (pair(),)
