"""How much of something lies in which part of the programme."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.shares import shares


@st.composite
def programmes(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Parts in order and disjoint, some with holes between them."""
    edges = sorted(draw(st.sets(st.integers(0, 60), min_size=2, max_size=12)))
    return [part for part in pairwise(edges) if draw(st.booleans())]


@given(programmes(), st.integers(0, 60), st.integers(1, 60))
def test_the_same_as_looking_at_every_part(parts, from_ms, long_ms):
    to_ms = from_ms + long_ms
    both = [(i, min(b, to_ms) - max(a, from_ms)) for i, (a, b) in enumerate(parts)]
    assert [*shares(parts, from_ms, to_ms)] == [(i, ms) for i, ms in both if ms > 0]
