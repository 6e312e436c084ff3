"""Turns of a voice that several people have: whom reviewers named in them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Phrase, Turn, Word
from pipeline.review.speakers import Named
from pipeline.segment.deciding import pointed_at
from tests.strategies import transcripts


def said(count, each_ms=500):
    words = tuple(
        Word(start_ms=at * each_ms, end_ms=(at + 1) * each_ms, text="x") for at in range(count)
    )
    return Phrase(start_ms=0, end_ms=words[-1].end_ms, language="ru", words=words)


def turn(start_ms, end_ms, voice=1, speaker="Eva"):
    return Turn(start_ms=start_ms, end_ms=end_ms, voice=voice, speaker=speaker)


def told(turns, *spans, phrases=()):
    found = pointed_at(turns, [Named(*span) for span in spans], {1}, phrases or [said(20)])
    return [(one.start_ms, one.end_ms, one.speaker) for one in found]


def test_a_turn_has_the_name_that_was_given_in_it():
    assert told([turn(0, 9_000)], ("Anna", 4_000, 5_000)) == [(0, 9_000, "Anna")]
    assert told([turn(0, 9_000)], ("", 4_000, 5_000)) == [(0, 9_000, "")]
    assert told([turn(0, 9_000, voice=2)], ("Anna", 4_000, 5_000)) == [(0, 9_000, "Eva")]


def test_a_name_beside_a_turn_is_not_its_own():
    assert told([turn(0, 1_000)], ("Anna", 900, 5_000)) == [(0, 1_000, "Eva")]
    assert told([turn(5_000, 5_001)], ("Anna", 900, 5_000)) == [(5_000, 5_001, "Eva")]


def test_two_names_in_a_turn_part_it_at_the_first_word_of_the_second():
    spans = ("Anna", 1_000, 2_000), ("Olga", 3_900, 5_000), ("Olga", 6_000, 7_000)
    assert told([turn(0, 9_000)], *spans) == [(0, 4_000, "Anna"), (4_000, 9_000, "Olga")]
    spans = ("Anna", 1_000, 2_000), ("Olga", 3_100, 4_500), ("Anna", 6_000, 7_000)
    assert told([turn(0, 9_000)], *spans) == [
        (0, 3_000, "Anna"),
        (3_000, 6_000, "Olga"),
        (6_000, 9_000, "Anna"),
    ]


def test_where_a_turn_has_too_few_words_the_names_share_them():
    long = Phrase(
        start_ms=0, end_ms=9_000, language="ru", words=(Word(start_ms=0, end_ms=9_000, text="a"),)
    )
    spans = ("Anna", 0, 2_000), ("Olga", 5_000, 7_000)
    assert told([turn(0, 9_000)], *spans, phrases=[long]) == [(0, 9_000, "Anna")]


@given(transcripts(), st.lists(st.integers(0, 9_000), max_size=8))
def test_every_word_stays_in_one_turn(recording, edges):
    words = [word for phrase in recording.phrases for word in phrase.words]
    if not words:
        return
    whole = turn(words[0].start_ms, max(word.end_ms for word in words))
    borders = sorted(set(edges))
    spans = [Named("AB"[at % 2], start, end) for at, (start, end) in enumerate(pairwise(borders))]
    found = pointed_at([whole], spans, {1}, recording.phrases)
    assert (found[0].start_ms, found[-1].end_ms) == (whole.start_ms, whole.end_ms)
    for word in words:
        assert sum(t.start_ms <= word.start_ms and word.end_ms <= t.end_ms for t in found) == 1
