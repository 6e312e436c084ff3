"""guide.md and chapters.txt."""

from __future__ import annotations

import pytest

from pipeline.core.payloads import Segments, Transcript
from pipeline.core.timeline import Item, ItemKind, Phrase
from pipeline.emit.guide import chapters, clock, guide

HOUR = 3_600_000


def item(start_ms: int, end_ms: int, title: str = "", **more) -> Item:
    return Item(start_ms=start_ms, end_ms=end_ms, title=title, **more)


def phrase(start_ms: int, end_ms: int, language: str) -> Phrase:
    return Phrase(start_ms=start_ms, end_ms=end_ms, language=language, words=())


def test_the_guide_names_times_speakers_and_the_languages_that_were_heard():
    transcript = Transcript(
        duration_ms=2 * HOUR,
        lines=(
            phrase(0, 60_000, "es"),
            phrase(60_000, 160_000, "ru"),
            phrase(160_000, 161_000, "en"),
        ),
    )
    items = (
        item(0, HOUR, "Peace | talks", speakers=("guest", "host"), languages=("en",)),
        item(HOUR, 2 * HOUR, kind=ItemKind.MUSIC, languages=("es",)),
    )
    text = guide("The marathon", "2019-12-08", transcript, Segments(turns=(), items=items))
    assert text.startswith("# The marathon\n\n2019-12-08\n")
    assert "| 1 | 0:00 | 1:00:00 | Peace \\| talks | guest, host | Russian, Spanish |" in text
    assert "| 2 | 1:00:00 | 2:00:00 | Music 2 |  | Spanish |" in text


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("[here](http://a.b) ![x]", r"\[here\](http://a.b) !\[x\]"),
        ("<b>bold</b> <script>", r"\<b>bold\</b> \<script>"),
        ("*one* __two__ `three` ~~four~~", r"\*one\* \_\_two\_\_ \`three\` \~\~four\~\~"),
        ("a | b \\| c", r"a \| b \\\| c"),
        ("&lt;b&gt; &#60; Tom & Ann; R&B", r"\&lt;b\&gt; \&#60; Tom & Ann; R&B"),
        ("C# # 1 #", r"C# \# 1 \#"),
        ("Мир, дружба (1957) – ¿qué?", "Мир, дружба (1957) – ¿qué?"),
    ],
)
def test_what_people_wrote_is_shown_as_it_is_and_is_no_markup(said: str, written: str):
    items = (item(0, HOUR, said, speakers=(said,)),)
    text = guide(said, "", Transcript(duration_ms=HOUR, lines=()), Segments(turns=(), items=items))
    assert text.startswith(f"# {written}\n")
    assert f"| {written} | {written} |" in text


def test_a_guide_without_a_title_still_has_one():
    text = guide("", "", Transcript(duration_ms=1, lines=()), Segments(turns=(), items=()))
    assert text.startswith("# Programme\n")


def test_chapters_begin_at_zero_and_short_items_are_none():
    items = [
        item(3_000, 60_000, "Opening"),
        item(60_000, 65_000, "Jingle"),
        item(65_000, 120_000, "Guest"),
        item(120_000, HOUR + 5_000, "Song"),
    ]
    assert chapters(items) == "0:00 Opening\n1:05 Guest\n2:00 Song\n"


def test_too_few_items_give_no_chapters():
    assert chapters([item(0, HOUR, "All")]) == ""


def test_a_clock_reads_as_on_a_player():
    assert [clock(5_999), clock(754_000), clock(HOUR + 123_000)] == ["0:05", "12:34", "1:02:03"]
