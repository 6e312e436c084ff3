"""What stands beside weights of CTranslate2: the pieces that they know, and their config."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core import reading
from pipeline.core.errors import MissingError

if TYPE_CHECKING:
    from pathlib import Path

_KINDS: Final = ("json", "txt")


class Config(msgspec.Struct, frozen=True):
    """What config.json says of the weights."""

    add_source_eos: bool = False  # the end of a sentence need not be handed over


def config(model: Path, hint: str) -> Config:
    """The config of the weights in the folder `model`; errors as in `pieces`."""
    path = model / "config.json"
    try:
        return msgspec.json.decode(reading.regular(path), type=Config)
    except (OSError, *reading.NOT_JSON) as error:
        raise MissingError(f"{path}: not a config: {error}", hint=hint) from error


def pieces(model: Path, side: str, hint: str) -> frozenset[str]:
    """What the weights in the folder `model` know on one side, `source` or `target`.

    Raises:
        MissingError: no list of them is there, or it cannot be read; with `hint`.
    """
    names = [f"{which}_vocabulary.{kind}" for which in (side, "shared") for kind in _KINDS]
    path = next((model / name for name in names if (model / name).is_file()), None)
    if path is None:
        raise MissingError(f"{model}: no {side}_vocabulary and no shared_vocabulary", hint=hint)
    try:
        data = reading.regular(path)
        if path.suffix == ".json":
            return frozenset(msgspec.json.decode(data, type=list[str]))
        return frozenset(data.decode().split("\n"))
    except (OSError, *reading.NOT_JSON) as error:
        raise MissingError(f"{path}: not a list of pieces: {error}", hint=hint) from error
