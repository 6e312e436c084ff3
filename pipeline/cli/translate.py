"""`marathon translate`: translate what was said in the languages the info file names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli import display, options
from pipeline.core.plain import one_line
from pipeline.core.workspace import Workspace
from pipeline.programme import info as infos
from pipeline.review import accepting, telling
from pipeline.translate import stage

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@options.recording
@options.out
@options.part
@options.mt
@options.second_opinion
@options.engine
@options.stage
def command(
    *,
    recording: Path,
    out: Path | None,
    from_ms: int | None,
    to_ms: int | None,
    mt: str | None,
    second_opinion: str,
    demo: bool,
    offline: bool,
    device: str,
    explain: bool,
    force: bool,
) -> None:
    """Translate RECORDING, sentence by sentence, as its info file says: Russian into English.

    What people corrected is taken in first, as by `marathon accept`.
    What was said in other languages stays as it was said. Words of the translation get their
    places on the recording's clock.
    """
    ws = Workspace.open(recording, out, from_ms=from_ms, to_ms=to_ms)
    info = infos.load(recording)
    wanted = stage.Options(second_opinion=second_opinion)
    engine = stage.Engine(choice=mt, demo=demo, offline=offline, device=device)
    if explain:
        for reason in stage.plan(ws, info, wanted, engine) or ["current: nothing to do"]:
            click.echo(one_line(reason))
        return
    stage.plan(ws, info, wanted, None)  # what is missing is said before a folder is made
    with ws.lock():
        telling.tell(accepting.accept(ws))
        status = stage.run(ws, info, wanted, engine, display.for_terminal(), force=force)
    targets = stage.targets(info)
    for target in targets:
        click.echo(one_line(f"{status:8} {ws.translation_path(target)}"))
    if not targets:
        click.echo("nothing to do: the info file translates nothing", err=True)
