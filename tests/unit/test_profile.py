"""Profiles: numbers with sources, complete and in range."""

from __future__ import annotations

from fractions import Fraction
from importlib.resources import files
from math import inf
from pathlib import Path

import pytest

from pipeline.core.errors import InputError, UsageError
from pipeline.subtitles import profile as profiles

FOLDER = files("pipeline.subtitles") / "profiles"
TEXT = (FOLDER / "default.toml").read_text("utf-8")


def test_the_default_profile_has_its_own_rules_for_russian():
    profile = profiles.load("default")
    assert profile.rules("ru").line_length == 39
    assert profile.rules("en").line_length == profile.rules("").line_length == 42
    assert profile.rules("es-AR") == profile.rules("es")


@pytest.mark.parametrize("name", profiles.names())
def test_every_profile_that_ships_can_be_read(name: str):
    assert profiles.load(name).name == name


@pytest.mark.parametrize("name", profiles.names())
def test_every_rule_has_a_source(name: str):
    text = (FOLDER / f"{name}.toml").read_text("utf-8")
    rules = text.partition("[costs]")[0].partition("[marks]")[0]
    lines = [line for line in rules.splitlines() if " = " in line and not line.startswith("#")]
    assert lines
    assert all("#" in line for line in lines)


def test_the_profiles_of_the_field_come_with_the_program():
    wanted = {"netflix", "bbc", "ted", "dcmp", "gost-ru", "default"}
    assert wanted <= set(profiles.names())


@pytest.mark.parametrize("name", ["netflx", "../default", ""])
def test_an_unknown_profile_is_named_with_those_there_are(name: str):
    with pytest.raises(UsageError, match="no profile") as caught:
        profiles.load(name)
    assert "default" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[rules]\nlimes = 2", "[rules] Object contains unknown field `limes`"),
        ("[rules]\nlines = 3", "[rules] lines must be 1 or 2"),
        ("[rules]\nlines = true", "[rules] lines Expected `int`"),
        ("[rules.ru]\nline_length = 'x'", "[rules.ru] line_length Expected `int`, got `str`"),
        ("[rules]\ngap_ms = -1", "[rules] gap_ms must be at least 0"),
        ("[rules]\nspeed = nan", "[rules] speed must be at least 1"),
        ("[rules]\nspeed = 25\nspeed_limit = 20", "speed must not be above speed_limit"),
        ("[rules]\nframes_per_second = 1", "frames_per_second must be 0, or from 10 to 240"),
        ("[rules.ru]\nframes_per_second = 25", "all languages of a picture share its frames"),
        ("[rules.russian]\nlines = 2", "[rules.russian] is no language"),
        ("[rules.ru.ru]\nlines = 2", "[rules.ru] Object contains unknown field `ru`"),
        ("[marks]\nlabel = 'x'", "[marks] label must hold {name}"),
        ("[marks]\nmusic = 'a --> b'", "[marks] music must be short"),
        ("[marks]\nitalics = ['loud']", "[marks] italics[0] Invalid enum value 'loud'"),
        ("[costs]\ncue = inf", "[costs] cue must be a number"),
        ("[cost]\ncue = 1", "unknown field `cost`"),
        ("rules = 3", "rules Expected `object`, got `int`"),
        ("based_on = 'netflx'", "based_on: there is no profile named 'netflx'"),
        ("lines = 2\n[rules", "line 2: not TOML"),
    ],
)
def test_a_faulty_profile_is_refused_with_its_fault(text: str, fault: str):
    with pytest.raises(InputError, match=r"^mine.toml[:,] ") as caught:
        profiles.parse("mine.toml", text)
    assert fault in caught.value.message


def test_what_a_profile_leaves_out_is_laid_out_as_by_default_and_no_finding():
    mine = profiles.parse("mine.toml", "[rules]\nline_limit = 50")
    default = profiles.load("default")
    assert mine.rules("ru").speed_limit == default.rules("ru").speed_limit
    limits = mine.limits("ru-RU")
    assert (limits.line_limit, limits.speed_limit, limits.gap_ms) == (50, inf, 0)
    assert default.limits("es").speed_limit == 17


def test_what_is_left_out_is_bent_to_what_is_stated():
    mine = profiles.parse("mine.toml", "[rules]\nspeed_limit = 9\nline_limit = 30\ngap_ms = 700")
    rules = mine.rules("ru")
    assert (rules.speed, rules.line_length, rules.chain_ms) == (9, 30, 700)


def test_what_a_profile_says_of_all_languages_holds_before_the_default_of_one():
    assert profiles.load("dcmp").rules("ru").line_length == 32
    mine = profiles.parse("mine.toml", "based_on = 'netflix'\n[rules]\nline_length = 36")
    assert mine.rules("ru").line_length == 36
    assert mine.rules("ru").speed == 12
    assert mine.limits("ru").speed_limit == 17


def test_the_profiles_of_netflix_differ_by_language():
    netflix = profiles.load("netflix")
    assert [netflix.rules(tag).line_length for tag in ("en", "ru", "es")] == [42, 39, 42]
    assert [netflix.marks(tag).dialogue for tag in ("en", "ru", "es-MX")] == ["-", "- ", "- "]


def test_no_mark_is_on_by_default():
    assert profiles.load("default").marks("ru") == profiles.Marks()


@pytest.mark.parametrize(
    ("text", "gap_ms", "frames"),
    [
        ("frames_per_second = 25", 80, Fraction(25)),
        ("frames_per_second = 23.976", 83, Fraction(24_000, 1_001)),
        ("frames_per_second = 29.97\ngap_frames = 4", 133, Fraction(30_000, 1_001)),
        ("frames_per_second = 25\ngap_frames = 0\ngap_ms = 84", 84, Fraction(25)),
        ("frames_per_second = 0", 84, None),
    ],
)
def test_where_frames_are_counted_the_gap_is_of_frames(
    text: str, gap_ms: int, frames: Fraction | None
):
    rules = profiles.parse("mine.toml", f"based_on = 'netflix'\n[rules]\n{text}").rules("ru")
    assert rules.gap_ms == gap_ms
    assert rules.frames == frames


def test_a_gap_that_a_profile_states_is_not_replaced_by_frames_of_the_default():
    mine = profiles.parse("mine.toml", "based_on = 'bbc'\n[rules]\nframes_per_second = 25")
    assert mine.rules("en").gap_ms == 0


def test_a_profile_of_the_users_own_is_a_file(tmp_path: Path):
    path = tmp_path / "house.toml"
    path.write_text("\ufeff[rules]\nline_length = 33\n", encoding="utf-8")
    mine = profiles.load(str(path))
    assert mine.rules("ru").line_length == 33
    assert mine.as_options()["profile line_length"] == 33
    assert "profile marks.label" in mine.as_options()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (None, "cannot read the profile"),
        (b"#" * 200_000, "200000 bytes are no profile"),
        (b"\n\xff", "line 2: not UTF-8"),
    ],
)
def test_a_file_that_is_no_profile_is_told(tmp_path: Path, data: bytes | None, fault: str):
    path = tmp_path / "house.toml"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(InputError, match=r"house\.toml") as caught:
        profiles.load(str(path))
    assert fault in caught.value.message


def test_a_changed_number_changes_the_options_of_the_origin():
    mine = profiles.parse("mine.toml", TEXT.replace("line_length = 39", "line_length = 38"))
    before, after = profiles.load("default").as_options(), mine.as_options()
    assert {name for name in before if before[name] != after[name]} == {"profile ru.line_length"}
