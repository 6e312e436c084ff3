"""The second opinion in a translation: told where it is another thing, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.payloads import Hypothesis, TranslatedSentence, Translation
from pipeline.core.timeline import Word
from pipeline.translate import opinion, second
from pipeline.translate.opinion import Asked


def sentence(source: str, *texts: str, **more) -> TranslatedSentence:
    words = (Word(start_ms=0, end_ms=900, text=source),)
    return TranslatedSentence(
        start_ms=0,
        end_ms=900,
        language="ru",
        source=source,
        words=words,
        hypotheses=tuple(Hypothesis(text=text, score=-0.1, words=words) for text in texts),
        **more,
    )


class Says:
    """An opinion that the test says; it keeps what it was asked."""

    identity = "says"

    def __init__(self, *texts: str) -> None:
        self.said, self.asked = texts, []

    def texts(self, sentences):
        self.asked = [each.text for each in sentences]
        return list(self.said)


OURS = "The concert of the school choir will begin at two in the afternoon."


def test_what_is_quite_another_thing_is_told_and_changes_nothing_else():
    given = Translation(
        target="en",
        sentences=(
            sentence("Концерт в два.", OURS, OURS + " Yes.", flags=("length",)),
            sentence("Концерт в два.", OURS),
            sentence("Мы ждали и", "We waited for you…"),
            sentence("Привет.", "By a person", is_recalled=True),
            sentence("Untranslated"),
        ),
    )
    other = Says("Every fisherman has drunk his own boat under some bridge.", OURS, "")
    made = second.compared(given, other)
    assert other.asked == ["Концерт в два.", "Концерт в два.", "Мы ждали"]
    assert made.sentences[0].flags == ("length", "disagrees")
    assert made.sentences[0].opinion == other.said[0]
    assert made.sentences[0].hypotheses == given.sentences[0].hypotheses
    assert made.sentences[1:] == given.sentences[1:]


@pytest.mark.parametrize(
    ("choice", "before", "expected"),
    [
        ("", "", ""),
        ("", "whisper", "whisper"),
        ("none", "whisper", ""),
        ("small", "whisper", "small"),
        ("none", "", ""),
    ],
)
def test_whom_nobody_names_is_whom_the_last_run_asked(choice, before, expected):
    assert second.chosen(choice, before) == expected


def test_a_folder_is_the_same_from_wherever_it_is_named(tmp_path, monkeypatch):
    (tmp_path / "weights").mkdir()
    monkeypatch.chdir(tmp_path)
    assert second.chosen("weights", "") == str(tmp_path / "weights")


def test_a_package_is_the_same_from_wherever_it_is_named(tmp_path, monkeypatch):
    (tmp_path / "two.argosmodel").touch()
    monkeypatch.chdir(tmp_path)
    assert second.chosen("two.argosmodel", "") == str(tmp_path / "two.argosmodel")


def test_while_it_listens_it_says_how_far_it_is(monkeypatch):
    told: list[object] = []

    class Heard:
        def begin(self, stage, total_ms):
            told.append((stage, total_ms))

        def at(self, position_ms):
            told.append(position_ms)

        def end(self):
            told.append("end")

        def note(self, text):
            """Of no interest."""

    monkeypatch.setattr(opinion, "find", lambda asked, sources, target, sound, progress: sound)
    blocks = [np.zeros(16_000, np.float32)] * 3
    sound = second.find(Asked(choice="whisper"), ["ru"], "en", lambda _: blocks, Heard())
    assert len(list(sound(3_000))) == 3
    assert told == [("second opinion", 3_000), 1_000, 2_000, 3_000, "end"]
