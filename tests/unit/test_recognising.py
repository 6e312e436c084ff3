"""Recognition in rounds: in order, kept as it is done, the same however it is interrupted."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import EngineError
from pipeline.core.files import Journal
from pipeline.core.timeline import Span, Word
from pipeline.engines import Encoded, Heard
from pipeline.transcribe.coverage import Result
from pipeline.transcribe.listening import Chunk
from pipeline.transcribe.memory import Keys, Memory
from pipeline.transcribe.recognising import Ask, Recogniser

LANGUAGES = ("ru", "es", "en")
EQUAL = 4
SHARES = [
    (0.99, 0.01, 0.0),
    (0.05, 0.95, 0.0),
    (0.5, 0.45, 0.05),
    (0.1, 0.3, 0.6),
    (0.45, 0.1, 0.45),
]


class Parrot:
    """An engine that says what the first sample tells it; it breaks after so many chunks."""

    identity, setting = "parrot@1", "cpu"

    def __init__(self, breaks_after: int = 10**9) -> None:
        self.left = breaks_after
        self.encoded = self.transcribed = 0

    def encode(self, chunks):
        self.encoded += len(chunks)
        return [Encoded(chunk, len(chunk) // 160) for chunk in chunks]

    def languages(self, encoded, allowed):
        kinds = [round(float(each.values[0]) * 1000) % len(SHARES) for each in encoded]
        return [dict(zip(allowed, SHARES[kind], strict=False)) for kind in kinds]

    def transcribe(self, encoded, language, hotwords=""):
        self.left -= len(encoded)
        if self.left < 0:
            raise EngineError("out of seeds")
        self.transcribed += len(encoded)
        return [
            Heard(
                text=f"{language}{each.values[0]:.3f}{hotwords}",
                words=(Word(start_ms=0, end_ms=200, text=f"{language}{each.values[0]:.3f}"),),
                log_probability=-0.25,
            )
            for each in encoded
        ]


def chunks(kinds: list[int]) -> list[Chunk]:
    return [
        Chunk(
            Span(start_ms=at * 2_000, end_ms=at * 2_000 + 1_500),
            np.full(24_000, (at * len(SHARES) + kind) / 1000, np.float32),
        )
        for at, kind in enumerate(kinds)
    ]


def recognise(
    path: Path, engine: Parrot, given_chunks: list[Chunk], batch: int = 4, step: int = 3, **ask
) -> list[Result]:
    with Journal.open(path) as journal:
        recogniser = Recogniser(
            lambda: engine,
            Keys(1, engine.identity, engine.setting),
            Memory(journal),
            Ask(languages=LANGUAGES, batch=batch, **ask),
        )
        found: list[Result] = []
        for begin in range(0, len(given_chunks), step):
            found += recogniser.feed(given_chunks[begin : begin + step])
        return found + list(recogniser.finish())


kinds_of_chunks = st.lists(st.integers(0, EQUAL), max_size=20)


@given(kinds_of_chunks, st.integers(1, 9), st.integers(1, 9))
def test_results_do_not_depend_on_the_batch(tmp_path_factory, kinds, batch, step):
    folder = tmp_path_factory.mktemp("journal")
    one = recognise(folder / "a", Parrot(), chunks(kinds), batch=1, step=1)
    other = recognise(folder / "b", Parrot(), chunks(kinds), batch=batch, step=step)
    assert one == other
    assert [each.span for each in one] == [chunk.span for chunk in chunks(kinds)]


@given(kinds_of_chunks, st.integers(0, 20), st.integers(1, 6))
def test_a_run_that_broke_off_goes_on_and_ends_the_same(tmp_path_factory, kinds, breaks, batch):
    folder = tmp_path_factory.mktemp("journal")
    undisturbed = recognise(folder / "a", Parrot(), chunks(kinds), batch=batch)
    first, second = Parrot(breaks), Parrot()
    with contextlib.suppress(EngineError):
        recognise(folder / "b", first, chunks(kinds), batch=batch)
    again = recognise(folder / "b", second, chunks(kinds), batch=batch)
    assert again == undisturbed
    assert first.transcribed + second.transcribed == len(kinds)
    assert second.encoded <= len(kinds) - first.transcribed


@given(kinds_of_chunks, st.data())
def test_a_journal_torn_at_any_byte_costs_one_chunk_at_most(tmp_path_factory, kinds, data):
    path = tmp_path_factory.mktemp("journal") / "a"
    undisturbed = recognise(path, Parrot(), chunks(kinds))
    whole = path.read_bytes() if kinds else b""
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    engine = Parrot()
    assert recognise(path, engine, chunks(kinds)) == undisturbed
    assert engine.transcribed == len(kinds) - whole[:cut].count(b"\n")


def test_a_second_run_needs_no_engine(tmp_path):
    def no_engine() -> Parrot:
        raise AssertionError("the engine was loaded")

    first = recognise(tmp_path / "a", Parrot(), chunks([0, 1, 2, 3]))
    with Journal.open(tmp_path / "a") as journal:
        keys = Keys(1, Parrot.identity, Parrot.setting)
        again = Recogniser(no_engine, keys, Memory(journal), Ask(languages=LANGUAGES))
        assert [*again.feed(chunks([0, 1, 2, 3])), *again.finish()] == first


def test_of_equally_likely_languages_the_journal_leads_to_the_same_one(tmp_path):
    fresh, known = (recognise(tmp_path / "a", Parrot(), chunks([EQUAL])) for _ in range(2))
    assert [each.language for each in fresh] == ["ru"], "the first that the info file names"
    assert known == fresh


def test_words_to_expect_in_one_language_make_only_its_chunks_anew(tmp_path):
    kinds = [0, 0, 1, 0, 1]
    recognise(tmp_path / "a", Parrot(), chunks(kinds))
    engine = Parrot()
    found = recognise(tmp_path / "a", engine, chunks(kinds), hotwords=(("es", "Bilbao"),))
    assert engine.transcribed == 2
    assert [each.heard.text.endswith("Bilbao") for each in found] == [k == 1 for k in kinds]


def test_other_weights_make_everything_anew(tmp_path):
    recognise(tmp_path / "a", Parrot(), chunks([0, 1]))
    engine = Parrot()
    engine.identity = "parrot@2"
    recognise(tmp_path / "a", engine, chunks([0, 1]))
    assert engine.transcribed == 2


def test_the_same_sound_at_another_place_is_known(tmp_path):
    recognise(tmp_path / "a", Parrot(), chunks([0, 1, 0]))
    later = [
        Chunk(Span(start_ms=c.span.start_ms + 777, end_ms=c.span.end_ms + 777), c.samples)
        for c in chunks([0, 1, 0])
    ]
    engine = Parrot()
    assert [each.span for each in recognise(tmp_path / "a", engine, later)] == [
        c.span for c in later
    ]
    assert engine.transcribed == 0


def test_a_chunk_is_encoded_once_for_its_language_and_its_words(tmp_path):
    engine = Parrot()
    recognise(tmp_path / "a", engine, chunks([0, 1, 2, 3, 0, 1, 2, 3, 2]), batch=2)
    assert engine.encoded == 9


@pytest.mark.parametrize(
    "damage", [b"{}", b"\xff\xfe", b'{"key":"a"}', b"", b'{"more":' + b"[" * 9_999 + b"]" * 9_999]
)
def test_a_damaged_line_in_the_journal_is_passed_over(tmp_path, damage):
    path = tmp_path / "a"
    undisturbed = recognise(path, Parrot(), chunks([0, 1, 2]))
    lines = path.read_bytes().split(b"\n")
    lines[1] = damage
    path.write_bytes(b"\n".join(lines))
    engine = Parrot()
    assert recognise(path, engine, chunks([0, 1, 2])) == undisturbed
    assert engine.transcribed == 1
