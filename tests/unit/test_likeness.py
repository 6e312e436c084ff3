"""Names that sound alike, across scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.translate.likeness import SAME_NAME, is_derived, likeness

NAMES = st.text("абвгджхцчшщьюяё АБЖХabcdehjkwxzéñß-'’\0\ud800日ж", max_size=12) | st.text(
    max_size=9
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Щукин", "Shchukin"),
        ("Жуковский", "Zhukovskiy"),
        ("Ёлкина", "Yolkina"),
        ("Сергій", "Sergiy"),
        ("Бахман", "Bachmann"),
        ("Bachmann", "Bahman"),
        ("Layton", "Leighton"),
        ("Дюваль", "Duvall"),
        ("Adekoya", "Adekoy"),
        ("Balasubramanian", "Balasubranamani"),
        ("Хуан", "Juan"),
        ("Хорхе", "Jorge"),
        ("Хименес", "Jiménez"),
        ("Гамлет", "Hamlet"),
        ("Цюрих", "Zürich"),
        ("Шарль", "Charles"),
        ("Джексон", "Jackson"),
        ("Ксения", "Xenia"),
        ("Вашингтон", "Washington"),
        ("Хрущёв", "Khrushchev"),
        ("Чайковского", "Tchaikovsky"),
        ("Достоевский", "Dostoyevsky"),
        ("Шостакович", "Schostakowitsch"),
        ("Нью-Йорк", "New York"),
    ],
)
def test_one_name_in_two_spellings_is_one_name(one, other):
    assert likeness(one, other) >= SAME_NAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Япония", "Tokyo"),
        ("Тайвань", "Taipei"),
        ("Ирак", "Iran"),
        ("Ива", "Eve"),
        ("Анна", "One"),
        ("Дания", "Then"),
        ("Аристотель", "He"),
        ("Никарагуа", "Monday"),
    ],
)
def test_other_words_are_other_names(one, other):
    assert likeness(one, other) < SAME_NAME


@pytest.mark.parametrize(
    ("place", "people"),
    [
        ("Russia", "Russian"),
        ("Germany", "German"),
        ("Japan", "Japanese"),
        ("Croatia", "Croat"),
        ("Argentina", "Argentine"),
        ("France", "French"),
        ("Petrov", "Petrovs"),
    ],
)
def test_words_made_of_a_name_are_words_of_their_own(place, people):
    assert is_derived(place, people)
    assert is_derived(people, place)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Bachmann", "Bachman"), ("Duvall", "Duval"), ("Adekoya", "Adekoye"), ("Petrov", "Petrova")],
)
def test_misspellings_are_not_words_of_their_own(one, other):
    assert not is_derived(one, other)


@given(NAMES, NAMES)
def test_likeness_is_a_share_and_has_no_direction(one, other):
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)


LETTERS = dict(zip("абвгджхцчшщюяё", "a b v g d zh kh ts ch sh shch yu ya yo".split(), strict=True))


@given(st.text([*LETTERS, *"ьabcdehjkwxz"], min_size=1, max_size=12).filter(lambda s: s.strip("ь")))
def test_a_name_is_like_itself_in_capitals_and_in_latin_letters(name):
    latin = "".join(LETTERS.get(letter, letter) for letter in name).replace("ь", "")
    assert likeness(name, name.upper()) == 1
    assert likeness(name, latin) >= SAME_NAME


def test_a_name_of_a_million_letters_takes_no_time():
    assert likeness("Ж" * 1_000_000, "J" * 1_000_000) > 0
