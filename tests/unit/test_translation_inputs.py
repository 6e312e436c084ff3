"""What makes a translation stale, and which weights serve which pair of languages."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import pytest

from pipeline.core import artifacts
from pipeline.core.artifacts import TRANSLATION
from pipeline.core.errors import ArtifactError, MissingError
from pipeline.core.payloads import Transcript
from pipeline.core.progress import Silent
from pipeline.core.timeline import Span
from pipeline.core.workspace import ORIGINAL
from pipeline.engines import argos_home, translators
from pipeline.programme import inflection, memory
from pipeline.programme.info import Info
from pipeline.review import decisions
from pipeline.review.decisions import Anchor, Approve, Delete, Text, Time
from pipeline.segment import stage as segment
from pipeline.translate import opinion
from pipeline.translate import stage as translate
from tests import packages
from tests.unit.test_text_stages import engine, package, phrase, transcribed, ws

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.core.workspace import Workspace

__all__ = ["engine", "package", "ws"]  # fixtures


def test_another_title_or_speaker_translates_nothing_again(ws: Workspace, engine: translate.Engine):
    segment.run(ws, Info(title="One"), segment.Options())
    translate.run(ws, Info(title="One"), translate.Options(), engine, Silent())
    info = Info(title="Two")
    assert segment.run(ws, info, segment.Options()) == "made"
    assert translate.plan(ws, info, translate.Options(), engine) == []
    assert translate.run(ws, info, translate.Options(), engine, Silent()) == "current"


def test_other_turns_make_it_stale(ws: Workspace, engine: translate.Engine):
    segment.run(ws, Info(), segment.Options())
    translate.run(ws, Info(), translate.Options(), engine, Silent())
    rundown = ws.recording.with_name("r.csv")
    rundown.write_text("start\n0\n1\n")
    segment.run(ws, Info(rundown=rundown), segment.Options(window_ms=0))
    (reason,) = translate.plan(ws, Info(rundown=rundown), translate.Options(), engine)
    assert reason.startswith("en: who speaks when changed")


def test_named_weights_serve_their_own_pair_and_the_installed_ones_the_others(
    ws: Workspace, engine: translate.Engine
):
    segment.run(ws, Info(), segment.Options())
    both = Info(translate={"ru": "en", "es": "en"})
    with pytest.raises(MissingError, match="translates es to en is on this machine"):
        translate.run(ws, both, translate.Options(), engine, Silent())
    installed = packages.build(argos_home.package_folder() / "es_en", "es")
    try:
        translate.run(ws, both, translate.Options(), engine, Silent())
    finally:
        shutil.rmtree(installed)
    used = artifacts.read(ws.translation_path("en"), TRANSLATION).origin.weights
    assert "ru: argos-ru_en" in used
    assert "es: argos-es_en" in used


def test_an_opinion_on_one_target_stops_no_translation_into_another(ws, package, monkeypatch):
    asked, told = [], []

    class Heard:
        identity = "heard@1"

        def texts(self, sentences):
            asked.extend(each.text for each in sentences)
            return [""] * len(sentences)

    class Notes(Silent):
        def note(self, text):
            told.append(text)

    real = opinion.find

    def find(asked, sources, target, sound, progress):
        return Heard() if target == "en" else real(asked, sources, target, sound, progress)

    monkeypatch.setattr(opinion, "find", find)
    segment.run(ws, Info(), segment.Options())
    both = Info(translate={"es": "ru", "ru": "en"})
    options = translate.Options(second_opinion="whisper")
    engine = translate.Engine(device="cpu", offline=True)
    installed = [
        packages.build(argos_home.package_folder() / name, *name.split("_"))
        for name in ("ru_en", "es_ru")
    ]
    try:
        translate.look_ahead(both, options, engine, Silent())
        assert translate.run(ws, both, options, engine, Notes()) == "made"
        assert translate.run(ws, both, options, engine, Notes()) == "current"
        assert translate.run(ws, both, translate.Options(), engine, Notes()) == "current"
        with pytest.raises(MissingError, match="English only"):
            translate.look_ahead(Info(translate={"es": "ru"}), options, engine, Silent())
    finally:
        for folder in installed:
            shutil.rmtree(folder)
    assert asked
    assert [text for text in told if "second opinion" in text] == [
        "no second opinion on what becomes ru: Whisper translates into English only, not into ru"
    ]


def test_named_weights_for_a_pair_nobody_asked_for_are_refused(
    ws: Workspace, engine: translate.Engine
):
    segment.run(ws, Info(), segment.Options())
    info = Info(translate={"es": "en"})
    with pytest.raises(MissingError, match="translates ru to en, not es to en"):
        translate.run(ws, info, translate.Options(), engine, Silent())


class Counting:
    """Engines that count: how often one was loaded, and what it was asked."""

    def __init__(self) -> None:
        self.loaded = 0
        self.asked: list[str] = []

    def __call__(self, weights, decoding=None, device="auto"):
        self.loaded += 1
        real = translators.load(weights, decoding, device)
        ask = real.translate

        def translate(sentences, *, beginnings=None):
            self.asked += sentences
            return ask(sentences, beginnings=beginnings)

        real.translate = translate
        return real


TALK = """Добрый вечер, дорогие друзья! Мы начинаем наш марафон. Сегодня с нами гости из Никарагуа.
Спасибо вам, друзья. Мы ждали гостей."""


@pytest.fixture
def counted(ws: Workspace, package: Path) -> tuple[Counting, translate.Engine]:
    """A talk that was translated once, by an engine that counts from now on."""
    line = phrase(" ".join(TALK.split()), "ru", 0)
    transcribed(ws, Transcript(duration_ms=line.end_ms, lines=(line,)))
    segment.run(ws, Info(), segment.Options(embedder="none"))
    counting = Counting()
    engine = translate.Engine(choice=str(package), device="cpu", offline=True, load=counting)
    assert made(ws, engine) == "made"
    assert (counting.loaded, len(counting.asked)) == (1, 5)
    counting.loaded, counting.asked = 0, []
    return counting, engine


def made(ws: Workspace, engine: translate.Engine, info: Info = Info(), **more) -> str:  # noqa: B008
    return translate.run(ws, info, translate.Options(), engine, Silent(), **more)


def sentences(ws: Workspace):
    return artifacts.read(ws.translation_path("en"), TRANSLATION).payload.sentences


def cue(ws: Workspace, text: str, track: str = ORIGINAL) -> Anchor:
    """Where a sentence was shown."""
    found = next(each for each in sentences(ws) if each.source == text)
    return Anchor(start_ms=found.start_ms, end_ms=found.end_ms, text=text, track=track)


class TestDecisions:
    def test_a_retimed_cue_translates_nothing_again(self, ws: Workspace, counted):
        counting, engine = counted
        at = cue(ws, "Мы начинаем наш марафон.")
        to = Span(start_ms=at.start_ms + 40, end_ms=at.end_ms + 200)
        decisions.append(ws.decisions_path, [Time(at=at, to=to)])
        assert translate.plan(ws, Info(), translate.Options(), engine) == []
        assert made(ws, engine) == "current"
        assert (counting.loaded, counting.asked) == (0, [])

    def test_a_corrected_russian_cue_translates_exactly_its_sentence(self, ws: Workspace, counted):
        counting, engine = counted
        before = sentences(ws)
        at = cue(ws, "Мы начинаем наш марафон.")
        decisions.append(ws.decisions_path, [Text(at=at, text="Мы продолжаем наш марафон.")])
        (reason,) = translate.plan(ws, Info(), translate.Options(), engine)
        assert reason.startswith("en: what was said changed")
        assert made(ws, engine) == "made"
        assert counting.asked == ["Мы продолжаем наш марафон."]
        after = sentences(ws)
        assert [each.source for each in after][1] == "Мы продолжаем наш марафон."
        assert after[0] == before[0]
        assert after[2:] == before[2:]
        counting.loaded = 0
        assert made(ws, engine) == "current"
        assert counting.loaded == 0

    def test_borders_that_change_with_it_are_the_only_others(self, ws: Workspace, counted):
        counting, engine = counted
        at = cue(ws, "Спасибо вам, друзья.")
        decisions.append(ws.decisions_path, [Text(at=at, text="Спасибо вам, друзья, и")])
        assert made(ws, engine) == "made"
        assert counting.asked == ["Спасибо вам, друзья, и Мы ждали гостей."]

    def test_a_cue_put_back_as_it_was_needs_no_engine(self, ws: Workspace, counted):
        counting, engine = counted
        before = sentences(ws)
        at = cue(ws, "Спасибо вам, друзья.")
        decisions.append(ws.decisions_path, [Text(at=at, text="Спасибо всем.")])
        made(ws, engine)
        back = Anchor(start_ms=at.start_ms, end_ms=at.end_ms, text="Спасибо всем.", track=ORIGINAL)
        decisions.append(ws.decisions_path, [Text(at=back, text=at.text)])
        counting.loaded, counting.asked = 0, []
        assert made(ws, engine) == "made"
        assert (counting.loaded, counting.asked) == (0, [])
        assert [each.hypotheses[0].text for each in sentences(ws)] == [
            each.hypotheses[0].text for each in before
        ]

    def test_what_is_changed_in_the_translation_changes_nothing_here(self, ws: Workspace, counted):
        counting, engine = counted
        at = cue(ws, "Мы начинаем наш марафон.", track="en")
        decided = [Text(at=at, text="We begin!"), Delete(at=at), Approve(at=at)]
        decisions.append(ws.decisions_path, decided)
        assert translate.plan(ws, Info(), translate.Options(), engine) == []
        assert made(ws, engine) == "current"
        assert counting.loaded == 0

    def test_a_damaged_decision_is_told_before_anything(self, ws: Workspace, counted):
        ws.decisions_path.write_bytes(b'{"type":"text"}\n')
        with pytest.raises(ArtifactError, match="line 1: a damaged decision"):
            made(ws, counted[1])


class TestWhatPeopleTold:
    def test_only_what_changes_terms_makes_it_stale(self, ws: Workspace, counted):
        counting, engine = counted
        glossary = ws.recording.with_name("g.tsv")
        glossary.write_text("source\ttarget\tcomment\nгость\tguest\tsomebody\n")
        info = Info(glossaries=(glossary,))
        assert made(ws, engine, info) == "made"
        assert set(counting.asked) <= {
            "Сегодня с нами гости из Никарагуа.",
            "Мы ждали гостей.",
            "Сегодня с нами guest из Никарагуа.",
            "Мы ждали guest.",
        }
        glossary.write_text("# for all\n\nsource\ttarget\ttype\tcomment\nгость\tguest\t\tanother\n")
        assert translate.plan(ws, info, translate.Options(), engine) == []
        glossary.write_text("source\ttarget\nгость\tvisitor\n")
        (reason,) = translate.plan(ws, info, translate.Options(), engine)
        assert reason.startswith("en: the glossary changed")

    def test_a_pair_that_fits_is_taken_and_others_make_nothing_stale(self, ws: Workspace, counted):
        counting, engine = counted
        texts = [each.source for each in sentences(ws)]
        path = memory.path(Info(), ws.folder)
        memory.append(path, [memory.Pair("ru", "en", texts[1], "We start!", "elsewhere", texts[2])])
        assert made(ws, engine) == "current"
        memory.append(path, [memory.Pair("ru", "en", texts[1], "We start!", texts[0], texts[2])])
        (reason,) = translate.plan(ws, Info(), translate.Options(), engine)
        assert reason.startswith("en: what people translated before is new")
        assert made(ws, engine) == "made"
        assert counting.asked == []
        assert sentences(ws)[1].is_recalled
        assert sentences(ws)[1].hypotheses[0].text == "We start!"
        assert made(ws, engine) == "current"
        memory.append(path, [memory.Pair("ru", "en", texts[1], "Go!", texts[0], texts[2])])
        assert made(ws, engine) == "made"
        assert sentences(ws)[1].hypotheses[0].text == "Go!"

    def test_genders_of_people_make_it_stale_and_their_voices_do_not(self, ws: Workspace, counted):
        roster = ws.recording.with_name("roster.toml")
        roster.write_text('[[people]]\nname = "Anna"\ngender = "f"\n')
        info = Info(roster=roster)
        assert made(ws, counted[1], info) == "made"
        roster.write_text('[[people]]\nname = "Anna"\ngender = "f"\nlanguage = "ru"\n')
        assert made(ws, counted[1], info) == "current"
        roster.write_text('[[people]]\nname = "Anna"\ngender = "m"\n')
        assert made(ws, counted[1], info) == "made"
        assert counted[0].asked == []

    def test_forms_that_another_machine_knows_make_nothing_stale(
        self, ws: Workspace, counted, monkeypatch: pytest.MonkeyPatch
    ):
        glossary = ws.recording.with_name("g.tsv")
        glossary.write_text("source\ttarget\nгость\tguest\n")
        info = Info(glossaries=(glossary,))
        made(ws, counted[1], info)
        monkeypatch.setattr(inflection, "identity", lambda: "another dictionary")
        assert made(ws, translate.Engine(offline=True), info) == "current"


class TestAgain:
    def test_what_is_current_is_so_at_once(self, ws: Workspace, counted):
        spent = []
        for _ in range(3):
            begun = time.process_time()
            assert made(ws, counted[1]) == "current"
            spent.append(time.process_time() - begun)
        assert min(spent) < 1
        assert counted[0].loaded == 0

    def test_who_asks_for_an_opinion_names_no_weights(self, ws: Workspace, counted):
        unnamed = translate.Engine(device="cpu", offline=True)
        options = translate.Options(second_opinion="none")
        assert translate.plan(ws, Info(), options, unnamed) == []
        assert translate.run(ws, Info(), options, unnamed, Silent()) == "current"

    def test_by_force_it_is_asked_anew_and_the_same(self, ws: Workspace, counted):
        counting, engine = counted
        before = ws.translation_path("en").read_bytes()
        assert made(ws, engine, force=True) == "made"
        assert len(counting.asked) == 5
        assert ws.translation_path("en").read_bytes() == before

    def test_a_lost_translation_comes_back_without_the_engine(self, ws: Workspace, counted):
        counting, engine = counted
        before = ws.translation_path("en").read_bytes()
        ws.translation_path("en").unlink()
        assert made(ws, engine) == "made"
        assert (counting.loaded, counting.asked) == (0, [])
        assert ws.translation_path("en").read_bytes() == before

    def test_where_only_two_weights_lead_it_goes_by_english(
        self, ws: Workspace, monkeypatch: pytest.MonkeyPatch
    ):
        line = phrase("Добрый вечер, дорогие друзья!", "ru", 0)
        transcribed(ws, Transcript(duration_ms=line.end_ms, lines=(line,)))
        segment.run(ws, Info(), segment.Options(embedder="none"))
        installed = [
            packages.build(argos_home.package_folder() / name, *name.split("_"))
            for name in ("ru_en", "en_es")
        ]
        try:
            engine = translate.Engine(device="cpu", offline=True)
            info = Info(translate={"ru": "es"})
            assert made(ws, engine, info) == "made"
            assert made(ws, engine, info) == "current"
        finally:
            for folder in installed:
                shutil.rmtree(folder)
        result = artifacts.read(ws.translation_path("es"), TRANSLATION)
        assert [each.via for each in result.payload.sentences] == ["en"]
        assert result.origin.weights.count("argos-") == 2
        assert " > " in result.origin.weights
