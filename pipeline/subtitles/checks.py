"""Findings about cues: which rule of a profile is broken, where, and by how much."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from pipeline.core.language import script_share, scripts
from pipeline.subtitles.found import Shown as AnyShown
from pipeline.subtitles.text import TAG, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.subtitles.found import Found
    from pipeline.subtitles.profile import Profile
    from pipeline.subtitles.reader import Read
    from pipeline.subtitles.rules import Limits

NOWHERE: Final = -1  # the time of a finding that is about a whole file, or about a line of it
_CYRILLIC: Final = "Cyrl"


class Rule(StrEnum):
    """What can be wrong with a cue or with a file, besides what its reader tells (`Trouble`)."""

    EMPTY = "empty"
    TOO_MANY_LINES = "too-many-lines"
    LINE_TOO_LONG = "line-too-long"
    TOO_FAST = "too-fast"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    OVERLAP = "overlap"
    GAP = "gap"
    FLICKER = "flicker"  # a gap that a profile wants closed
    ORDER = "order"
    LANGUAGE = "language"
    UNTRANSLATED = "untranslated"
    MIXED_LETTERS = "mixed-letters"
    REPEATED = "repeated"
    DANGLING = "dangling"
    LINE_BREAK = "line-break"
    TAG = "tag"
    SYNC = "sync"
    DRIFT = "drift"
    MISSING = "missing"
    PARITY = "parity"
    TERM = "term"


class Shown(AnyShown, Protocol):
    """A cue to be checked; of a broken one `end_ms` may lie before `start_ms`."""

    @property
    def language(self) -> str:
        """What it is said to be in; "" where nobody said."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A cue of a file; `line` is where its times stand in it, from 1."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    language: str
    line: int


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One rule broken in one place.

    `rule` is a `Rule`, or what the reader of files calls a trouble. Cues are counted from 1, and 0
    is none; `line` is that of the file, 0 where it is not known.
    """

    rule: str
    message: str
    cue: int = 0
    line: int = 0
    start_ms: int = NOWHERE


def rows(read: Read, language: str) -> tuple[Row, ...]:
    """The cues of a file, said to be in `language`."""
    return rows_of(read.cues, language)


def rows_of(cues: Iterable[Found], language: str) -> tuple[Row, ...]:
    """The same of cues that were read."""
    return tuple(
        Row(
            start_ms=cue.start_ms,
            end_ms=cue.end_ms,
            lines=cue.lines,
            language=language,
            line=cue.line,
        )
        for cue in cues
    )


def at(rule: Rule, number: int, cue: Shown, message: str) -> Finding:
    """A finding about a cue, counted from 1."""
    line = cue.line if isinstance(cue, Row) else 0
    return Finding(rule=rule, cue=number, line=line, start_ms=cue.start_ms, message=message)


def check(cues: Iterable[Shown], profile: Profile) -> list[Finding]:
    """What the cues of one track break, in their order. Each language's own rules hold.

    What a profile does not state is never broken.
    """
    found = []
    previous: Shown | None = None
    for number, cue in enumerate(cues, start=1):
        limits = profile.limits(spoken_language(plain(cue), cue.language))
        broken = [*_text(cue, profile, limits), *_duration(cue, limits)]
        if previous is not None:
            broken += _neighbours(previous, cue, profile)
        found += [at(rule, number, cue, message) for rule, message in broken]
        previous = cue
    return found


def untagged(line: str) -> str:
    """What a viewer reads of a line."""
    return TAG.sub("", line).strip()


def plain(cue: Shown) -> str:
    """What a viewer reads of a cue, in one line."""
    return " ".join(filter(None, map(untagged, cue.lines)))


def spoken_language(text: str, stated: str = "") -> str:
    """The language whose rules hold for `text`; Cyrillic counts as Russian if nothing is stated."""
    shares = script_share(text)
    if not shares:
        return stated
    main = next(iter(shares))
    if stated and main in scripts(stated):
        return stated
    return "ru" if main == _CYRILLIC else ""


def reading_ms(cue: Shown, profile: Profile) -> int:
    """How long reading a cue takes at the profile's hard limits; 1 at most where it has none."""
    return _reading(cue, profile.limits(spoken_language(plain(cue), cue.language)))[0]


def _reading(cue: Shown, limits: Limits) -> tuple[int, int]:
    """How many milliseconds reading takes at the limit, and how many characters are read."""
    read: dict[str, int] = {}  # of two languages in one cue a viewer reads one
    words: dict[str, int] = {}
    for line in map(untagged, cue.lines):
        language = spoken_language(line, cue.language)
        read[language] = read.get(language, 0) + width(line)
        words[language] = words.get(language, 0) + len(line.split())
    characters = max(read.values(), default=0)
    of_characters = -int(-characters * 1_000 // limits.speed_limit)
    of_words = max(words.values(), default=0) * limits.word_ms
    return max(of_characters, of_words), characters


def _text(cue: Shown, profile: Profile, limits: Limits) -> Iterator[tuple[Rule, str]]:
    lines = [untagged(line) for line in cue.lines]
    if not any(map(width, lines)):
        yield Rule.EMPTY, "no text"
        return
    if len(lines) > limits.lines:
        yield Rule.TOO_MANY_LINES, f"{len(lines)} lines, at most {limits.lines}"
    for line in lines:
        limit = profile.limits(spoken_language(line, cue.language)).line_limit
        if width(line) > limit:
            yield Rule.LINE_TOO_LONG, f"{width(line)} characters in a line, at most {limit}"
    shown_ms = cue.end_ms - cue.start_ms
    needs_ms, characters = _reading(cue, limits)
    if 0 < shown_ms < needs_ms:
        speed = characters * 1_000 / shown_ms
        if speed > limits.speed_limit:
            most = f"at most {limits.speed_limit:g}"
            yield Rule.TOO_FAST, f"{speed:.1f} characters a second, {most}"
        else:
            least = _seconds(needs_ms)
            yield Rule.TOO_FAST, f"{_seconds(shown_ms)} for so many words, at least {least}"


def _duration(cue: Shown, limits: Limits) -> Iterator[tuple[Rule, str]]:
    shown_ms = cue.end_ms - cue.start_ms
    if 0 < shown_ms < limits.shortest_limit_ms:
        yield Rule.TOO_SHORT, f"{_seconds(shown_ms)}, at least {_seconds(limits.shortest_limit_ms)}"
    if shown_ms > limits.longest_ms:
        yield Rule.TOO_LONG, f"{_seconds(shown_ms)}, at most {_seconds(limits.longest_ms)}"


def _neighbours(previous: Shown, cue: Shown, profile: Profile) -> Iterator[tuple[Rule, str]]:
    limits = profile.limits(spoken_language(plain(previous), previous.language))
    gap_ms = cue.start_ms - previous.end_ms
    if cue.start_ms < previous.start_ms:
        yield Rule.ORDER, "starts before the cue above it"
    elif gap_ms < 0:
        yield Rule.OVERLAP, f"{_seconds(-gap_ms)} together with the cue above it"
    elif gap_ms < limits.gap_ms:
        least = _seconds(limits.gap_ms)
        yield Rule.GAP, f"{_seconds(gap_ms)} after the cue above it, at least {least}"
    elif limits.gap_ms < gap_ms < limits.chain_ms and _could_close(previous, cue, limits):
        apart = f"{_seconds(limits.gap_ms)}, or at least {_seconds(limits.chain_ms)}"
        yield Rule.FLICKER, f"{_seconds(gap_ms)} after the cue above it; should be {apart}"


def _could_close(previous: Shown, cue: Shown, limits: Limits) -> bool:
    """Whether the cue above may stay until this one comes."""
    return cue.start_ms - limits.gap_ms - previous.start_ms <= limits.longest_ms


def _seconds(ms: int) -> str:
    return f"{ms / 1_000:.3f} s"
