"""report.html: what was done with a recording, what is doubtful, what to look at first.

For `sheets`: `Sheet("report.html", GUIDE, html(subject, texts).encode())`. It is made from values
only: the same values give the same bytes.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.core.catalogue import Texts
    from pipeline.core.payloads import Segments, Transcript
    from pipeline.core.timeline import Cue
    from pipeline.emit.findings import Finding
    from pipeline.subtitles.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One whole track as it is written; `states` (review.states.State) one for each cue, or none."""

    track: str
    cues: Sequence[Cue]
    states: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """All that is told of a recording.

    `media` is `media_link`'s, "" where nothing can be linked; as it depends on where the folder
    lies, it belongs into emit's origin, as does the language of the texts.
    """

    title: str
    date: str
    media: str
    transcript: Transcript
    segments: Segments
    tracks: Sequence[Shown]
    findings: Sequence[Finding]
    profile: Profile


def html(subject: Subject, texts: Texts) -> str:
    """The whole page, complete in itself."""
    raise NotImplementedError


def media_link(folder: Path, recording: Path) -> str:
    """The recording as a link from its folder: relative, percent-encoded; "" from another drive."""
    try:
        relative = os.path.relpath(recording, folder)
    except ValueError:
        return ""
    return quote(relative.replace(os.sep, "/").encode("utf-8", "surrogateescape"))
