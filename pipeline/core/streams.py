"""Which audio stream of a recording is meant: the one asked for, or the likeliest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.core import language, media
from pipeline.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.core.media import AudioStream


FIRST: Final = "1"
_DIGITS: Final = 640  # the fewest that Python can be told to stop at


def find(path: Path, wanted: str, languages: Sequence[str]) -> int:
    """The number of an audio stream, counted from 1.

    Args:
        path: the recording.
        wanted: a number or a language; empty where nobody asked for one.
        languages: what may be spoken, the likeliest first.

    Raises:
        UsageError: there is no such file.
        InputError: it has no sound that we can read, or no such stream; names those it has.
    """
    streams = media.probe(path).streams
    if not wanted:
        return likeliest(streams, languages)
    number = _counted(wanted) if wanted.isdecimal() else _tagged(streams, wanted)
    if not 1 <= number <= len(streams):
        there = ", ".join(_named(at, stream) for at, stream in enumerate(streams, 1))
        raise InputError(
            f"{path}: has no audio stream {wanted}; there are: {there}",
            hint="give --stream one of these, by its number or its language",
        )
    return number


def likeliest(streams: Sequence[AudioStream], languages: Sequence[str]) -> int:
    """The stream tagged with the first of `languages` that any has; else the first of all."""
    found = (_tagged(streams, each) for each in languages)
    return next((number for number in found if number), 1)


def _counted(digits: str) -> int:
    """The number that is meant; 0, which no stream has, for one that is too long to be read."""
    return int(digits) if len(digits) <= _DIGITS else 0


def _tagged(streams: Sequence[AudioStream], wanted: str) -> int:
    """The first stream in a language; 0 where there is none."""
    meant = language.of_stream(wanted) or language.tag_for(wanted)
    for number, stream in enumerate(streams, 1):
        is_same = stream.language.casefold() == wanted.casefold()  # also codes we do not know
        if is_same or (meant and language.of_stream(stream.language) == meant):
            return number
    return 0


def _named(number: int, stream: AudioStream) -> str:
    return f"{number} ({stream.language})" if stream.language else str(number)
