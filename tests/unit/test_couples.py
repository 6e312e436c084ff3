"""Two languages in one cue: both whole, both in order, sentence with sentence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Word
from pipeline.subtitles import profile as profiles
from pipeline.subtitles.layout import Part, Stretch, lay_out
from pipeline.subtitles.text import width
from tests.unit.test_layout import evenly, shown

PROFILE = profiles.load("default")
RUSSIAN = st.text("абв где.,", min_size=1, max_size=120).map(str.split).filter(bool)
ENGLISH = st.text("xyz uvw.,", max_size=160).map(str.split)


def within(texts: list[str], start_ms: int, end_ms: int) -> tuple[Word, ...]:
    """Words evenly over a span."""
    step = max((end_ms - start_ms) // max(len(texts), 1), 1)
    return tuple(
        Word(start_ms=start_ms + k * step, end_ms=start_ms + (k + 1) * step, text=text)
        for k, text in enumerate(texts)
    )


@given(st.lists(st.tuples(RUSSIAN, ENGLISH), min_size=1, max_size=4))
def test_both_languages_are_whole_and_in_order(sentences: list[tuple[list[str], list[str]]]):
    parts = []
    at = 0
    for russian, english in sentences:
        end = at + 70 * sum(map(len, russian)) + 400
        parts.append(Part(within(russian, at, end), within(english, at, end)))
        at = end + 100
    [cues] = lay_out([Stretch(tuple(parts), "ru", beneath="en")], PROFILE)
    lines = [line for cue in cues for line in cue.lines]
    above = [line for line in lines if not set(line) & set("xyzuvw")]
    below = [line for line in lines if set(line) & set("xyzuvw")]
    assert "".join(above + below).replace(" ", "") != "" or not lines
    letters = "".join(lines).replace(" ", "")
    wanted = "".join(word for russian, english in sentences for word in (*russian, *english))
    assert sorted(letters) == sorted(wanted)
    assert all(width(line) <= 42 for line in lines)


def test_a_sentence_stands_above_its_translation():
    part = Part(evenly("Добрый вечер, друзья."), evenly("Good evening, friends.", letter_ms=60))
    [[cue]] = lay_out([Stretch((part,), "ru", beneath="en")], PROFILE)
    assert cue.lines == ("Добрый вечер, друзья.", "Good evening, friends.")


def test_a_long_sentence_is_cut_at_the_same_place_in_both():
    part = Part(
        evenly("Мы благодарим гостей из Аргентины, и мы желаем им хорошего вечера."),
        evenly("We thank our guests from Argentina, and we wish them a good evening."),
    )
    [cues] = lay_out([Stretch((part,), "ru", beneath="en")], PROFILE)
    assert [cue.lines for cue in cues] == [
        ("Мы благодарим гостей из Аргентины,", "We thank our guests from Argentina,"),
        ("и мы желаем им хорошего вечера.", "and we wish them a good evening."),
    ]


def test_a_sentence_without_a_translation_stands_alone():
    [[cue]] = lay_out([Stretch((Part(evenly("Да.")),), "ru", beneath="en")], PROFILE)
    assert shown([cue]) == "Да."


def test_a_translation_of_far_too_many_words_still_fits_its_lines():
    part = Part(evenly("Да."), within(["longword"] * 40, 0, 3_000))
    [[cue]] = lay_out([Stretch((part,), "ru", beneath="en")], PROFILE)
    assert shown([cue]) == "Да. " + " ".join(["longword"] * 40)
    assert all(width(line) <= 42 for line in cue.lines)
