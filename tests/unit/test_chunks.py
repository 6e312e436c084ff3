"""Chunks: all speech in them, none twice, none longer than allowed, the same however it streams."""

from __future__ import annotations

from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Span
from pipeline.transcribe.chunks import Cutter, Rule

rules = st.builds(
    Rule,
    longest_ms=st.sampled_from([5_000, 12_000, 28_000]),
    pause_ms=st.sampled_from([0, 300, 1_500]),
    short_ms=st.sampled_from([0, 1_500]),
    pause_if_short_ms=st.sampled_from([0, 600]),
)
steps = st.lists(
    st.tuples(st.integers(0, 2_500), st.integers(1, 5_000)),  # pause, speech
    max_size=40,
)


def spans(parts: list[tuple[int, int]]) -> list[Span]:
    ends = list(accumulate(pause + speech for pause, speech in parts))
    return [
        Span(start_ms=end - speech, end_ms=end)
        for end, (_, speech) in zip(ends, parts, strict=True)
    ]


def cut(stretches: list[Span], rule: Rule, *, early: bool = True) -> list[Span]:
    """With `early`, each time as much is settled as can be known by then."""
    cutter = Cutter(rule)
    found: list[Span] = []
    for at, stretch in enumerate(stretches):
        following = stretches[at + 1].start_ms if at + 1 < len(stretches) else stretch.end_ms
        found += cutter.feed([stretch], following if early else 0)
    return found + list(cutter.finish())


def says(text: str) -> list[Span]:
    """Spans from a picture: a letter is half a second of speech, a blank 0.1 s of pause."""
    parts, pause, speech = [], 0, 0
    for mark in text:
        if mark == " ":
            if speech:
                parts.append((pause, speech))
                pause = speech = 0
            pause += 100
        else:
            speech += 500
    return spans([*parts, (pause, speech)])


def picture(text: str, rule: Rule) -> list[tuple[int, int]]:
    return [(span.start_ms, span.end_ms) for span in cut(says(text), rule)]


@given(steps, rules)
def test_every_stretch_is_in_exactly_one_chunk(parts, rule):
    stretches = spans(parts)
    chunks = cut(stretches, rule)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(chunks))
    for stretch in stretches:
        holding = [
            c for c in chunks if c.start_ms <= stretch.start_ms and stretch.end_ms <= c.end_ms
        ]
        assert len(holding) == 1
    edges = {s.start_ms for s in stretches} | {s.end_ms for s in stretches}
    assert all({chunk.start_ms, chunk.end_ms} <= edges for chunk in chunks)


@given(steps, rules)
def test_no_chunk_is_longer_than_allowed(parts, rule):
    stretches = [s for s in spans(parts) if s.duration_ms <= rule.longest_ms]
    assert all(chunk.duration_ms <= rule.longest_ms for chunk in cut(stretches, rule))


@given(steps, rules)
def test_chunks_do_not_depend_on_when_silence_is_known(parts, rule):
    stretches = spans(parts)
    assert cut(stretches, rule) == cut(stretches, rule, early=False)


@given(steps, rules)
def test_pauses_in_a_chunk_are_only_those_allowed(parts, rule):
    stretches = spans(parts)
    longest = max(rule.pause_ms, rule.pause_if_short_ms)
    for chunk in cut(stretches, rule):
        inside = [s for s in stretches if chunk.start_ms <= s.start_ms and s.end_ms <= chunk.end_ms]
        assert all(after.start_ms - before.end_ms <= longest for before, after in pairwise(inside))


def test_a_pause_in_which_the_language_may_change_ends_a_chunk():
    assert picture("aaaa bbbb", Rule(pause_ms=0)) == [(0, 2_000), (2_100, 4_100)]
    assert picture("aaaa bbbb", Rule(pause_ms=100)) == [(0, 4_100)]


def test_what_is_too_short_goes_to_its_nearer_neighbour():
    rule = Rule(pause_ms=0, short_ms=1_500, pause_if_short_ms=600)
    assert picture("aaaa   b bbbb", rule) == [(0, 2_000), (2_300, 4_900)]
    assert picture("aaaa b   bbbb", rule) == [(0, 2_600), (2_900, 4_900)]
    assert picture("aaaa       b       cccc", rule) == [(0, 2_000), (2_700, 3_200), (3_900, 5_900)]


def test_the_cutter_lets_go_of_what_cannot_grow_any_more():
    cutter = Cutter(Rule())
    list(cutter.feed([Span(start_ms=0, end_ms=3_000)], 3_000))
    assert cutter.holds_from_ms == 0
    assert list(cutter.feed([], 3_700)) == [Span(start_ms=0, end_ms=3_000)]
    assert cutter.holds_from_ms is None
