"""`marathon transcribe`: recognise speech."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli import display, options
from pipeline.core.plain import one_line
from pipeline.core.progress import Silent
from pipeline.core.workspace import Workspace
from pipeline.programme import info as infos
from pipeline.transcribe import hints, stage

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@options.recording
@options.out
@options.part
@options.stream
@options.asr
@options.engine
@options.stage
def command(
    *,
    recording: Path,
    out: Path | None,
    from_ms: int | None,
    to_ms: int | None,
    stream: str,
    asr: str | None,
    demo: bool,
    offline: bool,
    device: str,
    explain: bool,
    force: bool,
) -> None:
    """Recognise what is said in RECORDING: every word with its time, every phrase in its language.

    Only the languages that the info file names are looked for. Each piece is kept as soon as it is
    recognised: after an interruption the same command goes on where it was.
    """
    ws = Workspace.open(recording, out, from_ms=from_ms, to_ms=to_ms)
    info = infos.load(recording)
    wanted = stage.Options(
        languages=info.languages,
        from_ms=from_ms,
        to_ms=to_ms,
        stream=stream,
        hints=hints.load(info),
    )
    engine = stage.Engine(choice=asr, demo=demo, offline=offline, device=device)
    if explain:
        for reason in stage.plan(ws, wanted, engine) or ["current: nothing to do"]:
            click.echo(one_line(reason))
        return
    progress = display.for_terminal()
    stage.look_ahead(ws, wanted, engine, Silent() if demo else progress)  # nothing to fetch
    with ws.lock():
        status = stage.run(ws, wanted, engine, progress, force=force)
    click.echo(one_line(f"{status:8} {ws.transcript_path}"))
