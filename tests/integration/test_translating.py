"""Translating with real weights: killed and continued, without a network, with a second opinion."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.core import artifacts
from pipeline.core.artifacts import TRANSCRIPT, TRANSLATION, Origin
from pipeline.core.payloads import Transcript
from pipeline.core.progress import Silent
from pipeline.core.timeline import Phrase, Word
from pipeline.core.workspace import Workspace
from pipeline.emit import stage as emit
from pipeline.measure import evaluation
from pipeline.measure.reference import as_transcript, parse_words
from pipeline.programme import info as infos
from pipeline.programme.info import Info
from pipeline.segment import stage as segment
from pipeline.subtitles import srt
from pipeline.translate import stage as translate
from tests import packages
from tests.sounds import tones, write_wav

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLES = Path(__file__).parents[2] / "samples"
COMMAND = Path(sys.executable).with_name("marathon")
BEGINNINGS = "Мы Вы Они Гости Друзья".split()
VERBS = "начинаем ждали слушали благодарим".split()
REST = "марафон вечер гости друзья спасибо сегодня с_нами дорогие из_Никарагуа".split()


def talk(count: int) -> Transcript:
    """So many different sentences, a second each."""
    phrases = []
    for at in range(count):
        texts = [
            BEGINNINGS[at % 5],
            VERBS[at // 5 % 4],
            REST[at // 20 % 9],
            REST[at // 180 % 9],
            f"{at}.",
        ]
        tokens = " ".join(texts).replace("_", " ").split()
        words = tuple(
            Word(start_ms=at * 1_000 + 100 * n, end_ms=at * 1_000 + 100 * n + 90, text=token)
            for n, token in enumerate(tokens)
        )
        start_ms, end_ms = at * 1_000, (at + 1) * 1_000
        phrases.append(Phrase(start_ms=start_ms, end_ms=end_ms, language="ru", words=words))
    return Transcript(duration_ms=count * 1_000, lines=tuple(phrases))


def segmented(recording: Path, out: Path, transcript: Transcript, info: Info) -> Workspace:
    ws = Workspace.open(recording, out)
    with ws.lock():
        origin = Origin(stage="transcribe", stage_version=1)
        artifacts.write(ws.transcript_path, TRANSCRIPT, transcript, origin)
        segment.run(ws, info, segment.Options(embedder="none"))
    return ws


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recording") / "long.wav"
    write_wav(path, tones(1))
    return path


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packages.build(tmp_path_factory.mktemp("package") / "ru_en")


def started(ws: Workspace, package: Path) -> subprocess.Popen[bytes]:
    given = [str(ws.recording), "--out", str(ws.folder.parent), "--mt", str(package)]
    return subprocess.Popen(
        [str(COMMAND), "translate", *given, "--device", "cpu", "--offline", "-q"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def until(process: subprocess.Popen[bytes], reached: Callable[[], bool]) -> None:
    limit = time.monotonic() + 120
    while not reached():
        assert process.poll() is None, "it ended before that"
        assert time.monotonic() < limit
        time.sleep(0.002)


@pytest.mark.slow
def test_killed_in_the_middle_it_goes_on_and_ends_as_if_nothing_had_been(
    recording: Path, package: Path, tmp_path: Path
):
    transcript = talk(530)  # three blocks
    whole = segmented(recording, tmp_path / "whole", transcript, Info())
    done = started(whole, package)
    _, err = done.communicate(timeout=120)
    assert done.returncode == 0, err.decode()
    right = whole.translation_path("en").read_bytes()
    ws = segmented(recording, tmp_path / "killed", transcript, Info())
    journal = ws.translation_path("en").with_suffix(".ru.journal")
    sizes = [0]
    for _ in range(2):
        process = started(ws, package)
        until(process, lambda: journal.exists() and journal.stat().st_size > sizes[-1])
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not ws.translation_path("en").exists()
        sizes.append(journal.stat().st_size)
    assert sizes == sorted(set(sizes)), "what was kept stays, and each run goes on"
    process = started(ws, package)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err.decode()
    assert ws.translation_path("en").read_bytes() == right
    keys = [line for line in journal.read_bytes().split(b"\n") if line]
    assert len(keys) == len(set(keys)), "nothing is translated twice"


@pytest.fixture
def _no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_given: object, **_more: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)


@pytest.mark.engine
@pytest.mark.usefixtures("_no_sockets")
def test_from_words_to_subtitles_without_any_socket(tmp_path: Path):
    recording = SAMPLES / "broadcast.opus"
    info = infos.load(recording)
    path = SAMPLES / "broadcast.words.json"
    right = parse_words(path.read_bytes(), str(path))
    transcript, _ = as_transcript(right)
    ws = segmented(recording, tmp_path, transcript, info)
    engine = translate.Engine(demo=True, device="cpu", offline=True)
    options = translate.Options()
    translate.check(ws, info)
    translate.look_ahead(info, options, engine, Silent())
    with ws.lock():
        assert translate.run(ws, info, options, engine, Silent()) == "made"
        assert emit.run(ws, info, emit.Options()) == "made"
    path = SAMPLES / "broadcast.en.srt"
    shown = srt.parse(ws.srt_path("en").read_bytes(), "en")
    words = [word for cue in shown for line in cue.lines for word in line.split()]
    assert evaluation.text_score(srt.parse(path.read_bytes(), str(path)), words) >= 90
    made = artifacts.read(ws.translation_path("en"), TRANSLATION).payload
    others = [each for each in made.sentences if each.language != "ru"]
    assert {each.language for each in others} == {"es", "en"}
    assert all(each.hypotheses == () and each.flags == () for each in others)
    spoken = [word.text for word in right if word.language != "ru"]
    assert [word.text for each in others for word in each.words] == spoken
    begun = time.process_time()
    assert translate.run(ws, info, options, engine, Silent()) == "current"
    assert time.process_time() - begun < 1


@pytest.mark.engine
def test_a_second_opinion_is_told_and_kept_until_nobody_wants_it(
    recording: Path, package: Path, tmp_path: Path
):
    ws = segmented(recording, tmp_path, talk(40), Info())
    other = packages.build(tmp_path / "other", positions=200)
    engine = translate.Engine(choice=str(package), device="cpu", offline=True)

    def made(choice: str = "") -> str:
        options = translate.Options(second_opinion=choice)
        return translate.run(ws, Info(), options, engine, Silent())

    assert made() == "made"
    alone = ws.translation_path("en").read_bytes()
    assert made(os.fspath(other)) == "made"
    first = artifacts.read(ws.translation_path("en"), TRANSLATION)
    assert first.origin.options["second_opinion"] == str(other)
    assert made() == made(os.fspath(other)) == "current"
    assert translate.plan(ws, Info(), translate.Options(), engine) == []
    assert made("none") == "made"
    assert ws.translation_path("en").read_bytes() == alone
