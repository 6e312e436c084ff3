"""What the tracks show of an interpreted conversation, and that no cue crosses a turn."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.payloads import Hypothesis, Segments, Transcript, TranslatedSentence, Translation
from pipeline.core.timeline import Item, Phrase, Turn, Word
from pipeline.core.turns import TurnTable
from pipeline.emit.interpreted import Interpreted
from pipeline.emit.tracks import Programme
from pipeline.measure.reference import as_transcript, parse_words
from pipeline.segment import turns as speaker_turns
from pipeline.segment.interpreters import tagged
from pipeline.subtitles import profile
from pipeline.subtitles.layout import lay_out
from pipeline.translate.core import from_words
from pipeline.translate.drafts import Known, Route
from tests.unit.test_tracks import phrase, words

CHOICES = ("both", "original", "interpreter")


class Scene:
    """Turns of (who, language, start and end in seconds, text, its English), and their tags."""

    def __init__(self, *turns, tags: dict[int, int], over: tuple[int, ...] = ()):
        self.turns = tuple(
            Turn(
                start_ms=start * 1_000,
                end_ms=end * 1_000,
                speaker=who,
                interprets=tags.get(index, -1),
                is_over=index in over,
            )
            for index, (who, _, start, end, *_) in enumerate(turns)
        )
        spoken = [
            (language, text, english, start * 1_000, end * 1_000)
            for _, language, start, end, text, english in turns
        ]
        lines = tuple(phrase(text, s, e, language) for language, text, _, s, e in spoken)
        self.transcript = Transcript(duration_ms=lines[-1].end_ms, lines=lines)
        self.translation = Translation(
            target="en",
            sentences=tuple(
                TranslatedSentence(
                    start_ms=s,
                    end_ms=e,
                    language=language,
                    source=text,
                    words=words(text, s, e),
                    hypotheses=(Hypothesis(text=english, score=0, words=words(english, s, e)),)
                    if english
                    else (),
                )
                for language, text, english, s, e in spoken
            ),
        )

    def programme(self, choice: str) -> Programme:
        items = (Item(start_ms=0, end_ms=self.transcript.duration_ms),)
        return Programme(self.transcript, Segments(turns=self.turns, items=items), choice)

    def orig(self, choice: str = "both") -> list[str]:
        return shown(self.programme(choice).as_spoken())

    def en(self, choice: str = "both") -> list[str]:
        return shown(self.programme(choice).translated(self.translation))

    def both(self, choice: str = "both") -> list[str]:
        return shown(self.programme(choice).in_two_languages(self.translation, "ru"))


def shown(script) -> list[str]:
    found = []
    for each in script.stretches:
        above = " ".join(word.text for word in each.words)
        beneath = " ".join(word.text for part in each.parts for word in part.beneath)
        found.append(f"{above} / {beneath}" if beneath else above)
    return found


SPANISH_GUEST = Scene(
    ("host", "ru", 0, 2, "Вопрос?", "Question?"),
    ("interpreter", "es", 3, 5, "¿Pregunta?", ""),
    ("guest", "es", 6, 8, "Respuesta.", ""),
    ("interpreter", "ru", 9, 11, "Ответ.", "Answer."),
    tags={1: 0, 3: 2},
)
ENGLISH_GUEST = Scene(
    ("host", "ru", 0, 2, "Вопрос?", "Question?"),
    ("interpreter", "en", 3, 5, "A question?", ""),
    ("guest", "en", 6, 8, "An answer.", ""),
    ("interpreter", "ru", 9, 11, "Ответ.", "Reply."),
    tags={1: 0, 3: 2},
)


def test_a_viewer_reads_the_guest_while_the_guest_speaks_and_then_the_interpreter():
    assert SPANISH_GUEST.orig() == ["Вопрос?", "¿Pregunta?", "Respuesta.", "Ответ."]
    assert SPANISH_GUEST.en() == ["Question?", "¿Pregunta?", "Respuesta.", "Answer."]


def test_what_was_spoken_in_the_tracks_language_is_never_shown_as_a_translation_back():
    assert ENGLISH_GUEST.orig() == ["Вопрос?", "A question?", "An answer.", "Ответ."]
    assert ENGLISH_GUEST.en() == ["A question?", "An answer."]


def test_two_languages_at_once_have_no_translation_back_beneath():
    assert ENGLISH_GUEST.both() == ["Вопрос?", "A question?", "An answer.", "Ответ."]
    assert SPANISH_GUEST.both() == [
        "Вопрос? / Question?",
        "¿Pregunta?",
        "Respuesta.",
        "Ответ. / Answer.",
    ]


def test_only_the_original_or_only_the_interpreter_may_be_asked_for():
    for scene, question, answer in [
        (SPANISH_GUEST, "¿Pregunta?", "Respuesta."),
        (ENGLISH_GUEST, "A question?", "An answer."),
    ]:
        assert scene.orig("original") == ["Вопрос?", answer]
        assert scene.en("original") == ["Question?", answer]
        assert scene.both("original") == ["Вопрос? / Question?", answer]
        assert scene.orig("interpreter") == [question, "Ответ."]
    assert SPANISH_GUEST.en("interpreter") == ["¿Pregunta?", "Answer."]
    assert ENGLISH_GUEST.en("interpreter") == ["A question?", "Reply."]
    assert ENGLISH_GUEST.both("interpreter") == ["A question?", "Ответ. / Reply."]


def test_where_both_would_be_translated_the_original_is_shown():
    scene = Scene(
        ("guest", "es", 0, 2, "Respuesta.", "Answer."),
        ("interpreter", "ru", 3, 5, "Ответ.", "Reply."),
        tags={1: 0},
    )
    assert scene.en() == ["Answer."]
    assert scene.orig() == ["Respuesta.", "Ответ."]


def test_an_interpretation_that_is_not_translated_stands_as_spoken():
    scene = Scene(
        ("guest", "en", 0, 2, "An answer.", ""),
        ("interpreter", "ru", 3, 5, "Ответ.", ""),
        tags={1: 0},
    )
    assert scene.en() == ["An answer.", "Ответ."]


@pytest.mark.parametrize("choice", CHOICES)
def test_of_a_voice_over_only_the_interpreter_is_shown(choice: str):
    scene = Scene(
        ("guest", "en", 0, 10, "An answer", ""),
        ("interpreter", "ru", 3, 11, "Наш ответ", "Our answer"),
        tags={1: 0},
        over=(1,),
    )
    assert scene.orig(choice) == ["Наш ответ"]
    assert scene.en(choice) == ["Our answer"]
    assert scene.both(choice) == ["Наш ответ / Our answer"]


def test_words_of_the_guest_beneath_the_interpreter_are_not_shown():
    scene = Scene(
        ("guest", "es", 0, 10, "Una buena respuesta", ""),
        ("interpreter", "ru", 2, 11, "Наш большой ответ", "Our answer"),
        ("guest", "es", 12, 13, "Gracias.", ""),
        tags={1: 0},
        over=(1,),
    )  # two of its words are heard while the interpreter speaks
    assert scene.orig() == ["Наш большой ответ", "Gracias."]
    assert scene.en() == ["Our answer", "Gracias."]


def test_what_led_up_to_the_turn_that_is_named_was_interpreted_too():
    scene = Scene(
        ("guest", "es", 0, 2, "Hola.", ""),
        ("host", "ru", 2, 3, "Да.", "Yes."),
        ("guest", "es", 4, 6, "Uno.", ""),
        ("guest", "es", 7, 9, "Dos.", ""),
        ("interpreter", "ru", 10, 13, "Раз, два.", "One, two."),
        tags={4: 3},
    )
    assert scene.orig("interpreter") == ["Hola.", "Да.", "Раз, два."]
    assert scene.orig("original") == ["Hola.", "Да.", "Uno.", "Dos."]
    long = Scene(
        ("guest", "es", 0, 20, "Hola.", ""),
        ("guest", "es", 21, 23, "Uno.", ""),
        ("interpreter", "ru", 24, 26, "Раз.", "One."),
        tags={2: 1},
    )
    assert long.orig("interpreter") == ["Hola.", "Раз."]


def test_the_interview_of_the_sample_broadcast_as_asked_for():
    data = (Path(__file__).parents[2] / "samples" / "broadcast.words.json").read_bytes()
    transcript, segments = as_transcript(parse_words(data, "words"))
    turns = tagged(
        segments.turns,
        transcript.phrases,
        interpreters=["interpreter"],
        interpreter_voices=[],
        items=segments.items,
    )
    guest, host, for_us, for_guest = "Nací", "истории.", "родился", "Háblenos,"
    for choice, expected in {
        "both": {guest, host, for_us, for_guest},
        "original": {guest, host},
        "interpreter": {for_us, for_guest},
    }.items():
        script = Programme(transcript, Segments(turns=turns, items=()), choice).as_spoken()
        spoken = {word.text for stretch in script.stretches for word in stretch.words}
        assert spoken & {guest, host, for_us, for_guest} == expected
        assert {"Здравствуйте,", "Hello,"} <= spoken  # nobody interprets those


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("tags", [{0: 1, 1: 0}, {0: 0}, {0: 9}, {1: -7}])
def test_tags_that_cannot_be_leave_nothing_out(choice: str, tags: dict[int, int]):
    scene = Scene(
        ("a", "ru", 0, 2, "Раз.", "One."), ("b", "en", 3, 5, "One.", ""), tags=tags, over=(0,)
    )
    assert scene.orig(choice) == ["Раз.", "One."]
    assert scene.en(choice) == ["One.", "One."]


def test_a_pair_of_which_both_sides_are_partly_translated_is_shown_once():
    """Seen: who gives it speaks mostly the track's language, and a sentence of theirs does not."""
    turns = [Turn(start_ms=0, end_ms=2_000), Turn(start_ms=2_000, end_ms=4_000, interprets=0)]
    assert Interpreted(turns, ["ru", "en"], "both").left_out("en", {0, 1}) == {0}


@pytest.mark.parametrize("choice", CHOICES)
@given(data=st.data())
def test_one_side_of_each_pair_is_always_shown(choice: str, data: st.DataObject):
    count = data.draw(st.integers(0, 8))
    turns = [
        Turn(
            start_ms=at * 1_000,
            end_ms=at * 1_000 + data.draw(st.integers(1, 3_000)),
            interprets=data.draw(st.integers(-3, count)),
            is_over=data.draw(st.booleans()),
        )
        for at in range(count)
    ]
    heard = [data.draw(st.sampled_from(["ru", "en", "es", ""])) for _ in turns]
    translated = data.draw(st.sets(st.integers(0, 8)))
    out = Interpreted(turns, heard, choice).left_out("en", translated)
    tagged = {i for i, turn in enumerate(turns) if turn.interprets != -1}
    for source in {turns[index].interprets for index in out & tagged}:
        same = {source, *(i for i in tagged if turns[i].interprets == source)}
        assert not same <= out  # one who gives it in a third language is enough
    givers = {t.interprets for i, t in enumerate(turns) if t.interprets != -1 and i not in out}
    if choice != "interpreter":
        assert out <= tagged | givers


# ---------------------------------------------------------------- borders


def test_a_sentence_belongs_to_the_turn_of_its_words_whoever_is_heard_in_its_middle():
    turns = (
        Turn(start_ms=0, end_ms=9_000, speaker="Anna"),
        Turn(start_ms=4_400, end_ms=4_700, speaker="Juan"),
    )
    said = (
        Word(start_ms=3_900, end_ms=4_200, text="раз"),
        Word(start_ms=4_800, end_ms=5_200, text="два"),
    )
    line = Phrase(start_ms=3_900, end_ms=5_200, language="ru", words=said)
    transcript = Transcript(duration_ms=9_000, lines=(line,))
    programme = Programme(transcript, Segments(turns=turns, items=()))
    done = echoed(transcript, turns)
    assert [stretch.speaker for stretch in programme.translated(done).stretches] == ["Anna"]


class Echo:
    """An engine that says the same again in capitals."""

    identity = setting = "echo"

    def tokens(self, text: str) -> int:
        return len(text)

    def translate(self, texts, *, beginnings=None):
        return [[(text.upper(), 0.0)] for text in texts]


def echoed(transcript: Transcript, turns):
    """Its translation by that engine."""
    routes = {"ru": Route(engine=Echo())}
    return from_words(transcript.phrases, turns, routes, "en", Known(), lambda _: None)


@st.composite
def talks(draw: st.DrawFn) -> tuple[Transcript, Segments]:
    """Words that tell their own number, turns that overlap inside items, tags or none."""
    cuts = sorted(draw(st.sets(st.integers(1, 119), max_size=3)))
    items = [Item(start_ms=a * 1_000, end_ms=b * 1_000) for a, b in pairwise([0, *cuts, 120])]
    turns = []
    for item in items:
        for _ in range(draw(st.integers(0, 4))):
            edges = st.integers(item.start_ms, item.end_ms)
            start, end = sorted(draw(st.lists(edges, min_size=2, max_size=2, unique=True)))
            turns.append(Turn(start_ms=start, end_ms=end))
        turns.append(Turn(start_ms=item.start_ms, end_ms=item.end_ms))
    turns.sort(key=lambda turn: turn.start_ms)
    times = sorted(draw(st.sets(st.integers(0, 120_000), min_size=2, max_size=60)))
    spoken = [
        Word(start_ms=a, end_ms=b, text=f"w{index}{draw(st.sampled_from(['', '.', ',']))}")
        for index, (a, b) in enumerate(pairwise(times))
    ]
    lines = []
    while spoken:
        count = draw(st.integers(1, 9))
        some, spoken = tuple(spoken[:count]), spoken[count:]
        language = draw(st.sampled_from(["ru", "es"]))
        span = {"start_ms": some[0].start_ms, "end_ms": some[-1].end_ms}
        lines.append(Phrase(**span, language=language, words=some))
    transcript = Transcript(duration_ms=120_000, lines=tuple(lines))
    return transcript, Segments(turns=tuple(turns), items=tuple(items))


@settings(max_examples=60, deadline=None)
@given(talks())
def test_no_cue_crosses_a_turn_or_an_item_even_where_turns_overlap(
    talk: tuple[Transcript, Segments],
):
    transcript, segments = talk
    table = TurnTable(segments.turns)
    places = {}
    for each in transcript.phrases:
        for word in each.words:
            middle_ms = (word.start_ms + word.end_ms) // 2
            turn = table.at(middle_ms)
            inside = [i for i, item in enumerate(segments.items) if middle_ms < item.end_ms]
            places[number(word.text)] = (turn, min(inside, default=-1))
    programme = Programme(transcript, segments)
    done = echoed(transcript, segments.turns)
    for script in (
        programme.as_spoken(),
        programme.translated(done),
        programme.in_two_languages(done, "ru"),
    ):
        seen = []
        laid = lay_out(script.stretches, profile.load("default"), until_ms=120_000)
        for cues, item in zip(laid, script.items, strict=True):
            for cue in cues:
                numbers = {number(text) for line in cue.lines for text in line.split()}
                assert len({places[each] for each in numbers}) == 1
                assert {places[each][1] for each in numbers} == {item}
                seen += sorted(numbers)
        assert sorted(seen) == sorted(places)


def number(text: str) -> int:
    return int("".join(filter(str.isdigit, text)))


def test_of_a_voice_over_as_it_is_heard_only_the_interpreter_is_shown():
    """From the one stream of words that a recogniser gives to what the tracks leave out."""
    lines = (
        phrase("Yo nací en la ciudad", 0, 3_000, "es"),
        phrase(
            "Я родился в городе, где не было ни одной школы, и учился дома", 3_400, 20_000, "ru"
        ),
    )
    voices = [number for number, line in enumerate(lines, start=1) for _ in line.words]
    items = (Item(start_ms=0, end_ms=20_000, speakers=("Juan", "Olga")),)
    turns = speaker_turns.turns(lines, items, pause_ms=1_500, voices=voices)
    found = tagged(turns, lines, interpreters=["Olga"], interpreter_voices=[], items=items)
    transcript = Transcript(duration_ms=20_000, lines=lines)
    for choice in CHOICES:
        programme = Programme(transcript, Segments(turns=found, items=items), choice)
        shown = [word.text for part in programme.as_spoken().stretches for word in part.words]
        assert shown[0] == "Я"
        assert len(shown) == len(lines[1].words)
