"""Where a voice can be heard best: a few places, and what is heard there as small WAV files."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, Final

from pipeline.core import files, media, reading
from pipeline.core.decoding import RATE
from pipeline.core.errors import OverwriteError
from pipeline.segment.pieces import sounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.core.decoding import Samples
    from pipeline.core.timeline import Turn

COUNT: Final = 3
_LONGEST_MS: Final = 8_000


def times(turns: Sequence[Turn], voice: int) -> tuple[tuple[int, int], ...]:
    """Up to three stretches of a voice, in order: its longest turns, one of each third of them."""
    own = sorted((turn for turn in turns if turn.voice == voice), key=lambda turn: turn.start_ms)
    found = []
    for at in range(COUNT):
        third = own[len(own) * at // COUNT : len(own) * (at + 1) // COUNT]
        if third:
            best = max(third, key=lambda turn: (turn.duration_ms, -turn.start_ms))
            found.append((best.start_ms, min(best.end_ms, best.start_ms + _LONGEST_MS)))
    return tuple(found)


def write(recording: Path, stream: int, spans: Sequence[tuple[int, int, Path]]) -> None:
    """Write what is heard in each span to its file; nothing that is there already is replaced.

    Raises:
        OverwriteError: another file is in the way; nothing was written there.
        InputError: the recording cannot be read.
    """
    ordered = sorted(spans)
    for _, _, path in ordered:
        _look_at(path)
    end_ms = max((end for _, end, _ in ordered), default=1)
    blocks = media.blocks(recording, end_ms=end_ms, stream=stream)
    for path, data in _files(sounds(blocks, [(s, e) for s, e, _ in ordered]), ordered):
        if not path.exists():
            files.replace(path, data)
        elif reading.regular(path) != data:
            raise _in_the_way(path, "is there already, and is something else")


def _look_at(path: Path) -> None:
    """See that a sample may be written there, before any is."""
    folder = next(each for each in path.parents if os.path.lexists(each))
    if not folder.is_dir():
        raise _in_the_way(folder, "is no folder")
    if os.path.lexists(path) and not (path.is_file() and not path.is_symlink()):
        raise _in_the_way(path, "is there already, and is no sample")


def _in_the_way(path: Path, what: str) -> OverwriteError:
    return OverwriteError(f"{path}: {what}", hint="name another folder for the samples")


def _files(
    heard: Iterator[Samples], spans: Sequence[tuple[int, int, Path]]
) -> Iterator[tuple[Path, bytes]]:
    import numpy as np

    for sound, (_, _, path) in zip(heard, spans, strict=True):
        values = np.clip(np.rint(sound * 32_767), -32_768, 32_767).astype("<i2")
        yield path, _wav(values.tobytes())


def _wav(data: bytes) -> bytes:
    """A file of 16-bit samples, one channel (RIFF: multimedia programming interface 1.0)."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(data)) + data
    return struct.pack("<4sI", b"RIFF", len(body)) + body
