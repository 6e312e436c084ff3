"""The demo translator as it ships: an Argos package, used through Argos Translate's own code."""

from __future__ import annotations

import random
import tomllib
import zipfile
from pathlib import Path

import pytest

from pipeline.engines import card
from samples.training import argos_package, argos_process, grammar

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "samples" / "weights" / "translate-ru_en.argosmodel"
SENTENCES = 50


@pytest.fixture(scope="module")
def held_out() -> list[grammar.Triple]:
    book = grammar.load()
    kept = sorted((one for one in book.triples() if book.is_held_out(one)), key=lambda one: one.ru)
    return random.Random(3).sample(kept, SENTENCES)


@pytest.fixture(scope="module")
def used(held_out) -> argos_process.Result:
    two = f"{held_out[0].ru} {held_out[1].ru}"
    return argos_process.translated(PACKAGE, [*(one.ru for one in held_out), two], own=True)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    with zipfile.ZipFile(PACKAGE) as archive:
        archive.extractall(folder)
    return folder / argos_package.FOLDER


def test_argos_own_installer_accepts_the_package(used):
    assert used.folder == argos_package.FOLDER


def test_sentences_it_was_not_trained_on_come_out_exactly_right(used, held_out):
    right = sum(text == one.en for text, one in zip(used.texts, held_out, strict=False))
    assert right >= 0.95 * SENTENCES


def test_argos_own_translate_splits_sentences_without_fetching_anything(used, held_out):
    right = sum(text == one.en for text, one in zip(used.own, held_out, strict=False))
    assert right >= 0.95 * SENTENCES
    assert used.own[-1] == f"{used.own[0]} {used.own[1]}"


def test_neither_installing_nor_translating_imports_torch_stanza_or_spacy(used):
    assert used.heavy == ()


def test_the_card_in_the_package_is_the_card_beside_it(unpacked):
    beside = PACKAGE.with_suffix(".card.toml").read_bytes()
    assert (unpacked / card.FILE_NAME).read_bytes() == beside


def test_the_card_says_that_these_are_demo_weights(unpacked):
    found = card.read(unpacked)
    assert found is not None
    assert found.demo
    assert found.knows


def test_the_figures_on_the_card_are_what_the_project_asks_for(unpacked):
    table = tomllib.loads((unpacked / card.FILE_NAME).read_text("utf-8"))["check"]["held_out"]
    assert table[0]["case"] == "as written"
    assert table[0]["exact_percent"] >= 95
    assert table[0]["chrf"] >= 95


def test_the_package_is_small_enough_to_be_committed():
    assert PACKAGE.stat().st_size < 2_000_000


def test_the_same_files_make_the_same_package_byte_for_byte(unpacked):
    made = {
        path.relative_to(unpacked).as_posix(): path.read_bytes()
        for path in unpacked.rglob("*")
        if path.is_file() and path.name not in {"metadata.json", "README.md"}
    }
    assert argos_package.pack(made) == PACKAGE.read_bytes()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Добрый вечер", ["Добрый вечер"]),
        ("Спасибо! Где вы? Мы здесь.", ["Спасибо!", "Где вы?", "Мы здесь."]),
        ("Ну что?! Идем...", ["Ну что?!", "Идем..."]),
        ("Версия 1.5 готова. Да", ["Версия 1.5 готова.", "Да"]),
    ],
)
def test_the_rule_ends_a_sentence_at_a_mark_before_a_blank(unpacked, text, sentences):
    import minisbd

    detector = minisbd.SBDetect(str(unpacked / "minisbd" / "rule.onnx"), use_gpu=False)
    assert [found.strip() for found in detector.sentences(text)] == sentences
