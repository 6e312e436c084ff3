"""Which language is spoken when: stretches in order, no phrase outside one, asides joined."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Phrase
from pipeline.emit.languages import timeline


def phrases(*told: tuple[int, int, str]) -> list[Phrase]:
    """Seconds and languages as phrases."""
    return [
        Phrase(start_ms=start * 1_000, end_ms=end * 1_000, language=language, words=())
        for start, end, language in told
    ]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], []),
        ([(0, 9, "ru"), (10, 20, "ru")], [(0, 20, "ru")]),
        ([(0, 9, "ru"), (70, 80, "ru")], [(0, 9, "ru"), (70, 80, "ru")]),  # a long pause
        (
            [(0, 9, "ru"), (9, 20, "es"), (20, 30, "ru")],
            [(0, 9, "ru"), (9, 20, "es"), (20, 30, "ru")],
        ),
        ([(0, 9, "ru"), (9, 12, "en"), (12, 30, "ru")], [(0, 30, "ru")]),  # a word or two
        ([(0, 9, "ru"), (9, 12, "en")], [(0, 9, "ru"), (9, 12, "en")]),
    ],
)
def test_stretches_of_one_language(told, expected):
    found = [
        (each.start_ms // 1_000, each.end_ms // 1_000, each.language)
        for each in timeline(phrases(*told))
    ]
    assert found == expected


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 90), st.sampled_from(["ru", "es"]))))
def test_every_phrase_lies_in_a_stretch_and_long_ones_in_one_of_their_language(told):
    given_phrases, at = [], 0
    for pause, length, language in told:
        given_phrases += phrases((at + pause, at + pause + length, language))
        at += pause + length
    found = timeline(given_phrases)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(found))
    for phrase in given_phrases:
        (home,) = [s for s in found if s.start_ms <= phrase.start_ms and phrase.end_ms <= s.end_ms]
        assert home.language == phrase.language or phrase.end_ms - phrase.start_ms < 5_000
