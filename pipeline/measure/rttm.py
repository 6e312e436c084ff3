"""RTTM, the lists of who speaks when that diarization is compared by, and UEM, what of it counts.

RTTM is the format of NIST's Rich Transcription evaluations (RT-09 evaluation plan, appendix A): a
line has ten columns of which a speaker's turn uses five; names hold no blanks.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from pipeline.core import reading
from pipeline.core.errors import InputError
from pipeline.core.timeline import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.core.timeline import Turn

_NOBODY: Final = "<NA>"
_SPEAKER: Final = "SPEAKER"
_NO_TURNS: Final = frozenset(
    "A/P CB EDIT FILLER IP LEXEME NO_RT_METADATA NON-LEX NON-SPEECH NOSCORE SEGMENT SPKR-INFO SU"
    "".split()
)
_COLUMNS: Final = range(8, 11)  # what follows the name is left out by some programs
_UEM_COLUMNS: Final = 4
_SECONDS: Final = re.compile(
    r"(?:[0-9]{1,9}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][-+]?[0-9]{1,2})?"
)
_LATEST_MS: Final = 10**10  # 115 days: beyond that it is not seconds what stands there
_UNSAFE: Final = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]+")
_EXAMPLE: Final = "a line is: SPEAKER talk 1 12.345 6.789 <NA> <NA> Anna_Ivanova <NA> <NA>"
_UEM_EXAMPLE: Final = "a line is: talk 1 0.000 3600.000"


class Stretch(Span, frozen=True, kw_only=True):
    """One speaker's stretch of one file, as RTTM has it; `speaker` is empty where none is named."""

    file: str
    speaker: str = ""


def parse(data: bytes, name: str) -> tuple[Stretch, ...]:
    """The speakers' stretches of a file called `name`, in its order, rounded to milliseconds.

    Comments (`;;`), RTTM's other kinds of lines and stretches without length tell of no turn and
    are passed over.

    Raises:
        InputError: a line is not RTTM; says which.
    """
    found = []
    for place, columns in _lines(data, name):
        if columns[0] in _NO_TURNS:
            continue
        if columns[0] != _SPEAKER:
            message = f"{place}: {columns[0]!r} is no kind of line that RTTM has"
            raise InputError(message, hint=_EXAMPLE)
        if len(columns) not in _COLUMNS:
            message = f"{place}: {len(columns)} columns, RTTM has 10"
            raise InputError(message, hint=f"{_EXAMPLE}; blanks in a name are written as _")
        _, file, _, start, length, _, _, speaker = columns[:8]
        start_s = _seconds(start, "start", place)
        span = _ms(start_s, place), _ms(start_s + _seconds(length, "duration", place), place)
        if span[0] < span[1]:
            name_or_none = "" if speaker == _NOBODY else speaker
            stretch = Stretch(file=file, start_ms=span[0], end_ms=span[1], speaker=name_or_none)
            found.append(stretch)
    return tuple(found)


def parse_uem(data: bytes, name: str) -> tuple[Stretch, ...]:
    """The stretches that are to be compared: lines of `file channel start end`, in seconds.

    Raises:
        InputError: a line is something else; says which.
    """
    found = []
    for place, columns in _lines(data, name):
        if len(columns) != _UEM_COLUMNS:
            message = f"{place}: {len(columns)} columns, UEM has {_UEM_COLUMNS}"
            raise InputError(message, hint=_UEM_EXAMPLE)
        file, _, start, end = columns
        start_ms = _ms(_seconds(start, "start", place), place)
        end_ms = _ms(_seconds(end, "end", place), place)
        if start_ms >= end_ms:
            message = f"{place}: ends at {end}, not after its start {start}"
            raise InputError(message, hint=_UEM_EXAMPLE)
        found.append(Stretch(file=file, start_ms=start_ms, end_ms=end_ms))
    return tuple(found)


def for_recording(stretches: Sequence[Stretch], stem: str, name: str) -> tuple[Stretch, ...]:
    """Those of the recording whose file name without its ending is `stem`.

    Raises:
        InputError: the file called `name` has none of it; says of what it has some.
    """
    wanted = {_composed(stem), _safe(stem)}
    found = tuple(each for each in stretches if _composed(each.file) in wanted)
    if found:
        return found
    files = list(dict.fromkeys(each.file for each in stretches))
    if not files:
        raise InputError(f"{name}: no line says who speaks when", hint=_EXAMPLE)
    message = f"{name}: nothing of {stem}, only of {_listed(files)}"
    if len(files) == 1:
        hint = f"its one file is {files[0]}: if it is this recording, write {_safe(stem)} for it"
    else:
        hint = f"write {_safe(stem)} in the lines of this recording, or name another file"
    raise InputError(message, hint=hint)


def compose(turns: Iterable[Turn], stem: str) -> str:
    """RTTM of turns, of a recording called `stem`; `parse` gives the same times and names back.

    A turn without a speaker is that of `voice_3`, or of nobody. In names each run of blanks and of
    what no text file should hold becomes one underscore.
    """
    lines = []
    for turn in turns:
        speaker = turn.speaker or (f"voice_{turn.voice}" if turn.voice else _NOBODY)
        times = f"{_clock(turn.start_ms)} {_clock(turn.duration_ms)}"
        lines.append(
            f"{_SPEAKER} {_safe(stem)} 1 {times} {_NOBODY} {_NOBODY} {_safe(speaker)}"
            f" {_NOBODY} {_NOBODY}\n"
        )
    return "".join(lines)


def _lines(data: bytes, name: str) -> Iterator[tuple[str, list[str]]]:
    """Where each line is, and its columns; comments and empty lines are passed over."""
    for number, line in enumerate(reading.LINE_END.split(reading.decoded(data, name)), 1):
        # other blanks than these two may be part of a name
        columns = [column for column in re.split(r"[ \t]+", line) if column]
        if columns and not columns[0].startswith(";;"):
            yield f"{name}, line {number}", columns


def _seconds(text: str, what: str, place: str) -> Decimal:
    if _SECONDS.fullmatch(text) is None:
        message = f"{place}: the {what} {text!r} is no time"
        raise InputError(message, hint="write seconds with a point, for example 12.345")
    return Decimal(text)


def _ms(seconds: Decimal, place: str) -> int:
    if seconds * 1_000 > _LATEST_MS:
        message = f"{place}: no recording is {seconds:.3g} seconds long"
        raise InputError(message, hint="write times in seconds, for example 12.345")
    return int((seconds * 1_000).to_integral_value(ROUND_HALF_UP))


def _clock(ms: int) -> str:
    return f"{ms // 1_000}.{ms % 1_000:03}"


def _composed(text: str) -> str:
    """A name as it is compared: a letter with its accent may be stored as one sign or as two."""
    return unicodedata.normalize("NFC", text)


def _safe(text: str) -> str:
    return _UNSAFE.sub("_", _composed(text)) or _NOBODY


def _listed(files: Sequence[str]) -> str:
    shown = ", ".join(files[:5])
    return shown if len(files) <= 5 else f"{shown} and {len(files) - 5} more"  # noqa: PLR2004
