"""Downloads from a server on this machine, with the faults that networks have."""

import hashlib
import random

import pytest

from pipeline.core.errors import MissingError
from pipeline.core.progress import Silent
from pipeline.engines import download
from pipeline.engines.transfer import Transfer
from tests.integration.weights_server import serving

DATA = random.Random(1).randbytes(1_000_000)
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(download.time, "sleep", lambda seconds: None)
    with serving() as world:
        world.plain["/file"] = DATA
        yield world


def fetch(server, path, *, name="file", sha256="", limit=10**7):
    with Transfer("file", Silent()) as transfer:
        return download.fetch(
            f"{server.address}/{name}", path, limit=limit, sha256=sha256, transfer=transfer
        )


def test_a_file_arrives_whole_and_its_digest_is_told(server, tmp_path):
    assert fetch(server, tmp_path / "file", sha256=DIGEST) == DIGEST
    assert (tmp_path / "file").read_bytes() == DATA


@pytest.mark.parametrize("ranges", [True, False])
def test_a_line_that_drops_again_and_again_still_brings_every_byte_once(server, tmp_path, ranges):
    server.ranges = ranges
    server.cuts["file"] = [100_000 + 80_000 * at for at in range(5)]
    assert fetch(server, tmp_path / "file") == DIGEST
    assert len(server.asked) > 3
    assert (tmp_path / "file").read_bytes() == DATA


def test_a_line_that_brings_nothing_any_more_is_given_up(server, tmp_path):
    server.cuts["file"] = [500_000] + [0] * 9
    (tmp_path / "file").write_bytes(b"before")
    with pytest.raises(MissingError, match="the connection was cut"):
        fetch(server, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_exchanged_in_the_middle_is_not_glued_together(server, tmp_path):
    server.cuts["file"] = [500_000]

    class Exchange(dict):
        def __getitem__(self, key):
            data = super().__getitem__(key)
            self["/file"] = bytes(reversed(DATA))
            return data

    server.plain = Exchange(server.plain)
    with pytest.raises(MissingError, match="exchanged on the server"):
        fetch(server, tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_digest_is_refused_and_leaves_nothing(server, tmp_path):
    with pytest.raises(download.DigestError, match="refused"):
        fetch(server, tmp_path / "file", sha256="0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_more_than_was_allowed_is_refused(server, tmp_path):
    with pytest.raises(MissingError, match="larger than 500 kB"):
        fetch(server, tmp_path / "file", limit=500_000)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_there_is_said_at_once(server, tmp_path):
    with pytest.raises(MissingError, match="404"):
        fetch(server, tmp_path / "file", name="gone")
    assert len(server.asked) == 1


def test_nobody_there_is_said(tmp_path, monkeypatch, server):
    server.address = "http://127.0.0.1:9"
    with pytest.raises(MissingError, match="could not be fetched"):
        fetch(server, tmp_path / "file")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "/etc/passwd", ""])
def test_only_the_web_is_fetched_from(url):
    with pytest.raises(MissingError, match="only http"):
        download.read(url, limit=1000)


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_a_server_cannot_send_us_to_files(server, to):
    server.sent["/away"] = to
    with pytest.raises(MissingError, match=r"not allowed|refused to follow"):
        download.read(f"{server.address}/away", limit=1000)


def test_a_server_may_send_us_to_another_place(server):
    server.sent["/away"] = f"{server.address}/file"
    assert download.read(f"{server.address}/away", limit=10**7) == DATA
