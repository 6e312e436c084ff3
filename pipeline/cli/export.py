"""`marathon export`: subtitles to where players find them."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import display, options
from pipeline.core.errors import UsageError
from pipeline.core.plain import one_line
from pipeline.core.workspace import Workspace
from pipeline.emit import exporting
from pipeline.programme import info as infos
from pipeline.subtitles.formats import Format

_PATH = click.Path(path_type=Path)


@click.command()
@options.recording
@options.out
@options.tracks
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in Format]),
    help="srt, vtt (WebVTT, for web pages) or ass. [default: srt]",
)
@click.option(
    "--item",
    type=click.IntRange(1),
    metavar="N",
    help="Only this item of the programme.",
)
@click.option(
    "--rebase",
    is_flag=True,
    help="With --item: times from the item's own beginning, for a clip that was cut out.",
)
@click.option(
    "--dir",
    "folder",
    type=_PATH,
    metavar="DIR",
    help="Where to put the files. [default: beside the recording, where players look]",
)
@click.option(
    "--into",
    type=_PATH,
    metavar="FILE",
    help="Write a copy of the recording with the tracks in it, nothing encoded again: a name that"
    " ends in .mkv, .mka (sound alone), .mp4 or .m4v.",
)
@options.demo_or_not
@options.verbosity
def command(
    *,
    recording: Path,
    out: Path | None,
    tracks: tuple[str, ...],
    form: str | None,
    item: int | None,
    rebase: bool,
    folder: Path | None,
    into: Path | None,
) -> None:
    """Put the subtitles of RECORDING beside it, under the names players look for.

    As talk.en.srt beside talk.mp4; the track as spoken is talk.srt, or talk.ru.srt where all is in
    one language; ru+en is talk.ru-en.srt. What is exported is what stands in the SRT files now,
    corrections included. The first --track is the one that players show by themselves in a copy.

    A file that is there and is not as this command left it is never replaced (exit code 7).
    """
    if rebase and not item:
        raise UsageError("--rebase is about one item", hint="say which: --item N --rebase")
    if into is not None and (form or item or folder):
        hint = "leave out --format, --item, --rebase and --dir, or --into"
        raise UsageError("--into takes whole tracks into one file", hint=hint)
    ws = Workspace.open(recording, out)
    wanted = exporting.Wanted(
        tracks=tracks, form=Format(form or Format.SRT), item=item or 0, rebase=rebase
    )
    info = infos.load(recording)
    if not ws.machine_folder.is_dir():  # said before a folder is made
        message = f"{ws.folder}: no subtitles are there yet"
        raise UsageError(message, hint="make them: marathon run RECORDING")
    with ws.lock():
        if into is None:
            told = exporting.beside(ws, info, wanted, folder)
        else:
            told = [(exporting.into(ws, info, wanted, into, display.for_terminal()), into)]
    for status, path in told:
        click.echo(one_line(f"{status:8} {path}"))
