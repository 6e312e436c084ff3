"""Whose voice is whose by the rundown, and who is heard where nobody lists them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.segment.listed import Listed, Part, whose

ANNA, JUAN, OLGA = frozenset({"Anna"}), frozenset({"Juan"}), frozenset({"Olga"})
PARTS = (
    Part(0, 60_000, ANNA | JUAN),
    Part(60_000, 120_000, ANNA | OLGA),
    Part(120_000, 180_000, JUAN | OLGA),
)
VOICES = [
    *((at, "1") for at in range(5_000, 115_000, 10_000)),  # first and second part: Anna
    *((at, "2") for at in (10_000, 30_000, 50_000, 130_000, 150_000)),  # first and third: Juan
    *((at, "3") for at in (70_000, 90_000, 125_000, 145_000)),  # Olga
    (100_000, "4"),  # too little to tell
]


def test_a_voice_is_whose_name_stands_where_it_is_heard():
    assert whose(VOICES, PARTS, {}) == {"1": "Anna", "2": "Juan", "3": "Olga"}


def test_a_name_that_is_known_is_not_guessed():
    assert whose(VOICES, PARTS, {"1": "Maria"})["1"] == "Maria"


def test_two_who_are_listed_together_only_are_not_told_apart():
    parts = (Part(0, 60_000, ANNA | JUAN), Part(60_000, 120_000, OLGA))
    found = whose([(1_000, "1"), (2_000, "1"), (30_000, "1")], parts, {})
    assert found == {}


def test_who_is_not_listed_is_counted():
    heard = Listed.given(VOICES, whose(VOICES, PARTS, {}))
    assert heard.strangers({"Anna", "Juan"}, 0, 60_000) == 0
    assert heard.strangers({"Anna", "Juan"}, 60_000, 120_000) == 2
    assert heard.strangers({"Olga"}, 0, 60_000) == 9


def test_a_guest_hands_over_to_a_host():
    heard = Listed.given(VOICES, whose(VOICES, PARTS, {}))
    assert heard.is_handed_over(("2", "1"), ANNA | JUAN, ANNA | OLGA)
    assert not heard.is_handed_over(("1", "2"), ANNA | JUAN, ANNA | OLGA)
    assert not heard.is_handed_over(("", "1"), ANNA | JUAN, ANNA | OLGA)


@given(st.lists(st.tuples(st.integers(0, 200_000), st.sampled_from("1234")), max_size=60))
def test_everybody_known_is_a_stranger_or_listed(voices):
    heard = Listed.given(voices, whose(voices, PARTS, {}))
    names = {"Anna", "Juan", "Olga"}
    assert heard.strangers(names, 0, 300_000) == 0
    each = sum(heard.strangers(names - {name}, 0, 300_000) for name in names)
    assert each == heard.strangers((), 0, 300_000) == len(heard.all_ms)
