"""SRT out and in: exact, and nothing lost or guessed in silence."""

from __future__ import annotations

import pysrt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core.errors import InputError
from pipeline.core.timeline import Cue
from pipeline.subtitles import srt
from pipeline.subtitles.text import clean
from tests.strategies import bounds

LINES = st.text(st.characters(codec=None)) | st.sampled_from(
    ["49", "00:00:03,000 --> 00:00:04,000", "", "\n\n7\n00:00:01,000 --> 00:00:02,000\nforged"]
)


@st.composite
def hostile(draw: st.DrawFn) -> tuple[Cue, ...]:
    return tuple(
        Cue(
            start_ms=start,
            end_ms=end,
            lines=tuple(draw(st.lists(LINES, min_size=1, max_size=3))),
            language="ru",
        )
        for start, end in draw(st.integers(0, 5).flatmap(bounds))
    )


def one(*lines: str, start_ms: int = 0, end_ms: int = 900) -> Cue:
    return Cue(start_ms=start_ms, end_ms=end_ms, lines=lines, language="ru")


def harmless(cue: Cue) -> Cue:
    lines = tuple(filter(None, map(clean, cue.lines)))
    return Cue(start_ms=cue.start_ms, end_ms=cue.end_ms, lines=lines, language=cue.language)


@given(hostile())
@example((one("Lottozahlen:", "49"), one("50", start_ms=900, end_ms=901)))
@example((one("a", "00:00:03,000 --> 00:00:04,000"),))
@example((one("a\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nb"),))
def test_what_is_written_is_read_again(given_cues: tuple[Cue, ...]):
    wanted = tuple(cue for cue in map(harmless, given_cues) if cue.lines)
    written = srt.compose(given_cues)
    assert srt.parse(written, "x.srt", "ru") == wanted
    assert srt.compose(wanted) == written


@given(hostile())
def test_the_library_reads_what_is_written_as_we_do(given_cues: tuple[Cue, ...]):
    written = srt.compose(given_cues)
    theirs = pysrt.SubRipFile()
    theirs.read(
        [f"{line}\n" for line in written.decode().split("\n")],
        error_handling=pysrt.SubRipFile.ERROR_RAISE,
    )
    ours = srt.parse(written, "x.srt")
    assert [(item.start.ordinal, item.end.ordinal, item.text) for item in theirs] == [
        (cue.start_ms, cue.end_ms, "\n".join(cue.lines)) for cue in ours
    ]


@given(st.binary(max_size=200) | st.text("0:,->\n1 2a", max_size=80).map(str.encode))
def test_any_bytes_are_read_whole_or_refused(data: bytes):
    try:
        cues = srt.parse(data, "x.srt")
    except InputError:
        return
    kept = "".join(line.strip() for cue in cues for line in cue.lines)
    assert len(kept) <= len(data)


@given(hostile(), st.sampled_from(["\r\n", "\r"]), st.booleans())
def test_what_an_editor_does_to_line_ends_changes_nothing(
    given_cues: tuple[Cue, ...], line_end: str, mark: bool
):
    written = srt.compose(given_cues)
    saved = written.decode().replace("\n", line_end).encode("utf-8-sig" if mark else "utf-8")
    assert srt.parse(saved, "x.srt") == srt.parse(written, "x.srt")


def test_times_are_exact_to_the_millisecond():
    cue = one("да", start_ms=3_661_001, end_ms=400_000_999)
    assert srt.compose([cue]) == "1\n01:01:01,001 --> 111:06:40,999\nда\n\n".encode()


def test_cues_are_written_in_time_order_and_numbered_from_one():
    written = srt.compose([one("b", start_ms=5_000, end_ms=6_000), one("a")]).decode()
    assert [line for line in written.split("\n") if line in {"1", "2", "a", "b"}] == list("1a2b")


def test_no_cues_give_an_empty_file():
    assert srt.compose([]) == b""
    assert srt.compose([one("\u200b")]) == b""
    assert srt.parse(b"", "x.srt") == ()


GOOD = "1\n00:00:00,000 --> 00:00:00,900\n"


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        (f"{GOOD}a\n\nb\n", "line 5", "a number"),
        (f"{GOOD}a\n00:00:01,000 --> 00:00:02,000\nb\n", "line 4", "second line of times"),
        ("1\n00:00:01.000 --> 00:00:02,000\na\n", "line 1", "a number"),
        ("1\n00:00:02,000 --> 00:00:01,000\na\n", "line 2", "ends before it starts"),
        ("00:00:00,000 --> 00:00:00,900\na\n", "line 1", "a number"),
        ("1\n00:00:00,000 --> 00:00:00,900 X1:5\na\n", "line 1", "a number"),
        (f"{GOOD}a\n\n2\n", "line 5", "a number"),
        ("WEBVTT\n\n" + GOOD, "line 1", "a number"),
    ],
)
def test_what_would_be_lost_or_guessed_is_refused_with_its_line(text: str, where: str, what: str):
    with pytest.raises(InputError, match=what) as caught:
        srt.parse(text.encode(), "x.srt")
    assert f"x.srt, {where}:" in caught.value.message
    assert caught.value.hint


def test_another_encoding_is_refused_with_the_line():
    with pytest.raises(InputError, match=r"x\.srt, line 3: not UTF-8"):
        srt.parse(GOOD.encode() + "привет".encode("cp1251"), "x.srt")


def test_another_encoding_behind_a_byte_order_mark_is_refused_with_the_line():
    data = b"\xef\xbb\xbf" + f"{GOOD}щщ".encode() + b"\xff"
    with pytest.raises(InputError, match=r"x\.srt, line 3: not UTF-8"):
        srt.parse(data, "x.srt")
