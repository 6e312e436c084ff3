"""Borders: one-to-one, as many pairs as there can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.measure.borders import BorderScore, border_score, inner_borders

times = st.lists(st.integers(0, 60), max_size=12)


def most_pairs(true: list[int], found: list[int], tolerance: int) -> int:
    """The size of a greatest matching, by growing it along free ways (Kuhn)."""
    partner: dict[int, int] = {}

    def grows(here: int, seen: set[int]) -> bool:
        for there, at in enumerate(found):
            if abs(at - true[here]) > tolerance or there in seen:
                continue
            seen.add(there)
            if there not in partner or grows(partner[there], seen):
                partner[there] = here
                return True
        return False

    return sum(grows(here, set()) for here in range(len(true)))


@given(times, times, st.integers(0, 10))
def test_no_other_pairing_has_more_pairs(true: list[int], found: list[int], tolerance: int):
    score = border_score(true, found, tolerance_ms=tolerance)
    assert (score.true, score.found) == (len(true), len(found))
    assert score.matched == most_pairs(true, found, tolerance)


def test_a_border_answers_to_one_only():
    score = border_score([10_000, 12_000, 60_000, 90_000], [11_000, 55_000, 95_001])
    assert score == BorderScore(tolerance_ms=5_000, found=3, true=4, matched=2)
    assert score.precision == pytest.approx(2 / 3)
    assert score.recall == pytest.approx(2 / 4)
    assert score.f1 == pytest.approx(4 / 7)


def test_the_nearest_is_given_up_where_that_makes_two_pairs():
    assert border_score([0, 5_000], [5_000, 9_000]).matched == 2


def test_without_borders_there_are_no_shares():
    nothing = border_score([], [])
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, None, None)
    missed = border_score([1_000], [])
    assert (missed.precision, missed.recall, missed.f1) == (None, 0, 0)


def test_start_end_and_short_holes_of_a_recording_are_no_borders():
    spans = [(3_000, 60_000), (64_000, 90_000), (99_000, 197_000)]
    assert inner_borders(spans, 200_000) == (64_000, 90_000, 99_000)
    assert inner_borders(spans, 400_000) == (64_000, 90_000, 99_000, 197_000)
    assert inner_borders([], 0) == ()
