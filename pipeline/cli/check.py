"""`marathon check`: SRT files against the rules of subtitling."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from pipeline.cli import display, options
from pipeline.core import plain, reading
from pipeline.core.errors import ExitCode, InputError, PartialError, PipelineError, UsageError
from pipeline.core.language import is_tag
from pipeline.subtitles import checks, srt
from pipeline.subtitles import profile as profiles

if TYPE_CHECKING:
    from pipeline.subtitles.checks import Finding
    from pipeline.subtitles.profile import Profile


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one file, or why it could not be looked at."""

    file: str
    cues: int = 0
    findings: tuple[Finding, ...] = ()
    error: str = ""


@click.command()
@click.argument(
    "srt_files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE...",
)
@click.option(
    "--profile",
    default="default",
    show_default=True,
    metavar="NAME",
    help="Which rules of subtitling to check against.",
)
@options.as_json
@options.verbosity
@click.pass_context
def command(ctx: click.Context, srt_files: tuple[Path, ...], profile: str, as_json: bool) -> None:
    """Check SRT files: lines, reading speed, times, overlaps.

    Ends with exit code 8 where something was found, and with 9 where some of several files could
    not be looked at. The language is read from the file's name
    (talk.en.srt) and, cue by cue, from the script of the text.
    """
    rules = profiles.load(profile)
    reports, faults = [], []
    for path in srt_files:
        try:
            reports.append(_report(path, rules))
        except PipelineError as error:
            faults.append(error)
            reports.append(Report(file=plain.storable(path), error=plain.storable(error.message)))
    if faults and len(srt_files) == 1:
        raise faults[0]
    if as_json:
        click.echo(display.json_of(reports))
    else:
        _show(reports)
    if faults:
        hint = "put them right, then run the same command again"
        raise PartialError(f"{len(faults)} of {len(srt_files)} files cannot be read", hint=hint)
    count = sum(len(report.findings) for report in reports)
    if count:
        plural = "s" if count > 1 else ""
        click.echo(f"{count} finding{plural}; the files are as they were", err=True)
        ctx.exit(ExitCode.FINDINGS)
    if not as_json:
        click.echo(f"nothing found in {sum(report.cues for report in reports)} cues")


def _report(path: Path, profile: Profile) -> Report:
    try:
        data = reading.regular(path)
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file", hint="check the name and the folder") from error
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise InputError(message, hint="name an SRT file that can be read") from error
    cues = srt.parse(data, str(path), _language(path))
    name = plain.storable(path)
    return Report(file=name, cues=len(cues), findings=tuple(checks.check(cues, profile)))


def _language(path: Path) -> str:
    """`en` for talk.en.srt; "" where the name tells nothing, or tells of two languages."""
    tag = path.stem.rpartition(".")[2]
    return tag if tag != path.stem and is_tag(tag) else ""


def _show(reports: list[Report]) -> None:
    for report in reports:
        if report.error:
            click.echo(plain.one_line(f"error: {report.error}"), err=True)
        for finding in report.findings:
            place = f"cue {finding.cue} at {display.clock(finding.start_ms)}"
            line = f"{report.file}: {place}: {finding.rule.value}: {finding.message}"
            click.echo(plain.one_line(line))
