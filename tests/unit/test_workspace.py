import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core import files
from pipeline.core.errors import ArtifactError, InputError, NotNowError, UsageError
from pipeline.core.names import clean_stem
from pipeline.core.workspace import Workspace, keep_digest, recording_digest


def make(path: Path, data: bytes = b"sound") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def claimed(recording: Path, out: Path | None = None) -> Path:
    """The folder a run of its own would work in."""
    ws = Workspace.open(recording, out)
    with ws.lock():
        keep_digest(ws)
        return ws.folder


def test_files_have_the_names_that_are_promised(tmp_path: Path):
    ws = Workspace.open(make(tmp_path / "marathon.mp4"))
    assert ws.folder == tmp_path / "marathon.subtitles"
    names = {
        ws.srt_path("orig"): "marathon.srt",
        ws.srt_path("en"): "marathon.en.srt",
        ws.srt_path("ru+en"): "marathon.ru+en.srt",
        ws.item_srt_path(3, "en"): "items/03.en.srt",
        ws.item_srt_path(12, "orig"): "items/12.srt",
        ws.recording_json_path: ".pipeline/recording.json",
        ws.journal_path: ".pipeline/transcript.journal",
        ws.transcript_path: ".pipeline/transcript.jsonl",
        ws.segments_path: ".pipeline/segments.json",
        ws.translation_path("en"): ".pipeline/translation.en.json",
        ws.emitted_folder: ".pipeline/emitted",
    }
    assert {path.relative_to(ws.folder).as_posix() for path in names} == set(names.values())
    assert all(path == ws.folder / name for path, name in names.items())


def test_opening_makes_nothing(tmp_path: Path):
    Workspace.open(make(tmp_path / "a.mp4"), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_with_out_the_folder_lies_there(tmp_path: Path):
    ws = Workspace.open(make(tmp_path / "in" / "a.mp4"), tmp_path / "out")
    assert ws.folder == tmp_path / "out" / "a"


def test_only_the_ending_of_a_media_file_is_left_out(tmp_path: Path):
    assert Workspace.open(make(tmp_path / "Marathon 2019.12")).stem == "Marathon 2019.12"
    assert Workspace.open(make(tmp_path / "Marathon 2019.12.MP4")).stem == "Marathon 2019.12"


def test_what_is_no_recording_is_said_so(tmp_path: Path):
    with pytest.raises(UsageError, match="no such file"):
        Workspace.open(tmp_path / "missing.mp4")
    with pytest.raises(UsageError, match="is a folder") as caught:
        Workspace.open(tmp_path)
    assert "marathon run" in caught.value.hint
    with pytest.raises(InputError, match="is empty"):
        Workspace.open(make(tmp_path / "empty.mp4", b""))
    with pytest.raises(UsageError, match="no such file"):
        Workspace.open(make(tmp_path / "a.mp4") / "b.mp4")
    with pytest.raises(InputError, match="cannot be read"):
        Workspace.open(tmp_path / "nul\0.mp4")
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(UsageError, match="not a regular file") as caught:
        Workspace.open(tmp_path / "pipe.mp4")
    assert caught.value.hint


def test_two_recordings_of_one_stem_get_two_folders_and_keep_them(tmp_path: Path):
    one, two = make(tmp_path / "a.mp4", b"1"), make(tmp_path / "a.mkv", b"2")
    first, second = claimed(one), claimed(two)
    assert first.name == "a.subtitles"
    assert second.name.startswith("a-")
    assert (claimed(one), claimed(two)) == (first, second)
    make(two, b"cut anew")
    assert claimed(two) == second


def test_recordings_of_one_name_from_several_folders_get_folders_of_their_own(tmp_path: Path):
    out = tmp_path / "out"
    paths = [tmp_path / year / part / "a.mp4" for year in ("2019", "2020") for part in ("x", "y")]
    folders = [claimed(make(path, str(path).encode()), out) for path in paths]
    assert len(set(folders)) == len(paths)
    assert [claimed(path, out) for path in reversed(paths)] == folders[::-1]


def test_out_beside_a_recording_of_the_same_name_is_not_shared_with_it(tmp_path: Path):
    out = tmp_path / "new"
    theirs = claimed(make(tmp_path / "old" / "a.mp4", b"1"), out)
    assert claimed(make(out / "a.mp4", b"2"), out) != theirs


def test_a_recording_that_was_moved_finds_its_folder_under_out(tmp_path: Path):
    out = tmp_path / "out"
    before = make(tmp_path / "old" / "a.mp4", b"the same bytes")
    folder = claimed(before, out)
    after = make(tmp_path / "new" / "a.mp4", before.read_bytes())
    assert claimed(after, out) == folder


def test_a_folder_beside_the_recording_moves_with_it(tmp_path: Path):
    claimed(make(tmp_path / "old" / "a.mp4"))
    (tmp_path / "old").rename(tmp_path / "new")
    assert claimed(tmp_path / "new" / "a.mp4").name == "a.subtitles"


def test_a_folder_taken_between_opening_and_locking_is_not_shared(tmp_path: Path):
    late = Workspace.open(make(tmp_path / "a.mkv", b"2"))
    claimed(make(tmp_path / "a.mp4", b"1"))
    with pytest.raises(NotNowError, match=r"a\.mp4"), late.lock():
        pass


def test_the_lock_sweeps_what_a_kill_left_and_says_who_has_it(tmp_path: Path):
    ws = Workspace.open(make(tmp_path / "a.mp4"))
    torn = make(ws.folder / "items" / ".01.srt.0123abcd.partial")
    mine = make(ws.folder / "notes.txt")
    with ws.lock():
        assert not torn.exists()
        assert mine.exists()
        with pytest.raises(NotNowError, match=f"process {os.getpid()} on "), ws.lock():
            pass


def test_the_digest_is_kept_until_the_recording_changes(tmp_path: Path):
    recording = make(tmp_path / "a.mp4", b"one")
    ws = Workspace.open(recording)
    with ws.lock():
        keep_digest(ws)
    first = recording_digest(ws)
    assert first == files.digest(b"one")
    stamp = recording.stat()
    recording.write_bytes(b"two")
    os.utime(recording, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert recording_digest(ws) == first
    os.utime(recording, ns=(stamp.st_atime_ns, stamp.st_mtime_ns + 1))
    assert recording_digest(ws) == files.digest(b"two")


def test_asking_for_the_digest_writes_nothing(tmp_path: Path):
    recording = make(tmp_path / "a.mp4", b"one")
    claimed(recording)
    make(recording, b"another")
    ws = Workspace.open(recording)
    before = ws.recording_json_path.read_bytes()
    assert recording_digest(ws) == files.digest(b"another")
    assert ws.recording_json_path.read_bytes() == before


DEEP = b'{"file_name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
DEEPER = b'{"more": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize("torn", [b"", b"\xff torn", b"{}", DEEP, DEEPER])
def test_a_folder_whose_owner_cannot_be_read_is_given_to_nobody(tmp_path: Path, torn: bytes):
    recording = make(tmp_path / "a.mp4", b"one")
    folder = claimed(recording)
    claim = make(folder / ".pipeline" / "recording.json", torn)
    for path in (recording, make(tmp_path / "a.mkv", b"two")):
        with pytest.raises(ArtifactError, match=r"recording\.json: is damaged"):
            claimed(path)
    assert claim.read_bytes() == torn
    claim.unlink()
    assert claimed(recording) == folder


@pytest.mark.parametrize("use", [recording_digest, keep_digest, lambda ws: ws.lock().__enter__()])
def test_a_recording_that_is_gone_after_it_was_opened_is_bad_input(tmp_path: Path, use):
    recording = make(tmp_path / "a.mp4", b"one")
    ws = Workspace.open(recording)
    with ws.lock():
        keep_digest(ws)
    recording.unlink()
    with pytest.raises(InputError, match=r"a\.mp4: cannot be read") as caught:
        use(ws)
    assert caught.value.hint


def test_a_recording_that_grows_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    recording = make(tmp_path / "a.mp4", b"half")
    ws = Workspace.open(recording)
    read = files.digest_file

    def read_while_it_grows(path: Path) -> str:
        digest = read(path)
        make(recording, b"half and half")
        return digest

    with ws.lock(), monkeypatch.context() as patch:
        patch.setattr(files, "digest_file", read_while_it_grows)
        keep_digest(ws)
    assert recording_digest(ws) == files.digest(b"half and half")


def test_the_digest_of_a_recording_without_a_folder_makes_none(tmp_path: Path):
    ws = Workspace.open(make(tmp_path / "a.mp4", b"one"))
    assert recording_digest(ws) == files.digest(b"one")
    assert not ws.folder.exists()


def test_a_name_that_is_no_text_works(tmp_path: Path):
    recording = tmp_path / os.fsdecode(b"\xff\xfe.mp4")
    try:
        make(recording)
    except OSError:
        pytest.skip("this file system takes text only")
    assert claimed(recording).parent == tmp_path


@given(st.text(max_size=300))
@example("../../etc/passwd")
@example("CON")
@example("aux.2019")
@example("\u202egpj.exe")
@example("a\x1b[31mred")
@example("марафон " * 60)
@example("e\u0301" * 200)
@example("..")
@example("- rf")
@example("\ud800\udcff")
@example("a\u200bb\n\r\tc")
def test_a_clean_stem_is_a_name_every_file_system_and_terminal_takes(name: str):
    stem = clean_stem(name)
    assert stem
    assert stem.isprintable()
    assert not set(stem) & set("/\\:*?\"<>|$`;!'")
    assert stem[0] not in " .-"
    assert stem[-1] not in " ."
    assert len(stem.encode()) <= 160
    assert stem.split(".")[0].lower() not in {"con", "nul", "aux", "prn", "com1", "lpt1"}
    assert not {unicodedata.category(c) for c in stem} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert clean_stem(stem) == stem


@pytest.mark.parametrize(
    "name", ["Антиимпериалистический марафон", "Emisión nº 3", "放送 12", "שידור", "एक प्रसारण"]
)
def test_letters_of_every_script_stay(name: str):
    assert clean_stem(name) == name


def test_long_names_that_begin_alike_stay_apart():
    assert clean_stem("м" * 200 + "1") != clean_stem("м" * 200 + "2")


def test_the_holder_is_another_process_with_its_command(tmp_path: Path):
    recording = make(tmp_path / "a.mp4")
    code = """
import sys
from pathlib import Path
from pipeline.core.workspace import Workspace
with Workspace.open(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(recording)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(NotNowError, match=f"process {process.pid} on .*a\\.mp4"):
            Workspace.open(recording).lock().__enter__()
        process.kill()


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ({"from_ms": 3_600_000, "to_ms": 4_200_000}, "a.1h00m00s-1h10m00s"),
        ({"to_ms": 61_500}, "a.0h00m00s-0h01m01s500"),
        ({"from_ms": 36_000_000}, "a.10h00m00s-end"),
    ],
)
def test_a_part_has_a_folder_and_files_of_its_own(tmp_path: Path, part: dict, name: str):
    recording = make(tmp_path / "a.mp4")
    whole = claimed(recording)
    ws = Workspace.open(recording, **part)
    assert ws.folder == tmp_path / f"{name}.subtitles" != whole
    assert ws.srt_path("en").name == f"{name}.en.srt"
    assert Workspace.open(recording, tmp_path / "out", **part).folder == tmp_path / "out" / name


def test_a_part_and_a_recording_of_that_name_share_no_folder(tmp_path: Path):
    claimed(make(tmp_path / "a.0h00m00s-end.mp4"))
    part = Workspace.open(make(tmp_path / "a.mp4"), from_ms=0)
    assert part.folder.name.startswith("a-")
