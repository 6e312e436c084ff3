"""`marathon segment`: find turns and programme items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli import display, options
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
@options.voices
@click.option(
    "--propose",
    is_flag=True,
    help="Write a rundown for you to correct: NAME.rundown.proposed.csv.",
)
@options.demo_or_not
@options.stage
def command(
    *,
    recording: Path,
    out: Path | None,
    from_ms: int | None,
    to_ms: int | None,
    embedder: str,
    speakers: int | None,
    threshold: float | None,
    propose: bool,
    explain: bool,
    force: bool,
) -> None:
    """Find the turns and the programme items of RECORDING in its transcript.

    Voices are told apart; marathon speakers lists them. Items come from the rundown that the info
    file names; their borders move to the music, the change of speakers or the pause that is near.
    Without a rundown the whole programme is one item. Of --embedder, --speakers and --threshold,
    what was said last stays until --force.
    """
    ws = Workspace.open(recording, out, from_ms=from_ms, to_ms=to_ms)
    info = infos.load(recording)
    wanted = stage.Options(embedder=embedder, speakers=speakers, threshold=threshold)
    if explain:
        for reason in stage.plan(ws, info, wanted) or ["current: nothing to do"]:
            click.echo(one_line(reason))
        return
    stage.plan(ws, info, wanted)  # what is missing is said before a folder is made
    with ws.lock():
        status = stage.run(ws, info, wanted, display.for_terminal(), force=force)
        proposed = stage.propose(ws) if propose else None
    click.echo(one_line(f"{status:8} {ws.segments_path}"))
    if proposed is not None:
        click.echo(one_line(f"proposed {proposed}"))
