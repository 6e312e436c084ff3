"""What the machine has."""

from importlib import metadata
from pathlib import Path

from pipeline.engines import machine


def test_the_packages_are_those_the_project_declares():
    found = {package.name: package for package in machine.packages()}
    assert found["msgspec"].version == metadata.version("msgspec")
    assert not [package for package in found.values() if package.problem]
    assert "torch" not in found


def test_a_package_that_is_not_there_is_said(monkeypatch):
    wanted = ["msgspec>=1000", "no-such-package>=1", "other; extra == 'more'", "???"]
    monkeypatch.setattr(metadata, "requires", lambda name: wanted)
    problems = {package.name: package.problem for package in machine.packages()}
    assert problems == {"msgspec": "another release", "no-such-package": "not installed"}


def test_a_project_that_is_not_installed_is_said(monkeypatch):
    monkeypatch.setattr(machine, "PROJECT", "no-such-project")
    assert machine.packages()[0].problem == "not installed"


def test_memory_is_what_the_system_and_its_limits_leave(monkeypatch):
    told = {"/proc/meminfo": 8_000_000, "/sys/fs/cgroup/memory.max": None}
    monkeypatch.setattr(machine, "_number", lambda path, label: told.get(str(path)))
    assert machine.free_memory() == 8_192_000_000
    told["/sys/fs/cgroup/memory.max"] = 3_000_000_000
    told["/sys/fs/cgroup/memory.current"] = 1_000_000_000
    assert machine.free_memory() == 2_000_000_000
    told.clear()
    assert machine.free_memory() is None


def test_numbers_of_the_system_are_read(tmp_path):
    path = tmp_path / "meminfo"
    path.write_text("MemTotal:  16 kB\nMemAvailable:    12 kB\n")
    assert machine._number(path, "MemAvailable:") == 12
    path.write_text("max\n")
    assert machine._number(path, "") is None
    assert machine._number(tmp_path / "gone", "") is None


def test_the_disk_of_a_folder_that_is_not_there_yet_is_known(tmp_path):
    there, free = machine.free_disk(tmp_path / "not" / "yet")
    assert there == tmp_path
    assert free > 0
    assert machine.is_writable(tmp_path / "not" / "yet")
    assert machine.free_disk(Path()) is None or free
