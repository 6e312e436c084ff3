"""Weights in folders and files: found, identified, and demo weights held back."""

import shutil

import pytest

from pipeline.core.errors import MissingError, UsageError
from pipeline.core.progress import Silent
from pipeline.engines import argos_home, argos_index, argos_packages, gpu, weights
from pipeline.engines.argos_packages import OtherLanguagesError
from tests.integration.argos_files import package, parts

CARD = 'name = "demo-asr"\ndemo = true\nknows = "synthetic voices, and nothing else"\n'


class Notes(Silent):
    """A progress that keeps what it was told."""

    def __init__(self):
        self.told = []

    def note(self, text):
        self.told.append(text)


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MARATHON_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def speech(tmp_path):
    folder = tmp_path / "speech"
    folder.mkdir()
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.json"):
        (folder / name).write_text(name)
    return folder


@pytest.fixture
def demo(tmp_path, monkeypatch, speech):
    folder = tmp_path / "demo"
    shutil.copytree(speech, folder / "asr")
    (folder / "asr/card.toml").write_text(CARD)
    (folder / "translate-ru_en.card.toml").write_text(CARD.replace("asr", "mt"))
    (folder / "translate-ru_en.argosmodel").write_bytes(package())
    monkeypatch.setenv("MARATHON_DEMO_WEIGHTS", str(folder))
    return folder


def asr(choice, *, demo=False, progress=None):
    return weights.find_asr(choice, offline=True, demo=demo, progress=progress or Silent())


def mt(choice, *, pair=("ru", "en"), demo=False, progress=None):
    return weights.find_mt(*pair, choice, offline=True, demo=demo, progress=progress or Silent())


def test_a_folder_of_speech_weights_is_taken_as_it_is(speech):
    found = asr(str(speech))
    assert (found.folder, found.card) == (speech, None)
    assert found.identity.startswith("speech@")


def test_the_identity_follows_the_files_that_are_loaded_and_no_others(speech):
    before = asr(str(speech)).identity
    (speech / "README.md").write_text("about")
    assert asr(str(speech)).identity == before
    (speech / "vocabulary.json").write_text("other")
    assert asr(str(speech)).identity != before


def test_a_folder_without_weights_says_what_is_not_there(tmp_path):
    with pytest.raises(MissingError, match=r"no model\.bin"):
        asr(str(tmp_path))


@pytest.mark.parametrize("choice", ["./nowhere", "/nowhere", "~/nowhere", "a/b/c", "a\\b", "a/"])
def test_a_folder_that_is_not_there_is_a_wrong_command_line(choice):
    with pytest.raises(UsageError, match="no such folder"):
        asr(choice)


def test_demo_weights_are_used_when_asked_for_and_say_what_they_are(demo):
    notes = Notes()
    found = asr(None, demo=True, progress=notes)
    assert found.folder == demo / "asr"
    assert found.identity.startswith("demo-asr@")
    mt(None, demo=True, progress=notes)
    assert notes.told == [
        "demo weights demo-asr know synthetic voices, and nothing else",
        "demo weights demo-mt know synthetic voices, and nothing else",
    ]


def test_demo_weights_are_not_used_unless_asked_for(demo):
    for find, choice in ((asr, demo / "asr"), (mt, demo / "translate-ru_en.argosmodel")):
        with pytest.raises(UsageError) as caught:
            find(str(choice))
        assert "--demo" in caught.value.hint


def test_demo_weights_for_other_languages_are_not_made_up(demo):
    with pytest.raises(MissingError, match="no demo weights translate es to en"):
        mt(None, pair=("es", "en"), demo=True)


def test_demo_weights_that_are_not_there_say_where_they_come_from(tmp_path, monkeypatch):
    monkeypatch.setenv("MARATHON_DEMO_WEIGHTS", str(tmp_path / "nowhere"))
    with pytest.raises(MissingError) as caught:
        asr(None, demo=True)
    assert "MARATHON_DEMO_WEIGHTS" in caught.value.hint


def test_a_package_file_is_unpacked_once(tmp_path):
    file = tmp_path / "given.argosmodel"
    file.write_bytes(package())
    first = mt(str(file))
    made = (first.folder / "metadata.json").stat().st_ino
    again = mt(str(file))
    assert again == first
    assert (again.folder / "metadata.json").stat().st_ino == made
    assert again.folder.is_relative_to(tmp_path / "cache")
    assert mt(str(first.folder)).identity == first.identity


def test_a_region_of_a_language_plays_no_part(tmp_path):
    file = tmp_path / "given.argosmodel"
    file.write_bytes(package())
    assert mt(str(file), pair=("ru-RU", "en-GB")).identity.startswith("argos-ru_en-1.5@")


def test_a_package_for_other_languages_is_not_used(tmp_path):
    file = tmp_path / "given.argosmodel"
    file.write_bytes(package())
    for choice in (str(file), str(mt(str(file)).folder)):
        with pytest.raises(MissingError, match="translates ru to en, not es to en"):
            mt(choice, pair=("es", "en"))


def test_a_package_that_is_not_there_is_a_wrong_command_line(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        mt(str(tmp_path / "nowhere.argosmodel"))


def test_what_suits_a_machine_without_a_gpu_is_small(monkeypatch):
    monkeypatch.setattr(gpu, "is_usable", lambda: False)
    assert weights.default_asr() == "small"
    monkeypatch.setattr(gpu, "is_usable", lambda: True)
    assert weights.default_asr() == "large-v3-turbo"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install packages of dice for pairs of languages."""
    place = tmp_path / "packages"
    monkeypatch.setattr(argos_home, "package_folders", lambda: [place])

    def put(*pairs):
        for source, target in pairs:
            for name, data in parts("1.5", source, target).items():
                path = place / f"{source}_{target}" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)

    return put


@pytest.fixture
def index(monkeypatch, installed):
    """What Argos' index offers; each pair that is asked for is kept."""
    offered, asked = set(), []

    def fetch(source, target, progress):
        asked.append((source, target))
        if (source, target) not in offered:
            raise argos_index.NotOfferedError(f"no package from {source} to {target}", hint="none")
        installed((source, target))
        return next(p for p in argos_packages.installed() if (p.source, p.target) == asked[-1])

    monkeypatch.setattr(argos_index, "fetch", fetch)
    return offered, asked


def route(source, target, choice=None, *, offline=True, demo=False):
    found = weights.find_route(
        source, target, choice, offline=offline, demo=demo, progress=Silent()
    )
    return [each.identity.partition("@")[0].removeprefix("argos-") for each in found]


def test_a_direct_package_is_the_whole_way(installed):
    installed(("ru", "es"), ("ru", "en"), ("en", "es"))
    assert route("ru-RU", "es-MX") == ["ru_es-1.5"]


def test_two_lead_through_english_where_no_direct_one_is_installed(installed, index):
    installed(("ru", "en"), ("en", "es"))
    assert route("ru", "es") == ["ru_en-1.5", "en_es-1.5"]
    assert route("ru", "es", offline=False) == ["ru_en-1.5", "en_es-1.5"]
    assert index[1] == []


def test_half_a_way_is_none_and_the_error_says_how_to_get_there(installed):
    installed(("ru", "en"))
    with pytest.raises(MissingError, match="ru to es") as caught:
        route("ru", "es")
    assert "marathon models pull ru-es" in caught.value.hint


def test_what_is_not_here_is_fetched_directly_where_that_is_offered(index):
    offered, _ = index
    offered |= {("ru", "es"), ("ru", "en"), ("en", "es")}
    assert route("ru", "es", offline=False) == ["ru_es-1.5"]


def test_what_nobody_offers_directly_is_fetched_in_halves(index):
    offered, asked = index
    offered |= {("ru", "en"), ("en", "es")}
    assert route("ru", "es", offline=False) == ["ru_en-1.5", "en_es-1.5"]
    assert asked == [("ru", "es"), ("ru", "en"), ("en", "es")]


def test_where_nothing_leads_the_direct_way_is_what_is_lacking(index):
    with pytest.raises(MissingError, match="from ru to es"):
        route("ru", "es", offline=False)
    with pytest.raises(MissingError, match="from ru to en"):
        route("ru", "en", offline=False)


def test_weights_that_are_named_serve_the_half_that_they_are_for(installed, tmp_path):
    installed(("ru", "en"), ("en", "es"))
    given = tmp_path / "given.argosmodel"
    given.write_bytes(package("2.0"))
    assert route("ru", "es", str(given)) == ["ru_en-2.0", "en_es-1.5"]
    assert route("ru", "en", str(given)) == ["ru_en-2.0"]
    with pytest.raises(MissingError, match="not uk to es"):
        route("uk", "es", str(given))
    with pytest.raises(MissingError, match="not ru to uk"):
        route("ru", "uk", str(packages_folder(tmp_path, "es", "en")))


def test_where_nobody_offers_the_other_half_the_named_one_is_the_mistake(index, demo, tmp_path):
    given = tmp_path / "given.argosmodel"
    given.write_bytes(package("2.0"))
    for options in ({"offline": False}, {"demo": True}):
        with pytest.raises(OtherLanguagesError, match=r"given.argosmodel: .* not ru to uk"):
            route("ru", "uk", str(given), **options)
    with pytest.raises(MissingError, match=r"en to uk .* the network is not to be used"):
        route("ru", "uk", str(given))


def packages_folder(tmp_path, source, target):
    for name, data in parts("1.0", source, target).items():
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "folder"


def test_demo_weights_lead_through_english_too(demo, tmp_path):
    (demo / "translate-en_es.argosmodel").write_bytes(package(source="en", target="es"))
    assert route("ru", "es", demo=True) == ["ru_en-1.5", "en_es-1.5"]
    with pytest.raises(MissingError, match="no demo weights translate ru to uk"):
        route("ru", "uk", demo=True)
