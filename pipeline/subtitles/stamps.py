"""The line of times above a cue: as SRT says, and as people and programs spell it otherwise."""

from __future__ import annotations

import functools
import re
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# What surrounds a number or a time and cannot be seen: blanks, marks of direction, controls.
EDGE: Final = (
    "".join(map(chr, range(0x21)))
    + "\x7f\x85\u00a0\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
    + "\u202f\u2060\u2066\u2067\u2068\u2069\u3000\ufeff"
)
_DASH: Final = r"\-\u2010-\u2015\u2212"
# Never stands in text that `text.clean` gave, so a line of times that has it is one anywhere.
_SURE: Final = rf"[{_DASH}][{_DASH} \u00a0]{{0,8}}>[> ]{{0,4}}"
_TIME: Final = r"\d{1,9}(?: ?[:.,;\u060c\uff0c\uff1a] ?\d{1,9}){1,3}"
_CLOCK: Final = r"\d{1,9} ?: ?\d{1,9}(?: ?[:.,;] ?\d{1,9}){1,2}"
_BLANK: Final = r"[\s\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]"
_LINE: Final = re.compile(
    rf"(?:(?P<number>\d{{1,9}})[.)]?{_BLANK}{{1,8}})?[\[(]?"
    rf"(?P<sign>[-\u2212]?)(?P<start>{_TIME})[\])]?"
    rf"{_BLANK}{{0,8}}(?P<arrow>[{_DASH}=~>\u2192\u21d2][{_DASH}=~> \u00a0]{{0,10}}?)"
    rf"{_BLANK}{{0,8}}[\[(]?(?P<sign2>[-\u2212]?)(?P<end>{_TIME})(?!\w|[:.,;]\d)[\])]?"
    r"(?P<rest>.*)",
    re.DOTALL,
)
# As SRT has it but for a digit or a sign; between the times any number of spaces.
_REGULAR: Final = re.compile(
    r"(?P<number>)(?P<sign>)(?P<start>[0-9]{1,9}:[0-9]{1,9}:[0-9]{1,9}[,.][0-9]{1,9}) *"
    r"(?P<arrow>-->|->) *(?P<sign2>)(?P<end>[0-9]{1,9}:[0-9]{1,9}:[0-9]{1,9}[,.][0-9]{1,9}) *"
    r"(?P<rest>)"
)
_SURE_ARROW: Final = re.compile(_SURE)
_TIME_THEN_ARROW: Final = re.compile(rf"[-\u2212]?{_CLOCK}{_BLANK}{{0,8}}{_SURE}")
_ARROW_THEN_TIME: Final = re.compile(rf"{_SURE}{_BLANK}{{0,8}}[-\u2212]?{_CLOCK}")
_PARTS: Final = re.compile(r"\d+")
_MARKS: Final = re.compile(r"[^\d ]")
_SETTING: Final = re.compile(
    r"[XY][12]:-?\d+|(?:align|line|position|region|size|vertical):[^\s>]+", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"[#\u2116]?\s{0,8}(\d{1,9})\s{0,8}[.):]?")
_NO_HOURS: Final = "no hours"
_NO_THOUSANDTHS: Final = "no thousandths"
_HOURS: Final = 4  # parts: hours, minutes, seconds, thousandths
_THOUSANDTHS: Final = 3  # digits
_LONGEST: Final = 120  # bytes of a line whose form is remembered
_FORMS: Final = 1 << 12  # that many are
_KNOWN: Final = 1 << 14  # lines of one file that are remembered with their times
_ZEROS: Final = bytes.maketrans(b"123456789", b"000000000")
_MOST_DIGITS: Final = 9  # of a number
_SIXTY: Final = 60
_ZERO: Final = slice(-1, None)  # of a line with a 0 behind it: a part that is not written


class Stamp(msgspec.Struct, frozen=True, gc=False):
    """A line of times. `rest` is what follows them, `number` a cue's number before them.

    `odd` says how they are spelt where that is not SRT's way. Where the arrow is none of SRT's
    (`is_sure` is false) such a line may be text. With `is_guess` the last part may be frames, with
    `is_clock` it is no more than `10:20 --> 10:30`, as people write times of day too.
    """

    start_ms: int
    end_ms: int
    rest: str = ""
    number: str = ""
    odd: tuple[str, ...] = ()
    is_sure: bool = True
    is_guess: bool = False
    is_clock: bool = False


class _Time(msgspec.Struct, frozen=True):
    """Where in a line the hours, minutes, seconds and their parts stand, and how they are spelt."""

    parts: tuple[slice, slice, slice, slice]
    scale: int  # milliseconds of one of the parts of a second
    marks: str
    digits: int  # of the parts of a second
    has_hours: bool
    is_guess: bool

    def odd(self, *, is_over: bool) -> tuple[str, ...]:
        """What is odd about it, also where minutes or seconds are more than 59."""
        found = [] if self.digits else [_NO_THOUSANDTHS]
        if not self.has_hours:
            found.append(_NO_HOURS)
        if is_over:
            found.append("more than 59 minutes or seconds")
        if self.digits and self.digits != _THOUSANDTHS:
            found.append("thousandths not of three digits")
        if self.digits and self.has_hours and self.marks != "::,":
            found.append(f"{self.marks} where SRT has ::,")
        return tuple(found)


class _Form(msgspec.Struct, frozen=True):
    """How a line of times is spelt, whatever its digits are: all that have one form are alike."""

    parts: Callable[[str], tuple[str, ...]]  # of both times, of a line with a 0 behind it
    scales: tuple[int, int]
    signs: tuple[int, int]
    odd: tuple[tuple[str, ...], ...]  # four: each time may have more than 59 minutes or seconds
    rest: slice
    number: slice
    is_sure: bool
    is_guess: bool
    is_clock: bool

    def stamp(self, line: str) -> Stamp:
        """The times in a line that is spelt so."""
        values = map(int, self.parts(f"{line}0"))
        hours, minutes, seconds, rest, hours2, minutes2, seconds2, rest2 = values
        scale, scale2 = self.scales
        sign, sign2 = self.signs
        is_over = minutes >= _SIXTY or seconds >= _SIXTY
        is_over2 = minutes2 >= _SIXTY or seconds2 >= _SIXTY
        return Stamp(
            sign * (((hours * 60 + minutes) * 60 + seconds) * 1_000 + rest * scale),
            sign2 * (((hours2 * 60 + minutes2) * 60 + seconds2) * 1_000 + rest2 * scale2),
            line[self.rest],
            line[self.number],
            self.odd[2 * is_over + is_over2],
            self.is_sure,
            self.is_guess,
            self.is_clock,
        )


def stamp(line: str) -> Stamp | None:
    """The times in a line; None where it is no line of times.

    >>> stamp("01:02,500 --> 01:04,000 X1:5").odd
    ('no hours',)
    """
    shape = line.encode("utf-8", "surrogatepass").translate(_ZEROS)
    form = _known_form(shape) if len(shape) <= _LONGEST else _form(shape)
    return form.stamp(line) if form else None


def each(lines: Iterable[str]) -> Iterator[Stamp | None]:
    """What `stamp` says of each line; what a machine wrote says the same again and again."""
    known: dict[str, Stamp | None] = {}
    for line in lines:
        if line in known:
            yield known[line]
            continue
        found = stamp(line)
        if len(known) < _KNOWN:
            known[line] = found
        yield found


def _form(shape: bytes) -> _Form | None:
    """The form of a line of times whose digits are all 0; None where it is no line of times."""
    line = shape.decode("utf-8", "surrogatepass")
    begins = len(line) - len(line.lstrip(EDGE))
    found = _REGULAR.fullmatch(line) or _LINE.match(line, begins)
    if not found:
        return None
    arrow, sign2, rest = found["arrow"].strip(), found["sign2"], found["rest"].strip()
    rest = rest if rest.strip(EDGE) else ""
    if arrow[-1] in "-\u2212" and ">" in arrow:
        arrow, sign2 = arrow[:-1].strip(), "-"
    start, end = _time(line, *found.span("start")), _time(line, *found.span("end"))
    is_sure = arrow == "-->" or _SURE_ARROW.fullmatch(arrow) is not None
    odd = [
        _spelt(arrow, start.odd(is_over=is_over) + end.odd(is_over=is_over2))
        for is_over in (False, True)
        for is_over2 in (False, True)
    ]
    has_hours = start.has_hours and end.has_hours
    has_parts = bool(start.digits and end.digits)
    is_short = not (has_hours and has_parts)
    if (is_short and not (is_sure and ":" in found["start"])) or (rest and _swallows(rest)):
        return None
    at = line.index(rest, found.start("rest"))
    return _Form(
        itemgetter(*start.parts, *end.parts),
        scales=(start.scale, end.scale),
        signs=(-1 if found["sign"] else 1, -1 if sign2 else 1),
        odd=tuple(odd),
        rest=slice(at, at + len(rest)),
        number=slice(*found.span("number")),
        is_sure=is_sure,
        is_guess=start.is_guess or end.is_guess,
        is_clock=not (has_hours or has_parts),
    )


def is_position(text: str) -> bool:
    """Whether what follows the times says where on the screen, as SubRip and WebVTT do."""
    return all(map(_SETTING.fullmatch, text.split()))


def is_damaged(line: str) -> bool:
    """Whether a time stands at an arrow: a line of times that something was typed over."""
    if ">" not in line or ":" not in line:
        return False
    bare = line.strip(EDGE)
    return bool(_TIME_THEN_ARROW.match(bare) or _ARROW_THEN_TIME.search(bare))


def number(line: str) -> int | None:
    """The number of a cue that a line consists of: `3`, and also `3.`, `#3`."""
    if line.isdecimal():
        return int(line) if len(line) <= _MOST_DIGITS else None
    found = _NUMBER.fullmatch(line.strip(EDGE))
    return int(found[1]) if found else None


def composed(ms: int) -> str:
    """A time as SRT writes it.

    >>> composed(3_661_001), composed(-1)
    ('01:01:01,001', '-00:00:00,001')
    """
    seconds, rest = divmod(abs(ms), 1_000)
    minutes, seconds = divmod(seconds, 60)
    return f"{'-' * (ms < 0)}{minutes // 60:02}:{minutes % 60:02}:{seconds:02},{rest:03}"


def _swallows(rest: str) -> bool:
    """Whether what follows the times is another line of times, or what is left of one."""
    return is_damaged(rest) or _LINE.match(rest.lstrip(EDGE)) is not None


def _time(line: str, begins: int, ends: int) -> _Time:
    """The time that stands in a line from `begins` to `ends`."""
    parts = [slice(*found.span()) for found in _PARTS.finditer(line, begins, ends)]
    marks = "".join(_MARKS.findall(line, begins, ends))
    last = parts[-1]
    digits = last.stop - last.start
    has_rest = len(parts) == _HOURS or marks[-1] not in ":\uff1a"
    if marks in {"..", ",,"}:  # 00.00.01 or 00.01.500
        has_rest = digits == _THOUSANDTHS
    kept = min(digits, _THOUSANDTHS) if has_rest else 0
    rest = slice(last.start, last.start + kept) if has_rest else _ZERO
    whole = parts[:-1] if has_rest else parts
    hours, minutes, seconds = [_ZERO, _ZERO, *whole][-3:]
    return _Time(
        (hours, minutes, seconds, rest),
        scale=10 ** (_THOUSANDTHS - kept),
        marks=marks,
        digits=digits if has_rest else 0,
        has_hours=len(whole) == _HOURS - 1,
        is_guess=has_rest and marks[-1] == ":" and digits < _THOUSANDTHS,
    )


_known_form: Final = functools.lru_cache(maxsize=_FORMS)(_form)


def _spelt(arrow: str, odd: tuple[str, ...]) -> tuple[str, ...]:
    said = tuple(dict.fromkeys(odd))
    return said if arrow == "-->" else (f"an arrow written {arrow}", *said)
