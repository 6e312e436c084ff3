"""Vectors of voices on disk: clustering anew asks no engine again, nor that it is installed.

`voices.f16` is a line of JSON, then the vectors as 16-bit floats. It can be made again at any time,
so one that is damaged or of something else is simply not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core import files, reading

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.core.artifacts import Origin
    from pipeline.engines.speakers import Vectors

_KIND: Final = "voices"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Vectors, [n, d], and what is to be known of the embedder that made them."""

    vectors: Vectors
    identity: str
    threshold: float = 0.0
    knows_people: bool = True
    keys: tuple[str, ...] = ()  # what each row is of, where the origin does not say


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    origin: str  # its digest
    identity: str
    threshold: float
    knows_people: bool
    keys: tuple[str, ...]
    rows: int
    dimension: int
    digest: str = ""  # of all this and the bytes that follow


def rounded(vectors: Vectors) -> Vectors:
    """What reading gives back: so that the first run decides by the same numbers as the next."""
    import numpy as np

    return vectors.astype(np.float16).astype(np.float32)


def write(path: Path, origin: Origin, heard: Heard) -> None:
    """Keep the vectors that `origin` made."""
    import numpy as np

    data = heard.vectors.astype("<f2").tobytes()
    head = _Head(
        kind=_KIND,
        origin=_of(origin),
        identity=heard.identity,
        threshold=heard.threshold,
        knows_people=heard.knows_people,
        keys=heard.keys,
        rows=len(heard.vectors),
        dimension=int(np.shape(heard.vectors)[1]),
    )
    head = msgspec.structs.replace(head, digest=_digest(head, data))
    files.replace(path, msgspec.json.encode(head) + b"\n" + data)


def read(path: Path, origin: Origin) -> Heard | None:
    """The vectors that `origin` would make, where they are kept."""
    import numpy as np

    try:
        line, _, data = reading.regular(path).partition(b"\n")
        head = msgspec.json.decode(line, type=_Head)
    except (OSError, *reading.NOT_JSON):
        return None
    is_ours = head.kind == _KIND and head.origin == _of(origin)
    is_whole = len(data) == 2 * head.rows * head.dimension and min(head.rows, head.dimension) > 0
    if not is_ours or not is_whole or _digest(head, data) != head.digest:
        return None
    return Heard(
        vectors=np.frombuffer(data, "<f2").reshape(head.rows, head.dimension).astype(np.float32),
        identity=head.identity,
        threshold=head.threshold,
        knows_people=head.knows_people,
        keys=head.keys,
    )


def _of(origin: Origin) -> str:
    return files.digest(msgspec.json.encode(origin, order="deterministic"))


def _digest(head: _Head, data: bytes) -> str:
    bare = msgspec.structs.replace(head, digest="")
    return files.digest(msgspec.json.encode(bare) + b"\n" + data)
