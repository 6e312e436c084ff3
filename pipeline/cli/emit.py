"""`marathon emit`: write the SRT files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli import options, reading
from pipeline.core.errors import UsageError
from pipeline.core.plain import one_line
from pipeline.core.workspace import Workspace
from pipeline.emit import partial as unfinished
from pipeline.emit import stage
from pipeline.programme import info as infos
from pipeline.review import accepting, telling
from pipeline.transcribe.partial import so_far

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@options.recording
@options.out
@options.part
@options.tracks
@options.profile
@reading.option
@click.option(
    "--partial",
    is_flag=True,
    help="Write what is recognised so far, while `transcribe` or `run` is still at work.",
)
@options.demo_or_not
@options.stage
def command(
    *,
    recording: Path,
    out: Path | None,
    from_ms: int | None,
    to_ms: int | None,
    tracks: tuple[str, ...],
    profile: str,
    ui: str | None,
    partial: bool,
    explain: bool,
    force: bool,
) -> None:
    """Write the SRT files of RECORDING from what earlier stages made.

    What people changed in them is taken in first, as by `marathon accept`, and stands in the new
    files to the letter. A file of which something cannot be read is not replaced: where there are
    new words for it, the command ends with exit code 7, and nothing is written.

    With --partial, what is recognised so far is written to a file of its own, which says in its
    name how far it reaches. It is for looking, not for correcting: nothing is merged with it.
    """
    ws = Workspace.open(recording, out, from_ms=from_ms, to_ms=to_ms)
    info = infos.load(recording)
    if partial:
        if tracks or explain or force:
            raise UsageError(
                "--partial writes one file, of what was spoken",
                hint="leave out --track, --explain and --force",
            )
        path = unfinished.write(ws, so_far(ws), profile or info.profile)
        click.echo(one_line(f"partial  {path}"))
        return
    wanted = stage.Options(tracks=tracks, profile=profile, ui=ui or "")
    if explain:
        for reason in stage.plan(ws, info, wanted) or ["current: nothing to do"]:
            click.echo(one_line(reason))
        return
    stage.plan(ws, info, wanted)  # what is missing is said before a folder is made
    with ws.lock():
        telling.tell(accepting.accept(ws))
        status = stage.run(ws, info, wanted, force=force)
    tracks_made = stage.tracks(info, wanted)
    changed = stage.changed(ws, tracks_made)
    for path in map(ws.srt_path, tracks_made):
        click.echo(one_line(f"{'kept' if path in changed else status:8} {path}"))
