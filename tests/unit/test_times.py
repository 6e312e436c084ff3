"""When cues come and go."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Span
from pipeline.subtitles import profile as profiles
from pipeline.subtitles.frames import Grid
from pipeline.subtitles.rooms import Rooms
from pipeline.subtitles.rules import Rules
from pipeline.subtitles.times import Spoken, show

RULES = profiles.load("default").common


def spoken(start_ms: int, end_ms: int, characters: int = 10, rules: Rules = RULES) -> Spoken:
    return Spoken(start_ms, end_ms, characters, rules)


@given(st.lists(st.tuples(st.integers(0, 4_000), st.integers(1, 9_000), st.integers(1, 84))))
def test_cues_are_in_order_apart_and_never_too_long(drawn: list[tuple[int, int, int]]):
    at = 0
    cues = []
    for later_ms, long_ms, characters in drawn:
        at += later_ms
        cues.append(spoken(at, at + long_ms, characters))
    found = show(cues)
    assert len(found) == len(cues)
    end_before_ms = -RULES.gap_ms
    for start_ms, end_ms in found:
        assert end_before_ms + RULES.gap_ms <= start_ms < end_ms <= start_ms + RULES.longest_ms
        end_before_ms = end_ms


@given(st.lists(st.integers(1_100, 6_000), min_size=1), st.integers(1, 20))
def test_with_room_every_cue_is_on_screen_while_its_words_are_spoken(
    longs: list[int], characters: int
):
    at = 0
    cues = []
    for long_ms in longs:
        cues.append(spoken(at, at + long_ms, characters))
        at += long_ms + 700
    for cue, (start_ms, end_ms) in zip(cues, show(cues), strict=True):
        assert start_ms <= cue.start_ms
        assert cue.end_ms <= end_ms


def test_a_cue_leaves_soon_after_the_voice_once_it_is_read():
    assert show([spoken(1_000, 4_000)]) == [(960, 4_160)]


def test_a_cue_stays_until_it_can_be_read_in_comfort():
    assert show([spoken(1_000, 2_000, 20)]) == [(960, 2_294)]


def test_a_cue_stays_no_longer_than_it_may_linger():
    assert show([spoken(1_000, 2_000, 80)]) == [(960, 3_000)]
    assert show([spoken(1_000, 3_000, 40)]) == [(960, 3_500)]


def test_a_small_gap_is_closed_and_a_wide_one_stays():
    near = show([spoken(1_000, 3_000), spoken(3_500, 5_000)])
    assert near[1][0] - near[0][1] == RULES.gap_ms
    far = show([spoken(1_000, 3_000), spoken(5_000, 7_000)])
    assert far[1][0] - far[0][1] > RULES.chain_ms


def test_a_short_cue_comes_early_where_there_is_room_and_goes_late():
    first, second, third = show([spoken(0, 1_000), spoken(3_000, 3_400), spoken(3_500, 6_000)])
    assert first[1] < 2_900
    assert second == (2_710, 3_666)
    assert third[0] == 3_750


def test_too_much_to_read_borrows_time_from_both_neighbours():
    crowded = show([spoken(0, 900), spoken(3_000, 4_000, 40), spoken(4_100, 9_000)])
    assert crowded[1] == (2_710, 4_266)
    assert crowded[2][0] == 4_350


def test_the_last_cue_ends_with_the_recording():
    assert show([spoken(1_000, 4_000)], until_ms=4_050) == [(960, 4_050)]


def test_words_all_at_once_still_give_cues_one_after_another():
    found = show([spoken(0, 1)] * 4)
    assert all(end_ms - start_ms >= 200 for start_ms, end_ms in found)


RATES = st.sampled_from([23.976, 24.0, 25.0, 29.97, 30.0, 50.0, 59.94, 60.0])
DRAWN = st.lists(st.tuples(st.integers(0, 4_000), st.integers(1, 6_000), st.integers(1, 84)))


def of_frames(rate: float) -> Rules:
    text = f"based_on = 'netflix'\n[rules]\nframes_per_second = {rate}"
    return profiles.parse("mine.toml", text).rules("en")


@given(DRAWN, RATES, st.lists(st.tuples(st.integers(0, 30_000), st.integers(1, 4_000)), max_size=4))
def test_on_frames_cues_are_as_far_apart_and_never_too_long(
    drawn: list[tuple[int, int, int]], rate: float, others: list[tuple[int, int]]
):
    rules = of_frames(rate)
    frames = rules.frames
    assert frames
    taken = [Span(start_ms=start_ms, end_ms=start_ms + ms) for start_ms, ms in others]
    rooms = Rooms(taken, rules.gap_ms)
    at = room = 0
    cues = []
    for later_ms, long_ms, characters in drawn:
        at += later_ms
        room = max(room, rooms.nearest(at, at + long_ms))
        within = rooms[room].within
        start_ms, end_ms = within(at), within(at + long_ms)
        cues.append(Spoken(start_ms, end_ms, characters, rules, room))
    found = show(cues, rooms=rooms)
    for start_ms, end_ms in found:
        assert 200 <= end_ms - start_ms <= rules.longest_ms
        for ms in (start_ms, end_ms):
            frame = round(ms * frames / 1_000)
            assert ms == int(frame * 1_000 / frames)
    for (_, end_ms), (next_ms, _) in pairwise(found):
        assert next_ms - end_ms >= rules.gap_ms
    for (start_ms, end_ms), span in product(found, taken):
        before, after = span.start_ms - rules.gap_ms, span.end_ms + rules.gap_ms
        assert end_ms <= before or after <= start_ms


@given(st.integers(0, 10**8), RATES)
def test_frames_and_milliseconds_agree(ms: int, rate: float):
    frames = of_frames(rate).frames
    assert frames
    grid = Grid(frames)
    before, after = grid.at_or_before(ms), grid.at_or_after(ms)
    assert grid.ms(before) <= ms <= grid.ms(after)
    assert grid.ms(before + 1) > ms > grid.ms(after - 1)
    assert before <= after <= before + 1


def test_a_cue_starts_with_a_frame_and_ends_with_one():
    rules = of_frames(25.0)
    assert rules.frames == Fraction(25)
    assert show([spoken(1_010, 3_010, 10, rules)]) == [(960, 3_200)]


def test_the_shortest_cue_stays_the_shortest_on_frames():
    rules = of_frames(24.0)
    [first, second] = show([spoken(50, 900, 5, rules), spoken(967, 3_000, 5, rules)])
    assert first[1] - first[0] >= rules.shortest_limit_ms
    assert second[0] - first[1] >= rules.gap_ms


def test_on_frames_the_last_cue_is_gone_when_the_recording_ends():
    rules = of_frames(25.0)
    assert show([spoken(1_000, 4_000, 10, rules)], until_ms=4_050) == [(960, 4_040)]
