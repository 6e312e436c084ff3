"""Random numbers for the layers of a specification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Values = npt.NDArray[np.float32]

SPREAD: Final = 0.02


class Filler:
    """Puts numbers into layers so wide; `quiet` is how much less the last part of one says.

    With `is_first_free` nothing that a layer adds touches dimension 0.
    """

    def __init__(self, width: int, seed: int, *, is_first_free: bool = False) -> None:
        self._width = width
        self._is_first_free = is_first_free
        self._rng = np.random.default_rng(seed)

    def values(self, *shape: int, scale: float = 1.0) -> Values:
        drawn = self._rng.standard_normal(shape, dtype=np.float32)
        drawn *= np.float32(SPREAD * scale)
        return drawn

    def norm(self, layer: Any, gain: float = 1.0) -> None:
        layer.gamma = np.full(self._width, gain, np.float32)
        layer.beta = np.zeros(self._width, np.float32)

    def convolution(self, layer: Any, channels: int) -> None:
        layer.weight = self.values(self._width, channels, 3)
        layer.bias = np.zeros(self._width, np.float32)

    def attention(self, layer: Any, parts: tuple[int, ...], quiet: float = 1.0) -> None:
        self.norm(layer.layer_norm)
        *before, last = zip(layer.linear, parts, strict=True)
        for one, count in before:
            self._linear(one, count * self._width, self._width)
        self._last(last[0], last[1] * self._width, self._width, quiet)

    def feed_forward(self, layer: Any, quiet: float = 1.0) -> None:
        self.norm(layer.layer_norm)
        self._linear(layer.linear_0, 4 * self._width, self._width)
        self._last(layer.linear_1, self._width, 4 * self._width, quiet)

    def _last(self, layer: Any, out: int, into: int, quiet: float) -> None:
        self._linear(layer, out, into, quiet)
        if self._is_first_free:
            layer.weight[0] = 0.0

    def _linear(self, layer: Any, out: int, into: int, scale: float = 1.0) -> None:
        layer.weight = self.values(out, into, scale=scale)
        layer.bias = np.zeros(out, np.float32)
