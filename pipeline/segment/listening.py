"""Vectors of a recording's pieces and of people's clips: kept, or made now."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from pipeline.core import files, media, streams
from pipeline.core.artifacts import Origin
from pipeline.core.errors import InputError, MissingError, UsageError
from pipeline.core.timeline import NO_TURN
from pipeline.core.turns import TurnTable
from pipeline.engines import embedders, ge2e
from pipeline.segment import clips, clusters, voices
from pipeline.segment.origins import NAME
from pipeline.segment.pieces import Piece, sounds
from pipeline.segment.pieces import pieces as pieces_of
from pipeline.segment.voices import Heard
from pipeline.segment.voicing import Voicing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pipeline.core.artifacts import Made
    from pipeline.core.decoding import Samples
    from pipeline.core.payloads import Segments, Transcript
    from pipeline.core.progress import Progress
    from pipeline.core.workspace import Workspace
    from pipeline.engines.speakers import Embedder, Vectors
    from pipeline.programme.roster import Person

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was heard: pieces, the voice of each, and vectors of people's clips, [clips, d]."""

    pieces: tuple[Piece, ...] = ()
    voicing: Voicing = field(default_factory=Voicing)
    people: Mapping[str, Vectors] = field(default_factory=dict)
    weights: str = ""  # what told the voices apart
    identity: str = ""  # the same, where its vectors say who somebody is in other recordings too
    labels: tuple[str, ...] = ()  # what another program calls the voices, from 1


def kept(
    ws: Workspace, made: Made[Transcript], pieces: Sequence[Piece], weights: str
) -> Heard | None:
    """The vectors of all pieces that `weights` made, where they are kept: no engine is needed."""
    return voices.read(ws.voices_path, _origin(made, pieces, weights)) if weights else None


def heard(
    ws: Workspace,
    made: Made[Transcript],
    pieces: Sequence[Piece],
    embedder: Embedder,
    progress: Progress,
) -> Heard:
    """The vector of each piece, kept or made now; the caller holds the lock.

    Raises:
        InputError: the recording cannot be read.
    """
    found = kept(ws, made, pieces, embedder.identity)
    if found is not None:
        return found
    progress.begin(NAME, pieces[-1].end_ms if pieces else 0)
    try:
        vectors = embedder.vectors(lambda: _heard(ws, made, pieces, progress))
    finally:
        progress.end()
    found = Heard(
        vectors=voices.rounded(vectors),
        identity=embedder.identity,
        threshold=embedder.threshold,
        knows_people=embedder.knows_people,
    )
    voices.write(ws.voices_path, _origin(made, pieces, embedder.identity), found)
    return found


def comparing(choice: str) -> Embedder | None:
    """The embedder of that name, for "" the best, where it is here and can hear people's clips."""
    try:
        embedder = embedders.find(choice or ge2e.NAME)
    except (InputError, MissingError, UsageError):
        return None
    return embedder if embedder is not None and embedder.knows_people else None


def people_heard(
    ws: Workspace,
    people: Sequence[Person],
    identity: str,
    find: Callable[[], Embedder | None],
) -> dict[str, Vectors]:
    """The vectors of each person's clips, [clips, d], kept or made now; the caller holds the lock.

    Args:
        ws: where they are kept.
        people: whose clips.
        identity: of what made the vectors of the voices.
        find: gives what makes such vectors; asked only where some are not known.

    Raises:
        InputError: a clip cannot be read, is over before its time, or holds no speech.
    """
    missing = clips.unheard(ws.clips_path, people, identity)
    embedder = find() if missing else None
    if missing and (embedder is None or embedder.identity != identity):
        embedder = None
        of = ", ".join(sorted({str(clip.path) for clip in missing}))
        log.warning("%s is not here: no voice is compared with %s", identity, of)
    found = clips.vectors(ws.clips_path, people, identity, embedder)
    clips.keep(ws.clips_path, people, identity)
    return found


def centroids(
    ws: Workspace, transcript: Made[Transcript], segments: Made[Segments]
) -> tuple[Vectors, ...]:
    """The centroid of each voice that there is, from what is kept.

    None where nothing fits, or where vectors say nothing about other recordings.
    """
    import numpy as np

    found = pieces_of(transcript.payload.phrases)
    rows = kept(ws, transcript, found, segments.origin.weights)
    if rows is None or not rows.knows_people:
        return ()
    table = TurnTable(segments.payload.turns)
    of_turns = [turn.voice - 1 for turn in table.turns]
    at = [table.at((piece.start_ms + piece.end_ms) // 2) for piece in found]
    labels = np.array([of_turns[one] if one != NO_TURN else -1 for one in at], np.int32)
    durations = np.array([piece.duration_ms for piece in found], np.int64)
    made = clusters.centroids(rows.vectors, durations, labels)
    missing = len(segments.payload.voices) - len(made)
    return tuple(np.pad(made, ((0, max(0, missing)), (0, 0))))


def _origin(made: Made[Transcript], pieces: Sequence[Piece], identity: str) -> Origin:
    spans = [(piece.start_ms, piece.end_ms) for piece in pieces]
    return Origin(
        stage="voices",
        stage_version=2,
        weights=identity,
        options={"stream": stream(made)},
        inputs={
            "recording": made.origin.inputs.get("recording", ""),
            "pieces": files.digest(msgspec.json.encode(spans)),
        },
    )


def stream(made: Made[Transcript]) -> int:
    """Which audio stream was transcribed, from 1."""
    return int(made.origin.options.get("stream", streams.FIRST))


def _heard(
    ws: Workspace, made: Made[Transcript], pieces: Sequence[Piece], progress: Progress
) -> Iterator[Samples]:
    end_ms = max((piece.end_ms for piece in pieces), default=1)
    blocks = media.blocks(ws.recording, end_ms=end_ms, stream=stream(made))
    spans = [(piece.start_ms, piece.end_ms) for piece in pieces]
    for piece, sound in zip(pieces, sounds(blocks, spans), strict=True):
        yield sound
        progress.at(piece.end_ms)
