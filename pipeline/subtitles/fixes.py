"""What can be put right in a file of cues without a person: order and times, never text.

A cue that could be read in its time still can. What is fixed once is fixed: a second round changes
nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.subtitles.checks import NOWHERE, plain, reading_ms, rows_of, spoken_language
from pipeline.subtitles.reader import Found, Trouble
from pipeline.subtitles.rules import NO_LIMIT
from pipeline.subtitles.stamps import composed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.subtitles.profile import Profile
    from pipeline.subtitles.reader import Fault, Read

_TOGETHER_MS: Final = 100  # two cues that overlap by more are meant to, or a person has to look
_GROWTH_MS: Final = 1_500  # a cue that stays longer behind its words lies about who speaks
_ROUNDS: Final = 8
# What a file is when it is written anew, whatever it was before.
_GONE: Final = {
    Trouble.ENCODING: "saved as UTF-8",
    Trouble.NUMBER: "numbered from 1",
    Trouble.TIME_FORM: "times written as 00:00:00,000",
    Trouble.GLUED: "a blank line put between two cues",
    Trouble.BLANK_LINE: "a blank line inside a cue left out",
}


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was changed, and why; cues are counted from 1 as they stand afterwards.

    Without a cue it is about `line` of the file as it was, or about the whole of it (0).
    """

    reason: str
    cue: int = 0
    line: int = 0
    before: str = ""
    after: str = ""


class Fixed(msgspec.Struct, frozen=True, kw_only=True):
    """A file's cues with what is safe put right, and every change."""

    cues: tuple[Found, ...]
    changes: tuple[Change, ...]


def obstacles(read: Read) -> list[str]:
    """Why a file cannot be written anew without losing something; empty where it can."""
    found = [
        f"line {stray.line} is in no cue: {stray.text.strip()[:60]!r}" for stray in read.headers
    ]
    found += [
        f"line {fault.line}: {fault.message}"
        for fault in read.faults
        if fault.text or _is_open(fault)
    ]
    return found


def fixed(read: Read, language: str, profile: Profile) -> Fixed:
    """The cues of a file in order, apart from one another, long enough to be read where they can.

    Args:
        read: a file without `obstacles`.
        language: what its cues are said to be in.
        profile: whose rules are to be met.
    """
    changes = [
        Change(reason=_GONE[fault.kind], line=fault.line)
        for fault in read.faults
        if fault.kind in _GONE
    ]
    cues, moved = _ordered(read.cues)
    cues, stripped = _stripped(cues)
    spans = [(cue.start_ms, cue.end_ms) for cue in cues]
    times = _Times(cues, language, profile)
    times.settle()
    again = tuple(
        msgspec.structs.replace(cue, start_ms=start_ms, end_ms=end_ms)
        for cue, (start_ms, end_ms) in zip(cues, times.spans, strict=True)
    )
    changes += [*moved, *stripped]
    changes += [
        Change(
            reason=times.reasons[at], cue=at + 1, line=cue.line, before=_span(was), after=_span(now)
        )
        for at, (cue, was, now) in enumerate(zip(cues, spans, times.spans, strict=True))
        if was != now
    ]
    return Fixed(cues=again, changes=tuple(changes))


def _is_open(fault: Fault) -> bool:
    """Whether only a person can say what was meant."""
    return fault.is_error and fault.kind not in {Trouble.EMPTY, Trouble.BACKWARDS}


def _ordered(cues: Sequence[Found]) -> tuple[list[Found], list[Change]]:
    """By the time they come; those that come together as they stood."""
    order = sorted(range(len(cues)), key=lambda at: cues[at].start_ms)
    now = {place: at for at, place in enumerate(order)}
    changes: list[Change] = []
    latest_ms = NOWHERE
    for place, cue in enumerate(cues):
        if cue.start_ms < latest_ms:
            change = Change(
                reason="stood behind a cue that comes later",
                cue=now[place] + 1,
                line=cue.line,
                before=f"cue {place + 1}",
                after=f"cue {now[place] + 1}",
            )
            changes.append(change)
        latest_ms = max(latest_ms, cue.start_ms)
    return [cues[place] for place in order], changes


def _stripped(cues: Sequence[Found]) -> tuple[list[Found], list[Change]]:
    """Without blanks at the ends of lines, which nobody sees."""
    found, changes = [], []
    for number, cue in enumerate(cues, start=1):
        lines = tuple(line.rstrip() for line in cue.lines)
        if lines != cue.lines:
            changes.append(Change(reason="blanks at the end of a line", cue=number, line=cue.line))
        found.append(msgspec.structs.replace(cue, lines=lines))
    return found, changes


class _Times:
    """The spans of cues while they are put right, and why each was changed."""

    def __init__(self, cues: Sequence[Found], language: str, profile: Profile) -> None:
        rows = rows_of(cues, language)
        self.spans = [(cue.start_ms, cue.end_ms) for cue in cues]
        self.reasons = [""] * len(cues)
        self._limits = [profile.limits(spoken_language(plain(row), row.language)) for row in rows]
        self._read = [reading_ms(row, profile) for row in rows]
        shortest = (limits.shortest_limit_ms for limits in self._limits)
        self._needed = [max(pair) for pair in zip(self._read, shortest, strict=True)]

    def settle(self) -> None:
        """Put right what can be, until a round changes nothing."""
        for _ in range(_ROUNDS):
            before = list(self.spans)
            for at in range(len(self.spans) - 1):
                self._part(at)
            for at in range(len(self.spans)):
                self._grow(at)
            if self.spans == before:
                return

    def _part(self, at: int) -> None:
        """Put the gap between a cue and the next one, where they miss it by little."""
        (start_ms, end_ms), (next_ms, until_ms) = self.spans[at], self.spans[at + 1]
        least_ms = self._limits[at].gap_ms
        gap_ms = next_ms - end_ms
        if not -_TOGETHER_MS <= gap_ms < least_ms or next_ms <= start_ms or until_ms <= next_ms:
            return
        why = "overlapped the next cue" if gap_ms < 0 else "too near the next cue"
        if next_ms - least_ms - start_ms >= max(self._needed[at], 1):
            self._set(at, (start_ms, next_ms - least_ms), why)
        elif until_ms - end_ms - least_ms >= max(
            self._needed[at + 1], 1
        ) and end_ms + least_ms <= self._starts_ms(at + 2):
            why = "overlapped the cue before" if gap_ms < 0 else "too near the cue before"
            self._set(at + 1, (end_ms + least_ms, until_ms), why)
        elif gap_ms < 0 and not self._breaks_more(at, next_ms - start_ms):
            self._set(at, (start_ms, next_ms), why)

    def _breaks_more(self, at: int, lasts_ms: int) -> bool:
        """Whether a cue would break a rule, if it were so short, that it does not break now."""
        start_ms, end_ms = self.spans[at]
        least = (self._read[at], self._limits[at].shortest_limit_ms)
        return any(lasts_ms < ms <= end_ms - start_ms for ms in least)

    def _grow(self, at: int) -> None:
        """Let a cue stay until it can be read, where nothing else is shown."""
        start_ms, end_ms = self.spans[at]
        wanted_ms = start_ms + self._needed[at]
        if not start_ms < end_ms < wanted_ms <= end_ms + _GROWTH_MS:
            return
        if wanted_ms - start_ms > self._limits[at].longest_ms:
            return
        if wanted_ms > self._starts_ms(at + 1) - self._limits[at].gap_ms:
            return
        self._set(at, (start_ms, wanted_ms), "too short to be read, and there was room")

    def _starts_ms(self, at: int) -> int:
        """When a cue comes; behind the last one, never."""
        return self.spans[at][0] if at < len(self.spans) else NO_LIMIT

    def _set(self, at: int, span: tuple[int, int], why: str) -> None:
        self.spans[at] = span
        self.reasons[at] = "; ".join(dict.fromkeys(filter(None, [self.reasons[at], why])))


def _span(span: tuple[int, int]) -> str:
    return " --> ".join(map(composed, span))
