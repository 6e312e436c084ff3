"""Which embedder there is by which name."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.errors import MissingError, UsageError
from pipeline.engines import ge2e, gmm, sherpa

if TYPE_CHECKING:
    from pipeline.engines.speakers import Embedder

log = logging.getLogger(__name__)


def find(choice: str) -> Embedder | None:
    """The embedder of that name: `ge2e`, `gmm`, `none`, `sherpa:FILE`; for "" the best there is.

    Raises:
        UsageError: there is none of that name, or no such file.
        InputError: the file holds no speaker model.
        MissingError: its weights or its library are not installed.
    """
    if choice == "none":
        return None
    if choice == gmm.NAME:
        return gmm.Gmm()
    if choice == ge2e.NAME:
        return ge2e.Ge2e()
    if choice.startswith(sherpa.PREFIX):
        return sherpa.Sherpa(Path(choice.removeprefix(sherpa.PREFIX)))
    if choice:
        hint = f"there are {ge2e.NAME}, {gmm.NAME}, none, rttm:FILE and {sherpa.PREFIX}FILE"
        raise UsageError(f"there is no embedder {choice!r}", hint=hint)
    try:
        return ge2e.Ge2e()
    except MissingError as error:
        log.warning("%s: voices are told apart without weights, less well", error.message)
        return gmm.Gmm()
