"""Who said what: transcript.txt for people, transcript.json for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pipeline.core.language import name
from pipeline.core.payloads import Voice
from pipeline.core.timeline import NO_TURN, Word
from pipeline.core.turns import TurnTable, languages
from pipeline.emit.guide import clock, label
from pipeline.subtitles.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.payloads import Segments, Transcript
    from pipeline.core.timeline import Turn

_encode = msgspec.json.Encoder(order="deterministic").encode


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What one turn holds; `interprets` is the place of another in the same list, or -1.

    Words that belong to no turn make some of their own, without speaker and voice.
    """

    start_ms: int
    end_ms: int
    speaker: str
    voice: int
    language: str
    interprets: int
    is_over: bool
    words: tuple[Word, ...]


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    date: str
    duration_ms: int
    voices: tuple[Voice, ...]


def said(transcript: Transcript, segments: Segments) -> list[Said]:
    """The turns in time order with their words, each word of the transcript in exactly one."""
    table = TurnTable(segments.turns)
    words: list[list[Word]] = [[] for _ in segments.turns]
    strays: list[tuple[str, list[Word]]] = []
    was_stray = False
    for phrase in transcript.phrases:
        for word in phrase.words:
            turn = table.at((word.start_ms + word.end_ms) // 2)
            if turn != NO_TURN:
                words[turn].append(word)
            elif was_stray and strays[-1][0] == phrase.language:
                strays[-1][1].append(word)
            else:
                strays.append((phrase.language, [word]))
            was_stray = turn == NO_TURN
    spoken = languages(segments.turns, transcript.phrases)
    own = [_own(*each) for each in zip(segments.turns, spoken, words, strict=True)]
    return _in_order(own, [_stray(*each) for each in strays])


def text(title: str, date: str, turns: Sequence[Said]) -> str:
    """A paragraph for each turn that has words: when, who, in which language, what."""
    several = len({turn.language for turn in turns if turn.words}) > 1
    head = [line for line in (clean(title), clean(date)) if line]
    paragraphs = ["\n".join(head)] if head else []
    for turn in turns:
        words = " ".join(filter(None, (clean(word.text) for word in turn.words)))
        if words:
            paragraphs.append(f"{_heading(turn, turns, tells_language=several)}\n{words}")
    return "".join(f"{paragraph}\n\n" for paragraph in paragraphs)[:-1]


def as_json(
    title: str, date: str, duration_ms: int, voices: tuple[Voice, ...], turns: Sequence[Said]
) -> bytes:
    """An object with `title`, `date`, `duration_ms`, `voices` and `turns`, one turn a line.

    A voice's proposal is a name that nobody has said yes to.
    """
    head = _Head(title=title, date=date, duration_ms=duration_ms, voices=voices)
    lines = b",\n".join(map(_encode, turns))
    return _encode(head)[:-1] + b',"turns":[\n' + lines + b"\n]}\n"


def _own(turn: Turn, language: str, words: list[Word]) -> Said:
    return Said(
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
        speaker=turn.speaker,
        voice=turn.voice,
        language=language,
        interprets=turn.interprets,
        is_over=turn.is_over,
        words=tuple(words),
    )


def _stray(language: str, words: list[Word]) -> Said:
    return Said(
        start_ms=words[0].start_ms,
        end_ms=max(word.end_ms for word in words),
        speaker="",
        voice=0,
        language=language,
        interprets=NO_TURN,
        is_over=False,
        words=tuple(words),
    )


def _in_order(own: list[Said], strays: list[Said]) -> list[Said]:
    """All by their starts; what a turn interprets is found at its new place."""
    both = own + strays
    order = sorted(range(len(both)), key=lambda index: both[index].start_ms)
    places = {index: place for place, index in enumerate(order)}
    return [
        msgspec.structs.replace(both[index], interprets=places.get(both[index].interprets, NO_TURN))
        for index in order
    ]


def _heading(turn: Said, turns: Sequence[Said], *, tells_language: bool) -> str:
    parts = [f"[{clock(turn.start_ms)}]"]
    if who := label(turn.speaker, turn.voice):
        parts.append(who)
    if tells_language:
        parts.append(f"({name(turn.language)})")
    if turn.interprets != NO_TURN:
        source = turns[turn.interprets]
        parts.append(f"interpreting {label(source.speaker, source.voice)}".strip())
    return " ".join(parts)
