"""Speaker embeddings: what tells one voice from another, as a vector."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from pipeline.core.errors import MissingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    import numpy.typing as npt

    from pipeline.core.decoding import Samples

    Vectors = npt.NDArray[np.float32]  # [pieces, dimension], rows of length 1

log = logging.getLogger(__name__)


class Embedder(Protocol):
    """Pieces of speech to vectors that lie near one another where the voice is the same."""

    @property
    def identity(self) -> str:
        """The library and the weights at work; part of the origin of what is made of them."""

    @property
    def threshold(self) -> float:
        """The mean cosine distance below which two voices are taken for one."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    def vectors(self, pieces: Callable[[], Iterator[Samples]]) -> Vectors:
        """A vector for each piece, of length 1; of zeros where a piece tells nothing.

        `pieces` gives the same pieces, 16 kHz mono, every time it is called: an engine may go
        through them more than once, and holds no more of them than it works on.
        """


def find(choice: str) -> Embedder | None:
    """The embedder of that name: `ge2e`, `gmm`, `none`; for "" the best that is installed.

    Raises:
        UsageError: there is none of that name.
        MissingError: its weights are not installed.
    """
    from pipeline.engines import ge2e, gmm

    if choice == "none":
        return None
    if choice == gmm.NAME:
        return gmm.Gmm()
    if choice == ge2e.NAME:
        return ge2e.Ge2e()
    if choice:
        hint = f"there are {ge2e.NAME}, {gmm.NAME}, none and rttm:FILE"
        raise UsageError(f"there is no embedder {choice!r}", hint=hint)
    try:
        return ge2e.Ge2e()
    except MissingError as error:
        log.warning("%s: voices are told apart without weights, less well", error.message)
        return gmm.Gmm()
