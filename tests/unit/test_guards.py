"""Guards: what was invented is told from what was said, and what is missing is seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Sound, Word
from pipeline.engines import Heard
from pipeline.transcribe.guards import (
    Circumstances,
    Thresholds,
    crammed,
    fault,
    foreign_run,
    unheard,
)
from pipeline.transcribe.phantoms import is_phantom

SURE, HALF, DOUBTFUL = -0.2, -0.6, -1.5  # log-probabilities


def heard(text: str, *, log_probability: float = SURE, no_speech: float = 0.1) -> Heard:
    return Heard(text=text, log_probability=log_probability, no_speech=no_speech)


def judged(said: Heard, thresholds: Thresholds | None = None, **around) -> str:
    given_around = {"language": "ru", "duration_ms": 9_000} | around
    return fault(said, Circumstances(**given_around), thresholds or Thresholds())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Здравствуйте, говорит Казань, я редактор Общества переводчиков.", "ru"),
        ("Да, да, да, конечно, да!", "ru"),
        ("Спасибо за внимание.", "ru"),
        ("¿Por qué los estudiantes aman tanto el mar?", "es"),
        ("No, no, no.", "es"),
        ("Thank you for watching.", "en"),
        ("one two three four five six seven eight nine ten eleven twelve thirteen", "en"),
        ("Компания Coca-Cola и CNN сообщают о выборах в Боливии.", "ru"),
        ("2019, 1917, 1991", "ru"),
        ("", "ru"),
    ],
)
def test_what_people_say_is_kept(text: str, language: str):
    assert judged(heard(text), language=language) == ""


@pytest.mark.parametrize(
    "text",
    [
        "слово " * 12,
        "Спасибо за просмотр! " * 8,
        "и вот мы снова " * 6 + "пришли",
        "Субтитры, " * 10 + "субтитры",
        "ла" * 200,
        "а б в г д е " * 5,
    ],
)
def test_what_repeats_itself_is_invented(text: str):
    assert judged(heard(text), duration_ms=28_000) == "it repeats itself"


@pytest.mark.parametrize(
    "text",
    [
        "слово " * 9,  # people do
        "а б в г д е ё " * 5,  # seven words that repeat are a song's
        "да да да да да да да да да да а потом мы все вместе пошли домой и больше не вернулись",
    ],
)
def test_some_repetition_is_kept(text: str):
    assert judged(heard(text), Thresholds(compression=9), duration_ms=28_000) == ""


@pytest.mark.parametrize(
    ("said", "around", "expected"),
    [
        (heard("Привет", no_speech=0.9), {}, ""),
        (heard("Привет", log_probability=DOUBTFUL), {}, ""),
        (heard("Привет", log_probability=DOUBTFUL, no_speech=0.9), {}, "nobody seems to speak"),
        (
            heard("мы рады видеть вас в нашей студии"),
            {"duration_ms": 600},
            "nobody speaks that fast",
        ),
        (heard("мы рады видеть вас в нашей студии"), {"duration_ms": 700}, ""),
        (heard("мы рады вас тут видеть"), {"duration_ms": 1}, ""),  # few words, rough times
        (heard("доброе утро товарищи"), {"language": "es"}, "it is written in another script"),
        (heard("good morning comrades"), {}, "it is written in another script"),
        (heard("good morning"), {}, ""),  # 11 letters may be a name
        (heard("Hugo Chávez и Нестор Киршнер"), {}, ""),
        (
            heard("до свидания", log_probability=HALF),
            {"sound": Sound.MUSIC},
            "doubtful words over music",
        ),
        (heard("до свидания", no_speech=0.4), {"sound": Sound.MUSIC}, "doubtful words over music"),
        (heard("до свидания"), {"sound": Sound.MUSIC}, ""),
        (heard("до свидания", log_probability=HALF), {}, ""),
        (heard("до свидания", log_probability=HALF), {"is_quiet": True}, "too quiet to be sure"),
        (heard("до свидания"), {"is_quiet": True}, ""),
        (heard("Продолжение следует..."), {}, ""),
        (heard("Продолжение следует...", no_speech=0.4), {}, "a phrase that recognisers invent"),
        (heard("Продолжение следует..."), {"is_quiet": True}, "a phrase that recognisers invent"),
        (heard("Продолжение следует"), {"sound": Sound.MUSIC}, "a phrase that recognisers invent"),
        (
            heard("you", log_probability=HALF),
            {"language": "en"},
            "a phrase that recognisers invent",
        ),
    ],
)
def test_each_doubt_needs_its_evidence(said: Heard, around: dict, expected: str):
    assert judged(said, **around) == expected


def test_the_card_s_thresholds_hold():
    said = heard("Привет", log_probability=-0.6, no_speech=0.5)
    assert judged(said, Thresholds(no_speech=0.3, log_probability=-0.5))
    assert not judged(said)


@given(
    st.builds(Heard, text=st.text(), log_probability=st.floats(-9, 0), no_speech=st.floats(0, 1)),
    st.integers(1, 30_000),
    st.sampled_from(["ru", "es", "en", "zh", "sr"]),
    st.sampled_from(Sound),
    st.booleans(),
)
def test_any_text_can_be_judged(said, duration_ms, language, sound, is_quiet):
    around = {"language": language, "duration_ms": duration_ms, "sound": sound}
    assert isinstance(judged(said, is_quiet=is_quiet, **around), str)


def words(text: str) -> Heard:
    """Each of half a second."""
    return Heard(
        text=text,
        words=tuple(
            Word(start_ms=500 * at, end_ms=500 * at + 400, text=word)
            for at, word in enumerate(text.split())
        ),
    )


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("мы ждём вас good morning dear friends до встречи", "ru", (1_500, 3_400)),
        ("мы ждём вас good morning 25 friends до встречи", "ru", (1_500, 3_400)),  # digits too
        ("смотрите Fox News каждый день", "ru", None),  # a name
        ("one и two и three", "ru", None),
        ("buenos días привет вам всем", "es", (1_000, 2_400)),
        ("a b c да d e f g", "ru", (2_000, 3_900)),  # the longest
        ("buenos días dear good friends", "es", None),  # no script tells them apart
        ("", "ru", None),
    ],
)
def test_a_row_of_words_in_another_script_is_found(text, language, expected):
    assert foreign_run(words(text), language) == expected


@pytest.mark.parametrize(
    ("text", "speech", "expected"),
    [
        ("а б в", [(0, 1_500)], []),
        ("а б в", [(0, 1_500), (1_500, 4_000)], [1_500, 4_000]),
        ("а б в", [(0, 1_500), (1_500, 2_300)], []),  # a breath
        ("а б в", [(0, 4_000)], []),  # enough of it are words
        ("а б", [(0, 4_400)], [0, 4_400]),
        ("", [(0, 4_000)], []),  # no words at all say something else
        ("а", [], []),
    ],
)
def test_speech_without_words_is_found(text, speech, expected):
    assert unheard(words(text), speech) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Субтитры сделал DimaTorzok", "ru", True),
        ("Субтитры создавал DimaTorzok", "es", True),  # in whatever language it comes
        ("Редактор субтитров А.Семкин Корректор А.Егорова", "ru", True),
        ("ПРОДОЛЖЕНИЕ СЛЕДУЕТ…", "ru", True),
        ("Ставьте лайки и подписывайтесь на наш канал!", "ru", True),
        ("До новых встреч!", "ru", True),
        ("До встречи в следующем видео.", "ru", True),
        ("¡Gracias por ver el video!", "es", True),
        ("Subtítulos realizados por la comunidad de Amara.org", "es", True),
        ("Thanks for watching!", "en", True),
        ("Don't forget to like and subscribe.", "en", True),
        ("You", "en-GB", True),
        ("Thank you.", "en", False),
        ("До встречи в Москве.", "ru", False),
        ("Он сказал: продолжение следует", "ru", False),
        ("Gracias a todos por venir", "es", False),
        ("What do you think?", "en", False),
        ("", "ru", False),
    ],
)
def test_a_phantom_is_a_whole_phrase(text, language, expected):
    assert is_phantom(text, language) is expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Спасибо за внимание, уважаемые друзья, а сейчас слово предоставляется гостю.", "ru"),
        ("Подписывайтесь на наш канал, друзья, чтобы не пропустить новости из Боливии.", "ru"),
        ("Thank you for listening to our speaker, and now the floor is yours.", "en"),
        ("Gracias por ver este acto con nosotros desde La Paz.", "es"),
    ],
)
def test_what_only_begins_like_a_phantom_is_none(text: str, language: str):
    assert not is_phantom(text, language)


@pytest.mark.parametrize(
    ("text", "language", "is_kept"),
    [
        ("В", "ru", False),
        ("в...", "ru", False),
        ("The", "en", False),
        ("de", "es", False),
        ("Да", "ru", True),
        ("в Казани", "ru", True),
        ("No", "es", True),
        ("a", "ru", True),  # a letter, in Russian
    ],
)
def test_a_preposition_alone_is_nobodys_word(text, language, is_kept):
    assert (not judged(heard(text), language=language)) is is_kept


def packed(*texts: str, span_ms: int) -> Heard:
    """Words that share a stretch of time evenly."""
    each = span_ms // len(texts)
    words = tuple(
        Word(start_ms=at * each, end_ms=(at + 1) * each, text=text) for at, text in enumerate(texts)
    )
    return Heard(text=" ".join(texts), words=words, log_probability=-0.04)


@pytest.mark.parametrize(
    ("texts", "span_ms", "duration_ms", "is_kept"),
    [
        (("в", "эфире!"), 174, 470, False),  # seen: with p 0.97, where a chord of music sounded
        (("в", "эфире!"), 400, 470, True),
        (("Да,", "да."), 160, 470, True),
        (("Спасибо!",), 160, 470, True),  # one word alone has rough times
        (("в", "эфире!"), 174, 3_000, True),  # in longer speech they may have been put together
    ],
)
def test_words_that_no_mouth_can_say_in_their_time_are_invented(
    texts, span_ms, duration_ms, is_kept
):
    found = judged(packed(*texts, span_ms=span_ms), duration_ms=duration_ms)
    assert found == ("" if is_kept else "nobody speaks that fast")


def test_only_the_last_words_are_crammed():
    """Seen at the end of a chunk: the decoder goes on, each of its words in the least time."""
    said = [(0, 594, "winter"), *((640 + 20 * at, 660 + 20 * at, "very") for at in range(5))]
    words = [Word(start_ms=start, end_ms=end, text=text) for start, end, text in said]
    assert crammed(words, 9_000) == 5
    assert crammed(words[:2], 9_000) == 0
    assert crammed([], 9_000) == 0
