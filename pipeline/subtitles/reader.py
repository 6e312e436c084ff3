"""SRT files as people leave them, read without losing a line: what is odd is told, never dropped."""

from __future__ import annotations

from enum import StrEnum

import msgspec


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


def read(data: bytes, name: str) -> Read:
    """Read what stands in an SRT file called `name`, whatever its bytes.

    Raises:
        InputError: it is no text at all; says what it is instead.
    """
    raise NotImplementedError


def write(cues: tuple[Found, ...]) -> bytes:
    """The file of these cues, in their order, text and positions untouched: UTF-8, LF, numbered.

    What `read` gave is read again: `read(write(cues), "").cues` differs in `line` alone.
    """
    raise NotImplementedError
