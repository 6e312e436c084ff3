"""What a reviewer decided: the fewest decisions that make their cues of ours, and none they never
made.
"""

from __future__ import annotations

import io
import random

import pysrt
import pysubs2
import pytest
from hypothesis import given

from pipeline.core.timeline import Cue
from pipeline.review.changes import Changes, changes, decisions, replayed
from pipeline.review.decisions import (
    Decision,
    Delete,
    Insert,
    Merge,
    Piece,
    Speaker,
    Split,
    Text,
    Time,
    load,
)
from pipeline.review.decisions import append as kept
from pipeline.review.given import Hold
from pipeline.review.labelling import relabelled
from pipeline.review.rewrites import Rewriting
from pipeline.subtitles.reader import Fault, Found, Read, Trouble, read
from pipeline.subtitles.srt import compose
from tests.unit.test_align import cue, cues, programme

NOTHING = Rewriting()
DIGITS = "0123456789"
Row = tuple[int, int, str]
LABELLED = Cue(
    start_ms=0, end_ms=2_000, lines=("[Anna] Да, конечно",), language="ru", speaker="Anna"
)


def rows(base: list[Cue]) -> list[Row]:
    return [(one.start_ms, one.end_ms, "\n".join(one.lines)) for one in base]


def as_read(human: list[Row], *faults: Fault, encoding: str = "utf-8") -> Read:
    """The file of these cues, three lines and more a cue."""
    found, line = [], 2
    for start_ms, end_ms, text in human:
        lines = tuple(text.split("\n")) if text else ()
        found.append(Found(start_ms, end_ms, lines, line))
        line += len(lines) + 3
    return Read(tuple(found), (), faults, encoding)


def told(base: list[Cue], file: Read, track: str = "orig") -> Changes:
    return changes(base, file, track=track, who="Anna", when="2026-10-04", source="a.srt")


def made(base: list[Cue], human: list[Row], track: str = "orig") -> tuple[Decision, ...]:
    found = told(base, as_read(human), track)
    assert not found.held
    assert played(base, found.decisions) == human
    return found.decisions


def played(base: list[Cue], decided: tuple[Decision, ...]) -> list[Row]:
    return [(one.start_ms, one.end_ms, one.text) for one in replayed(base, decided)]


BASE = [
    cue(1_000, 4_000, "Здравствуйте, друзья,\nэто наш марафон"),
    cue(4_083, 6_000, "Сегодня четверг"),
    cue(6_083, 8_000, "и мы снова в эфире"),
    cue(9_000, 11_000, "Слово нашему гостю"),
]


def test_an_untouched_file_decides_nothing():
    assert made(BASE, rows(BASE)) == ()


def test_each_kind_of_change_is_one_decision():
    human = rows(BASE)
    human[0] = (1_000, 4_000, "Здравствуйте, друзья,\nэто ваш марафон")
    human[1] = (4_083, 6_500, "Сегодня четверг")
    human[3:] = [(12_000, 13_000, "Здравствуйте все")]
    text, time, gone, new = made(BASE, human)
    assert isinstance(text, Text)
    assert (text.text, text.language) == ("Здравствуйте, друзья,\nэто ваш марафон", "")
    assert text.at.text == "Здравствуйте, друзья,\nэто наш марафон"
    assert (text.who, text.when, text.source, text.at.track) == (
        "Anna",
        "2026-10-04",
        "a.srt",
        "orig",
    )
    assert isinstance(time, Time)
    assert (time.at.end_ms, time.to.end_ms) == (6_000, 6_500)
    assert isinstance(gone, Delete)
    assert gone.at.text == "Слово нашему гостю"
    assert isinstance(new, Insert)
    assert (new.at.start_ms, new.at.text, new.text) == (12_000, "", "Здравствуйте все")


def test_text_and_time_of_one_cue_are_two_decisions_at_one_anchor():
    human = rows(BASE)
    human[1] = (4_100, 6_000, "Сегодня пятница")
    text, time = made(BASE, human)
    assert isinstance(text, Text)
    assert isinstance(time, Time)
    assert text.at == time.at


def test_lines_broken_otherwise_are_a_decision():
    human = rows(BASE)
    human[0] = (1_000, 4_000, "Здравствуйте,\nдрузья, это наш марафон")
    [text] = made(BASE, human)
    assert isinstance(text, Text)


def test_a_split_with_and_without_other_words():
    human = rows(BASE)
    human[:1] = [(1_000, 2_500, "Здравствуйте, друзья,"), (2_500, 4_000, "это наш марафон")]
    [split] = made(BASE, human)
    assert isinstance(split, Split)
    assert split.into[1] == Piece(start_ms=2_500, end_ms=4_000, text="это наш марафон")
    human[1] = (2_500, 4_000, "это ваш марафон")
    split, text = made(BASE, human)
    assert isinstance(split, Split)
    assert isinstance(text, Text)
    assert text.at == split.at
    assert text.text == "Здравствуйте, друзья,\nэто ваш марафон"


def test_a_merge_and_what_else_became_of_it():
    human = rows(BASE)
    human[1:3] = [(4_083, 8_000, "Сегодня четверг\nи мы снова в эфире")]
    [merge] = made(BASE, human)
    assert isinstance(merge, Merge)
    assert merge.at.text == "Сегодня четверг\nи мы снова в эфире"
    assert [piece.start_ms for piece in merge.of] == [4_083, 6_083]
    human[1] = (4_083, 7_900, "Сегодня четверг и мы\nснова в эфире")
    merge, text, time = made(BASE, human)
    assert (type(merge), type(text), type(time)) == (Merge, Text, Time)
    assert merge.at == text.at == time.at


def test_words_that_went_over_to_the_next_cue_are_two_texts():
    human = rows(BASE)
    human[1:3] = [(4_083, 6_000, "Сегодня четверг и мы"), (6_083, 8_000, "снова в эфире")]
    assert [type(one) for one in made(BASE, human)] == [Text, Text]


def test_a_cue_left_without_text_is_deleted():
    human = rows(BASE)
    human[1] = (4_083, 6_000, "")
    found = told(BASE, as_read(human)).decisions
    assert [(type(one), one.at.text) for one in found] == [(Delete, "Сегодня четверг")]


def test_blanks_at_line_ends_and_the_order_of_cues_mean_nothing():
    human = [(start, end, text.replace("\n", "  \n") + " ") for start, end, text in rows(BASE)]
    assert told(BASE, as_read(human[::-1])).decisions == ()


@pytest.mark.parametrize(
    ("track", "language", "text", "wanted"),
    [
        ("en", "ru", "Thursday today", "en"),  # left as spoken, and translated by a person
        ("en", "ru", "Сегодня пятница", ""),
        ("orig", "ru", "Hoy es jueves", ""),  # nothing tells which
        ("ru+en", "ru", "Thursday", ""),
    ],
)
def test_a_language_only_where_it_changed(track: str, language: str, text: str, wanted: str):
    base = [Cue(start_ms=0, end_ms=2_000, lines=("Сегодня четверг",), language=language)]
    [found] = made(base, [(0, 2_000, text)], track)
    assert isinstance(found, Text)
    assert found.language == wanted


def test_a_language_that_the_recording_has_once():
    base = [*BASE, Cue(start_ms=20_000, end_ms=21_000, lines=("Buenos días",), language="es")]
    human = rows(base)
    human[1] = (4_083, 6_000, "Hoy es jueves")
    [text] = made(base, human)
    assert isinstance(text, Text)
    assert text.language == "es"


def test_another_name_in_a_label_is_the_speaker_s():
    [speaker] = made([LABELLED], [(0, 2_000, "[Olga] Да, конечно")])
    assert isinstance(speaker, Speaker)
    assert (speaker.name, speaker.at.text) == ("Olga", "[Anna] Да, конечно")
    speaker, text = made([LABELLED], [(0, 2_000, "[Olga] Да")])
    assert (type(speaker), type(text)) == (Speaker, Text)
    moved = made([LABELLED], [(0, 1_500, "[Olga] Да, конечно")])
    assert [*map(type, moved)] == [Speaker, Text, Time]  # a cue with times of its own is fixed


@pytest.mark.parametrize(
    ("label", "other", "name"),
    [
        ("[anna]", "[olga]", "Olga"),
        ("ANNA:", "OLGA:", "Olga"),
        ("(Anna)", "(Olga Petrowna)", "Olga Petrowna"),
        ("Anna:", "Anna:", ""),
        ("Anna,", "Olga,", ""),
        ("Olga:", "Anna:", ""),  # no label of the cue's own speaker
    ],
)
def test_labels_as_profiles_write_them(label: str, other: str, name: str):
    base = Cue(start_ms=0, end_ms=1, lines=(f"{label} Да",), language="ru", speaker="Anna")
    assert relabelled(base, f"{other} Да") == name


def broken(line: int, *text: str) -> Fault:
    return Fault(line, Trouble.BROKEN, "no times", is_error=True, text=text)


def test_a_cue_that_could_not_be_read_stays():
    human = rows(BASE)
    del human[1]
    file = as_read(human, broken(6, "2", "00:0x:04 -> later", "Сегодня пятница"))
    found = told(BASE, file)
    assert found.decisions == ()
    [held] = found.held
    assert (held.why, held.line) == (Hold.UNREADABLE, 6)
    assert held.at
    assert held.at.text == "Сегодня четверг"


def test_beside_it_others_are_read():
    human = rows(BASE)
    human[0] = (1_000, 4_000, "Здравствуйте, друзья,\nэто ваш марафон")
    human[2] = (6_083, 8_000, "а мы снова в эфире")
    del human[1]
    file = as_read(human, broken(6, "2", "00:0x", "что-то совсем непохожее"))
    found = told(BASE, file)
    assert [one.at.start_ms for one in found.decisions] == [1_000, 6_083]
    assert [one.at and one.at.start_ms for one in found.held] == [4_083]


def test_a_cue_that_ends_before_it_starts_stays_and_is_told_of():
    human = rows(BASE)
    human[1] = (6_000, 4_083, "Сегодня пятница")
    found = told(BASE, as_read(human))
    assert found.decisions == ()
    assert [one.at and one.at.text for one in found.held] == ["Сегодня четверг"]


def test_a_broken_cue_of_the_reviewer_s_own_is_told_of():
    human = [*rows(BASE), (20_000, 19_000, "Новое")]
    found = told(BASE, as_read(human))
    assert found.decisions == ()
    [held] = found.held
    assert held.at is None
    assert held.line > 0


def test_a_text_that_ran_into_the_cue_before_is_no_merge():
    human = rows(BASE)
    human[0] = (*human[0][:2], human[0][2] + "\nпотом -> ещё\nСегодня четверг")
    del human[1]
    arrow = Fault(5, Trouble.ARROW, "an arrow", is_error=False)
    found = told(BASE, as_read(human, arrow))
    assert found.decisions == ()
    assert [one.at and one.at.start_ms for one in found.held] == [1_000, 4_083]


def test_a_file_that_was_cut_off_deletes_nothing():
    base = programme(200)
    for human in (rows(base)[:100], [], [*rows(base)[:190], (*rows(base)[190][:2], "")]):
        found = told(base, as_read(human))
        assert found.decisions == ()
        assert {one.why for one in found.held} == {Hold.CUT_OFF}
    assert len(told(base, as_read(rows(base)[:190])).decisions) == 10


def test_a_text_too_long_for_the_log_waits():
    human = rows(BASE)
    human[1] = (*human[1][:2], "да " * 10_000)
    found = told(BASE, as_read(human))
    assert found.decisions == ()
    assert [one.why for one in found.held] == [Hold.TOO_LONG]


def reviewed(base: list[Cue], chance: random.Random, share: float) -> list[Row]:
    """A round of review: texts, times, splits, merges, deletions, insertions."""
    human: list[Row] = []
    left = rows(base)
    while left:
        start, end, text = left.pop(0)
        words = text.split()
        what = chance.random() / share
        if what < 0.3:
            words[chance.randrange(len(words))] = "правка"
            human.append((start, end, " ".join(words)))
        elif what < 0.5:
            human.append((start + chance.randint(0, 300), end - chance.randint(1, 300), text))
        elif what < 0.6 and len(words) > 1:
            cut = chance.randrange(1, len(words))
            at = start + (end - start) * cut // len(words)
            human += [(start, at, " ".join(words[:cut])), (at, end, " ".join(words[cut:]))]
        elif what < 0.7 and left:
            _, until, more = left.pop(0)
            human.append((start, until, text + "\n" + more))
        elif what < 0.8:
            continue
        elif what < 0.9:
            human += [(start, end, text), (end, end + 83, f"новое {chance.randrange(10**6)}")]
        elif what < 1:
            human.append((start + 10, end, "всё иначе " + chance.choice(words)))
        else:
            human.append((start, end, text))
    return human


@pytest.mark.parametrize("seed", range(20))
def test_what_was_decided_gives_the_reviewer_s_cues_again(seed: int, tmp_path):
    chance = random.Random(seed)
    base = programme(1_000, seed)
    human = reviewed(base, chance, share=chance.choice([0.02, 0.2, 0.6, 1.0]))
    found = told(base, as_read(human))
    assert not found.held
    assert found.rewriting == NOTHING
    assert played(base, found.decisions) == sorted(human, key=lambda row: row[:2])
    kept(tmp_path / "log", found.decisions)
    assert load(tmp_path / "log").decisions == found.decisions


@pytest.mark.parametrize("seed", range(5))
def test_a_review_is_no_longer_than_what_was_done(seed: int):
    base = programme(1_000, seed)
    human = rows(base)
    chance = random.Random(seed)
    for at in chance.sample(range(1_000), 50):
        human[at] = (*human[at][:2], human[at][2] + "!")
    gone = sorted(chance.sample(range(1_000), 20), reverse=True)
    for at in gone:
        del human[at]
    found = told(base, as_read(human)).decisions
    assert sum(isinstance(one, Delete) for one in found) == 20
    assert 50 <= len(found) <= 70


MARKED = [
    cue(one.start_ms, one.end_ms, text)
    for one, text in zip(
        programme(300),
        ["<i>Мы снова</i>", "Рыба & чипсы…", "Он: «Да».\nОна — нет", "в\u00a0пять", "Hola, señor"]
        * 60,
        strict=True,
    )
]


def saved(how: str) -> bytes:
    data = compose(MARKED)
    text = data.decode()
    if how == "pysrt":
        out = io.StringIO()
        pysrt.from_string(text).write_into(out)
        return out.getvalue().encode()
    if how == "pysubs2":
        return pysubs2.SSAFile.from_string(text).to_string("srt").encode()
    blocks = text.strip().split("\n\n")
    seven = enumerate(blocks, 7)
    return {
        "bom": b"\xef\xbb\xbf" + data,
        "crlf": text.replace("\n", "\r\n").encode(),
        "cr": text.replace("\n", "\r").encode(),
        "utf-16": text.encode("utf-16"),
        "cp1251": text.encode("cp1251", "replace"),
        "renumbered": "\n\n".join(f"{at}{b.lstrip(DIGITS)}" for at, b in seven).encode(),
        "unnumbered": "\n\n".join(b.partition("\n")[2] for b in blocks).encode(),
        "blanks": text.replace("\n\n", "  \n\n\n").encode(),
        "ass": text.replace("<i>", "{\\i1}").replace("</i>", "{\\i0}").encode(),
        "plain": text.replace("…", "...").replace("\u00a0", " ").replace("&", "&amp;").encode(),
    }[how]  # fmt: skip


@pytest.mark.parametrize(
    "how",
    "pysrt pysubs2 bom crlf cr utf-16 cp1251 renumbered unnumbered blanks ass plain".split(),
)
def test_saving_alone_decides_nothing(how: str):
    file = read(saved(how), "a.srt")
    found = told(MARKED, file)
    assert (found.decisions, found.held) == ((), ())
    assert decisions(MARKED, file, track="orig", who="", when="", source="") == ()


@pytest.mark.parametrize("how", ["pysrt", "crlf", "cp1251", "ass", "plain"])
def test_what_was_edited_in_such_a_file_is_decided(how: str):
    file = read(saved(how), "a.srt")
    cues = [*file.cues]
    cues[40] = Found(cues[40].start_ms, cues[40].end_ms, ("Совсем другое",), cues[40].line)
    cues[44] = Found(cues[44].start_ms, cues[44].end_ms + 50, cues[44].lines, cues[44].line)
    found = told(MARKED, Read(tuple(cues), (), (), file.encoding)).decisions
    assert [(type(one), one.at.start_ms) for one in found] == [
        (Text, MARKED[40].start_ms),
        (Time, MARKED[44].start_ms),
    ]


@pytest.mark.parametrize(
    ("was", "guessed", "saved_as"),
    [
        ("cp1251", "koi8-r", "koi8-r"),
        ("koi8-r", "cp1251", "cp1251"),
        ("cp1252", "cp1251", "cp1251"),
        ("utf-8", "cp1251", "utf-8"),  # the editor took it for that, and saved what it saw
    ],
)
def test_letters_of_a_wrong_encoding_are_nobody_s_edit(was: str, guessed: str, saved_as: str):
    texts = ["¿Qué tal?", "Señor", "mañana"] if was == "cp1252" else ["Ещё раз", "Эфир", "Да, да"]
    base = [cue(*row[:2], texts[at % 3]) for at, row in enumerate(rows(programme(30)))]
    human = [(*row[:2], row[2].encode(was).decode(guessed)) for row in rows(base)]
    assert human != rows(base)
    human[4] = (*human[4][:2], "Now so")
    found = told(base, as_read(human, encoding=saved_as)).decisions
    assert [(type(one), one.at.start_ms) for one in found] == [(Text, base[4].start_ms)]


@given(cues(), cues())
def test_whatever_came_back_is_what_was_decided(base: list[Cue], other: list[Cue]):
    """Cues that overlap, that say the same, that are few against many."""
    ours = sorted({row: None for row in rows(base) if row[2]})
    theirs = sorted(row for row in rows(other) if row[2])
    was = [cue(*row) for row in ours]
    found = told(was, as_read(theirs))
    if theirs:
        assert not found.held
        if found.rewriting == NOTHING:
            assert sorted(played(was, found.decisions)) == theirs
