"""The stages segment and translate on disk: made once, then current, and why made again."""

from __future__ import annotations

import shutil
import time

import pytest
from click.testing import CliRunner

from pipeline.cli import group
from pipeline.core import artifacts
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT, TRANSLATION, Origin
from pipeline.core.errors import InputError, MissingError, UsageError
from pipeline.core.payloads import Transcript
from pipeline.core.progress import Silent
from pipeline.core.timeline import Gap, Phrase, Sound, Word
from pipeline.core.workspace import Workspace
from pipeline.programme.info import Info
from pipeline.segment import stage as segment
from pipeline.translate import stage as translate
from tests import packages
from tests.sounds import tones, write_wav


def phrase(text: str, language: str, start_ms: int) -> Phrase:
    words = tuple(
        Word(start_ms=start_ms + 400 * at, end_ms=start_ms + 400 * at + 380, text=token)
        for at, token in enumerate(text.split())
    )
    return Phrase(start_ms=start_ms, end_ms=words[-1].end_ms, language=language, words=words)


def spoken(opening: str = "Добрый вечер, дорогие друзья!") -> Transcript:
    first = phrase(opening, "ru", 0)
    second = phrase("¡Buenas noches a todos!", "es", 8_000)
    between = Gap(start_ms=first.end_ms, end_ms=8_000, sound=Sound.MUSIC)
    after = Gap(start_ms=second.end_ms, end_ms=12_000, sound=Sound.SILENCE)
    return Transcript(duration_ms=12_000, lines=(first, between, second, after))


@pytest.fixture
def ws(tmp_path):
    recording = tmp_path / "marathon.opus"
    write_wav(recording, tones(1))
    made = Workspace.open(recording, None)
    transcribed(made, spoken())
    return made


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return packages.build(tmp_path_factory.mktemp("stage") / "ru_en")


@pytest.fixture
def engine(package):
    return translate.Engine(choice=str(package), device="cpu", offline=True)


def transcribed(ws: Workspace, transcript: Transcript) -> None:
    origin = Origin(stage="transcribe", stage_version=1)
    artifacts.write(ws.transcript_path, TRANSCRIPT, transcript, origin)


def segmented(ws: Workspace, info: Info = Info()) -> str:  # noqa: B008 - frozen
    return segment.run(ws, info, segment.Options(embedder="none"))


def translated(ws: Workspace, engine: translate.Engine, info: Info = Info()) -> str:  # noqa: B008
    return translate.run(ws, info, translate.Options(), engine, Silent())


class Told(Silent):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.total_ms = 0
        self.places: list[int] = []

    def begin(self, stage: str, total_ms: int) -> None:
        self.total_ms = total_ms

    def at(self, position_ms: int) -> None:
        self.places.append(position_ms)


class TestSegment:
    def test_it_is_made_once_and_then_current(self, ws):
        untold = segment.Options(embedder="none")
        assert segment.plan(ws, Info(), untold) == ["there are no segments yet"]
        assert segmented(ws) == "made"
        before = ws.segments_path.read_bytes()
        assert segmented(ws) == "current"
        assert segment.plan(ws, Info(), segment.Options(embedder="none")) == []
        assert segment.run(ws, Info(), segment.Options(embedder="none"), force=True) == "made"
        assert ws.segments_path.read_bytes() == before

    def test_without_a_transcript_the_hint_names_the_command(self, ws):
        ws.transcript_path.unlink()
        with pytest.raises(UsageError) as caught:
            segmented(ws)
        assert "marathon transcribe" in caught.value.hint

    def test_a_rundown_gives_items_and_the_speaker_of_their_turns(self, ws, tmp_path):
        rundown = tmp_path / "r.csv"
        rundown.write_text("start,title,speakers\n0,Opening,Anna\n0:05,Guest,Juan\n")
        segmented(ws, Info(rundown=rundown))
        made = artifacts.read(ws.segments_path, SEGMENTS).payload
        assert [(item.title, item.start_ms) for item in made.items] == [
            ("Opening", 0),
            ("Guest", 1_580),  # with its music
        ]
        assert [turn.speaker for turn in made.turns] == ["Anna", "Juan"]

    def test_another_rundown_makes_it_anew_and_says_so(self, ws, tmp_path):
        rundown = tmp_path / "r.csv"
        rundown.write_text("start\n0\n")
        info = Info(rundown=rundown)
        segmented(ws, info)
        rundown.write_text("start\n0\n5\n")
        (reason,) = segment.plan(ws, info, segment.Options(embedder="none"))
        assert reason.startswith("the rundown changed")
        assert segmented(ws, info) == "made"

    def test_a_wrong_rundown_leaves_what_was_made(self, ws, tmp_path):
        segmented(ws)
        before = ws.segments_path.read_bytes()
        rundown = tmp_path / "r.csv"
        rundown.write_text("start\n5\n0\n")
        with pytest.raises(InputError, match="line 3"):
            segmented(ws, Info(rundown=rundown))
        assert ws.segments_path.read_bytes() == before


class TestTranslate:
    def test_russian_is_translated_and_spanish_stays(self, ws, engine):
        segmented(ws)
        assert translated(ws, engine) == "made"
        made = artifacts.read(ws.translation_path("en"), TRANSLATION).payload
        russian, spanish = made.sentences
        assert made.target == "en"
        assert russian.hypotheses
        assert spanish.hypotheses == ()
        assert spanish.source == "¡Buenas noches a todos!"

    def test_it_is_made_once_and_the_bytes_are_the_same_again(self, ws, engine):
        segmented(ws)
        translated(ws, engine)
        before = ws.translation_path("en").read_bytes()
        assert translated(ws, engine) == "current"
        translate.run(ws, Info(), translate.Options(), engine, Silent(), force=True)
        assert ws.translation_path("en").read_bytes() == before

    def test_what_is_current_needs_no_weights(self, ws, engine):
        segmented(ws)
        translated(ws, engine)
        assert translated(ws, translate.Engine(offline=True)) == "current"

    def test_other_weights_that_are_named_make_it_anew(self, ws, engine, tmp_path):
        segmented(ws)
        translated(ws, engine)
        other = translate.Engine(choice=str(packages.build(tmp_path / "other", positions=255)))
        (reason,) = translate.plan(ws, Info(), translate.Options(), other)
        assert reason.startswith("en: the weights changed from ru: argos-ru_en-1.0@")
        assert translated(ws, other) == "made"

    def test_without_weights_offline_the_error_comes_before_anything_is_written(self, ws):
        segmented(ws)
        with pytest.raises(MissingError) as caught:
            translated(ws, translate.Engine(offline=True))
        assert caught.value.hint
        assert not ws.translation_path("en").exists()

    def test_without_any_russian_no_weights_are_needed(self, ws):
        only = phrase("¡Buenas noches!", "es", 0)
        transcribed(ws, Transcript(duration_ms=only.end_ms, lines=(only,)))
        segmented(ws)
        assert translated(ws, translate.Engine(offline=True)) == "made"

    def test_a_changed_transcript_or_glossary_makes_it_anew(self, ws, engine, tmp_path):
        segmented(ws)
        translated(ws, engine)
        glossary = tmp_path / "g.tsv"
        glossary.write_text("source\ttarget\nдруг\tfriend\n")
        info = Info(glossaries=(glossary,))
        assert translated(ws, engine, info) == "made"
        made = artifacts.read(ws.translation_path("en"), TRANSLATION).payload
        assert "term_missing:друг=friend" not in made.sentences[1].flags
        transcribed(ws, spoken("Спасибо."))
        segmented(ws, info)
        assert translated(ws, engine, info) == "made"

    def test_a_damaged_translation_is_made_again(self, ws, engine):
        segmented(ws)
        translated(ws, engine)
        before = ws.translation_path("en").read_bytes()
        ws.translation_path("en").write_bytes(before[:-9])
        assert translated(ws, engine) == "made"
        assert ws.translation_path("en").read_bytes() == before

    def test_without_segments_the_hint_names_the_command(self, ws, engine):
        with pytest.raises(UsageError) as caught:
            translated(ws, engine)
        assert "marathon segment" in caught.value.hint

    def test_an_info_file_may_ask_for_no_translation(self, ws, engine):
        segmented(ws)
        assert translated(ws, engine, Info(translate={})) == "current"
        assert not ws.translation_path("en").exists()

    def test_two_languages_may_share_a_target(self, ws, package):
        info = Info(translate={"ru": "en", "es": "en", "fr": "de"})
        assert translate.targets(info) == {"en": ["ru", "es"], "de": ["fr"]}

    def test_of_a_part_it_tells_how_much_of_the_part_is_done(self, ws, engine):
        said = phrase("Добрый вечер, дорогие друзья!", "ru", 3_600_000)
        rest = Gap(start_ms=said.end_ms, end_ms=3_610_000, sound=Sound.SILENCE)
        transcribed(ws, Transcript(duration_ms=9_000_000, lines=(said, rest)))
        segmented(ws)
        told = Told()
        translate.run(ws, Info(), translate.Options(), engine, told)
        assert told.total_ms == 10_000
        assert told.places
        assert max(told.places) <= 10_000


class TestCommands:
    def test_both_commands_say_what_they_made_and_where(self, ws, package):
        recording = str(ws.recording)
        engine = ["--mt", str(package), "--device", "cpu", "--offline"]
        for status in ("made", "current"):
            done = CliRunner().invoke(group, ["segment", recording])
            assert (done.exit_code, done.stdout) == (0, f"{status:8} {ws.segments_path}\n")
            done = CliRunner().invoke(group, ["translate", recording, *engine])
            there = ws.translation_path("en")
            assert (done.exit_code, done.stdout) == (0, f"{status:8} {there}\n")

    def test_explain_makes_nothing(self, ws):
        done = CliRunner().invoke(group, ["segment", str(ws.recording), "--explain"])
        assert (done.exit_code, done.stdout) == (0, "there are no segments yet\n")
        assert not ws.segments_path.exists()
        segmented(ws)
        done = CliRunner().invoke(group, ["translate", str(ws.recording), "--explain"])
        assert (done.exit_code, done.stdout) == (0, "en: there is no translation yet\n")
        done = CliRunner().invoke(group, ["segment", str(ws.recording), "--explain"])
        assert done.stdout == "current: nothing to do\n"

    def test_no_weights_is_exit_code_4_with_the_command_that_helps(self, ws):
        segmented(ws)
        done = CliRunner().invoke(group, ["translate", str(ws.recording), "--offline"])
        assert done.exit_code == 4
        assert "marathon models pull" in done.stderr

    def test_an_info_file_without_translation_is_told(self, ws):
        segmented(ws)
        ws.recording.with_suffix(".toml").write_text("translate = {}\n")
        done = CliRunner().invoke(group, ["translate", str(ws.recording)])
        assert (done.exit_code, done.stdout) == (0, "")
        assert "translates nothing" in done.stderr


class TestBadInput:
    """A clear error that names the thing, or a flag; never a lost cue."""

    def failing(self, ws, *more: str):
        done = CliRunner().invoke(group, ["translate", str(ws.recording), "--offline", *more])
        assert not ws.translation_path("en").exists()
        return done

    @pytest.mark.parametrize("part", ["model/model.bin", "sentencepiece.model", "metadata.json"])
    def test_a_package_that_is_not_whole_is_exit_code_4(self, ws, package, tmp_path, part):
        segmented(ws)
        broken = shutil.copytree(package, tmp_path / "broken")
        (broken / part).write_bytes((broken / part).read_bytes()[:20])
        done = self.failing(ws, "--mt", str(broken))
        assert done.exit_code == 4, done.output
        assert "broken" in done.stderr

    def test_offline_an_answer_comes_at_once_and_names_pair_and_command(self, ws):
        segmented(ws)
        begun = time.process_time()
        done = self.failing(ws)
        assert time.process_time() - begun < 1
        assert done.exit_code == 4
        assert "ru to en" in done.stderr
        assert "marathon models pull ru-en" in done.stderr

    def test_a_damaged_memory_is_exit_code_6_with_its_line(self, ws, package):
        segmented(ws)
        path = ws.folder / "translations.jsonl"
        path.write_bytes(b'{"type":"pair","source":1}\n')
        done = self.failing(ws, "--mt", str(package))
        assert done.exit_code == 6
        assert f"{path.name}, line 1" in done.stderr

    def test_contradictions_in_one_glossary_are_exit_code_3_with_both_lines(self, ws, package):
        segmented(ws)
        ws.recording.with_suffix(".toml").write_text('glossary = "g.tsv"\n')
        ws.recording.with_name("g.tsv").write_text("source\ttarget\nдруг\tfriend\nдруг\tpal\n")
        done = self.failing(ws, "--mt", str(package))
        assert done.exit_code == 3
        assert "line 3" in done.stderr
        assert "line 2" in done.stderr

    def test_odd_speech_is_translated_or_stays_with_every_word(self, ws, engine):
        said = [
            "…",
            "?!",
            "🎉 🎉",
            "Привет, 🎉 NATO и Ελλάδα, שלום, 日本!",
            "\u200fДобрый\u202c вечер\u2067.",
            "а" * 10_000,
            "слово " * 2_000,
            "« » —",
            "Доброе\u00adутро\x00.",
        ]
        lines, at = [], 0
        for text in said:
            words = tuple(
                Word(start_ms=at + 20 * n, end_ms=at + 20 * n + 20, text=token)
                for n, token in enumerate(text.split())
            )
            end_ms = words[-1].end_ms + 1_500
            lines += [
                Phrase(start_ms=at, end_ms=words[-1].end_ms, language="ru", words=words),
                Gap(start_ms=words[-1].end_ms, end_ms=end_ms, sound=Sound.SILENCE),
            ]
            at = end_ms
        transcribed(ws, Transcript(duration_ms=at, lines=tuple(lines)))
        segmented(ws)
        assert translated(ws, engine) == "made"
        made = artifacts.read(ws.translation_path("en"), TRANSLATION).payload
        spoken = [word for each in made.sentences for word in each.words]
        assert spoken == [word for line in lines if isinstance(line, Phrase) for word in line.words]
        for each in made.sentences:
            assert each.hypotheses or each.flags or not any(map(str.isalpha, each.source))
        endless = next(each for each in made.sentences if each.source == "а" * 10_000)
        assert endless.flags == ("untranslated",)

    def test_speech_without_words_is_translated_into_nothing(self, ws):
        gap = Gap(start_ms=0, end_ms=9_000, sound=Sound.SILENCE)
        transcribed(ws, Transcript(duration_ms=9_000, lines=(gap,)))
        segmented(ws)
        assert translated(ws, translate.Engine(offline=True)) == "made"
        assert artifacts.read(ws.translation_path("en"), TRANSLATION).payload.sentences == ()
