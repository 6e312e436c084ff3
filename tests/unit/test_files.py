import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core import files
from pipeline.core.errors import ArtifactError, EnvironmentGaveOutError, ExitCode, NotNowError
from pipeline.core.files import Journal

LINES = st.lists(st.binary(max_size=40).map(lambda data: data.replace(b"\n", b" ")), max_size=6)


def run_python(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_replace_makes_the_folders_and_the_file(tmp_path: Path):
    target = tmp_path / "a" / "b" / "c.json"
    files.replace(target, b"new")
    assert target.read_bytes() == b"new"
    assert [path.name for path in target.parent.iterdir()] == ["c.json"]


def test_replace_honours_the_umask(tmp_path: Path):
    before = os.umask(0o027)
    try:
        files.replace(tmp_path / "x", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o640


@pytest.mark.parametrize("call", ["write", "fsync", "replace", "open"])
@pytest.mark.parametrize(
    "number", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.ESTALE, errno.EROFS, errno.EACCES]
)
def test_a_fault_while_writing_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
):
    target = tmp_path / "x"
    files.replace(target, b"old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(Path if call == "replace" else os, call, fail)
        with pytest.raises(EnvironmentGaveOutError, match="cannot be written") as caught:
            files.replace(target, b"new")
    assert caught.value.exit_code is ExitCode.ENVIRONMENT
    assert str(target) in caught.value.message
    assert caught.value.hint
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_write_that_takes_a_byte_at_a_time_writes_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda file, data: write(file, data[:1]))
        files.replace(tmp_path / "x", b"slowly")
        with Journal.open(tmp_path / "j") as journal:
            journal.append(b"slowly too")
    assert (tmp_path / "x").read_bytes() == b"slowly"
    assert (tmp_path / "j").read_bytes() == b"slowly too\n"


def test_an_error_of_the_source_is_not_taken_for_one_of_the_disk(tmp_path: Path):
    def chunks():
        yield b"half"
        raise ConnectionError("cut")

    files.replace(tmp_path / "x", b"old")
    with pytest.raises(ConnectionError):
        files.replace_from(tmp_path / "x", chunks())
    assert (tmp_path / "x").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_kill_leaves_a_temporary_file_that_the_next_run_sweeps(tmp_path: Path):
    code = """
import os, signal, sys
from pathlib import Path
from pipeline.core import files
def chunks():
    yield b"half"
    os.kill(os.getpid(), signal.SIGKILL)
files.replace_from(Path(sys.argv[1]), chunks())
"""
    target = tmp_path / "items" / "01.srt"
    files.replace(target, b"old")
    with run_python(code, str(target)) as process:
        process.communicate()
    assert process.returncode == -9
    assert len(list(target.parent.iterdir())) == 2
    files.sweep(tmp_path)
    assert [path.name for path in target.parent.iterdir()] == ["01.srt"]
    assert target.read_bytes() == b"old"


def test_sweep_leaves_what_is_not_ours(tmp_path: Path):
    for name in ("notes.partial", ".x.partial", ".x.1234567z.partial", "x.srt"):
        (tmp_path / name).touch()
    files.sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 4


def test_a_folder_that_is_a_file_is_said_so(tmp_path: Path):
    (tmp_path / "x").touch()
    with pytest.raises(EnvironmentGaveOutError, match="cannot be written"):
        files.replace(tmp_path / "x" / "y", b"")


@given(st.binary(max_size=200))
def test_a_file_has_the_digest_of_its_bytes(tmp_path: Path, data: bytes):
    files.replace(tmp_path / "x", data)
    assert files.digest_file(tmp_path / "x") == files.digest(data)
    assert len(files.digest(data)) == 40


def test_remove_does_not_mind_that_there_is_nothing(tmp_path: Path):
    files.replace(tmp_path / "x", b"")
    files.remove(tmp_path / "x")
    files.remove(tmp_path / "x")
    assert not list(tmp_path.iterdir())


@given(LINES)
def test_a_journal_gives_back_what_was_added(tmp_path: Path, lines: list[bytes]):
    path = tmp_path / "journal"
    path.unlink(missing_ok=True)
    with Journal.open(path) as journal:
        for line in lines:
            journal.append(line)
        assert journal.lines() == lines
    assert Journal.open(path).lines() == lines


@given(LINES, st.integers(0, 300))
@example([b"", b"one", b"\0\xff", "Жди".encode()], 0)
def test_a_journal_torn_at_any_byte_keeps_its_whole_lines_and_goes_on(
    tmp_path: Path, lines: list[bytes], place: int
):
    whole = b"".join(line + b"\n" for line in lines)
    path = tmp_path / "journal"
    for cut in {place % (len(whole) + 1)} if place else range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        kept = lines[: whole[:cut].count(b"\n")]
        with Journal.open(path) as journal:
            assert journal.lines() == kept
            journal.append(b"next")
            assert journal.lines() == [*kept, b"next"]


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_line_that_could_not_be_written_is_not_there_and_the_journal_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
):
    real = getattr(os, call)
    with Journal.open(tmp_path / "journal") as journal:
        journal.append(b"first")

        def fail_half_way(file: int, data: bytes = b"") -> None:
            if data:
                os.pwrite(file, data[:3], 0)  # appended, as the file was opened for
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, call, fail_half_way)
            with pytest.raises(EnvironmentGaveOutError):
                journal.append(b"second")
        assert getattr(os, call) is real
        assert journal.lines() == [b"first"]
        journal.append(b"third")
    assert (tmp_path / "journal").read_bytes() == b"first\nthird\n"


def test_a_journal_refuses_a_line_with_a_line_end(tmp_path: Path):
    with pytest.raises(ValueError, match="line end"):
        Journal.open(tmp_path / "journal").append(b"a\nb")


def test_opening_and_reading_a_journal_makes_no_file(tmp_path: Path):
    with Journal.open(tmp_path / "journal") as journal:
        assert journal.lines() == []
    assert not list(tmp_path.iterdir())


HOLD = """
import sys
from pathlib import Path
from pipeline.core import files
with files.locked(Path(sys.argv[1]), "process 7 on host: marathon run"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lock_held_elsewhere_says_by_whom_and_is_free_after_a_kill(tmp_path: Path):
    path = tmp_path / ".pipeline" / "lock"
    with run_python(HOLD, str(path)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(NotNowError, match="process 7 on host: marathon run") as caught:
            files.locked(path, "me").__enter__()
        assert caught.value.exit_code is ExitCode.NOT_NOW
        process.kill()
        process.wait()
    with files.locked(path, "me"):
        assert path.read_text() == "me"


def test_a_lock_can_be_taken_again_after_the_block(tmp_path: Path):
    for holder in ("one", "two"):
        with files.locked(tmp_path / "lock", holder), pytest.raises(NotNowError, match=holder):
            files.locked(tmp_path / "lock", "other").__enter__()


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="this system has no such flag")
def test_a_link_put_in_place_of_a_lock_or_a_journal_is_not_followed(tmp_path: Path):
    theirs, link = tmp_path / "theirs", tmp_path / "link"
    theirs.write_text("precious")
    link.symlink_to(theirs)
    with pytest.raises(EnvironmentGaveOutError, match="link"), files.locked(link, "we"):
        pass
    with pytest.raises(EnvironmentGaveOutError, match="link"), Journal.open(link) as journal:
        journal.append(b"a line")
    assert theirs.read_text() == "precious"


def test_a_folder_in_a_journal_s_place_is_told(tmp_path):
    with pytest.raises(ArtifactError, match="a folder"):
        Journal.open(tmp_path).lines()
