"""The mel spectrum that GE2E's weights were trained on: its power in 40 bands, not its logarithm.

The same as `librosa.feature.melspectrogram(y=sound, sr=16000, n_fft=400, hop_length=160,
n_mels=40)`: periodic Hann windows, frames centred, silence on both sides of the sound, Slaney's
scale and areas of one. The scale is linear up to 1 kHz and logarithmic above; its constants are
those of Slaney's Auditory Toolbox (1998).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from pipeline.core.decoding import RATE

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from pipeline.core.decoding import Samples

    Floats = npt.NDArray[np.float32]

BANDS: Final = 40
WINDOW: Final = 400  # samples
HOP: Final = 160
_AT_ONCE: Final = 32  # frames; for more BLAS starts threads, which costs ten times what it saves
_LINEAR_HZ: Final = 200 / 3  # a step of the scale below the bend
_BEND_HZ: Final = 1000.0
_BEND: Final = _BEND_HZ / _LINEAR_HZ
_STEPS: Final = 27  # of the scale above the bend, to 6.4 times its frequency


def frames(sound: Samples, first: int, count: int) -> Floats:
    """The power in each band, [count, 40], from frame `first` on.

    Frame n has its middle at sample 160 n; before and behind the sound there is silence.
    """
    import numpy as np

    found = np.empty((count, BANDS), np.float32)
    for done in range(0, count, _AT_ONCE):
        some = min(_AT_ONCE, count - done)
        cut = _cut(sound, (first + done) * HOP - WINDOW // 2, (some - 1) * HOP + WINDOW)
        windows = np.lib.stride_tricks.sliding_window_view(cut, WINDOW)[::HOP]
        spectrum = np.fft.rfft(windows * _hann(), axis=1)
        power = spectrum.real**2 + spectrum.imag**2
        np.matmul(power.astype(np.float32, copy=False), bands(), out=found[done : done + some])
    return found


def _cut(sound: Samples, begin: int, length: int) -> Samples:
    import numpy as np

    cut: Samples = np.zeros(length, np.float32)
    inside = sound[max(0, begin) : max(0, begin + length)]
    at = max(0, -begin)
    cut[at : at + len(inside)] = inside
    return cut


@cache
def _hann() -> Floats:
    import numpy as np

    turns = np.arange(WINDOW) / WINDOW
    return (0.5 - 0.5 * np.cos(2 * np.pi * turns)).astype(np.float32)


@cache
def bands() -> Floats:
    """How much of each of 201 frequencies each band takes: triangles of area one, [201, 40]."""
    import numpy as np

    edges = _hertz(np.linspace(0, _steps(RATE / 2), BANDS + 2))
    left, middle, right = edges[:-2], edges[1:-1], edges[2:]
    at = np.linspace(0, RATE / 2, WINDOW // 2 + 1)[:, None]
    rise, fall = (at - left) / (middle - left), (right - at) / (right - middle)
    triangles = np.maximum(0, np.minimum(rise, fall)) * 2 / (right - left)
    return triangles.astype(np.float32)


def _steps(hertz: float) -> float:
    """A frequency above the bend in steps of the scale."""
    import math

    return _BEND + math.log(hertz / _BEND_HZ) * _STEPS / math.log(6.4)


def _hertz(steps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    import numpy as np

    above = _BEND_HZ * 6.4 ** ((steps - _BEND) / _STEPS)
    return np.where(steps < _BEND, steps * _LINEAR_HZ, above)
