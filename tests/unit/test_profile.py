"""Profiles: numbers with sources, complete and in range."""

from __future__ import annotations

from importlib.resources import files

import pytest

from pipeline.core.errors import UsageError
from pipeline.subtitles import profile as profiles

TEXT = (files("pipeline.subtitles") / "profiles" / "default.toml").read_text("utf-8")


def test_the_default_profile_has_its_own_rules_for_russian():
    profile = profiles.load("default")
    assert profile.rules("ru").line_length == 39
    assert profile.rules("en").line_length == profile.rules("").line_length == 42
    assert profile.rules("es-AR") == profile.rules("es")


@pytest.mark.parametrize("name", profiles.names())
def test_every_profile_that_ships_can_be_read(name: str):
    assert profiles.load(name).name == name


def test_every_rule_has_a_source():
    rules = TEXT.partition("[costs]")[0]
    lines = [line for line in rules.splitlines() if " = " in line and not line.startswith("#")]
    assert len(lines) > 15
    assert all("#" in line for line in lines)


@pytest.mark.parametrize("name", ["netflx", "../default", "", "default.toml"])
def test_an_unknown_profile_is_named_with_those_there_are(name: str):
    with pytest.raises(UsageError, match="no profile") as caught:
        profiles.load(name)
    assert "default" in caught.value.hint


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("lines = 2 ", "lines = 3 ", "lines must be 1 or 2"),
        ("lines = 2 ", "", "missing required field `lines`"),
        ("lines = 2 ", "lines = 2\nlimes = 2 ", "unknown field `limes`"),
        ("gap_ms = 84 ", "gap_ms = -1 ", "gap_ms"),
        ("speed = 15 ", "speed = 25 ", "speed_limit"),
        ("longest_ms = 7000", "longest_ms = 10", "longest_ms"),
        ("line_length = 39", "line_length = 'x'", "line_length"),
        ("[costs]", "[cost]", "unknown field `cost`"),
        ("[rules]", "[rules", "line"),
    ],
)
def test_a_faulty_profile_is_refused_with_its_fault(old: str, new: str, fault: str):
    assert old in TEXT
    with pytest.raises(UsageError, match="profile mine: ") as caught:
        profiles.parse("mine", TEXT.replace(old, new, 1))
    assert fault in caught.value.message


def test_a_changed_number_changes_the_options_of_the_origin():
    mine = profiles.parse("mine", TEXT.replace("line_length = 39", "line_length = 38"))
    before, after = profiles.load("default").as_options(), mine.as_options()
    assert {name for name in before if before[name] != after[name]} == {"profile ru.line_length"}
