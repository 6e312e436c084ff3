"""Calls of CTranslate2's Whisper: what they are given, how much, what they say when they give up.

On a CPU a batch saves no time where nothing is searched, and costs memory: of attention where
sound is encoded, of a number for every token that there is where words are aligned. A search takes
about 150 MB a chunk with weights as wide as small, and gains little from more than a few. Two
workers of one thread each do more than one of two: no step of a layer waits for the other's.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from pipeline.core.errors import EngineError
from pipeline.engines.halving import Found, Given, NoMemoryError, is_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

    from pipeline.engines import Encoded

    Values = npt.NDArray[np.float32]

_WIDTHS: Final = 1536  # of all chunks that a CPU searches at once: 4 with tiny, 2 with small


def searched(width: int, workers: int) -> int:
    """How many chunks each of a CPU's workers searches at once with weights of this width."""
    return max(1, _WIDTHS // width // workers)


def shared_out(
    work: Callable[[Sequence[Given]], list[Found]],
    things: Sequence[Given],
    workers: int,
    most: int,
) -> list[Found]:
    """What `work` makes of things, in their order, by several workers at a time.

    Args:
        work: gives a result for each thing; may be called from several threads.
        things: what is to be done.
        workers: how many calls the engine takes at a time.
        most: how many things one call is given at most.

    Raises:
        NoMemoryError: memory runs out for one call at a time, too.
    """
    size = max(1, min(most, -(-len(things) // workers)))
    parts = [things[begin : begin + size] for begin in range(0, len(things), size)]
    if len(parts) < 2 or workers == 1:  # noqa: PLR2004
        return [one for part in parts for one in work(part)]
    with ThreadPoolExecutor(workers) as pool:
        asked = [pool.submit(work, part) for part in parts]
        try:
            made = [_made(one) for one in asked]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [
        one
        for part, found in zip(parts, made, strict=True)
        for one in (work(part) if found is None else found)
    ]


def _made(asked: Future[list[Found]]) -> list[Found] | None:
    """What came of a part; None where memory ran out, which may do for one call at a time."""
    try:
        return asked.result()
    except NoMemoryError:
        return None


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
        kind = NoMemoryError if is_memory(error) else EngineError
        raise kind(
            f"the speech engine gave up: {error}",
            hint="what is done is kept: run it again, with --device cpu or smaller weights",
        ) from error
