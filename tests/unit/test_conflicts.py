"""What is told of where people and a new result disagree."""

from __future__ import annotations

from pipeline.emit.conflicts import Conflict, ranked, text


def conflict(start_ms: int = 754_000, **changes) -> Conflict:
    given = {"track": "orig", "was": "раз", "yours": "два", "new": "три", "probability": 0.9}
    return Conflict(start_ms=start_ms, end_ms=start_ms + 1_000, **(given | changes))


def test_without_conflicts_there_is_no_file():
    assert text([]) == ""


def test_a_row_has_all_three_texts_and_how_sure_the_new_one_is():
    [row] = [line for line in text([conflict()]).splitlines() if "12:34" in line]
    assert row == "| 12:34 | as spoken | раз | два | три | 0.90 |"


def test_nothing_in_a_text_is_markup():
    row = text([conflict(new="a|b\n# <b>c</b>")]).splitlines()[-1]
    assert r"a\|b / \# \<b>c\</b>" in row


def test_people_come_first_then_what_is_sure():
    two = conflict(file="items/01.srt", also="четыре", new="", probability=0.0)
    sure, unsure = conflict(), conflict(probability=0.2, new="пять")
    assert ranked([unsure, sure, two, sure]) == [two, sure, unsure]
    assert "items/01" in text([two])


def test_a_deleted_cue_and_silence_are_said_in_words():
    rows = text([conflict(yours=""), conflict(new="")]).splitlines()[-2:]
    assert "(deleted)" in rows[0]
    assert "(nothing)" in rows[1]


def test_only_so_many_rows():
    assert "There are 20 more places." in text([conflict(n) for n in range(520)])


def test_above_the_table_stands_what_to_do_of_each_kind_that_is_in_it():
    new, peoples = "if the new words are better", "People changed one cue differently"
    two = conflict(file="items/01.srt", also="четыре", new="", probability=0.0)
    for given, told in (([conflict()], (1, 0)), ([two], (0, 1)), ([two, conflict()], (1, 1))):
        page = text(given)
        assert (page.count(new), page.count(peoples)) == told
        assert page.startswith("# Changed differently" if told == (0, 1) else "# A new result")
