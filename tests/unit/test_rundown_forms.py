"""The rundown as the lines of a description, as YAML and as TOML: the same entries, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import InputError
from pipeline.core.timeline import ItemKind
from pipeline.programme import rundown
from pipeline.programme.rundown import Entry, parse_outline, parse_toml, parse_yaml

YAML = """
- start: 0:00:05
  end: 12:30
  title: "Opening: part one"
  speakers: [Анна Петрова, Juan Pérez]
  languages: ru es
- {start: 12:30, title: No, kind: music}
- start: 750.5
  languages: [no]
  end: ~
"""
TOML = """
[[items]]
start = 00:00:05
end = "12:30"
title = "Opening: part one"
speakers = ["Анна Петрова", "Juan Pérez"]
languages = "ru es"
[[items]]
start = 750
title = "No"
kind = "music"
[[items]]
start = 750.5
languages = ["no"]
"""


def short(entries: tuple[Entry, ...]) -> list[tuple[int, int | None, str]]:
    return [(entry.start_ms, entry.end_ms, entry.title) for entry in entries]


@pytest.mark.parametrize(
    ("read", "text", "lines"), [(parse_yaml, YAML, (2, 7, 8)), (parse_toml, TOML, (2, 8, 12))]
)
def test_every_key_is_read_as_it_stands(read, text, lines):
    opening, song, last = read(text, "r")
    assert opening == Entry(
        start_ms=5_000,
        end_ms=750_000,
        title="Opening: part one",
        speakers=("Анна Петрова", "Juan Pérez"),
        languages=("ru", "es"),
        place=f"r, line {lines[0]}",
    )
    assert (song.start_ms, song.end_ms, song.title) == (750_000, 750_500, "No")
    assert (song.kind, song.place) == (ItemKind.MUSIC, f"r, line {lines[1]}")
    assert (last.start_ms, last.end_ms, last.languages) == (750_500, None, ("no",))


def test_in_yaml_the_list_may_have_its_name():
    assert short(parse_yaml("items:\n- start: 0\n- start: 5\n", "r")) == [
        (0, 5_000, ""),
        (5_000, None, ""),
    ]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("0:12:30 Title", "Title"),
        ("00:12:30 - Title", "Title"),
        ("12:30 — Title – and more ", "Title – and more"),
        ("• 12:30: Title", "Title"),
        ("- [12:30] Title", "Title"),
        ("(0:12:30) (Title)", "(Title)"),
        ("3. 12:30 | Title", "Title"),
        ("3) 12:30 Title", "Title"),
        ("1️⃣ 12:30 Title", "Title"),
        ("▶️ 12:30\tTitle", "Title"),
        ("**12:30** Title", "Title"),
        ("12:30", ""),
    ],
)
def test_a_line_that_begins_with_a_time_is_an_item(line, title):
    assert short(parse_outline(line, "r.txt")) == [(750_000, None, title)]


def test_other_lines_of_a_description_are_passed_by():
    text = """Marathon of 8 December, 12:30 Moscow time
https://example.org/0:30

# 0:10 a line for people
0:00 Opening
16:9 is the picture, 2019-12-08 the date
12:30 - 62:03 Guest: 5 questions
1:02:03:04 no time, 1:001 neither
1:02:03 Music
"""
    entries = parse_outline(text, "r.txt")
    assert short(entries) == [
        (0, 750_000, "Opening"),
        (750_000, 3_723_000, "Guest: 5 questions"),
        (3_723_000, None, "Music"),
    ]
    assert entries[1].place == "r.txt, line 7"


@pytest.mark.parametrize(
    ("read", "text", "what"),
    [
        (parse_outline, "0:20 A\nx\n0:10 B\n", "r, line 3: starts at 0:00:10, not after"),
        (parse_outline, "0:20 A\n0:20 B\n", "r, line 2: starts at 0:00:20, not after"),
        (parse_outline, "0:00 - 0:30 A\n0:20 B\n", "line 2: starts at 0:00:20, but the one above"),
        (parse_outline, "0:75 A\n", "r, line 1: start '0:75' is not a time"),
        (parse_outline, "Nothing here\n", "r: no items"),
        (parse_toml, "", "r: no items"),
        (parse_toml, "[[items]]\nstart = 20\n[[items]]\nstart = 5\n", "r, line 3: starts at"),
        (parse_toml, "items = [{start = 9}, {start = 5}]", "r, entry 2: starts at 0:00:05"),
        (parse_toml, "[[items]]\nstart = true\n", "r, line 1: start is not text or a number"),
        (parse_toml, "[[items]]\nstart = 2019-12-08\n", "r, line 1: start is not text"),
        (parse_toml, "[[items]]\nbegin = 1\n", "r, line 1: unknown key 'begin'"),
        (parse_toml, "[[items]]\nstart = 1\nspeakers = [[1]]\n", "speakers is not text or a list"),
        (parse_toml, "[[item]]\nstart = 1\n", "r: unknown key 'item'"),
        (parse_toml, "[[items]\n", "r, line 1: not TOML"),
        (parse_toml, "[[items]]\ntitle = 'A'\n", "r, line 1: start '' is not a time"),
        (parse_yaml, "", "r: no items"),
        (parse_yaml, "items:\n", "r: no items"),
        (parse_yaml, "- start: 20\n- start: 5\n", "r, line 2: starts at 0:00:05, not after"),
        (parse_yaml, "- start: 20\n  end: 5\n", "r, line 1: ends at 0:00:05, not after"),
        (parse_yaml, "- start: 1\n  start: 2\n", "r, line 2: 'start' stands here twice"),
        (parse_yaml, "- start: 1\n  title: [a]\n", "r, line 1: title is not text or a number"),
        (parse_yaml, "- begin: 1\n", "r, line 1: unknown key 'begin'"),
        (parse_yaml, "rundown:\n- start: 1\n", "unknown key 'rundown'"),
        (parse_yaml, "0:00 Opening\n0:30 Guest\n", "r, line 1: not a list of items"),
        (parse_yaml, "- a\n", "r, line 1: not a list of items"),
        (parse_yaml, "\n- &a {start: 1}\n- *a\n", "r, line 3: an alias"),
        (parse_yaml, "- start: 1\n\ttitle: A\n", "r, line 2: not YAML"),
        (parse_yaml, "- start: 1\n---\n- start: 2\n", "r, line 2: not YAML"),
        (parse_yaml, "\n- title: \0\n", "r, line 2: not YAML: a character"),
        (parse_yaml, '- title: "\\uD800"\n', "r, line 1: half a character"),
        (parse_yaml, "- " * 20_000, "nested too deeply"),
        (parse_yaml, "[" * 20_000, "nested too deeply"),
        (parse_yaml, f"%YAML {'9' * 5_000}.1\n---\n", "not YAML"),
        (parse_yaml, '- title: "\\UFFFFFFFF"\n', "not YAML"),
        (parse_yaml, "- title: " + "x" * 300_000, "r: more than 262144 characters"),
    ],
)
def test_a_wrong_rundown_is_refused_with_its_place(read, text, what):
    with pytest.raises(InputError) as caught:
        read(text, "r")
    assert what in caught.value.message
    assert caught.value.hint


def test_yaml_that_asks_for_objects_gets_text():
    made = attempt(parse_yaml, "- start: !!python/object/apply:os.getcwd [1]\n")
    assert isinstance(made, InputError)
    (entry,) = parse_yaml("- {start: 1, title: !!python/name:os.getcwd x}\n", "r")
    assert entry.title == "x"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("r.csv", "start,title\n0,A\n30,B\n"),
        ("r.txt", "start;title\n0;A\n30;B\n"),
        ("r.txt", "A marathon, start at noon\n0:00 A\n0:30 B\n"),
        ("description", "\n0:00 A\n0:30 B\n"),
        ("r.YML", "- {start: 0, title: A}\n- {start: 30, title: B}\n"),
        ("r.yaml", "- {start: 0, title: A}\n- {start: 30, title: B}\n"),
        ("r.toml", '[[items]]\nstart=0\ntitle="A"\n[[items]]\nstart=30\ntitle="B"\n'),
    ],
)
def test_a_file_is_taken_for_what_its_name_or_its_first_line_says(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    assert short(rundown.load(path)) == [(0, 30_000, "A"), (30_000, None, "B")]


LINES = st.text(st.sampled_from("0123456789:- .•[](){}\n#ab,\u20e3\ufe0f—&*!|>'\"%~"), max_size=80)


def attempt(read, text: str):
    try:
        return read(text, "r")
    except InputError as error:
        return error


@given(st.sampled_from([parse_outline, parse_toml, parse_yaml]), st.text() | LINES)
def test_any_text_is_read_or_refused_with_its_place(read, text):
    made = attempt(read, text)
    if isinstance(made, InputError):
        assert made.message.startswith("r")
        assert made.hint
        return
    times = [time for entry in made for time in (entry.start_ms, entry.end_ms)]
    known = [time for time in times if time is not None]
    assert made
    assert known == sorted(known)


@given(st.text("-•[( 0:1.)\ufe0f\u20e3", min_size=2_000, max_size=4_000))
def test_a_long_line_of_signs_takes_no_time(text):
    assert attempt(parse_outline, text)


@pytest.mark.parametrize("signs", ["-" * 99_999, "1." + " " * 99_999, "0:00" + " " * 99_999 + "x"])
def test_a_line_of_a_hundred_thousand_signs_takes_no_time(signs):
    assert attempt(parse_outline, signs)
