"""Weights that cannot be loaded: which error, and what to do."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from pipeline.core.errors import EngineError, MissingError, PipelineError
from pipeline.engines import seq2seq
from pipeline.engines.loading import loading
from pipeline.engines.weights import Weights
from pipeline.engines.whisper import Whisper

FOLDER = Path("weights", "small")


@pytest.mark.parametrize(
    ("raised", "told", "hint"),
    [
        (MemoryError(), EngineError, "smaller"),
        (RuntimeError("mkl_malloc: failed to allocate memory"), EngineError, "smaller"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), EngineError, "smaller"),
        (RuntimeError("CUDA failed with error out of memory"), EngineError, "try --device cpu"),
        (RuntimeError("CUDA driver version is insufficient"), EngineError, "try --device cpu"),
        (RuntimeError("Unable to open file 'model.bin'"), MissingError, "again"),
        (ValueError("unsupported model spec"), MissingError, "again"),
        (OSError("tokenizer.json"), MissingError, "again"),
        (KeyError("positions"), MissingError, "again"),
    ],
)
def test_what_a_library_says_becomes_our_error(
    raised: Exception, told: type[PipelineError], hint: str
):
    with pytest.raises(told) as caught, loading(FOLDER, if_too_big="smaller", if_damaged="again"):
        raise raised
    assert str(FOLDER) in caught.value.message
    assert caught.value.hint == hint


def test_what_the_folder_is_called_says_nothing_of_memory(tmp_path: Path):
    folder = tmp_path / "memory of CUDA"
    with pytest.raises(MissingError) as caught, loading(folder, if_too_big="a", if_damaged="again"):
        raise RuntimeError(f"Unable to open file '{folder}/model.bin'")
    assert caught.value.hint == "again"


@pytest.mark.parametrize("raised", [MemoryError(), RuntimeError("mkl_malloc: failed, memory")])
def test_translators_on_the_cpu_are_not_told_to_take_the_cpu(raised, monkeypatch):
    import ctranslate2

    def translator(*_given, **_more):
        raise raised

    monkeypatch.setattr(ctranslate2, "Translator", translator)
    with pytest.raises(EngineError, match="do not fit into memory") as caught:
        seq2seq.load(FOLDER, "cpu", hint="again")
    assert caught.value.hint == "close other programs"


def test_speech_weights_that_are_not_there_are_told_with_what_to_do(tmp_path: Path):
    with pytest.raises(MissingError) as caught:
        Whisper(Weights(tmp_path, ""), device="cpu")
    assert str(tmp_path) in caught.value.message
    assert caught.value.hint
