"""Weights fetched by the installed command from a hub and an Argos index on this machine."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from tests.integration.argos_files import package
from tests.integration.weights_server import serving

COMMIT = "536b0662742c02347bc0e980a01041f333bce120"
SMALL = "Systran/faster-whisper-small"
WHISPER = {
    "config.json": b'{"lang_ids": []}',
    "preprocessor_config.json": b'{"feature_size": 80}',
    "tokenizer.json": b'{"model": {}}',
    "vocabulary.txt": b"a\nb\n",
    "README.md": b"not loaded, so not fetched",
    "model.bin": b"".join(hashlib.sha256(b"%d" % at).digest() for at in range(40_000)),
}
FIND = """
import sys
from pipeline.core.errors import PipelineError
from pipeline.core.progress import Silent
from pipeline.engines import weights
try:
    print(weights.find_asr(None, offline=True, demo=False, progress=Silent()).identity)
    print(weights.find_mt("ru", "en", None, offline=True, demo=False, progress=Silent()).identity)
except PipelineError as error:
    print(error.message, error.hint, sep="\\n")
    sys.exit(error.exit_code)
"""


class Machine:
    """A machine with an empty home, on which the installed command is run."""

    def __init__(self, home, server):
        self.home = home
        self.server = server
        self.more = {}
        self.packages = home / ".local/share/argos-translate/packages"
        self.hub = home / ".cache/huggingface/hub"

    def environment(self):
        path = {"HOME": str(self.home), "PATH": os.environ["PATH"], "HF_HUB_DOWNLOAD_TIMEOUT": "50"}
        return {**path, **self.server.environment(), **self.more}

    def start(self, *arguments):
        command = [Path(sys.executable).with_name("marathon"), *arguments]
        return subprocess.Popen(
            command,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def marathon(self, *arguments):
        return self._ended(self.start(*arguments))

    def python(self, code):
        return self._ended(
            subprocess.Popen(
                [sys.executable, "-c", code],
                env=self.environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )

    def blobs(self):
        return sorted(self.hub.glob("models--*/blobs/*"), key=lambda path: path.stat().st_size)

    def _ended(self, process):
        out, err = process.communicate(timeout=120)
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@pytest.fixture
def server():
    with serving() as world:
        world.repos[SMALL] = (COMMIT, dict(WHISPER))
        world.offer("1.5", package("1.5"))
        yield world


@pytest.fixture
def machine(tmp_path, server):
    return Machine(tmp_path, server)


def test_one_command_fetches_what_the_machine_uses_by_default(machine, server):
    done = machine.marathon("models", "pull")
    assert done.returncode == 0, done.stderr
    assert "fetching small" in done.stderr
    snapshot = machine.hub / "models--Systran--faster-whisper-small/snapshots" / COMMIT
    assert (snapshot / "model.bin").read_bytes() == WHISPER["model.bin"]
    assert not (snapshot / "README.md").exists()
    assert done.stdout.splitlines() == [
        f"small: {snapshot}",
        f"ru-en: {machine.packages / 'translate-ru_en'}",
    ]
    listed = json.loads(machine.marathon("models", "list", "--json").stdout)
    here = {each["name"] for each in listed if each["folder"]}
    assert here >= {"small", "ru-en 1.5"}


def test_what_is_cached_is_used_without_a_word_on_the_network(machine, server):
    assert machine.marathon("models", "pull").returncode == 0
    server.asked.clear()
    again = machine.marathon("models", "pull", "--json")
    pulled = json.loads(again.stdout)
    offline = machine.python(FIND)
    assert offline.stdout.split() == [each["identity"] for each in pulled]
    assert server.asked == []
    assert again.stderr == ""


def test_offline_without_weights_ends_with_4_and_the_command_that_helps(machine, server):
    done = machine.python(FIND)
    assert done.returncode == 4
    assert "marathon models pull small" in done.stdout
    doctor = machine.marathon("doctor", "--offline")
    assert doctor.returncode == 4
    assert "marathon models pull ru-en" in doctor.stdout
    assert machine.marathon("doctor").returncode == 0
    assert server.asked == []


def test_a_line_that_drops_is_taken_up_again(machine, server):
    server.cuts["model.bin"] = [100_000, 900_000]
    server.cuts["translate-ru_en-1.5.argosmodel"] = [100_000]
    done = machine.marathon("models", "pull")
    assert done.returncode == 0, done.stderr
    assert "the connection failed" in done.stderr
    assert machine.blobs()[-1].read_bytes() == WHISPER["model.bin"]
    assert "GET /argos/translate-ru_en-1.5.argosmodel bytes=100000-" in server.asked
    assert machine.marathon("models", "verify").returncode == 0


def test_a_server_that_cannot_resume_sends_it_again(machine, server):
    server.ranges = False
    server.cuts["translate-ru_en-1.5.argosmodel"] = [100_000, 200_000]
    assert machine.marathon("models", "pull", "ru-en").returncode == 0
    assert machine.marathon("models", "verify", "ru-en").stdout.startswith("whole")


@pytest.mark.slow
def test_half_a_file_is_never_taken_for_whole(machine, server):
    server.cuts["model.bin"] = [1000] * 50
    server.cuts["translate-ru_en-1.5.argosmodel"] = [0] * 50
    for name in ("small", "ru-en"):
        done = machine.marathon("models", "pull", name)
        assert done.returncode == 4
        assert f"marathon models pull {name}" in done.stderr
    listed = json.loads(machine.marathon("models", "--json").stdout)
    assert not [each for each in listed if each["folder"] and not each["demo"]]
    assert machine.python(FIND).returncode == 4
    server.cuts.clear()
    assert machine.marathon("models", "pull").returncode == 0
    assert machine.blobs()[-1].read_bytes() == WHISPER["model.bin"]


@pytest.mark.parametrize(
    ("name", "file"), [("small", "model.bin"), ("ru-en", "translate-ru_en-1.5.argosmodel")]
)
def test_kill_in_the_middle_leaves_nothing_that_counts(machine, server, name, file):
    reached = threading.Event()
    server.stalls[file] = reached
    process = machine.start("models", "pull", name)
    while not any(line.startswith("GET") and file in line for line in server.asked):
        assert process.poll() is None
    process.kill()
    process.communicate()
    reached.set()
    server.stalls.clear()
    assert machine.python(FIND).returncode == 4
    assert machine.marathon("models", "pull").returncode == 0
    verified = machine.marathon("models", "verify", "--json")
    states = {each["name"]: each["state"] for each in json.loads(verified.stdout)}
    assert (states["small"], states["ru-en 1.5"]) == ("whole", "whole")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize(
    ("name", "file"), [("small", "model.bin"), ("ru-en", "translate-ru_en-1.5.argosmodel")]
)
def test_a_download_can_be_interrupted(machine, server, sent, code, name, file):
    server.stalls[file] = threading.Event()
    process = machine.start("models", "pull", name)
    while not any(line.startswith("GET") and file in line for line in server.asked):
        assert process.poll() is None
    process.send_signal(sent)
    process.communicate(timeout=30)
    server.stalls[file].set()
    assert process.returncode == code


def test_other_bytes_than_the_hub_announced_are_refused(machine, server):
    server.swapped["model.bin"] = bytes(reversed(WHISPER["model.bin"]))
    done = machine.marathon("models", "pull", "small")
    assert done.returncode == 4
    assert "model.bin: not what the hub announced" in done.stderr
    assert machine.python(FIND).returncode == 4
    server.swapped.clear()
    assert machine.marathon("models", "pull", "small").returncode == 0


def test_a_small_file_is_checked_too(machine, server):
    server.swapped["vocabulary.txt"] = b"b\na\n"
    done = machine.marathon("models", "pull", "small")
    assert done.returncode == 4
    assert "vocabulary.txt" in done.stderr


def test_a_file_damaged_in_the_cache_is_found_and_fetched_anew(machine, server):
    assert machine.marathon("models", "pull").returncode == 0
    blob = machine.blobs()[-1]
    data = bytearray(blob.read_bytes())
    data[-1] ^= 1
    blob.chmod(0o644)
    blob.write_bytes(data)
    model = machine.packages / "translate-ru_en/model/model.bin"
    model.write_bytes(b"other")
    found = machine.marathon("models", "verify")
    assert found.returncode == 4
    assert "marathon models pull small ru-en" in found.stderr
    assert machine.python(FIND).returncode == 4
    assert machine.marathon("models", "pull").returncode == 0
    assert machine.marathon("models", "verify").returncode == 0


def test_a_cache_that_cannot_be_written_is_named(machine, server):
    in_the_way = machine.home / "file"
    in_the_way.write_text("")
    machine.more = {"HF_HOME": str(in_the_way), "ARGOS_PACKAGES_DIR": str(in_the_way / "packages")}
    for name in ("small", "ru-en"):
        done = machine.marathon("models", "pull", name)
        assert done.returncode == 74, done.stderr
        assert str(in_the_way) in done.stderr


def test_a_repository_that_moved_is_followed(machine, server):
    server.repos["new/home"] = server.repos.pop(SMALL)
    server.moved[SMALL] = "new/home"
    assert machine.marathon("models", "pull", "small").returncode == 0


def test_a_pinned_revision_that_is_gone_says_how_to_take_the_newest(machine, server):
    server.repos[SMALL] = ("f" * 40, dict(WHISPER))
    done = machine.marathon("models", "pull", "small")
    assert done.returncode == 4
    assert f"--asr {SMALL}@main" in done.stderr
    assert machine.marathon("models", "pull", f"{SMALL}@main").returncode == 0
    assert machine.python(FIND).stdout.startswith("faster-whisper-small@")


def test_a_name_that_the_hub_does_not_know_is_said(machine, server):
    done = machine.marathon("models", "pull", "no/such")
    assert done.returncode == 4
    assert "the hub has no no/such" in done.stderr
    typo = machine.marathon("models", "pull", "smal")
    assert typo.returncode == 2
    assert "did you mean small?" in typo.stderr


@pytest.mark.parametrize(("version", "digest"), [("1.6", "0" * 64), ("1.9", "")])
def test_a_package_with_the_wrong_digest_is_refused(machine, server, version, digest):
    # 1.9 is the release whose digest is known beforehand.
    server.offer(version, package(version), sha256=digest)
    done = machine.marathon("models", "pull", "ru-en")
    assert done.returncode == 4
    assert "was expected" in done.stderr
    assert list(machine.packages.iterdir()) == []


def test_a_package_with_the_right_digest_is_taken_in_its_newest_version(machine, server):
    data = package("1.10")
    server.offer("1.10", data, sha256=hashlib.sha256(data).hexdigest())
    assert machine.marathon("models", "pull", "ru-en").returncode == 0
    about = json.loads((machine.packages / "translate-ru_en/metadata.json").read_bytes())
    assert about["package_version"] == "1.10"


def test_a_hostile_package_is_refused_and_nothing_is_left(machine, server):
    server.offer("1.7", package("1.7", extra={"../../../evil": b"x"}))
    done = machine.marathon("models", "pull", "ru-en")
    assert done.returncode == 4
    assert "refused" in done.stderr
    assert list(machine.packages.iterdir()) == []
    assert not [path for path in machine.home.rglob("*") if "evil" in path.name]


def test_languages_that_argos_does_not_have_are_said(machine, server):
    done = machine.marathon("models", "pull", "ru-es")
    assert done.returncode == 4
    assert "it has from ru to: en" in done.stderr


def test_an_index_that_is_none_is_said(machine, server):
    server.plain["/argos/index.json"] = b"<html>sign in to the hotel's network</html>"
    done = machine.marathon("models", "pull", "ru-en")
    assert done.returncode == 4
    assert "not an index" in done.stderr


def test_argos_itself_sees_an_ordinary_package(machine, server):
    assert machine.marathon("models", "pull", "ru-en").returncode == 0
    code = "from argostranslate import package as p; print(p.get_installed_packages())"
    assert machine.python(code).stdout.strip() == "[Russian -> English]"


def test_what_argos_has_installed_is_used(machine, server):
    archive = machine.home / "given.argosmodel"
    archive.write_bytes(package("1.2"))
    with zipfile.ZipFile(archive) as opened:  # as Argos' install_from_path does
        opened.extractall(machine.packages)
    (machine.packages / "broken").mkdir()
    done = machine.marathon("models", "list")
    assert "ru-en 1.2" in done.stdout
    assert "unknown  ru-en 1.2" in machine.marathon("models", "verify").stdout


def test_demo_weights_that_argos_has_installed_are_passed_over(machine, server):
    card = b'name = "demo"\ndemo = true\nknows = "next to nothing"\n'
    demo = package("9.0", top="demo", extra={"demo/card.toml": card})
    archive = machine.home / "demo.argosmodel"
    archive.write_bytes(demo)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(machine.packages)
    assert machine.marathon("models", "pull", "ru-en").returncode == 0
    assert sorted(path.name for path in machine.packages.iterdir()) == ["demo", "translate-ru_en"]


def test_two_at_once_do_not_disturb_each_other(machine, server):
    both = [machine.start("models", "pull") for _ in range(2)]
    ends = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    assert machine.marathon("models", "verify").returncode == 0
    assert [path.name for path in machine.packages.iterdir()] == ["translate-ru_en"]


def test_settings_that_would_break_argos_do_no_harm(machine, server):
    settings = machine.home / ".config/argos-translate/settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text("{ this is no JSON")
    machine.more = {"ARGOS_DEBUG": "1", "ARGOS_BATCH_SIZE": "many", "XDG_DATA_HOME": ""}
    done = machine.marathon("models", "list", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)
