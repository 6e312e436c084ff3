"""Sentences: whole, of one turn and one language, and no word lost."""

from __future__ import annotations

import time

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


def told(*phrases: Phrase, turns: tuple[Turn, ...] = ()) -> list[tuple[str, bool]]:
    """What an engine is given of each sentence, and whether it broke off."""
    made = sentences(phrases, turns, LIMITS, estimate_tokens)
    return [(each.meant, each.is_interrupted) for each in made]


def turns_of(*ends_ms: int, speakers: str = "АБВГ", voices: bool = False) -> tuple[Turn, ...]:
    """Turns one after another, each of another person."""
    starts = [0, *ends_ms]
    return tuple(
        Turn(start_ms=a, end_ms=b, speaker=who, voice=at + 1 if voices else 0)
        for at, (a, b, who) in enumerate(zip(starts, ends_ms, speakers, strict=False))
    )


def test_who_is_interrupted_ends_in_the_middle():
    said = phrase("Добрый день. Мы ждали вас и Да. Спасибо.")
    assert told(said, turns=turns_of(1_800, 9_000)) == [
        ("Добрый день.", False),
        ("Мы ждали вас", True),
        ("Да.", False),
        ("Спасибо.", False),
    ]
    assert texts(said, turns=turns_of(1_800, 9_000))[1] == "Мы ждали вас и"


def test_another_voice_interrupts_as_well_as_another_name():
    said = phrase("Да. Мы ждали вас Нет.")
    spoken = turns_of(1_200, 9_000, speakers="  ", voices=True)
    nameless = tuple(Turn(start_ms=t.start_ms, end_ms=t.end_ms, voice=t.voice) for t in spoken)
    assert told(said, turns=nameless)[1] == ("Мы ждали вас", True)


def test_who_goes_on_without_a_stop_is_not_interrupted():
    said = phrase("Да. Мы ждали вас Нет.")
    assert told(said, turns=turns_of(1_200, 9_000, speakers="АА"))[1] == ("Мы ждали вас", False)
    late = (phrase("Да. Мы ждали вас"), phrase("Нет.", 8_000))
    assert told(*late, turns=turns_of(7_000, 9_000))[1] == ("Мы ждали вас", False)
    assert told(said)[1] == ("Мы ждали вас Нет.", False)


def test_speech_without_any_punctuation_is_interrupted_only_where_its_last_word_says_so():
    assert told(phrase("мы ждали вас Да"), turns=turns_of(900, 9_000))[0][1] is False
    assert told(phrase("мы ждали вас в Да"), turns=turns_of(1_200, 9_000))[0] == (
        "мы ждали вас",
        True,
    )


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Мы пошли…", "Мы пошли"),
        ("Мы пошли...", "Мы пошли"),
        ("Я думаю, что —", "Я думаю"),
        ("Мы были там, потому что…", "Мы были там"),
        ("Это так же, как в…", "Это так же"),
        ("И в —", ""),
        ("Что…", "Что"),
        ("Что?..", "Что?"),
        ("— …", ""),
    ],
)
def test_marks_of_breaking_off_and_what_dangles_before_them_go_to_no_engine(text, meant):
    assert told(phrase(text)) == [(meant, True)]


def test_languages_without_a_list_of_their_own_lose_their_marks_only():
    assert told(phrase("Мы чакалі і…", language="be")) == [("Мы чакалі і", True)]


def test_no_pause_of_a_speaker_who_thinks_ends_a_sentence_behind_a_conjunction():
    assert texts(phrase("Мы ждали вас и | | | не дождались.")) == ["Мы ждали вас и не дождались."]
    assert told(phrase("Мы ждали вас и | | | | | Нет.")) == [
        ("Мы ждали вас", True),
        ("Нет.", False),
    ]


def test_what_nobody_hears_goes_to_no_engine_and_stays_in_the_words():
    made = sentences(
        [phrase("\u200fПри\u00adвет,\u202e \u2067мир!\x00")], (), LIMITS, estimate_tokens
    )
    assert made[0].meant == "Привет, мир!"
    assert made[0].text == "\u200fПри\u00adвет,\u202e \u2067мир!\x00"


@pytest.mark.parametrize(
    "text",
    [
        "слово " * 10_000,
        "слово, " * 10_000,
        "в " * 10_000,
        "... " * 10_000,
        "Слово. " * 10_000,
        "и" * 10_000,
        "." * 50_000 + "а",
    ],
)
def test_endless_speech_is_cut_in_a_moment(text):
    said = [phrase(text)]
    spent = []
    for _ in range(3):
        begun = time.process_time()
        made = sentences(said, (), LIMITS, estimate_tokens)
        assert [each.meant for each in made]
        spent.append(time.process_time() - begun)
    assert min(spent) < 1
    assert sum(len(each.words) for each in made) == len(said[0].words)


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
