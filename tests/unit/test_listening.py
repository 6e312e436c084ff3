"""Listening: clips hold the very samples of their pieces, in any blocks, in bounded memory."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from faster_whisper import vad
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import media
from pipeline.engines import faint as engine
from pipeline.engines.voice import WINDOW, VoiceOptions
from pipeline.transcribe import listening, sounds
from pipeline.transcribe.chunks import Rule
from pipeline.transcribe.listening import Clip, Listener
from tests.sounds import Sound

BROADCAST = Path(__file__).parents[2] / "samples" / "broadcast.opus"
SHORT = Rule(longest_ms=12_000)


@pytest.fixture(scope="module")
def minute() -> Sound:
    return np.concatenate(list(media.blocks(BROADCAST, start_ms=10_000, end_ms=70_000)))


@pytest.fixture(scope="module")
def faint(minute: Sound) -> Sound:
    """Every third second so quiet that it may be missed."""
    second = np.arange(len(minute)) // 16_000
    return np.where(second % 3 == 0, minute / 200, minute).astype(np.float32)


def listen(
    sound: Sound, block: int = 480_000, start_ms: int = 0, rule: Rule = SHORT
) -> tuple[Listener, list[Clip]]:
    listener = Listener(VoiceOptions(longest_ms=rule.longest_ms), rule, start_ms, quiet=0.25)
    clips: list[Clip] = []
    for begin in range(0, len(sound), block):
        clips += listener.feed(sound[begin : begin + block])
    return listener, clips + listener.finish()


def there(sound: Sound, clip: Clip, start_ms: int = 0) -> Sound:
    pieces = [(p.start_ms - start_ms, p.end_ms - start_ms) for p in clip.chunk.pieces]
    return np.concatenate([sound[start * 16 : end * 16] for start, end in pieces])


class Told:
    """In the place of Silero: says what the samples of a window say, their mean."""

    def __init__(self) -> None:
        self.rest = np.zeros(0, np.float32)

    def feed(self, block):
        samples = np.concatenate([self.rest, block])
        whole = len(samples) - len(samples) % WINDOW
        self.rest = samples[whole:]
        return samples[:whole].reshape(-1, WINDOW).mean(axis=1)

    def finish(self):
        return np.array([self.rest.mean() if len(self.rest) else 0], np.float32)


# long runs of high, doubtful and low values, as speech has them
runs = st.lists(
    st.tuples(st.sampled_from([0.0, 0.0, 0.2, 0.3, 0.3, 0.4, 0.7, 0.7]), st.integers(1, 400)),
    max_size=12,
)


def told(parts: list[tuple[float, int]], tail: int = 0) -> Sound:
    """Samples that `Told` reads; no two are alike, so that they can be told apart."""
    values = np.repeat([value for value, _ in parts], [count * WINDOW for _, count in parts])
    rest = np.full(tail, parts[-1][0] if parts else 0.0)
    sound = np.concatenate([values, rest])
    return (sound + np.linspace(0, 1e-3, len(sound))).astype(np.float32)


@pytest.fixture
def _told(monkeypatch):
    for module in (listening, engine):
        monkeypatch.setattr(module, "Voice", Told)
    # what `Told` reads are no sounds: all would be tones, or begin and stay
    monkeypatch.setattr(sounds.Sounds, "is_tonal", lambda *_: False)
    monkeypatch.setattr(listening, "goes_on", lambda *_: False)


@pytest.mark.usefixtures("_told")
@given(runs, st.integers(0, WINDOW), st.sampled_from([0, 777, 3_600_000]))
def test_clips_hold_the_very_samples_of_their_pieces(parts, tail, start_ms):
    sound = told(parts, tail)
    listener, clips = listen(sound, 16_000, start_ms)
    assert listener.end_ms == start_ms - (-len(sound) // 16)
    for clip in clips:
        assert clip.chunk.pieces[0].start_ms >= start_ms
        assert clip.chunk.pieces[-1].end_ms <= listener.end_ms
        assert np.array_equal(clip.samples, there(sound, clip, start_ms))
        assert clip.chunk.duration_ms <= SHORT.longest_ms
        count = len(clip.chunk.stretches)
        for first, last in {(0, count), (0, 1), (count - 1, count), (count // 2, count)}:
            part = clip.part(first, last)
            assert part.chunk.stretches == clip.chunk.stretches[first:last]
            assert np.array_equal(part.samples, there(sound, part, start_ms))
            assert part.is_quiet == clip.is_quiet


@pytest.mark.usefixtures("_told")
@given(runs, st.integers(0, WINDOW), st.sampled_from([700, 5_000, 48_000, 10**9]))
def test_blocks_of_any_size_give_the_same_clips_in_the_same_order(parts, tail, block):
    sound = told(parts, tail)
    expected, found = (listen(sound, size)[1] for size in (480_000, block))
    assert [(c.chunk, c.is_quiet) for c in found] == [(c.chunk, c.is_quiet) for c in expected]
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(found, expected, strict=True))
    starts = [clip.chunk.own.start_ms for clip in found]
    assert starts == sorted(set(starts))


@pytest.mark.usefixtures("_told")
@given(runs)
def test_speech_is_in_one_clip_and_quiet_speech_is_never_in_another_one_too(parts):
    sound = told(parts)
    clips = listen(sound, 16_000)[1]
    spans = sorted((s.span.start_ms, s.span.end_ms) for clip in clips for s in clip.chunk.stretches)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    loud = [piece for clip in clips if not clip.is_quiet for piece in clip.chunk.pieces]
    for quiet in (piece for clip in clips if clip.is_quiet for piece in clip.chunk.pieces):
        assert not any(p.start_ms < quiet.end_ms and quiet.start_ms < p.end_ms for p in loud)
    at = 0
    for value, count in parts:
        for ms in range(at, at + count * 32, 32):
            if value == 0.7:
                assert any(p.start_ms <= ms and ms + 32 <= p.end_ms for p in loud)
        at += count * 32
    for value, begin, end in _long_runs(parts):
        # a cut without a pause, or what loud speech is padded with, may leave two short halves
        if value in {0.3, 0.4} and end - begin >= 2_100:
            middle = (begin + end) // 2
            assert any(start <= middle < stop for start, stop in spans)


def _long_runs(parts):
    at = 0
    for value, count in parts:
        yield value, at, at + count * 32
        at += count * 32


@pytest.mark.usefixtures("_told")
@given(runs, st.integers(200, 3_000))
def test_where_speech_is_cut_without_a_pause_both_sides_hear_it(parts, count):
    sound = told([*parts, (0.7, count), (0.0, 40)])
    loud = [clip.chunk for clip in listen(sound, 16_000)[1] if not clip.is_quiet]
    for before, after in pairwise(loud):
        touch = before.own.end_ms == after.own.start_ms
        assert (after.stretches[0].pause_ms == 0) <= touch
        overlap = before.pieces[-1].end_ms - after.pieces[0].start_ms
        assert (overlap > 0) == (after.stretches[0].pause_ms == 0)


def test_speech_that_begins_a_part_of_a_recording_has_nothing_before_it(minute):
    sound = minute[16_000 * 3 :]
    _, clips = listen(sound, start_ms=3_600_000)
    assert min(clip.chunk.pieces[0].start_ms for clip in clips) == 3_600_000
    assert all(np.array_equal(c.samples, there(sound, c, 3_600_000)) for c in clips)


@pytest.mark.parametrize("block", [48_000, 7_777])
def test_blocks_of_any_size_give_the_same_clips_of_a_broadcast(faint, block):
    expected, found = (listen(faint, size)[1] for size in (480_000, block))
    assert [(c.chunk, c.is_quiet) for c in found] == [(c.chunk, c.is_quiet) for c in expected]
    assert sum(not clip.is_quiet for clip in found) > 3
    assert all(np.array_equal(clip.samples, there(faint, clip)) for clip in found)


def test_times_are_on_the_recording_s_clock(minute):
    early, late = (listen(minute, start_ms=start)[1] for start in (0, 3_600_000))
    assert [c.chunk.own.start_ms + 3_600_000 for c in early] == [c.chunk.own.start_ms for c in late]
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(early, late, strict=True))


SILENCE, QUIET, SPEECH = (0.0, 2_000), (0.3, 30), (0.7, 30)  # a minute, a second, a second


@pytest.mark.usefixtures("_told")
@pytest.mark.parametrize(
    "kinds",
    [
        [SILENCE] * 20,
        [(0.7, 2_000)] * 20,
        [(0.3, 2_000)] * 20,
        [QUIET, (0.0, 100)] * 300,
        [SPEECH, (0.0, 100)] * 300,
        [SPEECH, (0.0, 400), QUIET, (0.0, 400)] * 60,
        [(0.7, 9), (0.3, 10)] * 600,
    ],
    ids=["silence", "speech", "quiet speech", "sparse quiet", "sparse", "both", "restless"],
)
def test_what_is_kept_does_not_grow_with_the_recording(kinds):
    listener = Listener(VoiceOptions(), Rule(), quiet=0.25)
    clips, most, sound = [], 0, told(kinds)
    for begin in range(0, len(sound), 480_000):
        clips += listener.feed(sound[begin : begin + 480_000])
        waiting = sum(len(clip.samples) for clip in listener._ready)
        most = max(most, len(listener._kept) + waiting)
    assert most <= 16_000 * 240
    spoken = {value for value, _ in kinds} - {0.0}
    assert bool(clips) == bool(spoken)


def test_a_part_of_a_millisecond_counts_as_a_whole_one():
    listener = Listener(VoiceOptions(), Rule())
    listener.feed(np.zeros(16_001, np.float32))
    listener.finish()
    assert listener.end_ms == 1_001


def test_what_is_not_yet_in_a_clip_is_said(minute):
    listener, clips = Listener(VoiceOptions(), SHORT, quiet=0.25), []
    for begin in range(0, len(minute), 48_000):
        clips += listener.feed(minute[begin : begin + 48_000])
        assert listener.holds_from_ms <= listener.end_ms
        assert all(clip.chunk.own.start_ms < listener.holds_from_ms for clip in clips)
        before = listener.holds_from_ms
    assert all(clip.chunk.own.start_ms >= before for clip in listener.finish())


def test_chunks_can_be_those_of_the_library_s_batched_pipeline():
    sound = np.concatenate(list(media.blocks(BROADCAST)))
    spans = vad.get_speech_timestamps(
        sound, vad.VadOptions(max_speech_duration_s=30, min_silence_duration_ms=160)
    )
    expected, _ = vad.collect_chunks(sound, spans, max_duration=30)
    listener = Listener(VoiceOptions(pad_ms=400, longest_ms=30_000), Rule.library())
    found = [*listener.feed(sound[:1_000_000]), *listener.feed(sound[1_000_000:])]
    found += listener.finish()
    assert len(found) == len(expected) > 8
    for clip, samples in zip(found, expected, strict=True):
        assert abs(len(clip.samples) - len(samples)) <= 16 * 30, "spans are in milliseconds"
        assert clip.chunk.duration_ms <= 30_030


def test_a_short_stretch_that_may_be_music_that_begins_is_told_as_doubtful(monkeypatch):
    monkeypatch.setattr(listening, "FaintVoice", lambda _: Told())
    sound = told([(0.7, 40), (0.0, 40), (0.7, 40), (0.0, 40), (0.7, 200), (0.0, 40)])
    sound[: 40 * WINDOW] += np.sin(np.arange(40 * WINDOW) / 4).astype(np.float32)
    sound[80 * WINDOW :] += np.random.default_rng(1).normal(0, 1, 320 * WINDOW) / 10
    (clip,) = listen(sound)[1]
    assert [stretch.is_doubtful for stretch in clip.chunk.stretches] == [True, False, False]
