"""The rundown as people write it: read whole, or refused with line and way out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.clock import clock
from pipeline.core.errors import InputError
from pipeline.core.timeline import ItemKind
from pipeline.programme import rundown
from pipeline.programme.rundown import Entry, parse, parse_time

HEADER = "start,end,title,speakers,languages,kind\n"


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        parse(text, "r.csv")
    assert caught.value.hint
    return caught.value


def test_every_column_is_read():
    text = HEADER + '0:00,1:02:03,"Opening, part one",Анна Петрова; Juan Pérez,ru es,talk\n'
    assert parse(text, "r.csv") == (
        Entry(
            start_ms=0,
            end_ms=3_723_000,
            title="Opening, part one",
            speakers=("Анна Петрова", "Juan Pérez"),
            languages=("ru", "es"),
            kind=ItemKind.TALK,
            place="r.csv, line 2",
        ),
    )


@pytest.mark.parametrize(
    ("text", "time_ms"),
    [
        ("1:02:03", 3_723_000),
        ("62:03", 3_723_000),
        ("3723", 3_723_000),
        ("0:05.5", 5_500),
        ("7,25", 7_250),
        (" 12 ", 12_000),
        ("0", 0),
        ("1:60:00", None),
        ("0:75", None),
        ("-5", None),
        ("noon", None),
        ("", None),
        ("1:2:3:4", None),
        ("١:٢", None),
    ],
)
def test_times_are_hours_minutes_seconds_or_seconds_alone(text, time_ms):
    assert parse_time(text) == time_ms


@given(st.integers(0, 999 * 3600))
def test_a_time_that_is_shown_can_be_read_again(seconds):
    assert parse_time(clock(seconds * 1000)) == seconds * 1000


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_first_line_says_what_separates_columns(delimiter):
    text = delimiter.join(["start", "title"]) + "\n" + delimiter.join(["5", "Song"]) + "\n"
    assert parse(text, "r.csv")[0].title == "Song"


def test_an_empty_end_is_the_start_of_the_next_line_and_the_last_stays_open():
    entries = parse("start,title\n0,A\n1:00,B\n", "r.csv")
    assert [(entry.start_ms, entry.end_ms) for entry in entries] == [(0, 60_000), (60_000, None)]


def test_blank_lines_and_lines_for_people_are_passed_over():
    text = "# the marathon of December\n\nstart,end\n\n0,5\n# lunch\n,\n5,9\n"
    places = [entry.place for entry in parse(text, "r.csv")]
    assert places == ["r.csv, line 5", "r.csv, line 8"]


@pytest.mark.parametrize(
    ("lines", "where", "what"),
    [
        ("0:10,0:20,A,,,\n0:15,0:30,B,,,\n", "line 3", "the one above ends at 0:00:20"),
        ("0:20,0:10,A,,,\n", "line 2", "not after its start"),
        ("0:20,0:30,A,,,\n0:05,0:10,B,,,\n", "line 3", "not after the one above it"),
        ("0:20,,A,,,\n0:05,0:10,B,,,\n", "line 3", "not after the one above it"),
        ("0:20,,A,,,\n0:20,0:30,B,,,\n", "line 3", "not after the one above it"),
        ("0:00,0:10,A,,xq,\n", "line 2", "unknown language 'xq'"),
        ("0:00,0:10,A,,,musik\n", "line 2", "unknown kind 'musik'"),
        ("later,0:10,A,,,\n", "line 2", "start 'later' is not a time"),
        (",0:10,A,,,\n", "line 2", "start '' is not a time"),
        ("0:00,0:10,A,,,,surplus\n", "line 2", "more cells than the 6 columns"),
        ('0:00,0:10,"A,,,\n0:20,0:30,B,,,\n', "line 2", "unexpected end of data"),
        (f"0:00,0:10,{'long ' * 30_000},,,\n", "line 2", "a cell of more than 131072 characters"),
        ("", "r.csv", "no items"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_wrong(lines, where, what):
    error = refused(HEADER + lines)
    assert where in error.message
    assert what in error.message


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("begin,end\n0,5\n", "no column named start"),
        ("start,end,titel\n0,5,A\n", "unknown column 'titel'"),
        ("start,start\n0,5\n", "two columns are named 'start'"),
        ("", "empty"),
        ("\n\n", "empty"),
    ],
)
def test_a_wrong_first_line_is_named(header, what):
    assert what in refused(header).message


def test_hints_say_what_was_probably_meant():
    assert "title" in refused("start,titel\n0,A\n").hint
    assert "music" in refused(HEADER + "0,5,A,,,musik\n").hint
    assert "ru" in refused(HEADER + "0,5,A,,russian,\n").hint


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_of_spreadsheets_are_read(tmp_path, encoding):
    path = tmp_path / "r.csv"
    path.write_bytes((HEADER.replace("\n", "\r\n") + "0,5,Музыка,,RU,MUSIC\r\n").encode(encoding))
    (entry,) = rundown.load(path)
    assert (entry.title, entry.languages, entry.kind) == ("Музыка", ("ru",), ItemKind.MUSIC)


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes(HEADER.encode() + "0,5,Музыка,,,\n".encode("cp1251"))
    with pytest.raises(InputError, match=r"r\.csv, line 2: not UTF-8"):
        rundown.load(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"none\.csv cannot be read"):
        rundown.load(tmp_path / "none.csv")


CELLS = st.text(alphabet=st.sampled_from('0123456789:;,."\t\n\r #aжstar\x00\u2028'), max_size=60)


@given(st.one_of(st.text(), CELLS, CELLS.map(lambda text: HEADER + text)))
def test_any_text_is_read_or_refused_with_its_place(text):
    made = attempt(text)
    if isinstance(made, InputError):
        assert made.message.startswith("r.csv")
        assert made.hint
    else:
        assert made
        times = [time for entry in made for time in (entry.start_ms, entry.end_ms)]
        known = [time for time in times if time is not None]
        assert known == sorted(known)


def attempt(text: str):
    try:
        return parse(text, "r.csv")
    except InputError as error:
        return error
