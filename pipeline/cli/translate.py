"""`marathon translate`: translate what was said in the languages the info file names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli import display, options
from pipeline.core.workspace import Workspace
from pipeline.programme import info as infos
from pipeline.translate import stage

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@options.recording
@options.out
@options.mt
@options.demo
@options.offline
@options.device
@options.explain
@options.force
@options.verbosity
def command(
    *,
    recording: Path,
    out: Path | None,
    mt: str | None,
    demo: bool,
    offline: bool,
    device: str,
    explain: bool,
    force: bool,
) -> None:
    """Translate RECORDING, sentence by sentence, as its info file says: Russian into English.

    What was said in other languages stays as it was said. Words of the translation get their
    places on the recording's clock.
    """
    ws = Workspace.open(recording, out)
    info = infos.load(recording)
    wanted = stage.Options()
    engine = stage.Engine(choice=mt, demo=demo, offline=offline, device=device)
    if explain:
        for reason in stage.plan(ws, info, wanted, engine) or ["current: nothing to do"]:
            click.echo(display.readable(reason))
        return
    with ws.lock():
        status = stage.run(ws, info, wanted, engine, display.for_terminal(), force=force)
    targets = stage.targets(info)
    for target in targets:
        click.echo(display.readable(f"{status:8} {ws.translation_path(target)}"))
    if not targets:
        click.echo("nothing to do: the info file translates nothing", err=True)
