"""What reviewers send back is read whole: no line is lost, and none is changed in silence."""

from __future__ import annotations

import contextlib
import random
import time
from collections import Counter
from typing import TYPE_CHECKING

import pysrt
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.core.errors import InputError
from pipeline.core.timeline import Cue
from pipeline.subtitles import encodings, srt, stamps
from pipeline.subtitles.reader import Found, Read, Trouble, read, write
from pipeline.subtitles.text import clean
from tests.strategies import bounds
from tests.unit.srt_torture.cases import CASES, GOOD, T1, T2, Case

if TYPE_CHECKING:
    from collections.abc import Callable

TORTURE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)

# What a damaged file is made of; joined at random they meet every rule of the reader.
PARTS = (
    "1", "2", "3", "49", "#2", "2.", "\n", "\n", "\n", "\n\n", "\n\n", "\r\n", "\r", "\r\r\n",
    " ", "\t",
    "00:00:01,000", "00:00:03,000", "00:00:02.5", "01:02,003", "-00:00:01,000", "100:00:00,000",
    " --> ", "-->", " -> ", " — ", " => ", " → ", "-- >", ">", "-", "X1:5 Y1:6", "align:-->",
    f"\n{T1}\n", f"\n\n2\n{T1}\n", f"\n\n3\n{T1}\n", T1, "a", "Привет", "señor", "- Да", "—",
    "```", "WEBVTT", "[Events]", "Dialogue: 0,0:00:01.00,", "\u2028", "\x85", "\v", "\0", "\x1c",
    "\u200b", "\u200e", "\u00a0", "\ufeff", "{\\an8}", "<i>",
)  # fmt: skip
SOUP = st.lists(st.sampled_from(PARTS), max_size=40).map("".join)
ENCODED = st.tuples(
    SOUP, st.sampled_from(["utf-8", "utf-8", "utf-16", "utf-16-le", "utf-32", "cp1251", "cp1252"])
).map(lambda pair: pair[0].encode(pair[1], "replace"))
BYTES = st.lists(
    st.sampled_from([part.encode() for part in PARTS]) | st.binary(max_size=3), max_size=40
).map(b"".join)
ANY = st.binary(max_size=300) | BYTES | ENCODED


def plainly(cue: Found) -> tuple[object, ...]:
    return (cue.start_ms, cue.end_ms, *cue.lines)


def without_places(cues: tuple[Found, ...]) -> list[tuple[object, ...]]:
    return [(*plainly(cue), cue.tail) for cue in cues]


def assert_whole(lines: list[str], found: Read) -> None:
    """Every non-blank line is in a cue, in a header or in a fault, and nothing else is there."""
    kept = Counter(line for cue in found.cues for line in cue.lines)
    kept.update(stray.text for stray in found.headers)
    kept.update(line for fault in found.faults for line in fault.text)
    times = {cue.line: cue for cue in found.cues}
    numbers = 0
    for at, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if at in times:
            assert times[at].tail in line
            continue
        if kept[line]:
            kept[line] -= 1
            continue
        assert stamps.number(line) is not None, f"lost: line {at}, {line!r}"
        numbers += 1
    assert numbers <= len(found.cues), "numbers lost that no cue has"
    text = "\n".join(lines)
    assert all(line in text for line in kept), "words that nobody wrote"
    for fault in found.faults:
        assert 1 <= fault.line <= len(lines)
        assert all(line in fault.message for line in fault.text)
    for stray in found.headers:
        assert lines[stray.line - 1] == stray.text


def assert_faithful(found: Read) -> None:
    """What is written of the cues is read again, by us and by pysrt."""
    written = write(found.cues)
    again = read(written, "x.srt")
    assert without_places(again.cues) == without_places(found.cues)
    assert again.headers == ()
    assert write(again.cues) == written
    theirs = pysrt.SubRipFile()
    lines = [f"{line}\n" for line in written.decode().split("\n")]
    theirs.read(lines, error_handling=pysrt.SubRipFile.ERROR_RAISE)
    for item, cue in zip(theirs, found.cues, strict=True):
        assert item.text == "\n".join(line.rstrip() for line in cue.lines)
        assert item.start.ordinal == as_pysrt_has_it(cue.start_ms)
        assert item.end.ordinal == as_pysrt_has_it(cue.end_ms)


def as_pysrt_has_it(ms: int) -> int:
    """To pysrt only the hours have a sign."""
    hours, rest = divmod(abs(ms), 3_600_000)
    return rest - hours * 3_600_000 if ms < 0 else ms


def check_any(data: bytes) -> None:
    try:
        found = read(data, "x.srt")
    except InputError:
        return
    assert_whole(encodings.decode(data).lines, found)
    assert_faithful(found)
    errors = {fault.line for fault in found.faults if fault.is_error}
    for cue in found.cues:
        assert 0 <= cue.start_ms < cue.end_ms or cue.line in errors
    if data and not data.isascii() and found.encoding not in {"utf-8", "utf-8-sig"}:
        assert any(fault.kind is Trouble.ENCODING for fault in found.faults)


def test_the_corpus_is_as_large_as_promised():
    assert len({case.name for case in CASES}) == len(CASES) >= 80
    assert len({case.data for case in CASES}) == len(CASES)


@TORTURE
def test_a_damaged_file_is_read_as_its_maker_meant_it(case: Case):
    found = read(case.data, "x.srt")
    assert tuple(map(plainly, found.cues)) == case.cues
    assert tuple(stray.text for stray in found.headers) == case.headers
    faults = [f"{fault.kind}@{fault.line}{'!' * fault.is_error}" for fault in found.faults]
    assert sorted(faults) == sorted(case.faults.split())


@TORTURE
def test_nothing_of_a_damaged_file_is_lost(case: Case):
    check_any(case.data)


@TORTURE
def test_a_damaged_file_cut_anywhere_is_read(case: Case):
    for end in range(0, len(case.data), 1 + len(case.data) // 25):
        check_any(case.data[:end])


@settings(max_examples=1000)
@example(b"-1:0:0,001-->0:0:0,000")
@given(ANY)
def test_any_bytes_are_read_whole(data: bytes):
    check_any(data)


@pytest.mark.long
@settings(max_examples=20_000, suppress_health_check=list(HealthCheck))
@given(ANY)
def test_very_many_bytes_are_read_whole(data: bytes):
    check_any(data)


LINES = st.text(st.characters(codec=None), max_size=30) | SOUP


@st.composite
def cues_of_ours(draw: st.DrawFn) -> tuple[Cue, ...]:
    found = []
    for start, end in draw(st.integers(0, 5).flatmap(bounds)):
        lines = tuple(filter(None, map(clean, draw(st.lists(LINES, min_size=1, max_size=4)))))
        if lines:
            found.append(Cue(start_ms=start, end_ms=end, lines=lines, language="ru"))
    return tuple(found)


def ours(*lines: str) -> tuple[Cue, ...]:
    return (Cue(start_ms=0, end_ms=900, lines=lines, language="ru"),)


def test_what_another_format_left_is_not_told_as_text_under_a_blank_line_too():
    data = b"1\n00:00:01,000 --> 00:00:02,000\ntext\n\n```\n\n```\n"
    assert {fault.kind for fault in read(data, "x.srt").faults} == {Trouble.FOREIGN}


@given(cues_of_ours())
@example(ours("49", "00:00:05,000 x"))
@example(ours("2", "00:00:01,000 => 00:00:02,000"))
@example(ours("```", "WEBVTT", "2"))
def test_what_we_write_is_read_without_a_fault(given_cues: tuple[Cue, ...]):
    found = read(srt.compose(given_cues), "x.srt")
    assert list(map(plainly, found.cues)) == [
        (cue.start_ms, cue.end_ms, *cue.lines) for cue in given_cues
    ]
    assert found.headers == ()
    assert {fault.kind for fault in found.faults} <= {Trouble.NO_CUES, Trouble.ARROW}


def test_positions_and_places_are_kept():
    data = f"1\n{T1} X1:100 X2:200\na\n\n2\n00:03.000 --> 00:04.000 align:start\nb\n".encode()
    found = read(data, "x.srt")
    assert [cue.tail for cue in found.cues] == ["X1:100 X2:200", "align:start"]
    assert [cue.line for cue in found.cues] == [2, 6]
    assert write(found.cues).startswith(f"1\n{T1} X1:100 X2:200\na\n\n2\n".encode())


TYPED = "10:20 --> 10:30"


@pytest.mark.parametrize("typed", [TYPED, f"{TYPED} at the latest", "10:20 -> 10:30"])
@pytest.mark.parametrize("below", ["", "more\n"])
def test_times_of_a_clock_typed_into_a_cue_are_its_text(typed: str, below: str):
    data = f"1\n{T1}\nfrom\n{typed}\n{below}\n2\n{T2}\nb\n".encode()
    found = read(data, "x.srt")
    assert [cue.lines for cue in found.cues] == [("from", typed, *below.split()), ("b",)]
    assert [(fault.kind, fault.line) for fault in found.faults] == [(Trouble.ARROW, 2)]
    assert "line 4" in found.faults[0].message


@pytest.mark.parametrize(
    "data",
    [
        f"1\n{T1}\na\n\n2\n{TYPED}\nb\n",  # under its number
        f"1\n{T1}\na\n2\n{TYPED}\nb\n",
        f"1\n{T1}\na\n\n{TYPED}\nb\n",  # under a blank line
        f"0:01 --> 0:02\na\n{TYPED}\nb\n",  # all of the file's times are so
    ],
)
def test_such_times_are_a_cue_s_where_a_cue_s_could_stand(data: str):
    found = read(data.encode(), "x.srt")
    assert [(cue.start_ms, cue.lines) for cue in found.cues][1:] == [(620_000, ("b",))]


def test_a_fault_of_many_lines_names_them():
    data = "".join(f"{T1.replace(',', '.')}\na\n\n" for _ in range(30)).encode()
    messages = {fault.kind: fault.message for fault in read(data, "x.srt").faults}
    assert "(lines 1, 4, 7, " in messages[Trouble.TIME_FORM]
    assert "and 10 more)" in messages[Trouble.NUMBER]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04" + bytes(30), "a ZIP archive"),
        (b"{\\rtf1 1\\par " + T1.encode(), "rich text"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\0\0\0\x20ftypisom" + bytes(99), "a video"),
        (b"RIFF\0\0\0\0WAVEfmt ", "sound"),
        (bytes(1000), "no text"),
        (bytes(range(1, 32)) * 9, "no text"),
    ],
)
def test_what_is_no_text_is_refused_by_name(data: bytes, what: str):
    with pytest.raises(InputError, match=what) as caught:
        read(data, "x.srt")
    assert caught.value.message.startswith("x.srt: this is ")
    assert caught.value.hint


SIZE = 400_000
FIRST = f"1\n{T1}\n".encode()
SHAPES = {
    "no line end": b"x",
    "arrows": b"-->",
    "lines of arrows": b"-->\n",
    "blank lines": b"\n",
    "digits": b"1",
    "lines of digits": b"1\n",
    "blocks of digits": b"1\n\n",
    "dashes": b"-",
    "blanks": b" ",
    "parts of times": b"1:",
    "times": b"00:00:01,000 ",
    "half lines of times": b"00:00:01,000 --> ",
    "short cues": b"0:0:0,0->0:0:0,1\n",
    "broken cues": b"2\nx\n\n",
    "no UTF-8": b"\xff\n",
    "part UTF-8": b"\xc3\xa9\n\xe9\n",
    "fences": b"```\n\n",
    "shortest times": b"1:2->1:3\n",
    "times without hours": b"1:2,1-->1:3,4\n",
    "frames": b"0:0:1:1->0:0:2:1\n",
    "before the beginning": b"-0:0:1,0->-0:0:2,0\n",
    "text by times": b"0:0:1,0->0:0:2,0 a\n",
    "times typed over": b"00:00:01,000 --> x\n",
    "numbers twice": f"1\n\n1\n{T1}\nx\n\n".encode(),
    "positions": f"{T1} X1:1 X2:2\n".encode(),
    "tips of arrows": b">:\n",
    "tags": b"<i>{\\",
    "letters of two encodings": b"\xc3\xa9a\xe9\n",
    "bytes of all kinds": bytes(range(256)) + bytes(reversed(range(256))),
    "Chinese of old": "字幕很长\n".encode("gb18030"),
    "halves of UTF-16": b"\0\xd8\n\0",
    "zeros in text": b"a\0",
    "marks of direction": "\u200f1\n\n".encode(),
    "accents": "\u0301".encode(),
    "emoji": "👩‍👩‍👧‍👦".encode(),
}


@pytest.mark.parametrize("begins", [b"", FIRST], ids=["bare", "in a cue"])
@pytest.mark.parametrize("shape", SHAPES)
def test_time_grows_with_size_and_no_faster(shape: str, begins: bytes):
    def took(size: int) -> float:
        data = begins + SHAPES[shape] * (size // len(SHAPES[shape]))
        started = time.process_time()
        with contextlib.suppress(InputError):
            read(data, "x.srt")
        return time.process_time() - started

    whole = min(took(SIZE) for _ in range(2))
    assert whole < 1.0
    assert whole < 0.2 + 20 * took(SIZE // 8)


def counted(part: str, size: int) -> bytes:
    """A part with a number of its own each time, up to `size`."""
    length = len(part.format(at=100_000, second=10))
    return "".join(
        part.format(at=at, second=at % 60) for at in range(1, 1 + size // length)
    ).encode()


LARGE = {
    "cues": lambda size: GOOD.encode() * (size // len(GOOD)),
    "tiny cues": lambda size: counted("{at}\n00:00:{second:02},000 --> 00:01:00,000\n\n", size),
    "times spelt oddly": lambda size: counted("0:{second}:0.{at} -> 1:0:0.{at}\nDa, da\n", size),
    "broken cues": lambda size: counted("{at}\nx\n\n", size) + f"9999999\n{T1}\na\n".encode(),
    "one line": lambda size: FIRST + b"x" * size,
    "one line of CP1251": lambda size: FIRST + "привет ".encode("cp1251") * (size // 7),
    "blank lines": lambda size: FIRST + b"\n" * size,
    "numbers": lambda size: b"1\n" * (size // 2),
    "short times": lambda size: b"0:0:0,0->0:0:0,1\n" * (size // 17),
    "shortest times": lambda size: b"1:2->1:3\n" * (size // 9),
    "positions": lambda size: f"{T1} X1:1 X2:2 Y1:3 Y2:4\nx\n\n".encode() * (size // 53),
    "letters of two encodings": lambda size: FIRST + b"\xc3\xa9a\xe9\n" * (size // 5),
    "bytes of two encodings": lambda size: FIRST + b"\xc3\xa91\xe9\n" * (size // 5),
    "lines of two encodings": lambda size: FIRST + b"\xc3\xa9\n\xe9\n" * (size // 5),
    "no UTF-8": lambda size: b"\xff\n" * (size // 2),
    "fences": lambda size: FIRST + b"```\n\n" * (size // 5),
    "arrows": lambda size: FIRST + b"-->" * (size // 3),
    "tips of arrows": lambda size: FIRST + b">:\n" * (size // 3),
    "random": lambda size: FIRST + random.Random(1).randbytes(size),
    "UTF-16": lambda size: (GOOD * (size // len(GOOD) // 2)).encode("utf-16"),
}


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("shape", LARGE)
def test_ten_megabytes_take_two_seconds(shape: str):
    def took(work: Callable[[], object]) -> float:
        started = time.process_time()
        work()
        return time.process_time() - started

    data = LARGE[shape](10_000_000)
    least = min(took(lambda: read(data, "x.srt")) for _ in range(3))
    assert least < 2.0
    assert least < 0.3 + 20 * took(lambda: read(LARGE[shape](1_000_000), "x.srt"))
