"""Hints: near a border both items count, and what nobody named is possible everywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Span
from pipeline.programme import info as infos
from pipeline.transcribe import hints
from pipeline.transcribe.hints import Hint, Hints

ALLOWED = ("ru", "es", "en")
MINUTE = 60_000
TWO = Hints(
    (
        Hint(start_ms=0, end_ms=5 * MINUTE, languages=("ru",), words=(("ru", "Анна"),)),
        Hint(
            start_ms=5 * MINUTE,
            end_ms=9 * MINUTE,
            languages=("es", "en"),
            words=(("ru", "Анна"), ("ru", "Ева"), ("es", "Eva")),
        ),
    )
)
OPEN = Hints((*TWO.items, Hint(start_ms=9 * MINUTE, end_ms=10 * MINUTE)))


def at(start_ms: int, length_ms: int = 10_000) -> Span:
    return Span(start_ms=start_ms, end_ms=start_ms + length_ms)


@pytest.mark.parametrize(
    ("hints", "start_ms", "likely"),
    [
        (Hints(), 0, {"ru", "es", "en"}),
        (TWO, 0, {"ru"}),
        (TWO, 5 * MINUTE - 40_000, {"ru"}),  # it ends where the border begins
        (TWO, 5 * MINUTE - 39_999, {"ru", "es", "en"}),
        (TWO, 5 * MINUTE + 29_999, {"ru", "es", "en"}),
        (TWO, 5 * MINUTE + 30_000, {"es", "en"}),
        (TWO, 20 * MINUTE, {"ru", "es", "en"}),  # nothing is said about it
        (OPEN, 9 * MINUTE, {"ru", "es", "en"}),  # an item for which no language is named
    ],
)
def test_the_languages_of_an_item_are_likelier_in_it(hints, start_ms, likely):
    prior = hints.prior(at(start_ms), ALLOWED)
    most = max(prior.values())
    assert {tag for tag, share in prior.items() if share == most} == likely
    assert sum(prior.values()) == pytest.approx(1)
    assert min(prior.values()) >= most / 4, "none is ever ruled out"


def test_a_language_that_is_not_allowed_is_not_expected():
    hints = Hints((Hint(start_ms=0, end_ms=MINUTE, languages=("pt",)),))
    assert set(hints.prior(at(0), ALLOWED).values()) == {1 / 3}


@pytest.mark.parametrize(
    ("start_ms", "language", "expected"),
    [
        (0, "ru", "Анна"),
        (0, "es", ""),
        (5 * MINUTE, "ru", "Анна, Ева"),
        (7 * MINUTE, "es", "Eva"),
        (7 * MINUTE, "en", ""),
        (20 * MINUTE, "ru", ""),
    ],
)
def test_names_are_told_once_and_in_their_language(start_ms, language, expected):
    assert TWO.words(at(start_ms), language) == expected


def test_not_more_words_are_told_than_help():
    names = tuple(("ru", f"имя{number}") for number in range(99))
    hints = Hints((Hint(start_ms=0, end_ms=MINUTE, words=names),))
    assert hints.words(at(0), "ru").split(", ") == [name for _, name in names[:30]]


def test_weights_that_cannot_be_told_words_are_told_none():
    assert Hints(TWO.items, has_words=False).words(at(0), "ru") == ""


def test_a_term_is_expected_where_a_title_names_it_in_any_form(tmp_path):
    (tmp_path / "archive.toml").write_text('glossary = "all.tsv"\n', "utf-8")
    (tmp_path / "all.tsv").write_text(
        "source\ttarget\nКазань\tKazan\nМосква\tMoscow\nМузей моря\tMuseum of the Sea\n", "utf-8"
    )
    (tmp_path / "own.tsv").write_text("source\ttarget\nАнна Орлова\tAnna Orlova\n", "utf-8")
    (tmp_path / "show.toml").write_text('glossary = "own.tsv"\nrundown = "r.csv"\n', "utf-8")
    (tmp_path / "r.csv").write_text(
        "start,title\n0:00,Вести из Казани\n5:00,Анне Орловой о музее моря\n9:00,MOSCOW at night\n",
        "utf-8",
    )
    items = hints.load(infos.load(tmp_path / "show.mp4"))
    assert [[word for _, word in item.words] for item in items] == [
        ["Казань"],
        ["Анна Орлова", "Музей моря"],
        ["Москва"],
    ]


@given(st.integers(0, 10**7), st.integers(1, 28_000), st.integers(1, 3))
def test_a_prior_is_over_the_allowed_languages(start_ms, length_ms, count):
    prior = TWO.prior(at(start_ms, length_ms), ALLOWED[:count])
    assert set(prior) == set(ALLOWED[:count])
    assert sum(prior.values()) == pytest.approx(1)
