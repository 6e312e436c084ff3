"""What a run would make of a recording, and why; nothing is made, and no bad recording stops it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.archive import run as runs
from pipeline.core.errors import ExitCode, PipelineError
from pipeline.emit import stage as emit
from pipeline.programme import info as infos
from pipeline.segment import stage as segment
from pipeline.transcribe import stage as transcribe
from pipeline.translate import stage as translate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipeline.archive.run import Request
    from pipeline.core.workspace import Workspace
    from pipeline.programme.info import Info


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why stages of one recording are to be made; none where a stage is current.

    A stage after one that is to be made has no entry: it depends on that one.
    """

    recording: Path
    reasons: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by stage
    error: PipelineError | None = None
    exit_code: ExitCode = ExitCode.OK


def one(
    recording: Path, fault: PipelineError | None, out: Path | None, request: Request
) -> Explanation:
    """What a run would make; a `fault` is what was wrong already when it was looked for."""
    reasons: dict[str, tuple[str, ...]] = {}
    if fault is not None:
        return _failed(recording, reasons, fault)
    try:
        ws = runs.workspace(recording, out, request)
        for stage, plan in _plans(ws, infos.load(recording), request).items():
            reasons[stage] = tuple(plan())
            if reasons[stage]:
                break
    except Exception as error:  # noqa: BLE001 - one bad recording must not keep the others unsaid
        return _failed(recording, reasons, error)
    return Explanation(recording=recording, reasons=reasons)


def _failed(recording: Path, reasons: dict[str, tuple[str, ...]], error: Exception) -> Explanation:
    end = runs.failed(recording, error)
    return Explanation(
        recording=recording, reasons=reasons, error=end.error, exit_code=end.exit_code
    )


def _plans(ws: Workspace, info: Info, request: Request) -> dict[str, Callable[[], list[str]]]:
    return {
        transcribe.NAME: lambda: transcribe.plan(
            ws, runs.spoken(request, info), request.recogniser
        ),
        segment.NAME: lambda: segment.plan(ws, info, request.segmenting),
        translate.NAME: lambda: translate.plan(ws, info, request.translating, request.translator),
        emit.NAME: lambda: emit.plan(ws, info, request.emitting),
    }
