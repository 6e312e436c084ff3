"""The sample broadcast: what is said in it is held out, and its files tell the truth about it."""

import json
from itertools import pairwise

import numpy as np
import pytest

from pipeline.core.media import probe
from pipeline.core.timeline import ItemKind
from pipeline.programme import glossary, info, rundown
from pipeline.subtitles import srt
from samples import music, opus, script
from samples.make import SAMPLES
from samples.script import ScriptError
from samples.training import corpus, grammar

SCRIPT = script.load()
LINES = SCRIPT.lines
RECORDING = SAMPLES / "broadcast.opus"
WORDS = json.loads((SAMPLES / "broadcast.words.json").read_text("utf-8"))
DURATION_MS = probe(RECORDING).duration_ms
INFO = info.load(RECORDING)
RUNDOWN = rundown.load(INFO.rundown)
ORIG = srt.parse((SAMPLES / "broadcast.orig.srt").read_bytes(), "orig")
ENGLISH = srt.parse((SAMPLES / "broadcast.en.srt").read_bytes(), "en")
TURNS = [line.split() for line in (SAMPLES / "broadcast.rttm").read_text("utf-8").splitlines()]


def text_of(cues):
    return " ".join(line for cue in cues for line in cue.lines)


def test_every_sentence_with_slots_is_held_out_from_training():
    with_slots = [line for line in LINES if line.triple.slots]
    assert [line.text for line in with_slots if not grammar.is_held_out(line.triple)] == []


def test_sentences_that_training_knows_are_a_minority():
    assert sum(not line.triple.slots for line in LINES) < 0.15 * len(LINES)


def test_the_voices_are_five_and_ones_that_training_heard():
    assert len({line.who for line in LINES}) >= 5
    assert len({role.variant for role in SCRIPT.voices.values()}) == len(SCRIPT.voices)
    for role in SCRIPT.voices.values():
        assert role.variant in corpus.MAIN
        assert 140 <= role.speed <= 165
    assert {who for who, role in SCRIPT.voices.items() if role.line == "phone"} == {"caller"}


def test_a_conversation_switches_between_languages():
    for tag in ("es", "en"):
        item = next(item for item in SCRIPT.items if tag in item.languages)
        switches = sum(a.language != b.language for a, b in pairwise(item.lines))
        assert switches >= 2


def test_overlaps_are_short_and_never_between_languages():
    overlapping = [(a, b) for a, b in pairwise(LINES) if b.overlap_ms]
    assert len(overlapping) >= 3
    for before, after in overlapping:
        assert after.overlap_ms <= 200
        assert before.language == after.language
        assert before.who != after.who


def test_the_recording_is_opus_of_about_six_minutes_and_small():
    (stream,) = probe(RECORDING).streams
    assert (stream.codec, stream.rate) == ("opus", 48_000)
    assert 330_000 <= DURATION_MS <= 390_000
    assert RECORDING.stat().st_size <= 2_000_000


def test_the_words_are_those_of_the_script_in_order():
    said = [(word, one.language, one.who) for one in LINES for word in one.text.split()]
    assert [(word["text"], word["language"], word["speaker"]) for word in WORDS] == said


def test_the_words_lie_inside_the_recording_and_overlap_only_between_speakers():
    for word in WORDS:
        assert 0 <= word["start_ms"] < word["end_ms"] <= DURATION_MS
    for before, after in pairwise(WORDS):
        allowed = 200 if before["speaker"] != after["speaker"] else 0
        assert before["end_ms"] - after["start_ms"] <= allowed


def test_the_turns_hold_every_word_and_no_long_pause():
    spans = [(float(t[3]) * 1000, (float(t[3]) + float(t[4])) * 1000, t[7]) for t in TURNS]
    assert {turn[0] for turn in TURNS} == {"SPEAKER"}
    for word in WORDS:
        assert any(
            start - 1 <= word["start_ms"] and word["end_ms"] <= end + 1 and who == word["speaker"]
            for start, end, who in spans
        )
    spoken = sum(word["end_ms"] - word["start_ms"] for word in WORDS)
    assert sum(end - start for start, end, _ in spans) < 1.25 * spoken


def test_the_track_as_spoken_holds_every_sentence():
    assert text_of(ORIG) == " ".join(line.text for line in LINES)


def test_the_english_track_translates_russian_and_nothing_else():
    wanted = [line.triple.en if line.language == "ru" else line.text for line in LINES]
    assert text_of(ENGLISH) == " ".join(wanted)


@pytest.mark.parametrize("cues", [ORIG, ENGLISH], ids=["orig", "en"])
def test_cues_are_as_people_read_them(cues):
    for cue in cues:
        assert len(cue.lines) <= 2
        assert max(map(len, cue.lines)) <= 42
        assert 600 <= cue.end_ms - cue.start_ms <= 7_000
    assert sum(cue.end_ms - cue.start_ms >= 1_000 for cue in cues) > 0.95 * len(cues)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(cues))


def test_forty_seconds_of_music_hold_no_words_and_no_cues():
    item = next(entry for entry in RUNDOWN if entry.kind is ItemKind.MUSIC)
    assert item.end_ms - item.start_ms == pytest.approx(40_000, abs=5_000)
    starts = [word["start_ms"] for word in WORDS]
    ends = [word["end_ms"] for word in WORDS]
    longest = max(zip(ends, starts[1:], strict=False), key=lambda pause: pause[1] - pause[0])
    assert longest[1] - longest[0] >= 40_000
    for cue in (*ORIG, *ENGLISH):
        assert cue.end_ms < longest[0] + 2_500 or cue.start_ms > longest[1] - 500


def test_the_rundown_is_rough_and_right():
    assert [entry.title for entry in RUNDOWN] == [item.title for item in SCRIPT.items]
    assert [entry.speakers for entry in RUNDOWN] == [item.speakers for item in SCRIPT.items]
    assert RUNDOWN[0].start_ms == 0
    assert RUNDOWN[-1].end_ms <= DURATION_MS
    at = 0
    for entry, item in zip(RUNDOWN, SCRIPT.items, strict=True):
        words = sum(len(line.text.split()) for line in item.lines)
        if words:
            assert abs(WORDS[at]["start_ms"] - entry.start_ms) < 8_000
        at += words


def test_the_info_file_says_what_the_pipeline_needs():
    assert INFO.languages == ("ru", "es", "en")
    assert INFO.translate == {"ru": "en"}
    assert INFO.glossary == SAMPLES / "glossary.tsv"


def test_glossary_terms_occur_and_many_of_them_inflected():
    terms = glossary.load(INFO.glossary)
    russian = [line.triple for line in LINES if line.language == "ru"]
    assert len(terms) >= 15
    used = {t.source for t in terms if any(t.target in one.en for one in russian)}
    inflected = {
        t.source
        for t in terms
        if any(t.target in one.en and t.source not in one.ru for one in russian)
    }
    assert len(used) >= 12
    assert len(inflected) >= 6


def test_glossary_targets_are_what_the_grammar_says():
    for term in glossary.load(INFO.glossary):
        known = [t for t in grammar.load().triples() if term.source.casefold() in t.ru.casefold()]
        assert known
        assert all(term.target.casefold() in triple.en.casefold() for triple in known), term


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"who": "host", "ru": "Это сказано не здесь."}, "not a sentence of the grammar"),
        ({"who": "host", "en": "Stay with us!"}, "no voice for host in en"),
        ({"who": "nobody", "ru": "Оставайтесь с нами!"}, "no voice for nobody"),
        ({"who": "host"}, "no voice for host in None"),
    ],
)
def test_a_line_that_cannot_be_spoken_is_refused(line, message):
    host = {"variant": "m3", "pitch": 40, "speed": 150, "accents": {"ru": "ru"}}
    document = {"voices": {"host": host}, "part": [{"title": "a", "lines": [line]}]}
    with pytest.raises(ScriptError, match=message):
        script.parse(document, grammar.load())


@pytest.mark.parametrize("kind", sorted(music.KINDS))
def test_music_fills_its_time_and_is_the_same_every_time(kind):
    sound = music.KINDS[kind](6)
    assert len(sound) == 6 * music.RATE
    assert np.abs(sound).max() == pytest.approx(0.4, abs=0.01)
    assert np.array_equal(sound, music.KINDS[kind](6))


def test_the_melody_of_the_serenade_fills_its_bars():
    beats = sum(int(note.split(":")[1]) for note in music._MELODY.split())
    assert beats == 3 * len(music._BARS)


def test_the_same_samples_give_the_same_opus_file(tmp_path):
    sound = music.signal(2)
    data = opus.encode(sound, music.RATE, 24_000)
    assert data == opus.encode(sound, music.RATE, 24_000)
    (tmp_path / "a.opus").write_bytes(data)
    assert probe(tmp_path / "a.opus").duration_ms == pytest.approx(2_000, abs=20)
