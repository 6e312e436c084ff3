"""What a translation gone astray looks like, and what only looks like one."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines.degenerate import degenerate, foreign

CYRILLIC = foreign(["ru"], ["en"])


def test_latin_letters_and_those_of_the_target_may_stand():
    assert {"Cyrl"} == CYRILLIC
    assert foreign(["ru"], ["uk"]) == set()
    assert foreign(["es"], ["en"]) == set()
    assert foreign(["ru", "he"], ["en"]) == {"Cyrl", "Hebr"}


@pytest.mark.parametrize(
    ("source", "target", "kind"),
    [
        ("Мы были в Твери вчера.", "We were in Твери yesterday.", "left_over"),
        ("Он говорил долго.", "He spoke spoke spoke spoke spoke spoke spoke.", "loop"),
        ("Это было на севере.", "in the north, in the north, in the north, in the north", "loop"),
        ("Главный вокзал закрыт.", "The mainstrainstrainstrainstrainstrainstrain.", "loop"),
        ("Так и было, честно.", "So it was - - - - - - - honest", "loop"),
        ("Хорошая погода.", "Good wea@@ ther.", "loop"),
        ("Мы приехали сюда из далёкой страны.", "We came.", "length"),
        ("Да.", "Yes, we have come here from a country far away.", "length"),
    ],
)
def test_what_went_astray_is_told(source, target, kind):
    assert kind in degenerate(source, target, CYRILLIC)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Добрый вечер, дорогие друзья!", "Good evening, dear friends!"),
        ("Да.", "Of course."),
        ("Нет, нет, нет, нет, нет, нет, нет, нет!", "No, no, no, no, no, no, no, no!"),
        ("Да здравствует свобода! " * 4, "Long live freedom! " * 4),
        ("Ждём… . . . . . . . .", "We wait… . . . . . . . ."),
        ("Население 10000000 человек.", "A population of 10000000 people."),
        ("Он сказал «ха-ха-ха-ха» и ушёл.", "He said “ha-ha-ha-ha” and went."),
    ],
)
def test_what_is_right_is_left_alone(source, target):
    assert degenerate(source, target, CYRILLIC) == ()


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_two_texts_can_be_judged(source, target):
    assert set(degenerate(source, target, CYRILLIC)) <= {"left_over", "loop", "length"}


@pytest.mark.parametrize("text", ["ab" * 5_000, "а " * 5_000, "-, " * 3_000, "слово и дело " * 900])
def test_long_texts_take_no_time(text):
    began = time.process_time()
    degenerate("Да.", text, CYRILLIC)
    degenerate(text, "Yes.", CYRILLIC)
    assert time.process_time() - began < 1
