"""`marathon models`: list, fetch and verify weights."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click
import msgspec

from pipeline.cli import display, options
from pipeline.core.errors import ExitCode, UsageError
from pipeline.core.plain import one_line
from pipeline.engines import argos_index, hub, inventory, weights
from pipeline.engines.inventory import Held, Task
from pipeline.engines.transfer import size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.progress import Progress

_PAIR: Final = re.compile(r"([a-z]{2,3})-([a-z]{2,3})")
_HEADINGS: Final = {
    (Task.ASR, False): "Recognising speech (--asr)",
    (Task.MT, False): "Translating (--mt)",
    (Task.ASR, True): "Demo weights (--demo)",
    (Task.MT, True): "Demo weights (--demo)",
}


class Pulled(msgspec.Struct, frozen=True, kw_only=True):
    """Weights that are here now."""

    name: str
    identity: str
    folder: str


@click.group(invoke_without_command=True)
@options.as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List, fetch and verify weights.

    \b
    marathon models                  what is on this machine
    marathon models pull             fetch what this machine uses by default
    marathon models pull medium      fetch weights for recognising speech
    marathon models pull es-en       fetch weights for translating
    marathon models verify           compare every file with its digest
    """  # noqa: D301 - click wants the character that \b stands for
    if ctx.invoked_subcommand is None:
        _list(as_json=as_json)


@command.command("list")
@options.as_json
def list_weights(as_json: bool) -> None:
    """Show the weights on this machine, and the defaults that are not here yet."""
    _list(as_json=as_json)


@command.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@options.force
@options.as_json
@options.verbosity
def pull(names: tuple[str, ...], force: bool, as_json: bool) -> None:
    """Fetch weights ahead of time; what is here already is not fetched again.

    NAME is a size (small), a name on the hub (owner/name), or two languages (ru-en). Without a
    NAME: what this machine uses by default. --force asks for the newest even where some are here.
    """
    progress = display.for_terminal()
    default = (weights.default_asr(), "-".join(inventory.DEFAULT_PAIR))
    pulled = [_pull(name, progress, force=force) for name in names or default]
    if as_json:
        _echo_json(pulled)
    for each in [] if as_json else pulled:
        click.echo(one_line(f"{each.name}: {each.folder}"))


@command.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@options.as_json
@click.pass_context
def verify(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Compare weights on this machine with the digests they came with; all, or those named.

    Ends with exit code 4 where some are damaged.
    """
    here = [each for each in inventory.held() if each.folder]
    if names:
        here = [each for each in here if each.name in names or each.name.split()[0] in names]
        known = {each.name for each in here} | {each.name.split()[0] for each in here}
        if strange := [name for name in names if name not in known]:
            raise UsageError(
                f"not on this machine: {', '.join(strange)}", hint="see: marathon models list"
            )
    verdicts = [inventory.verify(each) for each in here]
    if as_json:
        _echo_json(verdicts)
    for verdict in [] if as_json else verdicts:
        reason = f": {verdict.reason}" if verdict.reason else ""
        click.echo(one_line(f"{verdict.state:8} {verdict.name}{reason}"))
    damaged = [verdict.name.split()[0] for verdict in verdicts if verdict.state == "damaged"]
    if damaged:
        click.echo(one_line(f"error: damaged: {', '.join(damaged)}"), err=True)
        again = f"  fetch again with: marathon models pull {' '.join(damaged)}"
        click.echo(one_line(again), err=True)
        ctx.exit(ExitCode.MISSING)


def _list(*, as_json: bool) -> None:
    held = inventory.held()
    if as_json:
        _echo_json(held)
        return
    heading = ""
    wide = max(len(each.name) for each in held)
    for each in held:
        if _HEADINGS[each.task, each.demo] != heading:
            heading = _HEADINGS[each.task, each.demo]
            click.echo(heading)
        click.echo(one_line(f"  {each.name:{wide}}  {_describe(each)}"))


def _describe(of: Held) -> str:
    use = f"  default {of.default}" if of.default else ""
    if of.folder:
        return f"{size(of.bytes):>8}{use}  {of.folder}"
    return f"not here{use}  marathon models pull {of.name}"


def _pull(name: str, progress: Progress, *, force: bool) -> Pulled:
    pair = _PAIR.fullmatch(name)
    if force:
        if pair:
            argos_index.fetch(pair[1], pair[2], progress)
        else:
            hub.fetch(hub.repository(name), progress)
    if pair:
        found = weights.find_mt(
            pair[1], pair[2], None, offline=False, demo=False, progress=progress
        )
    else:
        found = weights.from_hub(name, offline=False, progress=progress)
    return Pulled(name=name, identity=found.identity, folder=str(found.folder))


def _echo_json(values: Sequence[msgspec.Struct]) -> None:
    click.echo(display.json_of(values))
