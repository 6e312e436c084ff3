"""Options that several commands share, each written down once."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from pipeline.cli.times import Clock
from pipeline.core.plain import readable

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

_TO_FILL_IN: Final = re.compile(r"\b(marathon [a-z]+) RECORDING(?=$|[;,)])")
_GIVEN: Final = "pipeline.cli.given"
_PATH: Final = click.Path(path_type=Path)


def recordings(command: F) -> F:
    """One or more recordings, or folders of them: `recordings: tuple[Path, ...]`."""
    return click.argument(
        "recordings", nargs=-1, required=True, type=_PATH, metavar="RECORDING..."
    )(command)


def recording(command: F) -> F:
    """Exactly one recording: `recording: Path`."""
    return click.argument("recording", type=_PATH, metavar="RECORDING", callback=_remember)(command)


def in_full(hint: str, ctx: click.Context) -> str:
    """A hint that can be typed: for RECORDING the one that was named, and where its folder is."""
    given = ctx.meta.get(_GIVEN, {})
    if "recording" not in given:
        return hint
    from pipeline.cli.again import located  # it knows artifacts, which take time to import

    where = [given.get(name) for name in ("recording", "out", "from_ms", "to_ms")]
    return _TO_FILL_IN.sub(lambda found: f"{found[1]} {located(*where)}", hint)


def _remember(ctx: click.Context, _param: click.Parameter, value: Path) -> Path:
    """Keep what is typed for `in_full`; options that are read later will be among it too."""
    ctx.meta[_GIVEN] = ctx.params
    return value


def out(command: F) -> F:
    """`out: Path | None`."""
    return click.option(
        "--out",
        type=_PATH,
        metavar="DIR",
        envvar="MARATHON_OUT",
        help="Write to DIR/NAME/ instead of NAME.subtitles/ beside the recording.",
    )(command)


def asr(command: F) -> F:
    """`asr: str | None`."""
    return click.option(
        "--asr",
        metavar="WEIGHTS",
        envvar="MARATHON_ASR",
        help="Weights for recognising speech: a folder, a size such as small, or a name on the"
        " hub. [default: large-v3-turbo on a GPU, small without one]",
    )(command)


def mt(command: F) -> F:
    """`mt: str | None`."""
    return click.option(
        "--mt",
        metavar="WEIGHTS",
        envvar="MARATHON_MT",
        help="Weights for translating: a folder or an .argosmodel file."
        " [default: the installed Argos package, fetched on first use]",
    )(command)


def second_opinion(command: F) -> F:
    """`second_opinion: str`, empty where nobody asked for one."""
    return click.option(
        "--second-opinion",
        metavar="ENGINE",
        default="",
        envvar="MARATHON_SECOND_OPINION",
        help="Also ask another translator, and flag where it says something else: whisper (the"
        " recogniser's own, for weights that can), a folder as for --mt, or none."
        " [default: what the last run asked, or none]",
    )(command)


def demo(command: F) -> F:
    """`demo: bool`."""
    return click.option(
        "--demo",
        is_flag=True,
        envvar="MARATHON_DEMO",
        help="Use the small weights that come with the project. They know synthetic voices only.",
    )(command)


def demo_or_not(command: F) -> F:
    """--demo where no weights are used, so that a line typed for `run` serves; not passed on."""
    return click.option(
        "--demo",
        is_flag=True,
        expose_value=False,
        help="Changes nothing: this uses no weights.",
    )(command)


def offline(command: F) -> F:
    """`offline: bool`."""
    return click.option(
        "--offline",
        is_flag=True,
        envvar="MARATHON_OFFLINE",
        help="Never use the network; weights must be on this machine already.",
    )(command)


def device(command: F) -> F:
    """`device: str`."""
    return click.option(
        "--device",
        type=click.Choice(["auto", "cpu", "cuda"]),
        default="auto",
        show_default=True,
        envvar="MARATHON_DEVICE",
        help="Where the engines run.",
    )(command)


def voices(command: F) -> F:
    """`embedder: str, speakers: int | None, threshold: float | None`, as far as chosen."""
    command = click.option(
        "--threshold",
        type=click.FloatRange(0, 2),
        metavar="DISTANCE",
        help="Voices that are less apart are one (0 to 2): lower tells more of them apart.",
    )(command)
    command = click.option(
        "--speakers",
        type=click.IntRange(1),
        metavar="N",
        help="How many people speak, where you know it.",
    )(command)
    return click.option(
        "--embedder",
        metavar="NAME",
        default="",
        envvar="MARATHON_EMBEDDER",
        help="What tells voices apart: ge2e, gmm (without weights), sherpa:FILE (a speaker"
        " model for sherpa-onnx), rttm:FILE (another program's result), or none."
        " [default: the best that is installed]",
    )(command)


def tracks(command: F) -> F:
    """`tracks: tuple[str, ...]`."""
    return click.option(
        "--track",
        "tracks",
        multiple=True,
        metavar="TRACK",
        help="Only this track: orig, en, or ru+en for both at once. May be given several times."
        " [default: orig, and each language translated into]",
    )(command)


def profile(command: F) -> F:
    """`profile: str`, empty where the info file is to say it."""
    return click.option(
        "--profile", metavar="NAME", default="", help="Which rules of subtitling to follow."
    )(command)


def engine(command: F) -> F:
    """`demo: bool, offline: bool, device: str`."""
    return demo(offline(device(command)))


def stage(command: F) -> F:
    """`explain: bool, force: bool`, and -v and -q."""
    return explain(force(verbosity(command)))


def part(command: F) -> F:
    """`from_ms: int | None, to_ms: int | None`; `from_ms` is before `to_ms`."""
    command = click.option(
        "--to", "to_ms", type=Clock(), callback=_in_order, help="Stop at this time."
    )(command)
    return click.option(
        "--from",
        "from_ms",
        type=Clock(),
        callback=_in_order,
        help="Start here, as 1:02:03 or 2:03. A part has a folder of its own.",
    )(command)


def stream(command: F) -> F:
    """`stream: str`, empty where nobody asked for one."""
    return click.option(
        "--stream",
        metavar="STREAM",
        default="",
        help="Which audio stream to listen to, by its number from 1 or its language: 2, or rus."
        " [default: the one tagged with the first language of the info file, else the first]",
    )(command)


def as_json(command: F) -> F:
    """`as_json: bool`."""
    return click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout.")(
        command
    )


def explain(command: F) -> F:
    """`explain: bool`."""
    return click.option(
        "--explain", is_flag=True, help="Say what would be made, and why; make nothing."
    )(command)


def force(command: F) -> F:
    """`force: bool`."""
    return click.option("--force", is_flag=True, help="Make it anew even where it is current.")(
        command
    )


def verbosity(command: F) -> F:
    """-v and -q; they set the level of the package's logger and are not passed on."""
    command = click.option(
        "-q",
        "--quiet",
        is_flag=True,
        expose_value=False,
        callback=_quiet,
        help="Warnings and errors only.",
    )(command)
    return click.option(
        "-v",
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=_verbose,
        help="Say more, and show where an error came from.",
    )(command)


def log_to_stderr() -> None:
    """Show what the package logs, from info upwards; -v and -q change the level."""
    log = logging.getLogger("pipeline")
    if not any(isinstance(handler, _ToStderr) for handler in log.handlers):
        log.addHandler(_ToStderr())
    log.setLevel(logging.INFO)


class _ToStderr(logging.Handler):
    """Shows records on stderr as it is at that moment: a progress bar may have put itself there."""

    def emit(self, record: logging.LogRecord) -> None:
        text = readable(self.format(record))
        if record.levelno >= logging.WARNING:
            text = f"{record.levelname.lower()}: {text}"
        click.echo(text, err=True)


def _in_order(ctx: click.Context, param: click.Parameter, value: int | None) -> int | None:
    """Whichever of --from and --to is read second compares the two."""
    both = {**ctx.params, str(param.name): value}
    start, end = both.get("from_ms"), both.get("to_ms")
    if end is not None and end <= (start or 0):
        raise click.BadParameter("--to must come after --from", ctx, param)
    return value


def _verbose(_ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        logging.getLogger("pipeline").setLevel(logging.DEBUG)


def _quiet(_ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        logging.getLogger("pipeline").setLevel(logging.WARNING)
