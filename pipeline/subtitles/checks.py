"""Findings about cues: which rule of a profile is broken, where, and by how much."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core.language import script_share, scripts
from pipeline.subtitles.text import width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.core.timeline import Cue
    from pipeline.subtitles.profile import Profile

_TAG: Final = re.compile(r"</?[a-z][^<>]*>|\{\\[^{}]*\}", re.IGNORECASE)
_CYRILLIC: Final = "Cyrl"


class Rule(StrEnum):
    """What can be wrong with a cue."""

    EMPTY = "empty"
    TOO_MANY_LINES = "too-many-lines"
    LINE_TOO_LONG = "line-too-long"
    TOO_FAST = "too-fast"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    OVERLAP = "overlap"
    GAP = "gap"
    ORDER = "order"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One rule broken by one cue; cues are counted from 1."""

    rule: Rule
    cue: int
    start_ms: int
    message: str


def check(cues: Sequence[Cue], profile: Profile) -> list[Finding]:
    """What the cues of one track break, in their order. Each language's own rules hold."""
    found = []
    previous: Cue | None = None
    for number, cue in enumerate(cues, start=1):
        broken = [*_text(cue, profile), *_duration(cue, profile)]
        if previous is not None:
            broken += _neighbours(previous, cue, profile)
        found += [
            Finding(rule=rule, cue=number, start_ms=cue.start_ms, message=message)
            for rule, message in broken
        ]
        previous = cue
    return found


def spoken_language(text: str, stated: str = "") -> str:
    """The language whose rules hold for `text`; Cyrillic counts as Russian if nothing is stated."""
    shares = script_share(text)
    if not shares:
        return stated
    main = next(iter(shares))
    if stated and main in scripts(stated):
        return stated
    return "ru" if main == _CYRILLIC else ""


def _text(cue: Cue, profile: Profile) -> Iterator[tuple[Rule, str]]:
    lines = [_TAG.sub("", line).strip() for line in cue.lines]
    if not any(map(width, lines)):
        yield Rule.EMPTY, "no text"
        return
    rules = profile.rules(spoken_language(" ".join(lines), cue.language))
    if len(lines) > rules.lines:
        yield Rule.TOO_MANY_LINES, f"{len(lines)} lines, at most {rules.lines}"
    read: dict[str, int] = {}  # of two languages in one cue a viewer reads one
    for line in lines:
        language = spoken_language(line, cue.language)
        limit = profile.rules(language).line_limit
        read[language] = read.get(language, 0) + width(line)
        if width(line) > limit:
            yield Rule.LINE_TOO_LONG, f"{width(line)} characters in a line, at most {limit}"
    speed = max(read.values()) * 1_000 / cue.duration_ms
    if speed > rules.speed_limit:
        limit_text = f"at most {rules.speed_limit:g}"
        yield Rule.TOO_FAST, f"{speed:.1f} characters a second, {limit_text}"


def _duration(cue: Cue, profile: Profile) -> Iterator[tuple[Rule, str]]:
    rules = profile.rules(spoken_language(" ".join(cue.lines), cue.language))
    if cue.duration_ms < rules.shortest_limit_ms:
        least = _seconds(rules.shortest_limit_ms)
        yield Rule.TOO_SHORT, f"{_seconds(cue.duration_ms)}, at least {least}"
    if cue.duration_ms > rules.longest_ms:
        yield Rule.TOO_LONG, f"{_seconds(cue.duration_ms)}, at most {_seconds(rules.longest_ms)}"


def _neighbours(previous: Cue, cue: Cue, profile: Profile) -> Iterator[tuple[Rule, str]]:
    rules = profile.rules(spoken_language(" ".join(previous.lines), previous.language))
    gap_ms = cue.start_ms - previous.end_ms
    if cue.start_ms < previous.start_ms:
        yield Rule.ORDER, "starts before the cue above it"
    elif gap_ms < 0:
        yield Rule.OVERLAP, f"{_seconds(-gap_ms)} together with the cue above it"
    elif gap_ms < rules.gap_ms:
        least = _seconds(rules.gap_ms)
        yield Rule.GAP, f"{_seconds(gap_ms)} after the cue above it, at least {least}"


def _seconds(ms: int) -> str:
    return f"{ms / 1_000:.3f} s"
