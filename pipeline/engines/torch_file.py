"""Weights that torch saved before release 1.6, read without torch and without running anything.

Such a file is five pickles, one behind the other, then the numbers of each storage.
"""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Final

from pipeline.core import reading
from pipeline.core.errors import InputError
from pipeline.engines.torch_pickle import Tensor, load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

MOST_BYTES: Final = 64 << 20
_MAGIC: Final = 0x1950A86A20F9469CFC6C
_PROTOCOL: Final = 1001
_COUNT: Final = 8  # bytes, before the numbers of a storage
_FLOAT: Final = 4  # bytes
# All that the pieces of a file can make the machine or numpy raise.
_WRONG: Final = (ValueError, TypeError, LookupError, OverflowError)


def tensors(path: Path, entry: str) -> dict[str, Floats]:
    """The tensors of the dictionary that stands in a saved dictionary under `entry`, by name.

    Raises:
        InputError: no such file, none that torch wrote, or one that holds more than float32
            tensors and plain values; names the file and says what is wrong.
    """
    try:
        data = _bytes(path)
        source = io.BytesIO(data)
        magic, protocol, about = (load(source)[0] for _ in range(3))
        if magic != _MAGIC or protocol != _PROTOCOL:
            raise ValueError("not in torch's format")
        _little_endian(about)
        saved, storages = load(source)
        return _found(saved, entry, data, _places(data, source, storages))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except _WRONG as error:
        raise InputError(
            f"{path}: not weights as torch saved them before 1.6: {error}",
            hint="put the file there again that its library came with",
        ) from error


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"longer than {MOST_BYTES >> 20} MiB")
    return reading.regular(path)


def _little_endian(about: object) -> None:
    if not isinstance(about, dict) or about.get("little_endian") is not True:
        raise ValueError("not from a little-endian machine")


def _places(data: bytes, source: io.BytesIO, storages: Mapping[str, int]) -> dict[str, int]:
    """Where in the file the numbers of each storage begin."""
    keys, _ = load(source)
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise TypeError("it has no list of storages")
    if len(keys) != len(storages) or set(keys) != storages.keys():
        raise ValueError("its list of storages is not that of its tensors")
    places = {}
    at = source.tell()
    for key in keys:
        count = int.from_bytes(data[at : at + _COUNT], "little")
        at += _COUNT
        if count != storages[key] or at + count * _FLOAT > len(data):
            raise ValueError(f"storage {key!r:.40} is not as long as it says")
        places[key] = at
        at += count * _FLOAT
    if at != len(data):
        raise ValueError("something follows its last storage")
    return places


def _found(saved: object, entry: str, data: bytes, places: Mapping[str, int]) -> dict[str, Floats]:
    import numpy as np

    inner = saved.get(entry) if isinstance(saved, dict) else None
    if not isinstance(inner, dict):
        raise TypeError(f"it has no dictionary {entry!r}")
    found: dict[str, Floats] = {}
    for name, tensor in inner.items():
        if not isinstance(name, str) or not isinstance(tensor, Tensor):
            raise TypeError(f"{entry!r} holds more than tensors: {name!r:.40}")
        begin = places[tensor.storage.key] + tensor.offset * _FLOAT
        flat = np.frombuffer(data, "<f4", math.prod(tensor.shape), begin)
        found[name] = flat.reshape(tensor.shape)
    return found
