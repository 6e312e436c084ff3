"""What a card says about weights: `card.toml` beside them, honoured wherever it is found."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core import reading
from pipeline.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME: Final = "card.toml"


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What weights know and how they want to be used; None where the card leaves it to the engine.

    Further keys (seeds, training log, tables) are for people and are passed over.
    """

    name: str
    demo: bool = False
    knows: str = ""
    languages: tuple[str, ...] = ()
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
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", hint="make the card readable") from error
    try:
        return msgspec.convert(reading.toml(reading.decoded(data, str(path))), Card)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InputError(
            f"{path}: {error}", hint="correct the card, or remove it to use the defaults"
        ) from error
