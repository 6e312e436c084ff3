"""Names that people gave to voices: they hold whatever is clustered anew."""

from __future__ import annotations

import contextlib
import time
from itertools import pairwise

import pytest
from hypothesis import example
from hypothesis import given as drawn
from hypothesis import strategies as st

from pipeline.core.errors import InputError
from pipeline.review.decisions import Anchor, Approve, Speaker
from pipeline.review.given_names import parse_name, parse_names
from pipeline.review.speakers import (
    Heard,
    Named,
    by_voice,
    cosine,
    named_spans,
    naming,
    people_in,
    resolve,
    two_people,
)
from pipeline.review.vectors import packed
from tests.strategies import bounds

SURE = 0.8
ANNA, JUAN = (1.0, 0.0), (0.0, 1.0)


def said(name: str, start_ms: int, end_ms: int, voice: tuple[float, ...] = (), by: str = "ge2e"):
    at = Anchor(track="orig", start_ms=start_ms, end_ms=end_ms)
    return Speaker(at=at, name=name, centroid=packed(voice), embedder=by if voice else "")


def spans(*decisions) -> list[tuple[str, int, int]]:
    return [named[:3] for named in named_spans(decisions)]


def names(named, voices, identity="ge2e") -> dict[int, str]:
    found = resolve(named, voices, identity, sure=SURE)
    return {one.number: " or ".join(one.rivals) or one.name for one in found}


def given(made, voices, voice, name, **more):
    """What naming a voice adds to what was decided."""
    inside, _ = by_voice(named_spans(made), voices)
    return naming(voice, name, inside=inside.get(voice.number, ()), **more)


def test_a_later_name_covers_an_earlier_one():
    assert spans(said("Anna", 0, 5_000), said("Juan", 0, 5_000)) == [("Juan", 0, 5_000)]


def test_an_empty_name_says_that_it_is_nobody():
    assert spans(said("Anna", 0, 5_000), said(" ", 0, 5_000)) == [("", 0, 5_000)]
    assert spans(said("", 0, 5_000), said("Juan", 0, 4_900)) == [("Juan", 0, 4_900)]


def test_a_voice_that_is_nobodys_is_so_in_any_clustering():
    named = named_spans([said("", 1_000, 5_000, ANNA)])
    [found] = resolve(named, [Heard(3, [(900, 5_100)])], "other", sure=SURE)
    assert (found.name, found.is_nobody) == ("", True)
    [found] = resolve(named, [Heard(3, [(9_000, 9_100)], ANNA)], "ge2e", sure=SURE)
    assert found.is_nobody, "by its sound"
    [found] = resolve(named, [Heard(3, [(9_000, 9_100)], JUAN)], "ge2e", sure=SURE)
    assert not found.is_nobody


def test_a_name_in_part_of_a_voice_tells_more_than_nobody_in_another():
    named = named_spans([said("", 0, 2_000), said("Anna", 4_000, 6_000)])
    assert names(named, [Heard(1, [(0, 9_000)])]) == {1: "Anna"}


def test_of_a_span_covered_in_part_the_rest_stays():
    assert spans(said("Anna", 0, 9_000), said("Juan", 3_000, 5_000)) == [
        ("Anna", 0, 3_000),
        ("Juan", 3_000, 5_000),
        ("Anna", 5_000, 9_000),
    ]


def test_an_edge_that_moved_leaves_nobody_behind():
    assert spans(said("Anna", 0, 5_000), said("Juan", 200, 4_900)) == [("Juan", 200, 4_900)]


def test_other_decisions_name_nobody():
    assert spans(Approve(at=Anchor(track="orig", start_ms=0, end_ms=9))) == []


@drawn(st.lists(st.tuples(st.sampled_from("ABC "), st.integers(0, 9), st.integers(1, 9))))
def test_named_spans_are_disjoint_and_each_instant_is_its_last_ones(given_names):
    decisions = [said(name, at * 1000, (at + long) * 1000) for name, at, long in given_names]
    found = spans(*decisions)
    assert all(one[2] <= two[1] for one, two in pairwise(found))
    for second in range(20):
        at_ms = second * 1000 + 500
        last = [d.name for d in decisions if d.at.start_ms <= at_ms < d.at.end_ms][-1:]
        here = [name for name, start_ms, end_ms in found if start_ms <= at_ms < end_ms]
        assert here == [name.strip() for name in last]


def test_a_name_is_the_voice_s_that_speaks_in_its_span():
    voices = [Heard(1, [(0, 4_000)]), Heard(2, [(4_000, 9_000)])]
    assert names(named_spans([said("Juan", 3_500, 6_000)]), voices) == {1: "", 2: "Juan"}


def test_a_name_survives_other_numbers_other_pieces_and_another_embedder():
    named = named_spans([said("Anna", 1_000, 5_000, ANNA), said("Juan", 8_000, 9_000, JUAN)])
    anew = [
        Heard(4, [(7_500, 8_200), (8_400, 9_000)], (0.3, 0.4, 0.5)),
        Heard(9, [(900, 2_500), (2_600, 5_100)], (0.5, 0.4, 0.3)),
    ]
    assert names(named, anew, "other 2.0") == {4: "Juan", 9: "Anna"}


def test_two_people_in_one_voice_are_told_and_not_merged():
    voices = [Heard(1, [(0, 9_000)])]
    named = named_spans([said("Juan", 6_000, 8_000), said("Anna", 0, 2_000)])
    assert names(named, voices) == {1: "Anna or Juan"}
    [found] = resolve(named, voices, "ge2e", sure=SURE)
    assert found.name == ""


def test_one_person_may_have_two_voices():
    voices = [Heard(1, [(0, 2_000)]), Heard(2, [(5_000, 9_000)])]
    named = named_spans([said("Anna", 0, 2_000), said("Anna", 6_000, 8_000)])
    assert names(named, voices) == {1: "Anna", 2: "Anna"}


def test_the_sound_of_a_voice_tells_only_where_no_span_does():
    lost = named_spans([said("Anna", 50_000, 52_000, ANNA)])
    assert names(lost, [Heard(1, [(0, 900)], (0.9, 0.1)), Heard(2, [(1_000, 1_900)], JUAN)]) == {
        1: "Anna",
        2: "",
    }
    assert names(lost, [Heard(1, [(0, 900)], (0.7, 0.7))]) == {1: ""}, "not sure"
    assert names(lost, [Heard(1, [(0, 900)], ANNA)], "gmm") == {1: ""}, "another embedder"
    assert names(lost, [Heard(1, [(0, 900)])]) == {1: ""}, "no centroid"
    heard = named_spans([said("Anna", 50_000, 52_000, ANNA), said("Juan", 0, 900, JUAN)])
    assert names(heard, [Heard(1, [(0, 900)], ANNA)]) == {1: "Juan"}, "a span tells"
    placed = named_spans([said("Anna", 0, 900, ANNA)])
    voices = [Heard(1, [(0, 900)], JUAN), Heard(2, [(1_000, 1_900)], ANNA)]
    assert names(placed, voices) == {1: "Anna", 2: ""}, "its span lies in a voice"


def test_two_names_by_sound_meet_as_well():
    lost = named_spans([said("Anna", 50_000, 52_000, ANNA), said("Ana", 60_000, 62_000, ANNA)])
    assert names(lost, [Heard(1, [(0, 900)], ANNA)]) == {1: "Anna or Ana"}


def test_a_span_that_a_voice_hardly_touches_is_not_its_own():
    assert names(named_spans([said("Anna", 0, 10_000)]), [Heard(1, [(9_500, 20_000)])]) == {1: ""}


def test_a_name_with_a_bar_is_whole_and_cannot_forge_a_flag():
    named = named_spans([said("Anna|Eva", 0, 2_000), said("Juan", 6_000, 8_000)])
    [found] = resolve(named, [Heard(1, [(0, 9_000)])], "", sure=SURE)
    assert found.rivals == ("Anna|Eva", "Juan")
    assert people_in(two_people(found.rivals)) == ("Anna/Eva", "Juan")
    assert people_in("loud") == ()


def test_naming_a_voice_takes_its_other_names_back():
    voices = [Heard(1, [(0, 2_000), (3_000, 8_000)], ANNA), Heard(2, [(8_000, 9_000)], JUAN)]
    made = [said("Juan", 0, 2_000), said("Eva", 8_000, 9_000)]
    more = given(
        made,
        voices,
        voices[0],
        "Anna",
        identity="ge2e",
        who="Olga",
        when="2026-03-01T10:00:00Z",
        source="names.txt",
    )
    assert names(named_spans([*made, *more]), voices) == {1: "Anna", 2: "Eva"}
    given_name = more[-1]
    assert (given_name.at.start_ms, given_name.at.end_ms) == (3_000, 8_000)
    assert (given_name.voice, given_name.embedder, given_name.who) == (1, "ge2e", "Olga")
    assert given([*made, *more], voices, voices[0], "Anna") == ()
    apart = [Heard(1, [(0, 2_000)]), Heard(2, [(3_000, 8_000)])]
    assert names(named_spans([*made, *more]), apart) == {1: "Anna", 2: "Anna"}
    back = given([*made, *more], voices, voices[0], "")
    assert names(named_spans([*made, *more, *back]), voices) == {1: "", 2: "Eva"}


def test_a_name_by_other_evidence_is_refused_once():
    voice = Heard(1, [(0, 2_000), (3_000, 8_000)], ANNA)
    assert given([], [voice], voice, "") == (), "it has none"
    [made] = given([], [voice], voice, "", is_named=True, identity="ge2e")
    assert (made.name, made.at.start_ms, made.embedder) == ("", 3_000, "ge2e")
    assert given([made], [voice], voice, "", is_named=True) == ()
    named = given([made], [voice], voice, "Anna", is_named=True)
    assert names(named_spans([made, *named]), [voice]) == {1: "Anna"}


def test_hundreds_of_names_in_thousands_of_pieces_take_no_time():
    voices = [
        Heard(number, [(at * 1_000, at * 1_000 + 900) for at in range(number, 20_000, 50)])
        for number in range(50)
    ]
    made = [said(f"{at % 9}", at * 3_000, at * 3_000 + 2_900) for at in range(6_000)]
    began = time.perf_counter()
    named = named_spans(made)
    resolve(named, voices, "", sure=SURE)
    assert time.perf_counter() - began < 1.5
    assert len(named) == 6_000


@drawn(st.integers(1, 6).flatmap(bounds), st.data())
def test_whoever_was_named_last_holds_in_the_same_clusters(given_bounds, data):
    owners = [data.draw(st.integers(1, 3)) for _ in given_bounds]
    voices = [
        Heard(
            number,
            [span for span, owner in zip(given_bounds, owners, strict=True) if owner == number],
        )
        for number in sorted(set(owners))
    ]
    made: list = []
    wanted: dict[int, str] = {voice.number: "" for voice in voices}
    for _ in range(data.draw(st.integers(0, 5))):
        voice = data.draw(st.sampled_from(voices))
        wanted[voice.number] = data.draw(st.sampled_from(["", "Anna", "Juan"]))
        made += given(made, voices, voice, wanted[voice.number])
    assert names(named_spans(made), voices) == wanted


def test_cosines():
    assert cosine((3, 4), (3, 4)) == pytest.approx(1)
    assert cosine((1, 0), (0, 1)) == cosine((0, 0), (1, 0)) == cosine((1,), (1, 0)) == 0


def test_a_file_of_names_is_one_voice_a_line():
    text = """# who speaks
3 = Juan Perez
S04  Анна   Петрова\r
speaker_7: Juan Perez

S12=
9\tEva = Maria
3 = Juan Perez"""
    assert parse_names(text, "names.txt", {3, 4, 7, 9, 12}) == {
        3: "Juan Perez",
        4: "Анна Петрова",
        7: "Juan Perez",
        12: "",
        9: "Eva = Maria",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3 = Anna\nJuan Perez", r"names.txt, line 2: no number and name: 'Juan Perez'"),
        ("3", "names.txt, line 1: no number and name"),
        ("-3 = A", "line 1: no number"),
        ("٣ = A", "line 1: no number"),
        ("\n8 = Anna", "names.txt, line 2: there is no voice 8"),
        ("0 = Anna", "line 1: there is no voice 0"),
        ("3 = Anna\n\nS03 Juan", "line 3: voice 3 is 'Anna' in line 1"),
        ("3 = Anna|Juan", "line 1: not a name"),
        ("3 = \x1b[31mAnna", "line 1: not a name"),
        ("3 = " + "a" * 999, "line 1: not a name"),
    ],
)
def test_a_line_that_names_no_voice_is_an_error_with_its_number(text: str, message: str):
    with pytest.raises(InputError, match=message) as caught:
        parse_names(text, "names.txt", {1, 3})
    assert caught.value.hint


def test_without_known_voices_any_number_from_one_on_will_do():
    assert parse_names("77 = Anna", "names.txt") == {77: "Anna"}
    with pytest.raises(InputError, match="there is no voice 0"):
        parse_names("0 = Anna", "names.txt")


@drawn(st.text(max_size=60))
@example("9" * 5_000 + " = A")
@example("1 " + "\t" * 5_000)
def test_whatever_a_file_of_names_holds_the_error_is_ours(text: str):
    with contextlib.suppress(InputError):
        found = parse_names(text, "names.txt")
        assert all(number > 0 and name == " ".join(name.split()) for number, name in found.items())


def test_one_name_is_held_to_the_same_rules():
    assert parse_name(" 3=Juan  Perez ", "--name", {3}) == (3, "Juan Perez")
    for wrong in ("3=A|B", "3=\x1b[31mA", "9" * 5_000 + "=A", "0=A", "4=A", "=A", "3"):
        with pytest.raises(InputError, match="--name: "):
            parse_name(wrong, "--name", {3})


def test_named_is_a_plain_value():
    assert Named("Anna", 0, 1) == ("Anna", 0, 1, (), "")
