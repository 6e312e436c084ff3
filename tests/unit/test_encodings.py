"""Bytes of any editor as lines: right where they can be, and said where they were guessed."""

from __future__ import annotations

import codecs
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core import reading
from pipeline.subtitles.encodings import decode, split

TIMES = "1\n00:00:01,000 --> 00:00:02,000\n"
RUSSIAN = """Привет, как дела? Сегодня мы говорим о музыке.
Да, конечно, я тоже так думаю.
Дети поют лучше всех, это правда.
Спасибо, что вы с нами!
Мы начинаем через пять минут.
""".splitlines()
SPANISH = """¿Cómo está usted, señor?
Mañana irá a la montaña. ¡Qué bien!
El niño cantó una canción muy bonita.
Después llegó el autobús.
Está aquí, señoras y señores.
""".splitlines()
OTHERS = {
    "cp1250": "Zażółć gęślą jaźń, proszę pana.",
    "cp1253": "Καλημέρα σας, τι κάνετε σήμερα;",
    "cp1254": "İstanbul'da güneşli bir gün, değil mi?",
    "gb18030": "今天我们谈论音乐和孩子们。",
    "shift_jis": "今日は音楽について話します。",
    "cp1256": "مرحبا بكم في هذا اليوم",
    "cp1252": "Größe der Übung, schöne Grüße",
    "cp1251": "Сьогодні ми говоримо про музику, її історію.",
}


@pytest.mark.parametrize("count", [1, 5, 100])
@pytest.mark.parametrize("name", ["cp1251", "koi8-r", "cp866", "iso8859-5"])
def test_russian_of_any_length_is_read_in_all_its_encodings(name: str, count: int):
    for at in range(len(RUSSIAN)):
        text = "\n".join((RUSSIAN * count)[at : at + count])
        found = decode((TIMES + text).encode(name))
        assert "\n".join(found.lines) == TIMES + text
        assert found.encoding == name
        assert [(note.line, note.is_error) for note in found.notes] == [(3, False)]
        assert name in found.notes[0].message


@pytest.mark.parametrize("count", [1, 5, 100])
def test_spanish_is_not_taken_for_russian(count: int):
    for at in range(len(SPANISH)):
        text = "\n".join((SPANISH * count)[at : at + count])
        found = decode((TIMES + text).encode("cp1252"))
        assert "\n".join(found.lines) == TIMES + text
        assert found.encoding == "cp1252"


@pytest.mark.parametrize("word", ["Да.", "Нет", "Кто?", "señor", "Sí.", "café", "AÑO", "Ещё"])
def test_one_word_is_enough(word: str):
    name = "cp1252" if word.lower()[0] in "sca" else "cp1251"
    assert decode((TIMES + word).encode(name)).lines[2] == word


@pytest.mark.parametrize("name", OTHERS)
def test_the_detector_is_believed_about_other_languages(name: str):
    assert decode((TIMES + OTHERS[name]).encode(name)).lines[2] == OTHERS[name]


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("has_mark", [True, False])
@pytest.mark.parametrize("text", ["a", "Привет, мир", "今天", "🎉 e\u0301"])
def test_wide_encodings_are_known_with_and_without_a_mark(name: str, has_mark: bool, text: str):
    data = (("\ufeff" if has_mark else "") + TIMES + text).encode(name)
    found = decode(data)
    assert "\n".join(found.lines) == TIMES + text
    assert found.encoding == name
    assert name.upper() in found.notes[0].message


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE])
def test_a_wrong_mark_is_told(mark: bytes):
    found = decode(mark + (TIMES + RUSSIAN[0]).encode("cp1251"))
    assert found.lines[2] == RUSSIAN[0]
    assert "which it is not" in found.notes[0].message


@given(st.text())
@example("\0a\0b\0c -->")
def test_good_text_is_read_as_it_is_and_without_a_word(text: str):
    found = decode(f"-->{text}".encode())
    assert found.lines == split(f"-->{text}")
    assert (found.encoding, found.notes) == ("utf-8", ())
    marked = decode(f"-->{text}".encode("utf-8-sig"))
    assert (marked.lines, marked.encoding, marked.notes) == (found.lines, "utf-8-sig", ())


@given(st.binary())
def test_any_bytes_are_decoded_and_what_is_not_utf_8_is_told(data: bytes):
    found = decode(data)
    assert all("\n" not in line and "\r" not in line for line in found.lines)
    "\n".join(found.lines).encode()
    for note in found.notes:
        assert 1 <= note.line <= len(found.lines)
    try:
        data.decode()
    except UnicodeDecodeError:
        assert found.notes


@given(st.text("a\r\n\u2028\x85\v"))
def test_lines_end_where_every_reader_of_ours_sees_an_end(text: str):
    if "\r\r\n" not in text:
        assert split(text) == reading.LINE_END.split(text)


def test_bytes_of_another_encoding_are_put_right_line_by_line():
    good = "Привет, мир\n"
    data = good.encode() * 3 + b"El a\xf1o\n" + "Это другой текст\n".encode("cp1251")
    found = decode(good.encode() * 3 + b"El a\xf1o\n" + "Привет".encode() + b"\xd1\n")
    assert found.lines[3:5] == ["El año", "Привет\\xd1"]
    assert [(note.line, note.is_error) for note in found.notes] == [(4, False), (5, True)]
    assert "lines 4, 5" in found.notes[0].message
    assert decode(data.replace(b"El a\xf1o\n", b"")).lines[3] == "Это другой текст"


def test_a_byte_beside_a_latin_letter_is_western_and_another_is_left_to_be_seen():
    found = decode("Привет — caf".encode() + b"\xe9, \xd0 \xe9\xe9a\n")
    assert found.lines[0] == "Привет — café, \\xd0 \\xe9\\xe9a"


def test_the_detector_is_imported_only_where_it_is_needed():
    code = (
        "import sys; from pipeline.subtitles import reader\n"
        "reader.read('1\\n00:00:01,000 --> 00:00:02,000\\nда\\n'.encode(), 'x')\n"
        "assert 'chardet' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
