"""Subtitle Edit's bookmarks: as it writes them, hostile ones, ours among those of people."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import InputError
from pipeline.subtitles import bookmarks, encodings
from pipeline.subtitles.bookmarks import Bookmark, compose, is_ok, is_ours, marked, read

NAME = "talk.srt.SE.bookmarks"
TEXTS = st.text(st.characters(codec=None), max_size=30)
NOTES = st.builds(Bookmark, st.integers(0, 50), TEXTS | TEXTS.map(marked))


def one_file(*entries: object, **more: object) -> bytes:
    return json.dumps({"bookmarks": entries, **more}).encode()


def test_what_release_4_writes_is_read():
    data = '\ufeff{"bookmarks":[\r\n{"idx":0,"txt":"кто?<br />\\"x\\""},{"idx":7,"txt":""}]}\r\n'
    assert read(data.encode(), NAME).bookmarks == (Bookmark(0, 'кто?\n"x"'), Bookmark(7, ""))


def test_what_release_5_writes_is_read_and_its_forced_cues_are_kept():
    data = b'{"bookmarks":[\n{"ms":1200,"idx":3,"txt":"a"}],"forced":[\n{"ms":9,"idx":4}]}\n'
    found = read(data, NAME).bookmarks
    assert found == (Bookmark(3, "a", 1_200), Bookmark(4, "", 9, is_forced=True))
    assert read(compose(found), NAME).bookmarks == found


def test_two_bookmarks_of_a_cue_become_one_or_subtitle_edit_would_load_none():
    data = compose([Bookmark(2, "b"), Bookmark(2, "a"), Bookmark(1, "c"), Bookmark(2, "b")])
    assert data == b'{"bookmarks":[\n{"idx":1,"txt":"c"},\n{"idx":2,"txt":"b<br />a"}\n]}\n'


def test_what_breaks_old_releases_is_made_harmless():
    data = compose([Bookmark(0, 'a}{\x00\t"\\\u2028\ud800b\r\nc')])
    assert data == b'{"bookmarks":[\n{"idx":0,"txt":"a)(  \\"\\\\  b<br />c"}\n]}\n'


@pytest.mark.parametrize(
    ("entry", "found", "is_told"),
    [
        ({"idx": 1}, [Bookmark(1, "")], False),
        ({"idx": "1", "txt": "a"}, [Bookmark(1, "a")], False),
        ({"idx": 1.0, "txt": "a"}, [Bookmark(1, "a")], False),
        ({"idx": 1, "txt": 5}, [Bookmark(1, "5")], True),
        ({"idx": 1, "txt": ["a"]}, [Bookmark(1, "")], True),
        ({"idx": -1, "txt": "a"}, [], True),
        ({"idx": 10**9, "txt": "a"}, [], True),
        ({"idx": True, "txt": "a"}, [], True),
        ({"txt": "a"}, [], True),
        ("a", [], True),
        (None, [], True),
    ],
)
def test_what_can_be_read_is_read_and_the_rest_is_told(
    entry: object, found: list[Bookmark], is_told: bool
):
    got = read(one_file(entry, {"idx": 9, "txt": "z"}), NAME)
    assert list(got.bookmarks) == [*found, Bookmark(9, "z")]
    assert bool(got.faults) is is_told


def test_a_damaged_file_gives_what_stands_whole_in_it():
    data = b'{"bookmarks":[{"idx":0,"txt":"a } b"},{"idx":1,"txt":"c\td"},{"idx":2,"tx'
    got = read(data, NAME)
    assert got.bookmarks == (Bookmark(0, "a } b"), Bookmark(1, "c\td"))
    assert got.faults


@pytest.mark.parametrize(
    "data",
    [
        b"[]",
        b"3",
        b'{"bookmarks":{}}',
        b"not json",
        b"\xff\xfe\x00",
        b"{" * 100_000,
        b" " * (17 << 20),
    ],
)
def test_what_cannot_be_read_at_all_is_refused_and_never_written_over(data: bytes):
    with pytest.raises(InputError, match=r"talk\.srt\.SE\.bookmarks"):
        read(data, NAME)


def test_an_empty_file_holds_none():
    assert read(b"\r\n", NAME) == bookmarks.Read(())
    assert read(compose([]), NAME) == bookmarks.Read(())


def test_utf_16_and_stray_bytes_are_read():
    text = '{"bookmarks":[{"idx":0,"txt":"ё"}]}'
    assert read(text.encode("utf-16"), NAME).bookmarks == (Bookmark(0, "ё"),)
    data = text.encode().replace("ё".encode(), b"\xb8")
    got = read(data, NAME)
    [one] = got.bookmarks  # of one letter nobody knows the encoding: the guess is told
    assert f'"txt":"{one.text}"' in encodings.decode(data).lines[0]
    assert got.faults


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-16-le", "utf-16-be"])
def test_what_an_editor_saved_in_another_encoding_is_read_as_subtitles_are(encoding: str):
    text = '{"bookmarks":[\r\n{"idx":0,"txt":"ок"},\r\n{"idx":3,"txt":"кто это?<br />Не слышно"}]}'
    got = read(text.encode(encoding), NAME)
    assert got.bookmarks == (Bookmark(0, "ок"), Bookmark(3, "кто это?\nНе слышно"))
    assert got.faults


def test_bytes_that_are_no_character_cost_no_bookmark():
    text = '{"bookmarks":[{"idx":0,"txt":"Спасибо, друзья"},{"idx":1,"txt":"%"}]}'
    got = read(text.encode().replace(b"%", b"\xd0"), NAME)
    assert [one.index for one in got.bookmarks] == [0, 1]
    assert got.bookmarks[0].text == "Спасибо, друзья"
    assert got.faults


def test_ours_is_known_and_known_for_changed():
    ours = marked("too fast: 25 characters a second")
    assert is_ours(ours)
    assert not is_ours(ours.replace("25", "20"))
    assert not is_ours(ours + " ok")
    assert not is_ours("marathon: too fast")
    assert is_ours(marked("a } b (0000)"))
    assert is_ours(marked("long " * 1_000))


@pytest.mark.parametrize("text", ["{} ok", "ok {}", "ok\n{}", "{}\nok"])
def test_words_of_a_person_beside_ours_are_theirs(text: str):
    ours = marked("too fast")
    found = read(one_file({"idx": 0, "txt": text.format(ours)}), NAME).bookmarks
    assert found == (Bookmark(0, "ok"), Bookmark(0, ours))


@pytest.mark.parametrize("text", ["ok", "OK", " Ok. ", "ок", "ОК!", "oк", "okay", "окей", "o.k."])
def test_ok_approves(text: str):
    assert is_ok(text)


@pytest.mark.parametrize("text", ["", "ok?", "not ok", "ok but", "book", "k", "к", marked("ok")])
def test_nothing_else_does(text: str):
    assert not is_ok(text)


@given(st.lists(NOTES, max_size=8))
def test_what_is_written_is_read_again_and_writing_it_again_changes_nothing(given: list[Bookmark]):
    data = compose(given)
    got = read(data, NAME)
    assert not got.faults
    assert compose(got.bookmarks) == data
    assert {one.index for one in got.bookmarks} == {one.index for one in given}
    json.loads(data)


@given(
    st.binary(max_size=200)
    | TEXTS.map(lambda text: f'{{"bookmarks":[{text}'.encode("utf-8", "replace"))
)
def test_no_bytes_break_it(data: bytes):
    try:
        found = read(data, NAME)
    except InputError:
        return
    read(compose(found.bookmarks), NAME)
