"""What became of a chunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.core.timeline import Span
    from pipeline.engines import Heard
    from pipeline.transcribe.chunks import Chunk

Way = Literal["usual", "careful", "phone", "other language", "halves", "parts", "gaps"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a chunk: its language, what was heard and in which way.

    `fault` says why the text was taken for invented; then the words do not count. `is_quiet` says
    that only a low threshold took it for speech; `key` is that of the answer it is made of. `empty`
    is where, on the recording's clock, words were heard and nobody speaks when it is heard alone.
    """

    chunk: Chunk
    language: str
    languages: Mapping[str, float]
    heard: Heard
    fault: str = ""
    way: Way = "usual"
    is_quiet: bool = False
    key: str = ""
    empty: tuple[Span, ...] = ()
