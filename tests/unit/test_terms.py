"""Terms: found in any inflection, told when the translation has not got them."""

from __future__ import annotations

from itertools import pairwise

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


def occurrences(text: str, *known: Term) -> list[terms.Hit]:
    return terms.occurrences(text, terms.finders(known, "ru"))


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


def test_an_abbreviation_in_capitals_is_no_word_in_small_letters():
    usa = Term(source="США", target="US", forbidden=("IT",))
    assert terms.missing("They told us that it was so.", [(usa, 1)]) == [usa]
    assert terms.forbidden("They told us that it was so.", [(usa, 1)]) == []
    assert terms.missing("the US's army", [(usa, 1)]) == []
    assert terms.missing("THE US ARMY", [(usa, 1)]) == []
    assert terms.forbidden("The IT's here", [(usa, 1)]) == [(usa, "IT")]


def test_a_term_said_twice_is_wanted_twice():
    wanted = found("Никарагуа и Никарагуа", NICARAGUA)
    assert wanted == [(NICARAGUA, 2)]
    assert terms.missing("Nicaragua and it", wanted) == [NICARAGUA]


def test_alternatives_satisfy_and_parts_of_words_do_not():
    term = Term(source="США", target="United States", alternatives=("USA",))
    assert terms.missing("the USA", [(term, 1)]) == []
    assert terms.missing("the USAF", [(term, 1)]) == [term]


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ("Приехал Пётр", "Пётр"),
        ("Приехал Петр", "Петр"),
        ("Приехал Пе\u0308тр", "Пе\u0308тр"),  # decomposed
        ("Нет Петра\u0301.", "Петра\u0301"),  # stressed
        ("Нет \u200fПе\u00adтра\u200f.", "Пе\u00adтра\u200f"),  # with marks nobody sees
        ("«Пётр-Павел»", "Пётр"),
        ("ПЁТР", "ПЁТР"),
        ("вот петр, без заглавных", "петр"),
    ],
)
def test_a_term_is_found_however_it_is_typed_with_its_place(said, whole):
    (hit,) = occurrences(said, Term(source="Пётр", target="Peter"))
    assert said[hit.start : hit.end] == whole


def test_a_name_needs_its_capital_where_the_text_has_any():
    lev = Term(source="Лев Толстой", target="Leo Tolstoy")
    orel = Term(source="Орёл", target="Oryol")
    marathon = Term(source="марафон", target="marathon")
    assert names("Там был лев толстой и орёл", lev, orel) == []
    assert names("там был лев толстой и орёл", lev, orel) == ["Лев Толстой", "Орёл"]
    assert names("Льва Толстого ждали в Орле", lev, orel) == ["Лев Толстой", "Орёл"]
    assert names("Марафон! Наш марафон", marathon) == ["марафон"]


def test_several_words_with_small_ones_among_them_may_be_all_small():
    term = Term(source="Общество переводчиков", target="Society of Translators")
    assert names("Это общество переводчиков.", term) == ["Общество переводчиков"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Мария Петрова и Мария", ["Мария Петрова", "Мария"]),
        ("Марии, Петровой", ["Мария", "Петрова"]),
        ("Марии  «Петровой»", ["Мария Петрова"]),
        ("Марии. Петровой", ["Мария", "Петрова"]),
    ],
)
def test_the_longer_of_two_terms_counts(said, expected):
    known = [Term(source=name, target=name) for name in ("Петрова", "Мария", "Мария Петрова")]
    assert [hit.term.source for hit in occurrences(said, *known)] == expected


def test_of_two_terms_that_a_word_may_be_the_one_written_so_counts():
    known = [Term(source=name, target=name) for name in ("Петров", "Петрова")]
    assert names("Петрова пришла", *known) == ["Петрова"]
    assert names("Петров пришёл", *known) == ["Петров"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Ростов-на-Дону", "в Ростове-на-Дону"),
        ("Ростов-на-Дону", "в Ростове на Дону"),
        ("Яндекс.Музыка", "на Яндекс.Музыке"),
        ("C++", "пишет на C++, да"),
        ("YouTube", "на YouTube’е"),
        ("Р. Щедрин", "у Р. Щедрина"),
    ],
)
def test_marks_within_terms(source, said):
    assert names(said, Term(source=source, target="x")) == [source]


def test_scripts_without_spaces_are_looked_through():
    assert names("我在北京住", Term(source="北京", target="Beijing"), language="zh") == ["北京"]


def test_what_renders_one_term_does_not_render_another():
    maria = Term(source="Мария", target="Maria")
    petrova = Term(source="Мария Петрова", target="Maria Petrova")
    wanted = [(maria, 1), (petrova, 1)]
    assert terms.missing("Maria Petrova came", wanted) == [maria]
    assert terms.missing("Maria and Maria Petrova’s cat", wanted) == []


def test_forbidden_forms_are_told_but_for_those_within_a_good_one():
    term = Term(source="Питер", target="Saint Petersburg", forbidden=("Petersburg", "Peter"))
    wanted = [(term, 1)]
    assert terms.forbidden("Saint Petersburg", wanted) == []
    assert terms.forbidden("peter’s Petersburg", wanted) == [(term, "Petersburg"), (term, "Peter")]
    assert terms.forbidden("Saint Petersburg or Petersburg", wanted) == [(term, "Petersburg")]


def test_words_that_are_almost_a_name_are_told():
    known = [
        Term(source="Сергей Балмасов", target="x", type="person"),
        Term(source="Антананариву", target="x"),
        Term(source="марафон", target="x"),
        Term(source="Чили", target="x"),
    ]
    said = "Привет, Балмассову! От Балмасова. Антонанариву, Антонанареву, мэрафон, Чили, Чила"
    near = terms.near_misses(said.split(), terms.finders(known, "ru"))
    assert [(word, term.source) for word, term in near] == [
        ("Балмассову!", "Сергей Балмасов"),
        ("Антонанариву,", "Антананариву"),
        ("Антонанареву,", "Антананариву"),
    ]
    assert terms.near_misses(["балмассову"], terms.finders(known, "ru")), "no capitals at all"
    assert terms.near_misses([], terms.finders((), "ru")) == []


@given(st.lists(TEXTS, max_size=6), st.text(max_size=60) | TEXTS, TAGS)
def test_hits_are_in_order_and_apart(sources, text, language):
    known = [Term(source=source, target="x") for source in sources]
    hits = terms.occurrences(text, terms.finders(known, language))
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert all(one.end <= two.start for one, two in pairwise(hits))
    assert sum(count for _, count in terms.wanted(hits)) == len(hits)


@given(TEXTS, TEXTS, TAGS)
def test_a_term_written_as_in_the_glossary_is_found_and_satisfied(source, target, language):
    term = Term(source=source, target=target)
    if any(map(str.isalnum, source)):
        assert names(f"а {source} б", term, language=language) == [source]
    wanted = [(term, 1)]
    assert terms.missing(f"a {target} b", wanted) == []


WISHES = st.sampled_from(["Nicaragua", "log house", "US", "U.S.", "Ёлка", "café", "C++"])


@given(st.lists(WISHES | st.sampled_from(["us", "Us", "s", "'", "log", "-", "a"])), WISHES)
def test_what_is_not_missing_stands_there_as_words(pieces, wished):
    term = Term(source="слово", target=wished)
    (wanted,) = found("И слово.", term)
    for target in (" ".join(pieces), "".join(pieces)):
        is_there = wished in target if wished.isupper() else wished.casefold() in target.casefold()
        assert is_there or terms.missing(target, [wanted]) == [term]
    assert (wished in pieces) <= (terms.missing(" ".join(pieces), [wanted]) == [])
