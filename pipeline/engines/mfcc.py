"""Mel-frequency cepstral coefficients: the shape of a voice's spectrum in a few numbers.

Davis and Mermelstein 1980: the cosine transform of the logarithm of a mel spectrum.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from pipeline.core.decoding import RATE
from pipeline.core.loudness import decibels
from pipeline.engines import mel

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from pipeline.core.decoding import Samples

    Frames = npt.NDArray[np.float32]  # [frames, COEFFICIENTS]

COEFFICIENTS: Final = 19  # without the first, which is how loud it is
FRAMES_A_SECOND: Final = RATE // mel.HOP
_FLOOR: Final = 1e-10  # of power, below what 16 bits hold
_BELOW_DB: Final = 30.0  # what is that much softer than a piece's loudest frame is a pause
_QUIET_DB: Final = -70.0  # and what is softer than that is silence


def voiced(sound: Samples) -> Frames:
    """The coefficients of the frames of 25 ms that are loud enough to be somebody's voice.

    `sound` is 16 kHz mono; there are none where it is shorter than a frame, or silent.
    """
    import numpy as np

    if len(sound) < mel.WINDOW:
        return np.zeros((0, COEFFICIENTS), np.float32)
    power = mel.frames(sound, 0, len(sound) // mel.HOP + 1)
    levels = decibels(power.mean(axis=1))
    loud = power[levels > max(float(levels.max()) - _BELOW_DB, _QUIET_DB)]
    found: Frames = np.log(loud + np.float32(_FLOOR)) @ _cosines()
    return found


@cache
def _cosines() -> npt.NDArray[np.float32]:
    """The orthonormal cosine transform (DCT-II) without its first row, [bands, COEFFICIENTS]."""
    import numpy as np

    places = (np.arange(mel.BANDS) + 0.5)[:, np.newaxis] / mel.BANDS
    waves = np.cos(np.pi * places * np.arange(1, COEFFICIENTS + 1))
    found: npt.NDArray[np.float32] = (waves * np.sqrt(2 / mel.BANDS)).astype(np.float32)
    return found
