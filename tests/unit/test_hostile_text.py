"""Text that strangers may send costs no more than its length: each took its square before."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from pipeline.core.timeline import Cue
from pipeline.review import rewrites
from pipeline.review.decisions import Anchor, Approve
from pipeline.review.given import given
from pipeline.review.marking import marked
from pipeline.subtitles import profile as profiles
from pipeline.subtitles import reader
from pipeline.subtitles.found import Found
from pipeline.subtitles.text import clean, kept
from pipeline.subtitles.text_checks import text_findings
from tests.unit.test_align import cue

MANY = 30_000  # each took ten seconds at least
LIMIT_S = 4.0


def tags() -> object:
    one = [cue(0, 1_000, "<a" + 2 * MANY * " " + "x"), cue(2_000, 3_000, "<i>a</i>")]
    other = [cue(0, 1_000, "<a" + 2 * MANY * " " + "y"), cue(2_000, 3_000, "<I>a</I>")]
    return rewrites.found(list(zip(one, other, strict=True)))


def unclosed() -> object:
    row = Cue(start_ms=0, end_ms=1_000, lines=("<b>" * MANY + "<i></i>" * MANY,), language="en")
    return [*text_findings([row], ["en"], profiles.load("default"))]


def broken() -> object:
    text = "1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:0x --> 00:00:04,000\n"
    return given(reader.read(f"{text}{2 * MANY * ' '}x\n".encode(), "a.srt"))


def bookmarked() -> object:
    entries = [{"ms": at * 10 - at, "idx": at, "txt": "see"} for at in range(MANY)]
    cues = [Found(at * 10 + 5, at * 10 + 9, ("a",), at) for at in range(MANY)]
    approve = Approve(at=Anchor(track="en", start_ms=0, end_ms=1), who="", when="", source="")
    return marked(json.dumps({"bookmarks": entries}).encode(), "a", [], cues, approve)


@pytest.mark.parametrize(
    "work",
    [
        lambda: clean(">" + 3 * MANY * "-"),
        lambda: kept("1" + MANY * "-> "),
        lambda: kept("1" + 3 * MANY * " -" + "x"),
        tags,
        unclosed,
        broken,
        bookmarked,
    ],
    ids=["dashes", "arrows", "blanks and dashes", "tags", "unclosed", "broken", "bookmarks"],
)
def test_time_grows_with_length_and_no_faster(work: Callable[[], object]):
    began = time.process_time()
    work()
    assert time.process_time() - began < LIMIT_S


def test_an_arrow_between_numbers_is_made_harmless_and_no_other():
    assert kept("1 -> 2") == "1 › 2"
    assert kept("1. -- -> (2 -> a") == "1. › (2 › a"
    assert kept("one -> 2, --") == "one -> 2, --"
