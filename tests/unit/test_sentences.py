"""Sentences: whole, of one turn and one language, and no word lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Phrase, Turn, Word
from pipeline.core.turns import TurnTable
from pipeline.translate.sentences import Limits, Sentence, estimate_tokens, sentences
from tests.strategies import TAGS, TEXTS, WORD_TEXTS, segments, transcripts

WORD_MS = 300
LIMITS = Limits()


def phrase(text: str, start_ms: int = 0, language: str = "ru", gap_ms: int = 0) -> Phrase:
    """Words one after another; `|` is a pause of a second."""
    words, at_ms = [], start_ms
    for token in text.split():
        if token == "|":
            at_ms += 1_000
            continue
        words.append(Word(start_ms=at_ms, end_ms=at_ms + WORD_MS, text=token))
        at_ms += WORD_MS + gap_ms
    end_ms = words[-1].end_ms
    return Phrase(start_ms=start_ms, end_ms=end_ms, language=language, words=tuple(words))


def texts(*phrases: Phrase, turns: tuple[Turn, ...] = (), limits: Limits = LIMITS) -> list[str]:
    return [made.text for made in sentences(phrases, turns, limits, estimate_tokens)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Добрый день. Начинаем! Вы готовы?", ["Добрый день.", "Начинаем!", "Вы готовы?"]),
        ("Он сказал: «Идём.» Мы пошли…", ["Он сказал: «Идём.»", "Мы пошли…"]),
        ("Это было в 2019 г. Москва ждала.", ["Это было в 2019 г. Москва ждала."]),
        ("Улица Ленина, д. 5, стр. 2.", ["Улица Ленина, д. 5, стр. 2."]),
        ("Поэт А. С. Пушкин. Роман.", ["Поэт А. С. Пушкин.", "Роман."]),
        ("Хлеб, соль и т. д. и т. п. были там.", ["Хлеб, соль и т. д. и т. п. были там."]),
        ("Кто там? Я. Открой!", ["Кто там?", "Я.", "Открой!"]),
        ("Привет. — Да, привет.", ["Привет.", "— Да, привет."]),
        ("«Ура!» закричали все.", ["«Ура!» закричали все."]),
        ("И вот... мы пришли.", ["И вот... мы пришли."]),
    ],
)
def test_russian_sentences_end_where_a_reader_would_end_them(text, expected):
    assert texts(phrase(text)) == expected


def test_each_language_has_its_own_abbreviations():
    assert texts(phrase("We saw Mr. Smith. He left.", language="en")) == [
        "We saw Mr. Smith.",
        "He left.",
    ]
    assert texts(phrase("La Sra. García habla. Escuchen.", language="es")) == [
        "La Sra. García habla.",
        "Escuchen.",
    ]


def test_a_long_pause_makes_the_stop_of_an_abbreviation_a_full_stop():
    assert texts(phrase("Шёл 2019 г. | Москва ждала.")) == ["Шёл 2019 г.", "Москва ждала."]


def test_a_full_stop_before_a_small_letter_is_dropped_from_what_is_translated():
    made = sentences([phrase("Мы ждём. вас завтра.")], (), LIMITS, estimate_tokens)
    assert [each.text for each in made] == ["Мы ждём вас завтра."]
    assert [word.text for word in made[0].words] == ["Мы", "ждём.", "вас", "завтра."]


def test_phrases_of_one_turn_are_joined():
    turn = Turn(start_ms=0, end_ms=9_000)
    assert texts(phrase("Мы ждём"), phrase("вас завтра.", 900), turns=(turn,)) == [
        "Мы ждём вас завтра."
    ]


def test_a_sentence_ends_with_its_turn_its_language_and_at_a_long_pause():
    turns = (Turn(start_ms=0, end_ms=600), Turn(start_ms=600, end_ms=9_000))
    assert texts(phrase("Мы ждём"), phrase("вас завтра", 600), turns=turns) == [
        "Мы ждём",
        "вас завтра",
    ]
    assert texts(phrase("Мы ждём"), phrase("hasta luego", 600, "es")) == ["Мы ждём", "hasta luego"]
    assert texts(phrase("Мы. | ждём | | вас.")) == ["Мы ждём", "вас."]


def test_speech_without_any_punctuation_is_cut_at_shorter_pauses():
    assert texts(phrase("мы ждём | вас завтра")) == ["мы ждём", "вас завтра"]


def test_before_a_capital_a_shorter_pause_is_enough():
    assert texts(phrase("Мы ждём | Вас зовут. Да.")) == ["Мы ждём", "Вас зовут.", "Да."]
    assert texts(phrase("Мы ждём | вас здесь. Да.")) == ["Мы ждём вас здесь.", "Да."]


def test_what_is_too_long_is_cut_after_clauses_and_never_behind_a_preposition():
    text = "слово " * 20 + "конец, и потом " + "слово " * 16 + "в доме."
    made = texts(phrase(text), limits=Limits(tokens=60))
    assert made[0].endswith("конец,")
    assert all(estimate_tokens("ru", part) <= 60 for part in made)
    assert not any(part.endswith((" и", " в")) for part in made)


def test_one_endless_word_stays_one_word():
    assert texts(phrase("а" * 10_000)) == ["а" * 10_000]


@given(transcripts(), segments(), st.integers(1, 40), st.integers(1, 30_000))
def test_every_word_is_in_one_sentence_in_its_order(recording, parts, tokens, duration_ms):
    limits = Limits(tokens=tokens, duration_ms=duration_ms)
    made = sentences(recording.phrases, parts.turns, limits, estimate_tokens)
    given_words = [(word, each.language) for each in recording.phrases for word in each.words]
    assert [(word, each.language) for each in made for word in each.words] == given_words
    assert all(each.words for each in made)


@given(transcripts(), segments())
def test_no_sentence_crosses_a_turn(recording, parts):
    table = TurnTable(parts.turns)
    for each in sentences(recording.phrases, parts.turns, LIMITS, estimate_tokens):
        turns = {table.at((word.start_ms + word.end_ms) // 2) for word in each.words}
        assert len(turns) == 1


@given(transcripts(), st.integers(1, 40))
def test_only_a_single_word_is_longer_than_the_limit(recording, tokens):
    limits = Limits(tokens=tokens)
    for each in sentences(recording.phrases, (), limits, estimate_tokens):
        spoken = " ".join(word.text for word in each.words)
        assert len(each.words) == 1 or estimate_tokens("ru", spoken) <= tokens


@given(st.lists(st.one_of(WORD_TEXTS, TEXTS), min_size=1), TAGS)
def test_what_is_translated_has_the_letters_of_its_words(tokens, language):
    words = tuple(Word(start_ms=at, end_ms=at + 1, text=token) for at, token in enumerate(tokens))
    text = Sentence(language, words).text
    assert list(filter(str.isalnum, text)) == list(filter(str.isalnum, "".join(tokens)))
