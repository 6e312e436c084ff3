"""What report.html is made from, taken from what emit has at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.emit import noting, report

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
    merged = {
        track: tracks.merged(track, ws.srt_path(track).relative_to(ws.folder).as_posix())
        for track in wanted
    }
    shown = [
        report.Shown(track=track, cues=one.cues, states=one.states) for track, one in merged.items()
    ]
    subject = report.Subject(
        title=info.title,
        date=str(info.date or ""),
        media=report.media_link(ws.folder, ws.recording),
        transcript=inputs.transcript,
        segments=inputs.segments,
        tracks=shown,
        findings=noting.still_open(inputs.findings, merged),
        profile=inputs.profile,
    )
    return report.html(subject, texts).encode()
