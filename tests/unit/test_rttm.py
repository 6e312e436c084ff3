"""RTTM and UEM: nothing is lost that matters, and whatever is wrong is told with its line."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core.errors import InputError
from pipeline.core.timeline import Turn
from pipeline.measure import rttm
from pipeline.measure.rttm import Stretch

GOOD = """\
;; who speaks when
SPKR-INFO talk 1 <NA> <NA> <NA> adult_male Anna <NA>

SPEAKER talk 1 6.236 4.2204 <NA> <NA> Anna <NA> <NA>
SPEAKER\ttalk  1 1.05e1 .5 <NA> <NA> <NA> 0.9
SPEAKER other 1 0 12. <NA> <NA> Juan\u00a0P <NA> <NA>
SPEAKER talk 1 20 0.0004 <NA> <NA> Anna <NA> <NA>
"""

names = st.text("Aя ñ\t_;<>#1\u00a0\u2028\x00\ud800e\u0301", max_size=8)
turns = st.builds(
    lambda start, length, speaker, voice: Turn(
        start_ms=start, end_ms=start + length, speaker=speaker, voice=voice
    ),
    st.integers(0, 10**8),
    st.integers(1, 10**7),
    names,
    st.integers(0, 3),
)


def line(start: str = "1.0", length: str = "2.0", kind: str = "SPEAKER") -> str:
    return f"{kind} talk 1 {start} {length} <NA> <NA> Anna <NA> <NA>"


def test_what_speakers_say_is_read_and_the_rest_passed_over():
    assert rttm.parse(GOOD.encode("utf-8-sig"), "talk.rttm") == (
        Stretch(file="talk", start_ms=6_236, end_ms=10_456, speaker="Anna"),
        Stretch(file="talk", start_ms=10_500, end_ms=11_000),
        Stretch(file="other", start_ms=0, end_ms=12_000, speaker="Juan\u00a0P"),
    )


def test_the_end_is_rounded_and_not_the_length():
    (found,) = rttm.parse(line("0.0004", "0.9998").encode(), "a")
    assert (found.start_ms, found.end_ms) == (0, 1_000)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("talk is what this is", "'talk' is no kind of line that RTTM has"),
        ("speaker talk 1 0 1 <NA> <NA> Anna <NA> <NA>", "'speaker' is no kind"),
        ("SPEAKER talk 1 0 1", "5 columns, RTTM has 10"),
        (line().replace("Anna", "Anna Maria Ivanova"), "12 columns, RTTM has 10"),
        (line(start="-1"), "the start '-1' is no time"),
        (line(length="-0.5"), "the duration '-0.5' is no time"),
        (line(start="0:01:02"), "is no time"),
        (line(start="nan"), "is no time"),
        (line(start="inf"), "is no time"),
        (line(start="1,5"), "is no time"),
        (line(start="١"), "is no time"),
        (line(start="1e99"), "no recording is 1e+99 seconds long"),
        (line(length="99999999"), "seconds long"),
    ],
)
def test_a_line_that_is_wrong_is_named(wrong: str, said: str):
    text = f";; first\r\n{line()}\r\n{wrong}\r\n{line()}"
    with pytest.raises(InputError, match=re.escape(said)) as caught:
        rttm.parse(text.encode(), "talk.rttm")
    assert caught.value.message.startswith("talk.rttm, line 3: ")
    assert caught.value.hint


def test_what_is_not_utf_8_is_named_with_its_line():
    with pytest.raises(InputError, match=r"talk\.rttm, line 2: not UTF-8"):
        rttm.parse(line().encode() + b"\nSPEAKER \xff", "talk.rttm")


def test_the_stretches_of_one_recording_are_picked():
    found = rttm.parse(GOOD.encode(), "all.rttm")
    assert len(rttm.for_recording(found, "talk", "all.rttm")) == 2
    assert rttm.for_recording(found, "other", "all.rttm") == found[2:]


@pytest.mark.parametrize("stem", ["вечер четверга", "два \t слова", "caf\u0065\u0301"])
def test_a_recording_is_known_by_its_name_without_blanks(stem: str):
    text = rttm.compose([Turn(start_ms=0, end_ms=1)], stem)
    assert rttm.for_recording(rttm.parse(text.encode(), "a"), stem, "a")


def test_rttm_of_another_file_says_of_which():
    found = rttm.parse(line().encode(), "a.rttm")
    with pytest.raises(InputError, match=r"a\.rttm: nothing of my radio, only of talk") as caught:
        rttm.for_recording(found, "my radio", "a.rttm")
    assert (
        caught.value.hint == "its one file is talk: if it is this recording, write my_radio for it"
    )
    many = [Stretch(file=f"f{number}", start_ms=0, end_ms=1) for number in range(7)]
    with pytest.raises(InputError, match="only of f0, f1, f2, f3, f4 and 2 more") as caught:
        rttm.for_recording(many, "talk", "a.rttm")
    assert "write talk in the lines" in caught.value.hint
    with pytest.raises(InputError, match=r"a\.rttm: no line says who speaks when"):
        rttm.for_recording((), "talk", "a.rttm")


def test_rttm_is_written_as_others_write_it():
    found = rttm.compose(
        [
            Turn(start_ms=6_236, end_ms=10_456, speaker="Анна Иванова", voice=1),
            Turn(start_ms=10_456, end_ms=11_456, voice=2),
            Turn(start_ms=12_000, end_ms=12_001),
        ],
        "my talk",
    )
    assert found.splitlines() == [
        "SPEAKER my_talk 1 6.236 4.220 <NA> <NA> Анна_Иванова <NA> <NA>",
        "SPEAKER my_talk 1 10.456 1.000 <NA> <NA> voice_2 <NA> <NA>",
        "SPEAKER my_talk 1 12.000 0.001 <NA> <NA> <NA> <NA> <NA>",
    ]


def rule(turn: Turn) -> str:
    """What becomes of a speaker's name."""
    named = turn.speaker or (f"voice_{turn.voice}" if turn.voice else "<NA>")
    shown = re.sub(r"(\s|[\x00-\x1f\ud800-\udfff])+", "_", unicodedata.normalize("NFC", named))
    return "" if shown == "<NA>" else shown


@given(st.lists(turns, max_size=8), names)
@example([Turn(start_ms=0, end_ms=1, speaker="<NA>")], "<NA>")
@example([Turn(start_ms=0, end_ms=1, speaker=" ; ;")], ";;")
def test_what_is_written_is_read_back(given_turns: list[Turn], stem: str):
    text = rttm.compose(given_turns, stem)
    found = rttm.parse(text.encode(), "a")
    assert [(each.start_ms, each.end_ms, each.speaker) for each in found] == [
        (turn.start_ms, turn.end_ms, rule(turn)) for turn in given_turns
    ]
    if found and stem:
        assert rttm.for_recording(found, stem, "a") == found


columns = st.sampled_from(
    ["SPEAKER", "LEXEME", "talk", "1", "0.5", "1e9", "1e-9", "-1", "<NA>", ";;", "\x00", "\ufeff"]
)
nearly = st.lists(st.lists(columns, max_size=11).map(" ".join), max_size=4).map("\n".join)


@given(st.binary(max_size=200) | nearly.map(str.encode))
def test_whatever_the_bytes_only_our_errors_are_raised(data: bytes):
    for parse in (rttm.parse, rttm.parse_uem):
        try:
            found = parse(data, "a.rttm")
        except InputError as error:
            told = error.message.startswith("a.rttm, line ") and bool(error.hint)
        else:
            told = all(0 <= each.start_ms < each.end_ms for each in found)
        assert told


def test_uem_is_read():
    data = b";; part\ntalk NA 0.000 30.000\r\nother 1 2 3.5\n"
    assert rttm.parse_uem(data, "a.uem") == (
        Stretch(file="talk", start_ms=0, end_ms=30_000),
        Stretch(file="other", start_ms=2_000, end_ms=3_500),
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("talk 1 0", "3 columns, UEM has 4"),
        ("talk 1 0 1 2", "5 columns, UEM has 4"),
        ("talk 1 zero 1", "the start 'zero' is no time"),
        ("talk 1 5 5", "ends at 5, not after its start 5"),
    ],
)
def test_a_line_of_uem_that_is_wrong_is_named(wrong: str, said: str):
    with pytest.raises(InputError, match=f"a.uem, line 2: {said}"):
        rttm.parse_uem(f"talk 1 0 9\n{wrong}\n".encode(), "a.uem")
