"""Cues against the words they stand for: how far off, how much they drift, what is missing."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Cue, Word
from pipeline.subtitles.checks import NOWHERE, Rule
from pipeline.subtitles.sync import matches, measured, missing, parity, slope, sync_findings


def spoken(count: int, *, apart_ms: int = 1_000) -> tuple[Word, ...]:
    """Words of which no two are alike."""
    return tuple(
        Word(start_ms=number * apart_ms, end_ms=number * apart_ms + 500, text=f"word{number},")
        for number in range(count)
    )


def shown(words: tuple[Word, ...], *, off_ms: int = 0, drift: float = 0.0) -> list[Cue]:
    """A cue for every five words, so far off, and further off by a share of the time."""
    return [
        Cue(
            start_ms=round(part[0].start_ms * (1 + drift)) + off_ms,
            end_ms=round(part[-1].end_ms * (1 + drift)) + off_ms,
            lines=(" ".join(word.text for word in part[:3]), " ".join(w.text for w in part[3:])),
            language="en",
        )
        for part in (words[at : at + 5] for at in range(0, len(words), 5))
    ]


def test_cues_in_their_place_have_no_findings():
    words = spoken(1_000)
    cues = shown(words)
    figures = measured(cues, matches(cues, words))
    assert figures is not None
    assert (figures.cues, figures.matched, figures.median_ms, figures.drift_ms) == (200, 200, 0, 0)
    assert [*sync_findings(cues, matches(cues, words)), *missing(cues, words)] == []


@pytest.mark.parametrize(
    ("off_ms", "drift", "rules"),
    [
        (200, 0, []),
        (201, 0, [Rule.SYNC]),
        (-9_000, 0, []),
        (0, 0.00004, []),
        (0, 0.00005, [Rule.DRIFT]),
        (0, 24 / 23.976 - 1, [Rule.SYNC, Rule.DRIFT]),
        (0, 23.976 / 25 - 1, [Rule.SYNC, Rule.DRIFT]),
    ],
)
def test_what_is_off_or_drifts_is_told_once(off_ms: int, drift: float, rules: list[Rule]):
    words = spoken(2_000)
    cues = shown(tuple(w for w in words if w.start_ms >= 10_000), off_ms=off_ms, drift=drift)
    found = [*sync_findings(cues, matches(cues, words))]
    if off_ms == -9_000:
        assert [(one.rule, one.start_ms) for one in found] == [(Rule.SYNC, NOWHERE)]
        assert found[0].message == "the cues come 9.00 s before their words"
        return
    assert [one.rule for one in found] == rules


def test_a_single_cue_that_was_moved_is_told():
    words = spoken(500)
    cues = shown(words)
    moved = Cue(start_ms=52_300, end_ms=54_000, lines=cues[10].lines, language="en")
    cues[10] = moved
    [finding] = sync_findings(cues, matches(cues, words))
    assert (finding.rule, finding.cue, finding.message) == (
        Rule.SYNC,
        11,
        "comes 2.30 s after its words",
    )


def test_too_few_matches_tell_nothing():
    words = spoken(20)
    cues = shown(words, off_ms=5_000)
    assert measured(cues, matches(cues, words)) is None
    assert [*sync_findings(cues, matches(cues, words))] == []
    assert measured([], matches([], words)) is None
    assert matches(cues, ()) == []


def test_what_is_said_twice_matches_nothing():
    words = spoken(10)
    twice = (
        *words,
        *(Word(start_ms=w.start_ms + 60_000, end_ms=w.end_ms + 60_000, text=w.text) for w in words),
    )
    assert matches(shown(words), twice) == []


def test_the_slope_stands_a_third_of_points_that_are_anywhere():
    chance = random.Random(7)
    points = [(at * 10_000, round(at * 10_000 * 0.0001)) for at in range(300)]
    for place in chance.sample(range(300), 90):
        points[place] = (points[place][0], chance.randint(-60_000, 60_000))
    found = slope(points)
    assert found is not None
    assert found == pytest.approx(360, abs=40)
    assert slope(points[:19]) is None
    assert slope([(at, 0) for at in range(100)]) is None


def test_words_without_a_cue_are_told():
    words = spoken(100)
    cues = [cue for cue in shown(words) if not 40_000 <= cue.start_ms < 50_000]
    [finding] = missing(cues, words)
    assert (finding.rule, finding.start_ms) == (Rule.MISSING, 41_000)
    assert finding.message.startswith("no cue for 7.5 s in which is said: word41, word42,")


def test_tracks_are_compared_by_their_times_and_counts():
    words = spoken(100)
    whole = shown(words)
    gap = [cue for cue in whole if not 40_000 <= cue.start_ms < 50_000]
    assert [*parity(whole, {"a.srt": gap})] == []
    [finding] = parity(gap, {"a.srt": whole})
    assert (finding.rule, finding.message) == (
        Rule.PARITY,
        "no cue for 7.5 s in which a.srt has some",
    )
    assert [*parity(gap, {"a.srt": whole}, times=False)] == []
    few = parity(whole[:9], {"a.srt": whole}, times=False)
    assert [one.message for one in few] == ["9 cues, and 20 in a.srt"]


@given(
    st.lists(st.tuples(st.integers(0, 60_000), st.integers(1, 9_000), st.sampled_from("abc"))),
    st.lists(st.tuples(st.integers(0, 60_000), st.integers(1, 9_000), st.sampled_from("abc"))),
)
def test_any_cues_and_words_can_be_compared(
    one: list[tuple[int, int, str]], other: list[tuple[int, int, str]]
):
    cues = [Cue(start_ms=a, end_ms=a + b, lines=(t * 3, t), language="en") for a, b, t in one]
    words = sorted(
        (Word(start_ms=a, end_ms=a + b, text=t) for a, b, t in other), key=lambda w: w.start_ms
    )
    found = matches(cues, words)
    assert [match.said_ms for match in found] == sorted(match.said_ms for match in found)
    assert measured(cues, found) is None or measured(cues, found)
    for finding in [*missing(cues, words), *parity(cues, {"a": cues})]:
        assert finding.rule == Rule.MISSING
