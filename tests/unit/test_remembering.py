"""What an engine gave is kept as it comes, and never asked for twice."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import checked
from pipeline.core.errors import EngineError, EnvironmentGaveOutError
from pipeline.engines import Translator
from pipeline.translate import remembering
from pipeline.translate.remembering import Remembering

texts = st.text("абв \0\n\ud800\U0001f389\u200f", max_size=6)


class Engine:
    """It turns sentences round, and notes what it was asked."""

    def __init__(self, identity="engine@1", setting="cpu") -> None:
        self.identity, self.setting = identity, setting
        self.asked: list[tuple[str, str]] = []
        self.counted: list[str] = []

    def tokens(self, sentence):
        self.counted.append(sentence)
        return len(sentence)

    def translate(self, sentences, *, beginnings=None):
        begun = beginnings or [""] * len(sentences)
        self.asked += zip(sentences, begun, strict=True)
        return [self._texts(*one) for one in zip(sentences, begun, strict=True)]

    def _texts(self, sentence, beginning):
        if "gives up" in sentence:
            raise EngineError("gave up")
        score = float("nan") if "strange" in sentence else -len(sentence) / 7
        found = [(beginning + sentence[::-1], score), (beginning + sentence.upper(), -1e-300)]
        return [] if "cannot" in sentence else found


def around(path: Path, engine: Translator | None = None, **more) -> Remembering:
    def load() -> Translator:
        assert engine is not None, "nothing new was asked, and yet the engine is loaded"
        return engine

    return Remembering(load, "engine@1", "cpu", path / "journal", **more)


def test_what_was_translated_once_needs_no_engine(tmp_path: Path):
    engine = Engine()
    with around(tmp_path, engine) as first:
        said = first.translate(["а", "бв", "а"])
        assert first.tokens("бв") == first.tokens("бв") == 2
    assert engine.asked == [("а", ""), ("бв", "")]
    assert engine.counted == ["бв"]
    assert first.new == 2
    with around(tmp_path) as second:
        assert second.translate(["бв", "а", "а"]) == [said[1], said[0], said[0]]
        assert second.translate([]) == []
        assert second.tokens("бв") == 2
    assert second.new == 0


def test_one_new_sentence_is_all_that_is_asked(tmp_path: Path):
    with around(tmp_path, Engine()) as first:
        first.translate(["а", "б", "в"])
    engine = Engine()
    with around(tmp_path, engine) as second:
        assert [row[0][0] for row in second.translate(["а", "бб", "в"])] == ["а", "бб", "в"]
    assert engine.asked == [("бб", "")]
    assert second.new == 1


def test_another_beginning_is_another_question(tmp_path: Path):
    engine = Engine()
    with around(tmp_path, engine) as first:
        first.translate(["а"])
        assert first.translate(["а", "а"], beginnings=["", "He "])[1][0][0] == "He а"
    assert engine.asked == [("а", ""), ("а", "He ")]
    with around(tmp_path) as second:
        assert second.translate(["а"], beginnings=["He "])[0][0][0] == "He а"


@pytest.mark.parametrize("other", [("engine@2", "cpu"), ("engine@1", "cuda")])
def test_another_engine_or_setting_is_asked_again(tmp_path: Path, other):
    with around(tmp_path, Engine()) as first:
        first.translate(["а"])
    engine = Engine(*other)
    with Remembering(lambda: engine, *other, tmp_path / "journal") as second:
        second.translate(["а"])
    assert engine.asked == [("а", "")]


def test_an_engine_that_is_not_what_was_said_is_kept_under_its_own_name(tmp_path: Path):
    with around(tmp_path, Engine(setting="cpu float32")) as first:
        first.translate(["а"])
        assert first.setting == "cpu float32"
    engine = Engine()
    with around(tmp_path, engine) as second:
        second.translate(["а"])
    assert engine.asked == [("а", "")]


@given(st.lists(st.lists(st.tuples(texts, texts), max_size=4), max_size=4), st.data())
def test_it_gives_what_the_engine_gives_however_the_journal_is_torn(
    tmp_path: Path, calls, data: st.DataObject
):
    path = tmp_path / "journal"
    path.unlink(missing_ok=True)
    for _ in range(2):
        with around(tmp_path, Engine()) as remembering_:
            for call in calls:
                sentences, begun = [one for one, _ in call], [begun for _, begun in call]
                right = Engine().translate(sentences, beginnings=begun)
                assert remembering_.translate(sentences, beginnings=begun) == right
                assert [remembering_.tokens(one) for one in sentences] == [*map(len, sentences)]
        if path.exists() and path.stat().st_size:
            junk = bytearray(path.read_bytes())
            at = data.draw(st.integers(0, len(junk) - 1))
            junk[at] ^= data.draw(st.integers(0, 255))
            path.write_bytes(junk[: data.draw(st.integers(at, len(junk)))])


@pytest.mark.parametrize(
    "junk",
    [
        b"\0\n",
        b"{}\n",
        b"[" * 100_000 + b"\n",
        b"x" * (2 << 20) + b"\n",
        checked.sealed(b'{"key":"x"}') + b"\n",
        checked.sealed(b'{"key":1}') + b"\n",
        b"torn",
    ],
)
def test_a_journal_of_junk_is_no_trouble(tmp_path: Path, junk):
    (tmp_path / "journal").write_bytes(junk)
    with around(tmp_path, Engine()) as first:
        first.translate(["а"])
    with around(tmp_path) as second:
        assert second.translate(["а"])[0][0][0] == "а"


def test_a_journal_too_large_is_begun_anew(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(remembering, "_MOST_BYTES", 1_000)
    (tmp_path / "journal").write_bytes(b"x\n" * 1_000)
    with around(tmp_path, Engine()) as first:
        first.translate(["а"])
    assert (tmp_path / "journal").stat().st_size < 1_000


@pytest.mark.parametrize("odd", ["cannot", "strange", "half \ud800"])
def test_what_the_engine_could_not_do_is_asked_again_the_next_time(tmp_path: Path, odd):
    for _ in range(2):
        engine = Engine()
        with around(tmp_path, engine) as again:
            assert len(again.translate(["а", odd, odd])) == 3
        assert [sentence for sentence, _ in engine.asked][-1] == odd
    assert again.new == 1


def test_what_was_given_before_the_engine_gave_up_is_kept(tmp_path: Path):
    def run() -> None:
        with around(tmp_path, Engine()) as first:
            first.translate(["а"])
            first.translate(["б", "gives up"])

    with pytest.raises(EngineError):
        run()
    with around(tmp_path) as second:
        second.translate(["а"])


def lines(path: Path) -> int:
    return (path / "journal").read_bytes().count(b"\n")


def test_what_a_run_did_not_use_goes_once_it_is_more_than_half(tmp_path: Path):
    with around(tmp_path, Engine()) as run:
        run.translate(["а", "б", "в", "г"])
        run.tokens("а")
    assert lines(tmp_path) == 5
    with around(tmp_path) as run:
        run.translate(["а", "б", "в"])
    assert lines(tmp_path) == 5
    with contextlib.suppress(EngineError), around(tmp_path, Engine()) as run:
        run.translate(["gives up"])
    assert lines(tmp_path) == 5
    with around(tmp_path, Engine()) as run:
        run.translate(["а", "д"])
    assert lines(tmp_path) == 2
    run.translate(["е"])
    run.finish()
    with around(tmp_path) as run:
        run.translate(["а", "д", "е"])
    assert lines(tmp_path) == 3


def test_one_that_forgets_asks_everything_once_more(tmp_path: Path):
    for _ in range(2):
        engine = Engine()
        with around(tmp_path, engine, forgets=True) as run:
            run.translate(["а"])
            run.translate(["а"])
        assert engine.asked == [("а", "")]
        assert lines(tmp_path) == 1


_RUN = """
import os, signal, sys
from pathlib import Path
from pipeline.translate.remembering import Remembering

class Engine:
    identity, setting = "engine@1", "cpu"
    def tokens(self, sentence):
        return len(sentence)
    def translate(self, sentences, *, beginnings=None):
        for sentence in sentences:
            print(sentence, flush=True)
        if "40" in sentences:
            real = os.write
            def write(file, data):
                real(file, data[: len(data) - 5])
                os.kill(os.getpid(), signal.SIGKILL)
            os.write = write
        return [[(sentence, -1.0)] for sentence in sentences]

with Remembering(Engine, "engine@1", "cpu", Path(sys.argv[1])) as engine:
    for at in range(int(sys.argv[2]) // 4):
        given = [str(number) for number in range(at * 4, at * 4 + 4)]
        assert engine.translate(given) == [[(text, -1.0)] for text in given]
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")
def test_after_a_kill_only_what_was_not_there_is_translated(tmp_path: Path):
    def run(count: int) -> tuple[int, list[int]]:
        code = [sys.executable, "-c", _RUN, str(tmp_path / "journal"), str(count)]
        done = subprocess.run(code, capture_output=True, text=True, check=False)
        return done.returncode, [*map(int, done.stdout.split())]

    code, first = run(80)
    assert code == -signal.SIGKILL
    assert first == [*range(44)]
    # of the four that were being written, the last line is torn
    code, second = run(40)
    assert (code, second) == (0, [])
    with around(tmp_path, Engine()) as run_:
        run_.translate([str(number) for number in range(44)])
        assert run_.new == 1


def test_a_full_disk_is_told_of_and_the_journal_stays_whole(tmp_path: Path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    run = around(tmp_path, Engine())
    run.translate(["а"])
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(EnvironmentGaveOutError):
            run.translate(["б"])
    run.translate(["в"])
    run.close()
    engine = Engine()
    with around(tmp_path, engine) as second:
        second.translate(["а", "б", "в"])
    assert engine.asked == [("б", "")]
