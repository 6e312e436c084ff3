"""Lines of faster-whisper that are relied on, with real weights (recognition facts, appendix A)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from faster_whisper import BatchedInferencePipeline

from pipeline.core import artifacts, media
from pipeline.core.artifacts import TRANSCRIPT
from pipeline.core.progress import Silent
from pipeline.core.timeline import Word
from pipeline.core.workspace import Workspace
from pipeline.engines import calling, weights
from pipeline.engines.whisper import Whisper
from pipeline.transcribe import stage
from tests.sounds import Sound
from tests.unit.test_decoding_contract import write

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SAMPLES = Path(__file__).parents[2] / "samples"
DEMO = stage.Engine(demo=True, offline=True, device="cpu")
FROM_MS, TO_MS = 5_500, 14_500


@pytest.fixture(scope="module")
def engine() -> Whisper:
    found = weights.find_asr(None, offline=True, demo=True, progress=Silent())
    return Whisper(found, device="cpu")


@pytest.fixture(scope="module")
def speech() -> Sound:
    blocks = media.blocks(SAMPLES / "broadcast.opus", start_ms=FROM_MS, end_ms=TO_MS)
    return np.concatenate(list(blocks))


def test_features_of_a_chunk_are_those_that_the_library_encodes(
    engine: Whisper, speech: Sound, monkeypatch: pytest.MonkeyPatch
):
    model = engine._model
    theirs: list[np.ndarray] = []
    ours: list[np.ndarray] = []
    encode, encoded = model.encode, engine._encoded
    monkeypatch.setattr(model, "encode", lambda given: theirs.append(given) or encode(given))
    monkeypatch.setattr(engine, "_encoded", lambda some: ours.extend(some) or encoded(some))
    clips = [(0.0, 3.5), (3.637, 8.5)]
    pipeline = BatchedInferencePipeline(model)
    segments, _ = pipeline.transcribe(
        speech,
        language="ru",
        clip_timestamps=[{"start": start, "end": end} for start, end in clips],
    )
    for segment, (start, end) in zip(segments, clips, strict=True):
        assert start <= segment.start < segment.end <= end + 0.5  # times stay the recording's
    engine.encode([speech[int(start * 16_000) : int(end * 16_000)] for start, end in clips])
    assert ours[0].shape == (model.model.n_mels, 3_000)
    assert np.array_equal(np.stack(ours), np.concatenate(theirs))


def test_the_model_gives_a_probability_for_every_language(engine: Whisper, speech: Sound):
    encoded = engine.encode([speech])
    ((*found,),) = engine._model.model.detect_language(calling.view(encoded))
    shares = [share for _, share in found]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=1e-3)
    assert {"<|ru|>", "<|es|>", "<|en|>"} <= {token for token, _ in found}
    (allowed,) = engine.languages(encoded, ("en", "es", "ru"))
    assert max(allowed, key=lambda language: allowed[language]) == "ru"


def test_words_stand_where_a_player_plays_them(tmp_path: Path, speech: Sound):
    starts_s = (3.04, 20.5)  # later than the picture, and after a gap in the timestamps
    path = write(tmp_path / "a.mkv", "pcm_s16le", [(at, [speech]) for at in starts_s], video_s=1)
    ws = Workspace.open(path)
    with ws.lock():
        stage.run(ws, stage.Options(), DEMO, Silent())
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT).payload
    heard = [word for phrase in transcript.phrases for word in phrase.words]
    said = json.loads((SAMPLES / "broadcast.words.json").read_text("utf-8"))
    for at in starts_s:
        shift = round(at * 1_000) - FROM_MS
        right = [
            abs(there.start_ms - word["start_ms"] - shift)
            for word in said
            if word["start_ms"] > FROM_MS and word["end_ms"] < TO_MS
            for there in nearest(heard, word["start_ms"] + shift)
            if there.text.strip(",.!").casefold() == word["text"].strip(",.!").casefold()
        ]
        assert len(right) > 8
        assert np.median(right) < 150


def nearest(words: list[Word], at_ms: int) -> list[Word]:
    return sorted(words, key=lambda word: abs(word.start_ms - at_ms))[:1]
