"""Which lines of an SRT file belong to which cue, where blank lines and numbers do not tell."""

from __future__ import annotations

import re
from itertools import chain, compress, count, pairwise
from operator import attrgetter, not_
from typing import TYPE_CHECKING, Final

from pipeline.subtitles import foreign, oddities, stamps
from pipeline.subtitles.found import Found, Stray, Trouble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.subtitles.found import Faults
    from pipeline.subtitles.stamps import Stamp

_ARROW: Final = re.compile(r"[-\u2010-\u2015\u2212=] ?>")
_NUMBER_LENGTH: Final = 40  # a longer line is not looked at as a number
_SHORTEST_TIMES: Final = len("1:2->1:3")
_SHORTEST_DAMAGED: Final = len("1:2:3->")
_NONE: Final = (0, 0)


class Cutter:
    """Cuts the lines of one file into cues; tells `faults` of whatever is not as it should be.

    Blank lines are left out first; what stood under one, or first in the file, is a head.
    `headers` are the lines before the first cue.
    """

    def __init__(self, lines: list[str], faults: Faults) -> None:
        self._is_ended = not lines or not lines[-1]
        lines = lines[:-1] if self._is_ended else lines
        seen = list(map(str.strip, lines))
        self._at: Sequence[int] = range(1, len(lines) + 1)
        self._lines = lines
        self._is_head = [True] + [False] * len(lines)
        if not all(seen):
            self._at = list(compress(self._at, seen))
            self._lines = list(compress(lines, seen))
            self._is_head = list(compress(map(not_, chain([""], seen)), seen))
        self._faults = faults
        self._torn = -1  # a last line of times that ends too early
        self.headers: list[Stray] = []

    def cues(self) -> tuple[Found, ...]:
        """All cues in the file's order."""
        cues: list[Found] = []
        above: Stamp | None = None
        low, number, is_written = 0, 0, False
        value: int | None
        for at, stamp in zip(*self._stamps(), strict=True):
            end, value = at - 1, number + 1
            if at == low:
                end, value = at, self._unnumbered(low, at, stamp)
            elif not self._is_plain(low, at, value):
                end, value = self._number(low, at, stamp, (number + 1, is_written))
            wanted = _NONE
            if low < end:
                wanted = _missing(number if is_written else None, value, is_first=above is None)
            self._below(above, low, end, wanted, cues)
            is_written = value is not None
            number = number + 1 if value is None else value
            above, low = stamp, at + 1
        wanted = (number + 1, number + 2) if is_written else _NONE
        self._below(above, low, len(self._lines), wanted, cues)
        return tuple(cues)

    def _stamps(self) -> tuple[list[int], list[Stamp]]:
        """The lines of times, and what each says."""
        places: list[int] = []
        found: list[Stamp] = []
        lines = self._lines
        long = compress(count(), map(_SHORTEST_TIMES.__le__, map(len, lines)))
        likely = [at for at in long if ">" in lines[at] or ":" in lines[at]]
        for at, stamp in zip(likely, stamps.each(map(lines.__getitem__, likely)), strict=True):
            if stamp is not None and (stamp.is_sure or self._opens(at)):
                places.append(at)
                found.append(stamp)
        if any(map(attrgetter("is_clock"), found)):
            places, found = self._without_clocks(places, found)
        if found and places[-1] == len(lines) - 1 and found[-1].odd and not self._is_ended:
            self._torn = places.pop()
            found.pop()
        return places, found

    def _without_clocks(
        self, places: list[int], found: list[Stamp]
    ) -> tuple[list[int], list[Stamp]]:
        """Without what people typed into a text, as `10:20 --> 10:30`, unless most times are so."""
        if 2 * sum(stamp.is_clock for stamp in found) > len(found):
            return places, found
        kept = [
            not stamp.is_clock
            or self._is_head[at]
            or stamps.number(self._lines[at - 1]) is not None
            for at, stamp in zip(places, found, strict=True)
        ]
        return list(compress(places, kept)), list(compress(found, kept))

    def _opens(self, at: int) -> bool:
        """Whether a cue's times could stand at `at`: under a blank line, or under its number."""
        if self._is_head[at]:
            return True
        return self._is_head[at - 1] and stamps.number(self._lines[at - 1]) is not None

    def _is_plain(self, low: int, at: int, expected: int) -> bool:
        """Whether above the times at `at` stands the next number, alone and under a blank line."""
        where, is_head = at - 1, self._is_head
        return (
            self._lines[where] == str(expected)
            and is_head[where]
            and not is_head[at]
            and (where == low or not is_head[where - 1])
        )

    def _number(
        self, low: int, at: int, stamp: Stamp, wanted: tuple[int, bool]
    ) -> tuple[int, int | None]:
        """Where the text above ends, and the number of the cue whose times are at `at`."""
        expected, was_written = wanted
        where = at - 1
        value = stamps.number(self._lines[where])
        if value is None or not self._is_number(
            low, at, is_next=value == expected, was=was_written
        ):
            return at, self._unnumbered(low, at, stamp)
        top = where
        while top - 1 >= low and self._is_head[top - 1]:
            double = self._lines[top - 1]
            if stamps.number(double) != value:
                break
            top -= 1
            self._add(Trouble.NUMBER, top, "a cue's number twice", text=(double,))
        self._tell_number(where, value, expected, is_glued=low > 0 and not self._is_head[top])
        return top, value

    def _unnumbered(self, low: int, at: int, stamp: Stamp) -> int | None:
        """Tell that no number stands above the times at `at`; the one on their line."""
        line = self._at[at]
        if stamp.number:
            self._faults.alike(Trouble.NUMBER, line, "the number on the line of times")
            return int(stamp.number)
        self._faults.alike(Trouble.NUMBER, line, "no number above the times")
        if at > low > 0 and not self._is_head[at]:
            self._alike(Trouble.GLUED, at, "no blank line above the cue")
        return None

    def _is_number(self, low: int, at: int, *, is_next: bool, was: bool) -> bool:
        """Whether the number above the times at `at` is the cue's, not text of the cue above."""
        is_head = self._is_head[at - 1]
        if self._is_head[at]:  # a blank line between the two
            return is_next and is_head
        return is_next or is_head or (was and at - 1 > low)

    def _tell_number(self, where: int, value: int, expected: int, *, is_glued: bool) -> None:
        line = self._lines[where]
        if not line.strip(stamps.EDGE).isdecimal():
            self._add(Trouble.NUMBER, where, "a number with a mark above the times", text=(line,))
        if value != expected and is_glued:
            message = f"right under text, so it may be text; {expected} would be the cue's number"
            self._add(Trouble.NUMBER, where, message, text=(line,))
        elif value != expected:
            self._alike(Trouble.NUMBER, where, "a number that does not follow the one above")
        if is_glued:
            self._alike(Trouble.GLUED, where, "no blank line above the cue")
        if self._is_head[where + 1]:
            message = "a blank line between a cue's number and its times"
            self._faults.alike(Trouble.BLANK_LINE, self._at[where] + 1, message)

    def _below(
        self,
        above: Stamp | None,
        low: int,
        end: int,
        wanted: tuple[int, int],
        cues: list[Found],
    ) -> None:
        """Make the cue of the times `above`, or headers, of the lines from `low` to `end`."""
        text: list[str] = []
        has_arrow = False
        if low < end:
            heads = list(compress(range(low, end), self._is_head[low:end]))
            text = self._lines[low:end]
            has_arrow = ">" in "".join(text)
            if heads or has_arrow or low <= self._torn < end:
                starts = self._numbered(heads, range(*wanted))
                end = self._broken(low, end, starts, has_arrow=has_arrow)
                del text[end - low :]
            if heads and above is not None:
                text = self._text(low, end, [head for head in heads if head < end])
        if above is None:
            self.headers = list(map(Stray, self._at[low:end], text))
            if self.headers:
                message = "lines before the first cue, which no player shows"
                self._add(Trouble.HEADER, low, message)
            return
        line, tail = self._at[low - 1], above.rest
        if tail and not stamps.is_position(tail):
            self._add(Trouble.TEXT_BY_TIMES, low - 1, "text on the line of times")
            text, tail, has_arrow = [tail, *text], "", True
        cue = Found(above.start_ms, above.end_ms, tuple(text), line, tail)
        oddities.tell(cue, above, self._faults)
        if has_arrow and _ARROW.search("\n".join(text)):
            where = next((at for at in range(low, end) if _ARROW.search(self._lines[at])), low - 1)
            message = f"an arrow in the text, in line {self._at[where]}: was it a line of times?"
            self._faults.add(Trouble.ARROW, line, message)
        cues.append(cue)

    def _broken(self, low: int, end: int, starts: set[int], *, has_arrow: bool) -> int:
        """Where the first cue without readable times begins; each is told with all its lines.

        `starts` are numbers of such cues; damaged times are looked for where there is an arrow.
        """
        lines = self._lines
        damaged = [
            at
            for at, line in enumerate(lines[low:end] if has_arrow else (), low)
            if ">" in line and len(line) >= _SHORTEST_DAMAGED and stamps.is_damaged(line)
        ]
        if low <= self._torn < end:
            damaged.append(self._torn)
        for at in damaged:
            is_numbered = at > low and stamps.number(lines[at - 1]) is not None
            starts.add(at - 1 if is_numbered else at)
        bounds = [*sorted(starts), end]
        message = "a cue whose times cannot be read; its lines are in no cue"
        for start, stop in pairwise(bounds):
            text = tuple(lines[start:stop])
            self._faults.add(Trouble.BROKEN, self._at[start], message, text=text, is_error=True)
        return bounds[0]

    def _numbered(self, heads: list[int], wanted: range) -> set[int]:
        """Lines under a blank one that are a number of a cue that is `wanted`."""
        starts: set[int] = set()
        least, most = wanted.start, wanted.stop
        lines = self._lines
        if least + 1 == most:
            only = str(least)
            heads = [at for at in heads if only in lines[at]]
        for at in heads:
            if least >= most:
                break
            line = lines[at]
            if len(line) < _NUMBER_LENGTH:
                value = stamps.number(line)
                if value is not None and least <= value < most:
                    starts.add(at)
                    least = value + 1
        return starts

    def _text(self, low: int, end: int, heads: list[int]) -> list[str]:
        """The lines of a cue's text; what another format left under a blank line is told."""
        lines = self._lines
        between = foreign.stretches(lines, heads, end)
        kept: list[str] = []
        at = low
        for begins, stop in between:
            kept += lines[at:begins]
            at = stop
            text = tuple(lines[begins:stop])
            self._add(Trouble.FOREIGN, begins, "not of SRT, so in no cue", text=text, is_error=True)
        kept += lines[at:end]
        blank = foreign.first_outside(heads, between)
        if blank is not None and kept:
            what = "under its times" if blank == low else "inside its text"
            message = f"a cue with a blank line {what}; what follows is kept as its text"
            self._faults.add(Trouble.BLANK_LINE, self._at[blank] - 1, message)
        return kept

    def _add(
        self,
        kind: Trouble,
        at: int,
        message: str,
        *,
        text: tuple[str, ...] = (),
        is_error: bool = False,
    ) -> None:
        self._faults.add(kind, self._at[at], message, text=text, is_error=is_error)

    def _alike(self, kind: Trouble, at: int, message: str) -> None:
        self._faults.alike(kind, self._at[at], message)


def _missing(above: int | None, below: int | None, *, is_first: bool) -> tuple[int, int]:
    """From which to before which number cues could stand between two numbered so, None for not."""
    if is_first:
        return 0, below or 0
    if above is None:
        return _NONE
    return above + 1, max(below if below is not None else 0, above + 2)
