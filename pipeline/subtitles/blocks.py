"""Which lines of an SRT file belong to which cue, where blank lines and numbers do not tell."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pipeline.subtitles import stamps
from pipeline.subtitles.found import Found, Stray, Trouble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.subtitles.found import Faults
    from pipeline.subtitles.stamps import Stamp

_FOREIGN: Final = re.compile(
    r"```\w*$|WEBVTT( |$)|\[(Script Info|V4\+? Styles\+?|Events|Fonts|Graphics)\]$"
    r"|(Dialogue|Comment): *[\w=]{1,9},\d{1,3}:\d\d:",
)
_FOREIGN_BEGINS: Final = frozenset("`W[DC")
_ARROW: Final = re.compile(r"[-\u2010-\u2015\u2212=] ?>")
_MANY_LINES: Final = 4
_NUMBER_LENGTH: Final = 40  # a longer line is not looked at as a number
_NONE: Final = range(0)


def _is_blank(line: str) -> bool:
    return not line or line.isspace()


class Cutter:
    """Cuts the lines of one file into cues; tells `faults` of whatever is not as it should be.

    `headers` are the lines before the first cue.
    """

    def __init__(self, lines: Sequence[str], faults: Faults) -> None:
        self._lines = lines
        self._faults = faults
        self._torn = -1  # a last line of times that ends too early
        self.headers: list[Stray] = []

    def cues(self) -> tuple[Found, ...]:
        """All cues in the file's order."""
        cues: list[Found] = []
        above: tuple[int, Stamp] | None = None
        low, number, is_written = 0, 0, False
        for at, stamp in self._stamps():
            end, value = self._number(low, at, stamp, (number + 1, is_written))
            wanted = _missing(number if is_written else None, value, is_first=above is None)
            self._below(above, low, end, wanted, cues)
            is_written = value is not None
            number = number + 1 if value is None else value
            above, low = (at, stamp), at + 1
        wanted = range(number + 1, number + 2) if is_written else _NONE
        self._below(above, low, len(self._lines), wanted, cues)
        return tuple(cues)

    def _stamps(self) -> list[tuple[int, Stamp]]:
        found = []
        lines = self._lines
        likely = [at for at, line in enumerate(lines) if ">" in line or ":" in line]
        for at in likely:
            stamp = stamps.stamp(lines[at])
            if stamp is not None and (stamp.is_sure or self._opens(at)):
                found.append((at, stamp))
        if found and found[-1][0] == len(lines) - 1 and found[-1][1].odd:
            self._torn = found.pop()[0]
        return found

    def _opens(self, at: int) -> bool:
        """Whether a cue's times could stand at `at`: under a blank line, or under its number."""
        lines = self._lines
        if at == 0 or _is_blank(lines[at - 1]):
            return True
        is_open = at == 1 or _is_blank(lines[at - 2])
        return is_open and stamps.number(lines[at - 1]) is not None

    def _number(
        self, low: int, at: int, stamp: Stamp, wanted: tuple[int, bool]
    ) -> tuple[int, int | None]:
        """Where the text above ends, and the number of the cue whose times are at `at`."""
        expected, was_written = wanted
        where = self._number_line(low, at, expected, was_written=was_written)
        if where is None:
            if stamp.number:
                self._faults.alike(Trouble.NUMBER, at + 1, "the number on the line of times")
                return at, int(stamp.number)
            self._faults.alike(Trouble.NUMBER, at + 1, "no number above the times")
            if at > low and low and not _is_blank(self._lines[at - 1]):
                self._faults.alike(Trouble.GLUED, at + 1, "no blank line above the cue")
            return at, None
        value = stamps.number(self._lines[where])
        self._tell_number(low, where, at, expected)
        above = where
        while above > low:
            double = self._up(low, above - 1)
            if double < low or stamps.number(self._lines[double]) != value:
                break
            if not self._is_head(double):
                break
            text = (self._lines[double],)
            self._faults.add(Trouble.NUMBER, double + 1, "a cue's number twice", text=text)
            above = double
        return above, value

    def _number_line(self, low: int, at: int, expected: int, *, was_written: bool) -> int | None:
        where = self._up(low, at - 1)
        value = stamps.number(self._lines[where]) if where >= low else None
        if value is None:
            return None
        if value == expected and (where == at - 1 or self._is_head(where)):
            return where
        if where < at - 1:
            return None
        return where if self._is_head(where) or (was_written and where > low) else None

    def _tell_number(self, low: int, where: int, at: int, expected: int) -> None:
        line = self._lines[where]
        value = stamps.number(line)
        is_glued = where > 0 and not self._is_head(where)
        if not line.strip(stamps.EDGE).isdecimal():
            message = "a number with a mark above the times"
            self._faults.add(Trouble.NUMBER, where + 1, message, text=(line,))
        if value != expected and is_glued:
            message = f"right under text, so it may be text; {expected} would be the cue's number"
            self._faults.add(Trouble.NUMBER, where + 1, message, text=(line,))
        elif value != expected:
            message = "a number that does not follow the one above"
            self._faults.alike(Trouble.NUMBER, where + 1, message)
        if is_glued and low:
            self._faults.alike(Trouble.GLUED, where + 1, "no blank line above the cue")
        if where < at - 1:
            message = "a blank line between a cue's number and its times"
            self._faults.alike(Trouble.BLANK_LINE, where + 2, message)

    def _up(self, low: int, at: int) -> int:
        """The next line at or above `at` that is not blank; `low - 1` where there is none."""
        while at >= low and _is_blank(self._lines[at]):
            at -= 1
        return at

    def _is_head(self, at: int) -> bool:
        return at == 0 or _is_blank(self._lines[at - 1])

    def _below(
        self,
        above: tuple[int, Stamp] | None,
        low: int,
        end: int,
        wanted: range,
        cues: list[Found],
    ) -> None:
        """Make the cue of the times `above`, or headers, of the lines from `low` to `end`."""
        heads = self._heads(low, end)
        end = self._broken(low, end, heads, wanted)
        if above is None:
            lines = enumerate(self._lines[low:end], start=low + 1)
            self.headers = [Stray(at, line) for at, line in lines if not _is_blank(line)]
            if self.headers:
                message = "lines before the first cue, which no player shows"
                self._faults.add(Trouble.HEADER, self.headers[0].line, message)
            return
        at, stamp = above
        text = self._text(low, end, [head for head in heads if head < end])
        tail = stamp.rest
        if tail and not stamps.is_position(tail):
            self._faults.add(Trouble.TEXT_BY_TIMES, at + 1, "text on the line of times")
            text, tail = [tail, *text], ""
        cue = Found(stamp.start_ms, stamp.end_ms, tuple(text), at + 1, tail)
        self._tell_cue(cue, stamp)
        cues.append(cue)

    def _heads(self, low: int, end: int) -> list[int]:
        """The lines under a blank one, or at the file's beginning."""
        lines = self._lines
        blank = [at for at in range(low, end) if not lines[at] or lines[at].isspace()]
        heads = [at + 1 for at in blank if at + 1 < end and not _is_blank(lines[at + 1])]
        return [0, *heads] if low == 0 < end and not _is_blank(lines[0]) else heads

    def _broken(self, low: int, end: int, heads: list[int], wanted: range) -> int:
        """Where the first cue without readable times begins; each is told with all its lines."""
        lines = self._lines
        starts = set()
        for at in heads if wanted else ():
            is_short = len(lines[at]) < _NUMBER_LENGTH and not lines[at][0].isalpha()
            if is_short and stamps.number(lines[at]) in wanted:
                starts.add(at)
        for at in [at for at in range(low, end) if ">" in lines[at] or at == self._torn]:
            if at == self._torn or stamps.is_damaged(lines[at]):
                above = self._up(low, at - 1)
                is_numbered = above >= low and stamps.number(lines[above]) is not None
                starts.add(above if is_numbered else at)
        bounds = [*sorted(starts), end]
        message = "a cue whose times cannot be read; its lines are in no cue"
        for start, stop in pairwise(bounds):
            text = tuple(line for line in lines[start:stop] if not _is_blank(line))
            self._faults.add(Trouble.BROKEN, start + 1, message, text=text, is_error=True)
        return bounds[0]

    def _text(self, low: int, end: int, heads: list[int]) -> list[str]:
        """The lines of a cue's text; what another format left under a blank line is told."""
        lines = self._lines
        taken: set[int] = set()
        for head in heads:
            if head in taken or lines[head][0] not in _FOREIGN_BEGINS:
                continue
            if _FOREIGN.match(lines[head].rstrip()):
                stop = next((at for at in range(head, end) if _is_blank(lines[at])), end)
                message = "not of SRT, so in no cue"
                text = tuple(lines[head:stop])
                self._faults.add(Trouble.FOREIGN, head + 1, message, text=text, is_error=True)
                taken.update(range(head, stop))
        for head in heads:
            if head not in taken:
                what = "under its times" if self._up(low, head - 1) < low else "inside its text"
                message = f"a cue with a blank line {what}; what follows is kept as its text"
                self._faults.add(Trouble.BLANK_LINE, head, message)
                break
        if not taken:
            return [line for line in lines[low:end] if line and not line.isspace()]
        kept = [at for at in range(low, end) if at not in taken]
        return [lines[at] for at in kept if not _is_blank(lines[at])]

    def _tell_cue(self, cue: Found, stamp: Stamp) -> None:
        add, line = self._faults.add, cue.line
        for odd in stamp.odd:
            self._faults.alike(Trouble.TIME_FORM, line, f"times spelt otherwise: {odd}")
        if stamp.is_guess:
            message = "the last part of the times may be frames; read as a part of a second"
            add(Trouble.TIME_FORM, line, message, is_error=True)
        if cue.start_ms < 0 or cue.end_ms < 0:
            add(Trouble.NEGATIVE, line, "a time before the recording begins", is_error=True)
        if cue.end_ms <= cue.start_ms:
            add(Trouble.BACKWARDS, line, "the cue does not end after it starts", is_error=True)
        if not cue.lines:
            add(Trouble.EMPTY, line, "a cue without text")
        if len(cue.lines) > _MANY_LINES:
            message = f"{len(cue.lines)} lines: have two cues run together?"
            add(Trouble.LONG, line, message)
        for text in cue.lines:
            if ">" in text and _ARROW.search(text):
                add(Trouble.ARROW, line, "an arrow in the text: was it a line of times?")
                break


def _missing(above: int | None, below: int | None, *, is_first: bool) -> range:
    """The numbers of cues that could stand between two cues numbered so; None is not numbered."""
    if is_first:
        return range(below or 0)
    if above is None:
        return _NONE
    return range(above + 1, max(below if below is not None else 0, above + 2))
