"""`marathon memory`: what people translated: where it lies, out as TMX, in from TMX."""

from __future__ import annotations

import os
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import msgspec

from pipeline.cli import display, options
from pipeline.core import files
from pipeline.core import recordings as naming
from pipeline.core.errors import OverwriteError, UsageError
from pipeline.core.plain import one_line, storable
from pipeline.core.workspace import Workspace
from pipeline.programme import info as infos
from pipeline.programme import memory, tmx
from pipeline.programme.memory import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PATH: Final = click.Path(path_type=Path)
_ARCHIVE_INFO: Final = "archive.toml"
_NOTHING: Final = "no translations are remembered yet"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One memory; `newer` is how many of its lines only a newer release understands."""

    memory: str
    pairs: tuple[Pair, ...]
    newer: int


@click.group()
def command() -> None:
    """Show what people translated, and exchange it with other programs as TMX.

    \b
    marathon memory list marathon.mp4                   where it lies, and what is in it
    marathon memory export marathon.mp4 ours.tmx        write it to a file for other programs
    marathon memory import theirs.tmx marathon.mp4      take in what others translated
    """  # noqa: D301 - click wants the character that \b stands for


@command.command("list")
@click.argument("place", type=_PATH, metavar="RECORDING-OR-FOLDER")
@options.out
@options.as_json
@options.verbosity
def list_pairs(place: Path, out: Path | None, as_json: bool) -> None:
    """Show where the memory of RECORDING-OR-FOLDER lies, and what is in it.

    An archive has one memory, in the folder of its archive.toml; where there is none, each
    recording has its own, with its subtitles.
    """
    found = {path: memory.load(path) for path in _memories(place, out)}
    if as_json:
        held = [
            Held(memory=storable(path), pairs=one.pairs, newer=one.newer)
            for path, one in found.items()
        ]
        click.echo(display.json_of(held))
        return
    for path, one in found.items():
        for line in _lines(path, one.pairs):
            click.echo(one_line(line))


@command.command("export")
@click.argument("place", type=_PATH, metavar="RECORDING-OR-FOLDER")
@click.argument("file", type=_PATH, metavar="FILE.tmx")
@options.out
@options.verbosity
def export(place: Path, file: Path, out: Path | None) -> None:
    """Write what is remembered for RECORDING-OR-FOLDER to FILE.tmx, which must not be there yet."""
    paths = _memories(place, out)
    pairs = [pair for path in paths for pair in memory.load(path).pairs]
    if not pairs:
        message = f"{', '.join(map(str, paths[:3]))}: {_NOTHING}"
        hint = "take some in with: marathon memory import FILE.tmx RECORDING"
        raise UsageError(message, hint=hint)
    if os.path.lexists(file):
        message = f"{file}: is there already, and is not written over"
        raise OverwriteError(message, hint="give another name, or move that file away")
    files.replace_from(file, tmx.compose(pairs, version("marathon-subtitles")))
    click.echo(one_line(f"{len(pairs)} translations are in {file}"), err=True)


@command.command("import")
@click.argument("file", type=_PATH, metavar="FILE.tmx")
@click.argument("place", type=_PATH, metavar="RECORDING-OR-FOLDER")
@options.out
@options.verbosity
def bring(file: Path, place: Path, out: Path | None) -> None:
    """Take what is in FILE.tmx into the memory of RECORDING-OR-FOLDER.

    What it knew before is not taken again, nor what is older than what it has.
    """
    if not os.path.lexists(file):
        raise UsageError(f"{file}: no such file", hint="check the name and the folder")
    paths = _memories(place, out)
    if len(paths) > 1:
        message = f"{place}: its recordings have a memory each"
        hint = (
            f"name one of them; or, for one memory of all, make an empty file {_ARCHIVE_INFO} there"
        )
        raise UsageError(message, hint=hint)
    found = tmx.read(file)
    new = memory.bring(paths[0], found.pairs)
    known = len(found.pairs) - new
    click.echo(one_line(f"{new} new translations, {known} known before: {paths[0]}"), err=True)
    for reason, count in found.passed_over.items():
        click.echo(one_line(f"passed over: {count} {reason}"), err=True)


def _memories(place: Path, out: Path | None) -> list[Path]:
    """Where the memories lie of a recording, or of those in a folder.

    Raises:
        UsageError: there is no such file.
        InputError: there is no recording in the folder, or an info file cannot be read.
    """
    if not os.path.lexists(place):
        raise UsageError(f"{place}: no such file", hint="check the name and the folder")
    if place.is_dir() and os.path.lexists(place / _ARCHIVE_INFO):
        return [place / memory.NAME]
    found: dict[Path, None] = {}
    for recording, fault in naming.find([place]).items():
        if fault is not None:
            raise fault
        folder = Workspace.open(recording, out).folder
        found[memory.path(infos.load(recording), folder)] = None
    return [*found]


def _lines(path: Path, pairs: Sequence[Pair]) -> Iterator[str]:
    if not pairs:
        yield f"{path}: {_NOTHING}"
        return
    counts = Counter((pair.source_language, pair.target_language) for pair in pairs)
    told = ", ".join(f"{count} from {one} to {other}" for (one, other), count in counts.items())
    yield f"{path}: {told}"
    for pair in pairs:
        made = " ".join(filter(None, (pair.who, pair.when)))
        by = f"  ({made})" if made else ""
        yield f"  {pair.source_language}  {pair.source}"
        yield f"  {pair.target_language}  {pair.target}{by}"
