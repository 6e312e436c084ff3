"""Subtitles of what is recognised so far, while recognition goes on: to look at, not to correct."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.core import files
from pipeline.core.errors import OverwriteError
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

    It is no track: no receipt is kept, so that nothing is ever merged with it. Needs no lock.

    Raises:
        UsageError: there is no such profile.
        OverwriteError: a person changed the file of that name.
    """
    script = Programme(transcript, Segments(turns=(), items=())).as_spoken()
    laid = lay_out(script.stretches, profiles.load(profile), until_ms=transcript.duration_ms)
    data = srt.compose(tuple(cue for cues in laid for cue in cues))
    path = ws.partial_srt_path(transcript.duration_ms)
    if path.exists() and path.read_bytes() != data:
        raise OverwriteError(
            f"{path}: somebody changed this file", hint="move it, then run the same command again"
        )
    files.replace(path, data)
    return path
