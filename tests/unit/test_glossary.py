"""The glossary as people write it."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import InputError
from pipeline.programme import glossary
from pipeline.programme.glossary import Term, parse


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        parse(text, "g.tsv")
    assert caught.value.hint
    return caught.value


def test_columns_may_stand_in_any_order_and_lists_have_semicolons():
    text = "comment\ttarget\tsource\tforms\talternatives\n—\tNicaragua\tНикарагуа\tа; б\tX\n"
    assert parse(text, "g.tsv") == (
        Term(
            source="Никарагуа",
            target="Nicaragua",
            forms=("а", "б"),
            alternatives=("X",),
            comment="—",
        ),
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("source\tcomment\nа\tb\n", "line 1: no column named target"),
        ("а\tb\n", "no column named source and no column named target"),
        ("", "empty"),
        ("source\ttarget\nа\t\n", "line 2: the target is empty"),
        ("source\ttarget\n\tb\n", "line 2: the source is empty"),
        ("source\ttarget\nа\tb\n\nА\tc\n", "line 4: 'А' becomes 'c', but it became 'b' in g.tsv"),
        ("source\ttarget\nа\tb\tc\n", "line 2: more cells"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_wrong(text, what):
    assert what in refused(text).message


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("а\tb\tperso\t", "line 2: unknown type 'perso'"),
        ("а\tb\tperson\tx", "line 2: unknown gender 'x'"),
        ("а\u0000\tb\t\t", "line 2: the source holds the character U+0000"),
        ("а\tb\ud800\t\t", "line 2: the target holds the character U+D800"),
        ("—\tb\t\t", "line 2: the source '—' has no word"),
        (f"{'а' * 301}\tb\t\t", "line 2: the source has 301 characters"),
        ("а\tb\tperson\tf\na\tc\t\t\nА\tb\t\tm", "line 4: the gender of 'А' is 'm', but"),
        ("ё\tb\tplace\t\nе\tb\torg\t", "line 3: the type of 'е' is 'org', but it is 'place'"),
    ],
)
def test_a_wrong_cell_is_refused(line, what):
    assert what in refused(f"source\ttarget\ttype\tgender\n{line}\n").message


def test_a_line_of_ten_megabytes_is_refused_by_its_number():
    text = f"source\ttarget\nа\tb\nв\t{'г' * 10_000_000}\n"
    assert "g.tsv, line 3" in refused(text).message


def test_a_form_is_not_both_wanted_and_forbidden():
    told = refused("source\ttarget\tforbidden\nа\tb\tc;B\n")
    assert "line 2: 'B' is both wanted and forbidden" in told.message


def test_characters_that_nobody_sees_are_taken_out():
    (term,) = parse("source\ttarget\n\u200fМа\u00adрия\u200e\t\u202aMari\u0301a\u202c\n", "g.tsv")
    assert (term.source, term.target) == ("Мария", "Mar\u00eda")


def test_lines_that_agree_are_taken_together():
    text = "source\ttarget\tforms\ttype\nПётр\tPeter\tПетру\t\nПетр\tPeter\tПетей\tPerson\n"
    (term,) = parse(text, "g.tsv")
    assert term.forms == ("Петру", "Петей")
    assert (term.source, term.type) == ("Пётр", "person")


def test_of_several_glossaries_the_first_that_has_a_source_holds(tmp_path):
    own, all_of_them = tmp_path / "own.tsv", tmp_path / "all.tsv"
    own.write_text("source\ttarget\nПётр\tPyotr\n", "utf-8")
    all_of_them.write_text("target\tsource\nPeter\tПетр\nAnna\tАнна\n", "utf-8")
    found = glossary.load_all([own, all_of_them])
    assert [term.target for term in found] == ["Pyotr", "Anna"]
    assert glossary.load_all([]) == ()
    all_of_them.write_text("source\ttarget\nа\tb\nа\tc\n", "utf-8")
    with pytest.raises(InputError, match=r"all\.tsv, line 3.*all\.tsv, line 2"):
        glossary.load_all([own, all_of_them])


def test_a_line_that_repeats_another_is_taken_once():
    assert len(parse("source\ttarget\nа\tb\nа\tb\n", "g.tsv")) == 1


def test_quotes_stay_and_those_of_a_spreadsheet_go():
    text = 'source\ttarget\nООО "Ромашка"\tDaisy\n"Клуб ""Мир"""\tMir Club\n'
    sources = [term.source for term in parse(text, "g.tsv")]
    assert sources == ['ООО "Ромашка"', 'Клуб "Мир"']


def test_a_quote_that_never_closes_swallows_no_lines():
    assert len(parse('source\ttarget\n"а\tb\nв\tг\n', "g.tsv")) == 2


def test_commas_separate_columns_where_there_are_no_tabs():
    (term,) = parse('source,target\n"а, б",c\n', "g.csv")
    assert (term.source, term.target) == ("а, б", "c")


def test_a_column_nobody_knows_is_told_and_passed_over(caplog):
    caplog.set_level(logging.WARNING)
    parse("source\ttarget\tforbiden\nа\tb\tc\n", "g.tsv")
    assert "'forbiden' is passed over; did you mean forbidden?" in caplog.text


def test_a_glossary_without_lines_is_empty():
    assert parse("source\ttarget\n", "g.tsv") == ()


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"none\.tsv cannot be read"):
        glossary.load(tmp_path / "none.tsv")


@given(st.one_of(st.text(), st.text().map(lambda text: "source\ttarget\n" + text)))
def test_any_text_is_read_or_refused_with_its_place(text):
    made = attempt(text)
    if isinstance(made, InputError):
        assert made.message.startswith("g.tsv")
        assert made.hint
    else:
        assert all(term.source and term.target for term in made)


def attempt(text: str):
    try:
        return parse(text, "g.tsv")
    except InputError as error:
        return error
