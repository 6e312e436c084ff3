"""Which cues stand for which: nothing left out, nothing twice, pairs as a person sees them."""

from __future__ import annotations

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.timeline import Cue
from pipeline.review.align import Group, align

WORDS = "мама мыла раму да нет сегодня четверг марафон снова эфире Казань друзья".split()


def cue(start_ms: int, end_ms: int, text: str) -> Cue:
    return Cue(start_ms=start_ms, end_ms=end_ms, lines=tuple(text.split("\n")), language="ru")


def programme(count: int, seed: int = 1) -> list[Cue]:
    """Cues of one to eleven made-up words, most of them chained."""
    chance = random.Random(seed)
    vocabulary = [
        "".join(chance.choices("абвгдежзиклмнопрст", k=chance.randint(1, 9))) for _ in range(3_000)
    ]
    found, at = [], 0
    for _ in range(count):
        at += chance.choice([83, 83, 500, 1_500])
        words = chance.choices(vocabulary, k=chance.randint(1, 11))
        half = len(words) // 2 if len(words) > 4 else len(words)
        text = " ".join(words[:half]) + "\n" + " ".join(words[half:])
        end = at + chance.randint(900, 6_000)
        found.append(cue(at, end, text.strip()))
        at = end
    return found


def shifted(cues: list[Cue], ms: int) -> list[Cue]:
    return [cue(one.start_ms + ms, one.end_ms + ms, "\n".join(one.lines)) for one in cues]


def shape(groups: tuple[Group, ...]) -> list[tuple[list[int], list[int]]]:
    return [([*group.base], [*group.human]) for group in groups]


@st.composite
def cues(draw: st.DrawFn) -> list[Cue]:
    """Few texts and few times, so that much is alike; in any order, overlapping too."""
    spans = draw(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), max_size=25))
    return [
        cue(start * 500, (start + length) * 500, " ".join(draw(st.lists(st.sampled_from(WORDS)))))
        for start, length in (sorted(spans) if draw(st.booleans()) else spans)
    ]


@given(cues(), cues())
def test_every_cue_is_in_one_group_in_order(base: list[Cue], human: list[Cue]):
    groups = align(base, human)
    assert [i for group in groups for i in group.base] == [*range(len(base))]
    assert [j for group in groups for j in group.human] == [*range(len(human))]
    assert all(
        (len(group.base), len(group.human))
        in {(1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (2, 2), (1, 0), (0, 1)}
        for group in groups
    )
    assert groups == align(base, human)


@given(cues())
def test_what_nobody_touched_stands_for_itself(base: list[Cue]):
    assert shape(align(base, base)) == [([i], [i]) for i in range(len(base))]


def test_a_split_a_merge_and_what_moved_between_cues():
    base = [
        cue(0, 4_000, "Здравствуйте, друзья, это марафон"),
        cue(4_083, 6_000, "Сегодня четверг"),
        cue(6_083, 8_000, "и мы снова в эфире"),
        cue(8_083, 10_000, "Слово нашему гостю"),
    ]
    human = [
        cue(0, 2_000, "Здравствуйте, друзья,"),
        cue(2_083, 4_000, "это марафон"),
        cue(4_083, 8_000, "Сегодня четверг\nи мы снова в эфире"),
        cue(8_083, 10_000, "Слово нашему гостю"),
    ]
    assert shape(align(base, human)) == [([0], [0, 1]), ([1, 2], [2]), ([3], [3])]
    assert shape(align(human, base)) == [([0, 1], [0]), ([2], [1, 2]), ([3], [3])]


def test_a_deletion_is_no_merge_and_an_insertion_no_split():
    base = programme(40)
    human = [one for at, one in enumerate(base) if at not in {3, 4, 20, 39}]
    assert [group.base.start for group in align(base, human) if not group.human] == [3, 4, 20, 39]
    assert [group.human.start for group in align(human, base) if not group.base] == [3, 4, 20, 39]


def test_another_text_somewhere_else_is_another_cue():
    base = [cue(0, 2_000, "Мама мыла раму")]
    human = [cue(20_000, 22_000, "Говорит Казань")]
    assert sorted(shape(align(base, human))) == [([], [0]), ([0], [])]
    near = [cue(100, 2_100, "Говорит Казань")]
    assert shape(align(base, near)) == [([0], [0])]


def test_edits_in_a_file_that_lies_an_hour_later_are_found():
    base = programme(300)
    human = shifted(base, 3_600_000)
    human[100] = cue(human[100].start_ms, human[100].end_ms, "совсем другое")
    del human[200]
    groups = align(base, human)
    assert [group.base.start for group in groups if not group.human] == [200]
    assert sum(len(group.base) == len(group.human) == 1 for group in groups) == 299


def test_every_text_translated_anew_at_the_same_times():
    base = programme(300)
    human = [cue(one.start_ms, one.end_ms, "Something else") for one in base]
    assert shape(align(base, human)) == [([i], [i]) for i in range(300)]


def test_time_grows_with_the_file_and_not_its_square():
    long = programme(6_000)
    third = [
        cue(one.start_ms, one.end_ms, "правка") if at % 3 else one for at, one in enumerate(long)
    ]
    for base, human, most in (
        (long[:1_500], third[:1_500], 0.5),
        (long, shifted(long, 1_000), 3.0),
        (long, programme(6_000, seed=9), 12.0),
    ):
        begun = time.process_time()
        align(base, human)
        assert time.process_time() - begun < most


def test_one_of_several_cues_that_moved_is_that_one_and_the_others_are_gone_or_new():
    base = [cue(623_641, 624_091, "и вот"), cue(624_175, 625_237, "он пришёл!")]
    human = [cue(624_435, 625_365, "он пришёл!")]
    assert shape(align(base, human)) == [([0], []), ([1], [0])]
    assert shape(align(human, base)) == [([], [0]), ([0], [1])]
    whole = [cue(145_022, 149_311, "да, говорю я\nсегодня же")]
    parts = [cue(145_022, 147_404, "да, говорю я"), cue(147_404, 149_311, "сегодня же")]
    new = cue(142_322, 144_222, "ну вот")
    assert ([], [0]) in shape(align(whole, [new, *parts]))
    assert shape(align(whole, parts)) == [([0], [0, 1])]
    base = [cue(540_380, 551_278, "мы шли и шли\nпо дороге"), cue(551_880, 554_619, "пока могли")]
    assert shape(align(base, [cue(540_380, 551_278, "вот мы шли и шли\nпо дороге")])) == [
        ([0], [0]),
        ([1], []),
    ]
    moved = [cue(540_380, 551_278, "мы шли и шли\nпо дороге, пока могли")]
    assert shape(align(base, moved)) == [([0, 1], [0])]
