"""Open, probe and stream a recording as 16 kHz mono blocks (PyAV).

Media files come from anywhere, so they are opened as regular local files only: by absolute path
with a `file:` prefix (a name such as `concat:a|b` is a legal file name and a protocol), with no
other protocol and with no demuxer that could send the reader on to other files.
"""

from __future__ import annotations

import logging
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.core import decoding, lengths
from pipeline.core.clock import exact
from pipeline.core.decoding import RATE
from pipeline.core.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import av.audio.stream
    from av.container import InputContainer

    from pipeline.core.decoding import Samples

log = logging.getLogger(__name__)

PER_MS: Final = RATE // 1000

_CONTAINERS: Final = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dts,dv,eac3,flac,flv,gxf,loas,matroska,mov,mp3,mpeg,"
    "mpegts,mxf,ogg,rm,tta,voc,w64,wav,wtv,wv"
)
_CHANNELS: Final = range(1, 65)
_FIRST_MS: Final = 1_000  # so much is decoded to see that it can be
_PIECE_MS: Final = 1_000  # of silence that is put in at once
_CUT_OFF_MS: Final = 1_000  # what may miss at the end before a file counts as cut off
_MAY_MISS_MS: Final = 2_000  # the same, where a header is easily wrong


@dataclass(frozen=True, slots=True)
class AudioStream:
    """One audio stream; `start_ms` on the clock that a player shows, `duration_ms` 0 if unknown."""

    index: int
    codec: str
    rate: int
    channels: int
    language: str
    start_ms: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Probe:
    """What a media file says of itself; `duration_ms` is 0 where it does not say."""

    duration_ms: int
    streams: tuple[AudioStream, ...]
    is_guess: bool = False  # the duration was reckoned, and decoding may find another


def probe(path: Path) -> Probe:
    """What the headers of `path` say.

    Raises:
        UsageError: there is no such file.
        InputError: it is not a media file with sound that we can read.
    """
    with opened(path) as container:
        return Probe(
            max(0, (container.duration or 0) // 1000),
            _streams(path, container),
            lengths.is_guess(container),
        )


def try_out(path: Path, start_ms: int = 0, *, stream: int = 1) -> None:
    """Decode the beginning, and see that something follows `start_ms`, as far as headers say.

    Raises:
        UsageError: there is no such file.
        InputError: it cannot be decoded, or is over before `start_ms`.
    """
    next(blocks(path, block_ms=_FIRST_MS, stream=stream), None)
    length_ms = bound_ms(path)
    if 0 < length_ms <= start_ms:
        raise _over(path, start_ms, length_ms)


def bound_ms(path: Path) -> int:
    """What the recording cannot be longer than; 0 where its header does not say so for sure.

    Raises:
        UsageError: there is no such file.
        InputError: it is not a media file with sound that we can read.
    """
    length = probe(path)
    return 0 if length.is_guess or lengths.is_chained(path) else length.duration_ms


def blocks(
    path: Path,
    *,
    block_ms: int = 30_000,
    start_ms: int = 0,
    end_ms: int | None = None,
    stream: int = 1,
) -> Iterator[Samples]:
    """An audio stream from `start_ms` to `end_ms`, in blocks; only the last is shorter.

    `stream` counts the audio streams from 1, as `pipeline.core.streams` chooses one.

    Decoding always begins at the file's beginning, so that a part is the very samples that the
    whole has there: what was once recognised is known again.

    Raises:
        UsageError: there is no such file.
        InputError: the file cannot be read, or ends before the place that its header states, or
            before `start_ms`.
    """
    import numpy as np

    size = block_ms * PER_MS
    held: list[Samples] = []
    count = 0
    for part in _part(path, stream, start_ms, end_ms):
        held.append(part)
        count += len(part)
        if count < size:
            continue
        joined = np.concatenate(held)
        whole = count - count % size
        for begin in range(0, whole, size):
            yield joined[begin : begin + size]
        held, count = [joined[whole:].copy()], count - whole
    if count:
        yield np.concatenate(held)


def _part(path: Path, stream: int, start_ms: int, end_ms: int | None) -> Iterator[Samples]:
    """What of the stream stands between two times."""
    start = start_ms * PER_MS
    at = 0
    for piece in _stream(path, stream):
        end = at + len(piece) if end_ms is None else min(end_ms * PER_MS, at + len(piece))
        if end > max(at, start):
            yield piece[max(0, start - at) : end - at]
        at += len(piece)
        if end_ms is not None and at >= end_ms * PER_MS:
            return
    if at < start + PER_MS:
        raise _over(path, start_ms, at // PER_MS)


def _soundless(path: Path) -> InputError:
    return InputError(f"{path}: holds no sound", hint="give a recording that can be played")


def _over(path: Path, start_ms: int, length_ms: int) -> InputError:
    if not start_ms:
        return _soundless(path)
    length, start = exact(length_ms), exact(start_ms)
    message = f"{path}: is {length} long, and --from {start} is not before its end"
    return InputError(message, hint="give --from an earlier time")


def _stream(path: Path, number: int) -> Iterator[Samples]:
    """All samples in pieces of no particular size, silence where the stream has none."""
    with opened(path) as container:
        chosen = _fit(path, _streams(path, container)[number - 1])
        now = decoding.Clock(chosen.duration_ms)
        resampler = decoding.Resampler(path)
        for frame, at_ms in decoding.frames(path, container, number):
            missing_ms = now.missing_ms(at_ms)
            if missing_ms:
                if now.has_begun:
                    log.warning("%s: no sound from %s on for %d ms", path, now, missing_ms)
                yield from resampler.drain()
                yield from _silence(missing_ms)
            now.advance(missing_ms, frame)
            yield from resampler.feed(frame)
        yield from resampler.finish()
        if not now.has_begun:
            raise _soundless(path)
        if now.now_ms + _CUT_OFF_MS < chosen.start_ms + chosen.duration_ms:
            raise InputError(
                f"{path}: ends at {now}, though its header says that it lasts "
                f"{exact(chosen.duration_ms)}: the file is cut off",
                hint=f"get the whole file again, or give --to {now} to work on what is there",
            )
        claimed_ms = lengths.claimed_ms(path, container, container.streams.audio[number - 1])
        if now.now_ms + _MAY_MISS_MS < claimed_ms:
            log.warning(
                "%s: its header says that it lasts %s, but its sound ends at %s:"
                " the file may be cut off",
                *(path, exact(claimed_ms), now),
            )


def _silence(length_ms: int) -> Iterator[Samples]:
    """As much of it as a header may ask for, in memory that does not grow with it."""
    import numpy as np

    for begin_ms in range(0, length_ms, _PIECE_MS):
        yield np.zeros(min(_PIECE_MS, length_ms - begin_ms) * PER_MS, np.float32)


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """A recording, open to be read.

    Raises:
        UsageError: there is no such file.
        InputError: it is not a media file that we can read.
    """
    import av

    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file", hint="check the spelling of its name") from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", hint="make the file readable") from error
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{path}: not a file", hint="give one media file")
    try:
        container = av.open(
            f"file:{path.resolve()}",
            metadata_errors="ignore",
            container_options={"protocol_whitelist": "file", "format_whitelist": _CONTAINERS},
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        what = "damaged, cut off, or no media file at all" if status.st_size else "it is empty"
        raise InputError(
            f"{path}: cannot be read as a recording: {what}", hint="check that a player plays it"
        ) from error
    with container:
        yield container


def _streams(path: Path, container: InputContainer) -> tuple[AudioStream, ...]:
    """The audio streams, in the order that `stream` counts."""
    streams = tuple(_described(path, container, stream) for stream in container.streams.audio)
    if not streams:
        raise InputError(f"{path}: has no audio stream", hint="give a recording with sound")
    return streams


def _fit(path: Path, stream: AudioStream) -> AudioStream:
    """The stream, if it can be decoded and is no bomb."""
    if not stream.codec:
        raise InputError(
            f"{path}: its sound is in a format that is not known here",
            hint="convert it to a common format: mp4, mp3, wav",
        )
    if stream.rate not in decoding.RATES or stream.channels not in _CHANNELS:
        raise InputError(
            f"{path}: {stream.rate} Hz in {stream.channels} channels is no recording of speech",
            hint="the file is damaged, or is not what its name says",
        )
    return stream


def _described(
    path: Path, container: InputContainer, stream: av.audio.stream.AudioStream
) -> AudioStream:
    start_ms = decoding.place_ms(container, stream.start_time, stream.time_base) or 0.0
    codec = getattr(stream, "codec_context", None)  # None where FFmpeg has no decoder
    return AudioStream(
        index=stream.index,
        codec=codec.name if codec else "",
        rate=(codec.sample_rate or 0) if codec else 0,
        channels=(codec.channels or 0) if codec else 0,
        language=stream.metadata.get("language", ""),
        start_ms=max(0, round(start_ms)),
        duration_ms=lengths.stated_ms(path, container, stream),
    )
