"""What is translated, what stays as it was said, and the way round through a third language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Word
from pipeline.translate.pivot import Pivot
from pipeline.translate.routing import doubt, is_written_in
from pipeline.translate.sentences import Sentence
from tests.strategies import TAGS, TEXTS

SPOKEN = ("ru", "es", "en")


def said(text: str, language: str) -> Sentence:
    words = (
        Word(start_ms=at, end_ms=at + 1, text=token) for at, token in enumerate(text.split() or "…")
    )
    return Sentence(language, tuple(words))


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Добрый вечер, друзья!", "ru", ""),
        ("Он сказал: «Hasta la victoria siempre», и ушёл.", "ru", ""),
        ("Мы слушали Radio Habana Cuba.", "ru", ""),
        ("Это Radio Habana Cuba, La voz.", "ru", "wrong_script"),
        ("Они пели «Hasta siempre».", "ru", ""),
        ("Hola a todos", "ru", "wrong_script"),
        ("«Hola a todos»", "ru", "wrong_script"),
        ("Buenas noches a todos los amigos que están con nosotros.", "es", ""),
        ("Good evening to all of you who are with us.", "es", "wrong_language:en"),
        ("El coro cantó «the times they are a-changing» y se fue.", "es", ""),
        ("Yes.", "es", ""),
        ("We were here.", "fr", ""),
    ],
)
def test_language_script_and_text_have_to_agree(text, language, expected):
    assert doubt(said(text, language), SPOKEN) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Привет, NATO", "ru", True),
        ("Hola", "ru", False),
        ("Привет", "es", False),
        ("2019.", "ru", False),
        ("", "ru", False),
        ("\u200fПривет\u200f", "ru", True),
        ("🎉 …", "ru", False),
    ],
)
def test_a_text_is_written_like_its_language_or_not(text, language, expected):
    assert is_written_in(text, language) is expected


@given(TEXTS, TAGS)
def test_any_sentence_can_be_judged(text, language):
    doubt(said(text, language), SPOKEN)


class Marked:
    """An engine that puts its mark on each text; what it does not know it leaves out."""

    setting = "set"

    def __init__(self, mark: str, score: float, *unknown: str) -> None:
        self.identity, self.score, self.unknown = mark, score, unknown
        self.begun: list[str] = []

    def tokens(self, sentence):
        return len(sentence)

    def translate(self, sentences, *, beginnings=None):
        self.begun += beginnings or []
        return [
            []
            if each in self.unknown
            else [(f"{self.identity}({each})", self.score), (f"{self.identity}!", self.score - 1)]
            for each in sentences
        ]


def test_by_way_of_a_third_language_the_best_text_is_translated_again():
    pivot = Pivot(Marked("ru-en", -0.5), Marked("en-es", -0.2))
    assert pivot.translate(["a"]) == [[("en-es(ru-en(a))", -0.5), ("en-es!", -1.2)]]
    assert pivot.identity == "ru-en > en-es"
    assert pivot.setting == "set > set"
    assert pivot.tokens("abc") == 3


def test_what_either_of_the_two_cannot_take_has_no_text():
    second = Marked("2", -0.2, "1(b)")
    pivot = Pivot(Marked("1", -0.5, "a"), second)
    made = pivot.translate(["a", "b", "c"], beginnings=["x", "", "z"])
    assert [len(row) for row in made] == [0, 0, 2]
    assert second.begun == ["", "z"]
    assert Pivot(Marked("1", 0.0, "a"), second).translate(["a"]) == [[]]


@given(st.lists(st.sampled_from("abc"), max_size=6))
def test_rows_stay_in_their_places(sentences):
    made = Pivot(Marked("1", -0.5, "a"), Marked("2", -0.2)).translate(sentences)
    assert [row[0][0] if row else "" for row in made] == [
        "" if each == "a" else f"2(1({each}))" for each in sentences
    ]
