"""The README tells of the real commands, options, exit codes and make targets: all of them."""

from __future__ import annotations

import importlib.util
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from pipeline.cli import COMMANDS, group
from pipeline.core.errors import ExitCode
from pipeline.programme import info as infos

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

# What stands in the README to be typed: lines that are indented, and what is in backticks.
TYPED = [
    line.partition("  #")[0].strip()
    for line in [*re.findall(r"^ {4}(.+)$", README, re.M), *re.findall(r"`([^`\n]+)`", README)]
]
TARGETS = dict(re.findall(r"^([a-z-]+):.*?## (.+)$", MAKEFILE, re.M))
NO_COMMAND_YET = re.compile(r"\[.*\]|COMMAND")


def typed(program: str) -> list[list[str]]:
    """The arguments of each line that calls `program`."""
    return [shlex.split(line)[1:] for line in TYPED if line.split()[:1] == [program]]


def of_commands() -> dict[str, click.Command]:
    context = click.Context(group)
    commands = {name: group.get_command(context, name) for name in COMMANDS}
    return {name: command for name, command in commands.items() if command is not None}


def options_of(command: click.Command) -> set[str]:
    own = {name for parameter in command.params for name in parameter.opts}
    if isinstance(command, click.Group):
        own = own.union(*map(options_of, command.commands.values()))
    return own | {"--help"}


def environment_of(command: click.Command) -> set[str]:
    return {str(parameter.envvar) for parameter in command.params if parameter.envvar}


@pytest.mark.parametrize("arguments", typed("marathon"), ids=" ".join)
def test_every_line_that_calls_marathon_could_be_typed(arguments: list[str]):
    name, *rest = arguments or ["--help"]
    if name.startswith("-") or NO_COMMAND_YET.fullmatch(name):
        return
    command = of_commands()[name]
    given = {word for word in rest if word.startswith("-")}
    assert given <= options_of(command)
    if isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        assert rest[0] in command.commands


def test_every_command_is_shown():
    shown = {arguments[0] for arguments in typed("marathon") if arguments}
    assert COMMANDS.keys() <= shown


def test_every_option_that_is_named_exists():
    known = set().union(*map(options_of, of_commands().values()))
    named = set()
    for line in TYPED:
        if line.split()[0] not in {"pip", "pipx", "python3", "ct2-transformers-converter"}:
            named |= set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", line))
    assert named
    assert named <= known


def test_the_table_of_exit_codes_is_that_of_the_program():
    rows = re.findall(r"^\| (\d+) \| \S.* \|$", README, re.M)
    assert [int(row) for row in rows] == sorted(ExitCode)


@pytest.mark.parametrize(
    ("code", "how"), [(ExitCode.FINDINGS, "ExitCode.FINDINGS"), (ExitCode.PARTIAL, "PartialError(")]
)
def test_the_codes_of_single_commands_are_said_to_be_theirs(code: ExitCode, how: str):
    ending = {
        name
        for name in COMMANDS
        if how in (ROOT / "pipeline" / "cli" / f"{name}.py").read_text("utf-8")
    }
    (row,) = re.findall(rf"^\| {code} \| (.*) \|$", README, re.M)
    assert ending
    assert set(re.findall(r"`([a-z]+)`", row)) == ending


@pytest.mark.parametrize("arguments", typed("make"), ids=" ".join)
def test_every_make_line_names_a_target(arguments: list[str]):
    targets = [word for word in arguments if "=" not in word]
    assert set(targets) <= TARGETS.keys()
    for word in set(arguments) - set(targets):
        assert re.search(rf"^{word.partition('=')[0]} +\?=", MAKEFILE, re.M)


def test_make_help_lists_every_target():
    (phony, *_) = re.findall(r"^\.PHONY: ((?:.*\\\n)*.*)$", MAKEFILE, re.M)
    assert set(phony.replace("\\\n", " ").split()) == TARGETS.keys()
    assert len(TARGETS) == len(re.findall(r"^[a-z-]+:.*## ", MAKEFILE, re.M))


def test_what_make_calls_is_there():
    for name in re.findall(r"\$\(MARATHON\) ([a-z]+)", MAKEFILE):
        assert name in COMMANDS
    for module in re.findall(r"python -m ((?:samples|tests)\S*)", MAKEFILE):
        assert importlib.util.find_spec(module), module
    for path in re.findall(r"(?<![\w.])(?:samples|constraints)/[\w/.-]*\w\.\w+", MAKEFILE):
        assert (ROOT / path).exists(), path


def test_the_variables_of_the_environment_are_those_that_are_read():
    read = set().union(*map(environment_of, of_commands().values()))
    source = "".join(path.read_text("utf-8") for path in (ROOT / "pipeline").rglob("*.py"))
    named = set(re.findall(r"MARATHON_[A-Z_]+", README))
    assert read <= named
    assert all(f'"{name}"' in source for name in named)


def test_the_info_file_that_is_shown_can_be_read(tmp_path: Path):
    (shown,) = re.findall(r"```toml\n(.*?)```", README, re.S)
    (tmp_path / "marathon.toml").write_text(shown, "utf-8")
    for table in ("rundown.csv", "roster.toml", "glossary.tsv"):
        (tmp_path / table).touch()
    info = infos.load(tmp_path / "marathon.mp4")
    assert info.title
    assert info.translate == {"ru": "en"}
    assert info.glossary == tmp_path / "glossary.tsv"


def test_the_columns_of_tables_are_those_that_are_read():
    from pipeline.programme import glossary, rundown

    for column in (*rundown.COLUMNS, *glossary.REQUIRED):
        assert f"`{column}`" in README


def test_the_files_that_are_named_are_there():
    named = re.findall(r"(?<![\w/.])(?:samples|constraints)/[\w./-]*\w", README)
    assert named
    for path in [*named, "LICENSE"]:
        assert (ROOT / path).exists(), path


def test_the_subtitles_that_are_shown_are_those_of_the_sample():
    block = README.partition("broadcast.en.srt: in English\n")[2].partition("\n\n|")[0]
    lines = [line[4:].rstrip() for line in block.splitlines() if line.startswith("    ")]
    columns = {
        "orig": {line[:48].strip() for line in lines},
        "en": {line[48:].strip() for line in lines},
    }
    for track, shown in columns.items():
        right = (ROOT / "samples" / f"broadcast.{track}.srt").read_text("utf-8").splitlines()
        texts = {line for line in shown if line and "-->" not in line}
        assert len(texts) >= 5
        assert texts <= set(right)


def test_the_releases_of_python_are_those_of_the_package():
    first, last = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", PROJECT["requires-python"]).groups()
    assert f"Python 3.{first} to 3.{int(last) - 1}" in README
    for minor in range(int(first), int(last)):
        assert f"3.{minor}" in README


def test_the_licence_is_that_of_the_package():
    assert PROJECT["license"] in README
    assert "GNU GENERAL PUBLIC LICENSE" in (ROOT / "LICENSE").read_text("utf-8")
