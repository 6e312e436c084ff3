"""Which numbers of a sentence its translation lost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.translate import numbers

KEPT = [
    ("У нас 12 гостей.", "We have 12 guests."),
    ("У нас 12 гостей.", "We have twelve guests."),
    ("1,5 литра", "1.5 litres"),
    ("1,50 литра", "1.5 litres"),
    ("1,5 литра", "one and a half litres"),
    ("1 234 567 рублей", "1,234,567 roubles"),
    ("1\u00a0234 рубля", "1234 roubles"),
    ("10\u202f000 зрителей", "ten thousand viewers"),
    ("12.345", "12,345"),
    ("5-й канал", "the fifth channel"),
    ("5-й канал", "the 5th channel"),
    ("21-й век", "the twenty-first century"),
    ("20-летний", "twenty-year-old"),
    ("в 2019 года", "in 2019"),
    ("2019 год", "two thousand nineteen"),
    ("В 2019 500 человек", "In 2019, 500 people"),
    ("25%", "twenty-five percent"),
    ("25 %", "25%"),
    ("105 дней", "one hundred and five days"),
    ("в 10:30", "at 10:30"),
    ("в 10.30", "at 10:30"),
    ("в 10:30", "at half past ten"),
    ("в 10:00", "at ten"),
    ("в 18:30", "at 6:30 p.m."),
    ("в 00:15", "at 12:15 a.m."),
    ("в 18 часов", "at 6 p.m."),
    ("3,5 млн", "3,500,000"),
    ("3,5 млн", "3.5 million"),
    ("2.50 млн", "2.50 million"),
    ("18 век", "the XVIII century"),
    ("3 тысячи", "three thousand"),
    ("2 миллиарда", "2 billion"),
    ("в 90-е", "in the 1990s"),
    ("в 90-х", "in the nineties"),
    ("в 1990-х", "in the '90s"),
    ("01.05.2024", "on May 1, 2024"),
    ("9.05", "May 9"),
    ("счёт 2:1", "the score is 2-1"),
    ("5–10 человек", "five to ten people"),
    ("1 час", "an hour"),
    ("2 раза", "twice"),
    ("007", "7"),
    ("двенадцать гостей", "guests"),  # words of the source are left alone
    ("XXI век", "this century"),
]
LOST = [
    ("У нас 12 гостей.", "We have 15 guests.", ["12"]),
    ("У нас 12 гостей и 12 столов.", "We have guests.", ["12"]),
    ("1,5 литра", "15 litres", ["1,5"]),
    ("1 234 567 рублей", "1,234,576 roubles", ["1 234 567"]),
    ("5–10 человек", "5 to 15 people", ["10"]),
    ("в 10:30", "at 10:45", ["10:30"]),
    ("в 18:30", "at 7:30 p.m.", ["18:30"]),
    ("3 млн", "3 billion", ["3"]),
    ("3 млн", "3 people", ["3"]),
    ("в 2019 году", "in 2018", ["2019"]),
    ("5-й канал", "the sixth channel", ["5"]),
    ("25%", "percent", ["25"]),
    ("01.05.2024", "on May 1, 2023", ["01.05.2024"]),
    ("7 и 8", "", ["7", "8"]),
    ("0 градусов", "cold", ["0"]),
]


@pytest.mark.parametrize(("source", "target"), KEPT)
def test_a_number_in_another_dress_is_not_lost(source, target):
    assert numbers.missing(source, target) == []


@pytest.mark.parametrize(("source", "target", "lost"), LOST)
def test_another_number_is_told_as_the_source_writes_it(source, target, lost):
    assert numbers.missing(source, target) == lost


@pytest.mark.parametrize(
    ("source", "target", "lost"),
    [
        ("25 лет", "veinticinco años", []),
        ("35 лет", "treinta y cinco años", []),
        ("11 гостей", "once invitados", []),
        ("1,5 млн", "1,5 millones", []),
        ("3 000", "3.000", []),
        ("25 лет", "veintiséis años", ["25"]),
    ],
)
def test_spanish_words_and_marks(source, target, lost):
    assert numbers.missing(source, target, "es-MX") == lost


def test_once_is_eleven_in_spanish_alone():
    assert numbers.missing("11", "once", "en") == ["11"]


def test_what_a_language_without_a_table_may_spell_is_not_missed():
    assert numbers.missing("12 гостей и 2019 год", "zwölf Gäste", "de") == ["2019"]


DIGITS = st.integers(0, 10**9)


@given(DIGITS, st.sampled_from(["{:,}", "{}", "{:_}"]))
def test_thousands_apart_or_not_it_is_the_same_number(number, form):
    written = f"{number:,}".replace(",", "\u00a0")
    target = form.format(number).replace("_", ",")
    assert numbers.missing(f"Ровно {written}!", f"Exactly {target}!") == []


@given(st.integers(0, 23), st.integers(0, 59))
def test_any_time_of_day_is_known_on_both_clocks(hour, minute):
    source = f"в {hour}:{minute:02}"
    assert numbers.missing(source, f"at {hour:02}:{minute:02}") == []
    half = "a.m." if hour < 12 else "p.m."
    assert numbers.missing(source, f"at {(hour - 1) % 12 + 1}:{minute:02} {half}") == []


@given(st.integers(13, 10**6), st.integers(13, 10**6))
def test_a_number_that_is_another_one_is_always_told(number, other):
    lost = numbers.missing(f"Их {number}.", f"There are {other} of them.")
    assert lost == ([] if number == other else [str(number)])


@given(st.text(), st.text())
def test_of_any_text_only_what_it_writes_is_told(source, target):
    assert all(each in source for each in numbers.missing(source, target))
    assert numbers.missing(source, source) == []


@given(
    st.lists(
        st.sampled_from([*"0123456789.,:- kхsXVI", "10.30", "2:1", " млн", " часов", " million"]),
        max_size=30,
    ).map("".join)
)
def test_a_text_has_all_numbers_of_itself(text):
    assert numbers.missing(text, text) == []


@pytest.mark.parametrize(
    "text", ["1", "1 ", "1,", "1:", "123 456 ", "one hundred ", "1\u00a0000", "XIV "]
)
def test_ten_megabytes_take_no_time(text):
    started = time.process_time()
    numbers.missing(text * (10**7 // len(text)), "1")
    numbers.missing("1 2 3", text * (10**7 // len(text)))
    numbers.missing((text * 20_000)[:20_000], (text * 20_000)[:20_000])
    assert time.process_time() - started < 5
