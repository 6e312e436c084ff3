"""How bad it is to break after a word."""

from __future__ import annotations

import pytest

from pipeline.subtitles import profile as profiles
from pipeline.subtitles.breaks import break_costs, dangles, ends_after

COSTS = profiles.load("default").costs


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("Это конец. Это начало.", [1, 3]),
        ("Он сказал: «Всё!» Потом ушёл.", [2, 4]),
        ("Л. Н. Толстой писал.", [3]),
        ("— Ура! — крикнул он…", [4]),
        ("See p. 5 and so on.", [1, 5]),
        ("¿Qué? ¡Sí!", [0, 1]),
    ],
)
def test_sentences_end_where_a_reader_says_so(text: str, ends: list[int]):
    found = ends_after(text.split())
    assert [index for index, is_end in enumerate(found) if is_end] == ends


def costs(text: str, language: str) -> list[float]:
    return break_costs(text.split(), language, COSTS)


def test_a_break_costs_less_the_stronger_the_pause():
    sentence, colon, comma, nothing, _ = costs("Да. вот: так, мы идём", "ru")
    assert sentence > colon  # a full stop before a small letter ends no sentence
    assert 0 < colon < comma < nothing
    assert costs("Да. Вот", "ru")[0] == 0


@pytest.mark.parametrize(
    ("language", "bad", "good"),
    [
        ("ru", "из Москвы", "Москва говорит"),
        ("en", "the people", "people sing"),
        ("es", "los pueblos", "pueblos cantan"),
    ],
)
def test_a_break_after_a_binding_word_costs_more(language: str, bad: str, good: str):
    assert costs(bad, language)[0] > costs(good, language)[0]
    assert dangles(bad.split(maxsplit=1)[0], language)
    assert not dangles(good.split(maxsplit=1)[0], language)


def test_names_and_numbers_hold_together():
    assert costs("Rosa Luxemburg", "en")[0] > costs("rosa luxemburg", "en")[0]
    assert costs("25 метров", "ru")[0] > costs("двадцать метров", "ru")[0]
    assert costs("№ 5", "ru")[0] == costs("слово 5", "ru")[0]


def test_the_last_word_costs_nothing():
    assert costs("one", "en") == [0]
    assert break_costs([], "en", COSTS) == []
