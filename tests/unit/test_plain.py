"""What strangers wrote does nothing to a terminal, and JSON with it stays the same JSON."""

from __future__ import annotations

import json
import logging
import sys
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli import display, group, options
from pipeline.core import files
from pipeline.core.errors import NotNowError
from pipeline.core.plain import one_line, readable, storable, typed

HOSTILE = "a\x1b]0;pwn\x07\u202e\x9b31m\u2028\n.mp4"
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
anything = st.text(st.characters(codec=None))


def hidden(text: str) -> set[str]:
    return {c for c in text if unicodedata.category(c) in HIDDEN}


def test_what_a_terminal_would_obey_is_spelt_out():
    assert readable(HOSTILE) == r"a\x1b]0;pwn\x07\u202e\x9b31m\u2028" + "\n.mp4"
    assert one_line(HOSTILE) == r"a\x1b]0;pwn\x07\u202e\x9b31m\u2028\n.mp4"
    assert one_line("Марафон — ёж 🎙️ العربية.mp4") == "Марафон — ёж 🎙️ العربية.mp4"


@given(anything)
def test_nothing_hidden_is_left_in_any_text(text: str):
    assert hidden(readable(text)) <= {"\n"}
    assert not hidden(one_line(text))
    assert one_line(one_line(text)) == one_line(text)


@given(anything)
def test_json_is_harmless_and_holds_the_same_values(text: str):
    shown = display.json_of([{"recording": text, text: (text,)}])
    kept = storable(text)
    assert json.loads(shown) == [{"recording": kept, kept: [kept]}]
    assert hidden(shown) <= {"\n"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no such names")
@pytest.mark.parametrize("command", ["run", "status", "check", "transcribe", "segment"])
def test_no_command_gives_a_hostile_file_name_to_the_terminal(tmp_path: Path, command: str):
    path = tmp_path / HOSTILE
    path.write_text("not a film")
    for extra in ((), ("--json",)) if command in {"run", "status", "check"} else ((),):
        done = CliRunner().invoke(group, [command, str(path), *extra])
        assert hidden(done.stdout) <= {"\n"}, done.stdout
        assert hidden(done.stderr) <= {"\n"}, done.stderr
        assert "\n.mp4" not in done.output


def test_a_wrong_command_line_with_a_hostile_name_does_nothing_to_the_terminal():
    done = CliRunner().invoke(group, ["segment", "a.mp4", HOSTILE])
    assert done.exit_code == 2
    assert hidden(done.stderr) <= {"\n"}, done.stderr


def test_what_is_logged_does_nothing_to_the_terminal(capsys: pytest.CaptureFixture[str]):
    options.log_to_stderr()
    logging.getLogger("pipeline.somewhere").warning("%s: odd", HOSTILE)
    assert hidden(capsys.readouterr().err) <= {"\n"}


def test_who_holds_a_lock_is_said_in_one_harmless_line(tmp_path: Path):
    with (
        files.locked(tmp_path / "lock", f"marathon run {HOSTILE}"),
        pytest.raises(NotNowError) as caught,
        files.locked(tmp_path / "lock", "me"),
    ):
        pass
    assert not hidden(caught.value.message)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a.mp4", "a.mp4"),
        ("my film.mp4", "'my film.mp4'"),
        ("-rf.opus", "./-rf.opus"),
        ("--out", "./--out"),
        ("-my film.mp4", "'./-my film.mp4'"),
        ("/a/-b.mp4", "/a/-b.mp4"),
    ],
)
def test_a_file_name_is_told_as_it_can_be_typed(name: str, told: str):
    assert typed(Path(name)) == told
