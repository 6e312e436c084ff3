"""The line of times above a cue: as SRT says, and as people and programs spell it otherwise."""

from __future__ import annotations

import functools
import re
from typing import Final

import msgspec

# What surrounds a number or a time and cannot be seen: blanks, marks of direction, controls.
EDGE: Final = (
    "".join(map(chr, range(0x21)))
    + "\x7f\x85\u00a0\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
    + "\u202f\u2060\u2066\u2067\u2068\u2069\u3000\ufeff"
)
_EXACT: Final = re.compile(
    r"([0-9]{1,9}):([0-5][0-9]):([0-5][0-9])([,.])([0-9]{3}) *--> *"
    r"([0-9]{1,9}):([0-5][0-9]):([0-5][0-9])([,.])([0-9]{3})"
)
_REGULAR: Final = re.compile(
    r"([0-9]{1,9}):([0-9]{1,9}):([0-9]{1,9})([,.])([0-9]{1,9}) *(-->|->) *"
    r"([0-9]{1,9}):([0-9]{1,9}):([0-9]{1,9})([,.])([0-9]{1,9}) *"
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
_DOTS: Final = ("::. where SRT has ::,",)
_HOURS: Final = 4  # parts: hours, minutes, seconds, thousandths
_THOUSANDTHS: Final = 3  # digits
_SHORT: Final = 40  # characters of a line of times
_MOST_DIGITS: Final = 9  # of a number
_SIXTY: Final = 60


class Stamp(msgspec.Struct, frozen=True, gc=False):
    """A line of times. `rest` is what follows them, `number` a cue's number before them.

    `odd` says how they are spelt where that is not SRT's way. Where the arrow is none of SRT's
    (`is_sure` is false) such a line may be text. With `is_guess` the last part may be frames.
    """

    start_ms: int
    end_ms: int
    rest: str = ""
    number: str = ""
    odd: tuple[str, ...] = ()
    is_sure: bool = True
    is_guess: bool = False

    @property
    def is_clock(self) -> bool:
        """Whether it is no more than `10:20 --> 10:30`, as people write times of day too."""
        return _NO_HOURS in self.odd and _NO_THOUSANDTHS in self.odd


def stamp(line: str) -> Stamp | None:
    """The times in a line; None where it is no line of times.

    >>> stamp("01:02,500 --> 01:04,000 X1:5").odd
    ('no hours',)
    """
    exact = _EXACT.fullmatch(line)
    if exact:
        h, m, s, mark, f, h2, m2, s2, mark2, f2 = exact.groups()
        start = ((int(h) * 60 + int(m)) * 60 + int(s)) * 1_000 + int(f)
        end = ((int(h2) * 60 + int(m2)) * 60 + int(s2)) * 1_000 + int(f2)
        return Stamp(start, end) if mark == mark2 == "," else Stamp(start, end, odd=_DOTS)
    return _short_line(line) if len(line) < _SHORT else _spelt_otherwise(line)


def _regular(found: re.Match[str]) -> Stamp:
    """Hours, minutes, seconds and their parts, as in SRT but for a sign or a digit."""
    h, m, s, mark, f, arrow, h2, m2, s2, mark2, f2 = found.groups()
    minutes, seconds, minutes2, seconds2 = int(m), int(s), int(m2), int(s2)
    odd = _odd("::" + mark, len(f), is_over=minutes >= _SIXTY or seconds >= _SIXTY)
    odd2 = _odd("::" + mark2, len(f2), is_over=minutes2 >= _SIXTY or seconds2 >= _SIXTY)
    return Stamp(
        ((int(h) * 60 + minutes) * 60 + seconds) * 1_000 + int(f"{f}00"[:_THOUSANDTHS]),
        ((int(h2) * 60 + minutes2) * 60 + seconds2) * 1_000 + int(f"{f2}00"[:_THOUSANDTHS]),
        odd=_spelt(arrow, odd if odd == odd2 else tuple(dict.fromkeys(odd + odd2))),
    )


def _spelt_otherwise(line: str) -> Stamp | None:
    regular = _REGULAR.fullmatch(line)
    if regular:
        return _regular(regular)
    found = _LINE.match(line.lstrip(EDGE))
    if not found:
        return None
    number, sign, begins, arrow, sign2, ends, rest = found.groups()
    arrow, rest = arrow.strip(), rest.strip()
    rest = rest if rest.strip(EDGE) else ""
    if arrow[-1] in "-\u2212" and ">" in arrow:
        arrow, sign2 = arrow[:-1].strip(), "-"
    start, odd, is_guess = _time(begins)
    end, odd2, is_guess2 = _time(ends)
    is_sure = arrow == "-->" or _SURE_ARROW.fullmatch(arrow) is not None
    odd = odd if odd == odd2 else tuple(dict.fromkeys(odd + odd2))
    is_short = _NO_HOURS in odd or _NO_THOUSANDTHS in odd
    if (is_short and not (is_sure and ":" in begins)) or (rest and _swallows(rest)):
        return None
    return Stamp(
        start_ms=-start if sign else start,
        end_ms=-end if sign2 else end,
        rest=rest,
        number=number or "",
        odd=_spelt(arrow, odd),
        is_sure=is_sure,
        is_guess=is_guess or is_guess2,
    )


# The same line comes again in what a machine wrote; a longer one is not worth remembering.
_short_line: Final = functools.lru_cache(maxsize=1 << 14)(_spelt_otherwise)


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


def _time(text: str) -> tuple[int, tuple[str, ...], bool]:
    """Milliseconds, what is odd about the spelling, whether the last part may be frames."""
    parts = _PARTS.findall(text)
    marks = "".join(_MARKS.findall(text))
    has_rest = len(parts) == _HOURS or marks[-1] not in ":\uff1a"
    if marks in {"..", ",,"}:  # 00.00.01 or 00.01.500
        has_rest = len(parts[-1]) == _THOUSANDTHS
    rest = parts.pop() if has_rest else ""
    has_hours = len(parts) == _HOURS - 1
    hours, minutes, seconds = map(int, parts if has_hours else ["0", "0", *parts][-3:])
    is_over = minutes >= _SIXTY or seconds >= _SIXTY
    odd = _odd(marks, len(rest), is_over=is_over, has_hours=has_hours)
    is_guess = has_rest and marks[-1] == ":" and len(rest) < _THOUSANDTHS
    ms = ((hours * 60 + minutes) * 60 + seconds) * 1_000 + int(f"{rest}000"[:_THOUSANDTHS])
    return ms, odd, is_guess


@functools.lru_cache(maxsize=1024)
def _odd(marks: str, digits: int, *, is_over: bool, has_hours: bool = True) -> tuple[str, ...]:
    """What is odd about a time with these marks between its numbers and so many digits behind."""
    found = [] if digits else [_NO_THOUSANDTHS]
    if not has_hours:
        found.append(_NO_HOURS)
    if is_over:
        found.append("more than 59 minutes or seconds")
    if digits and digits != _THOUSANDTHS:
        found.append("thousandths not of three digits")
    if digits and has_hours and marks != "::,":
        found.append(f"{marks} where SRT has ::,")
    return tuple(found)


def _spelt(arrow: str, odd: tuple[str, ...]) -> tuple[str, ...]:
    return odd if arrow == "-->" else (f"an arrow written {arrow}", *odd)
