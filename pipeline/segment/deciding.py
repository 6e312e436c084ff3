"""Names that reviewers gave: read from the log of decisions, and written to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from pipeline.core.errors import UsageError
from pipeline.review import decisions, speakers
from pipeline.review.decisions import Speaker
from pipeline.segment.names import SURE, Naming

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pipeline.core.payloads import Segments
    from pipeline.core.timeline import Turn
    from pipeline.core.workspace import Workspace
    from pipeline.engines.speakers import Vectors
    from pipeline.segment.pieces import Piece
    from pipeline.segment.voicing import Voicing

EVIDENCE: Final = "decision"


def named(ws: Workspace) -> tuple[speakers.Named, ...]:
    """Who was said to speak where.

    Raises:
        ArtifactError: the log of decisions is damaged; says which line.
    """
    return speakers.named_spans(decisions.read(ws.decisions_path))


def digest(ws: Workspace) -> str:
    """What names the decisions about speakers; "" where there are none."""
    made = [one for one in decisions.read(ws.decisions_path) if isinstance(one, Speaker)]
    return decisions.digest(made) if made else ""


def namings(
    spans: Sequence[speakers.Named], pieces: Sequence[Piece], voicing: Voicing, identity: str
) -> dict[int, Naming]:
    """For each voice that people named: whose it is, or whose it cannot all be."""
    found = {}
    for one in speakers.resolve(spans, _heard(pieces, voicing), identity, sure=SURE):
        if one.name:
            found[one.number] = Naming(one.name, EVIDENCE)
        elif one.flag:
            people = one.flag.removeprefix(speakers.TWO_PEOPLE).split(speakers.BETWEEN)
            found[one.number] = Naming(rivals=tuple(people))
    return found


def pointed_at(
    turns: Sequence[Turn], spans: Sequence[speakers.Named], shared: Collection[int]
) -> tuple[Turn, ...]:
    """The turns, those that people named in a voice of several people with the name they gave."""
    found = []
    for turn in turns:
        names = [
            one.name
            for one in (spans if turn.voice in shared else ())
            if min(one.end_ms, turn.end_ms) - max(one.start_ms, turn.start_ms)
            >= min(one.end_ms - one.start_ms, turn.duration_ms) // 2
        ]
        found.append(replace(turn, speaker=names[0]) if len(set(names)) == 1 else turn)
    return tuple(found)


def give(  # noqa: PLR0913 - a decision has that many parts
    ws: Workspace,
    names: Mapping[int, str],
    segments: Segments,
    centroids: Sequence[Vectors],
    identity: str,
    *,
    who: str,
    when: str,
) -> int:
    """Keep names for voices as decisions; how many were new. The caller holds the lock.

    Raises:
        UsageError: there is no such voice.
    """
    voices = [
        speakers.Heard(
            voice.number,
            [(t.start_ms, t.end_ms) for t in segments.turns if t.voice == voice.number],
            centroids[voice.number - 1].tolist() if centroids else (),
        )
        for voice in segments.voices
    ]
    known = {voice.number: voice for voice in voices if voice.pieces}
    made: list[Speaker] = []
    for number, name in names.items():
        if number not in known:
            there = f"voices 1 to {len(voices)}" if voices else "none: marathon segment RECORDING"
            raise UsageError(f"there is no voice {number}", hint=f"there are {there}")
        made += speakers.naming(
            known[number],
            name,
            voices=voices,
            standing=named(ws),
            identity=identity,
            who=who,
            when=when,
            source="marathon speakers",
        )
    decisions.append(ws.decisions_path, made)
    return len(made)


def _heard(pieces: Sequence[Piece], voicing: Voicing) -> list[speakers.Heard]:
    spans: dict[int, list[tuple[int, int]]] = {}
    for piece, number in zip(pieces, voicing.numbers, strict=True):
        if number:
            spans.setdefault(number, []).append((piece.start_ms, piece.end_ms))
    return [
        speakers.Heard(
            number,
            spans[number],
            voicing.centroids[number - 1].tolist() if voicing.centroids else (),
        )
        for number in sorted(spans)
    ]
