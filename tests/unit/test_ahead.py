"""Things made ahead: all, in order, no more than asked for, and errors where they count."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from pipeline.transcribe.ahead import ahead


def test_all_come_in_order():
    assert list(ahead(range(1_000), 3)) == list(range(1_000))


def test_no_more_are_made_than_may_wait():
    fourth, sixth = threading.Event(), threading.Event()

    def things() -> Iterator[int]:
        for at in range(50):
            {3: fourth, 5: sixth}.get(at, threading.Event()).set()
            yield at

    row = ahead(things(), 2)
    assert next(row) == 0
    assert fourth.wait(10), "two wait, and one is in hand"
    assert not sixth.wait(0.3)
    row.close()
    assert not [one for one in threading.enumerate() if one.name == "ahead"]


def test_an_error_is_raised_after_what_came_before_it():
    def things() -> Iterator[int]:
        yield 1
        raise ValueError("torn")

    row = ahead(things(), 5)
    assert next(row) == 1
    with pytest.raises(ValueError, match="torn"):
        next(row)
