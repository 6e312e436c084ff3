"""Vectors of a recording's pieces and of people's clips: kept, or made now."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core import files, media, streams
from pipeline.core.artifacts import Origin
from pipeline.core.errors import InputError
from pipeline.core.timeline import NO_TURN
from pipeline.core.turns import TurnTable
from pipeline.engines.voice import WINDOW, Voice
from pipeline.segment import clusters, voices
from pipeline.segment.pieces import Piece, sounds
from pipeline.segment.pieces import pieces as pieces_of
from pipeline.segment.voicing import Voicing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.core.artifacts import Made
    from pipeline.core.decoding import Samples
    from pipeline.core.payloads import Segments, Transcript
    from pipeline.core.progress import Progress
    from pipeline.core.workspace import Workspace
    from pipeline.engines.speakers import Embedder, Vectors
    from pipeline.programme.roster import Clip, Person

log = logging.getLogger(__name__)

NAME: Final = "segment"
_LONGEST_MS: Final = 60_000  # of a clip that is listened to
_LEAST_MS: Final = 1_000  # of speech that a clip needs
_SPEECH: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was heard: pieces, the voice of each, and vectors of people's clips, [clips, d]."""

    pieces: tuple[Piece, ...] = ()
    voicing: Voicing = field(default_factory=Voicing)
    people: Mapping[str, Vectors] = field(default_factory=dict)
    weights: str = ""  # what told the voices apart
    identity: str = ""  # the same, where its vectors say who somebody is in other recordings too
    labels: tuple[str, ...] = ()  # what another program calls the voices, from 1


def vectors(
    ws: Workspace,
    made: Made[Transcript],
    pieces: Sequence[Piece],
    people: Sequence[Person],
    embedder: Embedder,
    progress: Progress,
) -> tuple[Vectors, dict[str, Vectors]]:
    """The vector of each piece, and those of each person's clips; the caller holds the lock.

    Raises:
        InputError: the recording or a clip cannot be read, or a clip holds no speech.
    """
    import numpy as np

    origin = _origin(made, pieces, people, embedder.identity)
    found = voices.read(ws.voices_path, origin)
    clips = [(person.name, clip) for person in people for clip in person.clips]
    if found is None:
        spoken = [_speech(clip) for _, clip in clips]
        progress.begin(NAME, pieces[-1].end_ms if pieces else 0)
        try:
            found = embedder.vectors(lambda: chain(_heard(ws, made, pieces, progress), spoken))
        finally:
            progress.end()
        voices.write(ws.voices_path, origin, found)
        found = voices.rounded(found)
    rows: dict[str, list[int]] = {}
    for row, (name, _) in enumerate(clips, start=len(pieces)):
        rows.setdefault(name, []).append(row)
    return found[: len(pieces)], {name: np.asarray(found[row]) for name, row in rows.items()}


def centroids(
    ws: Workspace, transcript: Made[Transcript], people: Sequence[Person], segments: Made[Segments]
) -> tuple[Vectors, ...]:
    """The centroid of each voice that there is, from what is kept; none where nothing fits."""
    import numpy as np

    found = pieces_of(transcript.payload.phrases)
    rows = voices.read(ws.voices_path, _origin(transcript, found, people, segments.origin.weights))
    if rows is None:
        return ()
    table = TurnTable(segments.payload.turns)
    of_turns = [turn.voice - 1 for turn in table.turns]
    at = [table.at((piece.start_ms + piece.end_ms) // 2) for piece in found]
    labels = np.array([of_turns[one] if one != NO_TURN else -1 for one in at], np.int32)
    durations = np.array([piece.duration_ms for piece in found], np.int64)
    made = clusters.centroids(rows[: len(found)], durations, labels)
    missing = len(segments.payload.voices) - len(made)
    return tuple(np.pad(made, ((0, max(0, missing)), (0, 0))))


def _origin(
    made: Made[Transcript], pieces: Sequence[Piece], people: Sequence[Person], identity: str
) -> Origin:
    spans = [(piece.start_ms, piece.end_ms) for piece in pieces]
    return Origin(
        stage="voices",
        stage_version=1,
        weights=identity,
        options={"stream": _stream(made)},
        inputs={
            "recording": made.origin.inputs.get("recording", ""),
            "pieces": files.digest(msgspec.json.encode(spans)),
            "clips": clips_digest(people),
        },
    )


def clips_digest(people: Sequence[Person]) -> str:
    """What names all clips and their contents."""
    named = [
        (person.name, files.digest_file(clip.path), clip.from_ms, clip.to_ms)
        for person in people
        for clip in person.clips
    ]
    return files.digest(msgspec.json.encode(named))


def _stream(made: Made[Transcript]) -> int:
    return int(made.origin.options.get("stream", streams.FIRST))


def _heard(
    ws: Workspace, made: Made[Transcript], pieces: Sequence[Piece], progress: Progress
) -> Iterator[Samples]:
    end_ms = max((piece.end_ms for piece in pieces), default=1)
    blocks = media.blocks(ws.recording, end_ms=end_ms, stream=_stream(made))
    spans = [(piece.start_ms, piece.end_ms) for piece in pieces]
    for piece, sound in zip(pieces, sounds(blocks, spans), strict=True):
        yield sound
        progress.at(piece.end_ms)


def _speech(clip: Clip) -> Samples:
    """What of a clip is speech, all of it together."""
    import numpy as np

    start_ms = clip.from_ms or 0
    end_ms = start_ms + _LONGEST_MS if clip.to_ms is None else clip.to_ms
    blocks = media.blocks(clip.path, start_ms=start_ms, end_ms=min(end_ms, start_ms + _LONGEST_MS))
    sound = np.concatenate([np.zeros(0, np.float32), *blocks])
    voice = Voice()
    likely = np.concatenate([voice.feed(sound), voice.finish()]) >= _SPEECH
    whole = np.pad(sound, (0, len(likely) * WINDOW - len(sound)))
    spoken: Samples = whole.reshape(-1, WINDOW)[likely].reshape(-1)
    if len(spoken) < _LEAST_MS * media.PER_MS:
        message = f"{clip.place}: {clip.path}: nobody is heard to speak for a second"
        raise InputError(
            message, hint="choose a clip of 10 to 20 s in which only this person speaks"
        )
    return spoken
