"""Marks beside the words: who speaks, what is sung or heard. The words stay as they are."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Cue, Gap, Sound
from pipeline.subtitles import profile as profiles
from pipeline.subtitles import srt
from pipeline.subtitles.labels import bare, label, mark, sounds
from pipeline.subtitles.layout import Part, Stretch, lay_out
from pipeline.subtitles.profile import Profile
from pipeline.subtitles.text import width
from tests.unit.test_layout import ORDINARY, evenly, shown

NETFLIX = profiles.load("netflix")
DCMP = profiles.load("dcmp")
NAMES = st.sampled_from(["", "Rosa", "Мария-Луиза {name} Константинова", "Ho Chi Minh", "X"])
SAYINGS = st.lists(ORDINARY, min_size=1, max_size=12).map(" ".join)


def profile(marks: str) -> Profile:
    return profiles.parse("mine.toml", f"based_on = 'default'\n[marks]\n{marks}")


def talk(turns: list[tuple[str, str]], *, pause_ms: int = 50, **how: bool) -> list[Stretch]:
    """Turns one after the other, all of one scene."""
    found = []
    at = 0
    for speaker, text in turns:
        words = evenly(text, at)
        found.append(Stretch((Part(words),), "en", speaker, scene=0, **how))
        at = words[-1].end_ms + pause_ms
    return found


ALL = [
    DCMP,
    NETFLIX,
    profiles.load("bbc"),
    profiles.load("gost-ru"),
    profile("label = '[{name}]'\nlyrics = '♪ {text} ♪'\nitalics = ['interpreter', 'lyrics']"),
    profile("dialogue = '- '"),
]


@given(
    st.lists(st.tuples(NAMES, SAYINGS), min_size=1, max_size=6),
    st.sampled_from(ALL),
    st.integers(0, 2_000),
    st.booleans(),
)
def test_marks_fit_on_their_lines_and_come_off_again(
    turns: list[tuple[str, str]], rules: Profile, pause_ms: int, is_sung: bool
):
    stretches = talk(turns, pause_ms=pause_ms, is_sung=is_sung, is_interpreter=True)
    laid = lay_out(stretches, rules)
    marked = [cue for cues in mark(laid, stretches, rules) for cue in cues]
    assert len(marked) == len([cue for cues in laid for cue in cues])
    for cue in marked:
        assert len(cue.lines) <= 2
        for line in cue.lines:
            seen = line.replace("<i>", "").replace("</i>", "")
            assert width(seen) <= rules.rules("en").line_length
    wanted = " ".join(word.text for stretch in stretches for word in stretch.words)
    assert shown([bare(cue, rules) for cue in marked]) == wanted
    read = srt.parse(srt.compose(marked), "a.srt", "en")
    assert [cue.lines for cue in read] == [cue.lines for cue in marked]


@given(st.lists(st.tuples(NAMES, SAYINGS), min_size=1, max_size=6))
def test_by_default_nothing_is_marked(turns: list[tuple[str, str]]):
    default = profiles.load("default")
    stretches = talk(turns)
    laid = lay_out(stretches, default)
    assert mark(laid, stretches, default) == laid
    assert (
        sounds([Gap(start_ms=0, end_ms=9_000, sound=Sound.MUSIC)], [], default, "en", 9_000) == []
    )


def test_a_label_stands_where_the_speaker_changes():
    stretches = talk([("Rosa", "Good evening, friends."), ("Rosa", "Welcome."), ("Ho", "Thanks.")])
    marked = mark(lay_out(stretches, DCMP), stretches, DCMP)
    assert [cue.lines for cues in marked for cue in cues] == [
        ("(Rosa) Good evening, friends.",),
        ("Welcome.",),
        ("(Ho) Thanks.",),
    ]


def test_words_make_room_for_their_label():
    text = "We all thank our good old friends"  # 33 characters: one line only without a label
    stretches = talk([("Rosa", text[:31])])
    [[plain]] = lay_out(talk([("", text[:31])]), DCMP)
    assert len(plain.lines) == 1
    [[cue]] = mark(lay_out(stretches, DCMP), stretches, DCMP)
    assert len(cue.lines) == 2
    assert cue.lines[0].startswith("(Rosa) ")


@pytest.mark.parametrize(
    ("name", "speaker", "wanted"),
    [
        ("dcmp", "Rosa", "(Rosa)"),
        ("bbc", "Rosa Díaz", "ROSA DÍAZ:"),
        ("gost-ru", "роза", "РОЗА:"),
        ("dcmp", "A name that is far too long for it", "(A name that i…)"),
        ("dcmp", "{NAME} {x}", "({NAME} {x})"),
        ("dcmp", " \n", ""),
        ("netflix", "Rosa", ""),
    ],
)
def test_a_label_is_as_the_profile_says(name: str, speaker: str, wanted: str):
    assert label(speaker, "ru", profiles.load(name)) == wanted


def test_a_label_that_does_not_fit_beside_a_long_word_has_its_own_line():
    stretches = talk([("Rosa Luxemburg", "A" * 31)], is_sung=False)
    [[cue]] = mark(lay_out(stretches, DCMP), stretches, DCMP)
    assert cue.lines == ("(Rosa Luxemburg)", "A" * 31)
    assert bare(cue, DCMP).lines == ("A" * 31,)


def test_what_is_sung_and_who_interprets_is_marked():
    rules = profile("lyrics = '♪ {text} ♪'\nitalics = ['interpreter']")
    stretches = talk([("", "We shall overcome some day, we shall overcome.")], is_sung=True)
    [[cue]] = mark(lay_out(stretches, rules), stretches, rules)
    assert cue.lines == ("♪ We shall overcome some day,", "we shall overcome. ♪")
    stretches = talk([("", "Thank you.")], is_interpreter=True)
    [[cue]] = mark(lay_out(stretches, rules), stretches, rules)
    assert cue.lines == ("<i>Thank you.</i>",)


def test_a_quick_exchange_is_one_cue_of_two_lines():
    stretches = talk([("Rosa", "Are you here?"), ("Ho", "Yes."), ("Rosa", "Then let us begin.")])
    laid = lay_out(stretches, NETFLIX)
    assert [cue.lines for cues in laid for cue in cues] == [
        ("-Are you here?", "-Yes."),
        ("Then let us begin.",),
    ]
    assert (laid[0][0].speaker, laid[1]) == ("", ())


@pytest.mark.parametrize("change", [{"scene": 1}, {"language": "es"}, {"speaker": "Rosa"}])
def test_no_exchange_without_one_scene_one_language_and_two_speakers(change: dict[str, object]):
    first, second = talk([("Rosa", "Are you here?"), ("Ho", "Yes.")])
    laid = lay_out([first, replace(second, **change)], NETFLIX)
    assert [len(cues) for cues in laid] == [1, 1]


def test_who_has_time_to_be_read_has_a_cue_of_their_own():
    stretches = talk([("Rosa", "Are you here?"), ("Ho", "Yes.")], pause_ms=1_200)
    assert [len(cues) for cues in lay_out(stretches, NETFLIX)] == [1, 1]


GAPS = st.lists(
    st.tuples(st.integers(0, 30_000), st.integers(1, 20_000), st.sampled_from(list(Sound)))
)
OTHERS = st.lists(st.tuples(st.integers(0, 60_000), st.integers(1, 5_000)), max_size=8)


@given(GAPS, OTHERS, st.sampled_from([0, 25]))
def test_sounds_are_told_in_free_time_only(
    drawn: list[tuple[int, int, Sound]], others: list[tuple[int, int]], rate: int
):
    text = f"based_on = 'dcmp'\n[rules]\nframes_per_second = {rate}"
    rules = profiles.parse("mine.toml", text)
    at = 0
    gaps = []
    for later_ms, long_ms, sound in drawn:
        at += later_ms
        gaps.append(Gap(start_ms=at, end_ms=at + long_ms, sound=sound))
        at += long_ms
    cues = [
        Cue(start_ms=at, end_ms=at + long_ms, lines=("x",), language="en") for at, long_ms in others
    ]
    found = sounds(gaps, cues, rules, "en", 60_000)
    for cue in found:
        assert cue.end_ms <= 60_000
        assert any(gap.start_ms <= cue.start_ms and cue.end_ms <= gap.end_ms for gap in gaps)
        assert 1_900 <= cue.duration_ms <= rules.rules("en").longest_ms
    for cue, other in product(found, cues):
        assert cue.end_ms < other.start_ms or other.end_ms < cue.start_ms
    for before, after in pairwise(found):
        assert before.end_ms <= after.start_ms


def test_music_is_told_once_when_it_begins_and_not_if_it_is_short():
    gaps = [
        Gap(start_ms=10_000, end_ms=60_000, sound=Sound.MUSIC),
        Gap(start_ms=70_000, end_ms=72_000, sound=Sound.MUSIC),
        Gap(start_ms=80_000, end_ms=90_000, sound=Sound.SILENCE),
    ]
    found = sounds(gaps, [], DCMP, "ru", 99_000)
    assert found == [Cue(start_ms=10_000, end_ms=17_000, lines=("[музыка]",), language="ru")]
