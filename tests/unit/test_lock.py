"""What the lock files install: complete, exact, without torch and CUDA."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LEFT_OUT = {"stanza", "spacy", "torch"}
ONLY_A_FILE = {"resemblyzer"}  # of weights; its code is never imported, so needs nothing


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / "constraints" / name).read_text().splitlines()
    found = {}
    for line in lines:
        if line and not line.startswith("#"):
            requirement = Requirement(line)
            (pin,) = requirement.specifier
            assert pin.operator == "=="
            found[canonicalize_name(requirement.name)] = pin.version
    return found


LOCK, DEV, BUILD = pins("lock.txt"), pins("dev.txt"), pins("build.txt")
INSTALLED = {canonicalize_name(found.metadata["Name"]): found for found in distributions()}


def requires(name: str) -> list[str]:
    return [] if name in ONLY_A_FILE else INSTALLED[name].requires or []


def wanted_by(name: str, extras: tuple[str, ...] = ("",)) -> list[Requirement]:
    """What an installed release requires on this machine."""
    found = []
    for text in requires(name):
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(
            marker.evaluate({**default_environment(), "extra": extra}) for extra in extras
        ):
            found.append(requirement)
    return found


def unmet(names: set[str]) -> set[str]:
    """What these releases require, with the extras they are asked for, and is not there."""
    missing = set()
    todo = [(name, ("",)) for name in names]
    seen = set()
    while todo:
        name, extras = todo.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        for requirement in wanted_by(name, extras):
            other = canonicalize_name(requirement.name)
            there = INSTALLED.get(other)
            if there is None or not requirement.specifier.contains(there.version, prereleases=True):
                missing.add(other)
            else:
                todo.append((other, ("", *sorted(requirement.extras))))
    return missing


def test_only_stanza_spacy_and_torch_are_left_out():
    # torch is what stanza and spacy would bring; nothing that is installed asks for it itself
    assert unmet((LOCK | DEV).keys() & INSTALLED.keys()) == LEFT_OUT - {"torch"}
    assert not LEFT_OUT & INSTALLED.keys()
    assert not LEFT_OUT & (LOCK.keys() | DEV.keys() | BUILD.keys())


def test_what_the_project_declares_is_what_the_lock_holds():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for text in project["dependencies"]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(LOCK[canonicalize_name(requirement.name)])


def test_the_lock_is_complete_and_holds_nothing_twice():
    assert not LOCK.keys() & DEV.keys()
    needed = {"setuptools", "marathon-subtitles", "pip"} | LOCK.keys() | DEV.keys()
    elsewhere = {name for name in (LOCK | DEV) if name not in INSTALLED}
    assert all(is_for_another_machine(name) for name in elsewhere)
    assert INSTALLED.keys() <= needed


def is_for_another_machine(name: str) -> bool:
    lines = "".join((ROOT / "constraints" / file).read_text() for file in ("lock.txt", "dev.txt"))
    found = re.search(rf"^{re.escape(name)}==\S+ ?;(.+)$", lines, re.MULTILINE)
    return bool(found) and not Requirement(f"x;{found[1]}").marker.evaluate()


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize(
    ("sys_platform", "platform_system", "platform_machine"),
    [
        ("linux", "Linux", "x86_64"),
        ("linux", "Linux", "aarch64"),
        ("darwin", "Darwin", "arm64"),
        ("win32", "Windows", "AMD64"),
    ],
)
def test_the_lock_names_what_other_machines_need(
    python: str, sys_platform: str, platform_system: str, platform_machine: str
):
    environment = {
        **default_environment(),
        "python_version": python,
        "python_full_version": f"{python}.5",
        "sys_platform": sys_platform,
        "platform_system": platform_system,
        "platform_machine": platform_machine,
        "os_name": "nt" if sys_platform == "win32" else "posix",
        "extra": "",
    }
    wanted = {
        canonicalize_name(requirement.name)
        for name in (LOCK | DEV).keys() & INSTALLED.keys()
        for requirement in map(Requirement, requires(name))
        if requirement.marker is None or requirement.marker.evaluate(environment)
    }
    assert wanted - LOCK.keys() - DEV.keys() - BUILD.keys() == LEFT_OUT - {"torch"}


@pytest.mark.parametrize("name", sorted(LOCK.keys() | DEV.keys()))
def test_the_installed_release_is_the_locked_one(name: str):
    if is_for_another_machine(name):
        pytest.skip("for another system")
    assert INSTALLED[name].version == (LOCK | DEV)[name]


def test_no_cuda_package_is_in_the_lock():
    cuda = re.compile(r"nvidia|cuda|cudnn|cublas|triton|cupy|-gpu$|-cu\d")
    assert not [name for name in LOCK | DEV | BUILD if cuda.search(name)]


def test_the_libraries_run_without_what_is_left_out():
    code = """
import sys
import argostranslate.package, argostranslate.tokenizer, faster_whisper, pysrt
sys.stdout.write(" ".join({"torch", "stanza", "spacy"} & {m.split(".")[0] for m in sys.modules}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == ""
