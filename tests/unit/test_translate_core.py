"""The core of translate: what goes through the engine, what stays, and what is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Word
from pipeline.engines.argos import Argos
from pipeline.engines.weights import Weights
from pipeline.programme.glossary import Term
from pipeline.translate.core import translate
from pipeline.translate.sentences import Sentence
from tests import packages
from tests.strategies import TAGS, words


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    folder = packages.build(tmp_path_factory.mktemp("core") / "ru_en")
    return Argos(Weights(folder, ""), device="cpu")


def said(text: str, language: str = "ru", start_ms: int = 0) -> Sentence:
    spoken = tuple(
        Word(start_ms=start_ms + 300 * at, end_ms=start_ms + 300 * at + 250, text=token)
        for at, token in enumerate(text.split())
    )
    return Sentence(language, spoken)


class Told:
    """An engine that gives what the test says; the protocol is all that the core knows of one."""

    identity = "told"

    def __init__(self, **answers: list[str]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def tokens(self, sentence: str) -> int:
        return len(sentence.split())

    def translate(self, sentences):
        self.asked += sentences
        return [
            [(text, -0.1 * at) for at, text in enumerate(self.answers.get(each, []))]
            for each in sentences
        ]


def nobody(_ms: int) -> None:
    """Progress is of no interest."""


def test_other_languages_stay_as_they_were_said(engine):
    given_sentences = [said("¡Hola a todos!", "es"), said("Hello all.", "en")]
    for made, given_one in zip(
        translate(given_sentences, {"ru": engine}, "en", (), nobody), given_sentences, strict=True
    ):
        assert (made.hypotheses, made.flags) == ((), ())
        assert made.words == given_one.words


def test_russian_gets_hypotheses_whose_words_are_on_the_clock(engine):
    (made,) = translate([said("Мы начинаем марафон.")], {"ru": engine}, "en", (), nobody)
    assert made.source == "Мы начинаем марафон."
    for hypothesis in made.hypotheses:
        assert " ".join(word.text for word in hypothesis.words) == " ".join(hypothesis.text.split())
        assert made.start_ms <= hypothesis.words[0].start_ms
        assert hypothesis.words[-1].end_ms <= made.end_ms


def test_latin_letters_that_claim_to_be_russian_stay_and_are_told():
    (made,) = translate([said("Hola a todos")], {"ru": Told()}, "en", (), nobody)
    assert (made.hypotheses, made.flags) == ((), ("wrong_script",))


def test_what_has_no_letters_stays_and_is_no_doubt():
    (made,) = translate([said("2019 …")], {"ru": Told()}, "en", (), nobody)
    assert (made.hypotheses, made.flags) == ((), ())


def test_what_the_engine_cannot_take_stays_and_is_told():
    (made,) = translate([said("Привет.")], {"ru": Told()}, "en", (), nobody)
    assert (made.hypotheses, made.flags) == ((), ("untranslated",))
    assert [word.text for word in made.words] == ["Привет."]


def test_equal_sentences_are_translated_once_and_come_out_equal():
    engine = Told(Привет=["Hello"])
    again = [said("Привет"), said("Привет", start_ms=5_000)]
    first, second = translate(again, {"ru": engine}, "en", (), nobody)
    assert engine.asked == ["Привет"]
    assert first.hypotheses[0].text == second.hypotheses[0].text == "Hello"
    assert second.hypotheses[0].words[0].start_ms == 5_000


def test_a_missing_term_is_told():
    term = Term(source="Никарагуа", target="Nicaragua")
    engine = Told(Никарагуа=["Nikaragua"])
    (made,) = translate([said("Никарагуа")], {"ru": engine}, "en", [term], nobody)
    assert made.flags == ("term_missing:Никарагуа=Nicaragua",)


def test_a_hypothesis_with_the_term_comes_first():
    term = Term(source="Никарагуа", target="Nicaragua")
    engine = Told(Никарагуа=["Nikaragua", "Nicaragua"])
    (made,) = translate([said("Никарагуа")], {"ru": engine}, "en", [term], nobody)
    assert [hypothesis.text for hypothesis in made.hypotheses] == ["Nicaragua", "Nikaragua"]
    assert made.flags == ()


def test_progress_is_told_in_the_time_of_the_recording(engine):
    heard: list[int] = []
    sentences = [said(f"Слово номер {number}.", start_ms=1_000 * number) for number in range(600)]
    translate(sentences, {"ru": Told()}, "en", (), heard.append)
    assert heard == sorted(heard)
    assert len(heard) == 3
    assert heard[-1] == sentences[-1].end_ms


SENTENCES = st.lists(st.builds(Sentence, TAGS, words()), max_size=8)


@given(SENTENCES)
def test_no_sentence_is_lost_and_each_is_translated_or_as_said_or_told(engine, sentences):
    made = translate(sentences, {"ru": engine}, "en", (), nobody)
    assert [(each.language, each.words) for each in made] == [
        (each.language, each.words) for each in sentences
    ]
    for each in made:
        assert each.hypotheses == () or each.language == "ru"
        for hypothesis in each.hypotheses:
            times = [time for word in hypothesis.words for time in (word.start_ms, word.end_ms)]
            assert times == sorted(times)
            assert each.start_ms <= times[0]
            assert times[-1] <= each.end_ms


def test_progress_never_runs_backwards_with_two_languages():
    engines = {"ru": Told(), "es": Told()}
    given_sentences = [
        said(f"Фраза {at}." if at % 2 else f"Frase {at}.", "ru" if at % 2 else "es", 2_000 * at)
        for at in range(600)
    ]
    heard: list[int] = []
    translate(given_sentences, engines, "en", (), heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == given_sentences[-1].end_ms
