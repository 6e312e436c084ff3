"""Which turns give in another language what somebody else said."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.core.timeline import NO_TURN, Item, Phrase, Turn, Word
from pipeline.measure.reference import as_transcript, parse_words
from pipeline.programme import rundown
from pipeline.segment.interpreters import tagged

SAMPLES = Path(__file__).parents[2] / "samples"
GUEST, INTERPRETER, HOST = "Juan", "Olga", "Anna"


def word(start_ms: int, end_ms: int, text: str = "x") -> Word:
    return Word(start_ms=start_ms, end_ms=end_ms, text=text)


def said(*turns: tuple[str, str, float, float], voices: dict[str, int] | None = None, **known):
    """The tags of turns of (who, language, start, end in seconds): (what it interprets, is over).

    Who began last is heard best. Someone in `voices` has a number and no name. The one
    item names an interpreter if `named`.
    """
    voices = voices or {}
    values, phrases = [], []
    for who, language, start, end in turns:
        span = {"start_ms": int(start * 1_000), "end_ms": int(end * 1_000)}
        name = "" if who in voices else who
        values.append(Turn(**span, speaker=name, voice=voices.get(who, 0)))
        text = "да?" if known.get("asked") == len(phrases) else "x"
        spoken = tuple(
            word(at, at + 500, text)
            for at in range(*span.values(), 500)
            if not any(s * 1_000 <= at < e * 1_000 for _, _, s, e in turns[len(values) :])
        )
        phrases.append(Phrase(**span, language=language, words=spoken))
    people = (HOST, known.get("names", INTERPRETER)) if known.get("named") else (HOST,)
    found = tagged(
        values,
        phrases,
        interpreters=[known.get("names", INTERPRETER)],
        interpreter_voices=known.get("interpreter_voices", ()),
        items=[Item(start_ms=0, end_ms=10_000_000, speakers=people)],
    )
    assert [replace(turn, interprets=NO_TURN, is_over=False) for turn in found] == values
    return [(turn.interprets, turn.is_over) for turn in found]


def sources(*turns, **known) -> list[int]:
    return [source for source, _ in said(*turns, **known)]


CONVERSATION = (
    (INTERPRETER, "ru", 0, 2),  # speaks for herself: nobody said it before
    (GUEST, "es", 3, 9),
    (INTERPRETER, "ru", 10, 16),
    (HOST, "ru", 16, 18),
    (INTERPRETER, "es", 19, 21),  # the host's question, for the guest
    (GUEST, "es", 22, 30),
    (INTERPRETER, "ru", 31, 38),
    (HOST, "ru", 38, 40),
)
PAIRS = [-1, -1, 1, -1, 3, -1, 5, -1]


def test_an_interpreter_gives_what_was_just_said_to_both_sides():
    assert said(*CONVERSATION) == [(source, False) for source in PAIRS]


def test_a_voice_is_as_good_as_a_name():
    voices = {HOST: 1, INTERPRETER: 2, GUEST: 3}
    assert sources(*CONVERSATION, voices=voices, interpreter_voices=[2]) == PAIRS


@pytest.mark.parametrize(
    "voices",
    [
        {HOST: 1, INTERPRETER: 2, GUEST: 3},
        {HOST: 1, INTERPRETER: 2, GUEST: 1},  # two people taken for one
        {HOST: 0, INTERPRETER: 0, GUEST: 0},
    ],
)
def test_where_nobody_is_named_an_item_with_an_interpreter_tells_by_lengths(voices):
    assert sources(*CONVERSATION, voices=voices, named=True) == PAIRS
    assert sources(*CONVERSATION, voices=voices) == [-1] * 8


def test_names_are_compared_in_capitals_or_not():
    assert sources(*CONVERSATION[1:3], names="OLGA") == [-1, 0]


def test_somebody_who_is_named_and_no_interpreter_never_interprets():
    assert sources((GUEST, "es", 0, 5), (HOST, "ru", 6, 11), named=True) == [-1, -1]


def test_an_unnamed_answer_that_is_much_longer_or_much_later_is_none():
    voices = {"": 1}
    for spoken, expected in [((6, 16), 0), ((6, 17), -1), ((14, 19), 0), ((16, 21), -1)]:
        turns = ((GUEST, "es", 0, 5), ("", "ru", *spoken))
        assert sources(*turns, voices=voices, named=True)[1] == expected


def test_an_interpreter_may_be_much_shorter_but_not_much_later():
    turns = ((GUEST, "es", 0, 30), (INTERPRETER, "ru", 39, 42), (INTERPRETER, "es", 60, 62))
    assert sources(*turns) == [-1, 0, -1]


def test_one_language_is_no_interpretation():
    assert sources((GUEST, "es", 0, 5), (INTERPRETER, "es-MX", 6, 11)) == [-1, -1]


def run(who: str, language: str, start: float, *lengths: float):
    turns = []
    for length in lengths:
        turns.append((who, language, start, start + length))
        start += length + 1
    return turns


def test_as_many_turns_pair_up_in_order():
    turns = [*run(GUEST, "es", 0, 3, 4, 2), *run(INTERPRETER, "ru", 13, 2, 4, 3)]
    assert sources(*turns) == [-1, -1, -1, 0, 1, 2]


def test_fewer_turns_each_name_the_last_of_those_they_give():
    turns = [*run(GUEST, "es", 0, 3, 3, 3, 3), *run(INTERPRETER, "ru", 17, 6, 6)]
    assert sources(*turns) == [-1] * 4 + [1, 3]
    turns = [*run(GUEST, "es", 0, 3, 3, 3), *run(INTERPRETER, "ru", 13, 9)]
    assert sources(*turns) == [-1] * 3 + [2]


def test_more_turns_share_what_they_give():
    turns = [*run(GUEST, "es", 0, 6, 3), *run(INTERPRETER, "ru", 13, 3, 3, 3)]
    assert sources(*turns) == [-1, -1, 0, 0, 1]


def test_of_a_long_talk_only_the_end_is_interpreted():
    turns = [*run(HOST, "ru", 0, 40, 30, 5), *run(INTERPRETER, "es", 79, 5)]
    assert sources(*turns) == [-1, -1, -1, 2]


def test_a_word_of_the_host_between_does_not_part_an_interpretation():
    turns = (
        (GUEST, "es", 0, 10),
        (INTERPRETER, "ru", 11, 15),
        (HOST, "ru", 15, 16),
        (INTERPRETER, "ru", 16, 20),
    )
    assert sources(*turns) == [-1, 0, -1, 0]


def test_over_most_of_a_turn_is_voice_over_and_over_its_end_is_not():
    assert said((GUEST, "es", 0, 20), (INTERPRETER, "ru", 3, 21)) == [(-1, False), (0, True)]
    assert said((GUEST, "es", 0, 20), (INTERPRETER, "ru", 19, 38)) == [(-1, False), (0, False)]


def test_voice_over_in_pieces_counts_together():
    found = said((GUEST, "es", 0, 20), (INTERPRETER, "ru", 3, 9), (INTERPRETER, "ru", 11, 21))
    assert found == [(-1, False), (0, True), (0, True)]


def test_who_speaks_over_whom_is_told_by_the_interpreter_else_by_who_began_later():
    voices = {GUEST: 1, "other": 2}
    turns = ((GUEST, "es", 0, 20), ("other", "ru", 3, 21))
    assert said(*turns, voices=voices, named=True) == [(-1, False), (0, True)]
    assert said(*turns, voices=voices) == [(-1, False), (-1, False)]


COVERED = ((GUEST, "es", 0, 3), (INTERPRETER, "ru", 3.5, 20))  # words do not overlap as heard


def test_a_voice_over_of_which_only_the_beginning_is_heard_beneath():
    over = [(-1, False), (0, True)]
    told_apart = {GUEST: 3, INTERPRETER: 2}
    assert said(*COVERED) == over
    assert said(*COVERED, voices=told_apart, interpreter_voices=[2]) == over
    assert said(*COVERED, voices=told_apart, named=True) == over


@pytest.mark.parametrize("number", [0, 2])
def test_where_nobody_is_named_only_another_voice_speaks_over(number: int):
    voices = {GUEST: number, INTERPRETER: number}
    assert said(*COVERED, voices=voices, named=True) == [(-1, False)] * 2


@pytest.mark.parametrize(
    ("source", "interpretation"),
    [
        ((0, 3), (4, 20)),  # a pause
        ((0, 4.5), (5, 20)),  # long enough to be a sentence
        ((0, 3), (3.5, 9.5)),  # as long as the other language may need for it
    ],
)
def test_what_may_be_a_whole_sentence_and_its_interpretation_is_no_voice_over(
    source, interpretation
):
    turns = ((GUEST, "es", *source), (INTERPRETER, "ru", *interpretation))
    assert said(*turns) == [(-1, False), (0, False)]


def test_a_question_was_not_cut_off():
    assert said(*COVERED, asked=0) == [(-1, False), (0, False)]


def test_the_last_sentence_of_a_speech_was_not_cut_off():
    turns = ((GUEST, "es", 0, 15), (GUEST, "es", 17, 20), (INTERPRETER, "ru", 20.5, 37))
    assert said(*turns) == [(-1, False), (-1, False), (1, False)]


def test_a_voice_over_goes_on_after_a_pause_and_begins_again_with_the_guest():
    turns = (
        (GUEST, "es", 0, 3),
        (INTERPRETER, "ru", 3.5, 7),
        (INTERPRETER, "ru", 9, 30),
        (GUEST, "es", 30.5, 32),
        (INTERPRETER, "ru", 32.5, 50),
        (HOST, "ru", 50, 52),
    )
    assert said(*turns) == [
        *((-1, False), (0, True), (0, True)),
        *((-1, False), (3, True), (-1, False)),
    ]


def test_turns_without_words_interpret_nothing():
    turns = [Turn(start_ms=0, end_ms=9, speaker=GUEST), Turn(start_ms=9, end_ms=19, speaker="Olga")]
    found = tagged(turns, [], interpreters=["Olga"], interpreter_voices=[], items=[])
    assert found == tuple(turns)
    assert tagged([], [], interpreters=["Olga"], interpreter_voices=[1], items=[]) == ()


APART = {"host": 1, "interpreter": 2, "painter": 3, "caller": 4, "director": 5}


@pytest.mark.parametrize("how", ["names", "voices", "two voices for five", "nothing"])
def test_the_interview_of_the_sample_broadcast(how: str):
    transcript, segments = as_transcript(
        parse_words((SAMPLES / "broadcast.words.json").read_bytes(), "words")
    )
    entries = rundown.load(SAMPLES / "broadcast.rundown.csv")
    items = [
        Item(start_ms=e.start_ms, end_ms=e.end_ms or e.start_ms + 1, speakers=e.speakers)
        for e in entries
    ]
    who = [turn.speaker for turn in segments.turns]
    turns = list(segments.turns)
    if how != "names":
        numbers = {"voices": APART, "two voices for five": {w: n % 2 + 1 for w, n in APART.items()}}
        number = numbers.get(how, {})
        turns = [replace(turn, speaker="", voice=number.get(turn.speaker, 0)) for turn in turns]
    found = tagged(
        turns,
        transcript.phrases,
        interpreters=["Interpreter"],
        interpreter_voices=[],
        items=items,
    )
    pairs = [(who[t.interprets], who[i]) for i, t in enumerate(found) if t.interprets != NO_TURN]
    there, back = ("painter", "interpreter"), ("host", "interpreter")
    assert pairs == [there, back, there, back, there, back, there]
    assert not any(turn.is_over for turn in found)


@st.composite
def scenes(draw: st.DrawFn):
    """Turns that may overlap, phrases that may cross them, items."""
    count = draw(st.integers(0, 14))
    turns, at = [], 0
    for _ in range(count):
        at += draw(st.integers(0, 6_000))
        length = draw(st.integers(1, 9_000))
        speaker = draw(st.sampled_from(["", "", "Olga", "Anna"]))
        tags = {"interprets": draw(st.integers(-1, count)), "is_over": draw(st.booleans())}
        turns.append(
            Turn(start_ms=at, end_ms=at + length, speaker=speaker, voice=draw(VOICES), **tags)
        )
        at += draw(st.sampled_from([0, length]))
    phrases = [
        Phrase(start_ms=a, end_ms=b, language=draw(LANGUAGES), words=(word(a, b),))
        for a, b in pairwise(sorted(draw(st.sets(st.integers(0, at + 9_000), max_size=30))))
    ]
    cut = draw(st.integers(1, 60_000))
    items = [
        Item(start_ms=0, end_ms=cut, speakers=("olga",)),
        Item(start_ms=cut, end_ms=cut + 60_000),
    ]
    return turns, phrases, items


VOICES = st.integers(0, 3)
LANGUAGES = st.sampled_from(["ru", "es", "es-MX", "en"])


@given(scenes(), st.sets(st.integers(1, 3)))
def test_tags_are_sound_whatever_is_said(scene, interpreter_voices: set[int]):
    turns, phrases, items = scene
    known = {
        "interpreters": ["Olga"],
        "interpreter_voices": interpreter_voices,
        "items": items,
    }
    found = tagged(turns, phrases, **known)
    assert [(t.start_ms, t.end_ms, t.speaker, t.voice) for t in found] == [
        (t.start_ms, t.end_ms, t.speaker, t.voice) for t in turns
    ]
    spoken = languages(turns, phrases)
    for index, turn in enumerate(found):
        if turn.interprets == NO_TURN:
            assert not turn.is_over
            continue
        source = found[turn.interprets]
        assert 0 <= turn.interprets < len(found)
        assert turn.interprets != index
        assert source.interprets == NO_TURN
        assert "" not in (spoken[index], spoken[turn.interprets])
        assert spoken[index] != spoken[turn.interprets]
    assert tagged(found, phrases, **known) == found


def languages(turns, phrases) -> list[str]:
    """The language of most of a turn's words, found the long way."""
    times: list[dict[str, int]] = [{} for _ in turns]
    for phrase in phrases:
        for each in phrase.words:
            middle_ms = (each.start_ms + each.end_ms) // 2
            inside = [i for i, t in enumerate(turns) if t.start_ms <= middle_ms < t.end_ms]
            if inside:
                spoken = times[inside[-1]]
                tag = phrase.language[:2]
                spoken[tag] = spoken.get(tag, 0) + each.duration_ms
    return [max(found, key=lambda tag: found[tag], default="") for found in times]
