"""A reviewer's cues as they are compared with ours, and which of ours wait for a readable one."""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from pipeline.review.rewrites import text_of
from pipeline.subtitles.reader import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.review.align import Group
    from pipeline.review.decisions import Anchor
    from pipeline.subtitles.found import Shown
    from pipeline.subtitles.reader import Read

_LONGEST: Final = 20_000  # characters of a text that the log takes
_MANY: Final = 50  # so many cues that are gone from the end: the file was cut off
_SOME: Final = 200  # cues are enough to tell an encoding
_ENCODINGS: Final = ("utf-8", "cp1251", "cp1252", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic")
_MISREAD: Final = ("cp1252", "cp1251", "latin-1")  # what editors take UTF-8 for
_NO_TEXT: Final = re.compile(r"\s*+#?\d*+\.?\s*+|.*\d\s*[:.,]\s*\d.*")  # a number, a time
_SWALLOWING: Final = frozenset({Trouble.ARROW, Trouble.LONG})


class Hold(StrEnum):
    """Why nothing was decided."""

    UNREADABLE = "unreadable"
    CUT_OFF = "cut-off"  # the file ends long before ours
    TOO_LONG = "too-long"  # for the log


class Held(NamedTuple):
    """A cue that stays as it was, and where in the reviewer's file it might be; 0: nowhere.

    Without an anchor it is a cue of the file alone.
    """

    why: Hold
    line: int
    at: Anchor | None


class Given(NamedTuple):
    """A cue of the file, or what was one; its times are made up where it is broken."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    line: int
    why: Hold | None = None
    may_hold_more: bool = False  # the text of the next cue may have run into it

    @property
    def is_broken(self) -> bool:
        """Whether it decides nothing."""
        return self.why is not None


def given(read: Read, base: Sequence[Shown] = ()) -> list[Given]:
    """The cues of a file that have a text, in time order, the broken ones where they stood.

    Where most of them are cues of `base` in letters of another encoding, all are read in that one.
    """
    read = _understood(read, base)
    errors = {fault.line for fault in read.faults if fault.is_error}
    lines = [cue.line for cue in read.cues]
    swallowing = {
        lines[bisect_right(lines, fault.line) - 1]
        for fault in read.faults
        if fault.kind in _SWALLOWING and lines and fault.line >= lines[0]
    }
    found = []
    for cue in read.cues:
        why = _trouble(text_of(cue))
        if cue.line in errors or not 0 <= cue.start_ms < cue.end_ms:
            why = Hold.UNREADABLE
        if why or text_of(cue):
            more = cue.line in swallowing
            found.append(Given(cue.start_ms, cue.end_ms, cue.lines, cue.line, why, more))
    found += [
        Given(0, 0, tuple(_texts(fault.text)), fault.line, Hold.UNREADABLE)
        for fault in read.faults
        if fault.kind is Trouble.BROKEN
    ]
    return _in_time(sorted(found, key=lambda cue: cue.line))


def held(groups: Sequence[Group], human: Sequence[Given], read: Read) -> Mapping[int, Hold]:
    """The groups that decide nothing, by number.

    Those with a broken cue; those without one that stand beside a broken cue which stands for none
    of ours; and the end of ours, where the file seems to have been cut off.
    """
    found: dict[int, Hold] = {}
    run: list[int] = []  # of groups one after another that have no readable cue
    has_broken = False
    for number, group in enumerate(groups):
        cues = [human[j] for j in group.human]
        why = next((cue.why for cue in cues if cue.why), None)
        more = any(cue.may_hold_more for cue in cues)
        if why or (more and len(group.base) > len(cues)):
            found[number] = why or Hold.UNREADABLE
        if cues and (not why or group.base):
            run, has_broken = [], more
            continue
        run.append(number)
        has_broken = has_broken or why is not None
        if has_broken:
            found |= dict.fromkeys(run, Hold.UNREADABLE)
    if _is_cut_off(len(run), human, read):
        found |= {number: Hold.CUT_OFF for number in run if number not in found}
    return found


def _is_cut_off(missing: int, human: Sequence[Given], read: Read) -> bool:
    """Whether cues that are missing at the end are no deletions."""
    ends_bare = bool(read.cues) and not text_of(read.cues[-1])
    return missing >= _MANY or not human or (ends_bare and missing > 1)


def _understood(read: Read, base: Sequence[Shown]) -> Read:
    """A file whose encoding was guessed wrong, or by the editor before: as it was meant."""
    odd = [text for text in map(text_of, read.cues) if not text.isascii()][:_SOME]
    ours = set(map(text_of, base))
    known = sum(text in ours for text in odd)
    if 2 * known >= len(odd):
        return read
    is_unicode = read.encoding.lower().startswith("utf")
    ways = [
        (was, meant)
        for was in (_MISREAD if is_unicode else (read.encoding,))
        for meant in _ENCODINGS
    ]
    shares = [sum(_meant(text, *way) in ours for text in odd) for way in ways]
    most = max(shares)
    if most <= 2 * known or 2 * most < len(odd):
        return read
    way = ways[shares.index(most)]
    cues = tuple(
        msgspec.structs.replace(cue, lines=tuple(_meant(line, *way) for line in cue.lines))
        for cue in read.cues
    )
    return msgspec.structs.replace(read, cues=cues)


def _meant(text: str, was: str, meant: str) -> str:
    try:
        return text.encode(was).decode(meant)
    except (LookupError, ValueError):
        return text


def _trouble(text: str) -> Hold | None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return Hold.UNREADABLE
    return Hold.TOO_LONG if len(text) > _LONGEST else None


def _texts(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if not _NO_TEXT.fullmatch(line)]


def _in_time(cues: Sequence[Given]) -> list[Given]:
    """In time order; a broken cue stays behind the one before it, and has the time between."""
    rows: list[tuple[tuple[int, int], Given]] = []
    at = (-1, 0)
    for cue in cues:
        at = at if cue.is_broken else (cue.start_ms, cue.end_ms)
        rows.append((at, cue))
    rows.sort(key=lambda row: row[0])
    found: list[Given] = []
    next_ms = [0] * len(rows)
    coming = rows[-1][0][1] if rows else 0
    for number in range(len(rows) - 1, -1, -1):
        next_ms[number] = coming
        if not rows[number][1].is_broken:
            coming = rows[number][1].start_ms
    for ((_, end_ms), cue), until_ms in zip(rows, next_ms, strict=True):
        between = cue._replace(start_ms=end_ms, end_ms=max(end_ms + 1, until_ms))
        found.append(between if cue.is_broken else cue)
    return found
