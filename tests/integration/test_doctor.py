"""`marathon doctor` on machines that have and lack things."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def doctor(tmp_path):
    """Runs the installed command in an empty home; gives exit code and what was found."""

    def run(*arguments, code=None, **environment):
        command = [Path(sys.executable).with_name("marathon"), "doctor", *arguments]
        if code:
            command = [sys.executable, "-c", code, "doctor", *arguments]
        done = subprocess.run(
            command,
            env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout

    return run


def test_every_package_is_named_with_its_release(doctor):
    code, out = doctor("--json")
    found = {each["about"]: each for each in json.loads(out)}
    assert code == 0
    assert found["ctranslate2"]["state"] == "ok"
    assert found["ctranslate2"]["found"][0].isdigit()
    assert {"python", "GPU", "memory", "disk, this folder", "weights ru-en"} <= found.keys()
    assert found["weights ru-en"]["type_this"] == "marathon models pull ru-en"


def test_a_package_that_does_not_load_is_said_and_ends_with_4(doctor):
    code = """
import sys
sys.modules["ctranslate2"] = None
from pipeline.cli import main
main()
"""
    ended, out = doctor(code=code)
    assert ended == 4
    line = next(line for line in out.splitlines() if "ctranslate2" in line)
    assert line.startswith("missing")
    assert "does not load" in line


def test_a_place_that_cannot_be_written_is_said(doctor, tmp_path):
    (tmp_path / "file").write_text("")
    code, out = doctor("--json", HF_HOME=str(tmp_path / "file"))
    found = {each["about"]: each for each in json.loads(out)}
    assert found["disk, speech weights"]["state"] == "note"
    assert "HF_HOME" in found["disk, speech weights"]["type_this"]
    assert code == 0


def test_it_says_when_argos_cannot_have_its_folders(doctor, tmp_path):
    (tmp_path / "file").write_text("")
    code, out = doctor(XDG_DATA_HOME=str(tmp_path / "file"))
    assert code == 4
    assert "XDG_DATA_HOME" in out


def test_two_gpus_without_cublas_are_a_note(doctor):
    code = """
import ctranslate2
ctranslate2.get_cuda_device_count = lambda: 2
from pipeline.engines import gpu
gpu._CUBLAS = "libno-such-library.so.12"
from pipeline.cli import main
main()
"""
    ended, out = doctor("--json", code=code)
    found = {each["about"]: each for each in json.loads(out)}
    assert ended == 0
    assert found["GPU"]["state"] == "note"
    assert "libno-such-library.so.12 cannot be loaded" in found["GPU"]["found"]
