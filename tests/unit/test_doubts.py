"""Reasons to doubt a translation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines.degenerate import LEFT_OVER, LENGTH, LOOP
from pipeline.translate.doubts import doubts

SOURCE = "Добрый вечер, дорогие друзья, мы начинаем."


def told(target: str, source: str = SOURCE) -> list[str]:
    return doubts(source, target, language="ru", into="en")


def test_a_good_translation_is_not_doubted():
    assert told("Good evening, dear friends, we are starting.") == []


def test_letters_of_the_source_are_told():
    assert told("Good evening, dear друзья, we start.") == [LEFT_OVER]


@pytest.mark.parametrize(
    "target",
    [
        "The the the the the the the the end of it",
        "We go home, we go home, we go home, we go home, we go home, we go home, we go home.",
        "Good mainstreamainstreamainstreamainstreamainstreamainstreamainstream",
        "Good even@@ ing, dear friends, we start.",
    ],
)
def test_loops_are_told(target):
    assert LOOP in told(target)


def test_what_is_said_three_times_is_no_loop():
    assert told("No, no, no, dear friends, we shall start.") == []


@pytest.mark.parametrize("target", ["Good.", "Good evening, dear friends. " * 8])
def test_odd_lengths_are_told(target):
    assert LENGTH in told(target)


def test_short_texts_may_have_any_length():
    assert told("You're welcome", source="Да") == [LENGTH]
    assert told("Yes, sir", source="Да") == []


def test_latin_names_in_a_russian_target_are_no_doubt():
    assert doubts("We met NATO there.", "Мы были в NATO.", language="en", into="ru") == []


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_two_texts_can_be_judged(source, target):
    told(target, source)
