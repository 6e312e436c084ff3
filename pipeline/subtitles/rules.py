"""What a profile holds: rules of a cue, marks beside its words, costs of the layout, limits."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import inf, isfinite
from typing import Final, Literal

import msgspec

NO_LIMIT: Final = 1 << 50
_MOST: Final = 1_000_000.0  # of any number, so that no sum runs over
_NTSC: Final = Fraction(1000, 1001)  # 23.976, 29.97 and 59.94 are written short
_NEAR: Final = 0.005

# Rules that stand in a row: none is above the next one.
ROWS: Final = (
    ("line_length", "line_limit"),
    ("speed", "speed_limit"),
    ("shortest_limit_ms", "shortest_ms", "longest_ms"),
    ("gap_ms", "chain_ms"),
    ("hold_ms", "linger_ms", "linger_limit_ms"),
)
_ABOVE_NOTHING: Final = ("line_length", "speed", "shortest_limit_ms", "longest_ms", "pause_ms")

Voice = Literal["interpreter", "off_screen", "lyrics"]


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for cues of one language. Speeds are characters per second, blanks included."""

    lines: int
    line_length: int  # what we write at most
    line_limit: int  # what `check` lets pass
    speed: float
    speed_limit: float
    word_ms: int  # for each word a cue is on screen so long; 0 for no such rule
    shortest_ms: int
    shortest_limit_ms: int
    longest_ms: int
    gap_ms: int  # two cues never stand closer; of `gap_frames` where frames are counted
    gap_frames: int
    chain_ms: int  # a smaller gap is closed to gap_ms
    lead_ms: int  # shown before the first word
    hold_ms: int  # shown after the last word
    linger_ms: int  # at most shown after the last word, to be read in comfort
    linger_limit_ms: int  # the same where the speed limit asks for it
    late_ms: int  # a cue may come this late so that the one before can be read
    pause_ms: int  # a cue never reaches over a longer pause
    frames_per_second: float  # cues come and go with a frame; 0 for milliseconds

    def __post_init__(self) -> None:
        if self.lines not in {1, 2}:
            raise ValueError("lines must be 1 or 2")
        for name in self.__struct_fields__:
            least = 1 if name in _ABOVE_NOTHING else 0
            if not least <= getattr(self, name) <= _MOST:  # NaN is in no range
                raise ValueError(f"{name} must be at least {least} and no more than a million")
        if self.frames_per_second and not 10 <= self.frames_per_second <= 240:  # noqa: PLR2004
            raise ValueError("frames_per_second must be 0, or from 10 to 240")
        for row in ROWS:
            for low, high in pairwise(row):
                if getattr(self, low) > getattr(self, high):
                    raise ValueError(f"{low} must not be above {high}")

    @property
    def frames(self) -> Fraction | None:
        """Frames a second, exactly; None for milliseconds."""
        if not self.frames_per_second:
            return None
        short = round(self.frames_per_second) * _NTSC
        if abs(float(short) - self.frames_per_second) < _NEAR:
            return short
        return Fraction(self.frames_per_second).limit_denominator(1000)

    def reading(self, characters: int, words: int) -> int:
        """How much there is to read, in characters; long words and short ones both take time."""
        return max(characters, round(words * self.word_ms * self.speed_limit / 1_000))


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What `check` holds cues to; what a profile does not state is never broken."""

    lines: int = NO_LIMIT
    line_limit: int = NO_LIMIT
    speed_limit: float = inf
    word_ms: int = 0
    shortest_limit_ms: int = 0
    longest_ms: int = NO_LIMIT
    gap_ms: int = 0
    chain_ms: int = 0


class Marks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands beside the words of a cue and is not of them; "" for none."""

    label: str = ""  # before the first words of another speaker: "[{name}]", "{NAME}:"
    dialogue: str = ""  # before each line of a cue in which two speak: "-", "- "
    lyrics: str = ""  # around what is sung: "♪ {text} ♪"
    music: str = ""  # a cue where music plays and nobody speaks: "[music]"
    noise: str = ""
    unintelligible: str = ""
    italics: tuple[Voice, ...] = ()  # "off_screen" is what a source asks for; no stage tells it yet
    least_ms: int = 3_000  # a sound that is shorter is not told

    def __post_init__(self) -> None:
        for name in ("label", "lyrics", "dialogue", "music", "noise", "unintelligible"):
            text = getattr(self, name)
            if len(text) > 40 or not text.isprintable() or ">" in text:  # noqa: PLR2004
                raise ValueError(f"{name} must be short, of one line and without '>'")
            if name != "dialogue" and text != " ".join(text.split()):
                raise ValueError(f"{name} must have single blanks, and none at its ends")
        if self.label and self.label.count("{name}") + self.label.count("{NAME}") != 1:
            raise ValueError("label must hold {name} or {NAME} once")
        if self.label.endswith(("-", "–", "—")):
            raise ValueError("label must not end in a dash")
        if self.lyrics and self.lyrics.count("{text}") != 1:
            raise ValueError("lyrics must hold {text} once")
        if self.least_ms < 1:
            raise ValueError("least_ms must be at least 1")


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

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if not (isfinite(value) and abs(value) <= _MOST):
                raise ValueError(f"{name} must be a number of at most a million")
