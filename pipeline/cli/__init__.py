"""The command line: the table of commands, and the one place where errors become exit codes."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from pipeline.cli import options, stderr
from pipeline.core.errors import EnvironmentGaveOutError, ExitCode, PipelineError, code_of
from pipeline.core.plain import one_line, readable

if TYPE_CHECKING:
    from collections.abc import Iterator

# Name -> what it does, for `marathon --help`; the module of the same name is imported when called.
COMMANDS: Final = {
    "run": "Make subtitles: all stages, for recordings or a folder of them.",
    "transcribe": "Recognise speech: what was said, when, in what language.",
    "segment": "Find turns and programme items.",
    "speakers": "List the voices, write samples of them, name them.",
    "translate": "Translate what was said in the languages the info file names.",
    "memory": "List what people translated; exchange it as TMX.",
    "emit": "Write the SRT files.",
    "accept": "Take in what reviewers changed: from now on no run undoes it.",
    "check": "Check SRT files against the rules of subtitling.",
    "export": "Put subtitles beside the recording, or into a copy of it.",
    "status": "Say what is made, what is current and what is not there yet.",
    "evaluate": "Compare results with reference files.",
    "models": "List, fetch and verify weights.",
    "doctor": "Say what this machine has and lacks, and what to type.",
}


class _Terminated(BaseException):
    """SIGTERM came: unwind, so that locks and temporary files are put away."""


class _Commands(click.Group):
    """Commands from the table, imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"pipeline.cli.{cmd_name}")
        command: click.Command = module.command
        command.name, command.short_help = cmd_name, COMMANDS[cmd_name]
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:  # noqa: ANN401
        options.log_to_stderr()  # before -v and -q are read
        try:
            return super().make_context(*args, **kwargs)
        except KeyboardInterrupt:
            raise click.exceptions.Exit(ExitCode.INTERRUPTED) from None
        except BrokenPipeError:
            _end_unheard()
            raise
        except OSError as error:  # the help cannot be written
            raise click.exceptions.Exit(_tell(error)) from None

    def invoke(self, ctx: click.Context) -> object:
        try:
            with _terminable():
                _see_folder()
                return super().invoke(ctx)
        except click.ClickException as error:
            vars(error)["message"] = readable(error.message)  # click calls it final
            raise
        except (click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            _end_unheard()
            raise
        except _Terminated:
            _say("terminated; run the same command again to continue")
            ctx.exit(ExitCode.TERMINATED)
        except (SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 - every end of a command has its code
            ctx.exit(_tell(error, ctx))


@click.group(
    cls=_Commands,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "MARATHON",
        "max_content_width": 100,
    },
)
@click.version_option(package_name="marathon-subtitles", prog_name="marathon")
@options.verbosity
def group() -> None:
    """Subtitles for long multilingual broadcasts: recordings in, SRT files for review out.

    Options can also be set in the environment: MARATHON_OUT for --out, MARATHON_ASR for --asr.
    """


def main() -> NoReturn:
    """The `marathon` command."""
    stderr.forgive()
    group.main(prog_name="marathon")
    raise SystemExit(ExitCode.OK)  # click has left already


def _see_folder() -> None:
    """See that the working folder is there: where it is not, libraries die while they load.

    Raises:
        EnvironmentGaveOutError: it was deleted, or its disk is gone.
    """
    try:
        os.getcwd()  # noqa: PTH109 - the same, and nothing is made of it
    except OSError as error:
        raise EnvironmentGaveOutError(
            f"the folder that this was started in is gone: {error.strerror}",
            hint="cd to another folder, then run the same command again",
        ) from error


def _tell(error: BaseException, ctx: click.Context | None = None) -> ExitCode:
    """Say on stderr what went wrong; the code to leave with."""
    code = code_of(error)
    if code is ExitCode.BUG or logging.getLogger("pipeline").isEnabledFor(logging.DEBUG):
        _say("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, PipelineError):
        _say(one_line(f"error: {error.message}") if error.message else "")
        hint = options.in_full(error.hint, ctx) if ctx else error.hint
        _say(one_line(f"  {hint}") if hint else "")
    elif code is ExitCode.INTERRUPTED:
        _say("interrupted; run the same command again to continue")
    elif code is ExitCode.ENGINE:
        _say("error: out of memory")
        _say("  close other programs, or take smaller weights: --asr small")
    elif code is ExitCode.MISSING:
        _say(f"error: the package {getattr(error, 'name', '')!r} is not installed")
        _say("  install everything again: make setup, or pip install --force-reinstall .")
    elif code is ExitCode.ENVIRONMENT:
        place = getattr(error, "filename", None) or "a file, or what this command says"
        reason = getattr(error, "strerror", None) or error
        _say(one_line(f"error: {place}: cannot be written: {reason}"))
        _say("  nothing is torn: make room or mend the disk, then run the same command again")
        _give_up_stdout()
    else:
        _say("error: this is a bug in marathon; please report it with the lines above")
    return code


def _give_up_stdout() -> None:
    """What could not be written is not tried again when Python ends, or the code would be 120."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        return
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(text: str) -> None:
    if text:
        click.echo(readable(text), err=True)


def _end_unheard() -> None:
    """Nobody reads what we say: end as other tools do, by the signal; locks are put away by now."""
    if sys.platform != "win32":  # there, click ends without a word
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.raise_signal(signal.SIGPIPE)


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """While the block runs, SIGTERM is an exception and not the sudden end."""

    def stop(_number: int, _frame: Any) -> NoReturn:  # noqa: ANN401 - the type is private
        raise _Terminated

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread: the caller looks after signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
