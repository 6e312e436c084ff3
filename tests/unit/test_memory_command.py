"""`marathon memory` at its borders: where memories lie, what goes out and in, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import group
from pipeline.programme import memory, tmx
from pipeline.programme.memory import Pair

HOLA = Pair("es", "en", "Hola.", "Hello.", "", "Да.", "olga", "2024-05-16T10:20:30+00:00", "talk")
DA = Pair("ru", "en", "Да.", "Yes \x1b[31m\u202eno.", "Hola.", "")


@pytest.fixture
def archive(tmp_path):
    """Two recordings with one memory, and one elsewhere without an archive."""
    (tmp_path / "archive" / "day").mkdir(parents=True)
    (tmp_path / "alone").mkdir()
    (tmp_path / "archive" / "archive.toml").touch()
    for path in ("archive/a.mp4", "archive/day/b.wav", "alone/c.mp4", "alone/d.mp4"):
        (tmp_path / path).write_bytes(b"x")
    memory.append(tmp_path / "archive" / "translations.jsonl", [HOLA, DA])
    return tmp_path


def call(*arguments):
    return CliRunner().invoke(group, ["memory", *map(str, arguments)])


@pytest.mark.parametrize("place", ["archive", "archive/a.mp4", "archive/day", "archive/day/b.wav"])
def test_an_archive_has_one_memory(archive, place):
    found = call("list", archive / place)
    first, *lines = found.stdout.splitlines()
    assert first == f"{archive}/archive/translations.jsonl: 1 from es to en, 1 from ru to en"
    assert lines[:2] == ["  es  Hola.", "  en  Hello.  (olga 2024-05-16T10:20:30+00:00)"]
    assert "\x1b" not in found.stdout
    assert "\u202e" not in found.stdout


def test_without_an_archive_each_recording_has_its_own(archive):
    found = call("list", archive / "alone")
    assert found.exit_code == 0
    assert found.stdout.splitlines() == [
        f"{archive}/alone/{name}.subtitles/translations.jsonl: no translations are remembered yet"
        for name in "cd"
    ]


def test_a_report_for_programs(archive):
    (held,) = json.loads(call("list", archive / "archive", "--json").stdout)
    assert held["memory"] == str(archive / "archive" / "translations.jsonl")
    assert [pair["target"] for pair in held["pairs"]] == ["Hello.", DA.target]
    assert held["newer"] == 0


def test_what_goes_out_goes_in_once(archive):
    out, place = archive / "out.tmx", archive / "alone" / "c.mp4"
    found = call("export", archive / "archive", out)
    assert found.exit_code == 0
    assert found.stderr == f"2 translations are in {out}\n"
    assert not found.stdout
    found = call("import", out, place)
    into = archive / "alone" / "c.subtitles" / "translations.jsonl"
    assert found.stderr == f"2 new translations, 0 known before: {into}\n"
    assert memory.load(into).pairs[0] == HOLA
    before = into.read_bytes()
    found = call("import", out, place)
    assert found.stderr == f"0 new translations, 2 known before: {into}\n"
    assert into.read_bytes() == before


def test_no_file_is_written_over(archive):
    out = archive / "out.tmx"
    out.write_text("mine")
    found = call("export", archive / "archive", out)
    assert found.exit_code == 7
    assert "is there already" in found.stderr
    assert out.read_text() == "mine"


def test_nothing_is_not_exported(archive):
    found = call("export", archive / "alone" / "c.mp4", archive / "out.tmx")
    assert found.exit_code == 2
    assert "no translations are remembered yet" in found.stderr
    assert not (archive / "out.tmx").exists()


def test_what_cannot_be_taken_is_said(archive):
    odd = archive / "odd.tmx"
    odd.write_bytes(b"".join(tmx.compose([HOLA], "1")).replace(b'lang="en"', b'lang="tlh"'))
    found = call("import", odd, archive / "archive")
    assert found.exit_code == 0
    assert "0 new translations" in found.stderr
    assert "passed over: 1 in a language that is not known\n" in found.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["list", "none.mp4"], 2, "no such file"),
        (["import", "none.tmx", "archive"], 2, "no such file"),
        (["import", "archive/a.mp4", "archive"], 3, "line 1: not XML"),
        (["import", "archive", "archive"], 3, "is a folder"),
        (["import", "ours.tmx", "alone"], 2, "a memory each"),
        (["list", "empty"], 3, "no media file"),
    ],
)
def test_what_is_wrong_is_said_with_its_code(archive, monkeypatch, arguments, code, said):
    monkeypatch.chdir(archive)
    Path("empty").mkdir()
    call("export", "archive", "ours.tmx")
    found = call(*arguments)
    assert found.exit_code == code
    assert said in found.stderr


def test_a_damaged_memory_is_an_error_that_names_the_line(archive):
    path = archive / "archive" / "translations.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Hello", b"Jello"))
    for arguments in (["list", archive], ["export", archive / "archive", archive / "x.tmx"]):
        found = call(*arguments)
        assert found.exit_code == 6
        assert "line 1: a damaged translation" in found.stderr


def test_examples_in_help_stand_on_lines_of_their_own():
    lines = [line.strip() for line in call("--help").stdout.splitlines()]
    assert len([line for line in lines if line.startswith("marathon memory ")]) == 3
