"""Words pressed into no time share the speech that follows."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Word
from pipeline.engines import Heard
from pipeline.engines.wording import settled
from pipeline.transcribe.spreading import spread


def heard(*words: tuple[int, int, str]) -> Heard:
    made = tuple(Word(start_ms=a, end_ms=b, text=text) for a, b, text in words)
    return Heard(text=" ".join(word.text for word in made), words=made)


def times(found: Heard) -> list[tuple[int, int]]:
    return [(word.start_ms, word.end_ms) for word in found.words]


def test_words_that_are_well_placed_stay():
    said = heard((0, 400, "Наш"), (400, 900, "музей"), (900, 930, "и"), (930, 1_500, "море"))
    assert spread(said, [(0, 1_700)]) == said


def test_pressed_words_at_the_end_share_what_is_left_by_their_letters():
    said = heard(
        (0, 900, "Боготы."), (900, 920, "Наш"), (920, 940, "переводчик"), (940, 960, "готов?")
    )
    found = times(spread(said, [(0, 1_000), (1_400, 3_350)]))
    assert found[0] == (0, 900)
    assert found[1][0] == 1_550, "in the pause nobody speaks"
    assert found[-1][1] <= 3_200
    lengths = [end - start for start, end in found[1:]]
    assert lengths[1] > 2 * lengths[0]


def test_a_pressed_word_before_a_long_pause_does_not_fill_it():
    said = heard((0, 20, "нами!"), (9_000, 9_600, "Сейчас"))
    start, end = times(spread(said, [(0, 5_000), (8_900, 9_800)]))[0]
    assert (start, end) == (150, 150 + 4 * 120)


def test_a_word_that_holds_the_pressed_one_after_it_shares_its_time():
    said = heard((0, 400, "Друзья"), (400, 1_140, "из"), (1_140, 1_160, "Бильбао."))
    assert times(spread(said, [(0, 2_500)])) == [(0, 400), (400, 640), (640, 1_480)]


def test_a_slow_word_keeps_its_time():
    said = heard((0, 400, "Друзья"), (400, 880, "из"), (880, 900, "Бильбао."))
    assert times(spread(said, [(0, 2_500)])) == [(0, 400), (400, 880), (880, 1_720)]


@st.composite
def chunks(draw: st.DrawFn) -> tuple[Heard, list[tuple[int, int]]]:
    speech, at = [], 0
    for _ in range(draw(st.integers(1, 5))):
        at += draw(st.integers(0, 900))
        length = draw(st.integers(30, 6_000))
        speech.append((at, at + length))
        at += length
    marks = sorted(draw(st.lists(st.integers(0, at), max_size=20)))
    words = settled([(a, b, "слово"[: 1 + a % 5], 0.5) for a, b in pairwise(marks)], at)
    return Heard(text="x", words=words), speech


@given(chunks())
def test_words_stay_in_order_and_none_is_lost(given_chunk):
    said, speech = given_chunk
    found = spread(said, speech)
    assert [word.text for word in found.words] == [word.text for word in said.words]
    assert all(one.end_ms <= other.start_ms for one, other in pairwise(found.words))
    assert not found.words or found.words[-1].end_ms <= max(said.words[-1].end_ms, speech[-1][1])
