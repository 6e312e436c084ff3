"""What an editor does to a whole file is no decision; what a person does in it is one."""

from __future__ import annotations

import pytest

from pipeline.core.timeline import Cue
from pipeline.review.rewrites import Habit, found
from tests.unit.test_align import cue, programme

MARKED = (
    "<i>Мы снова в эфире</i>",
    "Рыба & чипсы…",
    "Он сказал: «Да».",
    "Город Казань —\nстолица",
    "в\u00a0пять часов",
)


def marked(count: int = 60) -> list[Cue]:
    return [
        cue(one.start_ms, one.end_ms, MARKED[at % len(MARKED)] + f" {at}")
        for at, one in enumerate(programme(count))
    ]


def spelt(base: list[Cue], *rules: tuple[str, str]) -> list[Cue]:
    texts = ["\n".join(one.lines) for one in base]
    for old, new in rules:
        texts = [text.replace(old, new) for text in texts]
    return [cue(one.start_ms, one.end_ms, text) for one, text in zip(base, texts, strict=True)]


@pytest.mark.parametrize(
    ("rules", "habit"),
    [
        ([("<i>", "{\\i1}"), ("</i>", "{\\i0}")], Habit.TAGS),
        ([("<i>", "<I>"), ("</i>", "</I>")], Habit.TAGS),
        ([("<i>", ""), ("</i>", "")], Habit.NO_TAGS),
        ([("&", "&amp;")], Habit.ENTITIES),
        ([("…", "...")], Habit.ELLIPSES),
        ([("\u00a0", " ")], Habit.BLANKS),
        ([("\u00a0", "&nbsp;")], Habit.BLANKS),
        ([("«", '"'), ("»", '"')], Habit.QUOTES),
        ([("—", "-")], Habit.DASHES),
    ],
)
def test_a_habit_is_known_both_ways_and_edits_beside_it_stay(rules, habit: Habit):
    base = marked()
    human = spelt(base, *rules)
    pairs = [*zip(base, human, strict=True)]
    pairs[7] = (base[7], cue(human[7].start_ms, human[7].end_ms, "Совсем другое"))
    rewriting = found(pairs)
    assert habit in rewriting.habits
    same = [
        rewriting.is_same_text("\n".join(one.lines), "\n".join(other.lines)) for one, other in pairs
    ]
    assert [at for at, is_same in enumerate(same) if not is_same] == [7]
    if habit not in {Habit.NO_TAGS, Habit.BLANKS}:  # these only go one way
        back = found([(other, one) for one, other in zip(base, human, strict=True)])
        assert habit in back.habits


@pytest.mark.parametrize(("old", "new"), [("…", "..."), ("«", '"'), ("—", "-"), ("<i>", "<b>")])
def test_what_was_done_to_a_few_cues_was_done_by_a_person(old: str, new: str):
    base = marked()
    touched = spelt(base, (old, new))
    human = [
        other if at < 20 else one for at, (one, other) in enumerate(zip(base, touched, strict=True))
    ]
    rewriting = found([*zip(base, human, strict=True)])
    assert not rewriting.habits
    assert any(
        not rewriting.is_same_text("\n".join(one.lines), "\n".join(other.lines))
        for one, other in zip(base, human, strict=True)
    )


def test_a_person_who_takes_the_only_italics_away_is_heard():
    base = [cue(0, 1_000, "<i>Да</i>"), cue(2_000, 3_000, "Нет")]
    human = [cue(0, 1_000, "Да"), base[1]]
    assert not found([*zip(base, human, strict=True)]).is_same_text("<i>Да</i>", "Да")


def test_a_tag_put_in_by_hand_is_no_habit():
    base = marked()
    human = [*base]
    human[3] = cue(base[3].start_ms, base[3].end_ms, "<i>" + base[3].lines[0] + "</i>")
    rewriting = found([*zip(base, human, strict=True)])
    assert not rewriting.is_same_text(base[3].lines[0], human[3].lines[0])


FRAMES = [24_000 / 1_001, 23.976, 24, 25, 29.97, 30_000 / 1_001, 30]


def snapped(at_ms: int, rate: float) -> int:
    return round(round(at_ms * rate / 1_000) * 1_000 / rate)


@pytest.mark.parametrize("rate", FRAMES)
@pytest.mark.parametrize("count", [3, 1_500])
def test_times_on_a_grid_of_frames(rate: float, count: int):
    base = programme(count)
    human = [
        cue(snapped(one.start_ms, rate), snapped(one.end_ms, rate), "\n".join(one.lines))
        for one in base
    ]
    pairs = [*zip(base, human, strict=True)]
    moved = 0
    if count > 3:
        for at in range(0, count, 4):  # a reviewer who moved every fourth cue as well
            late = snapped(base[at].start_ms + 500, rate)
            pairs[at] = (base[at], cue(late, snapped(late + 2_000, rate), "x"))
            moved += 1
    rewriting = found(pairs)
    differ = [
        at
        for at, (one, other) in enumerate(pairs)
        if not rewriting.is_same_time(one.start_ms, other.start_ms)
    ]
    assert len(differ) == moved
    assert all(at % 4 == 0 for at in differ)


@pytest.mark.parametrize("rounded", [lambda ms: ms // 10 * 10, lambda ms: round(ms / 10) * 10])
def test_times_in_hundredths_of_a_second(rounded):
    base = programme(50)
    human = [cue(rounded(one.start_ms), rounded(one.end_ms), "x") for one in base]
    rewriting = found([*zip(base, human, strict=True)])
    assert rewriting.grid_ms == 10
    assert all(
        rewriting.is_same_time(one.start_ms, other.start_ms)
        for one, other in zip(base, human, strict=True)
    )


def test_a_shift_of_less_than_a_frame_is_none_and_a_longer_one_is():
    base = programme(50)
    for ms, is_same in ((17, True), (-40, True), (1_000, False), (100, False)):
        human = [cue(one.start_ms + 83 + ms, one.end_ms + 83 + ms, "x") for one in base]
        earlier = [cue(one.start_ms + 83, one.end_ms + 83, "x") for one in base]
        rewriting = found([*zip(earlier, human, strict=True)])
        assert rewriting.is_same_time(5_000, 5_000 + ms) is is_same


def test_one_cue_moved_by_a_little_is_a_person_s():
    base = programme(50)
    human = [*base]
    human[9] = cue(base[9].start_ms + 40, base[9].end_ms + 40, "\n".join(base[9].lines))
    rewriting = found([*zip(base, human, strict=True)])
    assert not rewriting.is_same_time(base[9].start_ms, human[9].start_ms)


def test_characters_that_an_encoding_has_no_place_for():
    base = [cue(0, 1_000, "♪ Катюша ♪"), cue(2_000, 3_000, "Señor")]
    human = [cue(0, 1_000, "? Катюша ?"), cue(2_000, 3_000, "Se?or")]
    pairs = [*zip(base, human, strict=True)]
    assert found(pairs, "cp1251").is_same_text("♪ Катюша ♪", "? Катюша ?")
    assert not found(pairs, "utf-8").is_same_text("♪ Катюша ♪", "? Катюша ?")
    assert not found(pairs, "no such").is_same_text("♪ Катюша ♪", "? Катюша ?")


def test_letters_put_together_otherwise_are_the_same():
    assert found([]).is_same_text("й", "и\u0306")
