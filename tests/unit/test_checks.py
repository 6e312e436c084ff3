"""Findings: which rule, which cue, by how much."""

from __future__ import annotations

import pytest
from hypothesis import given

from pipeline.core.timeline import Cue
from pipeline.subtitles import profile as profiles
from pipeline.subtitles.checks import Rule, check, spoken_language
from pipeline.subtitles.layout import Part, Stretch, lay_out
from tests.strategies import cues
from tests.unit.test_layout import evenly

PROFILE = profiles.load("default")


def cue(*lines: str, start_ms: int = 0, end_ms: int = 3_000, language: str = "en") -> Cue:
    return Cue(start_ms=start_ms, end_ms=end_ms, lines=lines, language=language)


def rules(*given_cues: Cue) -> list[Rule]:
    return [finding.rule for finding in check(given_cues, PROFILE)]


@pytest.mark.parametrize(
    ("given_cue", "found"),
    [
        (cue("Good evening."), []),
        (cue("a", "b", "c"), [Rule.TOO_MANY_LINES]),
        (cue("x" * 43), [Rule.LINE_TOO_LONG]),
        (cue("x" * 42), []),
        (cue("x" * 42, end_ms=2_000), [Rule.TOO_FAST]),
        (cue("ж" * 42, end_ms=2_400), [Rule.TOO_FAST]),
        (cue("Да.", end_ms=832), [Rule.TOO_SHORT]),
        (cue("Да.", end_ms=7_001), [Rule.TOO_LONG]),
        (cue(), [Rule.EMPTY]),
        (cue(" \u200b"), [Rule.EMPTY]),
        (cue("<i>" + "x" * 42 + "</i>", r"{\an8}a"), []),
        (cue("ж" * 40, "x" * 40, end_ms=2_500), []),
    ],
)
def test_a_cue_is_held_against_the_rules_of_its_language(given_cue: Cue, found: list[Rule]):
    assert rules(given_cue) == found


def test_neighbours_overlap_stand_too_close_or_in_the_wrong_order():
    first = cue("a", start_ms=5_000, end_ms=7_000)
    assert rules(first, cue("b", start_ms=6_000, end_ms=8_000)) == [Rule.OVERLAP]
    assert rules(first, cue("b", start_ms=7_050, end_ms=9_000)) == [Rule.GAP]
    assert rules(first, cue("b", start_ms=4_000, end_ms=4_900)) == [Rule.ORDER]
    assert rules(first, cue("b", start_ms=7_084, end_ms=9_000)) == []


def test_a_finding_says_where_and_by_how_much():
    [finding] = check([cue("a"), cue("x" * 50, start_ms=4_000, end_ms=9_000)], PROFILE)
    assert (finding.cue, finding.start_ms) == (2, 4_000)
    assert finding.message == "50 characters in a line, at most 42"


def test_the_script_decides_where_the_name_of_the_file_does_not():
    assert spoken_language("Добрый вечер") == "ru"
    assert spoken_language("Добрый вечер", "en") == "ru"
    assert spoken_language("Добрий вечір", "uk") == "uk"
    assert spoken_language("Good evening", "ru") == ""
    assert spoken_language("25", "es") == "es"


@given(cues())
def test_any_cues_can_be_checked(given_cues: tuple[Cue, ...]):
    for finding in check(given_cues, PROFILE):
        assert 1 <= finding.cue <= len(given_cues)


def test_our_own_cues_have_no_findings_at_an_ordinary_pace():
    text = "Сегодня мы говорим о мире, о труде и о солидарности наших народов. " * 20
    [found] = lay_out([Stretch((Part(evenly(text, letter_ms=75)),), "ru")], PROFILE)
    assert check(found, PROFILE) == []
