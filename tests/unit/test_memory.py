"""The journal as memory: answers come back as they were, and damaged lines are passed over."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import files
from pipeline.core.files import Journal
from pipeline.core.timeline import Word
from pipeline.engines import Heard
from pipeline.transcribe.memory import Entry, Keys, Memory, Sounding, digest, entries

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.floats(-9, 1).map(lambda value: round(value, 4))
heards = st.builds(
    Heard,
    text=texts,
    words=st.lists(
        st.builds(
            lambda at, length, text: Word(start_ms=at, end_ms=at + length, text=text),
            st.integers(0, 30_000),
            st.integers(1, 999),
            texts,
        ),
        max_size=3,
    ).map(tuple),
    log_probability=numbers,
    no_speech=numbers,
    is_full=st.booleans(),
)
pieces = st.lists(st.tuples(st.integers(0, 9), st.integers(10, 19)), max_size=2).map(tuple)
shares = st.dictionaries(st.sampled_from(["ru", "es"]), numbers)
answers = st.lists(
    st.one_of(
        st.builds(
            Entry,
            key=st.sampled_from("abc"),
            pieces=pieces,
            language=st.just("ru"),
            hotwords=texts,
            way=st.just("usual"),
            heard=heards,
        ),
        st.builds(
            Sounding,
            key=st.sampled_from("def"),
            pieces=pieces,
            languages=shares,
            windows=st.lists(shares, max_size=2).map(tuple),
        ),
    ),
    max_size=8,
)
NO_TIME = (  # a word that is over when it begins
    b'{"type":"text","key":"a","pieces":[],"own":[0,9],"language":"ru","hotwords":"","way":"",'
    b'"heard":{"words":[{"start_ms":5,"end_ms":5,"text":"x"}]}}'
)


@given(answers)
def test_what_was_added_is_known_at_once_and_in_the_next_run(tmp_path_factory, added):
    path = tmp_path_factory.mktemp("journal") / "a"
    with Journal.open(path) as journal:
        memory = Memory(journal)
        for line in added:
            memory.add(line)
    again = Memory(Journal.open(path))
    last = {line.key: line for line in added}
    for key in "abcdef":
        line = last.get(key)
        heard = line.heard if isinstance(line, Entry) else None
        sounding = line if isinstance(line, Sounding) else None
        assert (memory.heard(key), memory.sounding(key)) == (heard, sounding)
        assert (again.heard(key), again.sounding(key)) == (heard, sounding)
    assert list(entries(Journal.open(path).lines())) == added


@given(answers, st.lists(st.sampled_from("abcdefghi"), max_size=9))
def test_what_is_unknown_is_asked_once(tmp_path_factory, added, keys):
    with Journal.open(tmp_path_factory.mktemp("journal") / "a") as journal:
        memory = Memory(journal)
        for line in added:
            memory.add(line)
        known = {line.key for line in added}
        asked = memory.unknown(keys)
    assert [keys[at] for at in asked] == list(dict.fromkeys(k for k in keys if k not in known))
    assert all(keys.index(keys[at]) == at for at in asked)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{}",
        b"null",
        b"\xff\xfe",
        b'{"type":"text","key":"a"}',
        b'{"type":"other","key":"a"}',
        b'{"type":"sound","key":"a","pieces":[],"languages":{"ru":"much"}}',
        NO_TIME,
        b'{"more":' + b"[" * 9_999 + b"]" * 9_999,
    ],
)
def test_a_damaged_line_is_passed_over_and_said(damage, caplog):
    good = b'{"type":"sound","key":"a","pieces":[],"languages":{"ru":1.0}}'
    good, damage = (line + b" " + files.digest(line)[:8].encode() for line in (good, damage))
    found = list(entries([good, damage, good]))
    in_time = NO_TIME.replace(b'"end_ms":5', b'"end_ms":6').replace(
        b'"text":"x"', b'"text":"x","probability":1.0'
    )
    assert len(list(entries([in_time + b" " + files.digest(in_time)[:8].encode()]))) == 1
    assert [line.key for line in found] == ["a", "a"]
    assert not list(entries([good.replace(b"1.0", b"0.9")])), (
        "one digit, and it is not what was written"
    )
    assert "damaged and passed over: 1; the first is line 2" in caplog.text


def test_all_that_decides_an_answer_is_in_its_name():
    made = []
    for version, weights, samples, language, words, way in itertools.product(*["xy"] * 6):
        keys = Keys(version, weights)
        made.append(keys.text(samples, language, words, way))
        made.append(keys.sound(samples, (language, words), way))
    assert len(set(made)) == len(made)
    assert Keys(1, "a").text("b", "ru", "", "") == Keys(1, "a").text("b", "ru", "", "")
    assert Keys(1).sound("b", ("ru", "es"), [(0, 1)]) != Keys(1).sound("b", ("es", "ru"), [(0, 1)])
    assert Keys(1).sound("b", ("ru",), [(0, 1)]) != Keys(1).sound("b", ("ru",), [(0, 2)])


def test_a_sound_s_name_is_its_samples():
    sound = np.arange(9, dtype=np.float32)
    assert digest(sound) == digest(sound.copy()) == digest(np.arange(18, dtype=np.float32)[:9])
    assert digest(sound) != digest(sound + np.float32(1e-6))
