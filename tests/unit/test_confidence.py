"""How sure a translation is, and what of a doubt people are told."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.core.progress import Silent
from pipeline.engines import translators, weights
from pipeline.engines.card import Card
from pipeline.translate import confidence as judging
from pipeline.translate.confidence import DOUBTFUL, LOW, THRESHOLD, confidence, doubtful_at, flags
from samples.training import grammar

RU, EN = "У нас в гостях врач из Перу.", "Our guest is a doctor from Peru."
HOSTILE = [
    "", " ", "\0", "\ud83d", "\u202eabc", "🎉" * 50, "1" * 5000, "٣٤", "９", "²³", "a\u0301" * 99,
    "12,,,34...5:::6", "1:99", "99.99.9999", "0.0", "00", "1 000 000 000 000 000 000 000 000 тыс",
    "9" * 400 + " млн", "в 24:00", "30.02", "5-й, 6-я", "—", "日本語" * 30,
]  # fmt: skip
SCORES = st.floats(-50, 5) | st.sampled_from([-math.inf, 0.0, 5.0])
TEXTS = st.text() | st.sampled_from([*HOSTILE, RU, EN])


@given(TEXTS, TEXTS, st.floats(), st.none() | st.floats(), st.booleans(), st.floats())
def test_it_lies_between_nothing_and_certainty(source, text, score, second, recalled, kept):
    assume(not math.isnan(kept))
    sure = confidence(source, text, score, second, is_recalled=recalled, kept=kept)
    assert 0.0 <= sure <= 1.0


@given(SCORES, SCORES, st.none() | SCORES, st.floats(0, 1))
def test_a_better_score_is_never_less_sure(one, other, second, kept):
    worse, better = (confidence(RU, EN, each, second, kept=kept) for each in sorted([one, other]))
    assert worse <= better


@given(SCORES, st.lists(SCORES, min_size=2, max_size=2))
def test_a_likelier_second_hypothesis_is_never_surer(score, seconds):
    low, high = (confidence(RU, EN, score, each) for each in sorted(seconds))
    assert high <= low <= confidence(RU, EN, score)


@given(SCORES, st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_more_names_kept_is_never_less_sure(score, kept):
    fewer, more = (confidence(RU, EN, score, kept=each) for each in sorted(kept))
    assert fewer <= more


@given(SCORES, st.integers(0, 4), st.integers(0, 4))
def test_more_numbers_kept_is_never_less_sure(score, one, other):
    said = ["21", "32", "43", "54"]
    source = f"Было {', '.join(said)}."

    def sure(kept: int) -> float:
        there = [*said[:kept], *["99"] * (4 - kept)]
        return confidence(source, f"It was {', '.join(there)}.", score)

    assert sure(min(one, other)) <= sure(max(one, other))


@given(SCORES, st.integers(0, 400), st.integers(0, 400))
def test_the_further_off_in_length_the_less_sure(score, one, other):
    near, far = (confidence(RU, EN + "a" * more, score) for more in sorted([one, other]))
    assert far <= near


@given(TEXTS, TEXTS, SCORES, st.floats(0, 1))
def test_what_a_person_translated_is_sure(source, text, score, kept):
    sure = confidence(source, text, score, kept=kept)
    recalled = confidence(source, text, score, kept=kept, is_recalled=True)
    assert sure <= recalled == (1.0 if text.strip() else 0.0)


def test_each_sign_takes_something_away():
    best = confidence(RU, EN, -0.2, -2.0)
    assert best > confidence(RU, EN, -0.4, -2.0)
    assert best > confidence(RU, EN, -0.2, -0.21)
    assert best > confidence(RU, EN, -0.2, -2.0, kept=0.5)
    assert best > confidence(RU, "No.", -0.2, -2.0)
    assert confidence("Их 12.", "Twelve of them.", -0.2) > confidence("Их 12.", "15 are.", -0.2)


def test_with_nothing_else_against_it_the_doubtful_score_gives_the_threshold():
    assert confidence(RU, EN, DOUBTFUL) == THRESHOLD
    assert confidence(RU, EN, -0.08, doubtful=-0.08) == THRESHOLD
    assert confidence(RU, EN, -0.0801, doubtful=-0.08) < THRESHOLD


def test_weights_may_say_on_their_card_when_they_are_doubtful():
    assert doubtful_at(None) == doubtful_at(Card(name="x")) == DOUBTFUL
    assert doubtful_at(Card(name="x", log_probability_threshold=-0.3)) == -0.3
    assert doubtful_at(Card(name="x", log_probability_threshold=0.0)) == DOUBTFUL
    assert doubtful_at(Card(name="x", log_probability_threshold=math.nan)) == DOUBTFUL


def test_lengths_are_compared_by_what_a_letter_holds():
    chinese = "我们今天晚上从马那瓜开始我们的直播节目。"
    english = "Tonight we begin our live programme from Managua, dear friends."
    assert confidence(chinese, english, -0.1) == confidence(RU, EN, -0.1)


def test_short_sentences_may_differ_in_length():
    assert confidence("Да.", "Yes, of course.", -0.1) == confidence(RU, EN, -0.1)


def test_flags_name_each_number_and_low_confidence_last():
    found = flags("Было 12 и 3,5 млн в 10:30.", "It was in 15.", 0.2)
    assert found == ("numbers:12", "numbers:3,5", "numbers:10:30", LOW)
    assert flags("Было 12.", "It was twelve.", THRESHOLD) == ()
    assert flags("Было 12.", "Eran doce.", into="es") == ()
    assert flags(RU, EN, 0.6, threshold=0.7) == (LOW,)


@pytest.mark.parametrize("text", HOSTILE)
def test_flags_of_hostile_text_are_few_and_short(text):
    found = flags(text * 20, "nothing", 0.0)
    assert found[-1] == LOW
    assert len(found) <= 6
    assert all(len(each) < 60 for each in found)


@pytest.fixture(scope="module")
def demo():
    """The demo weights, and all sentences that they were not trained on."""
    found = weights.find_mt("ru", "en", None, offline=True, demo=True, progress=Silent())
    book = grammar.load()
    held_out = [triple for triple in book.triples() if book.is_held_out(triple)]
    return found, translators.load(found), held_out


OUTSIDE = [
    "Кошка сидит на столе.", "Я вчера купил новую машину.", "Дождь идёт третий день подряд.",
    "Он не хотел говорить об этом.", "Сколько стоит этот билет?", "Закройте, пожалуйста, окно.",
    "Министр подал в отставку после скандала.", "Курс валюты снова упал.",
    "Собака громко лает во дворе.", "Мне нужно починить крышу до зимы.",
    "Учёные открыли новый вид бабочек.", "Самолёт задержали из-за тумана.",
    "Бабушка испекла яблочный пирог.", "Вчера мы смотрели футбол до полуночи.",
    "Компьютер опять завис.", "Где находится ближайшая аптека?",
    "Эта дорога ведёт к старому замку.", "Никто не знал правильного ответа.",
    "Лёд на реке ещё тонкий.", "Кровь из носа остановить легко.",
]  # fmt: skip


@pytest.mark.engine
def test_the_demo_weights_are_sure_of_what_they_know_and_of_nothing_else(demo):
    found, engine, held_out = demo
    doubtful = doubtful_at(found.card)

    def sure(sources):
        rows = engine.translate(sources)
        return [
            (row[0][0], confidence(source, row[0][0], row[0][1], row[1][1], doubtful=doubtful))
            for source, row in zip(sources, rows, strict=True)
        ]

    known = sure([triple.ru for triple in held_out])
    is_right = [text == triple.en for (text, _), triple in zip(known, held_out, strict=True)]
    right = [one for (_, one), yes in zip(known, is_right, strict=True) if yes]
    wrong = [one for (_, one), yes in zip(known, is_right, strict=True) if not yes]
    outside = [one for _, one in sure(OUTSIDE)]
    assert len(right) > 750
    assert sum(one >= THRESHOLD for one in right) >= 0.99 * len(right)
    assert all(one < THRESHOLD for one in outside)
    assert sum(one < THRESHOLD for one in wrong) >= 0.8 * len(wrong)
    assert judging.flags(OUTSIDE[0], "x", outside[0]) == (LOW,)


def test_the_demo_card_says_when_they_are_doubtful():
    card = Path(__file__).parents[2] / "samples/weights/translate-ru_en.card.toml"
    assert "log_probability_threshold = -0.08" in card.read_text("utf-8")
