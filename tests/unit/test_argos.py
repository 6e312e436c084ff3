"""The Argos engine, through the real libraries, on a package with random weights."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from pipeline.core.errors import EngineError, MissingError
from pipeline.engines import argos_home, argos_packages
from pipeline.engines.argos import Argos
from pipeline.engines.seq2seq import Decoding
from pipeline.engines.weights import Weights
from tests import packages

SENTENCES = [
    "Добрый вечер, дорогие друзья!",
    "Мы начинаем наш марафон.",
    "Спасибо.",
    "Сегодня с нами гости из Никарагуа, и мы начинаем наш марафон, дорогие друзья.",
    "Спасибо вам, друзья.",
] * 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return packages.build(tmp_path_factory.mktemp("package") / "ru_en")


@pytest.fixture(scope="module")
def engine(folder):
    return Argos(Weights(folder, "argos-ru_en-1.0@0123"), device="cpu")


def test_a_sentence_has_up_to_four_hypotheses_each_once(engine):
    for found in engine.translate(SENTENCES):
        texts = [text for text, _ in found]
        assert 1 <= len(texts) <= 4
        assert len(set(texts)) == len(texts)
        assert all(text == text.strip() and text for text in texts)
        assert all(score <= 0 for _, score in found)


def test_a_batch_gives_what_one_by_one_gives(engine):
    assert engine.translate(SENTENCES) == [engine.translate([each])[0] for each in SENTENCES]


def test_fewer_hypotheses_are_the_best_ones(folder, engine):
    single = Argos(Weights(folder, ""), Decoding(hypotheses=1), device="cpu")
    for one, several in zip(single.translate(SENTENCES), engine.translate(SENTENCES), strict=True):
        assert one == several[:1]


@pytest.mark.parametrize("bad", ["", " ", "слово " * 2_000, "а" * 10_000, "\ud800"])
def test_a_bad_sentence_has_none_and_harms_no_other(engine, bad):
    good = engine.translate(SENTENCES[:2])
    assert engine.translate([SENTENCES[0], bad, SENTENCES[1]]) == [good[0], [], good[1]]


@pytest.mark.parametrize(
    "odd", ["…!?", "🎉🎉", "Привет, NATO: 2019", "\u200fשלום", "_ _", "日本語"]
)
def test_odd_texts_are_taken(engine, odd):
    (found,) = engine.translate([odd])
    assert found is not None


def test_a_sentence_that_the_weights_refuse_is_isolated(tmp_path):
    """These weights know 20 places, and fail on every batch in which anything is longer."""
    engine = Argos(Weights(packages.build(tmp_path / "short", positions=20), ""), device="cpu")
    found = engine.translate(SENTENCES)
    assert found == [_alone(engine, each) for each in SENTENCES]
    assert 0 < sum(map(bool, found)) < len(found)


def _alone(engine: Argos, sentence: str) -> list[tuple[str, float]]:
    try:
        return engine.translate([sentence])[0]
    except EngineError:
        return []


def test_weights_that_refuse_everything_are_an_error(tmp_path):
    engine = Argos(Weights(packages.build(tmp_path / "none", positions=1), ""), device="cpu")
    with pytest.raises(EngineError, match="gave up"):
        engine.translate(SENTENCES)


def test_no_sentences_give_nothing(engine):
    assert engine.translate([]) == []


def test_the_target_prefix_of_a_package_is_given_and_taken_away(tmp_path):
    folder = packages.build(tmp_path / "with_prefix")
    about = folder / "metadata.json"
    about.write_text(about.read_text().replace("{", '{"target_prefix": "▁", ', 1))
    found = Argos(Weights(folder, ""), device="cpu").translate(SENTENCES[:1])
    assert found[0]
    assert not found[0][0][0].startswith(("▁", " "))


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("metadata.json", b"{"),
        ("metadata.json", None),
        ("sentencepiece.model", b"not a model"),
        ("sentencepiece.model", None),
        ("model/model.bin", b"\0" * 100),
        ("model/model.bin", None),
    ],
)
def test_a_damaged_package_is_told_with_what_to_do(tmp_path, name, damage):
    folder = packages.build(tmp_path / "damaged")
    (folder / name).unlink()
    if damage is not None:
        (folder / name).write_bytes(damage)
    with pytest.raises(MissingError) as caught:
        Argos(Weights(folder, ""), device="cpu")
    assert str(folder) in caught.value.message
    assert caught.value.hint


def test_torch_stanza_spacy_and_argos_translate_are_never_imported(folder):
    program = f"""
import sys
from pathlib import Path
from pipeline.engines import argos_home, argos_packages
from pipeline.engines.argos import Argos
from pipeline.engines.weights import Weights
Argos(Weights(Path({str(folder)!r}), ""), device="cpu").translate(["Добрый вечер!"])
heavy = {{"torch", "stanza", "spacy", "argostranslate.translate"}} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_we_install_is_an_ordinary_package_to_argos(folder, tmp_path):
    """In a process of its own, in which Argos reads its settings from the environment."""
    archive = packages.archive(folder, tmp_path / "given.argosmodel")
    program = f"""
import os
from pathlib import Path
from pipeline.engines import argos_home, argos_index
into = argos_home.folder_to_install_in()
assert str(into) == os.environ["ARGOS_PACKAGES_DIR"], into
argos_index.install(Path({str(archive)!r}), "ru", "en", into=into)
"""
    place = tmp_path / "packages"
    place.mkdir()
    environment = {**os.environ, "ARGOS_PACKAGES_DIR": str(place)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
    asked = """
from argostranslate import package
(found,) = package.get_installed_packages()
assert (found.from_code, found.to_code, found.package_version) == ("ru", "en", "1.0")
pieces = found.tokenizer.encode("Добрый вечер!")
assert len(pieces) > 1
assert found.tokenizer.decode(pieces).strip() == "Добрый вечер!"
assert (found.package_path / "model" / "model.bin").is_file()
"""
    subprocess.run([sys.executable, "-c", asked], check=True, env=environment)


def test_a_broken_package_is_passed_over_with_a_warning(folder, tmp_path, monkeypatch, caplog):
    place = tmp_path / "packages"
    shutil.copytree(folder, place / "whole")
    (place / "empty").mkdir()
    shutil.copytree(folder, place / "torn")
    (place / "torn/model/model.bin").unlink()
    shutil.copytree(folder, place / "garbled")
    (place / "garbled/metadata.json").write_bytes(b"\xff{")
    monkeypatch.setattr(argos_home, "package_folders", lambda: [place])
    assert [package.folder.name for package in argos_packages.installed()] == ["whole"]
    for name in ("empty", "torn", "garbled"):
        assert f"passed over: {place / name}" in caplog.text


def test_offline_without_a_package_the_answer_comes_at_once(tmp_path):
    program = """
import sys, time
from pipeline.core.errors import PipelineError
from pipeline.core.progress import Silent
from pipeline.engines import weights
began = time.process_time()
try:
    weights.find_route("ru", sys.argv[1], None, offline=True, demo=False, progress=Silent())
except PipelineError as error:
    assert time.process_time() - began < 1
    print(error.message, error.hint)
    sys.exit(error.exit_code)
"""
    for target in ("en", "es"):
        done = subprocess.run(
            [sys.executable, "-c", program, target],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "ARGOS_PACKAGES_DIR": str(tmp_path)},
        )
        assert done.returncode == 4, done.stderr
        assert f"marathon models pull ru-{target}" in done.stdout
