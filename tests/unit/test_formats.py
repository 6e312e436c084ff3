"""WebVTT and ASS hold the same cues: times, text and markup, read back by the library."""

from __future__ import annotations

import html
import re

import pysubs2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UsageError
from pipeline.subtitles import formats, reader
from pipeline.subtitles.formats import Format
from pipeline.subtitles.found import Found

HOUR = 3_600_000
NO_WIDTH = "\u2060"


def cue(start_ms: int, end_ms: int, *lines: str) -> Found:
    return Found(start_ms, end_ms, lines, 1)


# What `text.kept` leaves: no control characters.
line = st.text(
    st.one_of(
        st.sampled_from(list("<>&{}\\/ibsNnhp1[]-")),
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cf")),
    ),
    min_size=1,
    max_size=25,
).filter(str.strip)
cues = st.lists(
    st.builds(
        lambda start_ms, length_ms, lines: cue(start_ms, start_ms + length_ms, *lines),
        st.integers(0, 9 * HOUR),
        st.integers(1, 10_000),
        st.lists(line, min_size=1, max_size=2),
    ),
    max_size=4,
)


def bare(line: str) -> str:
    """The text without what is markup in SRT."""
    line = re.sub(r"<(/?)\s{0,3}[ibus]\s{0,3}>", "", line, flags=re.I)
    return re.sub(r"<(/font\s{0,3}|font\s[^<>]{0,200})>", "", line, flags=re.I)


def blocks(data: bytes) -> list[list[str]]:
    return [block.split("\n") for block in data.decode().strip("\n").split("\n\n")]


@given(cues)
def test_webvtt_has_every_cue_with_its_times_and_its_text(found):
    head, *rest = blocks(formats.compose(found, Format.VTT))
    assert head == ["WEBVTT"]
    right = sorted(found, key=lambda one: (one.start_ms, one.end_ms))
    assert len(rest) == len(right)
    times = [
        (event.start, event.end)
        for event in pysubs2.SSAFile.from_string(formats.compose(found, Format.VTT).decode(), "vtt")
    ]
    assert times == [(one.start_ms, one.end_ms) for one in right]
    for (number, stamps, *lines), one in zip(rest, right, strict=True):
        assert number.isdecimal()
        assert " --> " in stamps
        shown = [html.unescape(re.sub("</?[biu]>", "", each)) for each in lines]
        if "{\\" in "".join(one.lines):
            continue  # codes are tested below
        assert [each.replace(NO_WIDTH, "").strip() for each in shown if each.strip()] == [
            bare(each).strip() for each in one.lines if bare(each).strip()
        ]


@given(cues)
def test_no_text_becomes_markup_in_webvtt(found):
    _, *rest = blocks(formats.compose(found, Format.VTT))
    for _, _, *lines in rest:
        for each in lines:
            left = re.sub(r"</?[biu]>|&(amp|lt|gt);", "", each)
            assert not set("<>&") & set(left)


@given(cues)
def test_ass_has_every_cue_with_its_times_to_the_hundredth(found):
    subs = pysubs2.SSAFile.from_string(formats.compose(found, Format.ASS).decode(), "ass")
    right = sorted(found, key=lambda one: (one.start_ms, one.end_ms))
    assert len(subs) == len(right)
    for event, one in zip(subs, right, strict=True):
        assert abs(event.start - one.start_ms) <= 5
        assert event.start < event.end
        assert abs(event.end - one.end_ms) <= 15
        assert event.text.replace(NO_WIDTH, "").count("\\N") >= len(one.lines) - 1


@given(cues)
def test_srt_is_what_the_reader_reads(found):
    read = reader.read(formats.compose(found, Format.SRT), "a.srt")
    if any("-" in each for one in found for each in one.lines):
        return  # text that looks like times is the reader's business
    assert [one.start_ms for one in read.cues] == sorted(one.start_ms for one in found)


@pytest.mark.parametrize(
    ("text", "vtt", "ass"),
    [
        ("[Anna] <i>Hola</i>", "[Anna] <i>Hola</i>", r"[Anna] {\i1}Hola{\i0}"),
        ("<B>a</B> < u >b</ u >", "<b>a</b> <u>b</u>", r"{\b1}a{\b0} {\u1}b{\u0}"),
        ("<s>a</s>", "a", r"{\s1}a{\s0}"),
        ("a < b && c --> d", "a &lt; b &amp;&amp; c --&gt; d", "a < b && c --> d"),
        ("{laughs}", "{laughs}", r"\{laughs\}"),
        (r"{\i1}a{\i0}", "<i>a</i>", r"{\i1}a{\i0}"),
        (r"{\b700}a", "a", r"{\b700}a"),
        ('<font color="#ff8000">a</font>', "a", r"{\c&H0080FF&}a{\c}"),
        ("<font face=Arial>a", "a", "a"),
        ("<laughs>", "&lt;laughs&gt;", "<laughs>"),
        ("♪ Ла-ла ♪", "♪ Ла-ла ♪", "♪ Ла-ла ♪"),
        (r"C:\new", "C:\u2060\\\u2060new", "C:\u2060\\\u2060new"),
    ],
)
def test_markup_is_kept_and_text_is_escaped(text, vtt, ass):
    [_, [_, _, line]] = blocks(formats.compose([cue(0, 1_000, text)], Format.VTT))
    assert line == vtt
    [event] = pysubs2.SSAFile.from_string(
        formats.compose([cue(0, 1_000, text)], Format.ASS).decode(), "ass"
    )
    assert event.text == ass


@pytest.mark.parametrize(
    ("code", "settings"),
    [
        (r"{\an8}", " line:0"),
        (r"{\an2}", ""),
        (r"{\an1}", " align:start position:0%"),
        (r"{\an6}", " line:50% align:end position:100%"),
        (r"{\i1\an8}", " line:0"),
    ],
)
def test_the_place_on_the_screen_is_kept(code, settings):
    [_, [_, times, _]] = blocks(formats.compose([cue(0, 1_000, f"{code}a")], Format.VTT))
    assert times == f"00:00:00.000 --> 00:00:01.000{settings}"


def test_nothing_that_pysubs2_takes_for_a_drawing_is_left_out():
    text = [cue(0, 1_000, r"{a\p1}"), cue(1_000, 2_000, "b")]
    assert len(blocks(formats.compose(text, Format.VTT))) == 3
    assert len(pysubs2.SSAFile.from_string(formats.compose(text, Format.ASS).decode())) == 2


@pytest.mark.parametrize(("form", "hours"), [(Format.ASS, 10), (Format.VTT, 100)])
def test_times_that_a_format_cannot_write_are_refused_and_not_clamped(form, hours):
    late = cue(hours * HOUR - 5_000, hours * HOUR, "late")
    with pytest.raises(UsageError, match=rf"a\.srt: a cue ends at {hours}:00:00\.000"):
        formats.compose([late], form, name="a.srt")
    formats.compose([cue(hours * HOUR - 5_000, hours * HOUR - 20, "in time")], form)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=8))
def test_cues_that_overlap_become_cues_that_do_not_with_the_same_text_at_every_moment(times):
    found = [cue(at, at + length, str(number)) for number, (at, length) in enumerate(times)]
    laid = formats.apart(found)
    for moment in range(75):
        right = sorted(one.lines[0] for one in found if one.start_ms <= moment < one.end_ms)
        shown = [one for one in laid if one.start_ms <= moment < one.end_ms]
        assert len(shown) == bool(right)
        assert sorted(line for one in shown for line in one.lines) == right


def test_cues_that_do_not_overlap_stay_as_they_are():
    found = (cue(0, 10, "a"), cue(10, 20, "b"), cue(30, 40, "c"))
    assert formats.apart(found) == found
