"""The rules a cue must meet and what breaking them weakly costs, read from profiles/*.toml."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any, Final

import msgspec

from pipeline.core.errors import UsageError

_SHIPPED: Final = files("pipeline.subtitles") / "profiles"


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for cues of one language. Speeds are characters per second, blanks included."""

    lines: int
    line_length: int  # what we write at most
    line_limit: int  # what `check` lets pass
    speed: float
    speed_limit: float
    shortest_ms: int
    shortest_limit_ms: int
    longest_ms: int
    gap_ms: int  # two cues never stand closer
    chain_ms: int  # a smaller gap is closed to gap_ms
    lead_ms: int  # shown before the first word
    hold_ms: int  # shown after the last word
    linger_ms: int  # at most shown after the last word, to be read in comfort
    linger_limit_ms: int  # the same where the speed limit asks for it
    late_ms: int  # a cue may come this late so that the one before can be read
    pause_ms: int  # a cue never reaches over a longer pause

    def __post_init__(self) -> None:
        faults = [
            (self.lines not in {1, 2}, "lines must be 1 or 2"),
            (not 0 < self.line_length <= self.line_limit, "0 < line_length <= line_limit"),
            (not 0 < self.speed <= self.speed_limit, "0 < speed <= speed_limit"),
            (
                not 0 < self.shortest_limit_ms <= self.shortest_ms < self.longest_ms,
                "0 < shortest_limit_ms <= shortest_ms < longest_ms",
            ),
            (not 0 <= self.gap_ms <= self.chain_ms, "0 <= gap_ms <= chain_ms"),
            (
                not 0 <= self.hold_ms <= self.linger_ms <= self.linger_limit_ms,
                "0 <= hold_ms <= linger_ms <= linger_limit_ms",
            ),
            (min(self.lead_ms, self.late_ms) < 0 or self.pause_ms < 1, "no negative times"),
        ]
        for wrong, rule in faults:
            if wrong:
                raise ValueError(f"rule broken: {rule}")


class Costs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the layout pays: about 1 is barely seen, about 10 is what a reviewer would fix."""

    cue: float
    second_line: float
    line_break: float
    uneven: float
    top_heavy: float
    stub: float  # one line under `stub_share` of the other
    stub_share: float
    over_long: float
    after_colon: float
    after_comma: float
    elsewhere: float
    before_binding: float  # a credit: the next line starts with "in", "и", "que" …
    after_binding: float
    inside_name: float
    inside_number: float
    cue_end: float
    pause: float  # a credit, per second of pause, one at most
    fast: float
    too_fast: float
    too_fast_more: float
    short: float
    too_short: float
    too_short_more: float
    sentence_inside: float
    sentence_cut: float


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A named set of rules; each language may have its own."""

    name: str
    common: Rules
    own: dict[str, Rules]
    costs: Costs

    def rules(self, language: str) -> Rules:
        """The rules for cues of `language` ("es-AR" takes those of "es")."""
        return self.own.get(language) or self.own.get(language.partition("-")[0]) or self.common

    @property
    def gap_ms(self) -> int:
        """The widest gap that any of its rules keeps."""
        return max(rules.gap_ms for rules in (self.common, *self.own.values()))

    def as_options(self) -> dict[str, float]:
        """Every number of the profile by its place, for an artifact's origin."""
        tables = {"": self.common, "costs.": self.costs}
        tables |= {f"{language}.": rules for language, rules in self.own.items()}
        return {
            f"profile {place}{field}": value
            for place, table in tables.items()
            for field, value in msgspec.structs.asdict(table).items()
        }


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A profile as it is written: the rules of a language stand in a table of their own."""

    rules: dict[str, Any]
    costs: Costs


def names() -> list[str]:
    """The profiles that come with the program."""
    return sorted(p.name.removesuffix(".toml") for p in _SHIPPED.iterdir() if p.is_file())


def load(name: str) -> Profile:
    """Read a profile by name.

    Raises:
        UsageError: there is no profile of that name.
    """
    if name not in names():
        raise UsageError(
            f"there is no profile named {name!r}", hint=f"profiles: {', '.join(names())}"
        )
    return parse(name, (_SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))


def parse(name: str, text: str) -> Profile:
    """Read a profile from TOML: [rules], [rules.LANGUAGE] for what differs, [costs].

    Raises:
        UsageError: not TOML, or a rule is missing, unknown or out of range.
    """
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
        common = {key: value for key, value in file.rules.items() if not isinstance(value, dict)}
        own = {key: value for key, value in file.rules.items() if isinstance(value, dict)}
        return Profile(
            name=name,
            common=msgspec.convert(common, Rules),
            own={tag: msgspec.convert(common | more, Rules) for tag, more in own.items()},
            costs=file.costs,
        )
    except (ValueError, msgspec.ValidationError) as error:  # tomllib's error is a ValueError
        raise UsageError(f"profile {name}: {error}") from error
