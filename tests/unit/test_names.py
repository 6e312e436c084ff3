"""Whose voice it is: sure only by evidence, and the better evidence wins."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.timeline import Item
from pipeline.programme.roster import Person
from pipeline.programme.rundown import Entry
from pipeline.segment.names import Heard, Naming, as_in_roster, by_elimination, likeness, voices
from pipeline.segment.parting import parted
from pipeline.segment.pieces import Piece

ANNA, JUAN, OLGA = np.eye(3, dtype=np.float32)


def items(*speakers):
    return [
        Item(start_ms=at * 60_000, end_ms=(at + 1) * 60_000, speakers=names)
        for at, names in enumerate(speakers)
    ]


def near(one, cosine, other):
    return (cosine * one + (1 - cosine**2) ** 0.5 * other).astype(np.float32)


def named(found):
    return [(voice.name, voice.evidence, voice.proposal) for voice in found]


@pytest.mark.parametrize(
    ("cosine", "expected"),
    [
        (0.9, ("Anna", "enrolment", "")),
        (0.75, ("", "", "Anna")),
        (0.5, ("", "", "")),
    ],
)
def test_clips_name_a_voice_that_is_like_them(cosine, expected):
    people = {"Anna": ANNA[None], "Juan": JUAN[None]}
    heard = Heard(speech_ms=(9_000,), centroids=[near(ANNA, cosine, OLGA)])
    assert named(voices(heard, {}, people, [])) == [expected]


def test_of_two_who_are_as_like_neither_is_sure():
    both = ((ANNA + JUAN) / 2**0.5)[None]
    people = {"Anna": both, "Juan": both}
    found = voices(Heard(speech_ms=(9_000,), centroids=[both[0]]), {}, people, [])
    assert named(found) == [("", "", "")]
    assert found[0].margin == 0


def test_the_best_of_a_persons_clips_counts():
    found = likeness(ANNA, {"Anna": np.stack([OLGA, ANNA]), "Juan": JUAN[None]})
    assert (found.name, found.cosine) == ("Anna", pytest.approx(1))


def test_a_reviewer_stands_above_clips_and_clips_above_the_rundown():
    heard = Heard(speech_ms=(40_000,), centroids=[ANNA], in_items={1: {0: 40_000}})
    people = {"Anna": ANNA[None]}
    rundown = items(("Olga",))
    decided = {1: Naming("Juan", "decision")}
    assert named(voices(heard, decided, people, rundown)) == [("Juan", "decision", "")]
    assert named(voices(heard, {}, people, rundown)) == [("Anna", "enrolment", "")]
    assert named(voices(heard, {}, {}, rundown)) == [("Olga", "item", "")]


def test_what_a_reviewer_refused_is_neither_named_nor_proposed():
    heard = Heard(speech_ms=(40_000, 40_000), centroids=[ANNA, OLGA], in_items={1: {0: 40_000}})
    decided = {1: Naming("", "decision"), 2: Naming("", "decision")}
    people = {"Anna": ANNA[None], "Juan": near(OLGA, 0.75, JUAN)[None]}
    found = voices(heard, decided, people, items(("Anna",)))
    assert named(found) == [("", "decision", ""), ("", "decision", "")]


def test_the_one_who_is_left_is_the_one_without_a_name():
    spoken = {1: {0: 40_000, 1: 35_000}, 2: {0: 33_000}, 3: {1: 50_000}}
    found = by_elimination(spoken, items(("Anna", "Juan"), ("Anna", "Olga")), {1: "Anna"})
    assert found == {2: Naming("Juan", "roster"), 3: Naming("Olga", "roster")}


def test_what_one_item_gives_helps_in_the_next():
    spoken = {1: {0: 40_000, 1: 35_000}, 2: {1: 33_000}}
    found = by_elimination(spoken, items(("Anna",), ("Anna", "Juan")), {})
    assert found == {1: Naming("Anna", "item"), 2: Naming("Juan", "roster")}


def test_two_unknown_voices_are_not_guessed_at():
    spoken = {1: {0: 40_000}, 2: {0: 33_000}}
    assert by_elimination(spoken, items(("Anna", "Juan")), {}) == {}


def test_who_hardly_speaks_is_not_who_is_left():
    assert by_elimination({1: {0: 58_000}, 2: {0: 2_000}}, items(("Anna",)), {1: "Juan"}) == {}


def test_one_voice_with_two_items_names_is_told():
    found = voices(
        Heard(speech_ms=(80_000,), in_items={1: {0: 40_000, 1: 40_000}}),
        {},
        {},
        items(("Anna",), ("Juan",)),
    )
    assert named(found) == [("", "", "")]
    assert found[0].flags == ("two_people:Anna|Juan",)


def test_a_singer_is_none_of_the_items_speakers():
    heard = Heard(speech_ms=(40_000,), in_items={1: {0: 40_000}}, singers=frozenset({1}))
    (voice,) = voices(heard, {}, {}, items(("Anna",)))
    assert voice.name == ""
    assert voice.is_music


def pieces(*lengths):
    starts = [sum(lengths[:at]) for at in range(len(lengths))]
    return [
        Piece(s, s + n, at, at + 1) for at, (s, n) in enumerate(zip(starts, lengths, strict=True))
    ]


def test_a_voice_that_is_surely_two_peoples_is_parted():
    people = {"Anna": ANNA[None], "Juan": JUAN[None]}
    vectors = np.stack([ANNA, near(ANNA, 0.7, OLGA), JUAN, ANNA, JUAN, OLGA])
    found = parted(
        pieces(2_000, 900, 2_000, 2_000, 2_000, 900), vectors, [1, 1, 1, 1, 1, 2], people
    )
    assert found == [1, 1, 2, 1, 2, 3]


def test_one_piece_that_sounds_like_another_does_not_part_a_voice():
    people = {"Anna": ANNA[None], "Juan": JUAN[None]}
    vectors = np.stack([ANNA, JUAN, ANNA])
    assert parted(pieces(2_000, 9_000, 2_000), vectors, [1, 1, 1], people) == [1, 1, 1]
    assert parted(pieces(2_000, 9_000, 2_000), vectors, [1, 1, 0], {}) == [1, 1, 0]


def test_nobody_is_who_is_heard_as_long_in_anothers_item():
    spoken = {1: {0: 40_000, 1: 35_000}, 2: {1: 90_000}}
    assert by_elimination(spoken, items(("Anna",), ("Juan",)), {2: "Juan"}) == {}


def test_names_are_one_however_they_are_written():
    spoken = {1: {0: 40_000}, 3: {0: 35_000}}
    assert by_elimination(spoken, items(("anna",)), {1: "Anna"}) == {}
    people = [Person(name="Juan Pérez", written={"ru": "Хуан Перес"})]
    entry = Entry(start_ms=0, end_ms=None, speakers=("хуан перес", "Anna", "juan pérez"))
    assert as_in_roster([entry], people)[0].speakers == ("Juan Pérez", "Anna")


def test_what_another_program_calls_a_voice_is_no_likeness():
    (voice,) = voices(Heard(speech_ms=(9_000,), labels=("X",)), {}, {}, [])
    assert (voice.proposal, voice.cosine, voice.margin) == ("X", 0.0, 0.0)
