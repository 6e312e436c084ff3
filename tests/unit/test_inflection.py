"""Russian terms are found in all cases and both numbers, with a dictionary and without."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.programme import endings, inflection, spelling, terms
from pipeline.programme.glossary import Term

TABLE = Path(__file__).parent / "data" / "inflected.tsv"
CASES = ("nominative", "genitive", "dative", "accusative", "instrumental", "prepositional")


@pytest.fixture(params=["endings", "pymorphy3"])
def way(request, monkeypatch) -> Iterator[str]:
    if request.param == "endings":
        monkeypatch.setattr(inflection, "_analyser", lambda: None)
    inflection.forms.cache_clear()
    yield request.param
    inflection.forms.cache_clear()


def written() -> Iterator[tuple[Term, str]]:
    """Each term with each of its forms, with ё and without."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            term = Term(source=row["term"], target="x", type=row["type"], gender=row["gender"])
            for form in {form for case in CASES for form in row[case].split("/")}:
                yield term, form
                if "ё" in form:
                    yield term, form.replace("ё", "е")


def test_the_table_has_all_cases_of_many_terms_of_many_kinds():
    forms = list(written())
    assert len({term.source for term, _ in forms}) >= 80
    assert len(forms) >= 500
    assert {term.type for term, _ in forms} == {"person", "place", "org", ""}


@pytest.mark.parametrize("is_typed", [True, False])
def test_terms_are_found_in_all_cases_and_numbers(way, is_typed):
    assert inflection.identity().startswith(way)
    lost = []
    pairs = list(written())
    for term, form in pairs:
        known = term if is_typed else Term(source=term.source, target="x")
        text = f"И вот, {form}, да."
        hits = terms.occurrences(text, terms.finders([known], "ru"))
        if [text[hit.start : hit.end] for hit in hits] != [form]:
            lost.append(form)
    assert len(lost) <= len(pairs) / 100, lost
    assert set(lost) <= {"Марий"}  # as a name it would be that of a people


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Александра", "Александр"),
        ("Евгения", "Евгений"),
        ("Петрова", "Петров"),
        ("Олег", "Ольга"),
        ("Ленин", "Лене"),
        ("Россия", "Росса"),
        ("Иванов", "Ивановой"),
        ("Казань", "Казанский"),
        ("Перу", "Пер"),
        ("Марко", "Марка"),
    ],
)
def test_a_form_of_another_name_is_no_form(way, name, other):
    assert spelling.fold(other) not in inflection.forms(name, is_name=True)


def test_a_person_keeps_to_one_gender(way):
    he = inflection.forms("Достоевский", is_name=True, is_person=True, gender="m")
    she = inflection.forms("Достоевская", is_name=True, is_person=True, gender="f")
    assert "достоевскую" not in he
    assert "достоевского" not in she
    assert "достоевскую" in she
    assert inflection.forms("Шмидт", is_name=True, is_person=True, gender="f") == {"шмидт"}
    assert "шмидта" in inflection.forms("Шмидт", is_name=True, is_person=True, gender="m")
    assert inflection.forms("Петренко", is_name=True, is_person=True) == {"петренко"}


@pytest.mark.parametrize("word", ["CTranslate", "C++", "42", "Ґанок", "日", "e\u0301", "ъ"])
def test_what_is_no_russian_word_stays(way, word):
    assert inflection.forms(word) == {spelling.fold(word)}


def test_without_a_dictionary_that_is_said(monkeypatch):
    monkeypatch.setattr(inflection, "_analyser", lambda: None)
    assert inflection.identity() == "endings"


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    "fault", [ModuleNotFoundError(name="pymorphy3"), ValueError("no dictionary"), OSError("shut")]
)
def test_a_dictionary_that_cannot_be_read_is_done_without(monkeypatch, fault):
    def broken(name: str) -> None:
        raise fault

    monkeypatch.setattr(inflection.importlib, "import_module", broken)
    assert inflection._analyser.__wrapped__() is None


@given(st.text("абвгдежзийклмнопрстуфхцчшщъыьэюя", min_size=1, max_size=12), st.booleans())
def test_a_word_is_among_its_forms_and_they_begin_alike(word, is_name):
    found = endings.declined(word, is_name=is_name, is_person=False, gender="")
    assert word in found
    assert len(found) < 100
    assert all(form[:1] == word[:1] for form in found)
