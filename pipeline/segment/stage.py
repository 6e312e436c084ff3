"""The stage `segment`: from the transcript and the rundown to turns and items."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal

from pipeline.core import artifacts, files
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT, Made, Origin
from pipeline.core.payloads import Segments, Transcript
from pipeline.core.workspace import Workspace
from pipeline.programme import rundown
from pipeline.programme.info import Info
from pipeline.programme.rundown import Entry
from pipeline.segment import items as item_borders
from pipeline.segment import turns as speaker_turns

log = logging.getLogger(__name__)

NAME: Final = "segment"
VERSION: Final = 1  # raise it when the same transcript and rundown would give other segments

Status = Literal["made", "current"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What decides where turns and items begin."""

    window_ms: int = 15_000  # how far the rundown's times may be off
    border_pause_ms: int = 700  # a pause that a border may fall into
    turn_pause_ms: int = 1_500  # a pause that ends a turn


def segment(
    transcript: Transcript, entries: Sequence[Entry] | None, title: str, options: Options
) -> Segments:
    """Items over the whole recording, and turns that cross no border of them.

    Raises:
        InputError: the rundown does not fit the recording.
    """
    if not entries:
        items = item_borders.whole(transcript.duration_ms, "" if entries is not None else title)
    else:
        items = item_borders.place(
            entries, transcript, window_ms=options.window_ms, pause_ms=options.border_pause_ms
        )
    turns = speaker_turns.turns(transcript.phrases, items, pause_ms=options.turn_pause_ms)
    return Segments(turns=turns, items=items)


def plan(ws: Workspace, info: Info, options: Options) -> list[str]:
    """Why the segments are to be made (again); empty where they are current."""
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT)
    return artifacts.reasons(ws.segments_path, SEGMENTS, _origin(transcript, info, options))


def run(ws: Workspace, info: Info, options: Options, *, force: bool = False) -> Status:
    """Make the segments of a recording where they are not current; the caller holds the lock.

    Raises:
        UsageError: there is no transcript yet.
        InputError: the rundown cannot be read or does not fit.
    """
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT)
    origin = _origin(transcript, info, options)
    if not force and artifacts.is_current(ws.segments_path, SEGMENTS, origin):
        return "current"
    entries = rundown.load(info.rundown) if info.rundown else None
    if entries and transcript.origin.options.get("to_ms") is not None:  # a part of the recording
        duration_ms = transcript.payload.duration_ms
        entries = tuple(entry for entry in entries if entry.start_ms < duration_ms)
    segments = segment(transcript.payload, entries, info.title, options)
    artifacts.write(ws.segments_path, SEGMENTS, segments, origin)
    log.info("segment: turns: %d, items: %d", len(segments.turns), len(segments.items))
    return "made"


def _origin(transcript: Made[Transcript], info: Info, options: Options) -> Origin:
    inputs = {TRANSCRIPT.name: transcript.digest}
    named: dict[str, str] = {}
    if info.rundown is None:
        named["title"] = info.title
    else:
        inputs["rundown"] = files.digest_file(info.rundown)
    return Origin(
        stage=NAME, stage_version=VERSION, options={**asdict(options), **named}, inputs=inputs
    )
