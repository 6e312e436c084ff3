"""Turns: over all words, never across a pause, a change of language or an item's border."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.payloads import Transcript
from pipeline.core.timeline import Item, Phrase, Turn, Word
from pipeline.segment.items import whole
from pipeline.segment.listening import Known
from pipeline.segment.stage import Options, Told, segment
from pipeline.segment.turns import turns
from tests.strategies import transcripts


def phrase(language: str, *spans: tuple[int, int]) -> Phrase:
    words = tuple(Word(start_ms=start, end_ms=end, text="x") for start, end in spans)
    return Phrase(start_ms=spans[0][0], end_ms=spans[-1][1], language=language, words=words)


def spans(found: tuple[Turn, ...]) -> list[tuple[int, int]]:
    return [(turn.start_ms, turn.end_ms) for turn in found]


def test_phrases_with_short_pauses_are_one_turn():
    phrases = [phrase("ru", (0, 500), (500, 900)), phrase("ru", (1_200, 2_000))]
    assert spans(turns(phrases, whole(9_000, ""), pause_ms=1_500)) == [(0, 2_000)]


def test_a_long_pause_begins_a_turn():
    phrases = [phrase("ru", (0, 500)), phrase("ru", (2_000, 2_500))]
    assert spans(turns(phrases, whole(9_000, ""), pause_ms=1_500)) == [(0, 500), (2_000, 2_500)]


def test_a_change_of_language_begins_a_turn():
    phrases = [phrase("ru", (0, 500)), phrase("es", (500, 900))]
    assert spans(turns(phrases, whole(9_000, ""), pause_ms=1_500)) == [(0, 500), (500, 900)]


def test_a_border_of_items_begins_a_turn_even_inside_a_phrase():
    items = (
        Item(start_ms=0, end_ms=600, speakers=("Anna",)),
        Item(start_ms=600, end_ms=9_000, speakers=("Juan", "Anna")),
    )
    found = turns([phrase("ru", (0, 500), (500, 900))], items, pause_ms=1_500)
    assert found == (
        Turn(start_ms=0, end_ms=500, speaker="Anna"),
        Turn(start_ms=500, end_ms=900, speaker=""),
    )


def test_without_words_there_are_no_turns():
    assert turns([], whole(9_000, ""), pause_ms=1_500) == ()


@given(
    transcripts().filter(lambda made: made.duration_ms > 0),
    st.lists(st.integers(1, 100_000), max_size=4),
    st.integers(1, 5_000),
)
def test_every_word_lies_in_exactly_one_turn(recording, cuts, pause_ms):
    inside = sorted({cut for cut in cuts if cut < recording.duration_ms})
    edges = [0, *inside, recording.duration_ms]
    items = tuple(Item(start_ms=start, end_ms=end) for start, end in pairwise(edges))
    found = turns(recording.phrases, items, pause_ms=pause_ms)
    assert spans(found) == sorted(spans(found))
    for spoken in (word for part in recording.phrases for word in part.words):
        around = [
            turn
            for turn in found
            if turn.start_ms <= spoken.start_ms and spoken.end_ms <= turn.end_ms
        ]
        assert len(around) == 1


def test_the_stage_takes_the_title_of_the_info_file_where_there_is_no_rundown():
    recording = Transcript(duration_ms=900, lines=(phrase("ru", (0, 900)),))
    made = segment(recording, Known(), Told(title="Marathon"), Options())
    assert made.items[0].title == "Marathon"
    assert spans(made.turns) == [(0, 900)]
