"""`marathon doctor`: what this machine has and lacks, and what to type."""

from __future__ import annotations

import platform
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import msgspec

from pipeline.cli import display, options
from pipeline.core.errors import ExitCode, MissingError, PipelineError
from pipeline.core.plain import one_line
from pipeline.engines import argos_home, cache, ge2e, gpu, inventory, machine, weights
from pipeline.engines.inventory import Task
from pipeline.engines.transfer import size

if TYPE_CHECKING:
    from collections.abc import Iterator

_OLDEST: Final = (3, 11)
_LITTLE_DISK: Final = 5 * 10**9
_LITTLE_MEMORY: Final = 2 * 10**9


class State(StrEnum):
    """`missing` keeps marathon from working; `note` is worth knowing."""

    OK = "ok"
    NOTE = "note"
    MISSING = "missing"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    about: str
    state: State
    found: str
    type_this: str = ""


@click.command()
@options.offline
@options.as_json
@click.pass_context
def command(ctx: click.Context, offline: bool, as_json: bool) -> None:
    """Say what this machine has and lacks, and what to type.

    Ends with exit code 4 where something is missing that marathon cannot work without. With
    --offline, weights that would be fetched on first use count as missing too.
    """
    findings = list(_examine(offline=offline))
    if as_json:
        click.echo(display.json_of(findings))
    wide = max(len(finding.about) for finding in findings)
    for finding in [] if as_json else findings:
        click.echo(one_line(f"{finding.state:8} {finding.about:{wide}}  {finding.found}"))
        if finding.type_this:
            click.echo(one_line(f"{'':{wide + 11}}{finding.type_this}"))
    if any(finding.state is State.MISSING for finding in findings):
        ctx.exit(ExitCode.MISSING)


def _examine(*, offline: bool) -> Iterator[Finding]:
    yield _python()
    packages = [_package(package) for package in machine.packages()]
    yield from packages
    if any(finding.state is State.MISSING for finding in packages):
        return  # the rest is asked of these packages
    yield _gpu()
    try:
        yield from _weights(offline=offline)
        yield _voices()
        yield from _disks()
    except PipelineError as error:
        yield Finding(
            about="weights", state=State.MISSING, found=error.message, type_this=error.hint
        )
    yield _memory()


def _python() -> Finding:
    found = f"{platform.python_version()} ({sys.executable}, {platform.platform(terse=True)})"
    if sys.version_info >= _OLDEST:
        return Finding(about="python", state=State.OK, found=found)
    hint = f"install Python {_OLDEST[0]}.{_OLDEST[1]} or newer"
    return Finding(about="python", state=State.MISSING, found=found, type_this=hint)


def _package(package: machine.Installed) -> Finding:
    if not package.problem:
        return Finding(about=package.name, state=State.OK, found=package.version)
    version = f"{package.version}, " if package.version else ""
    return Finding(
        about=package.name,
        state=State.MISSING,
        found=f"{version}{package.problem} (wanted: {package.wanted or 'any'})",
        type_this="make setup; without make: pip install --force-reinstall marathon-subtitles",
    )


def _gpu() -> Finding:
    devices = gpu.count()
    if not devices:
        return Finding(about="GPU", state=State.OK, found="none: the CPU is used")
    if library := gpu.missing_library():
        return Finding(
            about="GPU",
            state=State.NOTE,
            found=f"{devices}, not used: {library} cannot be loaded",
            type_this="install CUDA 12's cuBLAS and put it where the system looks for libraries",
        )
    return Finding(about="GPU", state=State.OK, found=f"{devices} with CUDA")


def _weights(*, offline: bool) -> Iterator[Finding]:
    wanted = {(Task.ASR, weights.default_asr()), (Task.MT, "-".join(inventory.DEFAULT_PAIR))}
    for each in inventory.held():
        name = each.name.split()[0]
        about = f"weights {name}"
        if each.folder:
            found = f"{size(each.bytes)} in {each.folder}"
            yield Finding(about=about, state=State.OK, found=found)
        elif (each.task, name) in wanted:
            yield Finding(
                about=about,
                state=State.MISSING if offline else State.NOTE,
                found="not here" if offline else "not here: fetched on first use",
                type_this=f"marathon models pull {name}",
            )


def _voices() -> Finding:
    about = f"weights {ge2e.NAME}"
    try:
        path = ge2e.find()
    except MissingError as error:
        found = f"{error.message}: voices are told apart less well"
        return Finding(about=about, state=State.NOTE, found=found, type_this=error.hint)
    return Finding(about=about, state=State.OK, found=f"{size(path.stat().st_size)} in {path}")


def _disks() -> Iterator[Finding]:
    from huggingface_hub import constants

    places = {
        "this folder": (Path.cwd(), "--out DIR"),
        "speech weights": (Path(constants.HF_HUB_CACHE), "HF_HOME"),
        "packages": (argos_home.package_folder(), "ARGOS_PACKAGES_DIR"),
        "cache": (cache.folder(), "MARATHON_CACHE"),
    }
    for about, (place, other) in places.items():
        room = machine.free_disk(place)
        found = f"{size(room[1])} free in {place}" if room else f"{place}: not known"
        hint = ""
        if not machine.is_writable(place):
            found, hint = f"{found}, not writable", f"make it writable, or name another: {other}"
        elif room and room[1] < _LITTLE_DISK:
            hint = "weights and results need about 5 GB: make room"
        state = State.NOTE if hint else State.OK
        yield Finding(about=f"disk, {about}", state=state, found=found, type_this=hint)


def _memory() -> Finding:
    free = machine.free_memory()
    if free is None:
        return Finding(about="memory", state=State.OK, found="not known on this system")
    if free < _LITTLE_MEMORY:
        return Finding(
            about="memory",
            state=State.NOTE,
            found=f"{size(free)} free",
            type_this="close other programs, or take smaller weights: --asr base",
        )
    return Finding(about="memory", state=State.OK, found=f"{size(free)} free")
