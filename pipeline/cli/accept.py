"""`marathon accept`: what reviewers changed becomes decisions, which every later run keeps."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from pipeline.cli import again, display, options
from pipeline.core.errors import ExitCode, UsageError
from pipeline.core.plain import one_line, storable
from pipeline.core.workspace import Workspace, around
from pipeline.emit import stage as emit
from pipeline.programme import info as infos
from pipeline.review import accepting, telling

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.review.telling import Accepted, Taken

_PATH: Final = click.Path(path_type=Path)
_SRT: Final = ".srt"
_NOTHING: Final = "nothing to do: no file was changed since it was looked at last"


@click.command()
@click.argument("places", nargs=-1, required=True, type=_PATH, metavar="RECORDING|FILE...")
@click.option(
    "--for",
    "recording",
    type=_PATH,
    metavar="RECORDING",
    help="Which recording the FILEs belong to, where they came back under another name.",
)
@click.option(
    "--track",
    default="",
    metavar="TRACK",
    help="The FILEs are somebody's own translation: their cues become this track's, as en.",
)
@click.option(
    "--who",
    default="",
    envvar="MARATHON_WHO",
    metavar="NAME",
    help="Whose work it is. [default: your name on this machine]",
)
@options.out
@options.part
@options.explain
@options.demo_or_not
@options.as_json
@options.verbosity
@click.pass_context
def command(
    ctx: click.Context,
    *,
    places: tuple[Path, ...],
    recording: Path | None,
    track: str,
    who: str,
    out: Path | None,
    from_ms: int | None,
    to_ms: int | None,
    explain: bool,
    as_json: bool,
) -> None:
    """Take in what people changed in SRT files and in bookmarks beside them.

    Of a RECORDING all files that were changed; or just the FILEs that are named. Their bytes are
    kept first. What was decided goes into a log that only grows: no later run undoes it. A bookmark
    whose text is ok approves its cue.

    Ends with exit code 8 where something could not be read, or two people disagree: the rest is
    taken in. `run`, `translate` and `emit` do the same before anything else.
    """
    part = {"from_ms": from_ms, "to_ms": to_ms}
    found = []
    for ws, files in _asked(places, recording, out, part, track).items():
        with _locked(ws, is_dry=explain, is_needed=files is not None):
            accepted = accepting.accept(ws, who=who, files=files, track=track, dry=explain)
        found.append((ws, accepted))
    if as_json:
        click.echo(display.json_of([_plain(ws, accepted) for ws, accepted in found]))
    else:
        _show([accepted for _, accepted in found], is_dry=explain)
    for ws, accepted in found:
        if accepted.decided and not explain and not as_json:
            hint = again.command(ws, out)
            if hint:
                click.echo(one_line(f"next: {hint}"), err=True)
    if any(not one.is_whole or one.has_clashes for _, one in found):
        ctx.exit(ExitCode.FINDINGS)


def _asked(
    places: Sequence[Path],
    recording: Path | None,
    out: Path | None,
    part: dict[str, int | None],
    track: str,
) -> dict[Workspace, list[Path] | None]:
    """The workspaces that are meant, each with the files that were named, or None for all."""
    asked: dict[Workspace, list[Path] | None] = {}
    if recording is not None:
        ws = Workspace.open(recording, out, **part)
        asked[ws] = list(places)
    for place in places if recording is None else ():
        if place.suffix.lower() == _SRT:
            files = asked.setdefault(around(place), [])
            if files is not None:
                files.append(place)
        else:
            asked[Workspace.open(place, out, **part)] = None
    for ws, files in asked.items():
        if track and files is None:
            raise UsageError(
                "--track says what a file is, and none is named",
                hint="marathon accept FILE --for RECORDING --track en",
            )
        if track:
            emit.tracks(infos.load(ws.recording), emit.Options(tracks=(track,)))
    return asked


@contextlib.contextmanager
def _locked(ws: Workspace, *, is_dry: bool, is_needed: bool) -> Iterator[None]:
    """The lock; none where nothing is written: no folder is made only to find nothing in it."""
    if is_dry or not (is_needed or ws.machine_folder.is_dir()):
        yield
        return
    with ws.lock():
        yield


def _show(found: Sequence[Accepted], *, is_dry: bool) -> None:
    done = "would accept" if is_dry else "accepted"
    taken = [one for accepted in found for one in accepted.files]
    for one in taken:
        if not one.error:
            click.echo(one_line(f"{done}  {one.path}: {telling.counts(one.decisions)}"))
        for line in telling.troubles(one):
            click.echo(one_line(line), err=True)
        if one.error and one.hint:
            click.echo(one_line(f"  {one.hint}"), err=True)
    if not taken:
        click.echo(_NOTHING, err=True)


def _plain(ws: Workspace, accepted: Accepted) -> dict[str, object]:
    return {"recording": storable(ws.recording), "files": [_of_one(x) for x in accepted.files]}


def _of_one(one: Taken) -> dict[str, Any]:
    return {
        "file": one.path,
        "track": one.track,
        "decisions": list(one.decisions),
        "faults": [fault for fault in one.faults if fault.is_error],
        "warnings": list(one.warnings),
        "conflicts": [{"before": clash.one, "now": clash.other} for clash in one.clashes],
        "error": one.error,
        "hint": one.hint,
    }
