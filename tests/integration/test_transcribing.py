"""The stage `transcribe` on the sample broadcast, with the demo weights and the real libraries."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from faster_whisper import BatchedInferencePipeline
from faster_whisper.audio import pad_or_trim
from faster_whisper.tokenizer import Tokenizer

from pipeline.core import artifacts, media
from pipeline.core.artifacts import TRANSCRIPT
from pipeline.core.errors import InputError, MissingError
from pipeline.core.payloads import Transcript
from pipeline.core.progress import Silent
from pipeline.core.timeline import Gap, Sound
from pipeline.core.workspace import Workspace
from pipeline.engines import Heard, weights
from pipeline.engines.voice import VoiceOptions
from pipeline.engines.whisper import Whisper
from pipeline.transcribe import stage
from pipeline.transcribe.chunks import Rule
from pipeline.transcribe.listening import Clip, Listener
from tests.sounds import tones, write_wav

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SAMPLES = Path(__file__).parents[2] / "samples"
BROADCAST = SAMPLES / "broadcast.opus"
ALLOWED = ("ru", "es", "en")
TO_MS = 75_000  # Russian, Spanish, and Russian again
OPTIONS = stage.Options(to_ms=TO_MS)
DEMO = stage.Engine(demo=True, offline=True, device="cpu", batch=3)


class Stopped(Exception):  # noqa: N818 - it is no error
    """Somebody pulled the plug."""


class PullsThePlug(Silent):
    """Ends the run the moment it is told of a place behind `at_ms`."""

    def __init__(self, at_ms: int) -> None:
        self.at_ms = at_ms

    def at(self, position_ms: int) -> None:
        if position_ms >= self.at_ms:
            raise Stopped


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("transcribing") / "broadcast.opus"
    shutil.copy(BROADCAST, path)
    return path


@pytest.fixture(scope="module")
def undisturbed(recording: Path) -> Workspace:
    return transcribed(recording, "undisturbed")


@pytest.fixture(scope="module")
def engine() -> Whisper:
    found = weights.find_asr(None, offline=True, demo=True, progress=Silent())
    return Whisper(found, device="cpu")


@pytest.fixture(scope="module")
def clips() -> list[Clip]:
    """Of several lengths: short ones, so that there are enough for a batch."""
    listener = Listener(VoiceOptions(longest_ms=7_000), Rule(longest_ms=7_000))
    found: list[Clip] = []
    for block in media.blocks(BROADCAST, end_ms=90_000):
        found += listener.feed(block)
    return [*found, *listener.finish()][-9:]


def transcribed(recording: Path, name: str, engine: stage.Engine = DEMO) -> Workspace:
    ws = Workspace.open(recording, recording.parent / name)
    with ws.lock():
        assert stage.run(ws, OPTIONS, engine, Silent()) == "made"
    return ws


def payload(ws: Workspace) -> Transcript:
    return artifacts.read(ws.transcript_path, TRANSCRIPT).payload


def said() -> list[dict[str, str | int]]:
    words = json.loads((SAMPLES / "broadcast.words.json").read_text("utf-8"))
    return [word for word in words if word["end_ms"] < TO_MS]


def test_every_millisecond_is_accounted_for(undisturbed: Workspace):
    lines = payload(undisturbed).lines
    assert lines[0].start_ms == 0
    assert lines[-1].end_ms == TO_MS
    assert all(before.end_ms == after.start_ms for before, after in pairwise(lines))


def test_every_phrase_is_in_the_language_that_is_spoken(undisturbed: Workspace):
    phrases = payload(undisturbed).phrases
    for word in said():
        middle = (int(word["start_ms"]) + int(word["end_ms"])) // 2
        at = [p for p in phrases if p.start_ms <= middle < p.end_ms]
        assert {phrase.language for phrase in at} <= {word["language"]}, word
    assert {phrase.language for phrase in phrases} == {"ru", "es"}
    for phrase in phrases:
        assert set(phrase.languages) == set(ALLOWED)
        assert sum(phrase.languages.values()) == pytest.approx(1, abs=0.001)


def test_nothing_is_said_in_the_music(undisturbed: Workspace):
    lines = payload(undisturbed).lines
    first = next(line for line in lines if isinstance(line, Gap) and line.sound is Sound.MUSIC)
    assert first.start_ms < 600
    assert first.end_ms > 3_500
    assert min(p.start_ms for p in payload(undisturbed).phrases) > 5_500


def test_words_stand_where_they_are_spoken(undisturbed: Workspace):
    heard = {}
    for phrase in payload(undisturbed).phrases:
        for word in phrase.words:
            heard.setdefault(word.text, []).append(word.start_ms)
    off = [
        min(abs(start - int(word["start_ms"])) for start in heard[str(word["text"])])
        for word in said()
        if word["text"] in heard
    ]
    assert len(off) > len(said()) / 2
    assert np.median(off) < 250


@pytest.mark.parametrize("at_ms", [20_000, 45_000, TO_MS])
def test_a_run_that_was_cut_short_goes_on_and_ends_byte_for_byte_the_same(
    recording: Path, undisturbed: Workspace, at_ms: int
):
    ws = Workspace.open(recording, recording.parent / f"cut{at_ms}")
    with ws.lock(), pytest.raises(Stopped):
        stage.run(ws, OPTIONS, DEMO, PullsThePlug(at_ms))
    assert not ws.transcript_path.exists()
    half = ws.journal_path.read_bytes()
    assert half
    ws.journal_path.write_bytes(half[:-7])  # the last line torn
    transcribed(recording, f"cut{at_ms}")
    assert ws.transcript_path.read_bytes() == undisturbed.transcript_path.read_bytes()
    lines = ws.journal_path.read_bytes().splitlines()
    assert len(lines) == len(set(lines)) == len(undisturbed.journal_path.read_bytes().splitlines())


def test_the_batch_decides_nothing(recording: Path, undisturbed: Workspace):
    other = stage.Engine(demo=True, offline=True, device="cpu", batch=8)
    ws = transcribed(recording, "batch", other)
    assert ws.transcript_path.read_bytes() == undisturbed.transcript_path.read_bytes()


def test_what_is_current_is_left_alone(undisturbed: Workspace):
    assert stage.plan(undisturbed, OPTIONS, DEMO) == []
    with undisturbed.lock():
        assert stage.run(undisturbed, OPTIONS, DEMO, PullsThePlug(0)) == "current"


def test_the_plan_says_what_differs(undisturbed: Workspace):
    other = stage.Options(to_ms=TO_MS, languages=("ru", "en"))
    (reason,) = stage.plan(undisturbed, other, DEMO)
    assert "languages" in reason


@pytest.fixture(scope="module", params=[1, 2])
def threaded(request: pytest.FixtureRequest) -> Whisper:
    found = weights.find_asr(None, offline=True, demo=True, progress=Silent())
    return Whisper(found, device="cpu", threads=request.param)


@pytest.fixture(scope="module")
def alone(engine: Whisper, clips: list[Clip]) -> tuple[list[Heard], list[dict[str, float]]]:
    """What each chunk gives by itself: its words, and how likely each language is."""
    encoded = [engine.encode([clip.samples]) for clip in clips]
    return (
        [engine.transcribe(each, "ru")[0] for each in encoded],
        [engine.languages(each, ALLOWED)[0] for each in encoded],
    )


@pytest.mark.parametrize("batch", [1, 3, 4, 8])
def test_results_do_not_depend_on_batch_or_threads(
    threaded: Whisper,
    clips: list[Clip],
    alone: tuple[list[Heard], list[dict[str, float]]],
    batch: int,
):
    assert len(clips) > 8
    heard: list[Heard] = []
    languages: list[dict[str, float]] = []
    for begin in range(0, len(clips), batch):
        encoded = threaded.encode([clip.samples for clip in clips[begin : begin + batch]])
        heard += threaded.transcribe(encoded, "ru")
        languages += threaded.languages(encoded, ALLOWED)
    assert sum(bool(each.words) for each in heard) > 1
    assert (heard, languages) == alone


def test_text_and_scores_are_those_of_the_library_s_batched_path(
    engine: Whisper, clips: list[Clip]
):
    ours = engine.transcribe(engine.encode([clip.samples for clip in clips]), "ru")
    model = engine._model
    tokenizer = Tokenizer(model.hf_tokenizer, multilingual=True, task="transcribe", language="ru")
    features = [model.feature_extractor(clip.samples)[..., :-1] for clip in clips]
    _, outputs = BatchedInferencePipeline(model).generate_segment_batched(
        np.stack([pad_or_trim(each) for each in features]), tokenizer, _library_options(tokenizer)
    )
    for heard, output in zip(ours, outputs, strict=True):
        assert heard.text == tokenizer.decode(output["tokens"]).strip()
        assert heard.log_probability == pytest.approx(output["avg_logprob"], abs=1e-4)
        assert heard.no_speech == pytest.approx(output["no_speech_prob"], abs=1e-4)


def test_only_allowed_languages_are_ever_found(engine: Whisper, clips: list[Clip]):
    encoded = engine.encode([clips[0].samples])
    assert engine.languages(encoded, ("en", "es")) != engine.languages(encoded, ("en",))
    assert engine.languages(encoded, ("en",)) == [{"en": 1.0}]
    (shares,) = engine.languages(encoded, ("es-MX", "uk"))
    assert shares == {"es-MX": 1.0, "uk": 0.0}
    with pytest.raises(MissingError, match="uk"):
        engine.languages(encoded, ("uk",))


def test_noise_and_silence_have_no_words(tmp_path: Path):
    rng = np.random.default_rng(5)
    sound = np.concatenate([np.zeros(160_000), rng.normal(0, 0.1, 160_000)]).astype(np.float32)
    path = write_wav(tmp_path / "quiet.wav", sound)
    ws = Workspace.open(path, tmp_path / "out")
    with ws.lock():
        stage.run(ws, stage.Options(), DEMO, Silent())
    assert [line.sound for line in payload(ws).lines if isinstance(line, Gap)] == [
        Sound.SILENCE,
        Sound.NOISE,
    ]
    assert payload(ws).duration_ms == 20_000


def test_a_part_that_lies_behind_the_end_is_an_error(tmp_path: Path):
    path = write_wav(tmp_path / "short.wav", tones(2))
    ws = Workspace.open(path, tmp_path / "out")
    with ws.lock(), pytest.raises(InputError, match=r"short\.wav"):
        stage.run(ws, stage.Options(from_ms=60_000), DEMO, Silent())
    assert not ws.transcript_path.exists()


def _library_options(tokenizer: Tokenizer):
    from faster_whisper.transcribe import TranscriptionOptions, get_suppressed_tokens

    given = dict.fromkeys(TranscriptionOptions.__dataclass_fields__)
    return TranscriptionOptions(
        **given
        | {
            "beam_size": 5,
            "patience": 1,
            "length_penalty": 1,
            "repetition_penalty": 1,
            "no_repeat_ngram_size": 0,
            "temperatures": [0.0],
            "suppress_blank": True,
            "suppress_tokens": get_suppressed_tokens(tokenizer, [-1]),
            "without_timestamps": True,
            "multilingual": False,
        }
    )
