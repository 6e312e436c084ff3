"""Subtitles of what is recognised so far, while recognition goes on: to look at, not to correct."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pipeline.core import files, reading
from pipeline.core.payloads import Segments
from pipeline.emit.tracks import Programme
from pipeline.subtitles import profile as profiles
from pipeline.subtitles import srt
from pipeline.subtitles.layout import lay_out

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.core.payloads import Transcript
    from pipeline.core.workspace import Workspace


def write(ws: Workspace, transcript: Transcript, profile: str) -> Path:
    """Write the SRT of a transcript that is not finished; its name says how far it reaches.

    It is no track: no receipt is kept, so that nothing is ever merged with it, and an earlier one
    is never replaced. Needs no lock.

    Raises:
        UsageError: there is no such profile.
    """
    script = Programme(transcript, Segments(turns=(), items=())).as_spoken()
    laid = lay_out(script.stretches, profiles.load(profile), until_ms=transcript.duration_ms)
    data = srt.compose(tuple(cue for cues in laid for cue in cues))
    path = next(
        path
        for path in ws.partial_srt_paths(transcript.duration_ms)
        if not os.path.lexists(path) or _holds(path, data)
    )
    files.replace(path, data)
    return path


def _holds(path: Path, data: bytes) -> bool:
    """Whether it is a file with just these bytes; what cannot be read is not."""
    try:
        return reading.regular(path) == data
    except OSError:
        return False
