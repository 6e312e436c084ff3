"""What the demo translator is trained on."""

from __future__ import annotations

import random
import re
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samples.training import grammar, translator_text
from samples.training.translator_text import Drawer

TRIPLES = list(grammar.load().triples())
FORMS = [
    translator_text.written,
    translator_text.small_start,
    translator_text.no_stop,
    translator_text.plain_stop,
    translator_text.unmarked,
    translator_text.bare,
    translator_text.loud,
]


@pytest.fixture(scope="module")
def drawer() -> Drawer:
    return Drawer(grammar.load())


def test_the_same_seed_gives_the_same_pairs(drawer):
    first, second = (list(islice(drawer.pairs(random.Random(9)), 50)) for _ in range(2))
    assert first == second


def test_no_held_out_sentence_is_ever_trained_on(drawer):
    book = grammar.load()
    held_out = {one.en for one in book.triples() if book.is_held_out(one)}
    known = {one.en for one in book.triples() if not book.is_held_out(one)}
    drawn = {pair.target for pair in islice(drawer.pairs(random.Random(1)), 3000)}
    assert not drawn & (held_out - known)


@pytest.mark.parametrize("form", FORMS)
@given(st.data())
def test_a_form_changes_marks_and_capitals_but_no_word(form, data):
    triple = data.draw(st.sampled_from(TRIPLES))
    assert grammar.words(form(triple.ru)) == grammar.words(triple.ru)


def test_commas_join_sentences_with_small_letters_and_the_last_mark():
    joined = translator_text.comma_mistakes(["Добрый вечер!", "Где вы?", "Спасибо."])
    assert joined == "Добрый вечер, где вы, спасибо."


def test_several_sentences_in_one_string_keep_their_order(drawer):
    english = {one.ru: one.en for one in grammar.load().triples()}
    several = 0
    for pair in islice(drawer.pairs(random.Random(2)), 400):
        parts = re.split(r"(?<=[.!?]) ", pair.source)
        if all(part in english for part in parts):
            several += len(parts) > 1
            assert pair.target == " ".join(english[part] for part in parts)
    assert several > 10
