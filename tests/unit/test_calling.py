"""Work shared out to the engine's workers."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines import calling, devices
from pipeline.engines.halving import NoMemoryError


@given(st.lists(st.integers(), max_size=30), st.integers(1, 4), st.integers(1, 9))
def test_each_thing_is_given_once_and_answered_in_its_place(
    things: list[int], workers: int, most: int
):
    given_at_once: list[int] = []

    def work(some: list[int]) -> list[str]:
        given_at_once.append(len(some))
        return [str(each) for each in some]

    assert calling.shared_out(work, things, workers, most) == [str(each) for each in things]
    assert sum(given_at_once) == len(things)
    assert max(given_at_once, default=0) <= most


def test_two_workers_work_at_the_same_time():
    both = threading.Barrier(2)

    def work(some: list[int]) -> list[int]:
        both.wait(timeout=10)  # broken where nobody else comes
        return some

    assert calling.shared_out(work, [1, 2], workers=2, most=4) == [1, 2]


def test_one_worker_starts_no_thread():
    def work(some: list[int]) -> list[str]:
        return [threading.current_thread().name for _ in some]

    here = threading.current_thread().name
    assert calling.shared_out(work, [1, 2, 3], workers=1, most=1) == [here] * 3


def test_what_one_of_them_meets_is_raised_and_what_waits_is_not_begun():
    begun, is_over = [], threading.Event()

    def work(some: list[int]) -> list[int]:
        begun.extend(some)
        if some == [0]:
            threading.Timer(0.2, is_over.set).start()
            raise ValueError(0)
        is_over.wait(10)
        return some

    with pytest.raises(ValueError, match=r"^0$"):
        calling.shared_out(work, [*range(100)], workers=2, most=1)
    assert len(begun) < 10


@pytest.mark.parametrize("room", [1, 0])
def test_where_there_is_no_memory_for_two_calls_one_at_a_time_does(room: int):
    at_once, lock = [], threading.Lock()

    def work(some: list[int]) -> list[int]:
        with lock:
            at_once.append(some)
        try:
            if len(at_once) == 1:
                time.sleep(0.02)
            if len(at_once) > room:
                raise NoMemoryError("no room", hint="")
            return some
        finally:
            with lock:
                at_once.remove(some)

    if room:
        assert calling.shared_out(work, [1, 2, 3, 4], workers=2, most=1) == [1, 2, 3, 4]
    else:
        with pytest.raises(NoMemoryError):
            calling.shared_out(work, [1, 2, 3, 4], workers=2, most=1)


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_workers_share_the_threads(threads: int):
    count, each = devices.workers("cpu", threads)
    assert 1 <= count * each <= threads
    assert devices.workers("cuda", threads) == (1, threads)
    assert devices.workers("cpu") == devices.workers("cpu", devices.physical_cores())
