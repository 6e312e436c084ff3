r"""SRT, WebVTT and ASS: the same cues with the same markup, in the words of each format (pysubs2).

In SRT, `<i>`, `<b>`, `<u>`, `<s>`, `<font color>` and override codes such as `{\an8}` are markup,
as players take them; everything else is text. WebVTT has no strike-through and no colours of ours:
there those marks are left out, their text is not.
"""

from __future__ import annotations

import html
import re
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.core.clock import exact
from pipeline.core.errors import UsageError
from pipeline.subtitles import reader
from pipeline.subtitles.found import Found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pysubs2 import SSAFile


class Format(StrEnum):
    """How a file of subtitles is written; also what its name ends in."""

    SRT = "srt"
    VTT = "vtt"
    ASS = "ass"


class _Mark(NamedTuple):
    """A piece of markup: a letter that begins or ends, a colour (BBGGRR, "" ends it), codes."""

    letter: str = ""
    is_end: bool = False
    colour: str | None = None
    codes: str = ""


_HOUR_MS: Final = 3_600_000
_UNTIL_MS: Final = {
    Format.SRT: 100 * _HOUR_MS,
    Format.VTT: 100 * _HOUR_MS,
    Format.ASS: 10 * _HOUR_MS,
}
_MARKUP: Final = re.compile(
    r"<(?P<end>/?)\s{0,3}(?P<letter>[ibus])\s{0,3}>"
    r"|<(?:/font\s{0,3}|font\s(?P<font>[^<>]{0,200}))>"
    r"|\{(?P<codes>\\[^{}]{0,200})\}",
    re.IGNORECASE,
)
_COLOUR: Final = re.compile(r"colou?r\s*=\s*[\"']?#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})\b", re.I)
_SWITCH: Final = re.compile(r"\\([biu])([01])(?![0-9a-z])", re.IGNORECASE)
_PLACE: Final = re.compile(r"\\an([1-9])(?!\d)", re.IGNORECASE)
_TIMES: Final = re.compile(r"^.* --> .*$", re.MULTILINE)
_IN_VTT: Final = frozenset("ibu")
_NEWLINE: Final = r"\N"
# A backslash before n, N, h or in braces means something to pysubs2 and to players: an invisible
# character of no width (word joiner) keeps it what it is. mpv does the same.
_BACKSLASH: Final = "\u2060\\\u2060"
_CENTI_MS: Final = 10  # ASS counts hundredths of a second


def compose(cues: Sequence[Found], form: Format, *, name: str = "") -> bytes:
    """The file of these cues in time order, in UTF-8 with LF.

    In SRT the lines are as they stand. `name` is what messages call the file.

    Raises:
        UsageError: the format has no way to write times so late.
    """
    ordered = sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))
    late = next((cue for cue in ordered if cue.end_ms >= _UNTIL_MS[form] - _CENTI_MS), None)
    if late is not None:
        hours = _UNTIL_MS[form] // _HOUR_MS
        raise UsageError(
            f"{name}: a cue ends at {exact(late.end_ms)}, and {form} ends before {hours} hours",
            hint="for less: --item N --rebase"
            + (", or --format vtt" if form is Format.ASS else ""),
        )
    if form is Format.SRT:
        return reader.write(ordered)
    return _vtt(ordered) if form is Format.VTT else _ass(ordered)


def ass_text(lines: Sequence[str], *, escape_braces: bool = True) -> str:
    r"""The text of a cue as ASS writes it in one line.

    >>> print(ass_text(["<i>Hola</i> {sic}", "a"]))
    {\i1}Hola{\i0} \{sic\}\Na
    """
    return _NEWLINE.join(
        "".join(
            _ass_mark(piece)
            if isinstance(piece, _Mark)
            else _ass_plain(piece, escape_braces=escape_braces)
            for piece in _pieces(line)
        )
        for line in lines
    )


def ass_header() -> bytes:
    """An ASS file without cues: its styles."""
    return _ass([])


def apart(cues: Sequence[Found]) -> tuple[Found, ...]:
    """The same text at every moment, in cues that do not overlap: shown together, they are one."""
    ordered = sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))
    found: list[Found] = []
    showing: list[Found] = []
    at = 0
    borders = sorted({ms for cue in ordered for ms in (cue.start_ms, cue.end_ms)})
    for start_ms, end_ms in pairwise(borders):
        showing = [cue for cue in showing if cue.end_ms > start_ms]
        while at < len(ordered) and ordered[at].start_ms <= start_ms:
            if ordered[at].end_ms > start_ms:
                showing.append(ordered[at])
            at += 1
        if showing:
            lines = tuple(line for cue in showing for line in cue.lines)
            found.append(Found(start_ms, end_ms, lines, showing[0].line))
    return tuple(found)


def _vtt(cues: Sequence[Found]) -> bytes:
    subs = _subs()
    for cue in cues:
        _add(subs, cue.start_ms, cue.end_ms, _NEWLINE.join(map(_vtt_line, cue.lines)))
    written = subs.to_string("vtt", keep_ssa_tags=True)
    places = iter([_vtt_place(cue) for cue in cues])  # no --> is in the text: its > are escaped
    return _TIMES.sub(lambda times: times[0] + next(places), written).encode()


def _ass(cues: Sequence[Found]) -> bytes:
    from pysubs2 import Alignment, SSAStyle

    subs = _subs()
    subs.info |= {"PlayResX": "1920", "PlayResY": "1080"}
    subs.styles["Default"] = SSAStyle(
        fontsize=64,
        outline=3,
        shadow=1,
        marginl=90,
        marginr=90,
        marginv=60,
        alignment=Alignment.BOTTOM_CENTER,
    )
    for cue in cues:
        start_ms = _rounded(cue.start_ms)
        end_ms = max(_rounded(cue.end_ms), start_ms + _CENTI_MS)
        _add(subs, start_ms, end_ms, ass_text(cue.lines))
    return subs.to_string("ass", header_notice="").encode()


def _subs() -> SSAFile:
    from pysubs2 import SSAFile

    return SSAFile()


def _add(subs: SSAFile, start_ms: int, end_ms: int, text: str) -> None:
    from pysubs2 import SSAEvent

    subs.append(SSAEvent(start=start_ms, end=end_ms, text=text))


def _rounded(ms: int) -> int:
    return (ms + _CENTI_MS // 2) // _CENTI_MS * _CENTI_MS


def _pieces(line: str) -> Iterator[_Mark | str]:
    at = 0
    for found in _MARKUP.finditer(line):
        if found.start() > at:
            yield line[at : found.start()]
        yield _mark(found)
        at = found.end()
    if at < len(line):
        yield line[at:]


def _mark(found: re.Match[str]) -> _Mark:
    if found["letter"]:
        return _Mark(letter=found["letter"].lower(), is_end=bool(found["end"]))
    if found["codes"]:
        return _Mark(codes=found["codes"])
    colour = _COLOUR.search(found["font"] or "")
    if colour is None:
        return _Mark(colour="" if found["font"] is None else None)
    return _Mark(colour=(colour[3] + colour[2] + colour[1]).upper())


def _ass_mark(mark: _Mark) -> str:
    if mark.letter:
        return f"{{\\{mark.letter}{0 if mark.is_end else 1}}}"
    if mark.codes:
        return f"{{{mark.codes}}}"
    if mark.colour is None:
        return ""
    return f"{{\\c&H{mark.colour}&}}" if mark.colour else r"{\c}"


def _ass_plain(text: str, *, escape_braces: bool) -> str:
    text = text.replace("\\", _BACKSLASH)
    return text.replace("{", r"\{").replace("}", r"\}") if escape_braces else text


def _vtt_line(line: str) -> str:
    return "".join(
        _vtt_mark(piece)
        if isinstance(piece, _Mark)
        else html.escape(piece.replace("\\", _BACKSLASH), quote=False)
        for piece in _pieces(line)
    )


def _vtt_mark(mark: _Mark) -> str:
    if mark.letter in _IN_VTT:
        return f"<{'/' * mark.is_end}{mark.letter}>"
    switches = _SWITCH.findall(mark.codes)
    return "".join(f"<{'/' * (is_on == '0')}{letter.lower()}>" for letter, is_on in switches)


def _vtt_place(cue: Found) -> str:
    r"""Where on the screen: what `{\an8}` says, as cue settings; the bottom centre needs none."""
    marks = (piece for line in cue.lines for piece in _pieces(line) if isinstance(piece, _Mark))
    place = next((found for mark in marks if (found := _PLACE.search(mark.codes))), None)
    if place is None:
        return ""
    row, column = divmod(int(place[1]) - 1, 3)
    line = ("", " line:50%", " line:0")[row]
    return line + (" align:start position:0%", "", " align:end position:100%")[column]
