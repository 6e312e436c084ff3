"""Terms: found in any inflection, told when the translation has not got them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.programme import terms
from pipeline.programme.glossary import Term
from tests.strategies import TAGS, TEXTS

NICARAGUA = Term(source="Никарагуа", target="Nicaragua")
MARIA = Term(source="Мария Петрова", target="Maria Petrova")


def found(source: str, *known: Term, language: str = "ru") -> list[tuple[Term, int]]:
    return terms.wanted(terms.occurrences(source, terms.finders(known, language)))


def names(source: str, *known: Term, language: str = "ru") -> list[str]:
    return [term.source for term, _ in found(source, *known, language=language)]


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("Россия", "Россия России Россию Россией"),
        ("Москва", "Москва Москвы Москве Москву Москвой"),
        ("Газпром", "Газпром Газпрома Газпрому Газпромом Газпроме"),
        ("площадь", "площадь площади площадью площадей площадям площадями площадях"),
        ("комитет", "комитет комитета комитетов комитетам комитетами"),
        ("Мария", "Мария Марии Марию Марией"),
        ("герой", "герой героя герою героем героев"),
        ("здание", "здание здания зданию зданием зданий зданиям зданиях"),
        ("Иванов", "Иванов Иванова Иванову Ивановым Иванове Ивановых"),
        ("Толстой", "Толстой Толстого Толстому Толстым Толстом"),
        ("Советский", "Советский Советского Советскому Советским Советском Советская Советскую"),
    ],
)
def test_a_term_is_found_in_its_inflected_forms(term, said):
    for form in said.split():
        assert names(f"Вот {form}, да.", Term(source=term, target="x")) == [term], form


def test_a_term_of_several_words_is_found_with_every_word_inflected():
    assert names("Слово Марии Петровой!", MARIA) == ["Мария Петрова"]


@pytest.mark.parametrize("said", ["Россыпь", "Росса", "Мариинский театр", "Никарагуанский кофе"])
def test_other_words_are_not_taken_for_a_term(said):
    known = (Term(source="Россия", target="Russia"), Term(source="Мария", target="M"), NICARAGUA)
    assert names(said, *known) == []


def test_capitals_stay_and_may_take_an_ending():
    mid = Term(source="МИД", target="MFA")
    who = Term(source="ВОЗ", target="WHO")
    assert names("МИД, из МИДа, ВОЗ", mid, who) == ["МИД", "ВОЗ"]
    assert names("Мидия везла воз, Воза нет", mid, who) == []
    assert names("в мид и воз", mid, who) == ["МИД", "ВОЗ"], "a text without capitals"


def test_forms_by_hand_are_found():
    term = Term(source="человек", target="person", forms=("люди", "людей"))
    assert names("Много людей.", term) == ["человек"]


def test_other_languages_are_found_as_written():
    term = Term(source="Caracas", target="Caracas")
    assert names("En Caracas.", term, language="es") == ["Caracas"]
    assert names("En Caracasa.", term, language="es") == []


@pytest.mark.parametrize(
    "target", ["Nicaragua.", "NICARAGUA", "Nicaragua's coffee", "In Nicaragua we"]
)
def test_a_term_is_satisfied_in_any_case_and_with_an_s(target):
    assert terms.missing(target, [(NICARAGUA, 1)]) == []


def test_a_term_said_twice_is_wanted_twice():
    wanted = found("Никарагуа и Никарагуа", NICARAGUA)
    assert wanted == [(NICARAGUA, 2)]
    assert terms.missing("Nicaragua and it", wanted) == [NICARAGUA]


def test_alternatives_satisfy_and_parts_of_words_do_not():
    term = Term(source="США", target="United States", alternatives=("USA",))
    assert terms.missing("the USA", [(term, 1)]) == []
    assert terms.missing("the USAF", [(term, 1)]) == [term]


@given(TEXTS, TEXTS, TAGS)
def test_a_term_written_as_in_the_glossary_is_found_and_satisfied(source, target, language):
    term = Term(source=source, target=target)
    if any(map(str.isalnum, source)):
        assert names(f"а {source} б", term, language=language) == [source]
    wanted = [(term, 1)]
    assert terms.missing(f"a {target} b", wanted) == []


@given(st.text(max_size=40), st.text(max_size=40), TEXTS, TEXTS)
def test_a_found_term_is_in_the_target_or_flagged(source, target, said, wanted):
    term = Term(source=said, target=wanted)
    for hit, count in found(source, term):
        if terms.missing(target, [(hit, count)]):
            assert terms.flag(hit) == f"term_missing:{said}={wanted}"
        else:
            assert wanted.split()[0].casefold() in target.casefold()
