"""A whole run on weights fetched from a hub and an index, which serve the demo weights."""

import io
import zipfile
from pathlib import Path

import pytest

from pipeline.engines import hub
from tests.integration.test_fetching_weights import COMMIT, SMALL, Machine
from tests.integration.weights_server import serving

SAMPLES = Path(__file__).parents[2] / "samples"
SPEECH = SAMPLES / "weights/asr"

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def without_card(archive):
    """The demo package as if it were no demo: what is fetched is used without --demo."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(archive) as given, zipfile.ZipFile(buffer, "w") as made:
        for member in given.infolist():
            if not member.filename.endswith("card.toml"):
                made.writestr(member, given.read(member))
    return buffer.getvalue()


@pytest.fixture
def machine(tmp_path):
    with serving() as server:
        parts = {path.name: path.read_bytes() for name in hub.FILES for path in SPEECH.glob(name)}
        server.repos[SMALL] = (COMMIT, parts)
        server.offer("1.5", without_card(SAMPLES / "weights/translate-ru_en.argosmodel"))
        yield Machine(tmp_path, server)


def test_a_first_run_fetches_what_it_needs_and_the_next_needs_no_network(machine):
    run = ["run", str(SAMPLES / "broadcast.opus"), "--from", "0", "--to", "0:20", "--out"]
    offline = machine.marathon(*run, str(machine.home / "a"), "--offline")
    assert offline.returncode == 4
    assert "marathon models pull small" in offline.stderr
    first = machine.marathon(*run, str(machine.home / "a"))
    assert first.returncode == 0, first.stderr
    assert "fetched small" in first.stderr
    assert "fetched ru-en" in first.stderr
    machine.server.asked.clear()
    second = machine.marathon(*run, str(machine.home / "b"), "--offline")
    assert second.returncode == 0, second.stderr
    assert machine.server.asked == []
    made = [
        sorted((path.name, path.read_bytes()) for path in (machine.home / folder).rglob("*.srt"))
        for folder in "ab"
    ]
    assert made[0]
    assert made[0] == made[1]
