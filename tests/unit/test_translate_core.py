"""The core of translate: what goes through the engine, what stays, and what is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import EngineError
from pipeline.core.timeline import Phrase, Turn, Word
from pipeline.engines.argos import Argos
from pipeline.engines.weights import Weights
from pipeline.programme import terms
from pipeline.programme.glossary import Term
from pipeline.programme.memory import Memory, Pair
from pipeline.programme.roster import Gender, Person, Role
from pipeline.translate.core import from_words, translate
from pipeline.translate.drafts import Known, Route
from pipeline.translate.sentences import Sentence
from tests import packages
from tests.strategies import TAGS, words

NICARAGUA = Term(source="Никарагуа", target="Nicaragua", forbidden=("Nikaragua",))


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    folder = packages.build(tmp_path_factory.mktemp("core") / "ru_en")
    return Argos(Weights(folder, ""), device="cpu")


def said(text: str, language: str = "ru", start_ms: int = 0, **more) -> Sentence:
    spoken = tuple(
        Word(start_ms=start_ms + 300 * at, end_ms=start_ms + 300 * at + 250, text=token)
        for at, token in enumerate(text.split())
    )
    return Sentence(language, spoken, **more)


class Told:
    """An engine that gives what the test says; the protocol is all that the core knows of one."""

    identity = setting = "told"

    def __init__(self, answers: dict[str, list[str]] | None = None, fails_on: str = "") -> None:
        self.answers = answers or {}
        self.fails_on = fails_on
        self.asked: list[str] = []

    def tokens(self, sentence: str) -> int:
        return len(sentence.split())

    def translate(self, sentences, *, beginnings=None):
        self.asked += sentences
        if self.fails_on and all(each.startswith(self.fails_on) for each in sentences):
            raise EngineError("out of words")
        return [
            [(text, -0.1 * at) for at, text in enumerate(self.answers.get(each, []))]
            for each in sentences
        ]


def nobody(_ms: int) -> None:
    """Progress is of no interest."""


def made_of(sentences, engine, *, source: str = "ru", terms=(), memory=None, people=()):
    known = Known(terms=tuple(terms), memory=memory, people=tuple(people))
    return translate(sentences, {source: Route(engine=engine)}, "en", known, nobody)


def test_other_languages_stay_as_they_were_said(engine):
    given_sentences = [said("¡Hola a todos!", "es"), said("Hello all.", "en")]
    for made, given_one in zip(made_of(given_sentences, engine), given_sentences, strict=True):
        assert (made.hypotheses, made.flags) == ((), ())
        assert made.words == given_one.words


def test_russian_gets_hypotheses_whose_words_are_on_the_clock(engine):
    (made,) = made_of([said("Мы начинаем марафон.")], engine)
    assert made.source == "Мы начинаем марафон."
    for hypothesis in made.hypotheses:
        assert " ".join(word.text for word in hypothesis.words) == " ".join(hypothesis.text.split())
        assert made.start_ms <= hypothesis.words[0].start_ms
        assert hypothesis.words[-1].end_ms <= made.end_ms


def test_latin_letters_that_claim_to_be_russian_stay_and_are_told():
    (made,) = made_of([said("Hola a todos")], Told())
    assert (made.hypotheses, made.flags) == ((), ("wrong_script",))


def test_text_of_another_language_in_the_same_script_stays_and_is_told():
    engine = Told()
    sentences = [said("We are here to listen to you.", "es"), said("Sí.", "es"), said("Hi.", "en")]
    made = made_of(sentences, engine, source="es")
    assert [each.flags for each in made] == [("wrong_language:en",), ("untranslated",), ()]
    assert engine.asked == ["Sí."]


def test_quoted_foreign_words_go_with_their_sentence():
    text = "Он сказал: «Hasta la victoria siempre», и ушёл."
    engine = Told({text: ["He said “Hasta la victoria siempre” and left."]})
    (made,) = made_of([said(text)], engine)
    assert made.hypotheses[0].text == "He said “Hasta la victoria siempre” and left."


@pytest.mark.parametrize("text", ["2019 …", "…", "?!", "🎉 🎉", "12:30", "\u200f\u2067"])
def test_what_has_no_letters_stays_and_is_no_doubt(text):
    engine = Told()
    (made,) = made_of([said(text)], engine)
    assert (made.hypotheses, made.flags) == ((), ())
    assert engine.asked == []


def test_what_the_engine_cannot_take_stays_and_is_told():
    (made,) = made_of([said("Привет.")], Told())
    assert (made.hypotheses, made.flags) == ((), ("untranslated",))
    assert [word.text for word in made.words] == ["Привет."]
    (made,) = made_of([said("Привет, Никарагуа.")], Told(), terms=[NICARAGUA])
    assert made.flags == ("untranslated", "term_missing:Никарагуа=Nicaragua")


def test_an_engine_that_fails_on_the_last_sentences_has_not_given_up():
    usual = [said(f"Слово {at}.", start_ms=9_000 * at) for at in range(256)]
    engine = Told({each.text: ["Word."] for each in usual}, fails_on="Беда")
    made = made_of([*usual, said("Беда.", start_ms=9_000_000)], engine)
    assert made[-1].flags == ("untranslated",)
    with pytest.raises(EngineError):
        made_of([said("Беда.")], engine)
    many = [said(f"Беда {at}.", start_ms=9_000_000 + at) for at in range(9)]
    with pytest.raises(EngineError):
        made_of([*usual, *many], engine)


def test_equal_sentences_are_translated_once_and_come_out_equal():
    engine = Told({"Привет": ["Hello"]})
    again = [said("Привет"), said("Привет", start_ms=5_000)]
    first, second = made_of(again, engine)
    assert engine.asked == ["Привет"]
    assert first.hypotheses[0].text == second.hypotheses[0].text == "Hello"
    assert second.hypotheses[0].words[0].start_ms == 5_000


def test_marks_that_nobody_hears_make_no_other_sentence():
    engine = Told({"Привет": ["Hello"]})
    made_of([said("Привет"), said("\u200fПривет\u202c", start_ms=5_000)], engine)
    assert engine.asked == ["Привет"]


class TestInterrupted:
    def test_the_ellipsis_stands_for_what_was_not_said(self):
        engine = Told({"Мы ждали вас": ["We waited for you.", "We waited for you!", "We waited"]})
        (made,) = made_of([said("Мы ждали вас и в —", is_interrupted=True)], engine)
        assert engine.asked == ["Мы ждали вас"]
        texts = [hypothesis.text for hypothesis in made.hypotheses]
        assert texts == ["We waited for you…", "We waited for you!", "We waited…"]
        assert made.source == "Мы ждали вас и в —"
        assert [word.text for word in made.words] == "Мы ждали вас и в —".split()

    def test_what_dangles_alone_is_never_sent(self):
        engine = Told()
        (made,) = made_of([said("И в", is_interrupted=True)], engine)
        assert engine.asked == []
        assert made.hypotheses[0].text == "…"
        assert made.source == "И в"


class TestTerms:
    def test_a_missing_term_is_told(self):
        engine = Told({"Никарагуа": ["The country"]})
        (made,) = made_of([said("Никарагуа")], engine, terms=[NICARAGUA])
        assert "term_missing:Никарагуа=Nicaragua" in made.flags

    def test_a_misspelt_term_is_put_right(self):
        engine = Told({"Мы в Никарагуа.": ["We are in Nikaragua."]})
        (made,) = made_of([said("Мы в Никарагуа.")], engine, terms=[NICARAGUA])
        assert made.hypotheses[0].text == "We are in Nicaragua."
        assert made.flags == ()

    def test_a_hypothesis_with_the_term_comes_first_and_no_worse_one_is_kept(self):
        answers = ["We are in the land.", "We are in Nicaragua.", "We are there, in Nicaragua."]
        engine = Told({"Мы в Никарагуа.": answers})
        (made,) = made_of([said("Мы в Никарагуа.")], engine, terms=[NICARAGUA])
        assert [hypothesis.text for hypothesis in made.hypotheses] == answers[1:]
        assert made.flags == ()

    @given(
        st.lists(st.sampled_from("Мы в Никарагуа Марии Москве Москва и".split()), min_size=1),
        st.lists(
            st.lists(st.sampled_from("We Maria Nikaragua Nicaragua Moscow Mosco in".split()))
            .map(" ".join)
            .filter(bool),
            max_size=4,
            unique=True,
        ),
        st.booleans(),
    )
    def test_every_term_that_was_said_is_in_what_is_shown_or_is_told(self, source, texts, broken):
        glossary = [
            NICARAGUA,
            Term(source="Мария", target="María", type="person", gender="f"),
            Term(source="Москва", target="Moscow"),
        ]
        sentence = said(" ".join(source), is_interrupted=broken)
        (made,) = made_of([sentence], Told({sentence.meant: texts}), terms=glossary)
        hits = terms.occurrences(made.source, terms.finders(glossary, "ru"))
        for hypothesis in made.hypotheses:
            for term in terms.missing(hypothesis.text, terms.wanted(hits)):
                assert terms.flag(term) in made.flags
        if not made.hypotheses:
            assert {terms.flag(hit.term) for hit in hits} <= set(made.flags) | {""}


class TestMemory:
    RECALLED = Pair("ru", "en", "Привет.", "Hi there!", "Раз.", "Два.")

    def test_between_the_same_neighbours_a_person_is_not_asked_twice(self):
        sentences = [said("Раз."), said("Привет.", start_ms=3_000), said("Два.", start_ms=6_000)]
        engine = Told({"Раз.": ["One."], "Два.": ["Two."], "Привет.": ["Hello."]})
        made = made_of(sentences, engine, memory=Memory([self.RECALLED]))
        assert engine.asked == ["Раз.", "Два."]
        assert [each.is_recalled for each in made] == [False, True, False]
        assert (made[1].hypotheses[0].text, made[1].confidence) == ("Hi there!", 1.0)
        assert made[1].suggestions == ()

    def test_elsewhere_it_is_shown_and_never_put_in(self):
        engine = Told({"Привет.": ["Hello."]})
        (made,) = made_of([said("Привет.")], engine, memory=Memory([self.RECALLED]))
        assert (made.hypotheses[0].text, made.is_recalled) == ("Hello.", False)
        assert [(each.text, each.likeness) for each in made.suggestions] == [("Hi there!", 1.0)]

    def test_what_a_person_wrote_is_told_where_a_term_is_missing_and_stays(self):
        pair = Pair("ru", "en", "Никарагуа.", "That land.")
        (made,) = made_of([said("Никарагуа.")], Told(), memory=Memory([pair]), terms=[NICARAGUA])
        assert made.hypotheses[0].text == "That land."
        assert made.flags == ("term_missing:Никарагуа=Nicaragua",)


def test_one_name_has_one_form_in_all_sentences():
    names = {"Там был Бахман один.": "Bachmann", "Тут был Бахман сам.": "Bachmann"}
    answers = {text: [f"There was {name} alone."] for text, name in names.items()}
    answers["Где же Бахман теперь?"] = ["Where is Bahman now?"]
    sentences = [said(text, start_ms=9_000 * at) for at, text in enumerate(answers)]
    made = made_of(sentences, Told(answers))
    assert made[2].hypotheses[0].text == "Where is Bachmann now?"
    assert "made_consistent:Bahman=Bachmann" in made[2].flags


def test_a_name_is_made_consistent_in_the_text_that_is_shown():
    names = {"Там был Бахман один.": "Bachmann", "Тут был Бахман сам.": "Bachmann"}
    answers = {text: [f"There was {name} alone."] for text, name in names.items()}
    answers["Где же Бахман теперь?"] = ["Where is Bahman теперь?", "Where is Bahman now?"]
    sentences = [said(text, start_ms=9_000 * at) for at, text in enumerate(answers)]
    made = made_of(sentences, Told(answers))
    assert [each.text for each in made[2].hypotheses] == ["Where is Bachmann now?"]
    assert made[2].flags[0] == "made_consistent:Bahman=Bachmann"


def test_a_pronoun_that_is_not_the_persons_is_told():
    anna = Person(name="Anna Petrova", gender=Gender.FEMININE, written={"ru": "Анна Петрова"})
    text = "Анна Петрова закончила работу."
    engine = Told({text: ["Anna Petrova finished his work."]})
    (made,) = made_of([said(text)], engine, people=[anna])
    assert "pronoun_check:Anna Petrova" in made.flags
    own = said("Я сказал правду.", speaker="Anna Petrova", start_ms=9_000)
    (made,) = made_of([own], Told({own.text: ["I told the truth."]}), people=[anna])
    assert "gender_check:Anna Petrova" in made.flags


def test_turns_say_who_speaks():
    anna = Person(name="Anna", gender=Gender.FEMININE)
    sentence = said("Я сказал правду.")
    line = Phrase(
        start_ms=0, end_ms=sentence.end_ms, language="ru", words=sentence.words, languages={}
    )
    turn = Turn(start_ms=0, end_ms=9_000, speaker="Anna")
    routes = {"ru": Route(engine=Told({sentence.text: ["I told the truth."]}), via="xx")}
    made = from_words([line], (turn,), routes, "en", Known(people=(anna,)), nobody).sentences[0]
    assert "gender_check:Anna" in made.flags
    assert made.via == "xx"


def test_who_interprets_says_i_for_another():
    eva = Person(name="Eva", gender=Gender.FEMININE, role=Role.INTERPRETER)
    sentence = said("Я сказал правду.")
    engine = Told({sentence.text: ["I told the truth."]})
    (made,) = made_of([said("Я сказал правду.", speaker="Eva")], engine, people=[eva])
    assert made.flags == ()
    line = Phrase(start_ms=0, end_ms=sentence.end_ms, language="ru", words=sentence.words)
    turns = (
        Turn(start_ms=0, end_ms=9_000, speaker="Anna", interprets=1),
        Turn(start_ms=9_000, end_ms=9_900, speaker="Juan"),
    )
    people = (Person(name="Anna", gender=Gender.FEMININE),)
    known = Known(people=people)
    done = from_words([line], turns, {"ru": Route(engine=engine)}, "en", known, nobody)
    assert done.sentences[0].flags == ()


def test_a_lost_number_and_a_low_score_are_told():
    class Unsure(Told):
        def translate(self, sentences, *, beginnings=None):
            return [[("Some people came.", -5.0)] for _ in sentences]

    (made,) = made_of([said("Пришло 25 человек.")], Unsure())
    assert set(made.flags) == {"numbers:25", "low_confidence"}
    assert made.confidence < 0.5


def test_progress_is_told_in_the_time_of_the_recording():
    heard: list[int] = []
    sentences = [said(f"Слово номер {number}.", start_ms=1_000 * number) for number in range(600)]
    translate(sentences, {"ru": Route(engine=Told())}, "en", Known(), heard.append)
    assert heard == sorted(heard)
    assert len(heard) == 3
    assert heard[-1] == sentences[-1].end_ms


SENTENCES = st.lists(
    st.builds(Sentence, TAGS, words(), st.booleans(), st.sampled_from(["", "Анна"])), max_size=8
)


@given(SENTENCES)
def test_no_sentence_is_lost_and_each_is_translated_or_as_said_or_told(engine, sentences):
    made = made_of(sentences, engine)
    assert [(each.language, each.words) for each in made] == [
        (each.language, each.words) for each in sentences
    ]
    for each in made:
        assert each.hypotheses == () or each.language == "ru"
        has_letters = any(map(str.isalpha, each.source))
        assert each.hypotheses or each.flags or each.language != "ru" or not has_letters
        for hypothesis in each.hypotheses:
            shown = " ".join(word.text for word in hypothesis.words)
            assert shown == " ".join(hypothesis.text.split())
            times = [time for word in hypothesis.words for time in (word.start_ms, word.end_ms)]
            assert times == sorted(times)
            assert each.start_ms <= times[0]
            assert times[-1] <= each.end_ms


def test_progress_never_runs_backwards_with_two_languages():
    routes = {"ru": Route(engine=Told()), "es": Route(engine=Told())}
    given_sentences = [
        said(f"Фраза {at}." if at % 2 else f"Frase {at}.", "ru" if at % 2 else "es", 2_000 * at)
        for at in range(600)
    ]
    heard: list[int] = []
    translate(given_sentences, routes, "en", Known(), heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == given_sentences[-1].end_ms


@pytest.mark.parametrize(("probability", "flags"), [(0.4, ("near_miss:Казамь=Казань",)), (0.9, ())])
def test_a_word_hardly_understood_that_is_almost_a_name_is_told(probability, flags):
    words = [("Сегодня", 0.99), ("слушает", 0.99), ("Казамь.", probability)]
    sentence = Sentence(
        "ru",
        tuple(
            Word(start_ms=at * 500, end_ms=at * 500 + 400, text=text, probability=likely)
            for at, (text, likely) in enumerate(words)
        ),
    )
    engine = Told({sentence.meant: ["Kazan listens today."]})
    (made,) = made_of([sentence], engine, terms=[Term(source="Казань", target="Kazan")])
    assert tuple(flag for flag in made.flags if flag.startswith("near_miss")) == flags
