"""`marathon segment`: find turns and programme items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.core.plain import one_line
from pipeline.core.workspace import Workspace
from pipeline.programme import info as infos
from pipeline.segment import stage

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@options.recording
@options.out
@options.part
@options.stage
def command(
    *,
    recording: Path,
    out: Path | None,
    from_ms: int | None,
    to_ms: int | None,
    explain: bool,
    force: bool,
) -> None:
    """Find the turns and the programme items of RECORDING in its transcript.

    Items come from the rundown that the info file names; their borders move to the music, the
    pause or the word that is near. Without a rundown the whole programme is one item.
    """
    ws = Workspace.open(recording, out, from_ms=from_ms, to_ms=to_ms)
    info = infos.load(recording)
    wanted = stage.Options()
    if explain:
        for reason in stage.plan(ws, info, wanted) or ["current: nothing to do"]:
            click.echo(one_line(reason))
        return
    stage.plan(ws, info, wanted)  # what is missing is said before a folder is made
    with ws.lock():
        status = stage.run(ws, info, wanted, force=force)
    click.echo(one_line(f"{status:8} {ws.segments_path}"))
