"""What is heard where no words are: silence, music or noise, by loudness and spectrum, streamed."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from pipeline.core.decoding import RATE
from pipeline.core.loudness import decibels
from pipeline.core.timeline import Sound

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    from pipeline.core.decoding import Samples

    Listen = Callable[[int, int], Sound]  # says what is heard between two times
    Values = npt.NDArray[np.float32]

_FRAME: Final = 1024
_FRAMES: Final = 4  # of them two, not neighbours, are looked at for tones that last
GROUP_MS: Final = _FRAME * _FRAMES * 1000 // RATE
_BAND_HZ: Final = (250, 3_400)  # hum stands below it, hiss above it
_NEAR: Final = 10  # bins to each side that a tone must stand out from
_TALLEST_DB: Final = 8.0  # one loud hum is no more than one tone
_QUIET_DB: Final = -50.0
_LASTING: Final = 0.18  # tones of music last: 0.2 to 0.7; of speech 0 to 0.15; of noise none
_TONAL: Final = 2  # groups that may be doubted for their tones
_SHORTEST: Final = 6  # groups that can be told to be music
_PLAYED: Final = 12  # groups that can be told to be music where somebody may speak
_SMOOTHED: Final = 5  # groups, an odd number, over which tones are looked at to follow music
_GOES_ON: Final = 0.1  # music that began goes on while its tones last so long
_FLOOR: Final = 1e-12
_EDGE: Final = 60 * RATE // 1000  # of a pad, so that it holds nothing of the speech
_RISE_DB: Final = 10.0
_FALL_DB: Final = 4.0


class Sounds:
    """Listens to a whole stream; 32 bytes for each second of it stay in memory."""

    def __init__(self) -> None:
        import numpy as np

        self._rest: Samples = np.zeros(0, np.float32)
        self._power: list[Values] = [np.zeros(0, np.float32)]
        self._lasting: list[Values] = [np.zeros(0, np.float32)]
        self._joined: tuple[Values, Values] | None = None
        self._lock = threading.Lock()  # one thread listens while another asks

    def feed(self, block: Samples) -> None:
        """Listen to the next samples."""
        import numpy as np

        samples = np.concatenate([self._rest, block])
        whole = len(samples) - len(samples) % (_FRAME * _FRAMES)
        self._rest = samples[whole:]
        groups = samples[:whole].reshape(-1, _FRAMES, _FRAME)
        power, lasting = np.mean(np.square(groups), axis=(1, 2)), _lasting(groups)
        with self._lock:
            self._power.append(power)
            self._lasting.append(lasting)
            self._joined = None

    def sound(self, start_ms: int, end_ms: int) -> Sound:
        """What is heard between two times, most of the time."""
        import numpy as np

        power, lasting = self._so_far()
        start_ms = max(0, start_ms)
        first, last = -(-start_ms // GROUP_MS), end_ms // GROUP_MS
        if last <= first:  # shorter than a group: what it lies in
            first, last = start_ms // GROUP_MS, start_ms // GROUP_MS + 1
        if first >= len(power) or end_ms <= 0:
            return Sound.SILENCE
        # the median: a breath, or the end of a word, does not make a pause a noise
        if decibels(np.median(power[first:last])) < _QUIET_DB:
            return Sound.SILENCE
        if last - first >= _SHORTEST and np.median(lasting[first:last]) > _LASTING:
            return Sound.MUSIC
        return Sound.NOISE

    def is_tonal(self, start_ms: int, end_ms: int) -> bool:
        """Whether tones last between two times as in music.

        Of 96 short stretches of speech 7 sound so, of 10 that are none 5.
        """
        import numpy as np

        lasting = self._so_far()[1][-(-start_ms // GROUP_MS) : end_ms // GROUP_MS]
        return len(lasting) >= _TONAL and float(np.median(lasting)) > _LASTING

    def music(self, start_ms: int, end_ms: int) -> list[tuple[int, int]]:
        """Where music plays between two times, whatever is said over it, by nothing but this sound.

        Gives [start, end) in milliseconds, in order and apart.
        """
        power, lasting = self._so_far()
        first, last = -(-max(0, start_ms) // GROUP_MS), end_ms // GROUP_MS
        at_ms = first * GROUP_MS
        return [
            (at_ms + start, at_ms + end)
            for start, end in tonal(power[first:last], lasting[first:last])
        ]

    def _so_far(self) -> tuple[Values, Values]:
        import numpy as np

        with self._lock:
            if self._joined is None:
                self._joined = np.concatenate(self._power), np.concatenate(self._lasting)
                self._power, self._lasting = [self._joined[0]], [self._joined[1]]
            return self._joined


def tonal(power: Values, lasting: Values) -> list[tuple[int, int]]:
    """Where music plays: [start, end) in milliseconds, in order and apart.

    Args:
        power: of each group of frames.
        lasting: how much its tones last, -1 to 1; as long as `power`.
    """
    import numpy as np

    half = _SMOOTHED // 2
    padded = np.pad(np.where(decibels(power) < _QUIET_DB, 0, lasting), half)
    if len(lasting) < _PLAYED:
        return []
    smooth = np.median(np.lib.stride_tricks.sliding_window_view(padded, _SMOOTHED), axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], smooth > _GOES_ON, [0]])))
    found: list[tuple[int, int]] = []
    for first, last in edges.reshape(-1, 2).tolist():
        tonal = first + np.flatnonzero(lasting[first:last] > _LASTING)
        if last - first >= _PLAYED and smooth[first:last].max() > _LASTING and len(tonal):
            found.append((int(tonal[0]) * GROUP_MS, int(tonal[-1] + 1) * GROUP_MS))
    return found


def goes_on(stretch: Samples, pad_ms: int) -> bool:
    """Whether padded speech is a sound that begins and stays, which a word never does.

    Its pads tell: the first is far quieter than the last, and the last no quieter than what lies
    between them. Of 172 short stretches with words 2 are like that, of 22 without words 5.
    """
    import numpy as np

    pad = pad_ms * RATE // 1000
    parts = stretch[:_EDGE], stretch[pad:-pad], stretch[-_EDGE:]
    if not len(parts[1]):
        return False
    before, within, after = (decibels(np.mean(np.square(part))) for part in parts)
    return bool(after > before + _RISE_DB and after > within - _FALL_DB)


def _lasting(groups: Samples) -> Values:
    """How much the spectra of two moments, 128 ms apart, stand out at the same pitches: -1 to 1."""
    import numpy as np

    frames = groups[:, ::2] * np.hanning(_FRAME).astype(np.float32)
    hertz = np.fft.rfftfreq(_FRAME, 1 / RATE)
    band = (hertz >= _BAND_HZ[0]) & (hertz <= _BAND_HZ[1])
    power = np.square(np.abs(np.fft.rfft(frames)[..., band]))
    level = decibels(power)
    padded = np.pad(level, ((0, 0), (0, 0), (_NEAR + 1, _NEAR)), mode="edge")
    total = np.cumsum(padded, axis=-1, dtype=np.float64)
    width = 2 * _NEAR + 1
    around = (total[..., width:] - total[..., :-width]) / width
    tones = np.clip(level - around, 0, _TALLEST_DB)
    tones -= tones.mean(axis=-1, keepdims=True)
    early, late = tones[:, 0], tones[:, 1]
    size = np.sqrt(np.sum(early**2, axis=-1) * np.sum(late**2, axis=-1))
    same: Values = (np.sum(early * late, axis=-1) / (size + _FLOOR)).astype(np.float32)
    return same
