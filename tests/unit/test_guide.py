"""guide.md and chapters.txt."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pipeline.core import catalogue
from pipeline.core.payloads import Segments, Transcript, Voice
from pipeline.core.timeline import Item, ItemKind, Phrase, Turn
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


def test_who_a_reviewer_named_is_not_also_called_as_the_rundown_has_them():
    items = (
        item(0, HOUR, "One", speakers=("painter", "host")),
        item(HOUR, 2 * HOUR, "Two", speakers=("painter",)),
        item(2 * HOUR, 3 * HOUR, "Three", speakers=("writer",)),
    )
    turns = (
        Turn(start_ms=0, end_ms=HOUR // 2, voice=1, speaker="Juan Perez"),
        Turn(start_ms=HOUR // 2, end_ms=HOUR, voice=2, speaker="host"),
        Turn(start_ms=2 * HOUR, end_ms=3 * HOUR, voice=2, speaker="host"),
    )

    def who(evidence: str) -> list[str]:
        voices = (
            Voice(number=1, speech_ms=HOUR, name="Juan Perez", evidence=evidence),
            Voice(number=2, speech_ms=HOUR, name="host", evidence="decision"),
        )
        segments = Segments(turns=turns, items=items, voices=voices)
        text = guide("", "", Transcript(duration_ms=3 * HOUR, lines=()), segments)
        return [line.split(" | ")[4] for line in text.splitlines() if line.startswith("| ")][1:4]

    assert who("decision") == [
        "Juan Perez 30:00, host 30:00",
        "Juan Perez",
        "host 1:00:00, writer",  # the host is listed elsewhere: he is not the writer
    ]
    assert who("enrolment")[0] == "Juan Perez 30:00, host 30:00, painter"


def test_the_turns_and_the_transcript_are_read_as_often_for_many_items_as_for_one():
    class Counted(tuple):
        count = 0

        def __iter__(self):
            self.count += 1
            return super().__iter__()

    def reads(items: int) -> tuple[int, int]:
        turns = Counted([Turn(start_ms=0, end_ms=HOUR, voice=1)])
        lines = Counted([phrase(0, HOUR, "es")])
        edges = pairwise(range(0, HOUR + 1, HOUR // items))
        segments = Segments(turns=turns, items=tuple(item(*edge) for edge in edges))
        guide("", "", Transcript(duration_ms=HOUR, lines=lines), segments)
        return turns.count, lines.count

    assert reads(6) == reads(1)


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


def turn(start_s: int, end_s: int, speaker: str = "", voice: int = 0) -> Turn:
    return Turn(start_ms=start_s * 1_000, end_ms=end_s * 1_000, speaker=speaker, voice=voice)


def who(*turns: Turn, speakers: tuple[str, ...] = (), voices: tuple[Voice, ...] = ()) -> list[str]:
    """The column of who speaks, of two items of a minute each."""
    items = (item(0, 60_000, speakers=speakers), item(60_000, 120_000))
    segments = Segments(turns=turns, items=items, voices=voices)
    lines = guide("", "", Transcript(duration_ms=120_000, lines=()), segments).splitlines()
    return [line.split(" | ")[4] for line in lines if line.startswith(("| 1 ", "| 2 "))]


def test_speakers_are_told_with_their_time_in_each_item():
    turns = (
        turn(0, 10, "Anna", 1),
        turn(10, 40, "", 3),
        turn(40, 45, "Anna", 2),  # two voices, one person
        turn(60, 70, "", 3),
    )
    assert who(*turns) == ["Speaker 3 0:30, Anna 0:15", "Speaker 3 0:10"]


def test_whom_the_rundown_names_and_nobody_heard_comes_last_without_a_time():
    turns = (turn(0, 10, "Anna", 1), turn(10, 12))
    assert who(*turns, speakers=("Juan", "ANNA")) == ["Anna 0:10, Juan", ""]


def test_a_proposal_is_no_name_and_a_singer_no_speaker():
    voices = (
        Voice(number=1, speech_ms=9_000, proposal="Anna"),
        Voice(number=2, speech_ms=9_000, is_music=True),
    )
    assert who(turn(0, 9, "", 1), turn(9, 18, "", 2), voices=voices) == ["Speaker 1 0:09", ""]


def test_voices_that_are_hardly_heard_are_counted():
    few = [Turn(start_ms=s, end_ms=s + 300, voice=9 + s) for s in (56_000, 57_000)]
    assert who(turn(0, 55, "Anna", 1), *few)[0] == "Anna 0:55, 2 more voices"
    assert who(turn(0, 55, "Anna", 1), few[0])[0] == "Anna 0:55, 1 more voice"


def test_names_of_speakers_are_no_markup():
    assert who(turn(0, 9, "<b>|*x*", 1), speakers=("[a](b)",)) == [
        r"\<b>\|\*x\* 0:09, \[a\](b)",
        "",
    ]


def test_what_is_known_of_a_border_is_told_in_plain_words():
    items = (
        item(0, 60_000, "One"),
        item(60_000, 120_000, "Two", flags=("moved:+4200",)),
        item(120_000, 180_000, "Three", flags=("no_evidence",)),
        item(180_000, 240_000, "Four", flags=("moved:-1000", "strange|flag", "moved:+1e9")),
        item(240_000, HOUR, "Five", flags=("moved:+300",)),
    )
    transcript = Transcript(duration_ms=HOUR, lines=())
    text = guide("", "", transcript, Segments(turns=(), items=items))
    assert text.partition("## Where items begin\n\n")[2].splitlines() == [
        "- 2, at 1:00: 4 seconds later than the rundown says",
        "- 3, at 2:00: the rundown's time; nothing heard near it shows where it begins",
        "- 4, at 3:00: 1 second earlier than the rundown says",
    ]
    plain = Segments(turns=(), items=items[:1])
    assert "Where items begin" not in guide("", "", transcript, plain)


def test_the_guide_is_in_the_readers_language():
    items = (
        item(0, 60_000, kind=ItemKind.MUSIC),
        item(60_000, 120_000, "Два", flags=("moved:+22000",)),
        item(120_000, HOUR, flags=("moved:-3000", "no_evidence")),
    )
    lines = (phrase(0, 60_000, "es"), phrase(60_000, 120_000, "ru"))
    turns = (turn(0, 50, "", 3), *(Turn(start_ms=s, end_ms=s + 9, voice=s) for s in range(90, 95)))
    transcript = Transcript(duration_ms=HOUR, lines=lines)
    segments = Segments(turns=turns, items=items)
    text = guide("", "", transcript, segments, catalogue.load("ru"))
    assert text.startswith("# Передача\n")
    assert "| 1 | 0:00 | 1:00 | Музыка 1 | Голос 3 0:50, ещё 5 голосов | испанский |" in text
    assert "- 2, 1:00: на 22 секунды позже, чем в программе передачи" in text
    assert "- 3, 2:00: на 3 секунды раньше, чем в программе передачи" in text
    assert "| 0:00 | 1:00 | испанский |" in text
    assert chapters(items, catalogue.load("es")) == "0:00 Música 1\n1:00 Два\n2:00 Charla 3\n"
