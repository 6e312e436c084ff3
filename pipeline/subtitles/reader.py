"""SRT files as people leave them, read without losing a line: what is odd is said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipeline.core.errors import InputError
from pipeline.subtitles import blocks, encodings, stamps
from pipeline.subtitles.found import Fault, Faults, Found, Read, Stray, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Fault", "Found", "Read", "Stray", "Trouble", "read", "write"]

_SIGNATURES: Final = {
    b"PK\x03\x04": "a ZIP archive or a document of a word processor",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "a document of a word processor",
    b"{\\rtf": "rich text (RTF)",
    b"%PDF-": "a PDF",
    b"\x1f\x8b\x08": "a gzip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\x89PNG\r\n": "a picture (PNG)",
    b"\xff\xd8\xff\xe0": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"\x1a\x45\xdf\xa3": "a video (Matroska)",
    b"\x00\x00\x01\xba": "a video (MPEG) or subtitles as pictures",
    b"OggS": "sound or video (Ogg)",
    b"fLaC": "sound (FLAC)",
    b"SQLite format 3\0": "a database",
    b"\x7fELF": "a program",
}
_LATER: Final = {
    4: {b"ftyp": "a video (MP4)"},
    8: {b"WAVE": "sound (WAV)", b"AVI ": "a video (AVI)"},
}
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_SAMPLE: Final = 100_000  # characters that tell text from bytes
_TEXT_HAS: Final = 20  # characters for each control character, or more


def read(data: bytes, name: str) -> Read:
    """Read what stands in an SRT file called `name`, whatever its bytes.

    A line of times makes a cue, wherever it stands. The text under it goes on to the next cue's
    number or times, over blank lines too. Lines that begin like a cue and have no times that can
    be read are an error, not text of the cue above.

    Raises:
        InputError: it is no text at all; says what it is instead.
    """
    _refuse(data, name)
    decoded = encodings.decode(data)
    faults = Faults()
    for note in decoded.notes:
        faults.add(Trouble.ENCODING, note.line, note.message, is_error=note.is_error)
    cutter = blocks.Cutter(decoded.lines, faults)
    cues = cutter.cues()
    text = "\n".join(decoded.lines)
    control = _CONTROL.search(text)
    if control:
        if not cues and len(_CONTROL.findall(text[:_SAMPLE])) * _TEXT_HAS > len(text[:_SAMPLE]):
            raise _no_text(name, "no text")
        message = "control characters, here for the first time; they are kept"
        line = text.count("\n", 0, control.start()) + 1
        faults.add(Trouble.CONTROL, line, message)
    if not cues:
        message = "no line of times, so no cue" if text.strip() else "an empty file"
        faults.add(Trouble.NO_CUES, 1, message, is_error=bool(text.strip()))
    return Read(cues, tuple(cutter.headers), faults.all(), decoded.encoding)


def write(cues: Iterable[Found]) -> bytes:
    """The file of these cues, in their order, text and positions untouched: UTF-8, LF, numbered.

    What `read` gave is read again: `read(write(cues), "").cues` differs in `line` alone.
    """
    written: list[str] = []
    for number, cue in enumerate(cues, start=1):
        times = f"{stamps.composed(cue.start_ms)} --> {stamps.composed(cue.end_ms)}"
        tail = f" {cue.tail}" if cue.tail else ""
        written += [str(number), times + tail, *cue.lines, ""]
    return "".join(f"{line}\n" for line in written).encode()


def _refuse(data: bytes, name: str) -> None:
    for signature, what in _SIGNATURES.items():
        if data.startswith(signature):
            raise _no_text(name, what)
    for at, signatures in _LATER.items():
        if data[at : at + 4] in signatures:
            raise _no_text(name, signatures[data[at : at + 4]])


def _no_text(name: str, what: str) -> InputError:
    hint = "save the subtitles as an SRT file (plain text), then try again"
    return InputError(f"{name}: this is {what}, not subtitles in text", hint=hint)
