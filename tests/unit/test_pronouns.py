"""Pronouns and verbs that do not fit who is meant, or who speaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.programme import terms
from pipeline.programme.glossary import Term
from pipeline.programme.roster import Gender, Person
from pipeline.translate.pronouns import cast, conflicts

PEOPLE = (
    Person(name="Anna Petrova", gender=Gender.FEMININE, written={"ru": "Анна Петрова"}),
    Person(name="Juan Ortega", gender=Gender.MASCULINE, written={"ru": "Хуан Ортега"}),
    Person(name="Саша Ким"),
)
BACHMANN = Term(source="Бахман", target="Bachmann", type="person", gender="f")
CAST = cast(PEOPLE, "ru")


def told(source: str, text: str = "", speaker: str = "", into: str = "en") -> tuple[str, ...]:
    hits = terms.occurrences(source, terms.finders([BACHMANN], "ru"))
    return conflicts(source, text, CAST, hits, speaker=speaker, into=into)


@pytest.mark.parametrize(
    ("source", "text", "name"),
    [
        ("Анна Петрова закончила речь.", "Anna Petrova ended his speech.", "Anna Petrova"),
        ("Вот Петровой письмо.", "Here is his letter.", "Anna Petrova"),
        ("С Хуаном Ортегой была жена.", "Her wife was there.", "Juan Ortega"),
        ("Бахман прекратила кампанию.", "Bahman ended HIS campaign.", "Bachmann"),
    ],
)
def test_the_other_pronoun_alone_is_told(source, text, name):
    assert told(source, text) == (f"pronoun_check:{name}",)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Анна Петрова закончила речь.", "Anna Petrova ended her speech."),
        ("Анна Петрова закончила речь.", "Anna Petrova ended the speech; the history."),
        ("Анна Петрова и её брат.", "Anna Petrova, her brother, and he."),
        ("Анна с Хуаном.", "Anna and he."),
        ("Анна увидела его.", "Anna saw him."),
        ("Саша Ким пришла.", "He came."),
        ("Пришла женщина.", "He came."),
        ("Бахман и Анна пришли.", "He came."),
    ],
)
def test_what_may_be_right_is_not_told(source, text):
    assert told(source, text) == ()


def test_only_english_has_these_pronouns():
    assert told("Это Анна.", "He visto a Anna.", into="es") == ()


@pytest.mark.parametrize(
    "source",
    [
        "Я сказала: пора.",
        "А я тогда ещё не работала там.",
        "И вот я шла.",
        "Я рада!",
        "Я очень смеялась",
        "Я сама сделала.",
    ],
)
def test_a_woman_speaks(source):
    assert told(source, speaker="Juan Ortega") == ("gender_check:Juan Ortega",)
    assert told(source, speaker="Anna Petrova") == ()
    assert told(source, speaker="Саша Ким") == ()
    assert told(source, speaker="nobody known") == ()


@pytest.mark.parametrize(
    "source",
    ["Я сказал: пора.", "А я шёл домой.", "Я смог прийти.", "Я был рад.", "Я не боялся."],
)
def test_a_man_speaks(source):
    assert told(source, speaker="Anna Petrova") == ("gender_check:Anna Petrova",)
    assert told(source, speaker="Juan Ortega") == ()


@pytest.mark.parametrize(
    "source",
    [
        "Я, как он сказал, пришла.",
        "Она ответила: «Я сказал»",
        "Он спросил «Что я сказал?»",
        "Я журнал читаю.",
        "Я из села.",
        "Я знаю, что он пришёл.",
        "Семья сказал",
        "Моя семья жила тут.",
        "я сказал, и я сказала",
        "",
    ],
)
def test_what_another_may_have_said_is_not_told(source):
    assert told(source, speaker="Anna Petrova") == ()


def test_a_word_that_two_people_share_finds_neither():
    anna = Person(name="Anna Kim", gender=Gender.FEMININE, written={"ru": "Анна Ким"})
    both = cast([*PEOPLE, anna], "ru")
    assert conflicts("Пришла Анна.", "He came.", both, ()) == ()
    assert conflicts("Анна Петрова.", "He came.", both, ()) == ("pronoun_check:Anna Petrova",)


@given(st.text("Я сказалшнАПетров «.\0\ud800", max_size=40), st.text("he his.shr\0 ", max_size=20))
def test_whatever_is_said_only_known_people_are_told(source, text):
    flags = told(source, text, speaker="Anna Petrova")
    assert set(flags) <= {
        "pronoun_check:Anna Petrova",
        "pronoun_check:Juan Ortega",
        "pronoun_check:Bachmann",
        "gender_check:Anna Petrova",
    }
