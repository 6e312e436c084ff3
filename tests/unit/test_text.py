"""Text that is safe as a line, and as long as it looks."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core.timeline import Cue
from pipeline.subtitles import reader, srt
from pipeline.subtitles.text import clean, kept, width


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("  two   words ", "two words"),
        ("a\r\nb\tc\x00d\u2028e\x85f", "a b c d e f"),
        ("00:00:03,000 --> 00:00:04,000", "00:00:03,000 › 00:00:04,000"),
        ("a -> b — > c ––>> d", "a › b › c › d"),
        ("-\u200b->", "›"),
        ("3 > 2", "3 > 2"),
        ("\ufeff\u200b", ""),
        ("20\u00a0000", "20\u00a0000"),
        ("half \ud83d", "half \ufffd"),
        ("\u0301", ""),
    ],
)
def test_text_is_made_harmless(text: str, safe: str):
    assert clean(text) == safe


@given(st.text(st.characters(codec=None)))
def test_cleaning_twice_is_cleaning_once(text: str):
    once = clean(text)
    assert clean(once) == once
    assert not any(unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"} for c in once)
    assert "-->" not in once
    once.encode()


@given(st.text(alphabet="0123:,.-–>= aа\u00a0[(#\x07", max_size=30))
@example("0:00:04 --> somewhen")
@example("see -> 0:00:04")
def test_a_persons_line_is_read_again_as_it_was_kept(text: str):
    line = kept(text)
    assert kept(line) == line
    if not clean(line):
        return
    cue = Cue(start_ms=0, end_ms=900, lines=("a", line), language="en")
    data = srt.compose([cue], kept=[cue])
    assert [found.lines for found in reader.read(data, "x").cues] == [cue.lines]


def test_accents_that_combine_take_no_room():
    assert width("молоко\u0301") == width("молоко") == 6
    assert width("שלום\u200f") == 4


def test_only_what_takes_room_is_counted_at_once():
    for character in map(chr, range(sys.maxunicode + 1)):
        assert width(character) == (unicodedata.category(character) not in {"Mn", "Me", "Cf"})


def test_a_zero_that_nobody_sees_parts_no_word_of_a_person():
    assert kept("Hel\0lo\0") == "Hello"
    assert kept("\0") == ""
    assert "-->" not in kept("0:01 -\0-> 0:02")
