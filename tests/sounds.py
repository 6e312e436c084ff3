"""Sound files for tests, made on the spot with PyAV; nothing is downloaded."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

FORMATS = {
    "mp3": "mp3",
    "m4a": "aac",
    "mp4": "aac",
    "opus": "libopus",
    "mkv": "aac",
    "flac": "flac",
    "flv": "aac",
    "ts": "aac",
}

Sound = npt.NDArray[np.float32]


def tones(seconds: float, rate: int = 16_000, seed: int = 0) -> Sound:
    """Something with a spectrum: three tones that come and go, and a little noise."""
    at = np.arange(round(seconds * rate)) / rate
    rng = np.random.default_rng(seed)
    sound = sum(np.sin(2 * np.pi * hertz * at) for hertz in (220, 440, 1330)) * np.sin(at) ** 2 / 5
    return (sound + rng.normal(0, 0.01, len(at))).astype(np.float32)


def write_wav(path: Path, sound: Sound, rate: int = 16_000, channels: int = 1) -> Path:
    """16 bit, the same in every channel."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        data = np.repeat((sound * 32767).astype("<i2"), channels)
        out.writeframes(data.tobytes())
    return path


def write_media(
    path: Path, sound: Sound, rate: int = 16_000, *, starts_s: float = 0, video_s: float = 0
) -> Path:
    """In the container and codec that the name asks for, the sound beginning at `starts_s`."""
    with av.open(str(path), "w") as out:
        video = None
        if video_s:
            video = out.add_stream("mpeg4", rate=10)
            video.width = video.height = 32
            video.pix_fmt = "yuv420p"
        audio = out.add_stream(FORMATS[path.suffix[1:]], rate=rate)
        for number in range(round(video_s * 10)):
            picture = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
            picture.pts = number
            out.mux(video.encode(picture))
        if video:
            out.mux(video.encode(None))
        layout = audio.codec_context.layout.name
        resampler = av.AudioResampler(
            format=audio.codec_context.format.name,
            layout=layout,
            rate=rate,
            frame_size=audio.codec_context.frame_size or 1024,
        )
        frame = av.AudioFrame.from_ndarray(
            (sound * 32767).astype(np.int16)[None, :], format="s16", layout="mono"
        )
        frame.sample_rate = rate
        at = round(starts_s * rate)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            piece.pts = at
            at += piece.samples
            out.mux(audio.encode(piece))
        out.mux(audio.encode(None))
    return path


def write_streams(path: Path, sounds: dict[str, Sound], rate: int = 16_000) -> Path:
    """Several audio streams in one mkv, each named by its language as containers write it."""
    with av.open(str(path), "w") as out:
        streams = []
        for tag in sounds:
            stream = out.add_stream("pcm_s16le", rate=rate, layout="mono")
            stream.metadata["language"] = tag
            streams.append(stream)
        for stream, sound in zip(streams, sounds.values(), strict=True):
            frame = av.AudioFrame.from_ndarray(
                (sound * 32767).astype(np.int16)[None, :], format="s16", layout="mono"
            )
            frame.sample_rate, frame.pts = rate, 0
            out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
    return path
