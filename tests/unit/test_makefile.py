"""What make says on a machine that lacks something, and to somebody who forgot something."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is optional")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of the project as make looks at, not set up yet."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "constraints", tmp_path / "constraints")
    return tmp_path


def python_that(folder: Path, body: str) -> Path:
    """A Python that stands for one this machine does not have."""
    script = folder / "python"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)
    return script


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in {"MAKEFLAGS", "MAKELEVEL"}}
    return subprocess.run(
        ["make", "-C", str(folder), "--no-print-directory", *arguments],
        env=environment | dict.fromkeys(("RECORDING", "ARCHIVE", "OUT", "ARGS"), ""),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_alone_lists_every_target(checkout: Path):
    text = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)$", text, re.MULTILINE)
    assert phony
    shown = make(checkout).stdout
    for target in phony[1].replace("\\\n", " ").split():
        assert re.search(rf"^  {target} +\S", shown, re.MULTILINE), target
    assert not (checkout / ".venv").exists()


def test_an_old_python_is_named_with_the_way_out(checkout: Path):
    old = python_that(checkout, '[ "$1" = -V ] && echo "Python 3.9.2"; [ "$1" != -c ]')
    done = make(checkout, "demo", f"PYTHON={old}")
    assert done.returncode != 0
    assert "Python 3.11 to 3.14 is needed" in done.stderr
    assert "Python 3.9.2" in done.stderr
    assert "make demo PYTHON=python3.12" in done.stderr
    assert not (checkout / ".venv").exists()


def test_where_venv_is_missing_the_line_that_installs_it_is_printed(checkout: Path):
    body = f'case "$2" in *ensurepip*) exit 1;; esac; exec "{sys.executable}" "$@"'
    done = make(checkout, "test", f"PYTHON={python_that(checkout, body)}")
    assert done.returncode != 0
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"  sudo apt install python{version}-venv\n" in done.stderr
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("target", ["subtitles", "transcribe", "check", "status"])
def test_a_forgotten_recording_is_asked_for_before_anything_is_installed(
    checkout: Path, target: str
):
    done = make(checkout, target)
    assert done.returncode != 0
    assert f"make {target} RECORDING=marathon.mp4" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_forgotten_folder_is_asked_for(checkout: Path):
    done = make(checkout, "archive")
    assert done.returncode != 0
    assert "make archive ARCHIVE=recordings" in done.stderr


def test_clean_keeps_every_folder_with_subtitles(checkout: Path):
    kept = [checkout / "out" / "broadcast" / "broadcast.srt", checkout / "a.subtitles" / "a.srt"]
    for path in [*kept, checkout / ".venv" / "bin" / "python"]:
        path.parent.mkdir(parents=True)
        path.touch()
    assert make(checkout, "clean").returncode == 0
    assert all(path.exists() for path in kept)
    assert not (checkout / ".venv").exists()


def test_a_name_with_quotes_and_blanks_reaches_the_command_as_it_is(checkout: Path):
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / ".ready-to-run").touch()
    listing = python_that(checkout, "printf '<%s>' \"$@\"")
    name = 'it\'s "q" `id`; #1.mp4'
    done = make(checkout, "status", f"RECORDING={name}", "OUT=a b", f"MARATHON={listing}")
    assert done.stdout == f"<status><{name}><--out><a b>"
