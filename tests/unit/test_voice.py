"""Silero in a stream: the probabilities, spans and padding that faster-whisper finds in a file."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from faster_whisper import vad
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core import media
from pipeline.engines.voice import WINDOW, Padding, Stretch, Stretches, Voice, VoiceOptions
from tests.sounds import Sound, tones

BROADCAST = Path(__file__).parents[2] / "samples" / "broadcast.opus"

options = st.builds(
    VoiceOptions,
    threshold=st.sampled_from([0.1, 0.35, 0.5, 0.9]),
    min_speech_ms=st.sampled_from([0, 100, 250]),
    min_silence_ms=st.sampled_from([0, 32, 100, 160, 2_000]),
    pad_ms=st.integers(0, 500),
    longest_ms=st.sampled_from([1_500, 5_000, 28_000]),
)
# long runs of high and low values: probabilities as speech has them, and a few in between
runs = st.lists(
    st.tuples(st.sampled_from([0.0, 0.03, 0.2, 0.36, 0.5, 0.7, 0.95]), st.integers(1, 60)),
    max_size=30,
).map(lambda parts: [value for value, count in parts for _ in range(count)])


def library_spans(audio: Sound, chosen: VoiceOptions) -> list[Stretch]:
    found = vad.get_speech_timestamps(
        audio.copy(),
        vad.VadOptions(
            threshold=chosen.threshold,
            min_speech_duration_ms=chosen.min_speech_ms,
            max_speech_duration_s=chosen.longest_ms / 1000,
            min_silence_duration_ms=chosen.min_silence_ms,
            speech_pad_ms=chosen.pad_ms,
        ),
    )
    return [(each["start"], each["end"]) for each in found]


def streamed_spans(
    probabilities: list[float], length: int, chosen: VoiceOptions, step: int
) -> list[Stretch]:
    stretches, padding = Stretches(chosen), Padding(chosen)
    found: list[Stretch] = []
    for begin in range(0, len(probabilities), step):
        part = np.array(probabilities[begin : begin + step], np.float32)
        ended = list(stretches.feed(part))
        found += padding.feed(ended, stretches.open_from)
    found += padding.feed(stretches.finish(length), 0)
    return found + list(padding.finish(length))


@given(probabilities=runs, chosen=options, step=st.integers(1, 400), rest=st.integers(0, 511))
@example(probabilities=[0.9] * 400, chosen=VoiceOptions(longest_ms=5_000), step=50, rest=0)
@example(probabilities=[0.9] * 9 + [0.0], chosen=VoiceOptions(), step=1, rest=511)
def test_spans_are_the_library_s_for_any_probabilities(probabilities, chosen, step, rest):
    if not probabilities:
        return
    length = (len(probabilities) - 1) * WINDOW + rest  # the library pads to one window more
    values = np.array(probabilities, np.float32)
    with mock.patch.object(vad, "get_vad_model", return_value=lambda _: values):
        expected = library_spans(np.zeros(length, np.float32), chosen)
    assert streamed_spans(values.tolist(), length, chosen, step) == expected


@given(probabilities=runs, chosen=options)
def test_spans_are_in_order_and_never_longer_than_allowed(probabilities, chosen):
    length = len(probabilities) * WINDOW
    found = streamed_spans(probabilities, length, chosen, 7)
    assert all(0 <= start <= end <= length for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    assert all(end - start <= chosen.longest_ms * 16 for start, end in found)


@pytest.mark.parametrize("size", [999, 512 * 31, 100_000])
@pytest.mark.parametrize("length", [16_000 * 3, 16_000 * 3 + 1, 16_000 * 3 + 480, 300, 511])
def test_probabilities_do_not_depend_on_how_the_stream_is_cut(size: int, length: int):
    audio = tones(4.0)[:length] * 2
    padded = np.pad(audio, (0, WINDOW - len(audio) % WINDOW))
    expected = vad.get_vad_model()(padded).reshape(-1)
    voice = Voice()
    parts = [voice.feed(audio[begin : begin + size]) for begin in range(0, len(audio), size)]
    assert np.array_equal(np.concatenate([*parts, voice.finish()]), expected)


@pytest.mark.parametrize(
    "chosen",
    [VoiceOptions(), VoiceOptions(threshold=0.3, pad_ms=400, longest_ms=4_000, min_silence_ms=700)],
)
def test_speech_is_found_where_the_library_finds_it(chosen):
    audio = np.concatenate(list(media.blocks(BROADCAST, end_ms=60_000)))
    voice, stretches, padding = Voice(), Stretches(chosen), Padding(chosen)
    found: list[Stretch] = []
    for begin in range(0, len(audio), 70_001):
        ended = list(stretches.feed(voice.feed(audio[begin : begin + 70_001])))
        found += padding.feed(ended, stretches.open_from)
    last = [*stretches.feed(voice.finish()), *stretches.finish(len(audio))]
    found += [*padding.feed(last, 0), *padding.finish(len(audio))]
    assert found == library_spans(audio, chosen)
    assert len(found) > 5


def test_the_runtime_under_silero_reports_to_nobody(tmp_path):
    script = "from pipeline.engines.voice import Voice; Voice()"
    home = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": "", "ORT_DISABLE_TELEMETRY": "0"}
    subprocess.run([sys.executable, "-c", script], env=home, check=True)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
