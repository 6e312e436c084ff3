"""The sample broadcast, as `make demo` and `make evaluate` run it: is it good enough to show?"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.timeline import Cue
from pipeline.programme import rundown
from pipeline.subtitles import srt
from tests.e2e.driving import ROOT, Marathon

pytestmark = pytest.mark.slow

SAMPLE = ROOT / "samples" / "broadcast.opus"
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
EDGE_MS = 1_000  # a cue may stay this long after the last word


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """The folder with the results."""
    folder = tmp_path_factory.mktemp("sample")
    done = Marathon(folder, environment)("run", SAMPLE, "--demo", "--out", "out")
    assert done.code == 0, done.err
    return folder / "out" / "broadcast"


@pytest.fixture(scope="module")
def scores(shown: Path, environment: dict[str, str]) -> dict[str, Any]:
    marathon = Marathon(shown.parents[1], environment)
    done = marathon(*("evaluate", SAMPLE, "--out", "out", "--demo", "--from-reference", "--json"))
    assert done.code == 0, done.err
    return json.loads(done.out)


def cues(path: Path) -> tuple[Cue, ...]:
    return srt.parse(path.read_bytes(), str(path))


def words(path: Path) -> list[str]:
    return [word for cue in cues(path) for line in cue.lines for word in line.split()]


def test_russian_is_in_cyrillic_as_spoken_and_gone_in_english(shown: Path):
    assert len([w for w in words(shown / "broadcast.srt") if CYRILLIC.search(w)]) > 200
    assert not [w for w in words(shown / "broadcast.en.srt") if CYRILLIC.search(w)]


def test_spanish_and_english_stay_as_they_were_spoken(shown: Path):
    spoken = [w for w in words(shown / "broadcast.srt") if not CYRILLIC.search(w)]
    in_english = iter(words(shown / "broadcast.en.srt"))
    assert len(spoken) > 100
    assert [w for w in spoken if w not in in_english] == []  # in this order


def test_nothing_is_written_while_there_is_music(shown: Path):
    entries = rundown.load(ROOT / "samples" / "broadcast.rundown.csv")
    (music,) = [entry for entry in entries if entry.kind == "music"]
    for name in ("broadcast.srt", "broadcast.en.srt"):
        during = [
            cue
            for cue in cues(shown / name)
            if cue.start_ms < music.end_ms - EDGE_MS and cue.end_ms > music.start_ms + EDGE_MS
        ]
        assert during == []


def test_every_item_with_speech_has_its_files_and_the_guide_names_all(shown: Path):
    entries = rundown.load(ROOT / "samples" / "broadcast.rundown.csv")
    guide = (shown / "guide.md").read_text("utf-8")
    for number, entry in enumerate(entries, start=1):
        assert entry.title in guide
        is_there = (shown / "items" / f"{number:02d}.en.srt").exists()
        assert is_there == (entry.kind != "music")


def test_languages_are_as_right_as_promised(scores: dict[str, Any]):
    assert scores["recognition"]["language_right"] >= 0.98


def test_words_and_times_are_as_good_as_promised(scores: dict[str, Any]):
    heard = scores["recognition"]
    assert heard["word_error_rate"]["all"] <= 0.15
    assert scores["tracks"]["orig"]["times"]["start_ms"] <= 300
    assert scores["tracks"]["en"]["times"]["start_ms"] <= 300


def test_the_translation_is_as_good_as_promised(scores: dict[str, Any]):
    assert scores["tracks"]["en"]["chrf"] >= 75
    assert scores["from_reference"]["en"] >= 90
