"""A second opinion: who gives it, and when it is another one."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import MissingError, UsageError
from pipeline.core.progress import Silent
from pipeline.engines import weights
from pipeline.engines.weights import Weights
from pipeline.translate import opinion
from pipeline.translate.opinion import Asked, OfTranslators, OfWhisper, disagrees
from samples.training import grammar
from tests import packages

SAMPLES = Path(__file__).parents[2] / "samples"
PACKAGE = str(SAMPLES / "weights/translate-ru_en.argosmodel")
HOSTILE = ["", " ", "\0", "\ud83d", "\u202ethree", "…", "🎉" * 90, "x" * 100_000, "1" * 9000]
TEXTS = st.text() | st.sampled_from(HOSTILE)


@dataclass(frozen=True)
class Said:
    start_ms: int
    end_ms: int
    text: str
    language: str = "ru"


AGREE = [
    ("Good evening!", "Hi there, friends!"),
    ("Thank you very much for your question.", "Thanks a lot for your question!"),
    ("We begin our marathon from Managua.", "From Managua we are starting our marathon"),
    ("The concert starts at two in the afternoon.", "THE CONCERT STARTS AT 2 IN THE AFTERNOON"),
    ("The train from Chicago was seven minutes late.", "The train from Chicago is late by 7 min."),
    ("Our guest is a doctor from Peru.", "A physician from Peru is our guest."),
    ("It rained.", ""),
    ("", "It rained."),
]
DISAGREE = [
    ("Our radio will soon be one hundred years old.", "The cat is sitting on the table."),
    ("Yes.", "The volunteers translate tales for bakers in the city of Kazan."),
    ("We will meet on Wednesday in Kazan.", "Thanks for watching, subscribe to the channel!"),
    ("The concert starts at 10 in the evening.", "The concert starts at 11 in the evening."),
    ("In 2018 they built the theatre.", "In 2019 they built the theatre."),
]


@pytest.mark.parametrize(("text", "other"), AGREE)
def test_two_ways_to_say_it_agree(text, other):
    assert not disagrees(text, other)


@pytest.mark.parametrize(("text", "other"), DISAGREE)
def test_quite_another_thing_disagrees(text, other):
    assert disagrees(text, other)


@given(TEXTS, TEXTS)
def test_it_is_mutual_and_nothing_disagrees_with_itself(text, other):
    assert disagrees(text, other) == disagrees(other, text)
    assert not disagrees(text, text)
    assert not disagrees(text, text.upper().lower() + "!")
    assert not disagrees(text, "")


def test_numbers_of_other_languages_are_read_in_their_words():
    assert not disagrees("Vinieron 21 invitados y 32 niños.", "Vinieron veintiún y 32.", "es")


def english() -> list[str]:
    """Sentences of the samples' grammar, long enough to be told apart."""
    return [triple.en for triple in grammar.load().triples() if len(triple.en) > 45]


def test_sentences_about_different_things_disagree_nearly_always():
    lines = english()
    pairs = [(a, b) for a, b in zip(lines, lines[1777:], strict=False)][:400]
    others = [(a, b) for a, b in pairs if not set(a.split()[:4]) & set(b.split()[:4])]
    assert len(others) > 100
    assert sum(disagrees(a, b) for a, b in others) > 0.9 * len(others)


def test_one_word_in_five_changed_is_the_same_opinion():
    for line in english()[:300]:
        row = line.split()
        row[2::5] = ["something"] * len(row[2::5])
        assert not disagrees(line, " ".join(row))


@dataclass
class Echo:
    """A translator that says each sentence backwards, and knows not what to make of `?`."""

    table: dict[str, str] | None = None
    identity: str = "echo@1"
    setting: str = ""

    def tokens(self, sentence):
        return 1

    def translate(self, sentences, *, beginnings=None):
        table = self.table or {}
        return [[] if "?" in each else [(table.get(each, each[::-1]), -0.1)] for each in sentences]


def of_translators(engine, **languages):
    found = {tag: Weights(Path(tag), f"{tag}@1") for tag in languages or {"ru": 1}}
    return OfTranslators(found, "en", load=lambda *_: engine)


def test_a_translator_gives_one_text_per_sentence_and_none_where_it_has_none():
    given = of_translators(Echo({"да": "yes", "si": "yes, sir"}), ru=1, es=1)
    said = [Said(0, 1, "да"), Said(0, 1, "what?"), Said(0, 1, "si", "es"), Said(0, 1, "oui", "fr")]
    assert given.texts(said) == ["yes", "", "yes, sir", ""]
    assert given.texts([]) == []
    assert "ru@1" in given.identity
    assert "es@1" in given.identity


def test_a_loop_and_text_in_the_source_language_are_no_opinion():
    loop = " ".join(["and so on"] * 40)
    given = of_translators(Echo({"а": loop, "б": "это не перевод", "в": "fine"}))
    assert given.texts([Said(0, 1, each) for each in "абв"]) == ["", "", "fine"]


class Ear:
    """What `Translating` is to a recording."""

    def __init__(self, said):
        self.said, self.asked, self.blocks = said, [], None

    def __call__(self, chosen, device):
        return self

    def texts(self, blocks, spans):
        self.asked, self.blocks = list(spans), blocks
        return list(self.said)


def test_whisper_is_asked_about_the_times_of_sentences_and_no_sound_after_them():
    ear = Ear(["Good evening.", ""])
    given = OfWhisper(Weights(Path("x"), "small@1"), lambda end_ms: [end_ms], "cpu", load=ear)
    assert given.texts([Said(100, 900, "а"), Said(50, 400, "б", "es")]) == ["Good evening.", ""]
    assert [(s.start_ms, s.end_ms, s.language) for s in ear.asked] == [
        (100, 900, "ru"),
        (50, 400, "es"),
    ]
    assert ear.blocks == [900]
    assert given.texts([]) == []
    assert "small@1" in given.identity
    assert given.identity != OfWhisper(given.weights, given.sound, "cuda").identity


def test_weights_that_write_down_what_is_said_are_told(caplog):
    given = OfWhisper(Weights(Path("x"), "my@1"), lambda _: [], load=Ear(["Добрый вечер."]))
    with caplog.at_level(logging.WARNING):
        assert given.texts([Said(0, 1000, "Добрый вечер.")]) == [""]
    assert "do not translate" in caplog.text


def find(choice, *, sources=("ru",), target="en", demo=True, offline=True):
    asked = Asked(choice=choice, demo=demo, offline=offline)
    return opinion.find(asked, sources, target, lambda _: [], Silent())


def test_whisper_is_the_demo_with_demo_weights():
    found = find("whisper")
    assert isinstance(found, OfWhisper)
    assert "asr-demo" in found.identity
    assert find(str(SAMPLES / "weights/asr")).identity == found.identity


def test_whisper_is_small_elsewhere_also_where_a_gpu_would_take_turbo(monkeypatch):
    monkeypatch.setattr(weights.gpu, "is_usable", lambda: True)
    with pytest.raises(MissingError, match="small") as caught:
        find("whisper", demo=False)
    assert "marathon models pull small" in caught.value.hint


@pytest.mark.parametrize("choice", ["turbo", "large-v3-turbo", "small.en", "distil-large-v3"])
def test_sizes_that_only_transcribe_are_refused_before_they_are_fetched(choice):
    with pytest.raises(MissingError, match="not trained to translate"):
        find(choice, demo=False, offline=False)


def test_whisper_into_another_language_is_refused_before_anything_is_fetched():
    with pytest.raises(MissingError, match="English only"):
        find("medium", target="es", demo=False, offline=False)


def test_a_package_is_another_translator():
    found = find(PACKAGE)
    assert isinstance(found, OfTranslators)
    assert list(found.found) == ["ru"]
    found = find(PACKAGE, sources=("es", "ru"))  # Spanish gets none
    assert list(found.found) == ["ru"]


def test_a_package_for_no_language_at_hand_is_refused():
    with pytest.raises(MissingError) as caught:
        find(PACKAGE, sources=("es",), target="fr")
    assert "--second-opinion" in caught.value.hint


@pytest.mark.parametrize("choice", ["/nowhere/at/all", "nonsense", "", "\ud83d"])
def test_a_choice_that_names_nothing_is_a_usage_error(choice):
    with pytest.raises((UsageError, MissingError)):
        find(choice)


def test_a_package_that_is_gone_names_the_option_that_it_was_given_with():
    with pytest.raises(UsageError, match="no such file") as caught:
        find("/nowhere/two.argosmodel")
    assert "--second-opinion" in caught.value.hint
    assert "--mt" not in caught.value.hint


def test_demo_weights_are_used_when_asked_for_only():
    with pytest.raises(UsageError, match="demo"):
        find(PACKAGE, demo=False)


@pytest.mark.engine
def test_a_real_package_of_other_weights_disagrees_with_the_demo(tmp_path):
    folder = packages.build(tmp_path / "random")
    said = [Said(0, 1000, "Спасибо вам, друзья."), Said(1000, 2000, "Сегодня с нами гости.")]
    texts = find(str(folder)).texts(said)
    demo = find(PACKAGE).texts(said)
    assert all(demo)
    assert all(disagrees(a, b) for a, b in zip(demo, texts, strict=True) if b)


@pytest.mark.engine
def test_the_sound_of_a_recording_goes_through_real_weights():
    programme = json.loads((SAMPLES / "held-out/truth.json").read_text("utf-8"))["programmes"][0]
    phrase = programme["phrases"][0]
    path = SAMPLES / "held-out" / programme["file"]
    given = opinion.find(
        Asked(choice="whisper", demo=True, device="cpu"),
        ["ru"],
        "en",
        opinion.sound(path),
        Silent(),
    )
    # the demo weights know no translation: they write down the Russian, which is no opinion
    assert given.texts([Said(phrase["start_ms"], phrase["end_ms"], phrase["text"])]) == [""]
