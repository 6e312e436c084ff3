"""Words found by their forms, without making the forms of words that nobody said."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from pipeline.programme import endings, inflection, spelling, terms
from pipeline.programme.glossary import Term
from pipeline.programme.word_index import Piece, WordIndex

RUSSIAN = st.text("абвгдеийклмнопрстуцчшщыьэюя", min_size=1, max_size=9)
ENDS = st.sampled_from(["", "нок", "ся", "ий", "ья", "йка", "ец", "день", "мя", "нин"])
WORDS = st.builds("{}{}".format, RUSSIAN, ENDS) | st.sampled_from(
    "человек ребёнок год Любовь заяц семья Хороший МИД YouTube Ёлка лев дети".split()
)
PIECES = st.builds(
    Piece,
    WORDS,
    st.just(0),
    is_declined=st.booleans(),
    is_name=st.booleans(),
    is_person=st.booleans(),
    gender=st.sampled_from(["", "f", "m"]),
)


@pytest.fixture(params=["endings", "pymorphy3"], autouse=True)
def _way(request, monkeypatch):
    if request.param == "endings":
        monkeypatch.setattr(inflection, "_analyser", lambda: None)
    for kept in (inflection.forms, inflection.relatives):
        kept.cache_clear()
    yield
    for kept in (inflection.forms, inflection.relatives):
        kept.cache_clear()


@given(WORDS.map(spelling.fold), st.booleans(), st.booleans(), st.sampled_from(["", "f", "m"]))
def test_all_that_a_word_becomes_by_rule_begins_alike(word, is_name, is_person, gender):
    if re.fullmatch("[а-я]+", word):
        made = endings.declined(word, is_name=is_name, is_person=is_person, gender=gender)
        assert all(form.startswith(endings.beginning(word)) for form in made | endings.bare(word))


@given(st.lists(PIECES, max_size=6), st.data())
def test_a_piece_is_found_by_each_of_its_forms_and_by_nothing_else(pieces, data):
    index = WordIndex((piece, at) for at, piece in enumerate(pieces))
    every = sorted({form for piece in pieces for form in piece.forms} | {"", "люди", "года"})
    for form in data.draw(st.lists(st.sampled_from(every) | RUSSIAN, max_size=8)):
        assert {*index.of(form)} == {at for at, piece in enumerate(pieces) if form in piece.forms}


@given(st.lists(PIECES, max_size=5), st.data(), st.integers(1, 2))
def test_what_is_near_is_what_comparing_all_forms_finds(pieces, data, most):
    index = WordIndex(((piece, at) for at, piece in enumerate(pieces)), is_for_near=True)
    forms = [(form, at) for at, piece in enumerate(pieces) for form in sorted(piece.forms)]
    begun = {at: piece.beginning for at, piece in enumerate(pieces)}
    word = data.draw(st.sampled_from([form for form, _ in forms] or ["слово"]))
    place = data.draw(st.integers(0, len(word)))
    word = word[:place] + data.draw(st.sampled_from(["", "а", "ж", "та"])) + word[place + 1 :]
    near = [(OSA.distance(word, form), at, form.startswith(begun[at])) for form, at in forms]
    found = {*index.near(word, most)}
    assert found <= {(off, at) for off, at, _ in near if off <= most}
    assert found >= {(off, at) for off, at, is_alike in near if off <= most and is_alike}


def test_of_thousands_of_terms_only_those_are_declined_that_begin_like_what_is_said(monkeypatch):
    made = []
    declined = endings.declined

    def counted(word, **how):
        made.append(word)
        return declined(word, **how)

    monkeypatch.setattr(endings, "declined", counted)
    for kept in (inflection.forms, inflection.ruled):
        kept.cache_clear()
    letters = "бвгджзклмнпрст"
    names = [f"{a}о{b}и{c}е{d}ов" for a in letters for b in letters for c in letters for d in "нрт"]
    finders = terms.finders([Term(source=f"{n.title()} Завод", target=n) for n in names], "ru")
    hits = terms.occurrences(f"Вот {names[7].title()}а Завода", finders)
    assert [hit.term.target for hit in hits] == [names[7]]
    assert len(set(made)) < len(names) / 100
    assert terms.near_misses([names[7].title() + "аа"], finders)
    assert len(set(made)) < len(names) / 4  # all of them are alike


@given(st.characters(exclude_categories=("Cs",)))
def test_what_a_pattern_finds_in_any_case_is_found_without_case(letter):
    for other in {letter.lower(), letter.upper(), letter.swapcase(), *"iıİI"}:
        if len(other) == 1 and re.fullmatch(re.escape(letter), other, re.IGNORECASE):
            assert spelling.caseless(letter) == spelling.caseless(other)


def test_what_a_title_tells_of_comes_in_the_glossarys_order():
    known = [
        Term(source="Музей моря", target="Museum of the Sea"),
        Term(source="Орёл", target="Oryol", alternatives=("Orel",)),
        Term(source="США", target="US"),
        Term(source="Кито", target="Quito"),
    ]
    told = terms.told_of("QUITO: OREL and us; в Музее моря", terms.finders(known, "ru"))
    assert [term.target for term in told] == ["Museum of the Sea", "Oryol", "Quito"]
