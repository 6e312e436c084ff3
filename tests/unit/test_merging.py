"""One track: people's cues stand, and the machine's words around them."""

from __future__ import annotations

import dataclasses

import pytest

from pipeline.core.errors import OverwriteError
from pipeline.core.payloads import Segments, Transcript
from pipeline.core.timeline import Span
from pipeline.emit.freeing import freed
from pipeline.emit.merging import Merged, Merging, check
from pipeline.emit.nearby import Changed
from pipeline.emit.tracks import Programme
from pipeline.review.decisions import Approve, Delete, Insert, Text, Time
from pipeline.review.locks import locks
from pipeline.review.states import State
from pipeline.subtitles import profile, srt
from tests.unit.test_locks import at
from tests.unit.test_tracks import phrase, texts

RULES = profile.load("default")
SAID = ("Раз два три.", 1_000, 2_500), ("Это совсем другое дело.", 10_000, 12_000)


def merge(*decisions, said=SAID, **more) -> Merged:
    lines = tuple(phrase(*each) for each in said)
    programme = Programme(Transcript(duration_ms=30_000, lines=lines), Segments(turns=(), items=()))
    merging = Merging(programme=programme, profile=RULES, until_ms=30_000)
    found = merging.merged("orig", programme.as_spoken(), locks(decisions, "orig"), **more)
    assert_sound(found)
    return found


def assert_sound(found: Merged) -> bytes:
    people = {cue for cue, own in zip(found.cues, found.fixed, strict=True) if own}
    data = srt.compose(found.cues, kept=people)
    check(found, data, "talk.srt")
    return data


def lines(found: Merged) -> list[str]:
    return [" / ".join(cue.lines) for cue in found.cues]


def first(text: str = "Раз два три."):
    cue = merge().cues[0]
    return at(cue.start_ms, cue.end_ms, text, "orig")


def test_without_decisions_it_is_what_the_layout_gives():
    found = merge()
    assert lines(found) == ["Раз два три.", "Это совсем другое дело."]
    assert found.states == (State.MACHINE, State.MACHINE)
    assert found.fixed == (False, False)


def test_a_persons_text_stands_and_the_rest_is_as_it_was():
    found = merge(Text(at=first(), text="Раз  ДВА <i>три</i>."))
    assert lines(found) == ["Раз  ДВА <i>три</i>.", "Это совсем другое дело."]
    assert found.states == (State.EDITED, State.MACHINE)
    assert found.cues[1] == merge().cues[1]
    assert found.conflicts == ()


@pytest.mark.parametrize(
    ("now", "conflicts"),
    [("Раз два три.", 0), ("Раз ДВЕ три.", 0), ("Раз дом три.", 1), ("Глупость.", 1)],
)
def test_a_new_result_confirms_an_edit_or_is_a_conflict_with_it(now: str, conflicts: int):
    found = merge(Text(at=first(), text="Раз две три."), said=((now, 1_000, 2_500), SAID[1]))
    assert lines(found) == ["Раз две три.", "Это совсем другое дело."]
    assert len(found.conflicts) == conflicts
    assert found.states[0] is (State.CONFLICT if conflicts else State.EDITED)
    if conflicts:
        [conflict] = found.conflicts
        assert (conflict.was, conflict.yours, conflict.new) == ("Раз два три.", "Раз две три.", now)


def test_who_approves_hears_no_more_of_it():
    edit, said = Text(at=first(), text="Раз две три.", when="1"), (("Дом.", 1_000, 2_500), SAID[1])
    approved = Approve(at=first("Раз две три."), when="2")
    found = merge(edit, approved, said=said)
    assert found.states[0] is State.APPROVED
    assert found.conflicts == ()


def test_times_alone_keep_the_text_that_was_seen():
    found = merge(
        Time(at=first(), to=Span(start_ms=500, end_ms=4_000)),
        said=(("Раз дом три.", 1_100, 2_400), SAID[1]),
    )
    assert (found.cues[0].start_ms, found.cues[0].end_ms) == (500, 4_000)
    assert lines(found)[0] == "Раз два три."


@pytest.mark.parametrize("now", ["Раз два три.", "Раз, два три!", "раз дом три"])
def test_a_deleted_cue_stays_deleted(now: str):
    found = merge(Delete(at=first()), said=((now, 1_050, 2_450), SAID[1]))
    assert lines(found) == ["Это совсем другое дело."]
    assert found.conflicts == ()


def test_what_is_said_now_where_something_else_was_deleted_is_told():
    found = merge(Delete(at=first()), said=(("Глупость полная.", 1_050, 2_450), SAID[1]))
    assert lines(found) == ["Это совсем другое дело."]
    [conflict] = found.conflicts
    assert (conflict.yours, conflict.new) == ("", "Глупость полная.")


def test_an_insert_stands_where_nothing_was():
    found = merge(Insert(at=at(5_000, 6_000, "", "orig"), text="Смех"))
    assert lines(found) == ["Раз два три.", "Смех", "Это совсем другое дело."]
    assert found.cues[1].language == "ru"


def test_the_machine_makes_way_for_a_person_and_loses_no_word():
    found = merge(Insert(at=at(9_000, 12_500, "", "orig"), text="Поверх всего"))
    assert "Поверх всего" in lines(found)
    machine = [c.lines for c, own in zip(found.cues, found.fixed, strict=True) if not own]
    assert " ".join(line for each in machine for line in each) == " ".join(s[0] for s in SAID)
    [own] = [cue for cue, fixed in zip(found.cues, found.fixed, strict=True) if fixed]
    assert all(
        cue.end_ms <= own.start_ms or own.end_ms <= cue.start_ms
        for cue in found.cues
        if cue is not own
    )


def test_findings_ask_for_a_look_at_the_machines_cues_only():
    doubted = [Span(start_ms=1_000, end_ms=2_500), Span(start_ms=10_000, end_ms=12_000)]
    found = merge(Text(at=first(), text="Раз!"), doubted=doubted)
    assert found.states == (State.EDITED, State.NEEDS_REVIEW)


@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("2026-01-01T10:00:00.000+00:00", State.SOURCE_CHANGED),
        ("2026-01-01T10:00:01.000+00:00", State.SOURCE_CHANGED),  # at one sitting
        ("2026-01-01T11:00:00.000+00:00", State.EDITED),
    ],
)
def test_a_corrected_source_marks_what_was_not_seen_since(when: str, state: State):
    changed = [Changed(1_000, 2_500, "2026-01-01T10:00:00.000+00:00")]
    found = merge(Text(at=first(), text="Раз!", when=when), changed=changed)
    assert found.states == (state, State.MACHINE)
    assert merge(changed=changed).states[0] is State.SOURCE_CHANGED


def test_a_cue_cut_from_the_middle_parts_what_is_beside_it():
    said = phrase("один два три четыре пять шесть", 1_000, 4_000)
    script = Programme(
        Transcript(duration_ms=4_000, lines=(said,)), Segments(turns=(), items=())
    ).as_spoken()
    found = freed(
        script, locks([Text(at=at(2_000, 3_000, "три четыре", "orig"), text="3 4")], "orig").locks
    )
    assert texts(found.script) == ["один два", "пять шесть"]
    assert [word.text for word in found.claims[0].words] == ["три", "четыре"]


def test_nothing_is_written_that_lacks_a_persons_cue():
    found = merge(
        Text(at=first(), text="Раз!"),
        Delete(at=at(10_000, 12_000, "Это совсем другое дело.", "orig")),
    )
    data = assert_sound(found)
    for broken, why in [
        (dataclasses.replace(found, fixed=(False,)), "as they left it"),
        (dataclasses.replace(found, kept=()), "as they left it"),
        (dataclasses.replace(found, cues=()), "does not read"),
    ]:
        with pytest.raises(OverwriteError, match=why) as caught:
            check(broken, data, "talk.srt")
        assert caught.value.exit_code == 7


def test_a_deleted_cue_that_is_back_is_no_file():
    found = merge()
    cue = found.cues[0]
    gone = at(cue.start_ms, cue.end_ms, "раз, два, три", "orig")
    broken = dataclasses.replace(found, deleted=locks([Delete(at=gone)], "orig").deleted)
    with pytest.raises(OverwriteError, match="0:00: a cue is back"):
        check(broken, srt.compose(found.cues), "talk.srt")


def test_an_overlap_with_a_person_is_no_file():
    found = merge(Text(at=first(), text="Раз!"))
    one, two = found.cues
    cues = (
        one,
        type(two)(start_ms=one.end_ms - 1, end_ms=two.end_ms, lines=two.lines, language="ru"),
    )
    broken = dataclasses.replace(found, cues=cues)
    with pytest.raises(OverwriteError, match="overlap"):
        check(broken, srt.compose(cues), "talk.srt")
