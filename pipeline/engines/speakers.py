"""Speaker embeddings: what tells one voice from another, as a vector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    import numpy.typing as npt

    from pipeline.core.decoding import Samples

    Vectors = npt.NDArray[np.float32]  # [pieces, dimension], rows of length 1


class Embedder(Protocol):
    """Pieces of speech to vectors that lie near one another where the voice is the same."""

    @property
    def identity(self) -> str:
        """The library and the weights at work; part of the origin of what is made of them."""

    @property
    def threshold(self) -> float:
        """The mean cosine distance below which two voices are taken for one."""

    @property
    def knows_people(self) -> bool:
        """Whether a vector says who somebody is in another recording too, so that clips help."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    def vectors(self, pieces: Callable[[], Iterator[Samples]]) -> Vectors:
        """A vector for each piece, of length 1; of zeros where a piece tells nothing.

        `pieces` gives the same pieces, 16 kHz mono, every time it is called: an engine may go
        through them more than once, and holds no more of them than it works on.
        """
