"""How loud sound is, in decibels below full scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_FLOOR: Final = 1e-12  # of power: -120 dB stands for nothing at all


def decibels(power: npt.ArrayLike) -> npt.NDArray[np.floating]:
    """Power, the mean of squared samples, as decibels; a number's array has no dimension."""
    import numpy as np

    return np.asarray(10 * np.log10(np.add(power, _FLOOR)))
