"""What decoding promises of files in the wild: the library's samples, on the player's clock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from faster_whisper import vad
from faster_whisper.audio import decode_audio

from pipeline.core import media
from pipeline.core.decoding import RATE
from tests.sounds import Sound, tones, write_media, write_wav

BROADCAST = Path(__file__).parents[2] / "samples" / "broadcast.opus"
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


def whole(path: Path) -> Sound:
    return np.concatenate(list(media.blocks(path, block_ms=1_700)))


def sha1(sound: Sound) -> str:
    return hashlib.sha1(sound.astype(np.float32).tobytes()).hexdigest()


def write(
    path: Path,
    codec: str,
    parts: Iterable[tuple[float, list[Sound]]],
    rate: int = RATE,
    *,
    video_s: float = 0,
) -> Path:
    """Parts with their start in seconds and a sound for each channel; maybe a picture from 0 on."""
    parts = list(parts)
    layout = LAYOUTS[len(parts[0][1])]
    with av.open(str(path), "w") as out:
        audio = out.add_stream(codec, rate=rate, layout=layout)
        if video_s:
            video = out.add_stream("mpeg4", rate=10)
            video.width, video.height, video.pix_fmt = 32, 32, "yuv420p"
            for number in range(round(video_s * 10)):
                black = np.zeros((32, 32, 3), np.uint8)
                picture = av.VideoFrame.from_ndarray(black, format="rgb24")
                picture.pts = number
                out.mux(video.encode(picture))
            out.mux(video.encode(None))
        wanted = audio.codec_context.format.name
        size = audio.codec_context.frame_size or 1024
        for starts_s, channels in parts:
            resampler = av.AudioResampler(wanted, layout, rate, frame_size=size)
            data = (np.stack(channels, axis=1) * 32767).astype(np.int16).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(data, format="s16", layout=layout)
            frame.sample_rate = rate
            at = round(starts_s * rate)
            for piece in [*resampler.resample(frame), *resampler.resample(None)]:
                piece.pts, piece.time_base = at, Fraction(1, rate)
                at += piece.samples
                out.mux(audio.encode(piece))
        out.mux(audio.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "codec", "rate", "channels"),
    [
        ("a.mp3", "mp3", 8_000, 1),
        ("a.mp3", "mp3", 44_100, 2),
        ("a.m4a", "aac", 44_100, 2),
        ("a.m4a", "aac", 48_000, 6),
        ("a.opus", "libopus", 48_000, 2),
        ("a.mka", "ac3", 44_100, 6),
        ("a.wav", "pcm_f32le", 44_100, 6),
        ("a.wav", "pcm_mulaw", 8_000, 1),
        ("a.wav", "pcm_s24le", 48_000, 2),
    ],
)
def test_samples_have_the_library_s_digest(tmp_path, name, codec, rate, channels):
    sounds = [tones(4.3, rate, seed=seed) / (1 + seed) for seed in range(channels)]
    path = write(tmp_path / name, codec, [(0, sounds)], rate)
    heard = whole(path)
    assert sha1(heard) == sha1(decode_audio(str(path)))
    assert np.abs(heard).max() > 0.01


def played(path: Path) -> Sound:
    """Each frame where its timestamp puts it; between them nothing is heard."""
    with av.open(str(path)) as source:
        begin = Fraction(source.start_time, 1_000_000)
        frames = [
            (round((frame.pts * frame.time_base - begin) * RATE), frame.to_ndarray().reshape(-1))
            for frame in source.decode(audio=0)
        ]
    sound = np.zeros(frames[-1][0] + len(frames[-1][1]), np.float32)
    for at, samples in frames:
        sound[at : at + len(samples)] = samples / 32768.0
    return sound


@pytest.mark.parametrize(
    "starts_s", [(0.0, 14.0), (1.5, 14.25), (3.04, 16.0, 33.5)], ids=lambda s: f"{s}"
)
def test_speech_stands_where_a_player_plays_it(tmp_path, starts_s):
    speech = np.concatenate(list(media.blocks(BROADCAST, start_ms=6_000, end_ms=11_000)))
    speech = np.pad(speech, 3 * RATE)
    path = write(tmp_path / "a.mkv", "pcm_s16le", [(at, [speech]) for at in starts_s], video_s=2)
    heard, right = whole(path), played(path)
    assert abs(len(heard) - len(right)) <= RATE // 100
    alone = vad.get_speech_timestamps(speech.copy())
    found = vad.get_speech_timestamps(heard.copy())
    assert len(found) == len(alone) * len(starts_s) > 0
    expected = [
        (round(each["start"] / 16 + at * 1_000), round(each["end"] / 16 + at * 1_000))
        for at in starts_s
        for each in alone
    ]
    for (start_ms, end_ms), span in zip(expected, found, strict=True):
        assert abs(span["start"] / 16 - start_ms) <= 200  # Silero remembers what it heard before
        assert abs(span["end"] / 16 - end_ms) <= 200
    for at in starts_s:
        here = slice(round((at + 0.1) * RATE), round((at + 10.9) * RATE))
        assert np.abs(heard[here] - right[here]).max() < 1e-6


def spoil(path: Path, start_s: float, end_s: float) -> int:
    """Put noise in the place of packets; how many."""
    with av.open(str(path)) as source:
        places = [
            (packet.pos, packet.size)
            for packet in source.demux(audio=0)
            if packet.pts is not None
            and packet.pos is not None
            and start_s <= float(packet.pts * packet.time_base) < end_s
        ]
    data = bytearray(path.read_bytes())
    noise = np.random.default_rng(3)
    for at, size in places:
        data[at : at + size] = noise.bytes(size)
    path.write_bytes(data)
    return len(places)


def bang(sound: Sound) -> int:
    """The first loud sample of the last seconds."""
    last = 10 * RATE
    return last + int(np.argmax(np.abs(sound[last:]) > 0.6))


@pytest.mark.parametrize("name", ["a.m4a", "a.mkv", "a.mp4"])
def test_damaged_packets_in_the_middle_leave_the_clock_right(tmp_path, name, caplog):
    sound = tones(12, 44_100) / 2
    sound[int(11.2 * 44_100) : int(11.4 * 44_100)] = 0.9
    path = write_media(tmp_path / name, sound, 44_100)
    clean = whole(path)
    assert spoil(path, 4.0, 6.5) > 50
    heard = whole(path)
    assert abs(bang(clean) - 11.2 * RATE) < RATE // 20
    assert abs(bang(heard) - bang(clean)) <= RATE // 10  # what is shorter is no gap
    assert abs(len(heard) - len(clean)) <= RATE // 10
    assert np.array_equal(heard[: 3 * RATE], clean[: 3 * RATE])
    assert "no sound from 0:00:04" in caplog.text
    assert len(caplog.records) < 10  # not one for each packet


def test_damaged_pages_of_an_opus_file_leave_the_clock_right(tmp_path):
    path = write_media(tmp_path / "a.opus", tones(20, 48_000), 48_000)
    clean = whole(path)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + len(data) // 8] = np.random.default_rng(3).bytes(len(data) // 8)
    path.write_bytes(data)
    assert abs(len(whole(path)) - len(clean)) <= RATE // 5


def test_a_wav_with_noise_in_it_is_as_long_as_it_was(tmp_path):
    path = write_wav(tmp_path / "a.wav", tones(5))
    data = bytearray(path.read_bytes())
    data[60_000:80_000] = np.random.default_rng(3).bytes(20_000)
    path.write_bytes(data)
    assert len(whole(path)) == 5 * RATE
