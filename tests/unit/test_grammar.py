"""The text grammar of the demo broadcast: what the small recogniser and translator rely on."""

import re
from collections import Counter
from statistics import median

import pytest

from samples.training import grammar as module
from samples.training.grammar import LANGUAGES, GrammarError, Triple, is_held_out, load, sample

GRAMMAR = load()
TRIPLES = tuple(GRAMMAR.triples())
SLOTTED = [pattern.name for pattern in GRAMMAR.patterns if pattern.slots]
ALLOWED = {
    "ru": re.compile(r"[А-Яа-я .,?!]+"),
    "es": re.compile(r"[A-Za-zÁÉÍÓÚÜÑáéíóúüñ .,?!¿¡]+"),
    "en": re.compile(r"[A-Za-z .,?!]+"),
}


def document(**changes):
    """A smallest phrases file, with parts replaced."""
    pattern = {"name": "p", "ru": "В {city.loc}.", "es": "En {city}.", "en": "In {city}."}
    rows = ["Москва, Москве | Moscú | Moscow", "Кито | Quito | Quito"]
    slot = {"ru": "nom, loc", "es": "name", "en": "name", "rows": changes.pop("rows", rows)}
    return {"slots": {"city": slot}, "pattern": [pattern | changes]}


def test_counts_of_patterns_and_triples():
    assert len(GRAMMAR.patterns) >= 100
    assert 15 <= len(GRAMMAR.patterns) - len(SLOTTED) <= 25
    assert 8_000 <= len(TRIPLES) <= 20_000
    assert {triple.pattern for triple in TRIPLES} == {p.name for p in GRAMMAR.patterns}
    assert max(len(pool) for pool in GRAMMAR.fillings.values()) <= 400


def test_counts_of_slot_values():
    assert len(GRAMMAR.slots["city"].rows) >= 14
    assert len(GRAMMAR.slots["country"].rows) >= 8
    assert len(GRAMMAR.slots["org"].rows) >= 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_counts_of_word_forms(language):
    assert 320 <= len(module.word_forms(GRAMMAR, language)) <= 480


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_use_only_plain_characters(language):
    for triple in TRIPLES:
        text = triple.text(language)
        assert ALLOWED[language].fullmatch(text), text
        assert not re.search(r"^ | $|  | [.,?!]|[,.!?][^ .]", text.rstrip(".?!")), text
        assert text[-1] in ".?!", text
        assert text.lstrip("¿¡")[0].isupper(), text


def test_spanish_marks_come_in_pairs():
    for triple in TRIPLES:
        assert triple.es.count("¿") == triple.es.count("?"), triple.es
        assert triple.es.count("¡") == triple.es.count("!"), triple.es
        assert not re.search(r"\b(de|a) el\b", triple.es, re.IGNORECASE), triple.es


def test_the_three_sides_ask_and_state_alike():
    for triple in TRIPLES:
        assert triple.ru[-1] == triple.es[-1] == triple.en[-1], triple


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentence_lengths(language):
    drawn = sample(GRAMMAR, 1, 2_000, held_out=False)
    lengths = [len(module.words(triple.text(language))) for triple in drawn]
    assert min(lengths) >= 2
    assert max(lengths) <= 14
    assert 5 <= median(lengths) <= 10


def test_translation_is_a_function_of_the_russian_text():
    repeated = [text for text, n in Counter(t.ru for t in TRIPLES).items() if n > 1]
    assert repeated == []


def test_every_slot_reference_is_resolved_and_every_value_used():
    used = {value for triple in TRIPLES for value in triple.slots}
    assert used == {
        f"{slot.name}={slot.label(row)}"
        for slot in GRAMMAR.slots.values()
        for row in range(len(slot.rows))
    }
    for slot in GRAMMAR.slots.values():
        for row in slot.rows:
            assert all(form and form == form.strip() for side in row for form in side)


def test_split_share_and_slotless_patterns():
    held_out = [triple for triple in TRIPLES if is_held_out(triple)]
    assert 0.06 <= len(held_out) / len(TRIPLES) <= 0.10
    assert {triple.pattern for triple in held_out} <= set(SLOTTED)


@pytest.mark.parametrize("name", SLOTTED)
def test_every_slotted_pattern_is_on_both_sides(name):
    assert {is_held_out(triple) for triple in GRAMMAR.fillings[name]} == {True, False}


def test_training_knows_every_slot_value_and_word():
    training = [triple for triple in TRIPLES if not is_held_out(triple)]
    assert {v for t in training for v in t.slots} == {v for t in TRIPLES for v in t.slots}
    for language in LANGUAGES:
        known = {word for t in training for word in module.words(t.text(language))}
        assert known == module.word_forms(GRAMMAR, language)


def test_loading_again_gives_the_same():
    again = load.__wrapped__()
    assert tuple(again.triples()) == TRIPLES
    assert again.held_out == GRAMMAR.held_out


@pytest.mark.parametrize("held_out", [True, False])
def test_sampling_is_deterministic_and_keeps_its_side(held_out):
    drawn = sample(GRAMMAR, 7, 500, held_out=held_out)
    assert len(drawn) == 500
    assert drawn == sample(GRAMMAR, 7, 500, held_out=held_out)
    assert drawn != sample(GRAMMAR, 8, 500, held_out=held_out)
    assert {is_held_out(triple) for triple in drawn} == {held_out}


def test_sampling_is_uniform_over_patterns():
    drawn = Counter(t.pattern for t in sample(GRAMMAR, 3, 12_000, held_out=False))
    assert set(drawn) == {pattern.name for pattern in GRAMMAR.patterns}
    assert max(drawn.values()) < 2.5 * min(drawn.values())


def test_numerals_genders_and_contractions():
    assert GRAMMAR.fill(
        "group_planted", group="наше общество", num="двадцать", plant="садов", city="Гавана"
    ) == Triple(
        "group_planted",
        ("group=наше общество", "num=двадцать", "plant=садов", "city=Гавана"),
        "Наше общество посадило двадцать садов в Гаване.",
        "Nuestra sociedad plantó veinte jardines en La Habana.",
        "Our society planted twenty gardens in Havana.",
    )
    assert GRAMMAR.fill("was_with_you", role="врач", org="Музей моря").es == (
        "Con ustedes estuvo el médico del Museo del Mar."
    )
    assert GRAMMAR.fill("learned_songs", few="два", topic="о море").ru == (
        "Ученики выучили две песни о море."
    )


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("nothing", {}, "no pattern"),
        ("thanks_city", {}, "needs the slots city"),
        ("thanks_city", {"city": "Атлантида"}, "no value"),
    ],
)
def test_filling_by_hand_reports_mistakes(name, values, message):
    with pytest.raises(GrammarError, match=message):
        GRAMMAR.fill(name, **values)


def test_a_missing_form_repeats_the_last_one():
    assert [t.ru for t in module.parse(document()).triples()] == ["В Москве.", "В Кито."]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ru": "В {town}."}, "no slot 'town'"),
        ({"ru": "В {city.dat}."}, "no ru form 'dat'"),
        ({"ru": "В {city.loc."}, "bad slot reference"),
        ({"en": "There."}, "different slots"),
        ({"rows": ["Москва | Moscú"]}, "three sides"),
        ({"rows": ["а, б, в | Moscú | Moscow"]}, "number of forms"),
        ({"rows": ["Кито | Quito | Quito", "Кито | Quito | Quito"]}, "same form"),
    ],
)
def test_a_malformed_file_is_refused(changes, message):
    with pytest.raises(GrammarError, match=message):
        module.parse(document(**changes))


def test_a_repeated_pattern_name_is_refused():
    twice = document()
    twice["pattern"] *= 2
    with pytest.raises(GrammarError, match="used twice: p"):
        module.parse(twice)
