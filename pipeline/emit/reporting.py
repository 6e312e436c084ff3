"""What report.html is made from, taken from what emit has at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.core.plain import storable
from pipeline.emit import report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.core.catalogue import Texts
    from pipeline.core.workspace import Workspace
    from pipeline.emit.findings import Finding
    from pipeline.emit.inputs import Inputs
    from pipeline.emit.merging import Merged
    from pipeline.programme.info import Info


def title(ws: Workspace, info: Info) -> str:
    """What people called it, else what its file is called."""
    return info.title or storable(ws.recording.stem)


def page(
    ws: Workspace,
    inputs: Inputs,
    merged: Mapping[str, Merged],
    findings: Sequence[Finding],
    info: Info,
    texts: Texts,
) -> bytes:
    """The page of a recording, with the whole tracks as they are about to be written.

    Args:
        ws: the recording's workspace.
        inputs: what emit has read.
        merged: the whole tracks.
        findings: what people should still look at.
        info: the recording's info file.
        texts: the catalogue.
    """
    shown = [
        report.Shown(track=track, cues=one.cues, states=one.states) for track, one in merged.items()
    ]
    subject = report.Subject(
        title=title(ws, info),
        date=str(info.date or ""),
        media=report.media_link(ws.folder, ws.recording),
        transcript=inputs.transcript,
        segments=inputs.segments,
        tracks=shown,
        findings=findings,
        profile=inputs.profile,
    )
    return report.html(subject, texts).encode()
