"""Voices told apart without any weights: by a mixture model of the recording's own speech.

16 Gaussians are fitted to its frames (Dempster 1977; begun by splitting, Linde, Buzo and Gray
1980). How far each piece of speech draws their means to itself (MAP adaptation, Reynolds 2000),
in deviations and weighted (Campbell 2006), is its supervector, of which the 30 directions that
differ most between pieces are kept.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.engines.mfcc import COEFFICIENTS, FRAMES_A_SECOND, voiced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy as np
    import numpy.typing as npt

    from pipeline.core.decoding import Samples
    from pipeline.engines.mfcc import Frames
    from pipeline.engines.speakers import Vectors

    Floats = npt.NDArray[np.float64]

log = logging.getLogger(__name__)

NAME: Final = "gmm"
_VERSION: Final = 1  # of what it makes of a recording
_COMPONENTS: Final = 16  # on 6 minutes of five voices 32 told them apart less well
_FRAMES_EACH: Final = 50  # fewer make no Gaussian
_DIMENSION: Final = 30
_MOST_FRAMES: Final = 200_000  # to learn from, 33 minutes; of more, every second, fourth, ...
_AT_ONCE: Final = 8_192  # frames
_FEWEST_FRAMES: Final = 10  # of a piece that tells anything
_LITTLE_S: Final = 300  # of speech, below which voices were measured to run together
_STEPS: Final = 4  # of fitting after each split
_LAST_STEPS: Final = 10
_APART: Final = 0.3  # deviations, the halves of a Gaussian that is split
_LEAST_VARIANCE: Final = 0.01  # of that of all frames
_RELEVANCE: Final = 2.0  # frames that weigh as much as what was known before
_NOTHING: Final = 1e-6
_GRID: Final = 2.0**14  # steps in 1: finer is what the number of threads may change


class Gmm:
    """An embedder that needs no weights; it learns from the pieces that it is to tell apart.

    Its vectors are those of one recording: they say nothing about a voice in another.
    """

    threshold: Final = 1.0  # 64 mixes of 3 minutes of speech: 13 % DER clean; at 0.85 it splits
    knows_people: Final = False

    @property
    def identity(self) -> str:
        """What is at work; part of the origin of what is made of it."""
        return f"{NAME}/{_VERSION}"

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return _DIMENSION

    def vectors(self, pieces: Callable[[], Iterator[Samples]]) -> Vectors:
        """A vector for each piece, of length 1; of zeros where there is less than 0.1 s of voice.

        Goes through the pieces twice: to learn, and to tell. Holds 200,000 frames and, of each
        piece, 304 numbers.
        """
        import numpy as np

        sample = _Sample()
        for piece in pieces():
            sample.add(voiced(piece))
        frames = sample.frames()
        if sample.seen < _LITTLE_S * FRAMES_A_SECOND:
            minutes = sample.seen / FRAMES_A_SECOND / 60
            log.warning(
                "%.1f min of speech is little to tell voices apart by without weights; "
                "expect two people under one number",
                minutes,
            )
        scale = _Scale.of(frames)
        mixture = _fitted(scale.scaled(frames))
        rows = [_supervector(mixture, scale.scaled(voiced(piece))) for piece in pieces()]
        size = mixture.means.size
        return _reduced(np.array(rows, np.float32).reshape(len(rows), size))


class _Sample:
    """Frames evenly spread over all that it is given, never more than `_MOST_FRAMES`."""

    def __init__(self) -> None:
        self.seen = 0
        self._every = 1
        self._held: list[Frames] = []
        self._count = 0

    def add(self, frames: Frames) -> None:
        """Take every n-th frame; twice the n, and half of what is held, when it is too much."""
        kept = frames[-self.seen % self._every :: self._every]
        self.seen += len(frames)
        self._held.append(kept)
        self._count += len(kept)
        while self._count > _MOST_FRAMES:
            self._every *= 2
            self._held = [self.frames()[::2]]
            self._count = len(self._held[0])

    def frames(self) -> Frames:
        """What is held, in the order in which it came."""
        import numpy as np

        return np.concatenate([np.zeros((0, COEFFICIENTS), np.float32), *self._held])


@dataclass(frozen=True, slots=True)
class _Scale:
    """Brings each coefficient to mean 0 and deviation 1 over the recording."""

    mean: Floats  # [COEFFICIENTS]
    deviation: Floats

    @classmethod
    def of(cls, frames: Frames) -> _Scale:
        import numpy as np

        if not len(frames):
            return cls(np.zeros(COEFFICIENTS), np.ones(COEFFICIENTS))
        deviation = np.maximum(frames.std(axis=0, dtype=np.float64), _NOTHING)
        return cls(frames.mean(axis=0, dtype=np.float64), deviation)

    def scaled(self, frames: Frames) -> Frames:
        import numpy as np

        return ((frames - self.mean) / self.deviation).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Mixture:
    """Gaussians without covariances."""

    weights: Floats  # [components]
    means: Floats  # [components, COEFFICIENTS]
    variances: Floats

    def shares(self, frames: Floats) -> Floats:
        """How likely each frame is of each Gaussian, [frames, components]; rows add up to 1."""
        import numpy as np

        precision = 1 / self.variances
        constant = np.log(self.weights) - 0.5 * np.sum(
            np.log(self.variances) + np.square(self.means) * precision, axis=1
        )
        found: Floats = frames @ (self.means * precision).T
        found -= 0.5 * np.square(frames) @ precision.T
        found += constant
        found -= found.max(axis=1, keepdims=True)
        np.exp(found, out=found)
        found /= found.sum(axis=1, keepdims=True)
        return found

    def split(self) -> _Mixture:
        """Twice as many, two in the place of each."""
        import numpy as np

        aside = _APART * np.sqrt(self.variances)
        return _Mixture(
            np.concatenate([self.weights, self.weights]) / 2,
            np.concatenate([self.means - aside, self.means + aside]),
            np.concatenate([self.variances, self.variances]),
        )


def _fitted(frames: Frames) -> _Mixture:
    """The Gaussians of scaled frames: 1, 2, 4, 8 or 16 of them, as far as there are frames."""
    import numpy as np

    shape = (1, COEFFICIENTS)
    mixture = _Mixture(np.ones(1), np.zeros(shape), np.ones(shape))
    while 2 * len(mixture.weights) <= min(_COMPONENTS, len(frames) // _FRAMES_EACH):
        mixture = mixture.split()
        is_last = len(mixture.weights) == _COMPONENTS
        for _ in range(_LAST_STEPS if is_last else _STEPS):
            mixture = _improved(mixture, frames)
    return mixture


def _improved(mixture: _Mixture, frames: Frames) -> _Mixture:
    """One step of expectation and maximisation; a Gaussian with hardly a frame stays as it is."""
    import numpy as np

    counts = np.zeros(len(mixture.weights))
    sums, squares = np.zeros(mixture.means.shape), np.zeros(mixture.means.shape)
    for at in range(0, len(frames), _AT_ONCE):
        part = frames[at : at + _AT_ONCE].astype(np.float64)
        shares = mixture.shares(part)
        counts += shares.sum(axis=0)
        sums += shares.T @ part
        squares += shares.T @ np.square(part)
    is_fed = (counts >= _FEWEST_FRAMES)[:, np.newaxis]
    divisors = np.maximum(counts, _FEWEST_FRAMES)[:, np.newaxis]
    means = np.where(is_fed, sums / divisors, mixture.means)
    variances = np.maximum(squares / divisors - np.square(means), _LEAST_VARIANCE)
    weights = np.maximum(counts, 1)
    return _Mixture(weights / weights.sum(), means, np.where(is_fed, variances, mixture.variances))


def _supervector(mixture: _Mixture, frames: Frames) -> Vectors:
    """Where a piece draws the means to, in weighted deviations; zeros for too few frames."""
    import numpy as np

    if len(frames) < _FEWEST_FRAMES:
        return np.zeros(mixture.means.size, np.float32)
    exact = frames.astype(np.float64)
    shares = mixture.shares(exact)
    counts = shares.sum(axis=0)[:, np.newaxis]
    drawn = (shares.T @ exact - counts * mixture.means) / (counts + _RELEVANCE)
    scale = np.sqrt(mixture.weights[:, np.newaxis] / mixture.variances)
    found: Vectors = (drawn * scale).astype(np.float32).reshape(-1)
    return found


def _reduced(rows: Vectors) -> Vectors:
    """The directions in which rows differ most, [n, 30]; of length 1, rows of zeros stay so.

    Where nothing differs, as with one piece, all point the same way.
    """
    import numpy as np

    found: Vectors = np.zeros((len(rows), _DIMENSION), np.float32)
    told = np.flatnonzero(rows.any(axis=1))
    if not len(told):
        return found
    centred = rows[told] - rows[told].mean(axis=0, dtype=np.float64).astype(np.float32)
    spread = np.zeros((rows.shape[1], rows.shape[1]))
    for part in _parts(centred):
        spread += part.T @ part
    _, directions = np.linalg.eigh(spread)
    kept = directions[:, ::-1][:, :_DIMENSION]
    kept = kept * np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])])
    projected = np.zeros((len(told), _DIMENSION))
    projected[:, : kept.shape[1]] = np.concatenate([part @ kept for part in _parts(centred)])
    lengths = np.linalg.norm(projected, axis=1)
    projected[lengths < _NOTHING] = np.eye(_DIMENSION)[0]
    lengths[lengths < _NOTHING] = 1
    found[told] = np.rint(projected / lengths[:, np.newaxis] * _GRID) / _GRID
    return found


def _parts(rows: Vectors) -> Iterable[Floats]:
    import numpy as np

    return (rows[at : at + _AT_ONCE].astype(np.float64) for at in range(0, len(rows), _AT_ONCE))
