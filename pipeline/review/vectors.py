"""A voice's vector as text, for a line that people may read."""

from __future__ import annotations

import base64
import binascii
import math
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def packed(vector: Sequence[float]) -> str:
    """A voice's vector as text: base64 of 16-bit floats, lowest byte first.

    >>> unpacked(packed([0.5, -0.25]))
    (0.5, -0.25)
    """
    return base64.b64encode(struct.pack(f"<{len(vector)}e", *vector)).decode()


def unpacked(text: str) -> tuple[float, ...]:
    """The vector that `packed` wrote; empty for empty text.

    Raises:
        ValueError: it is none, or not all of it are finite numbers.
    """
    try:
        data = base64.b64decode(text, validate=True)
        vector = struct.unpack(f"<{len(data) // 2}e", data)
    except (binascii.Error, struct.error) as error:
        raise ValueError(f"a centroid that is none: {error}") from error
    if not all(map(math.isfinite, vector)):
        raise ValueError("a centroid that is not finite")
    return vector
