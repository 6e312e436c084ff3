"""Languages: the likeliest row of them, a chunk at a time, and where a mixed chunk is cut."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Span
from pipeline.transcribe.languages import Habit, Tracker, borders, is_sure

ALLOWED = ("ru", "es", "en")
EQUAL = dict.fromkeys(ALLOWED, 1 / 3)


@dataclass
class Heard:
    span: Span
    posterior: dict[str, float]
    prior: dict[str, float]


def shares(**known: float) -> dict[str, float]:
    rest = [language for language in ALLOWED if language not in known]
    left = 1 - sum(known.values())
    return {language: known.get(language, left / max(1, len(rest))) for language in ALLOWED}


@st.composite
def distributions(draw: st.DrawFn) -> dict[str, float]:
    parts = draw(st.lists(st.floats(0, 1), min_size=3, max_size=3))
    total = sum(parts)
    return {a: part / total if total else 0.0 for a, part in zip(ALLOWED, parts, strict=True)}


@st.composite
def rows(draw: st.DrawFn, most: int = 15) -> list[Heard]:
    found, at = [], 0
    for _ in range(draw(st.integers(0, most))):
        at += draw(st.sampled_from([-500, 0, 300, 2_000, 9_000, 60_000]))
        span = Span(start_ms=max(0, at), end_ms=max(0, at) + draw(st.integers(1, 28_000)))
        at = span.end_ms
        found.append(Heard(span, draw(distributions()), draw(distributions())))
    return found


def track(row: list[Heard], habit: Habit | None = None) -> list[str]:
    tracker = Tracker(ALLOWED, habit)
    found = [tag for each in row for tag in tracker.feed(each.span, each.posterior, each.prior)]
    return found + list(tracker.finish())


def score(row: list[Heard], languages: tuple[str, ...], habit: Habit) -> float:
    """How likely a row of languages is, by the words of `Habit`."""
    total = 0.0
    for each, language in zip(row, languages, strict=True):
        weight = min(habit.most, each.span.duration_ms / habit.full_ms)
        total += weight * math.log(max(each.posterior[language], habit.trust))
        total += math.log(max(each.prior[language], habit.trust))
    for (before, one), (after, other) in pairwise(zip(row, languages, strict=True)):
        pause = max(0, after.span.start_ms - before.span.end_ms) / habit.pause_ms
        switch = habit.switch + (habit.switch_after_pause - habit.switch) * min(1.0, pause)
        total += math.log(1 - switch if one == other else switch / 2)
    return total


@given(rows(most=6))
def test_with_time_enough_it_is_the_likeliest_of_all_rows(row):
    habit = Habit(lag=99)
    best = max(score(row, each, habit) for each in product(ALLOWED, repeat=len(row)))
    assert score(row, tuple(track(row, habit)), habit) == pytest.approx(best)


@given(rows(), st.integers(0, 5), st.data())
def test_a_decision_depends_on_so_many_chunks_after_it_and_on_no_more(row, lag, data):
    habit = Habit(lag=lag)
    tracker, found = Tracker(ALLOWED, habit), []
    for at, each in enumerate(row):
        found += tracker.feed(each.span, each.posterior, each.prior)
        assert len(found) == max(0, at + 1 - lag)
    upto = data.draw(st.integers(0, len(row)))
    others = row[:upto] + data.draw(rows(most=4))
    decided = max(0, upto - lag)
    assert track(others, habit)[:decided] == track(row, habit)[:decided] == found[:decided]


@given(rows(), st.integers(1, 3), st.integers(0, 5))
def test_every_chunk_gets_one_of_the_allowed_languages(row, count, lag):
    tracker, found = Tracker(ALLOWED[:count], Habit(lag=lag)), []
    for each in row:
        found += tracker.feed(each.span, each.posterior, each.prior)
    found += tracker.finish()
    assert len(found) == len(row)
    assert set(found) <= set(ALLOWED[:count])


def languages(*posteriors: dict[str, float], length_ms=3_000, pause_ms=300, prior=None) -> list:
    row, at = [], 0
    for each in posteriors:
        row.append(Heard(Span(start_ms=at, end_ms=at + length_ms), each, prior or EQUAL))
        at += length_ms + pause_ms
    return track(row)


def test_what_is_sure_stays_between_others():
    assert languages(shares(ru=1.0), shares(es=1.0), shares(ru=1.0)) == ["ru", "es", "ru"]


@pytest.mark.parametrize("around", ["ru", "es"])
def test_what_is_doubtful_is_in_the_language_around_it(around):
    sure, doubtful = shares(**{around: 0.99}), {"ru": 0.45, "es": 0.45, "en": 0.1}
    assert languages(sure, doubtful, sure) == [around] * 3
    assert languages(doubtful, sure) == [around] * 2, "what comes after counts too"


def test_a_short_chunk_is_believed_less_than_a_long_one():
    row = shares(ru=1.0), shares(es=1.0), shares(ru=1.0)
    assert languages(*row, length_ms=3_000)[1] == "es"
    assert languages(*row, length_ms=300)[1] == "ru"


def test_after_a_long_pause_another_language_is_likelier():
    row = shares(ru=1.0), shares(es=0.7)
    assert languages(*row) == ["ru", "ru"]
    assert languages(*row, pause_ms=60_000) == ["ru", "es"]


def test_the_programme_tips_the_scale_where_the_sound_does_not():
    unsure = shares(ru=0.4, es=0.4)
    assert languages(unsure, prior=shares(es=0.6)) == ["es"]
    assert languages(shares(ru=0.99), prior=shares(es=0.6)) == ["ru"]


def test_of_equals_the_first_of_the_info_file_is_taken():
    tracker = Tracker(("es", "ru"))
    span = Span(start_ms=0, end_ms=900)
    equal = {"ru": 0.5, "es": 0.5}
    assert [*tracker.feed(span, equal, equal), *tracker.finish()] == ["es"]


RU, ES, UNSURE = shares(ru=0.95), shares(es=0.95), shares(ru=0.5, es=0.4)


@pytest.mark.parametrize(
    ("whole", "windows", "expected"),
    [
        (RU, [], []),
        (RU, [RU, RU], []),
        (RU, [RU, ES], [1]),
        (RU, [RU, ES, ES, RU], [1, 3]),
        (RU, [RU, shares(es=0.1, ru=0.85)], []),
        (RU, [RU, shares(es=0.3, ru=0.65), RU], [1, 2]),  # not sure enough: heard alone
        (RU, [ES, ES], []),  # the parts agree, and there is nothing to cut
        (UNSURE, [RU, RU], []),
        (UNSURE, [RU, ES], [1]),
    ],
)
def test_a_chunk_is_cut_where_its_windows_change_or_speak_against_it(whole, windows, expected):
    assert borders(whole, windows) == expected


def test_a_chunk_whose_languages_are_alike_is_not_sure():
    assert is_sure(RU)
    assert not is_sure(UNSURE)


@given(distributions(), st.lists(distributions(), max_size=8))
def test_borders_are_inside_and_in_order(whole, windows):
    found = borders(whole, windows)
    assert found == sorted(set(found))
    assert all(0 < at < len(windows) for at in found)
