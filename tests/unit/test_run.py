"""Many recordings in one run: what they have in common is done once."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from pipeline.archive import run as runs
from pipeline.core.progress import Silent
from pipeline.engines import whisper
from pipeline.transcribe import stage as transcribe
from pipeline.translate import stage as translate
from tests.e2e.driving import sound, write_wav


def test_weights_are_loaded_once_for_all_recordings(tmp_path: Path):
    first = write_wav(tmp_path / "a.wav", sound("ru-clean", 0, 2_600))
    second = shutil.copy(first, tmp_path / "b.wav")
    loaded = []

    def load(*given, **more):
        loaded.append(given)
        return whisper.Whisper(*given, **more)

    request = runs.loading_once(
        runs.Request(
            recogniser=transcribe.Engine(demo=True, device="cpu", load=load),
            translator=translate.Engine(demo=True, device="cpu"),
        )
    )
    outcomes = [runs.one(Path(each), None, request, Silent()) for each in (first, second)]
    assert [outcome.status for outcome in outcomes] == ["made", "made"], outcomes
    assert len(loaded) == 1
    assert runs.one(first, None, replace(request, force=True), Silent()).status == "made"
    assert len(loaded) == 1
