"""The stage `segment`: from the transcript, the voices and the rundown to turns and items."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from pipeline.core import artifacts, files
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT, Made, Origin
from pipeline.core.errors import ArtifactError, InputError, UsageError
from pipeline.core.payloads import Segments, Transcript
from pipeline.core.progress import Progress, Silent
from pipeline.core.workspace import recording_digest
from pipeline.engines import embedders
from pipeline.programme import roster, rundown
from pipeline.segment import (
    clips,
    deciding,
    given,
    interpreters,
    listening,
    names,
    origins,
    proposing,
    voicing,
)
from pipeline.segment import items as item_borders
from pipeline.segment import turns as speaker_turns
from pipeline.segment.listening import Known
from pipeline.segment.origins import NAME, Options
from pipeline.segment.pieces import pieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.core.timeline import Item
    from pipeline.core.workspace import Workspace
    from pipeline.programme.info import Info
    from pipeline.programme.roster import Person
    from pipeline.programme.rundown import Entry
    from pipeline.review.speakers import Named

log = logging.getLogger(__name__)


__all__ = [
    "NAME",
    "Options",
    "Status",
    "look_ahead",
    "name",
    "plan",
    "propose",
    "run",
    "see_recording",
    "segment",
]

Status = Literal["made", "current"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What people and earlier stages say of a recording."""

    title: str = ""
    entries: tuple[Entry, ...] | None = None
    people: tuple[Person, ...] = ()
    named: tuple[Named, ...] = ()  # who reviewers said speaks where


def segment(transcript: Transcript, known: Known, told: Told, options: Options) -> Segments:
    """Items over the whole recording, turns that cross no border of them, and whose voices.

    Raises:
        InputError: the rundown does not fit the recording.
    """
    phrases = transcript.phrases
    of_words = known.voicing.of_words(known.pieces)
    loose = speaker_turns.turns(phrases, (), pause_ms=options.turn_pause_ms, voices=of_words)
    if not told.entries:
        title = "" if told.entries is not None else told.title
        items = item_borders.whole(transcript.duration_ms, title)
    else:
        items = item_borders.place(
            told.entries,
            transcript,
            loose,
            window_ms=options.window_ms,
            pause_ms=options.border_pause_ms,
        )
    decided = deciding.namings(told.named, known.pieces, known.voicing, known.identity)
    voices = names.voices(_heard(transcript, known, items), decided, known.people, items)
    turns = speaker_turns.turns(
        phrases,
        items,
        pause_ms=options.turn_pause_ms,
        voices=of_words,
        names={voice.number: voice.name for voice in voices},
    )
    shared = {number for number, naming in decided.items() if naming.rivals}
    turns = deciding.pointed_at(turns, told.named, shared, phrases)
    interpreting = {each.name for each in told.people if each.role is roster.Role.INTERPRETER}
    turns = interpreters.tagged(
        turns,
        phrases,
        interpreters=interpreting,
        interpreter_voices={v.number for v in voices if v.name in interpreting},
        items=items,
    )
    return Segments(turns=turns, items=items, voices=voices)


def _heard(transcript: Transcript, known: Known, items: Sequence[Item]) -> names.Heard:
    numbers = known.voicing.numbers
    in_items = voicing.in_items(known.pieces, numbers, [item.start_ms for item in items])
    return names.Heard(
        speech_ms=tuple(
            sum(in_items[number].values()) for number in range(1, max(numbers, default=0) + 1)
        ),
        centroids=known.voicing.centroids,
        labels=known.labels,
        in_items=in_items,
        singers=voicing.sung(known.pieces, numbers, transcript),
    )


def plan(ws: Workspace, info: Info, options: Options) -> list[str]:
    """Why the segments are to be made (again); empty where they are current."""
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT)
    origin = origins.origin(ws, transcript, info, options, _old(ws))
    return artifacts.reasons(ws.segments_path, SEGMENTS, origin)


def look_ahead(ws: Workspace, info: Info, options: Options) -> None:
    """Find what would stop `run`, hours before it would; what clips tell is not asked again.

    Raises:
        UsageError: there is no such embedder or file.
        InputError: the roster, a clip of it or the RTTM file cannot be read, or a clip tells
            nothing.
        MissingError: the weights that were asked for are not installed.
    """
    people = roster.load(info.roster) if info.roster else ()
    if path := origins.rttm_file(options.embedder):
        given.load(path, ws.recording)
    elif options.embedder:
        embedders.find(options.embedder)
    old = _old(ws)
    if clips.unheard(ws.clips_path, people, old.weights if old else ""):
        embedder = listening.comparing(origins.kept(options, old).embedder)
        if embedder is not None:
            clips.vectors(ws.clips_path, people, embedder.identity, embedder)


def _old(ws: Workspace) -> Origin | None:
    try:
        return artifacts.read(ws.segments_path, SEGMENTS).origin
    except (ArtifactError, UsageError):
        return None


def run(
    ws: Workspace,
    info: Info,
    options: Options,
    progress: Progress | None = None,
    *,
    force: bool = False,
) -> Status:
    """Make the segments of a recording where they are not current; the caller holds the lock.

    Raises:
        UsageError: there is no transcript yet, or no such embedder.
        InputError: the rundown, the roster, a clip of it or an RTTM file cannot be read or does
            not fit.
        MissingError: the weights that were asked for are not installed.
    """
    if not force and not plan(ws, info, options):
        return "current"
    old = None if force else _old(ws)
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT)
    see_recording(ws, transcript)
    # before anything is read: what a person changes meanwhile makes the result stale, not current
    origin = origins.origin(ws, transcript, info, options, old)
    options = origins.kept(options, old)
    told = _told(ws, info, transcript)
    weights = origin.weights if old is None or options.embedder else old.weights
    known = _known(ws, transcript, told.people, options, weights, progress or Silent())
    segments = segment(transcript.payload, known, told, options)
    origin = msgspec.structs.replace(origin, weights=known.weights)
    artifacts.write(ws.segments_path, SEGMENTS, segments, origin)
    counts = len(segments.turns), len(segments.items), len(segments.voices)
    for line in item_borders.moves(segments.items):
        log.info("segment: %s", line)
    log.info("segment: turns: %d, items: %d, voices: %d", *counts)
    return "made"


def see_recording(ws: Workspace, transcript: Made[Transcript]) -> None:
    """See that the recording is still the one that was transcribed.

    Raises:
        InputError: it is another one by now.
    """
    was = transcript.origin.inputs.get("recording")
    if was is not None and was != recording_digest(ws):
        message = f"{ws.recording}: is not what it was when it was transcribed"
        raise InputError(message, hint="put that file back, or: marathon run RECORDING")


def _told(ws: Workspace, info: Info, transcript: Made[Transcript]) -> Told:
    entries = rundown.load(info.rundown) if info.rundown else None
    to_ms = transcript.origin.options.get("to_ms")
    if entries and isinstance(to_ms, int):  # a part of the recording: no border of what follows
        entries = tuple(entry for entry in entries if entry.start_ms < to_ms)
    people = roster.load(info.roster) if info.roster else ()
    return Told(
        title=info.title,
        entries=None if entries is None else names.as_in_roster(entries, people),
        people=people,
        named=deciding.named(ws),
    )


def _known(
    ws: Workspace,
    transcript: Made[Transcript],
    people: tuple[Person, ...],
    options: Options,
    weights: str,
    progress: Progress,
) -> Known:
    """What is heard; what `weights` heard once needs them no more."""
    found = pieces(transcript.payload.phrases)
    if path := origins.rttm_file(options.embedder):
        digest = files.digest(given.read(path))
        of_pieces, labels = given.voicing(found, given.load(path, ws.recording))
        return Known(pieces=found, voicing=of_pieces, labels=labels, weights=digest)
    heard, embedder = listening.kept(ws, transcript, found, weights), None
    if heard is None:
        embedder = embedders.find(options.embedder)
        if embedder is None:
            return Known()
        if not found:
            return Known(weights=embedder.identity)
        heard = listening.heard(ws, transcript, found, embedder, progress)
    known = listening.people_heard(
        ws,
        people if heard.knows_people else (),
        heard.identity,
        lambda: embedder or listening.comparing(options.embedder),
    )
    of_pieces = voicing.voicing(
        found,
        heard.vectors,
        known,
        threshold=heard.threshold if options.threshold is None else options.threshold,
        count=options.speakers,
    )
    return Known(
        pieces=found,
        voicing=of_pieces,
        people=known,
        weights=heard.identity,
        identity=heard.identity if heard.knows_people else "",
    )


def propose(ws: Workspace) -> Path:
    """Write a rundown for a person to correct, beside the subtitles; the caller holds the lock.

    Raises:
        OverwriteError: one that a person may have worked on is there.
    """
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT).payload
    segments = artifacts.read(ws.segments_path, SEGMENTS).payload
    return proposing.write(ws, transcript, segments)


def name(ws: Workspace, given_names: Mapping[int, str], *, who: str, when: str) -> int:
    """Keep whose voices they are, as a reviewer's decisions; how many are new.

    The caller holds the lock.

    Raises:
        UsageError: there are no segments yet, or no such voice.
    """
    made = artifacts.read(ws.segments_path, SEGMENTS)
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT)
    centroids = listening.centroids(ws, transcript, made)
    weights = made.origin.weights if centroids else ""
    return deciding.give(ws, given_names, made.payload, centroids, weights, who=who, when=when)
