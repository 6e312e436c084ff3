"""What report.html is made from, taken from what emit has at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.emit import report

if TYPE_CHECKING:
    from pipeline.core.catalogue import Texts
    from pipeline.core.workspace import Workspace
    from pipeline.emit.inputs import Inputs
    from pipeline.emit.layers import Tracks
    from pipeline.programme.info import Info


def page(
    ws: Workspace, inputs: Inputs, tracks: Tracks, wanted: tuple[str, ...], info: Info, texts: Texts
) -> bytes:
    """The page of a recording, with the whole tracks as they are about to be written."""
    shown = []
    for track in wanted:
        path = ws.srt_path(track).relative_to(ws.folder).as_posix()
        merged = tracks.merged(track, path)
        shown.append(report.Shown(track=track, cues=merged.cues, states=merged.states))
    subject = report.Subject(
        title=info.title,
        date=str(info.date or ""),
        media=report.media_link(ws.folder, ws.recording),
        transcript=inputs.transcript,
        segments=inputs.segments,
        tracks=shown,
        findings=inputs.findings,
        profile=inputs.profile,
    )
    return report.html(subject, texts).encode()
