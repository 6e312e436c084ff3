"""Digests of large files: right, and not computed twice."""

import hashlib
import os
import stat

import pytest

from pipeline.core.errors import MissingError
from pipeline.engines import digests


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MARATHON_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def settled(path, data, monkeypatch):
    """A file whose last change is long ago, seen from now."""
    path.write_bytes(data)
    later = path.stat().st_ctime_ns + 10**10
    monkeypatch.setattr(digests.time, "time_ns", lambda: later)
    return path


def of(path):
    return digests.sha256([path])[path]


def test_a_digest_is_that_of_the_bytes(tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(b"weights")
    assert of(path) == hashlib.sha256(b"weights").hexdigest()
    assert digests.git_blob(path) == (
        hashlib.sha1(b"blob 7\0weights", usedforsecurity=False).hexdigest()
    )


def test_a_file_that_did_not_change_is_not_read_again(tmp_path, monkeypatch, cache):
    path = settled(tmp_path / "model.bin", b"weights", monkeypatch)
    first = of(path)
    monkeypatch.setattr(hashlib, "file_digest", None)  # reading would fail now
    assert of(path) == first


def test_a_file_changed_in_place_is_noticed_even_with_its_old_size_and_time(tmp_path, monkeypatch):
    path = settled(tmp_path / "model.bin", b"weights", monkeypatch)
    before, times = of(path), path.stat()
    path.write_bytes(b"WEIGHTS")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert of(path) != before


def test_a_file_that_is_still_being_written_is_not_remembered(tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(b"half")
    of(path)
    assert not (tmp_path / "cache/digests.json").exists()


@pytest.mark.parametrize("damage", [b"", b"{", b'{"a": 1}', b"\xff"])
def test_a_damaged_memory_is_done_without(tmp_path, monkeypatch, cache, damage):
    path = settled(tmp_path / "model.bin", b"weights", monkeypatch)
    cache.mkdir()
    (cache / "digests.json").write_bytes(damage)
    assert of(path) == hashlib.sha256(b"weights").hexdigest()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path, monkeypatch, cache):
    path = settled(tmp_path / "model.bin", b"weights", monkeypatch)
    cache.mkdir()
    cache.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert of(path) == hashlib.sha256(b"weights").hexdigest()


def test_a_file_in_the_way_of_the_cache_costs_time_only(tmp_path, monkeypatch, cache):
    path = settled(tmp_path / "model.bin", b"weights", monkeypatch)
    cache.write_bytes(b"")
    assert of(path) == hashlib.sha256(b"weights").hexdigest()


def test_a_file_that_is_gone_is_named(tmp_path):
    with pytest.raises(MissingError, match="gone"):
        of(tmp_path / "gone")


def test_a_set_of_files_has_one_digest_whatever_their_order():
    one = digests.of_files({"a": "1", "b": "2"})
    assert one == digests.of_files({"b": "2", "a": "1"})
    assert len({one, digests.of_files({"a": "2", "b": "1"}), digests.of_files({"a": "1"})}) == 3


def test_what_is_gone_is_forgotten(tmp_path, monkeypatch, cache):
    old = settled(tmp_path / "old", b"old", monkeypatch)
    of(old)
    old.unlink()
    of(settled(tmp_path / "new", b"new", monkeypatch))
    assert "old" not in (cache / "digests.json").read_text()
