"""Target words on the clock: all of them, in order, inside the sentence, none across a pause."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core.timeline import Word
from pipeline.translate.timing import place
from tests.strategies import words


def spoken(*parts: tuple[int, int, str]) -> tuple[Word, ...]:
    return tuple(Word(start_ms=start, end_ms=end, text=text) for start, end, text in parts)


def starts(text: str, source: tuple[Word, ...]) -> dict[str, int]:
    return {word.text: word.start_ms for word in place(text, source)}


def test_a_translation_begins_and_ends_with_what_was_said():
    placed = place("We are here.", spoken((1_000, 1_500, "Мы"), (1_500, 3_000, "здесь.")))
    assert (placed[0].start_ms, placed[-1].end_ms) == (1_000, 3_000)


def test_time_is_shared_out_by_letters():
    source = spoken((0, 1_000, "раз"), (1_000, 2_000, "два"))
    assert [word.start_ms for word in place("aaa bbb ccc ddd", source)] == [0, 500, 1_000, 1_500]


def test_no_word_lies_in_a_long_pause():
    source = spoken((0, 1_000, "раз"), (5_000, 6_000, "два"))
    for word in place("one of the words that are said", source):
        assert word.end_ms <= 1_000 or word.start_ms >= 5_000


def test_commas_of_both_sides_meet():
    source = spoken((0, 3_000, "Здравствуйте,"), (3_000, 3_500, "дорогие"), (3_500, 4_000, "все."))
    assert starts("Hello there, dear friends of ours all.", source)["dear"] == 3_000


def test_a_pause_without_a_comma_meets_the_comma_of_the_other_side():
    source = spoken((0, 900, "Сегодня"), (2_000, 2_500, "мы"), (2_500, 4_000, "начинаем."))
    assert starts("Today now, we shall begin.", source)["we"] == 2_000


def test_marks_that_stand_far_apart_do_not_meet():
    source = spoken((0, 200, "Да,"), (200, 4_000, "начинаем."))
    assert starts("We begin the evening, yes.", source)["yes."] > 2_000


def test_more_words_than_milliseconds_share_places():
    placed = place("a b c d e", spoken((7, 9, "х")))
    assert [(word.start_ms, word.end_ms) for word in placed] == [(7, 8), (8, 9)]
    assert " ".join(word.text for word in placed) == "a b c d e"


def test_no_text_has_no_words():
    assert place(" ", spoken((0, 1, "х"))) == ()


@given(st.text(), words())
@example("a b", (Word(start_ms=0, end_ms=1, text="х"),))
def test_nothing_is_lost_and_times_are_in_order_and_inside(text, source):
    placed = place(text, source)
    assert " ".join(word.text for word in placed) == " ".join(text.split())
    for before, after in pairwise(placed):
        assert before.end_ms <= after.start_ms
    if placed:
        assert placed[0].start_ms == source[0].start_ms
        assert placed[-1].end_ms == max(word.end_ms for word in source)


PUNCTUATED = st.lists(st.sampled_from("one, two three. four; five six! — 7".split())).map(" ".join)


@given(PUNCTUATED, words(max_size=30))
def test_anchors_keep_words_in_order_and_inside(text, source):
    placed = place(text, source)
    assert " ".join(word.text for word in placed) == text
    for before, after in pairwise(placed):
        assert before.end_ms <= after.start_ms


@given(words())
def test_the_same_text_keeps_its_ends(source):
    placed = place(" ".join(word.text for word in source), source)
    assert (placed[0].start_ms, placed[-1].end_ms) == (source[0].start_ms, source[-1].end_ms)
