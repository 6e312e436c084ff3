"""Findings about text: language, letters, repetitions, where lines and cues end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Cue
from pipeline.subtitles import profile as profiles
from pipeline.subtitles.checks import Finding, Rule
from pipeline.subtitles.layout import Part, Stretch, lay_out
from pipeline.subtitles.text_checks import other_language, text_findings
from tests.strategies import cues
from tests.unit.test_checks import cue
from tests.unit.test_layout import evenly

PROFILE = profiles.load("default")
LONG = "Y la gente que vive en las montañas del sur no sabe cuando llega el tren"


def found(*given_cues: Cue, languages: tuple[str, ...] = ("en",)) -> list[Finding]:
    return [*text_findings(given_cues, languages, PROFILE)]


def rules(*lines: str, languages: tuple[str, ...] = ("en",)) -> list[str]:
    return [finding.rule for finding in found(cue(*lines, language=""), languages=languages)]


@pytest.mark.parametrize(
    ("text", "languages", "rule"),
    [
        ("Good evening, friends.", "en", None),
        ("He said привет to us all.", "en", Rule.UNTRANSLATED),
        ("Добрый вечер, друзья.", "en", Rule.LANGUAGE),
        ("Добрый вечер, друзья.", "ru", None),
        ("Добрый вечер, друзья.", "ru+en", None),
        ("Добрый вечер, друзья.", "", None),
        ("Добрый вечер, BBC News.", "ru", None),
        ("Rolling Stones", "ru", None),
        ("good evening to all our friends", "ru", Rule.LANGUAGE),
        ("Добрий вечір", "uk", None),
        (LONG, "en", Rule.LANGUAGE),
        (LONG, "es", None),
        (LONG, "en+es", None),
        ("We went to La Paz and Los Angeles with de Silva", "en", None),
        ("5 µm, 3rd, nº 4, ½", "en", None),
        ("Это cлово", "ru", Rule.MIXED_LETTERS),
        ("Это cлово", "", Rule.MIXED_LETTERS),
        ("IT-отдел и USB-порт", "ru", None),
        ("שלום to you", "en", Rule.UNTRANSLATED),
    ],
)
def test_text_is_held_against_what_the_track_is_in(text: str, languages: str, rule: Rule | None):
    tags = tuple(languages.split("+")) if languages else ()
    assert rules(text, languages=tags) == ([rule] if rule else [])


def test_remnants_are_named():
    [finding] = found(cue("He said привет, Анна, пока и да"))
    assert finding.message == "not English: привет, Анна, пока …"


def test_a_whole_file_in_another_language_is_one_finding():
    spanish = [
        cue(LONG, start_ms=number * 10_000, end_ms=number * 10_000 + 5_000) for number in range(5)
    ]
    finding, *_ = found(*spanish)
    assert (finding.rule, finding.cue) == (Rule.LANGUAGE, 0)
    assert finding.message == "the text seems to be Spanish, and the track is English"
    assert [each.rule for each in found(*spanish)].count(Rule.LANGUAGE) == 1
    assert other_language(spanish, ("fr",)) is None
    assert other_language(spanish, ()) is None
    assert other_language(spanish, ("en", "es")) is None


@pytest.mark.parametrize(
    ("lines", "languages", "found_rules"),
    [
        (("I have been waiting for the", "train since half past nine."), "en", [Rule.DANGLING]),
        (("I have been waiting", "for the train since half past nine."), "en", []),
        (("Мы ждали этого поезда и", "всё-таки дождались его наконец."), "ru", [Rule.DANGLING]),
        (("Мы ждали этого поезда и", "всё-таки дождались его наконец."), "", [Rule.DANGLING]),
        (("- What is it for?", "- I have no idea what it is."), "en", []),
        (("- What is it that you look at", "- I have no idea."), "en", []),
        (("It is so.", "And it was."), "en", []),
        (("It is", "so now"), "en", [Rule.DANGLING, Rule.LINE_BREAK]),
        (("Good", "evening"), "en", [Rule.LINE_BREAK]),
        (("Добрый вечер", "Good evening"), "ru+en", []),
        (("[Anna]", "Good evening"), "en", []),
        (
            ("This is a word that has been bro-", "ken where nobody should break it."),
            "en",
            [Rule.LINE_BREAK],
        ),
        (
            ("This is a line that is far too long", ", and a comma opens the next one."),
            "en",
            [Rule.LINE_BREAK],
        ),
        (("One\\NTwo",), "en", [Rule.LINE_BREAK]),
        (("One<br>Two",), "en", [Rule.LINE_BREAK]),
        (("<i>One",), "en", [Rule.TAG]),
        (("One</b>",), "en", [Rule.TAG]),
        (("<i>One <b>two</b></i>",), "en", []),
        (("a < b > c",), "en", []),
    ],
)
def test_lines_end_where_one_may_pause(
    lines: tuple[str, ...], languages: str, found_rules: list[Rule]
):
    tags = tuple(languages.split("+")) if languages else ()
    assert rules(*lines, languages=tags) == found_rules


def test_the_tag_without_another_half_is_the_one_named():
    findings = found(cue("<i>One</i> and <b>two", "and <i>three again."))
    told = [finding.message for finding in findings if finding.rule == Rule.TAG]
    assert told == ["<b> has no other half"]


def test_a_cue_waits_for_the_next_one_only_where_it_comes_soon():
    first = cue("We have been to", start_ms=0, end_ms=2_000)
    [finding] = found(first, cue("London.", start_ms=2_100, end_ms=4_000))
    assert (finding.rule, finding.cue) == (Rule.DANGLING, 1)
    assert finding.message == "ends with 'to', which waits for the next cue"
    assert found(first, cue("London.", start_ms=9_000, end_ms=11_000)) == []
    assert found(first) == []


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["Yes.", "Yes."], []),
        (["Yes.", "Yes.", "Yes!"], [3]),
        (["See you soon, friends.", "see you soon, friends"], [2]),
        (["♪", "♪", "♪"], []),
        (["[music]", "[music]", "[music]"], []),
        (["So it is now.", "No.", "So it is now."], []),
    ],
)
def test_what_is_said_again_at_once_is_told(texts: list[str], numbers: list[int]):
    given_cues = [
        cue(text, start_ms=number * 3_000, end_ms=number * 3_000 + 2_000)
        for number, text in enumerate(texts)
    ]
    repeated = [each.cue for each in found(*given_cues) if each.rule == Rule.REPEATED]
    assert repeated == numbers


def test_our_own_cues_have_no_findings():
    text = "Сегодня мы говорим о мире, о труде и о солидарности наших народов. " * 20
    [laid] = lay_out([Stretch((Part(evenly(text, letter_ms=75)),), "ru")], PROFILE)
    told = [each for each in found(*laid, languages=("ru",)) if each.rule != Rule.REPEATED]
    assert told == []


@given(cues(), st.sampled_from([(), ("en",), ("ru",), ("ru", "en"), ("fr",), ("zh", "es")]))
def test_any_text_can_be_checked(given_cues: tuple[Cue, ...], languages: tuple[str, ...]):
    for finding in found(*given_cues, languages=languages):
        assert 0 <= finding.cue <= len(given_cues)
