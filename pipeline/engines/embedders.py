"""Which embedder there is by which name."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pipeline.core.errors import MissingError, UsageError
from pipeline.engines import ge2e, gmm

if TYPE_CHECKING:
    from pipeline.engines.speakers import Embedder

log = logging.getLogger(__name__)


def find(choice: str) -> Embedder | None:
    """The embedder of that name: `ge2e`, `gmm`, `none`; for "" the best that is installed.

    Raises:
        UsageError: there is none of that name.
        MissingError: its weights are not installed.
    """
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
