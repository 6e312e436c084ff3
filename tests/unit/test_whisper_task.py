"""Whisper's translate task: how a recording is cut into spans, and real weights that hear them."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import media
from pipeline.core.errors import EngineError, MissingError
from pipeline.core.media import PER_MS
from pipeline.core.progress import Silent
from pipeline.engines import weights
from pipeline.engines.card import Card
from pipeline.engines.weights import Weights
from pipeline.engines.whisper_task import Piece, Spoken, Translating, check, cut, pieces

HELD_OUT = Path(__file__).parents[2] / "samples/held-out"


def blocks(length_ms: int, block_ms: int):
    """Sound whose samples say at which millisecond they stand."""
    for start_ms in range(0, length_ms, block_ms):
        end_ms = min(length_ms, start_ms + block_ms)
        yield np.repeat(np.arange(start_ms, end_ms, dtype=np.float32), PER_MS)


def in_parts(spans: list[Spoken], longest_ms: int = 30_000) -> list[Piece]:
    return list(pieces(enumerate(spans), longest_ms))


SPANS = st.lists(
    st.builds(
        lambda start, length: Spoken(start, start + length, "ru"),
        st.integers(0, 20_000),
        st.integers(1, 9_000),
    ),
    max_size=12,
)


@given(SPANS, st.integers(200, 4_000))
def test_the_parts_of_a_span_are_the_span_and_none_is_too_long(spans, longest_ms):
    made = in_parts(spans, longest_ms)
    assert made == sorted(made)
    for at, span in enumerate(spans):
        own = [piece for piece in made if piece.owner == at]
        assert own[0].start_ms == span.start_ms
        assert own[-1].end_ms == span.end_ms
        assert all(a.end_ms == b.start_ms for a, b in pairwise(own))
        lengths = [piece.end_ms - piece.start_ms for piece in own]
        assert max(lengths) <= longest_ms
        assert max(lengths) - min(lengths) <= 1


def test_a_span_of_31_seconds_leaves_no_second_over():
    [first, second] = in_parts([Spoken(1_000, 32_000, "ru")])
    assert (first.start_ms, first.end_ms, second.end_ms) == (1_000, 16_500, 32_000)


@pytest.mark.parametrize(("start_ms", "end_ms"), [(5, 5), (9, 3), (-4, 8)])
def test_a_span_that_is_none_is_not_heard(start_ms, end_ms):
    assert in_parts([Spoken(start_ms, end_ms, "ru")]) == []


def test_a_span_of_years_costs_nothing():
    made = pieces([(0, Spoken(0, 10**14, "ru"))], 30_000)
    assert len(list(islice(made, 3))) == 3
    assert len(list(cut(blocks(61_000, 7_000), pieces([(0, Spoken(0, 10**14, "ru"))], 30_000)))) > 1


@given(SPANS, st.integers(150, 30_000), st.integers(200, 9_000))
def test_each_piece_gets_its_own_samples_however_the_sound_comes(spans, length_ms, block_ms):
    wanted = in_parts(spans, 4_000)
    found = dict(cut(blocks(length_ms, block_ms), iter(wanted)))
    for piece in wanted:
        end_ms = min(piece.end_ms, length_ms)
        if end_ms - piece.start_ms < 100:
            assert piece not in found
            continue
        expected = np.repeat(np.arange(piece.start_ms, end_ms, dtype=np.float32), PER_MS)
        assert np.array_equal(found[piece], expected)


def test_no_block_after_the_last_span_is_read():
    read = []

    def sound():
        for number, block in enumerate(blocks(60_000, 1_000)):
            read.append(number)
            yield block

    assert len(list(cut(sound(), iter(in_parts([Spoken(2_100, 4_200, "ru")]))))) == 1
    assert read == [0, 1, 2, 3, 4]
    assert list(cut(sound(), iter(()))) == []
    assert len(read) == 5


def test_memory_does_not_grow_with_the_recording():
    spans = [Spoken(at, at + 25_000, "ru") for at in range(0, 14_000_000, 3_000)]
    quiet = np.zeros(10_000 * PER_MS, np.float32)
    tracemalloc.start()
    try:
        made = sum(1 for _ in cut((quiet for _ in range(360)), pieces(enumerate(spans), 30_000)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert made == 1200
    hour = 3_600_000 * PER_MS * 4
    assert peak < hour / 10


@pytest.mark.parametrize(
    "name",
    [
        "faster-whisper-large-v3-turbo@0a363e9161cb",
        "whisper-large-v3-russian-Turbo@1",
        "faster-distil-whisper-large-v3@1",
        "faster-whisper-small.en@1",
        "base.en",
        "distil-small.en",
    ],
)
def test_weights_that_only_transcribe_are_known_by_name(name):
    with pytest.raises(MissingError) as caught:
        check(Weights(Path("/x/abc"), name), "en")
    assert "small" in caught.value.hint
    assert "--second-opinion" in caught.value.hint
    assert name in caught.value.message


def test_they_are_known_by_folder_and_card_too():
    for chosen in (
        Weights(Path("/x/whisper-turbo"), "asr@1"),
        Weights(Path("/x/asr"), "asr@1", Card(name="my-turbo")),
    ):
        with pytest.raises(MissingError):
            check(chosen, "en")


@pytest.mark.parametrize("name", ["faster-whisper-small@1", "medium", "large-v3", "open-weights"])
def test_weights_that_translate_are_let_through(name):
    check(Weights(Path("/x/abc"), name), "en-GB")


def test_whisper_knows_no_other_target():
    with pytest.raises(MissingError, match="English only, not into es") as caught:
        check(Weights(Path("/x/abc"), "small"), "es")
    assert "FOLDER" in caught.value.hint


@pytest.fixture(scope="module")
def demo() -> Weights:
    found = weights.find_asr(None, offline=True, demo=True, progress=Silent())
    assert found.card is not None
    return found


@pytest.fixture(scope="module")
def engine(demo) -> Translating:
    return Translating(demo, "cpu")


@pytest.fixture(scope="module")
def recording():
    """A real recording, and where its first phrases are."""
    programme = json.loads((HELD_OUT / "truth.json").read_text("utf-8"))["programmes"][0]
    spans = [Spoken(each["start_ms"], each["end_ms"], "ru") for each in programme["phrases"][:4]]
    return HELD_OUT / programme["file"], spans


@pytest.mark.engine
def test_real_weights_are_given_the_task_and_say_the_same_however_they_are_asked(
    engine, recording, monkeypatch
):
    path, spans = recording[0], recording[1][:3]
    asked = []
    prompt = engine._model.get_prompt

    def noted(*args, **kwargs):
        asked.append(prompt(*args, **kwargs))
        return asked[-1]

    monkeypatch.setattr(engine._model, "get_prompt", noted)
    together = engine.texts(media.blocks(path, block_ms=5_000), spans)
    assert all(together)
    task = engine._model.hf_tokenizer.token_to_id("<|translate|>")
    assert all(task in each for each in asked)
    backwards = engine.texts(media.blocks(path, block_ms=1_700), spans[::-1])
    assert backwards == together[::-1]
    assert engine.texts(media.blocks(path), spans[1:2]) == together[1:2]


@pytest.mark.engine
def test_spans_with_nothing_to_hear_have_no_text(engine, recording):
    path, spans = recording
    silent = Spoken(3_600_000, 3_601_000, "ru")
    klingon = replace(spans[0], language="tlh")
    assert engine.texts(media.blocks(path, end_ms=5_000), [silent, klingon]) == ["", ""]
    assert engine.texts(iter(()), [silent]) == [""]
    assert engine.texts(iter(()), []) == []


@pytest.mark.engine
def test_a_long_span_is_heard_in_parts(engine, recording):
    path, spans = recording
    heard = []
    said = engine._said
    engine._said = lambda sounds, languages: heard.extend(map(len, sounds)) or ["x"] * len(sounds)
    try:
        whole = Spoken(spans[0].start_ms, spans[0].start_ms + 20_000, "ru")
        assert engine.texts(media.blocks(path), [whole]) == ["x x"]
    finally:
        engine._said = said
    assert heard == [10_000 * PER_MS] * 2  # the demo card: not over 13 s at once


@pytest.fixture
def broken(engine, monkeypatch):
    """The engine fails on sound of some lengths in ms, in any batch."""
    bad: set[int] = set()
    encode = engine._model.model.encode

    def failing(features, **kwargs):
        if next(lengths) in bad:
            raise RuntimeError("cuBLAS failed")
        return encode(features, **kwargs)

    lengths = iter(())
    original = engine.encode

    def noted(chunks):
        nonlocal lengths
        lengths = iter([len(chunk) // PER_MS for chunk in chunks])
        return original(chunks)

    class Model:
        encode = staticmethod(failing)

        def __getattr__(self, name):
            return getattr(engine_model, name)

    engine_model = engine._model.model
    monkeypatch.setattr(engine, "encode", noted)
    monkeypatch.setattr(engine._model, "model", Model())
    return bad


@pytest.mark.engine
def test_a_span_that_the_engine_fails_on_is_left_out_and_no_other(engine, recording, broken):
    path, spans = recording
    spans = spans[:3]
    broken.add(spans[1].end_ms - spans[1].start_ms)
    first, second, third = engine.texts(media.blocks(path), spans)
    assert second == ""
    assert first
    assert third


@pytest.mark.engine
def test_an_engine_that_fails_on_everything_is_an_error(engine, recording, broken):
    path, spans = recording
    broken.update(each.end_ms - each.start_ms for each in spans)
    with pytest.raises(EngineError, match="every sentence"):
        engine.texts(media.blocks(path), spans)


@pytest.mark.engine
def test_a_text_that_is_all_but_guessed_is_none(engine, recording, monkeypatch):
    path, spans = recording
    monkeypatch.setattr(engine, "_doubtful", 0.0)
    assert engine.texts(media.blocks(path), spans[:1]) == [""]


@pytest.mark.engine
def test_a_tokenizer_without_the_task_is_told(demo, tmp_path):
    for file in demo.folder.iterdir():
        text = file.read_bytes()
        if file.name in {"tokenizer.json", "vocabulary.json"}:
            text = text.replace(b"<|translate|>", b"<|transpose|>")
        (tmp_path / file.name).write_bytes(text)
    with pytest.raises(MissingError, match="not trained to translate"):
        Translating(Weights(tmp_path, "asr@1"), "cpu")
