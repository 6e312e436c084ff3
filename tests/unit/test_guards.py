"""Guards: what was invented is told from what was said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines import Heard
from pipeline.transcribe.guards import Thresholds, fault

THRESHOLDS = Thresholds()


def heard(text: str, *, log_probability: float = -0.2, no_speech: float = 0.1) -> Heard:
    return Heard(text=text, log_probability=log_probability, no_speech=no_speech)


@pytest.mark.parametrize(
    "text",
    [
        "Здравствуйте, говорит Казань, я редактор Общества переводчиков.",
        "Да, да, да, конечно, да!",
        "¿Por qué los estudiantes aman tanto el mar?",
        "No, no, no.",
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen",
        "",
    ],
)
def test_what_people_say_is_kept(text: str):
    assert fault(heard(text), 9_000, THRESHOLDS) == ""


@pytest.mark.parametrize(
    "text",
    [
        "the " * 12,
        "Спасибо за просмотр! " * 8,
        "и вот мы снова " * 6 + "пришли",
        "Субтитры, " * 10 + "субтитры",
        "ла" * 200,
    ],
)
def test_what_repeats_itself_is_invented(text: str):
    assert fault(heard(text), 28_000, THRESHOLDS) == "it repeats itself"


def test_text_where_nobody_seems_to_speak_is_invented_only_if_it_is_doubtful_too():
    assert fault(heard("Привет", no_speech=0.9), 2_000, THRESHOLDS) == ""
    assert fault(heard("Привет", log_probability=-1.5), 2_000, THRESHOLDS) == ""
    both = heard("Привет", log_probability=-1.5, no_speech=0.9)
    assert fault(both, 2_000, THRESHOLDS) == "nobody seems to speak"


def test_the_card_s_thresholds_hold():
    said = heard("Привет", log_probability=-0.6, no_speech=0.5)
    strict = Thresholds(no_speech=0.3, log_probability=-0.5)
    assert fault(said, 2_000, strict)
    assert not fault(said, 2_000, THRESHOLDS)


def test_more_words_than_anyone_can_say_are_invented():
    text = "мы рады видеть вас сегодня в нашей большой студии вместе с друзьями"
    assert fault(heard(text), 800, THRESHOLDS) == "nobody speaks that fast"
    assert fault(heard(text), 4_000, THRESHOLDS) == ""


@given(st.text(), st.integers(1, 30_000))
def test_any_text_can_be_judged(text: str, duration_ms: int):
    assert isinstance(fault(heard(text), duration_ms, THRESHOLDS), str)
