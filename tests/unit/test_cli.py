from __future__ import annotations

import contextlib
import errno
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from pipeline import cli
from pipeline.cli import COMMANDS, group, options
from pipeline.core.errors import ExitCode, InputError, OverwriteError


def call(monkeypatch: pytest.MonkeyPatch, command: click.Command, *arguments: str) -> Result:
    """Run `command` inside the real group, as `marathon run`."""
    monkeypatch.setattr(cli.importlib, "import_module", lambda _: module_of(command))
    return CliRunner().invoke(group, ["run", *arguments])


def module_of(command: click.Command) -> object:
    return type("Module", (), {"command": command})


def failing(error: BaseException) -> click.Command:
    @click.command()
    @options.verbosity
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError("a.mp4: no sound", hint="look"), 3, "error: a.mp4: no sound\n  look\n"),
        (OverwriteError("a.srt was changed"), 7, "error: a.srt was changed\n"),
        (KeyboardInterrupt(), 130, "interrupted; run the same command again to continue\n"),
        (MemoryError(), 5, "error: out of memory\n  close other programs"),
        (OSError(errno.ENOSPC, "No space"), 74, "error: a file, or what this command says: cannot"),
        (ModuleNotFoundError("x", name="av"), 4, "error: the package 'av' is not installed\n"),
    ],
)
def test_an_error_is_said_on_stderr_and_ends_with_its_code(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, said: str
):
    result = call(monkeypatch, failing(error))
    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr.startswith(said)
    assert "Traceback" not in result.stderr


def test_a_bug_shows_its_traceback_and_asks_for_a_report(monkeypatch: pytest.MonkeyPatch):
    result = call(monkeypatch, failing(ZeroDivisionError("odd")))
    assert result.exit_code == ExitCode.BUG
    assert "Traceback" in result.stderr
    assert "please report" in result.stderr


def test_with_v_a_known_error_shows_where_it_came_from(monkeypatch: pytest.MonkeyPatch):
    result = call(monkeypatch, failing(InputError("wrong")), "-v")
    assert result.exit_code == 3
    assert "Traceback" in result.stderr


def test_a_file_name_that_is_no_text_can_be_named_in_an_error(monkeypatch: pytest.MonkeyPatch):
    result = call(monkeypatch, failing(InputError(os.fsdecode(b"\xff.mp4: empty"))))
    assert result.exit_code == 3
    assert "\\udcff.mp4: empty" in result.stderr


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_lists_every_command(flag: str):
    result = CliRunner().invoke(group, [flag])
    assert result.exit_code == 0
    for name, text in COMMANDS.items():
        assert f"  {name} " in result.stdout
        assert text in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_a_docstring(name: str):
    result = CliRunner().invoke(group, [name, "--help"])
    assert result.exit_code == 0, result.output
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert command.help
    assert not [
        parameter.name
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help
    ]


def test_examples_in_help_stand_on_lines_of_their_own():
    result = CliRunner().invoke(group, ["models", "--help"])
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert "\\b" not in result.stdout
    assert [line for line in lines if line.startswith("marathon models pull ")] == [
        "marathon models pull             fetch what this machine uses by default",
        "marathon models pull medium      fetch weights for recognising speech",
        "marathon models pull es-en       fetch weights for translating",
    ]


def test_an_unknown_command_is_a_usage_error():
    result = CliRunner().invoke(group, ["rnu"])
    assert result.exit_code == ExitCode.USAGE
    assert "No such command" in result.stderr


def test_the_version_is_that_of_the_package():
    from importlib.metadata import version

    result = CliRunner().invoke(group, ["--version"])
    assert result.stdout == f"marathon, version {version('marathon-subtitles')}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "info: fine\nwarning: odd\n"),
        (["-q"], "warning: odd\n"),
        (["-v"], "debug: small\ninfo: fine\nwarning: odd\n"),
    ],
)
def test_v_and_q_change_what_is_said(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
):
    @click.command()
    @options.verbosity
    def command() -> None:
        log = logging.getLogger("pipeline.somewhere")
        log.debug("small")
        log.info("fine")
        log.warning("odd")

    expected = said.replace("debug: ", "").replace("info: ", "")
    assert call(monkeypatch, command, *arguments).stderr == expected
    monkeypatch.setattr(cli.importlib, "import_module", lambda _: module_of(command))
    assert CliRunner().invoke(group, [*arguments, "run"]).stderr == expected


def test_options_come_from_the_environment_and_flags_beat_it(monkeypatch: pytest.MonkeyPatch):
    @click.command()
    @options.out
    @options.asr
    @options.demo
    @options.device
    def command(**given: object) -> None:
        click.echo(given)

    monkeypatch.setenv("MARATHON_OUT", "there")
    monkeypatch.setenv("MARATHON_ASR", "small")
    monkeypatch.setenv("MARATHON_DEMO", "1")
    result = call(monkeypatch, command, "--asr", "medium")
    expected = {"out": Path("there"), "asr": "medium", "demo": True, "device": "auto"}
    assert eval(result.stdout.replace("PosixPath", "Path")) == expected


def test_completion_can_be_switched_on():
    done = marathon(_MARATHON_COMPLETE="bash_source")
    assert "_marathon_completion" in done.stdout
    done = marathon(_MARATHON_COMPLETE="bash_complete", COMP_WORDS="marathon tr", COMP_CWORD="1")
    assert done.stdout.split() == ["plain,transcribe", "plain,translate"]


def marathon(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


WAIT = """
import sys, types, click
from pipeline.cli import main
@click.command()
def command():
    try:
        print("waiting", flush=True)
        sys.stdin.read()
    finally:
        print("put away", flush=True)
sys.modules["pipeline.cli.run"] = types.SimpleNamespace(command=command)
sys.argv = ["marathon", "run"]
main()
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_unwinds_and_ends_with_its_code(number: signal.Signals, code: int):
    with subprocess.Popen(
        [sys.executable, "-c", WAIT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert out == "put away\n"
    assert err.strip().endswith("run the same command again to continue")
    assert "Traceback" not in err


TELL = """
import logging, sys, types, click
from pipeline.cli import display, main
from pipeline.core.errors import InputError
@click.command()
@click.option("--how")
def command(how):
    if how == "wrong":
        raise InputError("a.mp4: no sound")
    progress = display.for_terminal()
    progress.begin("transcribe", 1000)
    logging.getLogger("pipeline.somewhere").warning("odd")
    progress.note("a note")
    with open(sys.argv[0], "w") as file:
        assert file.fileno() > 2  # or a library that writes to stderr would write into it
    print("done")
sys.modules["pipeline.cli.run"] = types.SimpleNamespace(command=command)
sys.argv[1:] = ["run", *sys.argv[1:]]
main()
"""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="nothing is always full here")
@pytest.mark.parametrize("to", ["2>&-", "2>/dev/full", "0<&- 2>&-"])
@pytest.mark.parametrize(
    ("arguments", "code"), [("", 0), ("--how wrong", 3), ("--odd", ExitCode.USAGE)]
)
def test_what_cannot_be_told_on_stderr_ends_no_run(tmp_path, to, arguments, code):
    script = tmp_path / "tell.py"
    script.write_text(TELL)
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" "$1" {arguments} {to}', sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert done.stdout == ("" if code else "done\n")


@pytest.mark.skipif(not hasattr(os, "set_blocking"), reason="no such pipes here")
def test_a_stderr_that_would_have_to_wait_ends_no_run(tmp_path):
    script = tmp_path / "tell.py"
    script.write_text(TELL)
    unread, stderr = os.pipe()
    try:
        os.set_blocking(stderr, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(stderr, bytes(65_536))
        done = subprocess.run(
            [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=stderr, check=False
        )
    finally:
        os.close(unread)
        os.close(stderr)
    assert (done.returncode, done.stdout) == (0, b"done\n")


def test_a_folder_that_was_deleted_is_told_and_not_worked_in(tmp_path):
    gone = 'mkdir "$2"; cd "$2"; rmdir "$2"; "$0" -m "$1" doctor'
    done = subprocess.run(
        ["sh", "-c", gone, sys.executable, "pipeline", str(tmp_path / "gone")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.ENVIRONMENT, done.stderr
    assert done.stderr.startswith("error: the folder that this was started in is gone")
    assert "\n  cd to another folder" in done.stderr
    assert "Traceback" not in done.stderr
