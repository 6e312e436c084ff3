"""Calls of CTranslate2's Whisper: what they are given, how much, what they say when they give up.

On a CPU a batch saves no time where nothing is searched, and costs memory: of attention where
sound is encoded, of a number for every token that there is where words are aligned. A search takes
about 150 MB a chunk with weights as wide as small, and gains little from more than a few.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from pipeline.core.errors import EngineError
from pipeline.engines.halving import NoMemoryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

    from pipeline.engines import Encoded

    Values = npt.NDArray[np.float32]

_WIDTHS: Final = 1536  # of all chunks that a CPU searches at once: 4 with tiny, 2 with small


def searched(width: int) -> int:
    """How many chunks a CPU searches at once with weights of this width."""
    return max(1, _WIDTHS // width)


def view(encoded: Sequence[Encoded]) -> Any:  # noqa: ANN401 - CTranslate2 has no types
    """Chunks as a call takes them."""
    import ctranslate2
    import numpy as np

    stacked: Values = np.stack([each.values for each in encoded])
    return ctranslate2.StorageView.from_array(stacked)


@contextmanager
def engine_errors() -> Iterator[None]:
    """What CTranslate2 says when it gives up, as our error."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        kind = NoMemoryError if _is_memory(error) else EngineError
        raise kind(
            f"the speech engine gave up: {error}",
            hint="what is done is kept: run it again, with --device cpu or smaller weights",
        ) from error


def _is_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "out of memory" in str(error).lower()
