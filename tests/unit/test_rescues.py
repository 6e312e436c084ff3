"""Rescues: a doubtful text is asked for again in other ways, and what stays doubtful is kept."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from pipeline.core.files import Journal
from pipeline.core.timeline import Gap, Sound, Span
from pipeline.transcribe import coverage, guards, rescue
from pipeline.transcribe.memory import Entry, entries
from tests.parrot import LOOP, Parrot, clips, recognise, speech


def ways(path) -> list[str]:
    lines = entries(Journal.open(path).lines())
    return [line.way for line in lines if isinstance(line, Entry)]


@pytest.mark.parametrize(
    ("picture", "way", "expected", "tried"),
    [
        ("r.", "usual", ["слово1"], ["usual"]),
        ("rc", "careful", ["слово1"], ["usual", "careful"]),
        ("rp", "phone", ["алло"], ["usual", "careful", "phone"]),
        ("?o", "other language", ["palabra1"], ["usual", "careful", "other language"]),
        ("r. rh", "halves", ["слово1", "слово2"], ["usual", "careful", "halves", "halves"]),
        ("rp r.", "phone", ["алло"], ["usual", "careful", "halves", "halves", "phone"]),
        ("r. rl", "halves", ["слово1", "слово2"], ["usual", "halves", "halves"]),
        ("r. rg", "gaps", ["слово1", "слово2"], ["usual", "gaps", "gaps"]),
        (
            "r. rf r.",
            "parts",
            ["слово1", "my dear fr2", "слово3"],
            ["usual", "parts", "parts", "parts"],
        ),
    ],
)
def test_what_is_faulty_the_usual_way_is_right_another_way(tmp_path, picture, way, expected, tried):
    found = recognise(tmp_path / "a", Parrot(), clips([speech(picture)]))
    assert [one.heard.text for one in found] == expected
    assert {one.way for one in found} == {way}
    assert not any(one.fault for one in found)
    assert ways(tmp_path / "a") == tried, "every answer is in the journal"


class Noise(Parrot):
    """Nobody speaks; as on the telephone, one word is found in it."""

    likely = 0.0

    def transcribe(self, encoded, language, hotwords="", *, careful=False):
        found = super().transcribe(encoded, language, hotwords, careful=careful)
        return [
            msgspec.structs.replace(heard, log_probability=self.likely)
            if heard.text == "алло"
            else msgspec.structs.replace(heard, log_probability=-8.0, no_speech=0.99)
            for heard in found
        ]


@pytest.mark.parametrize(("likely", "is_taken"), [(-0.24, True), (-0.26, False)])
def test_where_nobody_seems_to_speak_another_way_must_be_sure(tmp_path, likely, is_taken):
    engine = Noise()
    engine.likely = likely
    (one,) = recognise(tmp_path / "a", engine, clips([speech("rp")]))
    assert (one.fault == "") is is_taken  # seen: "в России." in noise, at -0.38
    assert (one.heard.text == "алло") is is_taken


class Unsure(Parrot):
    """With care it is heard right, and the engine is not sure of it."""

    def transcribe(self, encoded, language, hotwords="", *, careful=False):
        found = super().transcribe(encoded, language, hotwords, careful=careful)
        doubt = {"log_probability": -0.6} if careful else {}
        return [msgspec.structs.replace(each, **doubt) for each in found]


@pytest.mark.parametrize(("is_quiet", "way"), [(False, "careful"), (True, "phone")])
def test_what_was_quiet_stays_quiet_however_it_is_heard(tmp_path, is_quiet, way):
    given_clips = [replace(clip, is_quiet=is_quiet) for clip in clips([speech("rc")])]
    (found,) = recognise(tmp_path / "a", Unsure(), given_clips)
    assert (found.way, found.is_quiet) == (way, is_quiet)


def test_parts_in_another_script_are_in_another_language(tmp_path):
    found = recognise(tmp_path / "a", Parrot(), clips([speech("r. rf r.")]))
    assert [one.language for one in found] == ["ru", "en", "ru"]


def test_what_nothing_helps_is_taken_out_and_kept_with_its_reason(tmp_path):
    given_clips = clips([speech("r."), speech("rn r. r."), speech("r.")])
    found = recognise(tmp_path / "a", Parrot(), given_clips)
    assert [one.fault for one in found] == ["", "it repeats itself", ""]
    whole = Span(start_ms=0, end_ms=given_clips[-1].chunk.own.end_ms)
    lines = list(coverage.lines(found, whole, lambda *_: Sound.SILENCE))
    removed = [line for line in lines if isinstance(line, Gap) and line.removed]
    assert [(gap.removed, gap.reason) for gap in removed] == [
        (" ".join([LOOP] * 20), "it repeats itself")
    ]
    assert LOOP not in " ".join(
        word.text for line in lines if not isinstance(line, Gap) for word in line.words
    )


def test_a_benchmark_can_ask_for_no_rescues(tmp_path):
    engine = Parrot()
    found = recognise(
        tmp_path / "a", engine, clips([speech("rc"), speech("r. rf r.")]), rescues=False
    )
    assert [bool(one.fault) for one in found] == [True, False]
    assert len(engine.said) == 2


@pytest.mark.parametrize(
    ("why", "languages", "parts", "expected"),
    [
        ("it repeats itself", {"ru": 1.0, "es": 0.0}, 1, ["careful", "phone"]),
        ("it repeats itself", {"ru": 0.9, "es": 0.1}, 1, ["careful", "phone"]),
        ("it repeats itself", {"ru": 0.6, "es": 0.4}, 1, ["careful", "other language", "phone"]),
        (
            guards.FOREIGN,
            {"ru": 0.9, "es": 0.1},
            1,
            ["other language", "parts", "careful", "phone"],
        ),
        (guards.PHANTOM, {"ru": 1.0}, 2, ["careful", "phone"]),
        ("it repeats itself", {"ru": 1.0}, 2, ["careful", "halves", "phone"]),
        (guards.NOBODY, {"ru": 0.6, "es": 0.4}, 3, ["phone"]),
    ],
)
def test_the_ways_are_always_the_same_in_the_same_order(why, languages, parts, expected):
    assert rescue.ways(why, languages, "ru", parts) == expected


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        ({"ru": 0.5, "es": 0.3, "en": 0.2}, "es"),
        ({"ru": 0.0, "es": 0.2, "en": 0.8}, "en"),
        ({"ru": 0.96, "es": 0.04}, ""),
        ({"ru": 1.0}, ""),
        ({}, ""),
    ],
)
def test_another_language_is_the_likeliest_that_is_likely_at_all(languages, expected):
    assert rescue.other(languages, "ru") == expected


def test_a_telephone_carries_the_middle_of_the_spectrum_at_an_ordinary_loudness():
    at = np.arange(16_000) / 16_000

    def tone(hertz, level=0.01):
        return (level * np.sin(2 * np.pi * hertz * at)).astype(np.float32)

    made = rescue.as_on_the_phone(tone(100) + tone(1_000) + tone(5_000))
    assert (made.dtype, made.shape) == (np.float32, (16_000,))
    spectrum = np.abs(np.fft.rfft(made))
    assert spectrum[1_000] > 100 * max(spectrum[100], spectrum[5_000])
    assert np.sqrt(np.mean(np.square(made))) == pytest.approx(0.1, rel=0.01)
    assert np.abs(rescue.as_on_the_phone(tone(1_000, 1e-4))).max() <= 31 * 1e-4, "noise stays small"
    assert np.abs(rescue.as_on_the_phone(np.zeros(16_000, np.float32))).max() == 0
    assert np.abs(rescue.as_on_the_phone(tone(1_000, 20))).max() <= 1
