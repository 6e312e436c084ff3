from __future__ import annotations

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli import group, options
from pipeline.core.clock import clock


@click.command()
@options.part
def part(from_ms: int | None, to_ms: int | None) -> None:
    click.echo(f"{from_ms} {to_ms}")


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("0", 0),
        ("90", 90_000),
        ("2:03", 123_000),
        ("1:02:03", 3_723_000),
        ("1:02:03.5", 3_723_500),
        ("100:00:00,007", 360_000_007),
    ],
)
def test_a_time_can_be_typed_in_several_ways(text: str, ms: int):
    assert options.Clock().convert(text, None, None) == ms


@pytest.mark.parametrize(
    "text", ["", "abc", "-5", "1:75", "1:02:60", "1:2:3:4", "1.2345", "1:60:00", "9" * 5_000]
)
def test_what_is_no_time_is_refused(text: str):
    with pytest.raises(click.BadParameter, match="is no time"):
        options.Clock().convert(text, None, None)


@given(st.integers(0, 10**7))
def test_a_shown_time_reads_back(seconds: int):
    shown = clock(seconds * 1000)
    if len(shown) <= len("999:00:00"):
        assert options.Clock().convert(shown, None, None) == seconds * 1000


@pytest.mark.parametrize(
    "command", ["run", "transcribe", "segment", "speakers", "translate", "emit", "status", "accept"]
)
def test_a_line_that_was_typed_with_demo_serves_for_every_command(command, tmp_path):
    done = CliRunner().invoke(group, [command, str(tmp_path / "none.mp4"), "--demo"])
    assert "No such option" not in done.stderr
    assert "none.mp4" in done.output


@pytest.mark.parametrize("arguments", ["--from 1:00 --to 2:00", "--to 2:00 --from 1:00"])
def test_a_part_has_a_start_and_an_end_in_either_order(arguments: str):
    assert CliRunner().invoke(part, arguments.split()).stdout == "60000 120000\n"


@pytest.mark.parametrize(
    "arguments", [["--from", "2:00", "--to", "1:00"], ["--to", "60", "--from", "60"], ["--to", "0"]]
)
def test_a_part_that_ends_before_it_starts_is_refused(arguments: list[str]):
    result = CliRunner().invoke(part, arguments)
    assert result.exit_code == 2
    assert "--to must come after --from" in result.stderr


def test_a_part_may_be_open():
    assert CliRunner().invoke(part, []).stdout == "None None\n"
    assert CliRunner().invoke(part, ["--from", "5"]).stdout == "5000 None\n"


def test_every_shared_option_can_be_used_together():
    @click.command()
    @options.recordings
    @options.out
    @options.asr
    @options.mt
    @options.demo
    @options.offline
    @options.device
    @options.part
    @options.as_json
    @options.explain
    @options.force
    @options.verbosity
    def command(**given: object) -> None:
        click.echo(" ".join(sorted(given)))

    result = CliRunner().invoke(command, ["a.mp4", "b.mp4", "--json"])
    assert result.stdout.split() == [
        "as_json", "asr", "demo", "device", "explain", "force", "from_ms", "mt", "offline", "out",
        "recordings", "to_ms",
    ]  # fmt: skip
    assert CliRunner().invoke(command, []).exit_code == 2


def test_a_hint_names_a_recording_that_begins_with_a_dash_as_it_can_be_typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-rf.opus").write_bytes(b"x")
    done = CliRunner().invoke(group, ["segment", "./-rf.opus", "--out", "./-o"])
    assert "marathon transcribe ./-rf.opus --out ./-o\n" in done.stderr
    done = CliRunner().invoke(group, ["status", "./-rf.opus"])
    assert " -rf.opus" not in done.output
    (tmp_path / "-d").mkdir()
    done = CliRunner().invoke(group, ["transcribe", "./-d", "--demo"])
    assert "marathon run ./-d\n" in done.stderr
