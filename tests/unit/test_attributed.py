"""transcript.txt and transcript.json."""

from __future__ import annotations

import json

from hypothesis import given, settings

from pipeline.core.payloads import Segments, Transcript, Voice
from pipeline.core.timeline import Item, Turn
from pipeline.emit.attributed import as_json, said, text
from tests.strategies import segments, transcripts
from tests.unit.test_tracks import phrase

ITEMS = (Item(start_ms=0, end_ms=60_000),)
TRANSCRIPT = Transcript(
    duration_ms=60_000,
    lines=(
        phrase("Hola, amigos.", 1_000, 3_000, "es"),
        phrase("Привет, друзья.", 4_000, 6_000),
        phrase("Раз два", 9_000, 9_400),
        phrase("tres", 9_400, 9_800, "es"),
    ),
)
TURNS = (
    Turn(start_ms=1_000, end_ms=3_000, voice=3),
    Turn(start_ms=4_000, end_ms=6_000, speaker="Olga", voice=1, interprets=0),
    Turn(start_ms=7_000, end_ms=8_000, speaker="Anna", voice=2),
)
SEGMENTS = Segments(turns=TURNS, items=ITEMS)


def test_each_turn_is_a_paragraph_with_its_time_speaker_and_words():
    found = text("The\nmarathon", "2019-12-08", said(TRANSCRIPT, SEGMENTS))
    assert found == (
        "The marathon\n2019-12-08\n\n"
        "[0:01] Speaker 3 (Spanish)\nHola, amigos.\n\n"
        "[0:04] Olga (Russian) interpreting Speaker 3\nПривет, друзья.\n\n"
        "[0:09] (Russian)\nРаз два\n\n"
        "[0:09] (Spanish)\ntres\n"
    )


def test_one_language_is_not_told_and_nobody_is_nameless():
    transcript = Transcript(duration_ms=9_000, lines=(phrase("раз два", 0, 900),))
    segments = Segments(turns=(Turn(start_ms=0, end_ms=900),), items=ITEMS)
    assert text("", "", said(transcript, segments)) == "[0:00]\nраз два\n"
    assert text("", "", said(Transcript(duration_ms=1, lines=()), segments)) == ""


def test_nothing_in_a_name_or_a_word_makes_another_paragraph():
    transcript = Transcript(duration_ms=9_000, lines=(phrase("раз\u2028два", 0, 900),))
    turns = (Turn(start_ms=0, end_ms=900, speaker="An\r\n\nna\x1b"),)
    found = text("", "", said(transcript, Segments(turns=turns, items=ITEMS)))
    assert found == "[0:00] An na\nраз два\n"


def test_programs_get_turns_with_words_and_interpretations_at_their_places():
    early = phrase("Ну", 200, 400)
    transcript = Transcript(duration_ms=60_000, lines=(early, *TRANSCRIPT.lines))
    voices = (Voice(number=1, speech_ms=2_000, name="Olga", evidence="decision"),)
    data = as_json("T", "2019-12-08", 60_000, voices, said(transcript, SEGMENTS))
    found = json.loads(data)
    assert [found[key] for key in ("title", "date", "duration_ms")] == ["T", "2019-12-08", 60_000]
    assert found["voices"][0]["name"] == "Olga"
    stray, guest, interpreter, silent, *_ = found["turns"]
    assert [word["text"] for word in stray["words"]] == ["Ну"]
    assert (stray["speaker"], stray["voice"], stray["language"]) == ("", 0, "ru")
    assert (guest["speaker"], guest["voice"], guest["language"]) == ("", 3, "es")
    assert guest["words"][0] == {
        "start_ms": 1_000,
        "end_ms": 2_000,
        "text": "Hola,",
        "probability": 1.0,
    }
    assert found["turns"][interpreter["interprets"]] == guest
    assert silent["words"] == []
    assert data.count(b"\n") == 1 + len(found["turns"]) + 1


def test_a_recording_without_turns_is_still_json():
    assert json.loads(as_json("", "", 1, (), []))["turns"] == []


@settings(max_examples=40)
@given(transcripts(), segments())
def test_every_word_is_in_one_turn(transcript: Transcript, some: Segments):
    found = said(transcript, some)
    words = sorted((w.start_ms, w.end_ms, w.text) for turn in found for w in turn.words)
    spoken = (w for each in transcript.phrases for w in each.words)
    assert words == sorted((w.start_ms, w.end_ms, w.text) for w in spoken)
    assert sorted(found, key=lambda turn: turn.start_ms) == found
    data = as_json("", "", transcript.duration_ms, (), found)
    assert len(json.loads(data)["turns"]) == len(found)
    paragraphs = text("", "", found).split("\n\n")
    assert len(paragraphs) <= len(found) or not found
