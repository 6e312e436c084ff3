"""Words from an alignment: in order, without overlap, inside their chunk, none without length."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines.wording import settled

timed = st.lists(
    st.tuples(
        st.integers(-500, 40_000), st.integers(-500, 40_000), st.just("слово"), st.floats(0, 1)
    ),
    max_size=200,
)


@given(timed, st.integers(500, 30_000))
def test_words_stand_one_after_the_other_inside_the_chunk(given_times, length_ms):
    words = settled(given_times, length_ms)
    assert len(words) == len(given_times)
    assert all(0 <= word.start_ms < word.end_ms <= length_ms for word in words)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(words))


def test_times_that_are_in_order_stay_as_they_are():
    words = settled([(0, 400, "да", 0.9), (400, 900, "и", 0.8), (1_000, 1_200, "нет", 0.7)], 2_000)
    assert [(word.start_ms, word.end_ms) for word in words] == [(0, 400), (400, 900), (1000, 1200)]


def test_a_word_without_length_gets_one_step():
    (word,) = settled([(700, 700, "а", 1.0)], 2_000)
    assert (word.start_ms, word.end_ms) == (700, 720)
