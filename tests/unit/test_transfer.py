"""How far a download is, told on something that is no terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines.transfer import Transfer, size


class Notes(list):
    """A progress that keeps what it was told."""

    def begin(self, stage, total_ms): ...

    def at(self, position_ms): ...

    def end(self): ...

    def note(self, text):
        self.append(text)


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_a_short_download_is_told_at_its_start_and_end():
    notes = Notes()
    with Transfer("small", notes) as transfer:
        transfer.expect(2000)
        transfer.add(2000)
    assert notes == ["fetching small", "fetched small: 2 kB in 0 s"]


def test_a_long_one_is_told_once_a_minute():
    notes, clock = Notes(), Clock()
    with Transfer("small", notes, clock=clock) as transfer:
        transfer.expect(484_000_000)
        for _ in range(125):
            clock.now += 1.0
            transfer.add(1_000_000)
    assert notes[1:] == [
        "fetching small: 60 MB of 484 MB, 7 min left, 1.0 MB/s",
        "fetching small: 120 MB of 484 MB, 6 min left, 1.0 MB/s",
        "fetched small: 125 MB in 125 s",
    ]


def test_one_of_unknown_length_is_told_too():
    notes, clock = Notes(), Clock()
    with Transfer("small", notes, clock=clock) as transfer:
        clock.now += 61
        transfer.add(61_000_000)
    assert notes[1] == "fetching small: 61 MB, 1.0 MB/s"


def test_what_failed_is_not_called_fetched():
    notes = Notes()
    with pytest.raises(OSError, match="cut"), Transfer("small", notes):
        raise OSError("cut")
    assert notes == ["fetching small"]


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 kB"), (999_600, "1.0 MB"), (12_345_678, "12 MB"), (1_617_884_929, "1.6 GB")],
)
def test_sizes_are_written_as_people_do(count, text):
    assert size(count) == text


@given(st.integers(0, 10**15))
def test_a_size_is_never_far_from_the_truth(count):
    number, unit = size(count).split()
    told = float(number) * {"kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}[unit]
    assert abs(told - count) <= max(500, 0.05 * count)
