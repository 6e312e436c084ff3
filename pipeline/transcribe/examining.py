"""Chunks to leaves: clips of which each is in one language, as far as can be heard."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.transcribe import languages
from pipeline.transcribe.memory import Sounding, digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pipeline.core.timeline import Span
    from pipeline.engines import Encoded, Transcriber
    from pipeline.transcribe.chunks import Chunk, Rule
    from pipeline.transcribe.listening import Clip
    from pipeline.transcribe.memory import Keys, Memory

_DEPTH = 4  # so often a chunk is cut and its parts heard again


@dataclass(slots=True, eq=False)
class Leaf:
    """A clip on its way, with what is known of its languages.

    `whole` is the leaf it was cut out of, with all its other parts in `parts`.
    """

    clip: Clip
    samples: str  # their digest
    posterior: Mapping[str, float] = field(default_factory=dict)
    encoded: Encoded | None = None
    whole: Leaf | None = None
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
        rule: Rule,
    ) -> None:
        self._engine, self._keys, self._memory = engine, keys, memory
        self._allowed, self._rule = allowed, rule
        self.encoded = 0  # windows that the encoder was given

    def leaves(self, clips: Sequence[Clip]) -> list[Leaf]:
        """Every clip, or the parts that it was cut into, in the order of their time."""
        roots = [Leaf(clip, digest(clip.samples)) for clip in clips]
        level = roots
        for depth in range(_DEPTH):
            cut = self._examined(level, is_last=depth == _DEPTH - 1)
            level = [part for leaf in cut for part in leaf.parts]
            if not level:
                break
        return [end for root in roots for end in _ends(root)]

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
        groups = [groups_of(leaf.clip.chunk) for leaf in leaves]
        found = self._soundings(leaves, groups)
        cut: list[Leaf] = []
        for leaf, parts, sounding in zip(leaves, groups, found, strict=True):
            # in the order that was asked for, as the engine gives them: it settles a tie
            leaf.posterior = {name: sounding.languages.get(name, 0.0) for name in self._allowed}
            if is_last or not languages.is_mixed(leaf.posterior, sounding.groups):
                continue
            stretches = leaf.clip.chunk.stretches
            pauses = [stretches[first].pause_ms for first, _ in parts]
            borders = [0, *languages.cuts(sounding.groups, pauses), len(parts)]
            for begin, end in pairwise(borders):
                clip = leaf.clip.part(parts[begin][0], parts[end - 1][1], self._rule)
                leaf.parts.append(Leaf(clip, digest(clip.samples), whole=leaf))
            cut.append(leaf)
        return cut

    def _soundings(
        self, leaves: Sequence[Leaf], groups: Sequence[list[tuple[int, int]]]
    ) -> list[Sounding]:
        keys = [
            self._keys.sound(leaf.samples, self._allowed, places(leaf.clip.chunk, parts))
            for leaf, parts in zip(leaves, groups, strict=True)
        ]
        known = [self._memory.sounding(key) for key in keys]
        unknown = [at for at, sounding in enumerate(known) if sounding is None]
        self.encode([leaves[at] for at in unknown])
        encoded = [leaves[at].encoded for at in unknown]
        asked = (
            self._engine().languages([e for e in encoded if e], self._allowed) if encoded else []
        )
        for at, posterior in zip(unknown, asked, strict=True):
            leaf = leaves[at]
            sounding = Sounding(
                key=keys[at],
                pieces=stands(leaf.clip.chunk),
                languages=posterior,
                groups=self._in_groups(leaf, groups[at]),
            )
            self._memory.add(sounding)
            known[at] = sounding
        return [sounding for sounding in known if sounding is not None]

    def _in_groups(
        self, leaf: Leaf, groups: Sequence[tuple[int, int]]
    ) -> tuple[dict[str, float], ...]:
        if len(groups) < 2 or leaf.encoded is None:  # noqa: PLR2004
            return ()
        spans = places(leaf.clip.chunk, groups)
        return tuple(self._engine().languages_within(leaf.encoded, spans, self._allowed))


def stands(chunk: Chunk) -> tuple[tuple[int, int], ...]:
    """Where a chunk's sound stands on the recording's clock, for the journal."""
    return tuple((piece.start_ms, piece.end_ms) for piece in chunk.pieces)


def groups_of(chunk: Chunk) -> list[tuple[int, int]]:
    """Stretches put together to what is long enough to tell its language: first and last + 1.

    What is too short goes to the neighbour over the shorter pause.
    """
    groups = [(at, at + 1) for at in range(len(chunk.stretches))]
    while len(groups) > 1:
        lengths = [_speech_ms(chunk, group) for group in groups]
        shortest = min(range(len(groups)), key=lengths.__getitem__)
        if lengths[shortest] >= languages.SHORTEST_MS:
            break
        before = chunk.stretches[groups[shortest][0]].pause_ms if shortest else None
        after = (
            chunk.stretches[groups[shortest][1]].pause_ms if shortest + 1 < len(groups) else None
        )
        goes_back = after is None or (before is not None and before <= after)
        first = shortest - 1 if goes_back else shortest
        groups[first : first + 2] = [(groups[first][0], groups[first + 1][1])]
    return groups


def places(chunk: Chunk, groups: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where groups stand in the chunk's own sound, in milliseconds."""
    found = []
    for first, last in groups:
        begin = chunk.heard_at(chunk.stretches[first].span.start_ms)
        end = chunk.heard_at(chunk.stretches[last - 1].span.end_ms - 1)
        if begin is not None and end is not None:
            found.append((begin, end + 1))
    return found


def _speech_ms(chunk: Chunk, group: tuple[int, int]) -> int:
    return sum(stretch.span.duration_ms for stretch in chunk.stretches[group[0] : group[1]])


def _ends(leaf: Leaf) -> list[Leaf]:
    return [end for part in leaf.parts for end in _ends(part)] if leaf.parts else [leaf]
