"""Names for folders and files that every file system and terminal can take."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from pipeline.core import files
from pipeline.core.clock import for_name

MEDIA_SUFFIXES: Final = frozenset(
    """.3gp .aac .ac3 .aif .aiff .amr .avi .flac .flv .m2ts .m4a .m4b .m4v .mka .mkv .mov .mp2 .mp3
    .mp4 .mpeg .mpg .mts .mxf .oga .ogg .ogv .opus .ra .rm .spx .ts .vob .wav .webm .wma
    .wmv""".split()
)

SUBTITLED: Final = ".subtitled"  # ends the stem of a copy of a recording with subtitles in it

_STEM_BYTES: Final = 160  # leaves room for every suffix within a file system's 255
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_TIME: Final = r"(\d+)h(\d\d)m(\d\d)s(\d{3})?"
_PART: Final = re.compile(rf"\.{_TIME}-(?:end|{_TIME})$", re.ASCII)
_KEPT: Final = frozenset(" -_.,+()")


def clean_stem(name: str) -> str:
    """`name` without what a file system or a terminal could choke on; letters of any script stay.

    Cleaning what is clean changes nothing.
    """
    shown = "".join(
        c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) != "Cf"
    )
    kept = (c if unicodedata.category(c)[0] in "LMN" or c in _KEPT else "\0" for c in shown)
    stem = re.sub("\0+", "_", "".join(kept)).strip(" .").lstrip("-")
    stem = unicodedata.normalize("NFC", stem).strip(" .-") or "recording"
    if _RESERVED.fullmatch(stem):  # Windows keeps these names for devices
        stem = f"_{stem}"
    if len(stem.encode()) > _STEM_BYTES:
        cut = stem.encode()[: _STEM_BYTES - 9].decode(errors="ignore").rstrip(" .-")
        stem = f"{cut}-{files.digest(stem.encode())[:8]}"
    return stem


def part(from_ms: int | None, to_ms: int | None) -> str:
    """What tells a part from the whole: `.1h00m00s-1h10m00s`, `.1h00m00s-end`."""
    if from_ms is None and to_ms is None:
        return ""
    return f".{for_name(from_ms or 0)}-{'end' if to_ms is None else for_name(to_ms)}"


def part_of(stem: str) -> tuple[int | None, int | None]:
    """From when to when, as `part` wrote it at the end of a stem; None, None for the whole.

    >>> part_of("talk.0h00m10s-1h00m00s500"), part_of("talk.0h00m10s-end"), part_of("talk")
    ((10000, 3600500), (10000, None), (None, None))
    """
    found = _PART.search(stem)
    if found is None:
        return None, None
    hours, minutes, seconds, thousandths, *until = found.groups()
    from_ms = _ms(hours, minutes, seconds, thousandths)
    return (from_ms or None, _ms(*until)) if until[0] else (from_ms, None)


def _ms(hours: str, minutes: str, seconds: str, thousandths: str | None) -> int:
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(thousandths or 0)
