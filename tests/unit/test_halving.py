"""Where memory runs out, less is asked for at once; nothing is lost, and it is remembered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines.halving import NoMemoryError, Room


class Engine:
    """Doubles numbers, so many at once and no more."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.refused = 0

    def __call__(self, things):
        if len(things) > self.most:
            self.refused += 1
            raise NoMemoryError("out of memory")
        return [thing * 2 for thing in things]


@given(st.lists(st.integers(), max_size=70), st.integers(1, 70))
def test_all_come_back_in_order_whatever_fits(things, most):
    assert Room().in_halves(Engine(most), things) == [thing * 2 for thing in things]


def test_what_did_not_fit_is_not_asked_again():
    room, engine = Room(), Engine(2)
    room.in_halves(engine, range(8))
    assert engine.refused == 2  # 8, then 4
    room.in_halves(engine, range(8))
    assert engine.refused == 2


def test_a_single_one_that_does_not_fit_is_an_error():
    with pytest.raises(NoMemoryError):
        Room().in_halves(Engine(0), [1, 2, 3])
