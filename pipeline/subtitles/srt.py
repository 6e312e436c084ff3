"""SRT: written so that every reader agrees on it, read so that nothing is lost in silence."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

from pipeline.core import reading
from pipeline.core.errors import InputError
from pipeline.core.timeline import Cue
from pipeline.subtitles.text import clean

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

_TIME: Final = r"(\d{2,}):([0-5]\d):([0-5]\d),(\d{3})"
_TIME_LINE: Final = re.compile(rf"{_TIME} --> {_TIME}")


def compose(cues: Iterable[Cue], *, kept: Container[Cue] = ()) -> bytes:
    """The SRT file of `cues`: UTF-8 without BOM, LF, in time order, numbered from 1.

    Text that could be taken for anything but text is made harmless; cues as `lay_out` gives them
    stand as they are. A cue without a visible character has no place in a file. The lines of cues
    that are to be `kept` are written as they are.
    """
    from pysrt import SubRipFile, SubRipItem, SubRipTime

    items: list[SubRipItem] = []
    for cue in sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms)):
        lines = cue.lines if cue in kept else filter(None, map(clean, cue.lines))
        text = "\n".join(lines)
        if text:
            start = SubRipTime.from_ordinal(cue.start_ms)
            end = SubRipTime.from_ordinal(cue.end_ms)
            items.append(SubRipItem(len(items) + 1, start, end, text))
    written = io.StringIO(newline="")
    SubRipFile(items, eol="\n").write_into(written)
    return written.getvalue().encode()


def parse(data: bytes, name: str, language: str = "") -> tuple[Cue, ...]:
    """The cues of a well-formed SRT file, every line of text as it stands.

    A byte order mark, CRLF or CR, further blank lines and any numbering are accepted.

    Args:
        data: the file's bytes.
        name: what messages call the file.
        language: what the cues are said to be in.

    Raises:
        InputError: something would be lost or guessed; says in which line.
    """
    cues = []
    for number, block in _blocks(reading.decoded(data, name)):
        cues.append(_cue(block, number, name, language))
    return tuple(cues)


def _blocks(text: str) -> Iterable[tuple[int, list[str]]]:
    """Lines between blank lines, each block with the number of its first line."""
    block: list[str] = []
    for number, line in enumerate([*reading.LINE_END.split(text), ""], start=1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _cue(block: Sequence[str], number: int, name: str, language: str) -> Cue:
    times = _TIME_LINE.fullmatch(block[1].strip()) if len(block) > 1 else None
    if not block[0].strip().isdecimal() or times is None:
        raise InputError(
            f"{name}, line {number}: a number and a line of times should stand here",
            hint="a cue's text has no blank lines; its times look like "
            "00:01:02,345 --> 00:01:04,000",
        )
    for offset, line in enumerate(block[2:], start=2):
        if _TIME_LINE.fullmatch(line.strip()):
            raise InputError(
                f"{name}, line {number + offset}: a second line of times in one cue",
                hint="put a blank line between two cues",
            )
    parts = [int(part) for part in times.groups()]
    start_ms, end_ms = _ms(parts[:4]), _ms(parts[4:])
    if not start_ms < end_ms:
        raise InputError(
            f"{name}, line {number + 1}: the cue ends before it starts",
            hint="put the earlier time first",
        )
    return Cue(start_ms=start_ms, end_ms=end_ms, lines=tuple(block[2:]), language=language)


def _ms(parts: Sequence[int]) -> int:
    hours, minutes, seconds, rest = parts
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + rest
