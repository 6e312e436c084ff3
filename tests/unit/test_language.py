import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import language


@pytest.mark.parametrize("tag", ["ru", "es-MX", "sr-Latn", "zh-Hant-TW", "yue", "es-419"])
def test_a_tag_is_known(tag: str):
    assert language.is_tag(tag)


@pytest.mark.parametrize("tag", ["", "rus", "RU", "ru_RU", "xx", "ru-", "ru-ru", "russian", " ru"])
def test_what_is_no_tag_is_refused(tag: str):
    assert not language.is_tag(tag)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("rus", "ru"), ("RU", "ru"), ("Spanish", "es"), ("eng", "en"), ("mal", None), ("", None)],
)
def test_what_was_probably_meant(typed: str, meant: str | None):
    assert language.tag_for(typed) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [("rus", "ru"), ("spa", "es"), ("eng", "en"), ("ger", "de"), ("deu", "de"), ("fre", "fr"),
     ("RU", "ru"), ("pt-BR", "pt"), ("es_MX", "es"), ("yue", "yue"), ("und", ""), ("", "")],
)  # fmt: skip
def test_containers_name_a_language_in_three_letters(written: str, meant: str):
    assert language.of_stream(written) == meant


def test_names_are_english():
    assert language.name("ru") == "Russian"
    assert language.name("es-MX") == "Spanish (MX)"
    assert language.name("xx") == "xx"


def test_the_share_of_scripts_counts_letters_only():
    assert language.script_share("Привет, Bob! 100 %") == {"Cyrl": 6 / 9, "Latn": 3 / 9}
    assert language.script_share("2019 — ♪") == {}
    assert language.script_share("日本ひらカタ") == {"Hani": 2 / 6, "Hira": 2 / 6, "Kana": 2 / 6}


@given(st.text())
def test_shares_add_up_to_one_or_there_are_none(text: str):
    shares = language.script_share(text)
    assert not shares or sum(shares.values()) == pytest.approx(1)
    assert list(shares.values()) == sorted(shares.values(), reverse=True)


@pytest.mark.parametrize(
    ("tag", "scripts"),
    [
        ("ru", {"Cyrl"}),
        ("en", {"Latn"}),
        ("sr", {"Cyrl", "Latn"}),
        ("sr-Latn", {"Latn"}),
        ("ja", {"Hani", "Hira", "Kana"}),
    ],
)
def test_a_language_has_its_scripts(tag: str, scripts: set[str]):
    assert language.scripts(tag) == scripts


def test_words_that_bind_to_the_next_are_lower_case_and_of_the_language():
    assert {"в", "не", "что"} <= language.binds_next("ru")
    assert {"the", "of"} <= language.binds_next("en-GB")
    assert {"el", "de"} <= language.binds_next("es-MX")
    assert language.binds_next("fi") == frozenset()
    for tag in ("ru", "en", "es"):
        for word in language.binds_next(tag):
            assert word == word.lower()
            assert set(language.script_share(word)) == language.scripts(tag)
