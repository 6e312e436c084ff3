"""Words to cues: nothing lost, nothing out of order, every limit met that can be met."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core.timeline import Cue, Span, Word
from pipeline.subtitles import profile as profiles
from pipeline.subtitles.layout import Part, Stretch, lay_out
from pipeline.subtitles.text import clean, width

PROFILE = profiles.load("default")
LETTERS = "абвгдеёАБ abcdeñáü ¿¡?!.,…—-'\"<>&%0123456789 עברית 日本語 e\u0301\u200b\n\t\x07\u2028"


ORDINARY = st.sampled_from(
    "да, нет. мы и в солидарность? Международный the of people! 25 —".split()
)
HOSTILE = st.text(LETTERS, min_size=1, max_size=9) | st.sampled_from(["a" * 43, "б" * 90, "-->"])
WORDS = st.tuples(st.integers(-500, 2_500), st.integers(1, 3_000), ORDINARY | ORDINARY | HOSTILE)


def timed(words: list[tuple[int, int, str]]) -> tuple[Word, ...]:
    """Words as a recogniser might give them at its worst: overlapping, in no order."""
    found = []
    at = 0
    for later_ms, long_ms, text in words:
        at = max(at + later_ms, 0)
        found.append(Word(start_ms=at, end_ms=at + long_ms, text=text))
    return tuple(found)


def stretches() -> st.SearchStrategy[list[Stretch]]:
    words = st.lists(WORDS, min_size=1, max_size=30).map(timed)
    languages = st.sampled_from(["ru", "en", "es", "he"])
    one = st.builds(lambda spoken, tag: Stretch((Part(spoken),), tag), words, languages)
    return st.lists(one, min_size=1, max_size=3)


def evenly(text: str, start_ms: int = 0, letter_ms: int = 65) -> tuple[Word, ...]:
    """`text` as somebody would say it who speaks evenly."""
    found = []
    for word in text.split():
        end_ms = start_ms + len(word) * letter_ms
        found.append(Word(start_ms=start_ms, end_ms=end_ms, text=word))
        start_ms = end_ms + (300 if word[-1] in ".!?" else 30)
    return tuple(found)


def laid(text: str, language: str = "en", **how: int) -> list[Cue]:
    [cues] = lay_out([Stretch((Part(evenly(text, **how)),), language)], PROFILE)
    return list(cues)


def shown(cues: list[Cue] | tuple[Cue, ...]) -> str:
    return " ".join(line for cue in cues for line in cue.lines)


@given(stretches())
@example([Stretch((Part(timed([(0, 1, "—"), (0, 1, ">")])),), "ru")])
def test_every_word_is_in_exactly_one_cue_in_order(given_stretches: list[Stretch]):
    cues = lay_out(given_stretches, PROFILE)
    for stretch, found in zip(given_stretches, cues, strict=True):
        wanted = " ".join(text for word in stretch.words if (text := clean(word.text)))
        # a dash and a tip that are words of their own make an arrow where they meet
        assert clean(shown(found)) == clean(wanted)
        assert all(cue.language == stretch.language for cue in found)


@given(stretches())
def test_cues_never_overlap_and_keep_the_gap(given_stretches: list[Stretch]):
    cues = [cue for found in lay_out(given_stretches, PROFILE) for cue in found]
    for before, after in itertools.pairwise(cues):
        assert before.end_ms + PROFILE.common.gap_ms <= after.start_ms


@given(stretches(), st.sampled_from(profiles.names()).map(profiles.load))
def test_no_cue_breaks_a_limit_that_its_words_leave_room_for(
    given_stretches: list[Stretch], profile: profiles.Profile
):
    for found in lay_out(given_stretches, profile):
        for cue in found:
            rules = profile.rules(cue.language)
            assert 1 <= len(cue.lines) <= rules.lines
            assert all(map(width, cue.lines))
            assert cue.duration_ms <= rules.longest_ms
            for line in cue.lines:
                assert width(line) <= rules.line_length or is_one_word(line, given_stretches)


def is_one_word(line: str, given_stretches: list[Stretch]) -> bool:
    return any(clean(word.text) == line for stretch in given_stretches for word in stretch.words)


def spans() -> st.SearchStrategy[list[Span]]:
    """When cues of people are on screen; they may even overlap, and come in any order."""
    span = st.tuples(st.integers(0, 30_000), st.integers(1, 5_000))
    return st.lists(span.map(lambda drawn: Span(start_ms=drawn[0], end_ms=sum(drawn))), max_size=8)


@given(stretches(), spans())
def test_cues_of_people_are_left_alone_and_no_word_is_lost(
    given_stretches: list[Stretch], taken: list[Span]
):
    laid_out = lay_out(given_stretches, PROFILE, taken=taken)
    for stretch, found in zip(given_stretches, laid_out, strict=True):
        wanted = " ".join(text for word in stretch.words if (text := clean(word.text)))
        assert shown(found) == wanted
    gap_ms = PROFILE.common.gap_ms
    cues = [cue for found in laid_out for cue in found]
    for before, after in itertools.pairwise(cues):
        assert before.end_ms + gap_ms <= after.start_ms
    for cue, span in itertools.product(cues, taken):
        assert cue.end_ms + gap_ms <= span.start_ms or span.end_ms + gap_ms <= cue.start_ms
        assert cue.duration_ms <= PROFILE.common.longest_ms


def test_no_cue_reaches_over_one_of_people():
    words = (*evenly("one two three"), *evenly("four five six.", start_ms=1_600))
    [cues] = lay_out([Stretch((Part(words),), "en")], PROFILE)
    assert len(cues) == 1
    taken = [Span(start_ms=1_150, end_ms=1_500)]
    [cues] = lay_out([Stretch((Part(words),), "en")], PROFILE, taken=taken)
    assert [cue.lines for cue in cues] == [("one two three",), ("four five six.",)]
    assert cues[0].end_ms <= 1_150 - 84
    assert cues[1].start_ms >= 1_500 + 84


def test_words_said_during_a_cue_of_people_go_to_its_nearer_side():
    taken = [Span(start_ms=2_000, end_ms=6_000)]
    words = (*evenly("Early.", start_ms=2_200), *evenly("Late.", start_ms=5_000))
    [[early, late]] = lay_out([Stretch((Part(words),), "en")], PROFILE, taken=taken)
    assert (early.lines, late.lines) == (("Early.",), ("Late.",))
    assert early.end_ms == 2_000 - 84
    assert late.start_ms == 6_000 + 84


def test_between_two_cues_of_people_all_words_fit_as_long_as_there_is_a_glimpse_for_each():
    taken = [Span(start_ms=0, end_ms=1_000), Span(start_ms=2_500, end_ms=9_000)]
    words = evenly("Yes. No, not that one. Who is it?", start_ms=900)
    [cues] = lay_out([Stretch((Part(words),), "en")], PROFILE, taken=taken)
    assert all(cue.start_ms >= 1_084 and cue.end_ms <= 2_416 for cue in cues)


def test_where_people_leave_no_room_a_cue_comes_after_theirs():
    taken = [Span(start_ms=0, end_ms=1_000), Span(start_ms=1_100, end_ms=3_000)]
    [[cue]] = lay_out([Stretch((Part(evenly("Hello.", 900)),), "en")], PROFILE, taken=taken)
    assert cue.start_ms == 3_084


@given(stretches(), st.integers(1, 9))
def test_the_same_words_give_the_same_cues(given_stretches: list[Stretch], later: int):
    assert lay_out(given_stretches, PROFILE) == lay_out(given_stretches, PROFILE)
    moved = [
        Stretch(
            (Part(tuple(moved_word(word, later * 10_000) for word in stretch.words)),),
            stretch.language,
        )
        for stretch in given_stretches
    ]
    texts = [[cue.lines for cue in found] for found in lay_out(given_stretches, PROFILE)]
    assert [[cue.lines for cue in found] for found in lay_out(moved, PROFILE)] == texts


def moved_word(word: Word, by_ms: int) -> Word:
    return Word(start_ms=word.start_ms + by_ms, end_ms=word.end_ms + by_ms, text=word.text)


@given(st.text("абв гдеж.,", min_size=1, max_size=400), st.integers(55, 75))
@example("а б в г д", 60)
def test_at_an_ordinary_pace_every_cue_can_be_read(text: str, letter_ms: int):
    words = evenly(text, letter_ms=letter_ms)
    [cues] = lay_out([Stretch((Part(words),), "ru")], PROFILE)
    for cue in cues:
        assert cue.duration_ms >= PROFILE.rules("ru").shortest_limit_ms


def test_a_short_sentence_is_one_line():
    assert [cue.lines for cue in laid("Good evening, dear friends.")] == [
        ("Good evening, dear friends.",)
    ]


def test_lines_break_where_a_speaker_would_breathe():
    [cue] = laid("We thank our guests from Argentina, and we wish them a good evening.")
    assert cue.lines == ("We thank our guests from Argentina,", "and we wish them a good evening.")


def test_no_line_ends_in_a_word_that_waits_for_the_next():
    [cue] = laid("Сегодня мы поговорим о солидарности и о том, что нас ждёт.", "ru")
    assert cue.lines == ("Сегодня мы поговорим", "о солидарности и о том, что нас ждёт.")


def test_two_sentences_are_two_cues_where_there_is_time():
    cues = laid("Thank you for being with us tonight. Our next guest is calling from Lima.")
    assert [shown([cue]) for cue in cues] == [
        "Thank you for being with us tonight.",
        "Our next guest is calling from Lima.",
    ]


def test_a_cue_never_reaches_over_a_long_pause():
    words = (*evenly("One two"), *evenly("three four.", start_ms=5_000))
    [cues] = lay_out([Stretch((Part(words),), "en")], PROFILE)
    assert [cue.lines for cue in cues] == [("One two",), ("three four.",)]


def test_speakers_languages_and_items_never_share_a_cue():
    said = [
        Stretch((Part(evenly("Да.")),), "ru", "host"),
        Stretch((Part(evenly("Sí.", start_ms=1_600)),), "es", "guest"),
    ]
    assert [(cue.lines, cue.language, cue.speaker) for [cue] in lay_out(said, PROFILE)] == [
        (("Да.",), "ru", "host"),
        (("Sí.",), "es", "guest"),
    ]


def test_a_word_longer_than_a_line_has_a_cue_of_its_own():
    address = "https://example.org/" + "a" * 60
    assert [cue.lines for cue in laid(f"Write to {address} today")] == [
        ("Write to",),
        (address,),
        ("today",),
    ]


def test_the_rules_of_each_language_hold_for_its_own_cues():
    text = "слово " * 40
    assert max(width(line) for cue in laid(text, "ru") for line in cue.lines) <= 39
    assert max(width(line) for cue in laid(text, "en") for line in cue.lines) > 39


def test_a_short_answer_stays_long_enough_to_be_read():
    said = [
        Stretch((Part(evenly("Sí.")),), "es"),
        Stretch((Part(evenly("Continuamos ahora.", start_ms=700)),), "es"),
    ]
    [[answer], [rest]] = lay_out(said, PROFILE)
    assert answer.duration_ms >= PROFILE.rules("es").shortest_limit_ms
    assert rest.start_ms <= 700 + PROFILE.rules("es").late_ms + PROFILE.rules("es").gap_ms


def test_the_last_cue_ends_with_the_recording():
    [[cue]] = lay_out([Stretch((Part(evenly("Good night.")),), "en")], PROFILE, until_ms=900)
    assert cue.end_ms == 900


def test_words_that_would_make_an_arrow_together_are_cleaned_as_one_line():
    lines = [line for cue in laid("radio - > tower -- > of the sea.") for line in cue.lines]
    assert lines == [*map(clean, lines)]
    assert " ".join(lines) == "radio › tower › of the sea."


def test_nothing_said_gives_no_cues():
    assert lay_out([], PROFILE) == []
    unseen = Stretch((Part((Word(start_ms=0, end_ms=9, text="\u200b"),)),), "en")
    assert lay_out([unseen], PROFILE) == [()]


@pytest.mark.slow
def test_four_hours_of_words_are_laid_out_in_seconds():
    text = "Сегодня мы говорим о мире, о труде и о солидарности наших народов. " * 3_000
    begun = time.process_time()
    cues = laid(text, "ru")
    assert len(cues) >= 3_000
    assert time.process_time() - begun < 10
