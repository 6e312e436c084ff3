"""Chunks to leaves: clips of which each is in one language, as far as can be heard."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.transcribe import cutting, languages
from pipeline.transcribe.memory import Sounding, digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pipeline.core.timeline import Span
    from pipeline.engines import Encoded, Transcriber
    from pipeline.transcribe.chunks import Chunk
    from pipeline.transcribe.cutting import Window
    from pipeline.transcribe.listening import Clip
    from pipeline.transcribe.memory import Keys, Memory

_DEPTH = 4  # so often a chunk is cut and its parts heard again


@dataclass(slots=True, eq=False)
class Leaf:
    """A clip on its way, with what is known of its languages and the parts it was cut into.

    A part knows nothing of its whole: what the encoder made of both is large, and a circle of
    references would keep it until Python next looks for circles.
    """

    clip: Clip
    samples: str  # their digest
    posterior: Mapping[str, float] = field(default_factory=dict)
    encoded: Encoded | None = None
    parts: list[Leaf] = field(default_factory=list)
    language: str = ""

    @property
    def own(self) -> Span:
        """Where it stands."""
        return self.clip.chunk.own


class Examiner:
    """Asks the engine, or the journal, how likely each language is; cuts what is mixed."""

    def __init__(
        self,
        engine: Callable[[], Transcriber],
        keys: Keys,
        memory: Memory,
        allowed: tuple[str, ...],
    ) -> None:
        self._engine, self._keys, self._memory = engine, keys, memory
        self._allowed = allowed
        self.encoded = 0  # windows that the encoder was given

    def examined(self, clips: Sequence[Clip]) -> list[Leaf]:
        """Every clip, whole, with the parts that it was cut into."""
        wholes = [Leaf(clip, digest(clip.samples)) for clip in clips]
        level = wholes
        for depth in range(_DEPTH):
            cut = self._examined(level, is_last=depth == _DEPTH - 1)
            level = [part for leaf in cut for part in leaf.parts]
            if not level:
                break
        return wholes

    def encode(self, leaves: Sequence[Leaf]) -> None:
        """Encode those that are not encoded yet."""
        waiting = [leaf for leaf in leaves if leaf.encoded is None]
        if not waiting:
            return
        self.encoded += len(waiting)
        made = self._engine().encode([leaf.clip.samples for leaf in waiting])
        for leaf, encoded in zip(waiting, made, strict=True):
            leaf.encoded = encoded

    def _examined(self, leaves: Sequence[Leaf], *, is_last: bool) -> list[Leaf]:
        """Find the languages of these; give those that were cut into parts."""
        windows = [cutting.windows(leaf.clip.chunk) for leaf in leaves]
        found = self._soundings(leaves, windows)
        cut: list[Leaf] = []
        for leaf, looked_at, sounding in zip(leaves, windows, found, strict=True):
            # in the order that was asked for, as the engine gives them: it settles a tie
            leaf.posterior = {name: sounding.languages.get(name, 0.0) for name in self._allowed}
            if is_last or not sounding.windows:
                continue
            times = [
                looked_at[at].border_ms
                for at in languages.borders(leaf.posterior, sounding.windows)
            ]
            if not times and not languages.is_sure(leaf.posterior):
                times = [max(looked_at[1:], key=lambda one: one.pause_ms).border_ms]
            clips = cutting.cut(leaf.clip, times) if times else []
            if len(clips) > 1:
                leaf.parts = [Leaf(clip, digest(clip.samples)) for clip in clips]
                cut.append(leaf)
        return cut

    def _soundings(
        self, leaves: Sequence[Leaf], windows: Sequence[Sequence[Window]]
    ) -> list[Sounding]:
        spans = [[(each.start_ms, each.end_ms) for each in row] for row in windows]
        keys = [
            self._keys.sound(leaf.samples, self._allowed, row)
            for leaf, row in zip(leaves, spans, strict=True)
        ]
        unknown = self._memory.unknown(keys)
        self.encode([leaves[at] for at in unknown])
        encoded = [leaves[at].encoded for at in unknown]
        asked = (
            self._engine().languages([e for e in encoded if e], self._allowed) if encoded else []
        )
        for at, posterior in zip(unknown, asked, strict=True):
            sounding = Sounding(
                key=keys[at],
                pieces=stands(leaves[at].clip.chunk),
                languages=posterior,
                windows=self._in_windows(leaves[at], spans[at]),
            )
            self._memory.add(sounding)
        return [known for key in keys if (known := self._memory.sounding(key))]

    def _in_windows(
        self, leaf: Leaf, spans: Sequence[tuple[int, int]]
    ) -> tuple[dict[str, float], ...]:
        is_one = len(spans) < 2 or len(self._allowed) < 2  # noqa: PLR2004
        if is_one or leaf.encoded is None:
            return ()
        return tuple(self._engine().languages_within(leaf.encoded, spans, self._allowed))


def stands(chunk: Chunk) -> tuple[tuple[int, int], ...]:
    """Where a chunk's sound stands on the recording's clock, for the journal."""
    return tuple((piece.start_ms, piece.end_ms) for piece in chunk.pieces)


def ends(leaf: Leaf) -> list[Leaf]:
    """The leaf itself, or those it was cut into that were cut no further."""
    return [end for part in leaf.parts for end in ends(part)] if leaf.parts else [leaf]


def jobs(leaf: Leaf) -> list[Leaf]:
    """What of a chunk is recognised: it as it was if all its parts are in one language."""
    found = {end.language for end in ends(leaf)}
    if len(found) == 1:
        leaf.language = found.pop()
        leaf.parts = []
        return [leaf]
    return [job for part in leaf.parts for job in jobs(part)]
