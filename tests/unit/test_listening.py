"""Listening: chunks hold the very samples of their span, whatever the blocks, in bounded memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.core import media
from pipeline.engines.voice import VoiceOptions
from pipeline.transcribe.chunks import Rule
from pipeline.transcribe.listening import Chunk, Listener
from tests.sounds import Sound

BROADCAST = Path(__file__).parents[2] / "samples" / "broadcast.opus"


@pytest.fixture(scope="module")
def minute() -> Sound:
    return np.concatenate(list(media.blocks(BROADCAST, start_ms=10_000, end_ms=70_000)))


def listen(sound: Sound, block: int, start_ms: int = 0) -> tuple[Listener, list[Chunk]]:
    listener = Listener(VoiceOptions(), Rule(), start_ms)
    chunks: list[Chunk] = []
    for begin in range(0, len(sound), block):
        chunks += listener.feed(sound[begin : begin + block])
    return listener, chunks + listener.finish()


def test_chunks_hold_the_samples_of_their_spans(minute):
    listener, chunks = listen(minute, 480_000)
    assert listener.end_ms == 60_000
    assert len(chunks) > 8
    for chunk in chunks:
        there = minute[chunk.span.start_ms * 16 : chunk.span.end_ms * 16]
        assert np.array_equal(chunk.samples, there)


@pytest.mark.parametrize("block", [48_000, 7_777])
def test_blocks_of_any_size_give_the_same_chunks(minute, block):
    expected = [chunk.span for chunk in listen(minute, 480_000)[1]]
    assert [chunk.span for chunk in listen(minute, block)[1]] == expected


def test_times_are_on_the_recording_s_clock(minute):
    _, early = listen(minute[: 16_000 * 20], 480_000)
    _, late = listen(minute[: 16_000 * 20], 480_000, start_ms=3_600_000)
    assert [c.span.start_ms + 3_600_000 for c in early] == [c.span.start_ms for c in late]


def test_silence_and_speech_without_a_pause_do_not_pile_up(minute):
    speech = minute[: 16_000 * 4]
    listener = Listener(VoiceOptions(), Rule())
    most = 0
    for block in [speech, *[np.zeros(16_000 * 30, np.float32)] * 6, *[speech] * 30]:
        listener.feed(block)
        most = max(most, listener.kept_ms)
    assert most <= 120_000


def test_a_part_of_a_millisecond_counts_as_a_whole_one():
    listener = Listener(VoiceOptions(), Rule())
    listener.feed(np.zeros(16_001, np.float32))
    listener.finish()
    assert listener.end_ms == 1_001
