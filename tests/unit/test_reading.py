"""What people saved is read, or refused with the line; whatever it holds, it is never a bug."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import reading
from pipeline.core.errors import InputError
from pipeline.engines import card
from pipeline.programme import info, roster, tables

NOT_TEXT = "марафон".encode("cp1251")
MONSTERS = {"nested": f"\nx = {'[' * 5_000}{']' * 5_000}", "digits": f"\nx = {'9' * 5_000}\n\n"}


@given(st.text(st.sampled_from("ab\n\r"), max_size=20), st.booleans())
def test_the_line_is_the_one_an_editor_shows_with_a_mark_and_without(before: str, mark: bool):
    line = len(reading.LINE_END.split(before))
    data = codecs.BOM_UTF8 * mark + before.encode() + NOT_TEXT
    for read in (reading.decoded, reading.decoded_table):
        with pytest.raises(InputError) as caught:
            read(data, "x")
        assert caught.value.message == f"x, line {line}: not UTF-8"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_spreadsheets_utf_16_is_read_or_refused_with_its_line(mark: bytes, encoding: str):
    data = mark + "a\nя\n".encode(encoding)
    assert reading.decoded_table(data, "x") == "a\nя\n"
    with pytest.raises(InputError, match="x, line 3: not UTF-16"):
        reading.decoded_table(data + b"\0", "x")


@pytest.mark.parametrize("what", MONSTERS)
def test_toml_that_python_cannot_take_is_an_input_error(tmp_path: Path, what: str):
    for name in ("show.toml", "card.toml"):
        (tmp_path / name).write_text(MONSTERS[what])
    for read in (
        lambda: info.load(tmp_path / "show.mp4"),
        lambda: card.read(tmp_path),
        lambda: roster.parse(MONSTERS[what], "roster.toml"),
    ):
        with pytest.raises(InputError, match=r"\.toml, line 2: (nested|a number)") as caught:
            read()
        assert "quotes" in caught.value.hint or "brackets" in caught.value.hint
        assert "set_int_max_str_digits" not in caught.value.message


def test_a_table_and_an_info_file_with_a_mark_name_the_right_line(tmp_path: Path):
    path = tmp_path / "show.toml"
    path.write_bytes(codecs.BOM_UTF8 + b"\n\n" + NOT_TEXT)
    with pytest.raises(InputError, match="line 3: not UTF-8"):
        info.load(tmp_path / "show.mp4")
    with pytest.raises(InputError, match="line 3: not UTF-8"):
        tables.read(path, "rundown")


@pytest.mark.parametrize("number", ["9" * 5_000, "0x" + "F" * 5_000, "[[0x" + "F" * 5_000 + "]]"])
def test_a_number_of_thousands_of_digits_has_a_line(number):
    with pytest.raises(InputError, match=r"info.toml, line 2: a number of thousands of digits"):
        reading.toml(f'title = "x"\nstart = {number}\n', "info.toml", hint="")
