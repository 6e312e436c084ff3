"""Values on a recording's clock: integer milliseconds, half-open spans, all frozen."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import Final

import msgspec

NO_TURN: Final = -1
CUT_SHORT: Final = "cut_short"  # the engine reached its limit: words may be missing after these
NO_EVIDENCE: Final = "no_evidence"  # of an item: nothing near shows where it begins
MOVED: Final = "moved:"  # and then by how many milliseconds from the rundown's time
OTHER_LANGUAGE: Final = 2  # words take half to double the time in another language


class _Span(msgspec.Struct, frozen=True, kw_only=True):
    """What has a place on the clock: [start_ms, end_ms). Nonsense is refused when made or read."""

    start_ms: int
    end_ms: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_ms < self.end_ms:
            raise ValueError(f"not a span: {self.start_ms}..{self.end_ms} ms")

    @property
    def duration_ms(self) -> int:
        """Length in milliseconds, always above 0."""
        return self.end_ms - self.start_ms


class Span(_Span, frozen=True, kw_only=True):
    """A bare half-open interval."""


def equal_parts(start_ms: int, end_ms: int, count: int) -> list[tuple[int, int]]:
    """A stretch of time in so many parts, one after another and equally long, to the millisecond.

    >>> equal_parts(10, 20, 3)
    [(10, 13), (13, 16), (16, 20)]
    """
    places = range(count + 1) if count else ()
    return list(pairwise(start_ms + (end_ms - start_ms) * at // count for at in places))


class Word(_Span, frozen=True, kw_only=True):
    """One spoken word as it is written, punctuation attached, no surrounding blanks."""

    text: str
    probability: float = 1.0


class Phrase(_Span, frozen=True, kw_only=True, tag="phrase"):
    """Words of one chunk and one language, without a long pause; the transcript's line.

    `languages` is the posterior over the allowed languages; `language` the decided one. `flags` say
    why people should look at it: `cut_short`.
    """

    language: str
    words: tuple[Word, ...]
    languages: dict[str, float] = {}
    log_probability: float = 0.0
    no_speech: float = 0.0
    flags: tuple[str, ...] = ()


class Sound(StrEnum):
    """What is heard where no words are."""

    SILENCE = "silence"
    MUSIC = "music"
    NOISE = "noise"
    UNINTELLIGIBLE = "unintelligible"


class Gap(_Span, frozen=True, kw_only=True, tag="gap"):
    """A stretch without words; phrases and gaps together account for every millisecond.

    `removed` is text that was taken out, kept so that nothing is hidden; `reason` says why it was.
    """

    sound: Sound
    removed: str = ""
    reason: str = ""


class Turn(_Span, frozen=True, kw_only=True):
    """A stretch of one speaker; `speaker` is empty where nobody could be named.

    `voice` numbers whose voice it is, from 1 by first appearance; 0 where voices were not told
    apart. `interprets` is the index of the turn that this one gives in another language, NO_TURN
    for none; `is_over` says that the other one is still heard beneath.
    """

    speaker: str = ""
    voice: int = 0
    interprets: int = NO_TURN
    is_over: bool = False


class ItemKind(StrEnum):
    """What kind of programme item it is."""

    TALK = "talk"
    INTERVIEW = "interview"
    MUSIC = "music"
    BREAK = "break"
    OTHER = "other"


class Item(_Span, frozen=True, kw_only=True):
    """A part of the programme, from the rundown or proposed.

    `flags` tell of its start: `moved:+4200` (MOVED) says by how many milliseconds it lies beside
    the rundown's time, NO_EVIDENCE that nothing near it tells where it is.
    """

    title: str = ""
    speakers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    kind: ItemKind = ItemKind.TALK
    flags: tuple[str, ...] = ()


class Cue(_Span, frozen=True, kw_only=True):
    """What is on screen at once: one or two lines."""

    lines: tuple[str, ...]
    language: str
    speaker: str = ""
