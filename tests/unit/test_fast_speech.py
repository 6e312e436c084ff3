"""Fast speech: sentences share cues, but none is torn where that can be helped."""

from __future__ import annotations

from pathlib import Path

from pipeline.core.timeline import Word
from pipeline.measure.reference import parse_words
from pipeline.subtitles import profile
from pipeline.subtitles.layout import Part, Stretch, lay_out

SAMPLE = Path(__file__).parents[2] / "samples" / "broadcast.words.json"


def test_no_cue_begins_inside_one_sentence_and_ends_inside_the_next():
    """Three lines of the sample's news, spoken half as fast again."""
    said = parse_words(SAMPLE.read_bytes(), "sample")
    words = tuple(
        Word(start_ms=word.start_ms * 7 // 10, end_ms=word.end_ms * 7 // 10, text=word.text)
        for word in said
        if 311_000 <= word.start_ms < 343_000
    )
    stretch = Stretch((Part(words),), "ru", "", "")
    [cues] = lay_out([stretch], profile.load("default"), until_ms=400_000)
    texts = [" ".join(cue.lines) for cue in cues]
    assert [text for text in texts if ". " in text and not text.endswith((".", "!"))] == []
