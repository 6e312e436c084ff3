"""The roster as people write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import InputError
from pipeline.programme import roster
from pipeline.programme.roster import Gender, Person, Role, parse

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
