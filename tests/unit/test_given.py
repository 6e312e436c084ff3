"""Voices from an RTTM file: who speaks most of each piece, however many pieces and stretches."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from pipeline.measure.rttm import Stretch
from pipeline.segment.given import voicing
from pipeline.segment.pieces import Piece

times = st.tuples(st.integers(0, 300), st.integers(1, 100)).map(lambda t: (t[0], t[0] + t[1]))


def stretch(span, who):
    return Stretch(file="talk", start_ms=span[0], end_ms=span[1], speaker=who)


@given(
    st.lists(times, max_size=12), st.lists(st.tuples(times, st.sampled_from("abc")), max_size=12)
)
def test_each_piece_is_whose_speaks_most_of_it(spans, spoken):
    pieces = [Piece(start, end, at, at + 1) for at, (start, end) in enumerate(sorted(spans))]
    stretches = [stretch(span, who) for span, who in spoken]
    found, labels = voicing(pieces, stretches)
    for piece, number in zip(pieces, found.numbers, strict=True):
        shared = {}
        for one in stretches:
            together = min(one.end_ms, piece.end_ms) - max(one.start_ms, piece.start_ms)
            shared[one.speaker] = shared.get(one.speaker, 0) + max(0, together)
        most = max(shared.values(), default=0)
        assert bool(number) == bool(most)
        assert not number or shared[labels[number - 1]] == most


def test_a_stretch_as_long_as_the_recording_costs_nothing():
    count = 10_000
    pieces = [Piece(at * 1_000, at * 1_000 + 900, at, at + 1) for at in range(count)]
    stretches = [stretch((at * 1_000, at * 1_000 + 950), f"{at % 5}") for at in range(count)]
    began = time.process_time()
    found, _ = voicing(pieces, [stretch((0, count * 1_000), "interpreter"), *stretches])
    assert time.process_time() - began < 3  # 40 s where each piece looks at every stretch
    assert set(found.numbers) == {1}
