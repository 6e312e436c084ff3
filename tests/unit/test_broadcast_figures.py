"""What is measured on held-out broadcasts; neither weights nor a synthesiser is needed."""

import json

import pytest

from pipeline.core.errors import UsageError
from pipeline.core.payloads import Transcript
from pipeline.core.timeline import Gap, Phrase, Sound, Word
from pipeline.measure.words import SpokenWord
from samples.training import broadcast_figures as figures
from samples.training import broadcast_set
from samples.training.broadcast_set import numbers
from samples.training.check_set import Stretch


def row(start_ms, language, text, condition="clean"):
    words = [[start_ms + 500 * at, start_ms + 500 * at + 400] for at in range(len(text.split()))]
    ends = {"start_ms": start_ms, "end_ms": words[-1][1], "words_ms": words}
    return {**ends, "language": language, "voice": "x", "condition": condition, "text": text}


def line(start_ms, end_ms, language, text="a"):
    word = Word(start_ms=start_ms, end_ms=end_ms, text=text)
    return Phrase(start_ms=start_ms, end_ms=end_ms, language=language, words=(word,))


def spoken(start_ms, text, language="ru"):
    return SpokenWord(start_ms=start_ms, end_ms=start_ms + 400, text=text, language=language)


@pytest.fixture
def broadcast(tmp_path):
    phrases = [
        row(1_000, "ru", "раз два три четыре пять шесть семь"),
        row(4_500, "es", "uno dos", "phone"),
        row(30_000, "ru", "раз"),
    ]
    silent = [{"start_ms": 6_000, "end_ms": 29_000, "kind": "music"}]
    truth = {"file": "7.opus", "seed": 7, "duration_ms": 31_000}
    truth |= {"phrases": phrases, "no_speech": silent}
    broadcast_set.truth_path(tmp_path, 7).write_text(json.dumps(truth), "utf-8")
    return broadcast_set.load(tmp_path, 7)


def test_a_run_ends_with_its_language_or_with_a_rest(broadcast):
    assert [[one.language for one in run] for run in broadcast.runs()] == [["ru"], ["es"], ["ru"]]


def test_no_chunk_of_the_truth_reaches_into_another_language(broadcast):
    stretches = [stretch for stretch, _ in broadcast.chunks(13_000)]
    assert stretches == [Stretch(850, 4_500), Stretch(4_400, 5_650), Stretch(29_850, 30_650)]


def test_words_near_another_language_are_told_apart(broadcast):
    near = "near a switch"
    assert [at for at, place in enumerate(broadcast.places()) if place != near] == [0, 1, 2, 9]


def test_error_rates_stand_by_every_label(broadcast):
    heard = [word for word in broadcast.words if word.text != "dos"]
    found = figures.error_rates([(broadcast.words, heard)], figures.labels(broadcast))
    assert found["all"] == 10.0
    assert (found["ru"], found["es"], found["phone"], found["clean"]) == (0.0, 50.0, 50.0, 0.0)


def test_words_that_no_phrase_covers_are_not_heard():
    reference = [spoken(0, "a"), spoken(1_000, "b"), spoken(2_000, "c")]
    found = figures.words_in_language(reference, [line(0, 500, "ru"), line(900, 1_600, "es")])
    assert found["all"] == {"words": 3, "right": 33.33, "right_of_heard": 50.0}


def test_a_long_phrase_has_the_language_of_most_of_its_words(broadcast):
    heard = [spoken(1_000, "a"), spoken(2_000, "b", "es"), spoken(3_000, "c")]
    found = figures.phrases_in_language(broadcast.phrases, heard)
    assert found["all"] == {"phrases": 1, "right": 100.0, "unheard": 0}
    assert figures.phrases_in_language(broadcast.phrases, [])["ru"]["unheard"] == 1


def test_words_at_the_edge_of_a_rest_are_not_invented(broadcast):
    heard = [spoken(5_950, "late"), spoken(12_000, "invented")]
    assert figures.invented(broadcast, heard) == {"music": 1}


def test_words_of_a_language_that_was_not_asked_for_are_counted():
    assert figures.foreign([line(0, 500, "ru"), line(500, 900, "cy")], ("ru", "es")) == {"cy": 1}


def test_holes_and_overlaps_are_named():
    gap = Gap(start_ms=0, end_ms=500, sound=Sound.SILENCE)
    whole = Transcript(duration_ms=900, lines=(gap, line(500, 900, "ru")))
    assert figures.holes(whole) == []
    torn = Transcript(duration_ms=1_000, lines=(gap, line(600, 900, "ru")))
    assert figures.holes(torn) == [
        "500 ms is followed by 600 ms",
        "ends at 900 ms of 1000 ms",
    ]


def test_seeds_are_written_as_people_write_them():
    assert numbers("1-3,7") == [1, 2, 3, 7]


def test_a_missing_broadcast_is_a_wrong_command_line(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        broadcast_set.load(tmp_path, 1)
