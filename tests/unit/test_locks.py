"""Which cues people made, told from what they decided."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Span
from pipeline.review.decisions import (
    Anchor,
    Approve,
    Delete,
    Insert,
    Merge,
    Piece,
    Speaker,
    Split,
    Text,
    Time,
)
from pipeline.review.labelling import spoken
from pipeline.review.locks import locks


def at(start_ms: int, end_ms: int, text: str = "", track: str = "en") -> Anchor:
    return Anchor(track=track, start_ms=start_ms, end_ms=end_ms, text=text)


def piece(start_ms: int, end_ms: int, text: str) -> Piece:
    return Piece(start_ms=start_ms, end_ms=end_ms, text=text)


def cues(*decisions, source: str = "") -> list[tuple[int, int, str]]:
    found = locks(decisions, "en", source=source)
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in found.cues]


ONE = at(1_000, 2_000, "one two")
NEXT = at(2_000, 3_000, "three")


def test_a_text_keeps_the_times_and_stands_to_the_letter():
    assert cues(Text(at=ONE, text="ONE  two,\n <i>or so</i> ")) == [
        (1_000, 2_000, "ONE  two,\n <i>or so</i> ")
    ]


def test_a_time_keeps_the_text_that_its_reviewer_saw():
    assert cues(Time(at=ONE, to=Span(start_ms=900, end_ms=2_500))) == [(900, 2_500, "one two")]


def test_text_and_time_of_one_cue_are_one_cue_in_either_order():
    made = [Text(at=ONE, text="1 2"), Time(at=ONE, to=Span(start_ms=900, end_ms=2_500))]
    assert cues(*made) == cues(*made[::-1]) == [(900, 2_500, "1 2")]


def test_a_cue_that_was_edited_is_edited_again_by_what_it_is_now():
    first = Text(at=ONE, text="1 2")
    moved = Time(at=at(1_000, 2_000, "1 2"), to=Span(start_ms=500, end_ms=1_500))
    again = Text(at=at(500, 1_500, "1 2"), text="uno dos")
    assert cues(first, moved, again) == [(500, 1_500, "uno dos")]
    [lock] = locks([first, moved, again], "en").locks
    assert lock.base == piece(1_000, 2_000, "one two")
    assert lock.texts == ("12", "unodos")


def test_a_split_and_the_text_that_comes_with_it():
    into = (piece(1_000, 1_500, "one"), piece(1_500, 2_000, "TWO"))
    made = [Split(at=ONE, into=into), Text(at=ONE, text="one\nTWO")]
    wanted = [(1_000, 1_500, "one"), (1_500, 2_000, "TWO")]
    assert cues(*made) == wanted
    edited = Text(at=at(1_500, 2_000, "TWO"), text="2")
    assert cues(*made, edited) == [wanted[0], (1_500, 2_000, "2")]
    assert len(locks([*made, edited], "en").locks) == 1


def test_pieces_that_are_laid_together_again_are_one_cue():
    into = (piece(1_000, 1_500, "one"), piece(1_500, 2_000, "two"))
    whole = at(1_000, 2_000, "one\ntwo")
    assert cues(Split(at=ONE, into=into), Merge(at=whole, of=into)) == [(1_000, 2_000, "one\ntwo")]


def test_pieces_of_what_was_joined_once_are_told_apart():
    of = (piece(1_000, 2_000, "one two"), piece(2_000, 3_000, "three"))
    whole = at(1_000, 3_000, "one two\nthree")
    again = [Merge(at=whole, of=of), Split(at=whole, into=of)]
    to = Span(start_ms=2_500, end_ms=3_500)
    made = [*again, Text(at=NEXT, text="3"), Time(at=NEXT, to=to)]
    assert cues(*made) == [(1_000, 2_000, "one two"), (2_500, 3_500, "3")]


def test_a_piece_that_is_a_part_again_but_for_its_times_is_edited_and_moved_at_once():
    of = (piece(1_000, 2_000, "one two"), piece(2_000, 3_000, "three"))
    whole = at(1_000, 3_000, "one two\nthree")
    into = (piece(1_000, 1_900, "one two"), piece(1_900, 3_000, "three"))
    first, last = at(1_000, 1_900, "one two"), at(1_900, 3_000, "three")
    by = {"source": "talk.srt"}
    made = [
        Merge(at=whole, of=of, when="1", **by),
        Split(at=whole, into=into, when="2", **by),
        Text(at=first, text="1", when="3", source="b.srt"),
        Time(at=first, to=Span(start_ms=500, end_ms=900), when="3", source="b.srt"),
        Text(at=last, text="3", when="3", source="b.srt"),
    ]
    for source in ("", "talk.srt", "b.srt"):
        assert cues(*made, source=source) == [(500, 900, "1"), (1_900, 3_000, "3")]
    joined = [Text(at=whole, text="1 2 3", when="2", **by), Time(at=whole, to=ONE, when="2", **by)]
    assert cues(made[0], *joined) == [(1_000, 2_000, "1 2 3")]


def test_what_is_heard_again_where_joined_cues_were_deleted_can_be_edited():
    of = (piece(1_000, 2_000, "1 2"), piece(2_000, 3_000, "three"))
    whole = at(1_000, 3_000, "1 2\nthree")
    made = [Text(at=ONE, text="1 2"), Merge(at=whole, of=of), Delete(at=whole)]
    by = {"source": "talk.srt"}
    made = [msgspec.structs.replace(one, when=f"{turn}", **by) for turn, one in enumerate(made)]
    again = Text(at=ONE, text="one, two", when="4", **by)
    for source in ("", "talk.srt"):
        assert cues(*made, source=source) == []
        assert cues(*made, again, source=source) == [(1_000, 2_000, "one, two")]


def test_a_merge_takes_edited_cues_and_others():
    of = (piece(1_000, 2_000, "1 2"), piece(2_000, 3_000, "three"))
    whole = at(1_000, 3_000, "1 2\nthree")
    made = [Text(at=ONE, text="1 2"), Merge(at=whole, of=of), Text(at=whole, text="1 2 3")]
    assert cues(*made) == [(1_000, 3_000, "1 2 3")]
    [lock] = locks(made, "en").locks
    assert lock.base == piece(1_000, 3_000, "one two\nthree")


def test_what_is_deleted_is_no_cue_but_its_place_is_known():
    found = locks([Text(at=ONE, text="1 2"), Delete(at=at(1_000, 2_000, "1 2"))], "en")
    assert found.cues == ()
    assert found.deleted == (piece(1_000, 2_000, "one two"),)
    assert cues(Text(at=ONE, text=" \n\u200b")) == []


def test_an_insert_is_a_cue_of_its_own_and_can_be_edited():
    new = Insert(at=at(5_000, 6_000), text="new")
    assert cues(new) == [(5_000, 6_000, "new")]
    assert cues(new, Text(at=at(5_000, 6_000, "new"), text="newer")) == [(5_000, 6_000, "newer")]
    assert cues(new, Delete(at=at(5_000, 6_000, "new"))) == []


def test_a_second_insert_where_one_was_that_moved_is_another_cue():
    new = Insert(at=at(5_000, 6_000), text="new")
    moved = Time(at=at(5_000, 6_000, "new"), to=Span(start_ms=4_000, end_ms=5_000))
    other = Insert(at=at(5_000, 6_000), text="other")
    assert cues(new, moved, other) == [(4_000, 5_000, "new"), (5_000, 6_000, "other")]
    assert cues(new, other) == [(5_000, 6_000, "other")]


def test_a_merge_back_to_what_was_split_takes_its_own_parts_alone():
    into = (piece(1_000, 1_300, "new"), piece(1_400, 1_700, "one"), piece(1_700, 2_000, "two"))
    split = [Split(at=ONE, into=into), Text(at=ONE, text="new\none\ntwo")]
    of = (piece(1_350, 1_700, "one"), piece(1_700, 2_000, "two"))
    moved = Time(at=at(1_400, 1_700, "one"), to=Span(start_ms=1_350, end_ms=1_700))
    merge = Merge(at=at(1_350, 2_000, "one\ntwo"), of=of)
    to = Time(at=merge.at, to=Span(start_ms=1_350, end_ms=2_200))
    found = [(1_000, 1_300, "new"), (1_350, 2_000, "one\ntwo")]
    assert cues(*split, moved, merge) == found
    assert cues(*split, moved, merge, to) == [found[0], (1_350, 2_200, "one\ntwo")]
    merge = Merge(at=ONE, of=(piece(1_000, 1_300, "one"), piece(1_700, 2_000, "two")))
    into = (piece(1_000, 1_300, "one"), piece(1_400, 1_700, "new"), piece(1_700, 2_000, "two"))
    assert cues(Split(at=ONE, into=into), merge, Text(at=ONE, text="1\n2")) == [
        (1_000, 2_000, "1\n2"),
        (1_400, 1_700, "new"),
    ]


def test_what_is_decided_at_once_is_about_the_cues_as_they_stood():
    by = {"when": "2", "source": "talk.srt"}
    other = at(2_000, 3_000, "one two")
    swapped = [
        Text(at=ONE, text="three", **by),
        Time(at=ONE, to=Span(start_ms=2_000, end_ms=3_000), **by),
        Text(at=NEXT, text="one two", **by),
        Time(at=NEXT, to=Span(start_ms=1_000, end_ms=2_000), **by),
    ]
    wanted = [(1_000, 2_000, "one two"), (2_000, 3_000, "three")]
    assert cues(*swapped) == wanted
    known = [Text(at=one, text=one.text, when="1", source="talk.srt") for one in (ONE, NEXT)]
    assert cues(*known, *swapped) == wanted
    again = Text(at=at(2_000, 3_000, "three"), text="3", when="3", source="talk.srt")
    assert cues(*known, *swapped, again) == [wanted[0], (2_000, 3_000, "3")]
    approved = Approve(at=at(2_000, 3_000, "three"), **by)
    assert [cue.is_approved for cue in locks([*swapped, approved], "en").cues] == [False, True]
    joined = [Time(at=ONE, to=Span(start_ms=1_500, end_ms=3_000), **by), Delete(at=other, **by)]
    assert cues(*joined) == [(1_500, 3_000, "one two")]


def test_two_cues_put_in_at_once_at_the_same_times_are_two():
    by = {"when": "1", "source": "talk.srt"}
    both = [Insert(at=at(5_000, 6_000), text=text, **by) for text in ("new", "other")]
    assert cues(*both) == [(5_000, 6_000, "new"), (5_000, 6_000, "other")]


def test_the_next_cue_with_the_same_text_is_another_one():
    moved = Time(at=at(1_000, 1_500, "yes"), to=Span(start_ms=800, end_ms=1_550))
    again = Text(at=at(1_550, 2_100, "yes"), text="no")
    later = Time(at=at(1_550, 2_100, "yes"), to=Span(start_ms=1_400, end_ms=2_000))
    assert cues(moved, again) == [(800, 1_550, "yes"), (1_550, 2_100, "no")]
    assert cues(moved, later) == [(800, 1_550, "yes"), (1_400, 2_000, "yes")]
    cut = Time(at=at(1_000, 2_000, "yes"), to=Span(start_ms=1_000, end_ms=1_200))
    near = Text(at=at(1_200, 2_000, "yes"), text="no")
    assert cues(cut, near) == [(1_000, 1_200, "yes"), (1_200, 2_000, "no")]


def test_a_cue_that_stands_where_another_one_was_is_found_there():
    away = Time(at=ONE, to=Span(start_ms=6_000, end_ms=7_000))
    there = [Text(at=NEXT, text="one two"), Time(at=NEXT, to=ONE)]
    edited = Text(at=at(6_000, 7_000, "one two"), text="1 2")
    merge = Merge(
        at=at(6_000, 9_000, "1 2\nfour"),
        of=(piece(6_000, 7_000, "1 2"), piece(8_000, 9_000, "four")),
    )
    last = Text(at=ONE, text="3")
    made = [away, *there, edited, Text(at=at(8_000, 9_000, "4"), text="four"), merge, last]
    assert cues(*made) == [(1_000, 2_000, "3"), (6_000, 9_000, "1 2\nfour")]


def test_an_approval_holds_until_the_cue_is_changed_at_another_time():
    approved = Approve(at=ONE, when="1")
    [cue] = locks([approved], "en").cues
    assert (cue.is_approved, cue.text) == (True, "one two")
    [cue] = locks([approved, Text(at=ONE, text="1 2", when="1")], "en").cues
    assert (cue.is_approved, cue.text) == (True, "1 2")
    [cue] = locks([approved, Text(at=ONE, text="1 2", when="2")], "en").cues
    assert not cue.is_approved


def test_each_file_keeps_its_own_where_two_were_edited_differently():
    whole = Text(at=ONE, text="whole", source="talk.srt")
    item = Text(at=ONE, text="item", source="items/01.srt")
    assert cues(whole, item) == [(1_000, 2_000, "item")]
    assert cues(whole, item, source="talk.srt") == [(1_000, 2_000, "whole")]
    assert cues(whole, item, source="items/01.srt") == [(1_000, 2_000, "item")]
    settled = Text(at=at(1_000, 2_000, "whole"), text="item", source="talk.srt")
    assert cues(whole, item, settled, source="talk.srt") == [(1_000, 2_000, "item")]


WHOLE, ITEM = "talk.srt", "items/01.srt"


@pytest.mark.parametrize("is_item_first", [False, True])
def test_two_files_that_say_the_same_again_have_one_cue(is_item_first: bool):
    whole = Text(at=ONE, text="A", source=WHOLE)
    item = Text(at=ONE, text="B", source=ITEM)
    made = [item, whole] if is_item_first else [whole, item]
    again = Text(at=at(1_000, 2_000, "B"), text="C", source=ITEM)
    settled = Text(at=at(1_000, 2_000, "C"), text="A", source=ITEM)
    assert cues(*made, again, source=WHOLE) == [(1_000, 2_000, "A")]
    assert cues(*made, again, source=ITEM) == [(1_000, 2_000, "C")]
    made += [again, settled]
    for source in ("", WHOLE, ITEM):
        assert cues(*made, source=source) == [(1_000, 2_000, "A")]
        assert len(locks(made, "en", source=source).locks) == 1
    for source in (WHOLE, ITEM):  # from now on it is one cue in both, whoever edits it
        last = Text(at=at(1_000, 2_000, "A"), text="D", source=source)
        gone = Delete(at=at(1_000, 2_000, "A"), source=source)
        for seen in ("", WHOLE, ITEM):
            assert cues(*made, last, source=seen) == [(1_000, 2_000, "D")]
            assert cues(*made, gone, source=seen) == []


def test_a_cue_is_known_by_all_that_another_file_made_of_it_at_once():
    whole = Text(at=ONE, text="A", source=WHOLE)
    by = {"source": ITEM, "when": "1"}
    to = Span(start_ms=4_000, end_ms=5_000)
    moved = [Text(at=ONE, text="B", **by), Time(at=ONE, to=to, **by)]
    settled = Text(at=at(4_000, 5_000, "B"), text="A", source=ITEM, when="2")
    assert cues(whole, *moved, settled, source=WHOLE) == [(1_000, 2_000, "A")]
    assert cues(whole, *moved, settled, source=ITEM) == [(4_000, 5_000, "A")]
    into = (piece(1_000, 1_500, "one"), piece(1_500, 2_000, "2"))
    parted = [Split(at=ONE, into=into, **by), Text(at=ONE, text="one\n2", **by)]
    edited = Text(at=at(1_500, 2_000, "2"), text="two", source=ITEM, when="2")
    assert cues(whole, *parted, edited, source=WHOLE) == [(1_000, 2_000, "A")]
    assert len(cues(whole, *parted, edited, source=ITEM)) == 2


def test_other_tracks_and_speakers_lock_nothing():
    assert cues(Text(at=at(0, 1, "a", "orig"), text="b"), Speaker(at=ONE, name="Ann")) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [("- Да.\n– Нет.", "Да.\nНет."), (r"{\an8}<b>Да</b>", "Да"), ("a < b > c", "a < b > c")]
    + [(text, text) for text in ("a <b,\nc> d", "a {\\b\nc} d")],  # words, for every player
)
def test_what_is_said_in_a_cue(text: str, said: str):
    assert spoken(text) == said


ANCHORS = st.sampled_from([ONE, NEXT, at(1_000, 2_000, "1"), at(1_000, 3_000, "one two\nthree")])
TOLD = st.text("ab \n", max_size=6)


@st.composite
def decided(draw: st.DrawFn):
    where = draw(ANCHORS)
    kind = draw(st.sampled_from(["text", "time", "split", "merge", "delete", "approve", "insert"]))
    source = draw(st.sampled_from(["", "a.srt", "b.srt"]))
    parts = (piece(1_000, 2_000, draw(TOLD)), piece(2_000, 3_000, draw(TOLD)))
    return {
        "text": Text(at=where, text=draw(TOLD), source=source),
        "time": Time(at=where, to=Span(start_ms=draw(st.integers(0, 999)), end_ms=5_000)),
        "split": Split(at=where, into=parts, source=source),
        "merge": Merge(at=where, of=(piece(1_000, 2_000, "one two"), parts[1]), source=source),
        "delete": Delete(at=where, source=source),
        "approve": Approve(at=where, source=source),
        "insert": Insert(at=msgspec.structs.replace(where, text=""), text=draw(TOLD)),
    }[kind]


@given(st.lists(decided(), max_size=8), st.sampled_from(["", "a.srt", "b.srt"]))
def test_any_log_gives_locks_and_the_same_each_time(made, source):
    found = locks(made, "en", source=source)
    assert found == locks(made, "en", source=source)
    for cue in found.cues:
        assert cue.lines
        assert all(line.strip() for line in cue.lines)
        assert 0 <= cue.decision < len(made)
    if made and isinstance(made[-1], Text) and made[-1].text.strip() and not source:
        assert any(cue.lines[0] in made[-1].text for cue in found.cues)


def test_another_speaker_in_the_label_of_a_fixed_cue_is_there():
    labelled = at(1_000, 2_000, "[Anna] yes")
    edited = Text(at=at(1_000, 2_000, "[Anna] yeah"), text="[Anna] yes")
    assert cues(edited, Speaker(at=labelled, name="Olga")) == [(1_000, 2_000, "[Olga] yes")]
    assert cues(edited, Speaker(at=labelled, name="")) == [(1_000, 2_000, "[Anna] yes")]
