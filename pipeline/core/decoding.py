"""From a container's packets to samples, on the clock that a player shows."""

from __future__ import annotations

import errno
import logging
from typing import TYPE_CHECKING, Any, Final

from pipeline.core.clock import exact
from pipeline.core.errors import EnvironmentGaveOutError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from av.audio.fifo import AudioFifo
    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream

    Samples = npt.NDArray[np.float32]  # 16 kHz, mono, -1..1

log = logging.getLogger(__name__)

RATE: Final = 16_000
RATES: Final = range(4_000, 768_001)  # a file of 1 Hz is a bomb: each byte becomes 16 000 samples
_AT_START_MS: Final = 20  # a stream that starts later than this gets silence before it
_GAP_MS: Final = 100  # timestamps that jump ahead by more than this leave a gap
_BACK_MS: Final = -1_000  # timestamps that fall behind by more than this have started anew
_UNSTATED_GAP_MS: Final = 3_600_000  # the longest gap to believe where no length is stated
_GONE: Final = frozenset({errno.EIO, errno.ESTALE, errno.ENODEV, errno.ENXIO})
_READ_ERRORS: Final = 50  # in a row, before the rest of a file is given up


def frames(
    path: Path, container: InputContainer, number: int = 1
) -> Iterator[tuple[AudioFrame, float | None]]:
    """Frames of one audio stream with their time in ms; damaged packets are passed over."""
    import av
    from av.stream import Discard

    stream = container.streams.audio[number - 1]
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    was_whole = True
    for packet in packets(path, container, stream):
        try:
            decoded = stream.codec_context.decode(packet)
        except av.FFmpegError as error:
            at = exact(max(0, int(place_ms(container, packet.pts, packet.time_base) or 0)))
            level = logging.WARNING if was_whole else logging.DEBUG  # one line for many in a row
            log.log(level, "%s: damaged at %s, passed over (%s)", path, at, error.strerror)
            was_whole = False
            continue
        was_whole = True
        for frame in decoded:
            if frame.samples and frame.sample_rate in RATES:
                yield frame, place_ms(container, frame.pts, frame.time_base)


def packets(path: Path, container: InputContainer, *streams: Stream) -> Iterator[Packet[Any]]:
    """All packets of these streams; an error while reading does not end them, a row of errors does.

    Raises:
        EnvironmentGaveOutError: the disk or share that it lies on does not answer any more.
    """
    import av

    errors = 0
    while errors <= _READ_ERRORS:
        try:
            for packet in container.demux(*streams):
                errors = 0
                yield packet
        except av.FFmpegError as error:
            if error.errno in _GONE:
                raise EnvironmentGaveOutError(
                    f"{path}: cannot be read any further: {error.strerror}",
                    hint="when its disk or share is back, run the same command again",
                ) from error
            errors += 1
            log.debug("%s: %s", path, error)
        except IndexError as error:  # PyAV at the end, of a stream that FFmpeg found on the way
            log.debug("%s: %s", path, error)
            return
        else:
            return
    log.warning("%s: too damaged to go on: what follows is left out", path)


def place_ms(
    container: InputContainer, pts: int | None, time_base: Fraction | None
) -> float | None:
    """Where a player shows `pts`: its clock starts at the earliest stream, as mpv's does."""
    if pts is None or time_base is None:
        return None
    at = pts * time_base.numerator / time_base.denominator  # a Fraction takes ten times as long
    return at * 1000 - (container.start_time or 0) / 1000


class Clock:
    """Where on a player's clock the next frame stands."""

    def __init__(self, stated_ms: int) -> None:
        self.has_begun = False
        self._at_ms = 0.0
        self._longest_ms = stated_ms + 10_000 if stated_ms else 0
        self._shift_ms = 0.0  # what timestamps that cannot be believed have been put off by
        self._before_ms = 0.0  # the same before the last jump
        self._has_jumped = False

    def __str__(self) -> str:
        return exact(self.now_ms)

    @property
    def now_ms(self) -> int:
        """The time at which what came so far ends."""
        return int(self._at_ms)

    def advance(self, missing_ms: int, frame: AudioFrame) -> None:
        """Count a frame and the silence before it."""
        self.has_begun = True
        self._at_ms += missing_ms + frame.samples * 1000 / frame.sample_rate

    def missing_ms(self, at_ms: float | None) -> int:
        """How much silence stands before a frame whose timestamp is `at_ms`."""
        if at_ms is None:
            return 0
        ahead = at_ms + self._shift_ms - self._at_ms
        longest = self._longest_ms - self._at_ms if self._longest_ms else _UNSTATED_GAP_MS
        if not _BACK_MS < ahead < max(longest, _GAP_MS):  # no clock does that: count on from here
            self._jump(ahead)
            return 0
        if abs(at_ms + self._before_ms - self._at_ms) < min(_GAP_MS, abs(ahead)):
            self._shift_ms = self._before_ms  # it was a single wrong one
            return 0
        return round(ahead) if ahead > (_GAP_MS if self.has_begun else _AT_START_MS) else 0

    def _jump(self, ahead: float) -> None:
        self._before_ms = self._shift_ms
        self._shift_ms -= ahead
        if self.has_begun:
            way = "back" if ahead < 0 else "ahead"
            level = logging.DEBUG if self._has_jumped else logging.WARNING  # one line for many
            by = exact(int(abs(ahead)))
            log.log(level, "%s: timestamps jump %s by %s: counting on", self, way, by)
            self._has_jumped = True


class Resampler:
    """One resampler for the whole stream, so that there are no seams; a new one for new input only.

    Frames are gathered to about a second first: each call costs more than its samples do.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inner: AudioResampler | None = None
        self._gathered: AudioFifo | None = None
        self._input: tuple[object, ...] = ()

    def feed(self, frame: AudioFrame) -> list[Samples]:
        """Take a frame; give what samples are ready."""
        import av

        given = (frame.format.name, frame.layout.name, frame.sample_rate)
        finished: list[Samples] = []
        if given != self._input or self._gathered is None:
            finished = self.finish()
            self._inner = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            self._gathered = av.AudioFifo()
            self._input = given
        frame.pts = None  # the resampler would move samples to meet a timestamp
        self._gathered.write(frame)
        return finished + (self.drain() if self._gathered.samples >= frame.sample_rate else [])

    def drain(self) -> list[Samples]:
        """Everything fed so far, but for the few samples that the resampler looks ahead."""
        if self._inner is None or self._gathered is None or not self._gathered.samples:
            return []
        return self._resample(self._gathered.read())

    def finish(self) -> list[Samples]:
        """Everything fed so far; nothing can follow."""
        if self._inner is None:
            return []
        return self.drain() + self._resample(None)

    def _resample(self, frame: AudioFrame | None) -> list[Samples]:
        import av
        import numpy as np

        try:
            made = self._inner.resample(frame) if self._inner else []
        except av.FFmpegError as error:
            raise InputError(
                f"{self._path}: its sound ({self._input[2]} Hz, {self._input[1]}) cannot be "
                f"converted: {error.strerror}",
                hint="convert it to a common format: mp4, mp3, wav",
            ) from error
        return [one.to_ndarray().reshape(-1).astype(np.float32) / 32768.0 for one in made]
