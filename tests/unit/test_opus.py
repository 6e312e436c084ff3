"""A Marian model in a folder with engine.toml, loaded by the real libraries."""

from __future__ import annotations

import msgspec
import pytest

from pipeline.core.errors import InputError, MissingError
from pipeline.core.progress import Silent
from pipeline.engines import opus_folders, translators, weights
from pipeline.engines.argos import Argos
from pipeline.engines.argos_packages import OtherLanguagesError
from pipeline.engines.opus import Opus
from pipeline.engines.weights import Weights
from tests import packages

SENTENCES = ["Добрый вечер, дорогие друзья!", "Спасибо вам, друзья.", "Мы начинаем наш марафон."]


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MARATHON_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path):
    return packages.build_opus(tmp_path / "opus")


def find(folder, pair=("ru", "en"), demo=False):
    return weights.find_mt(*pair, str(folder), offline=True, demo=demo, progress=Silent())


def loaded(folder):
    return translators.load(find(folder), device="cpu")


def spied(engine):
    """The calls that an engine makes, and what of."""
    asked = []
    usual = engine._translator.translate_batch

    class Spy:
        device, compute_type, num_translators = "cpu", "int8", 1

        def translate_batch(self, rows, **options):
            asked.extend(rows)
            return usual(rows, **options)

    engine._translator = Spy()
    return asked


def test_such_a_folder_is_taken_and_translates(folder):
    found = find(folder)
    assert found.identity.startswith("opus-tiny@")
    assert translators.name(found) == "opus"
    engine = translators.load(found, device="cpu")
    assert isinstance(engine, Opus)
    texts = engine.translate([*SENTENCES, "…", ""])
    assert all(1 <= len(each) <= 4 for each in texts[:3])
    assert texts[3:] == [[("…", 0.0)], []]
    assert engine.translate(SENTENCES[1:2]) == texts[1:2]
    assert engine.tokens(SENTENCES[0]) > 1


def test_an_argos_package_is_still_an_argos_package(tmp_path):
    found = Weights(packages.build(tmp_path / "ru_en"), "argos")
    assert translators.name(found) == "argos"
    assert isinstance(translators.load(found, device="cpu"), Argos)


def test_the_end_is_handed_over_once(folder, tmp_path):
    asked = spied(engine := loaded(folder))
    engine.translate(SENTENCES)
    assert all(row[-1] == "</s>" and row[-2] != "</s>" for row in asked)
    other = loaded(packages.build_opus(tmp_path / "marian", adds_end=True))
    asked = spied(other)
    assert other.translate(SENTENCES) == engine.translate(SENTENCES)
    assert all(row[-1] != "</s>" for row in asked)


def test_weights_that_want_to_be_told_the_language_are_told(tmp_path):
    about = packages.ABOUT_OPUS + 'prefix = ">>eng<<"\n'
    engine = loaded(packages.build_opus(tmp_path / "opus", about))
    asked = spied(engine)
    found = engine.translate(SENTENCES)
    assert all(row[0] == ">>eng<<" and row[-1] == "</s>" for row in asked)
    assert not any(">>" in text or "</s>" in text for texts in found for text, _ in texts)


def test_the_model_may_be_in_a_folder_of_its_own(tmp_path):
    about = packages.ABOUT_OPUS + 'model = "model"\n'
    folder = packages.build_opus(tmp_path / "opus", about, model="model")
    assert loaded(folder).translate(SENTENCES)[0]


def test_a_text_begins_as_it_is_told(folder):
    texts = loaded(folder).translate(SENTENCES, beginnings=["Our guests", "", "We"])
    assert all(text.startswith("Our guests") for text, _ in texts[0])
    assert all(text.startswith("We") for text, _ in texts[2])


def test_the_identity_follows_what_is_loaded_and_nothing_else(folder):
    before = find(folder).identity
    (folder / "README.md").write_text("about")
    assert find(folder).identity == before
    for name in ("engine.toml", "source.spm", "target.spm", "model.bin", "shared_vocabulary.json"):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole + b"\n")
        assert find(folder).identity != before
        (folder / name).write_bytes(whole)
    assert find(folder).identity == before


def test_a_model_just_converted_is_told_what_it_lacks(folder):
    (folder / "engine.toml").unlink()
    with pytest.raises(MissingError, match=r"engine\.toml") as caught:
        find(folder)
    assert "README" in caught.value.hint


PARTS = ["source.spm", "target.spm", "model.bin", "config.json", "shared_vocabulary.json"]


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_is_not_there_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(MissingError, match=name) as caught:
        find(folder)
    assert caught.value.exit_code == 4
    assert "README" in caught.value.hint


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_is_damaged_is_told_with_its_folder(folder, name):
    (folder / name).write_bytes(b"\0\xff{")
    with pytest.raises(MissingError) as caught:
        loaded(folder)
    assert str(folder) in caught.value.message
    assert caught.value.hint


def test_a_tokenizer_of_other_weights_is_found_out(folder, tmp_path):
    known = ["</s>", "<unk>", *(f"piece{number}" for number in range(500))]
    (folder / "shared_vocabulary.json").write_bytes(msgspec.json.encode(known))
    with pytest.raises(MissingError, match=r"source\.spm: not of these weights"):
        loaded(folder)


def test_a_prefix_that_the_weights_do_not_know_is_told(tmp_path):
    about = packages.ABOUT_OPUS + 'prefix = ">>spa<<"\n'
    with pytest.raises(MissingError, match=">>spa<<"):
        loaded(packages.build_opus(tmp_path / "opus", about))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "opus"', 'kind = "nllb"', "nllb"),
        ('kind = "opus"', "", "kind"),
        ('["ru", "uk"]', '"ru"', "source_languages"),
        ('["ru", "uk"]', "[]", "no languages"),
        ('["en"]', '["en", "es"]\nprefix = ">>eng<<"', "more than one target"),
        ("licence", "source = '../other.spm'\nlicence", "not inside the folder"),
        ("licence", "model = '/etc'\nlicence", "not inside the folder"),
        ("licence", "modell = 'm'\nlicence", "modell"),
        ('kind = "opus"', 'kind = "opus', "line 1"),
    ],
)
def test_an_engine_toml_that_cannot_be_understood_says_what_is_wrong(tmp_path, old, new, told):
    folder = packages.build_opus(tmp_path / "opus", packages.ABOUT_OPUS.replace(old, new, 1))
    with pytest.raises(InputError, match=told) as caught:
        find(folder)
    assert str(folder / "engine.toml") in caught.value.message


def test_it_serves_the_languages_that_it_names_and_no_others(folder):
    assert find(folder, ("uk-UA", "en-GB")).folder == folder
    with pytest.raises(OtherLanguagesError, match="ru or uk to en, not es to en") as caught:
        find(folder, ("es", "en"))
    assert caught.value.pairs == (("ru", "en"), ("uk", "en"))
    assert opus_folders.opened(folder).about.licence == "CC0-1.0"


def test_demo_weights_in_such_a_folder_are_held_back_too(folder):
    (folder / "card.toml").write_text('name = "d"\ndemo = true\nknows = "nothing"\n')
    with pytest.raises(Exception, match="demo weights"):
        find(folder)
    assert find(folder, demo=True).card.demo


def test_the_releases_at_work_are_named():
    assert set(translators.libraries()) == {"argostranslate", "ctranslate2", "sentencepiece"}
