"""The roster as people write it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import InputError
from pipeline.programme import roster
from pipeline.programme.roster import Clip, Gender, Person, Role, parse

HOST = """
[[people]]
name = "Anna Petrova"
language = "ru"
role = "host"
gender = "f"
written = { ru = "Анна Петрова" }
"""


def test_every_key_is_read():
    assert parse(HOST, "roster.toml") == (
        Person(
            name="Anna Petrova",
            language="ru",
            role=Role.HOST,
            gender=Gender.FEMININE,
            written={"ru": "Анна Петрова"},
        ),
    )


def test_only_the_name_is_needed_and_stands_for_every_language():
    (person,) = parse('[[people]]\nname = "Juan Pérez"\n', "roster.toml")
    assert (person.role, person.name_in("ru")) == (Role.OTHER, "Juan Pérez")


def test_a_written_form_is_used_in_its_language_only():
    (person,) = parse(HOST, "roster.toml")
    assert (person.name_in("ru"), person.name_in("en")) == ("Анна Петрова", "Anna Petrova")


def test_an_empty_roster_has_nobody():
    assert parse("", "roster.toml") == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (HOST + HOST, "line 9: 'Anna Petrova' is already in roster.toml, line 2"),
        (HOST.replace("role", "roll"), "line 2: unknown key 'roll'"),
        (HOST.replace('"host"', '"boss"'), "line 2: unknown role 'boss'"),
        (HOST.replace('"ru"\n', '"xq"\n'), "line 2: unknown language 'xq'"),
        (HOST.replace("{ ru", "{ xq"), "line 2: unknown language 'xq'"),
        (HOST.replace('"f"', "1"), "line 2: gender is not text"),
        (HOST.replace('{ ru = "Анна Петрова" }', '"Анна"'), "written is not a table"),
        (HOST.replace('"Анна Петрова"', '" "'), "written.ru is not text"),
        (HOST.replace('"Anna Petrova"', '" "'), "line 2: a person without a name"),
        ("people = 3", "people is not a list"),
        ("person = []", "unknown key 'person'"),
        ("[[people", "roster.toml"),
    ],
)
def test_a_wrong_roster_is_refused_with_the_place(text, what):
    with pytest.raises(InputError) as caught:
        parse(text, "roster.toml")
    assert what in caught.value.message
    assert caught.value.hint


def clips(*texts: str) -> str:
    return f'[[people]]\nname = "Anna"\nclips = {list(texts)}\n'.replace("'", '"')


def test_clips_are_files_beside_the_roster_with_or_without_times():
    (person,) = parse(
        clips("anna.wav", "a@b.mp4@00:01:10-00:01:32", "x@2.wav"), "r.toml", Path("in")
    )
    assert person.clips == (
        Clip(Path("in/anna.wav"), 0, None, "r.toml, line 1"),
        Clip(Path("in/a@b.mp4"), 70_000, 92_000, "r.toml, line 1"),
        Clip(Path("in/x@2.wav"), 0, None, "r.toml, line 1"),
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (clips("a.wav@0:10"), "line 1: clip 'a.wav@0:10': '0:10' is not two times"),
        (clips("a.wav@0:10-0:75"), "'0:10-0:75' is not two times"),
        (clips("a.wav@-0:10"), "is not two times"),
        (clips("a.wav@0:10-0:10"), "ends at 0:00:10, not after 0:00:10"),
        (clips("a.wav@0:10-0:05"), "ends at 0:00:05, not after 0:00:10"),
        (clips(" "), "names no file"),
        (clips("a.wav", "a.wav@0:10-0:20"), "a.wav is already a clip of 'Anna'"),
        (clips("a.wav") + clips("a.wav").replace("Anna", "Juan"), "line 4: a.wav is already"),
        (clips().replace("[]", '"a.wav"'), "line 1: clips is not a list of texts"),
        (clips().replace("[]", "[1]"), "line 1: clips is not a list of texts"),
    ],
)
def test_a_wrong_clip_is_refused_with_the_place(text, what):
    with pytest.raises(InputError) as caught:
        parse(text, "roster.toml")
    assert what in caught.value.message
    assert caught.value.hint


def test_two_people_may_be_heard_in_one_recording_at_other_times():
    text = clips("a.wav@0-10") + clips("a.wav@10-20").replace("Anna", "Juan")
    assert [person.name for person in parse(text, "roster.toml")] == ["Anna", "Juan"]


def test_a_clip_that_is_not_there_is_named_with_its_line(tmp_path):
    path = tmp_path / "roster.toml"
    path.write_text(HOST + clips("anna.wav", "b.wav@1-9").replace("Anna", "Eva"))
    (tmp_path / "anna.wav").touch()
    with pytest.raises(InputError, match=r"roster\.toml, line 8: no such clip: .*b\.wav"):
        roster.load(path)
    (tmp_path / "b.wav").touch()
    assert [clip.path for clip in roster.load(path)[1].clips] == [
        tmp_path / "anna.wav",
        tmp_path / "b.wav",
    ]


@given(st.text() | st.text("a.wv@0123456789:-. ", max_size=20))
def test_any_clip_is_read_or_refused(text):
    escaped = "".join(f"\\U{ord(c):08x}" for c in text if not "\ud800" <= c <= "\udfff")
    made = attempt(f'[[people]]\nname = "A"\nclips = ["{escaped}"]\n')
    if isinstance(made, InputError):
        assert made.message.startswith("roster.toml, line 1")
    else:
        (clip,) = made[0].clips
        assert clip.to_ms is None or 0 <= clip.from_ms < clip.to_ms


def test_people_written_without_headers_are_counted():
    text = 'people = [{ name = "A" }, { name = "B", role = "x" }]'
    with pytest.raises(InputError, match=r"roster\.toml, entry 2: unknown role"):
        parse(text, "roster.toml")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"none\.toml cannot be read"):
        roster.load(tmp_path / "none.toml")


@given(st.one_of(st.text(), st.text().map(lambda text: "[[people]]\n" + text)))
def test_any_text_is_read_or_refused_with_its_place(text):
    made = attempt(text)
    if isinstance(made, InputError):
        assert made.message.startswith("roster.toml")
        assert made.hint
    else:
        assert all(person.name for person in made)


def attempt(text: str):
    try:
        return parse(text, "roster.toml")
    except InputError as error:
        return error
