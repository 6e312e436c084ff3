"""How long a recording is by its header, and how far that can be believed."""

from __future__ import annotations

import os
import re
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final

from pipeline.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import av.audio.stream
    from av.container import InputContainer

_IS_STATED: Final = frozenset({"aiff", "caf", "flac", "mov", "w64", "wav"})
_IS_GUESSED: Final = frozenset({"aac", "ac3", "amr", "dts", "eac3", "loas", "mp3", "mpegts"})
_UNKNOWN_SIZE: Final = 0xFFFF_0000  # what recorders write before they know better

_CLAIMS: Final = frozenset({"flv", "matroska"})
_OWN_LENGTH: Final = re.compile(r"(\d{1,3}):(\d{2}):(\d{2})")  # from mkvmerge, FFmpeg
_COUNT: Final = re.compile(rb"(?s)(?:Xing|Info)...[\x01\x03\x05\x07\x09\x0b\x0d\x0f]|VBRI")
_LONGEST_FRAME: Final = 2_048  # bytes, and some to spare

_PAGE: Final = struct.Struct("<4sBB20xB")  # of an Ogg: "OggS", version, flags, count of sizes
_FIRST_PAGE: Final = 2  # the flag of a stream's first page


def is_guess(container: InputContainer) -> bool:
    """Whether it was reckoned from a bit rate, or from time stamps that may start anew."""
    return not _IS_GUESSED.isdisjoint(_formats(container))


def is_chained(path: Path) -> bool:
    """Whether an Ogg may be several, one after another: a header speaks of one of them only.

    False for what is no Ogg; reads the heads of its pages alone, and where one is damaged nobody
    can tell.

    Raises:
        InputError: the file is gone.
    """
    has_begun = False
    with _open(path) as file:
        if file.read(4) != b"OggS":
            return False
        file.seek(0)
        while head := file.read(_PAGE.size):
            mark, _, flags, count = _PAGE.unpack(head.ljust(_PAGE.size, b"\0"))
            is_first = bool(flags & _FIRST_PAGE)
            if mark != b"OggS" or (has_begun and is_first):
                return True
            has_begun = not is_first
            file.seek(sum(file.read(count)), os.SEEK_CUR)
    return False


def stated_ms(path: Path, container: InputContainer, stream: av.audio.stream.AudioStream) -> int:
    """How long the header says that a stream is; 0 where the format does not say, or only guesses.

    FFmpeg shortens a WAV to the size of its file; what was cut off is seen from the header alone.

    Raises:
        InputError: the file is gone.
    """
    formats = _formats(container)
    if _IS_STATED.isdisjoint(formats) or not stream.duration or not stream.time_base:
        return 0
    stated = max(0, round(stream.duration * stream.time_base * 1000))
    if formats != ["wav"]:
        return stated
    with _open(path) as file:
        tag, size = struct.unpack("<4sI", file.read(8).ljust(8, b"\0"))
        there = os.fstat(file.fileno()).st_size
    is_cut = tag == b"RIFF" and there < size < _UNKNOWN_SIZE
    return stated * size // there if is_cut else stated


def claimed_ms(path: Path, container: InputContainer, stream: av.audio.stream.AudioStream) -> int:
    """How long a header says that it is which is written apart from the sound, and may be wrong.

    0 where there is none. A Matroska's stream may say it for itself, as its picture may be longer.

    Raises:
        InputError: the file is gone.
    """
    formats = _formats(container)
    whole_ms = max(0, (container.duration or 0) // 1000)
    if formats == ["mp3"] and _has_count(path):
        return whole_ms
    if _CLAIMS.isdisjoint(formats):
        return 0
    own = _OWN_LENGTH.match(stream.metadata.get("DURATION", ""))
    if own is None:
        return whole_ms
    hours, minutes, seconds = (int(part) for part in own.groups())
    return min(whole_ms, ((hours * 60 + minutes) * 60 + seconds) * 1000)


def _has_count(path: Path) -> bool:
    """Whether an MP3 begins with a frame that says how many there are."""
    with _open(path) as file:
        tag, *sizes = struct.unpack("<3s3x4B", file.read(10).ljust(10, b"\0"))
        if tag == b"ID3":  # seven bits of the size in each
            file.seek(10 + sum((size & 127) << 7 * at for at, size in enumerate(reversed(sizes))))
        else:
            file.seek(0)
        return _COUNT.search(file.read(_LONGEST_FRAME)) is not None


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as error:
        hint = "put it back, then run the same command again"
        raise InputError(f"{path}: cannot be read any more: {error.strerror}", hint=hint) from error


def _formats(container: InputContainer) -> list[str]:
    return container.format.name.split(",")
