"""What is found in an SRT file: cues, lines before them, and all that is odd."""

from __future__ import annotations

from enum import StrEnum
from operator import attrgetter
from typing import Final, Protocol

import msgspec

_NAMED: Final = 20  # lines that one message names


class Shown(Protocol):
    """A cue, whoever made it; `end_ms` of a broken one may lie before `start_ms`."""

    @property
    def start_ms(self) -> int:
        """When it comes."""

    @property
    def end_ms(self) -> int:
        """When it goes."""

    @property
    def lines(self) -> tuple[str, ...]:
        """What it says."""


class Trouble(StrEnum):
    """What can be odd about a file."""

    ENCODING = "encoding"
    NO_CUES = "no-cues"
    HEADER = "header"  # lines before the first cue
    NUMBER = "number"  # missing, double, out of order, or with a mark
    TIME_FORM = "time-form"  # understood, though spelt otherwise than SRT says
    TEXT_BY_TIMES = "text-by-times"  # text on the line of times
    BROKEN = "broken-cue"  # no times can be read: all its lines are in the fault
    NEGATIVE = "negative-time"
    BACKWARDS = "end-before-start"  # or at it
    EMPTY = "no-text"
    BLANK_LINE = "blank-line"  # inside a cue; left out of its lines
    GLUED = "glued"  # no blank line between two cues
    ARROW = "arrow-in-text"
    LONG = "long-cue"  # so many lines that two cues may have run together
    FOREIGN = "foreign"  # a line of another format, or of a chat
    CONTROL = "control-character"


class Found(msgspec.Struct, frozen=True, gc=False):
    """A cue as it stands in a file; nothing is promised of its times.

    `end_ms <= start_ms` and negative times come with a fault at the same line. `lines` are as
    written, blanks at their ends too, without the blank ones. `line` is the number of the line of
    times, from 1; `tail` what stands on it after the times: positions.
    """

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    line: int
    tail: str = ""


class Stray(msgspec.Struct, frozen=True, gc=False):
    """A non-blank line before the first cue, as written."""

    line: int
    text: str


class Fault(msgspec.Struct, frozen=True, gc=False):
    """What is odd in `line`. `text`: lines that are in no cue because of it, also in `message`."""

    line: int
    kind: Trouble
    message: str
    is_error: bool
    text: tuple[str, ...] = ()


class Read(msgspec.Struct, frozen=True):
    """A whole file: every non-blank line is in a cue, in a header or in a fault.

    `encoding` is Python's name of it: `utf-8`, `utf-8-sig`, `utf-16-le`, `cp1251`.
    """

    cues: tuple[Found, ...]
    headers: tuple[Stray, ...]
    faults: tuple[Fault, ...]
    encoding: str


class Faults:
    """Collects faults; of one kind that says the same of many lines, one fault that names them."""

    def __init__(self) -> None:
        self._single: list[Fault] = []
        self._alike: dict[str | tuple[str, ...], tuple[Trouble, list[int]]] = {}

    def add(
        self,
        kind: Trouble,
        line: int,
        message: str,
        *,
        text: tuple[str, ...] = (),
        is_error: bool = False,
    ) -> None:
        """One fault in `line`; `text`, lines that are in no cue, is put behind the message."""
        said = f"{message}: {' / '.join(text)}" if text else message
        self._single.append(Fault(line, kind, said, is_error, text))

    def alike(self, kind: Trouble, line: int, message: str, ends: tuple[str, ...] = ()) -> None:
        """A warning that may hold for line after line; with `ends`, one for each of them.

        A message is always of one kind.
        """
        said = (message, *ends) if ends else message
        try:
            self._alike[said][1].append(line)
        except KeyError:
            self._alike[said] = kind, [line]

    def all(self) -> tuple[Fault, ...]:
        """All of them by line."""
        found = list(self._single)
        alike: dict[tuple[Trouble, str], list[int]] = {}
        for said, (kind, lines) in self._alike.items():
            message, *ends = [said, ""] if isinstance(said, str) else said
            for end in ends:
                alike.setdefault((kind, message + end), []).extend(lines)
        for (kind, message), lines in alike.items():
            lines.sort()
            where = f" ({places(lines)})" if len(lines) > 1 else ""
            found.append(Fault(lines[0], kind, message + where, is_error=False))
        found.sort(key=attrgetter("line"))
        return tuple(found)


def places(lines: list[int], *, shift: int = 0) -> str:
    """Lines in words; `shift` is added to each.

    >>> places([3]), places([3, 5])
    ('line 3', 'lines 3, 5')
    """
    shown = ", ".join(str(line + shift) for line in lines[:_NAMED])
    more = f" and {len(lines) - _NAMED} more" if len(lines) > _NAMED else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"
