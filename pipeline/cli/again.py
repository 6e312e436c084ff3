"""The command that makes a recording's results anew, so that it can be typed as it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.core import artifacts, names, plain
from pipeline.core.artifacts import TRANSCRIPT
from pipeline.core.clock import shortest
from pipeline.core.errors import PipelineError
from pipeline.core.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


def typed(
    ws: Workspace, recording: Path, out: Path | None, from_ms: int | None, to_ms: int | None
) -> str:
    """`marathon run` with what leads to this workspace, and to the weights that were at work.

    Other weights than the demo's need not be named: without a choice, what they made is current.
    """
    weights = " --demo" if _is_demo(ws) else ""
    return f"marathon run {located(recording, out, from_ms, to_ms)}{weights}"


def located(recording: Path, out: Path | None, from_ms: int | None, to_ms: int | None) -> str:
    """A recording, and the options that lead to its folder, as they are typed."""
    words = [plain.typed(recording)]
    words += ["--out", plain.typed(out)] if out else []
    for option, at_ms in (("--from", from_ms), ("--to", to_ms)):
        words += [option, shortest(at_ms)] if at_ms is not None else []
    return " ".join(words)


def command(ws: Workspace, out: Path | None) -> str:
    """The same for a workspace that a file in it may have led to; "" where nothing else does.

    Args:
        ws: the workspace.
        out: what `--out` was, if it was given.
    """
    for folder in (out, None, ws.folder.parent):
        for from_ms, to_ms in (names.part_of(ws.stem), (None, None)):
            try:
                found = Workspace.open(ws.recording, folder, from_ms=from_ms, to_ms=to_ms)
            except PipelineError:
                continue
            if found.folder == ws.folder:
                return typed(ws, ws.recording, folder, from_ms, to_ms)
    return ""


def _is_demo(ws: Workspace) -> bool:
    try:
        return bool(artifacts.origin(ws.transcript_path, TRANSCRIPT).options.get("demo"))
    except PipelineError:  # there is none, or its first line is damaged
        return False
