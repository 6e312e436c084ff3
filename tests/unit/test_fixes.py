"""What is put right without a person: order and times, never text; once, and then no more."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.subtitles import profile as profiles
from pipeline.subtitles import reader
from pipeline.subtitles.checks import Rule, check, rows
from pipeline.subtitles.fixes import Fixed, fixed, obstacles
from pipeline.subtitles.reader import Found, Read

PROFILE = profiles.load("default")
LINES = st.sampled_from(
    [
        "a",
        "Да.",
        "<i>Hello</i> ",
        "x" * 40,
        "Сорок букв в этой строке и не больше того",
        "49",
        "a\t",
    ]
)
CUES = st.lists(
    st.builds(
        lambda start, lasts, lines: Found(start, start + lasts, tuple(lines), 0),
        st.integers(0, 20_000),
        st.integers(-500, 8_000),
        st.lists(LINES, min_size=1, max_size=2),
    ),
    max_size=12,
)


def cue(start_ms: int, end_ms: int, *lines: str) -> Found:
    return Found(start_ms, end_ms, lines or ("Yes.",), 0)


def as_read(*cues: Found) -> Read:
    return Read(cues, (), (), "utf-8")


def fix(*cues: Found) -> Fixed:
    return fixed(as_read(*cues), "en", PROFILE)


def times(done: Fixed) -> list[tuple[int, int]]:
    return [(each.start_ms, each.end_ms) for each in done.cues]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ([(0, 2_000), (1_950, 4_000)], [(0, 1_866), (1_950, 4_000)], "overlapped the next cue"),
        ([(0, 2_000), (2_000, 4_000)], [(0, 1_916), (2_000, 4_000)], "too near the next cue"),
        ([(0, 850), (850, 4_000)], [(0, 850), (934, 4_000)], "too near the cue before"),
        (
            [(0, 500), (4_000, 6_000)],
            [(0, 833), (4_000, 6_000)],
            "too short to be read, and there was room",
        ),
    ],
)
def test_times_are_put_right_with_a_reason(
    before: list[tuple[int, int]], after: list[tuple[int, int]], reason: str
):
    done = fix(*(cue(*span) for span in before))
    assert times(done) == after
    [change] = done.changes
    assert change.reason == reason


def test_a_change_says_what_it_was_and_what_it_is():
    [change] = fix(cue(0, 2_000), cue(2_000, 4_000)).changes
    assert (change.cue, change.before, change.after) == (
        1,
        "00:00:00,000 --> 00:00:02,000",
        "00:00:00,000 --> 00:00:01,916",
    )


@pytest.mark.parametrize(
    "spans",
    [
        [(0, 2_000), (1_800, 4_000)],  # a person has to look
        [(0, 850), (850, 1_700)],  # neither can give way
        [(0, 500), (700, 2_000)],  # no room
        [(0, 2_000), (0, 2_000)],
        [(2_000, 1_000), (3_000, 5_000)],
    ],
)
def test_what_only_a_person_can_judge_stays(spans: list[tuple[int, int]]):
    done = fix(*(cue(*span) for span in spans))
    assert times(done) == spans
    assert done.changes == ()


def test_a_cue_is_not_drawn_out_beyond_what_is_sensible():
    assert fix(cue(0, 599, "x" * 42)).changes == ()
    assert times(fix(cue(0, 1_500, "x" * 42))) == [(0, 2_100)]


def test_cues_are_put_in_order_and_lose_blanks_at_line_ends():
    done = fix(cue(9_000, 10_000, "late "), cue(0, 1_000, "early"))
    assert [each.lines for each in done.cues] == [("early",), ("late",)]
    assert [(one.reason, one.cue) for one in done.changes] == [
        ("stood behind a cue that comes later", 1),
        ("blanks at the end of a line", 2),
    ]


def test_a_file_with_lines_in_no_cue_is_not_written_anew():
    data = (
        b"note to self\n\n1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:0x,000 --> nowhere\nb\n"
    )
    found = obstacles(reader.read(data, "a.srt"))
    assert len(found) >= 2
    assert "note to self" in found[0]
    assert obstacles(reader.read(b"1\n00:00:01,000 --> 00:00:02,000\na\n", "a.srt")) == []


def test_form_is_told_and_is_right_afterwards():
    data = "\ufeff7\r\n0:00:01.5 --> 0:00:03.5\r\nДа.\r\n00:00:05,000 --> 00:00:07,000\r\nНет.\r\n"
    read = reader.read(data.encode("utf-8"), "a.srt")
    assert read.faults
    done = fixed(read, "ru", PROFILE)
    assert done.changes
    again = reader.read(reader.write(done.cues), "a.fixed.srt")
    assert again.faults == ()
    assert [each.lines for each in again.cues] == [("Да.",), ("Нет.",)]


@given(CUES)
def test_nothing_is_lost_nothing_gets_worse_and_once_is_enough(given: list[Found]):
    read = as_read(*given)
    done = fixed(read, "en", PROFILE)
    assert sorted(tuple(map(str.rstrip, each.lines)) for each in given) == sorted(
        each.lines for each in done.cues
    )
    again = fixed(as_read(*done.cues), "en", PROFILE)
    assert again.changes == ()
    assert again.cues == done.cues
    in_order = as_read(*sorted(given, key=lambda each: each.start_ms))
    before = check(rows(in_order, "en"), PROFILE)
    after = check(rows(as_read(*done.cues), "en"), PROFILE)
    for rule in (Rule.TOO_FAST, Rule.TOO_SHORT, Rule.TOO_LONG, Rule.OVERLAP, Rule.ORDER):
        assert {one.cue for one in after if one.rule == rule} <= {
            one.cue for one in before if one.rule == rule
        }
    for one, other in pairwise(done.cues):
        assert one.start_ms <= other.start_ms
