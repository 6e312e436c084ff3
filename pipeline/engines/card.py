"""What a card says about weights: `card.toml` beside them, honoured wherever it is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core import reading
from pipeline.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME: Final = "card.toml"
_HINT: Final = "correct the card, or remove it to use the defaults"


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What weights know and how they want to be used; None where the card leaves it to the engine.

    Further keys (languages, seeds, training log, tables) are for people and are passed over.
    """

    name: str
    demo: bool = False
    knows: str = ""
    longest_chunk_ms: int | None = None
    voice_threshold: float | None = None
    no_speech_threshold: float | None = None
    log_probability_threshold: float | None = None
    hotwords: bool = True


def read(folder: Path) -> Card | None:
    """The card in the folder of weights, or None where there is none.

    Raises:
        InputError: there is a card and it cannot be understood.
    """
    return _read(folder / FILE_NAME)


def beside(archive: Path) -> Card | None:
    """The card beside an archive, `x.card.toml` for `x.argosmodel`; errors as in `read`."""
    return _read(archive.with_suffix(f".{FILE_NAME}"))


def _read(path: Path) -> Card | None:
    try:
        data = reading.regular(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", hint="make the card readable") from error
    said = reading.toml(reading.decoded(data, str(path)), str(path), hint=_HINT)
    try:
        return msgspec.convert(said, Card)
    except msgspec.ValidationError as error:
        raise InputError(f"{path}: {error}", hint=_HINT) from error
