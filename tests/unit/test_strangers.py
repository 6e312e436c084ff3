"""Files that we never wrote: every cue of theirs is decided, whatever stood there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import artifacts
from pipeline.core.artifacts import TRANSCRIPT, Origin
from pipeline.core.errors import UsageError
from pipeline.core.payloads import Transcript
from pipeline.core.timeline import Cue, Gap, Sound
from pipeline.review import accepting, strangers
from pipeline.review.decisions import Delete, Insert, Text, Time
from pipeline.subtitles import srt
from pipeline.subtitles.reader import Found, Read
from tests.unit.test_accepting import CUES, cue, emit, kept, ws  # noqa: F401

BY = {"who": "Eva", "when": "2020-01-01T00:00:00+00:00", "source": "old.srt"}
TIMES = st.tuples(st.integers(0, 40_000), st.integers(1, 4_000))


def found(*times, text="theirs"):
    return Read(
        tuple(
            Found(start, start + length, (f"{text} {at}",), at)
            for at, (start, length) in enumerate(times)
        ),
        (),
        (),
        "utf-8",
    )


def ours(*times):
    return tuple(
        Cue(start_ms=start, end_ms=start + length, lines=(f"ours {at}",), language="en")
        for at, (start, length) in enumerate(sorted(times))
    )


def decided(base, read, track="en"):
    return strangers.decisions(base, read, track=track, **BY)


def standing(made):
    """The cues that the decisions ask for."""
    times = {one.at: one.to for one in made if isinstance(one, Time)}
    return sorted(
        (place.start_ms, place.end_ms, one.text)
        for one in made
        if isinstance(one, Text | Insert)
        for place in [times.get(one.at, one.at)]
    )


def test_without_anything_written_every_cue_is_put_in():
    made = decided((), found((0, 900), (5_000, 900)))
    assert [type(one) for one in made] == [Insert, Insert]
    assert {one.language for one in made} == {"en"}
    assert {one.who for one in made} == {"Eva"}
    assert made[0].at.text == ""


def test_a_cue_in_the_same_place_gets_their_text_and_times():
    made = decided(ours((1_000, 2_000)), found((1_100, 2_000)))
    assert [type(one) for one in made] == [Text, Time]
    assert made[0].at.text == "ours 0"
    assert standing(made) == [(1_100, 3_100, "theirs 0")]


def test_one_long_cue_takes_the_place_of_three():
    made = decided(ours((0, 1_000), (1_100, 1_000), (2_200, 1_000)), found((0, 3_200)))
    assert [type(one) for one in made].count(Delete) == 3
    assert standing(made) == [(0, 3_200, "theirs 0")]


def test_where_they_have_nothing_ours_stays():
    made = decided(ours((0, 1_000), (9_000, 1_000)), found((0, 1_000)))
    assert [one.at.text for one in made] == ["ours 0"]


@pytest.mark.parametrize("track", ["orig", "ru+en"])
def test_what_language_it_is_is_not_said_where_the_track_does_not_tell(track):
    [one] = decided((), found((0, 900)), track)
    assert one.language == ""


@given(st.lists(TIMES, max_size=12), st.lists(TIMES, max_size=12))
def test_every_usable_cue_of_theirs_stands_to_the_letter_and_each_of_ours_is_named_once(
    base, theirs
):
    cues, read = ours(*base), found(*theirs)
    made = decided(cues, read)
    assert standing(made) == sorted((one.start_ms, one.end_ms, one.lines[0]) for one in read.cues)
    gone = [one.at for one in made if isinstance(one, Delete)]
    told = [one.at for one in made if isinstance(one, Text)]
    assert len({*gone, *told}) == len(gone) + len(told)
    assert {at.text for at in [*gone, *told]} <= {one.lines[0] for one in cues}


@given(st.lists(st.tuples(st.integers(-9, 40), st.integers(-9, 40)), max_size=9))
def test_cues_without_a_time_decide_nothing(times):
    read = Read(tuple(Found(a, b, ("x",), 1) for a, b in times), (), (), "utf-8")
    made = decided((), read)
    assert len(made) == sum(0 <= a < b for a, b in times)


def test_an_older_translation_becomes_cues_of_its_track_once(ws, tmp_path):  # noqa: F811
    emit(ws, en=CUES)
    old = tmp_path / "older.srt"
    old.write_bytes(srt.compose([cue(0, "Welcome, all."), cue(20, "Much later.", 900)]))
    accepted = accepting.accept(ws, files=[old], track="en")
    assert [type(one) for one in kept(ws)] == [Text, Insert]
    assert accepted.is_whole
    assert accepting.accept(ws, files=[old], track="en").decided == 0
    assert len(kept(ws)) == 2


def test_of_a_track_that_was_never_written_all_is_put_in(ws, tmp_path):  # noqa: F811
    old = tmp_path / "older.srt"
    old.write_bytes(srt.compose(CUES))
    accepting.accept(ws, files=[old], track="en")
    assert [one.text for one in kept(ws)] == ["\n".join(one.lines) for one in CUES]


def test_what_begins_after_the_end_is_of_another_recording(ws, tmp_path):  # noqa: F811
    gap = Gap(start_ms=0, end_ms=9_000, sound=Sound.SILENCE)
    transcript = Transcript(duration_ms=9_000, lines=(gap,))
    origin = Origin(stage="transcribe", stage_version=1, inputs={})
    artifacts.write(ws.transcript_path, TRANSCRIPT, transcript, origin)
    old = tmp_path / "older.srt"
    old.write_bytes(srt.compose([cue(1, "Welcome."), cue(20, "Much later.", 900)]))
    with pytest.raises(UsageError, match="line 6: 1 of 2 cues begin after"):
        accepting.accept(ws, files=[old], track="en")
    assert kept(ws) == ()
