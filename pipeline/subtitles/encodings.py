"""Bytes that somebody's editor saved, as lines of text; what had to be guessed is said."""

from __future__ import annotations

import codecs
import re
from itertools import compress, islice
from operator import ne
from typing import Final

import msgspec

from pipeline.subtitles.found import places
from pipeline.subtitles.guessing import SAMPLE, guess

_MARKS: Final = {  # the longer first: UTF-32's begins with UTF-16's
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_ARROW: Final = b"-->"  # in UTF-16 these bytes would be two rare characters
_LEAST_ZEROS: Final = 0.15  # of UTF-16's high bytes; the times alone give more
_ODD_ZEROS: Final = 0.1  # of those, at most so many among the low bytes
_BAD: Final = "\udc80-\udcff"  # bytes that are not UTF-8, as `surrogateescape` has them
_WRONG: Final = re.compile(f"[{_BAD}].*+")
_ANY: Final = re.compile(f"([{_BAD}])")
# A single byte beside a Latin letter is one of Windows' western letters; others may be half of one.
_WESTERN_BYTES: Final = {
    chr(0xDC00 + byte): bytes([byte]).decode("cp1252", "ignore") or chr(0xDC00 + byte)
    for byte in range(0x80, 0x100)
}
_BY_LETTER: Final = re.compile(
    f"([{_BAD}])(?:(?<=[A-Za-z].)(?![{_BAD}])|(?=[A-Za-z])(?<![{_BAD}].))"
)
_HEX: Final = {chr(0xDC00 + byte): f"\\x{byte:02x}" for byte in range(0x80, 0x100)}
_BATCH: Final = 1 << 10  # lines put right at a time, so that what is cut up stays in the cache


class Note(msgspec.Struct, frozen=True):
    """What was guessed, or could not be read, and in which line, from 1."""

    line: int
    message: str
    is_error: bool


class Decoded(msgspec.Struct, frozen=True):
    """A file's lines without their ends; `encoding` is Python's name, `utf-8-sig` with a mark."""

    lines: list[str]
    encoding: str
    notes: tuple[Note, ...] = ()


def decode(data: bytes) -> Decoded:
    r"""The lines of a file in whatever encoding; a byte that is no character stands as `\xff`.

    A byte order mark decides, then UTF-16 and UTF-32 by their zeros, then UTF-8, line by line if
    most of it is that, then what the letters look like. All but good UTF-8 gives a note.
    """
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return _marked(data[len(mark) :], encoding)
    wide = _by_zeros(data)
    return _wide(data, wide) if wide else _eight_bit(data)


def split(text: str) -> list[str]:
    r"""Lines that end in CR, LF or CRLF and nothing else; CR CR LF throughout counts as one end."""
    return _ended(text).split("\n")


def _ended(text: str) -> str:
    """The same lines with LF for their ends."""
    if "\r" in text:
        doubled = text.count("\r\r\n")
        if doubled > 1 and doubled == text.count("\n") and 2 * doubled == text.count("\r"):
            text = text.replace("\r\r\n", "\n")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _marked(data: bytes, encoding: str) -> Decoded:
    """What follows a byte order mark; UTF-16's before bytes without a zero is there by mistake."""
    if encoding != "utf-8" and (not data or b"\0" in data):
        return _wide(data, encoding)
    read = _eight_bit(data)
    if encoding == "utf-8":
        is_whole = read.encoding == "utf-8"
        return msgspec.structs.replace(read, encoding="utf-8-sig") if is_whole else read
    note = Note(1, f"marked as {encoding.upper()}, which it is not", is_error=False)
    return msgspec.structs.replace(read, notes=(note, *read.notes))


def _by_zeros(data: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: digits, blanks and line ends have their zeros in one place.

    Returns:
        Python's name of the encoding; "" where it is neither.
    """
    if b"\0" not in data or _ARROW in data:
        return ""
    zeros = [data[at::4].count(0) for at in range(4)]
    quarter = len(data) // 4
    if quarter and zeros[3] >= quarter and zeros[2] > quarter * (1 - _ODD_ZEROS):
        return "utf-32-le" if zeros[0] < quarter else ""
    if quarter and zeros[0] >= quarter and zeros[1] > quarter * (1 - _ODD_ZEROS):
        return "utf-32-be"
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    if (
        max(even, odd) < len(data) / 2 * _LEAST_ZEROS
        or min(even, odd) > max(even, odd) * _ODD_ZEROS
    ):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _wide(data: bytes, encoding: str) -> Decoded:
    notes = [Note(1, f"the file is {encoding.upper()}, not UTF-8", is_error=False)]
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        text = data.decode(encoding, "backslashreplace")
        line = len(split(data[: error.start].decode(encoding)))
        what = f"bytes that are no character in {encoding.upper()}"
        notes.append(Note(line, f"{what}; they stand as \\x.. in the text", is_error=True))
    return Decoded(split(text), encoding, tuple(notes))


def _eight_bit(data: bytes) -> Decoded:
    try:
        return Decoded(split(data.decode()), "utf-8")
    except UnicodeDecodeError:
        text = _ended(data.decode("utf-8", "surrogateescape"))
    good = text.encode("utf-8", "ignore").decode()
    if len(good) - len(good.encode("ascii", "ignore")) >= len(text) - len(good):
        return _repaired(text.split("\n"), good.split("\n"))
    wrong = [found.span() for found in islice(_WRONG.finditer(text), SAMPLE)]
    encoding = guess([_bytes(text[text.rfind("\n", 0, at) + 1 : end]) for at, end in wrong])
    first = text.count("\n", 0, wrong[0][0]) + 1
    what = f"the file is not UTF-8; by its letters it is {encoding}"
    notes = [Note(first, what, is_error=False)]
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        text = data.decode(encoding, "backslashreplace")
        line = len(split(data[: error.start].decode(encoding, "replace")))
        notes.append(Note(line, _unreadable(f"no characters in {encoding}"), is_error=True))
    return Decoded(split(text), encoding, tuple(notes))


def _unreadable(what: str) -> str:
    return f"bytes that are {what}; they stand as \\x.. in the text"


def _repaired(lines: list[str], good: list[str]) -> Decoded:
    """Most is UTF-8: a line without any of it is guessed whole, in another single bytes are.

    `good` is what remains of each line without its bytes that are no UTF-8.
    """
    wrong = list(compress(range(len(lines)), map(ne, lines, good)))
    whole = [at for at in wrong if good[at].isascii()]
    used = []
    if whole:
        text, encoding = _guessed("\n".join(map(lines.__getitem__, whole)))
        _put(lines, whole, text)
        used.append(encoding)
    if len(whole) < len(wrong):
        mixed = [at for at in wrong if not good[at].isascii()]
        for at in range(0, len(mixed), _BATCH):
            some = mixed[at : at + _BATCH]
            _put(lines, some, _patched("\n".join(map(lines.__getitem__, some))))
        used.append("cp1252")
    names = " and ".join(dict.fromkeys(used))
    what = f"not UTF-8 in {places(wrong, shift=1)}: read as {names}"
    notes = [Note(wrong[0] + 1, what, is_error=False)]
    dark = [at for at in wrong if "\\x" in lines[at]]
    if dark:
        what = _unreadable(f"no UTF-8 in {places(dark, shift=1)}")
        notes.append(Note(dark[0] + 1, what, is_error=True))
    return Decoded(lines, "utf-8", tuple(notes))


def _put(lines: list[str], where: list[int], text: str) -> None:
    """Lines of `text` in the place of those at `where`, in order."""
    for at, line in zip(where, text.split("\n"), strict=True):
        lines[at] = line


def _guessed(text: str) -> tuple[str, str]:
    data = _bytes(text)
    encoding = guess([data])
    read = data.decode(encoding, "backslashreplace")
    if read.count("\n") == text.count("\n"):
        return read, encoding
    return data.decode("cp1252", "backslashreplace"), "cp1252"


def _patched(text: str) -> str:
    """Single bytes beside a Latin letter as western letters, any other as it is seen."""
    return _with(_HEX, _ANY, _with(_WESTERN_BYTES, _BY_LETTER, text))


def _with(characters: dict[str, str], bad: re.Pattern[str], text: str) -> str:
    """A text with each character that `bad` captures put as `characters` has it."""
    parts = bad.split(text)
    parts[1::2] = map(characters.__getitem__, parts[1::2])
    return "".join(parts)


def _bytes(line: str) -> bytes:
    return line.encode("utf-8", "surrogateescape")
