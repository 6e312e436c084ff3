"""Sentences in batches, for calls of CTranslate2 that waste little on padding."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Share:
    """What one call is given at most: tokens, padding counted, and sentences."""

    tokens: int
    sentences: int


_ON_CPU: Final = Share(1024, 64)  # the fastest of those measured with a Transformer base
_ON_GPU: Final = Share(8192, 512)
_NUMBERS: Final = 4_100_000  # 32 sentences with 32,000 tokens and a beam of 4: 145 MB
_FEWEST: Final = 8


def share(device: str, numbers: int) -> Share:
    """What suits a device.

    On a CPU fewer sentences where each takes more memory: `numbers` are those that are held for
    one at every step, for each token that there is and each text that is being searched.
    """
    if device != "cpu":
        return _ON_GPU
    fitting = max(_FEWEST, _NUMBERS // max(1, numbers))
    return Share(_ON_CPU.tokens, min(_ON_CPU.sentences, fitting))


def batches(sizes: Mapping[int, tuple[int, int, int]], most: Share) -> deque[list[int]]:
    """Keys in batches for one call each, the longest first.

    Args:
        sizes: of each key the limit, the beginning's length and the length; the first two are the
            same for all in a batch, because CTranslate2 lets them decide for all.
        most: how much a call is given.
    """
    made: deque[list[int]] = deque()
    kind, room = (0, 0), 0
    for at in sorted(sizes, key=lambda at: (*sizes[at], at), reverse=True):
        limit, begun, length = sizes[at]
        if not room or (limit, begun) != kind:
            made.append([])
            kind = (limit, begun)
            room = max(1, min(most.sentences, most.tokens // max(1, length)))
        made[-1].append(at)
        room -= 1
    return made
