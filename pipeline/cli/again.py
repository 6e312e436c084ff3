"""The command that makes a recording's results anew, so that it can be typed as it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.core import artifacts, plain
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


def out_of(ws: Workspace) -> Path | None:
    """What `--out` leads to a workspace that was found by a file in it; None where none does."""
    for out in (None, ws.folder.parent):
        try:
            if Workspace.open(ws.recording, out).folder == ws.folder:
                return out
        except PipelineError:
            continue
    return None


def _is_demo(ws: Workspace) -> bool:
    try:
        return bool(artifacts.read(ws.transcript_path, TRANSCRIPT).origin.options.get("demo"))
    except PipelineError:  # there is none, or it is damaged
        return False
