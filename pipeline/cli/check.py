"""`marathon check`: SRT files against the rules of subtitling, and what is known of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pipeline.cli import check_report, checking, display, options
from pipeline.core import plain
from pipeline.core.errors import ExitCode, PartialError, UsageError
from pipeline.core.language import is_tag, tag_for
from pipeline.core.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.cli.check_report import Report

_PATH: Final = click.Path(path_type=Path)


@click.command()
@click.argument("srt_files", nargs=-1, required=True, type=_PATH, metavar="FILE...")
@click.option(
    "--profile",
    default="",
    metavar="NAME",
    help="Which rules of subtitling to check against: a name, or a file that ends in .toml."
    " [default: that of the recording's info file, or default]",
)
@click.option(
    "--language",
    default="",
    metavar="TAG",
    help="What the text is in: en, or ru+en for both at once. [default: what the file's name"
    " tells, as talk.en.srt]",
)
@click.option(
    "--for",
    "recording",
    type=_PATH,
    metavar="RECORDING",
    help="The recording that the files belong to. [default: the one in whose folder they lie]",
)
@options.out
@click.option(
    "--fix",
    is_flag=True,
    help="Put right what is safe, never text, and write it to NAME.fixed.srt beside the file.",
)
@options.as_json
@click.option("--csv", "as_csv", is_flag=True, help="Report as a table for spreadsheets on stdout.")
@options.verbosity
@click.pass_context
def command(
    ctx: click.Context,
    *,
    srt_files: tuple[Path, ...],
    profile: str,
    language: str,
    recording: Path | None,
    out: Path | None,
    fix: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Check SRT files of any origin: lines, reading speed, times, language, repetitions.

    A file of a recording's folder is also compared with what was said: glossary, times, what is
    missing. Tracks named together, as talk.ru.srt talk.en.srt, are compared with each other.

    Ends with exit code 8 where something was found, and with 9 where some of several files could
    not be looked at.
    """
    if as_json and as_csv:
        raise UsageError("--json and --csv are two reports", hint="leave out one of them")
    asked = checking.Asked(
        profile=profile,
        track=_track(language),
        space=Workspace.open(recording, out) if recording else None,
        fix=fix,
    )
    reports, faults = checking.reports(srt_files, asked)
    if faults and len(srt_files) == 1:
        raise faults[0]
    _tell(reports, as_json=as_json, as_csv=as_csv, fix=fix)
    if faults:
        hint = "put them right, then run the same command again"
        what = "cannot be fixed" if fix else "cannot be read"
        raise PartialError(f"{len(faults)} of {len(srt_files)} files {what}", hint=hint)
    count = sum(len(report.findings) for report in reports)
    if count:
        told = f"{count} finding{'s' if count > 1 else ''}"
        rest = " left for a person" if fix else "; the files are as they were"
        click.echo(told + rest, err=True)
        ctx.exit(ExitCode.FINDINGS)
    if not (as_json or as_csv):
        click.echo(f"nothing found in {sum(report.cues for report in reports)} cues")


def _tell(reports: Sequence[Report], *, as_json: bool, as_csv: bool, fix: bool) -> None:
    if as_json:
        click.echo(display.json_of([report.plain() for report in reports]))
        return
    for report in reports:
        if report.error:
            click.echo(plain.one_line(f"error: {report.error}"), err=True)
    if as_csv:
        click.echo(plain.readable(check_report.table(reports)), nl=False)
        return
    for line in check_report.lines(reports, fix=fix):
        click.echo(plain.one_line(line))


def _track(text: str) -> str:
    """A language, or two with + between.

    Raises:
        UsageError: there is no such language; tells which one was probably meant.
    """
    parts = text.split("+") if text else []
    for part in parts:
        if not is_tag(part):
            meant = tag_for(part)
            hint = f"did you mean {meant}?" if meant else "a language is written like en or ru+en"
            raise UsageError(f"there is no language {part!r}", hint=hint)
    return text
