"""Vectors of voices on disk: clustering anew asks no engine again.

`voices.f16` is a line of JSON, then the vectors as 16-bit floats. It can be made again at any time,
so one that is damaged or of something else is simply not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core import files, reading

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.core.artifacts import Origin
    from pipeline.engines.speakers import Vectors

_KIND: Final = "voices"


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    origin: str  # its digest
    identity: str
    rows: int
    dimension: int
    digest: str  # of the bytes that follow


def rounded(vectors: Vectors) -> Vectors:
    """What reading gives back: so that the first run decides by the same numbers as the next."""
    import numpy as np

    return vectors.astype(np.float16).astype(np.float32)


def write(path: Path, origin: Origin, vectors: Vectors) -> None:
    """Keep the vectors that `origin` made."""
    import numpy as np

    data = vectors.astype("<f2").tobytes()
    head = _Head(
        kind=_KIND,
        origin=_digest(origin),
        identity=origin.weights,
        rows=len(vectors),
        dimension=int(np.shape(vectors)[1]),
        digest=files.digest(data),
    )
    files.replace(path, msgspec.json.encode(head) + b"\n" + data)


def read(path: Path, origin: Origin) -> Vectors | None:
    """The vectors that `origin` would make, where they are kept."""
    import numpy as np

    try:
        line, _, data = reading.regular(path).partition(b"\n")
        head = msgspec.json.decode(line, type=_Head)
    except (OSError, *reading.NOT_JSON):
        return None
    is_ours = head.kind == _KIND and head.origin == _digest(origin)
    is_whole = len(data) == 2 * head.rows * head.dimension and min(head.rows, head.dimension) > 0
    if not is_ours or not is_whole or files.digest(data) != head.digest:
        return None
    kept = np.frombuffer(data, "<f2").reshape(head.rows, head.dimension)
    return kept.astype(np.float32)


def _digest(origin: Origin) -> str:
    return files.digest(msgspec.json.encode(origin, order="deterministic"))
