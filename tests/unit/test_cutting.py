"""Cutting: windows hold all speech, and the parts of a clip are its very sound."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Span
from pipeline.transcribe import cutting
from pipeline.transcribe.chunks import Rule, Stretch, chunk
from pipeline.transcribe.listening import Clip

RULE = Rule()


@st.composite
def clips(draw: st.DrawFn) -> Clip:
    at, stretches = draw(st.integers(0, 5_000)), []
    for _ in range(draw(st.integers(1, 8))):
        pause = draw(st.integers(1, 3_000))
        length = draw(st.integers(100, 9_000))
        stretches.append(Stretch(Span(start_ms=at + pause, end_ms=at + pause + length), pause))
        at += pause + length
    made = chunk(stretches, RULE)
    rng = np.random.default_rng(draw(st.integers(0, 9)))
    return Clip(made, rng.normal(0, 0.1, made.duration_ms * 16).astype(np.float32))


@given(clips())
def test_windows_are_in_order_and_hold_all_speech(clip):
    found = cutting.windows(clip.chunk)
    assert all(0 <= one.start_ms < one.end_ms <= clip.chunk.duration_ms for one in found)
    assert all(one.start_ms < other.start_ms for one, other in pairwise(found))
    assert all(one.start_ms < other.border_ms < other.end_ms for one, other in pairwise(found))
    for start, end in cutting.speech(clip.chunk):
        for time in (start, (start + end) // 2, end - 1):
            assert any(one.start_ms <= time <= one.end_ms + 20 for one in found)


@given(clips())
def test_groups_are_long_enough_to_tell_their_language(clip):
    groups = cutting.groups(clip.chunk)
    assert [first for first, _ in groups] == [0, *[last for _, last in groups[:-1]]]
    assert groups[-1][1] == len(clip.chunk.stretches)
    for first, last in groups:
        speech = sum(s.span.duration_ms for s in clip.chunk.stretches[first:last])
        assert speech >= 1_200 or len(groups) == 1


@given(clips(), st.lists(st.floats(0, 1), max_size=4))
def test_parts_hold_every_stretch_once_and_the_very_sound(clip, shares):
    times = [int(share * (clip.chunk.duration_ms - 1)) for share in shares]
    parts = cutting.cut(clip, times)
    spans = [s.span for part in parts for s in part.chunk.stretches]
    assert spans[0].start_ms == clip.chunk.own.start_ms
    assert spans[-1].end_ms == clip.chunk.own.end_ms
    assert all(one.end_ms <= other.start_ms for one, other in pairwise(spans))
    assert sum(s.duration_ms for s in spans) == sum(
        s.span.duration_ms for s in clip.chunk.stretches
    )
    for part in parts:
        assert len(part.samples) == part.chunk.duration_ms * 16
        begin = clip.chunk.heard_at(part.chunk.pieces[0].start_ms)
        assert np.array_equal(part.samples[:16], clip.samples[begin * 16 : begin * 16 + 16])


def test_a_cut_inside_speech_is_made_where_it_is_quietest():
    sound = np.random.default_rng(1).normal(0, 0.1, 8_000 * 16).astype(np.float32)
    sound[4_500 * 16 : 4_600 * 16] = 0
    clip = Clip(chunk([Stretch(Span(start_ms=1_000, end_ms=9_000), 500)], RULE), sound)
    first, second = cutting.cut(clip, [4_000])
    assert 5_500 <= first.chunk.own.end_ms == second.chunk.own.start_ms <= 5_600


def test_a_cut_near_a_pause_is_made_in_it():
    stretches = [
        Stretch(Span(start_ms=0, end_ms=4_000), 1),
        Stretch(Span(start_ms=5_000, end_ms=9_000), 1_000),
    ]
    clip = Clip(chunk(stretches, RULE), np.ones(8_000 * 16, np.float32))
    first, second = cutting.cut(clip, [4_100])
    assert (first.chunk.own.end_ms, second.chunk.own.start_ms) == (4_000, 5_000)


def test_halves_are_cut_at_the_longest_pause_that_leaves_a_quarter():
    stretches = [
        Stretch(Span(start_ms=0, end_ms=500), 1),
        Stretch(Span(start_ms=2_500, end_ms=6_500), 2_000),
        Stretch(Span(start_ms=7_500, end_ms=11_500), 1_000),
    ]
    assert cutting.halves(chunk(stretches, RULE)) == [4_500]


@given(clips(), st.lists(st.floats(0, 1), max_size=6))
def test_no_part_that_is_cut_inside_speech_is_too_short_to_be_heard(clip, shares):
    times = [int(share * (clip.chunk.duration_ms - 1)) for share in shares]
    parts = cutting.cut(clip, times)
    if len(parts) > 1:
        least_ms = min(part.chunk.duration_ms for part in parts)
        assert least_ms >= cutting.LEAST_MS


def test_two_cuts_that_are_wanted_around_one_dip_do_not_meet_in_it():
    sound = np.random.default_rng(1).normal(0, 0.1, 8_000 * 16).astype(np.float32)
    sound[4_000 * 16 : 4_100 * 16] = 0
    clip = Clip(chunk([Stretch(Span(start_ms=0, end_ms=8_000), 500)], RULE), sound)
    parts = cutting.cut(clip, [3_500, 4_500])
    assert all(part.chunk.duration_ms >= cutting.LEAST_MS for part in parts)


def test_the_pause_before_a_cut_is_not_counted_into_the_part_before_it():
    spans = [(405, 3_084, 1), (3_684, 3_784, 600), (3_785, 4_748, 1)]
    stretches = [Stretch(Span(start_ms=a, end_ms=b), pause_ms) for a, b, pause_ms in spans]
    one = chunk(stretches, RULE)
    sound = np.random.default_rng(1).normal(0, 0.1, one.duration_ms * 16).astype(np.float32)
    sound[2_639 * 16 : 2_670 * 16] = 0
    parts = cutting.cut(Clip(one, sound), [1_969, 3_156])
    assert min(part.chunk.duration_ms for part in parts) >= cutting.LEAST_MS
