"""Packages from strangers: whatever they hold, nothing lands outside and nothing half is left."""

import io
import pickle
import stat
import warnings
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core.errors import MissingError
from pipeline.engines import argos_index, argos_packages, unpack
from tests.integration.argos_files import entry, link, package, parts

TOP = "translate-ru_en"
WHOLE = {f"{TOP}/{name}": data for name, data in parts().items()}


def archive(*members):
    """A zip of a whole package with `members` added, each `(entry, data)`."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        warnings.simplefilter("ignore")  # that a name is there twice
        for name, data in WHOLE.items():
            made.writestr(entry(name), data)
        for member, data in members:
            made.writestr(member, data)
    return buffer.getvalue()


def folder(name, kind=0):
    made = entry(name, kind)
    made.external_attr |= 0x10
    return made, b""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder of packages with a neighbour, and nothing else around."""
    monkeypatch.setenv("MARATHON_CACHE", str(tmp_path / "cache"))
    into = tmp_path / "packages"
    into.mkdir()
    return into


def install(place, data, source="ru", target="en"):
    file = place.parent / "given.argosmodel"
    file.write_bytes(data)
    return argos_index.install(file, source, target, into=place)


def everything(tmp_path):
    return sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))


def test_an_ordinary_package_is_installed_whole(place):
    made = install(place, archive())
    assert made.folder == place / TOP
    assert {
        path.relative_to(made.folder).as_posix(): path.read_bytes()
        for path in made.folder.rglob("*")
        if path.is_file() and path.name != argos_packages.SUMS
    } == parts()
    assert argos_packages.check(made)


HOSTILE = {
    "climbs out": lambda: archive((entry(f"{TOP}/../../evil"), b"x")),
    "starts by climbing": lambda: archive((entry("../evil"), b"x")),
    "absolute": lambda: archive((entry("/tmp/evil"), b"x")),
    "absolute twice over": lambda: archive((entry("//evil"), b"x")),
    "a drive": lambda: archive((entry("C:/evil"), b"x")),
    "a stream of Windows": lambda: archive((entry(f"{TOP}/metadata.json:evil"), b"x")),
    "backslashes": lambda: archive((entry(f"{TOP}\\..\\..\\evil"), b"x")),
    "a device of Windows": lambda: archive((entry(f"{TOP}/NUL.txt"), b"x")),
    "a NUL in the name": lambda: archive((entry(f"{TOP}/evil\0.txt"), b"x")),
    "a newline in the name": lambda: archive((entry(f"{TOP}/evil\n.txt"), b"x")),
    "text turned round": lambda: archive((entry(f"{TOP}/\u202eevil"), b"x")),
    "ends in a dot": lambda: archive((entry(f"{TOP}/metadata.json."), b"x")),
    "a dot as folder": lambda: archive((entry(f"{TOP}/./evil"), b"x")),
    "an empty folder name": lambda: archive((entry(f"{TOP}//evil"), b"x")),
    "very deep": lambda: archive((entry("/".join([TOP, *"abcdefghijklmnop", "evil"])), b"x")),
    "a very long name": lambda: archive((entry(f"{TOP}/{'e' * 300}"), b"x")),
    "a link out": lambda: archive(link(f"{TOP}/evil", "/etc/passwd")),
    "a link to write through": lambda: archive(
        link(f"{TOP}/evil", "/tmp"), (entry(f"{TOP}/evil/x"), b"x")
    ),
    "a link as top": lambda: archive(link("evil", ".")),
    "a pipe": lambda: archive((entry(f"{TOP}/evil", stat.S_IFIFO), b"")),
    "a device": lambda: archive((entry(f"{TOP}/evil", stat.S_IFCHR), b"")),
    "a folder that is a link": lambda: archive(folder(f"{TOP}/evil/", stat.S_IFLNK)),
    "two tops": lambda: archive((entry("other/evil"), b"x")),
    "a file beside the top": lambda: archive((entry("evil"), b"x")),
    "the same name twice": lambda: archive((entry(f"{TOP}/metadata.json"), b"{}")),
    "the same name in capitals": lambda: archive((entry(f"{TOP}/METADATA.JSON"), b"{}")),
    "the top in capitals": lambda: archive((entry(f"{TOP.upper()}/evil"), b"x")),
    "two spellings of one letter": lambda: archive(
        (entry(f"{TOP}/\u00e9"), b"x"), (entry(f"{TOP}/e\u0301"), b"x")
    ),
    "a folder in a file": lambda: archive((entry(f"{TOP}/metadata.json/evil"), b"x")),
    "a file for a folder": lambda: archive((entry(f"{TOP}/model"), b"x")),
    "too many members": lambda: archive(*((entry(f"{TOP}/{at}"), b"") for at in range(2001))),
    "a bomb": lambda: archive((entry(f"{TOP}/evil"), bytes(100_000_000))),
    "packed in an unusual way": lambda: archive(
        (entry(f"{TOP}/evil", packing=zipfile.ZIP_LZMA), b"x")
    ),
    "no zip": lambda: b"<html>not found</html>",
    "nothing": lambda: b"",
    "an empty zip": lambda: b"PK\5\6" + bytes(18),
    "cut": lambda: archive()[:-1000],
    "one bit": lambda: bytes(
        byte ^ (at == 150_000) for at, byte in enumerate(archive())
    ),
    "no metadata": lambda: package(without=("metadata.json",)),
    "no weights": lambda: package(without=("model/model.bin",)),
    "no tokenizer": lambda: package(without=("sentencepiece.model",)),
    "metadata that is none": lambda: archive()
    .replace(b"metadata.json", b"metadata.jsoX"),
    "for other languages": lambda: package(source="es"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_package_is_refused_and_nothing_is_left(place, name):
    with pytest.raises(MissingError) as caught:
        install(place, HOSTILE[name]())
    assert caught.value.message.startswith(str(place.parent))
    assert caught.value.hint
    left = [path for path in everything(place.parent) if not path.startswith("cache")]
    assert left == ["given.argosmodel", "packages"]


def test_a_bomb_that_hides_its_size_is_refused(place):
    data = bytearray(archive((entry(f"{TOP}/evil"), bytes(50_000_000))))
    at = data.rindex(b"PK\1\2")  # the last member's entry in the directory
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    with pytest.raises(MissingError):
        install(place, bytes(data))
    assert list(place.iterdir()) == []


def test_a_pickle_in_a_package_is_never_loaded(place, tmp_path):
    class Canary:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "canary",))

    made = install(place, archive((entry(f"{TOP}/stanza/ru.pt"), pickle.dumps(Canary()))))
    assert argos_packages.identity(made)
    assert not (tmp_path / "canary").exists()


def test_a_package_never_takes_the_place_of_one_for_other_languages(place):
    spanish = install(place, package(source="es"), source="es")
    with pytest.raises(MissingError, match="it would replace the package for es to en"):
        install(place, package())
    assert argos_packages.check(spanish)


def test_a_package_takes_the_place_of_its_elder(place):
    install(place, package("1.0"))
    made = install(place, package("1.1"))
    assert made.version == "1.1"
    assert argos_packages.check(made)
    assert everything(place.parent).count(f"packages/{TOP}") == 1
    assert not list(place.parent.glob(".marathon-*"))


def test_the_unpacked_lies_beside_the_packages_where_argos_does_not_look(place):
    file = place.parent / "given.argosmodel"
    file.write_bytes(archive())
    with unpack.unpacked(file, place) as made:
        assert place not in made.parents
        assert list(place.iterdir()) == []
    assert not made.exists()


NAMES = st.text(st.sampled_from("ab./\\:~ \0\n\u0301é"), max_size=8)


@given(st.lists(NAMES.map(lambda name: f"{TOP}/{name}") | NAMES, min_size=1, max_size=4))
@example([f"{TOP}/a", f"{TOP}/a/"])
@example([f"{TOP}/"])
@example([TOP])
@example([""])
def test_a_plan_keeps_every_member_inside_the_one_folder(names):
    members = [entry(name) for name in names]
    for member in members:
        member.filename = member.orig_filename.partition("\0")[0]
    try:
        top = unpack.plan(members)
    except unpack.RefusedError:
        return
    for name in names:
        path = PurePosixPath(name)
        assert path.parts[0] == top
        assert ".." not in path.parts
    files = [PurePosixPath(name) for name in names if not name.endswith("/")]
    assert len(set(files)) == len(files)
    assert not {parent for file in files for parent in file.parents} & set(files)


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=6))
@example(894, b"\3")  # a place before the beginning of the file
def test_a_damaged_archive_is_refused_or_harmless(tmp_path_factory, at, noise):
    place = tmp_path_factory.mktemp("fuzz") / "packages"
    small = io.BytesIO()
    with zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED) as made:
        for name in ("metadata.json", "model/model.bin"):
            made.writestr(entry(f"{TOP}/{name}"), parts()[name][:500])
    data = bytearray(small.getvalue())
    at %= len(data)
    data[at : at + len(noise)] = noise
    file = place.parent / "given.argosmodel"
    file.write_bytes(data)
    try:
        with unpack.unpacked(file, place) as folder:
            assert folder.resolve().is_relative_to(place.parent.resolve())
    except MissingError:
        pass
    assert everything(place.parent) == ["given.argosmodel", "packages"]
