"""Weights that CTranslate2 cannot load, as our errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.core import heap
from pipeline.core.errors import EngineError, MissingError
from pipeline.engines.halving import is_memory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def loading(folder: Path, *, if_too_big: str, if_damaged: str) -> Iterator[None]:
    """Load the weights in `folder`; the other two are hints.

    Raises:
        EngineError: the weights do not fit into memory, or the GPU gives up.
        MissingError: a part of the weights is missing or damaged.
    """
    heap.share()  # before the engine's threads begin
    try:
        yield
    except (MemoryError, OSError, RuntimeError, ValueError, LookupError) as error:
        message = f"the weights in {folder} cannot be loaded: {error}"
        if "CUDA" in str(error).replace(str(folder), ""):
            raise EngineError(message, hint="try --device cpu") from error
        if is_memory(error, str(folder)):
            why = f": {error}" if str(error) else ""
            message = f"the weights in {folder} do not fit into memory{why}"
            raise EngineError(message, hint=if_too_big) from error
        raise MissingError(message, hint=if_damaged) from error
