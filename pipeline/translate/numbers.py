"""Numbers in digits that a translation has to keep, however each language writes them.

Nothing is taken for missing that may be there in another dress: `1,5` and `1.5`, `10 000` and
`10,000`, `5-й` and `5th` and `fifth`, `18:30` and `6:30`, `3 млн` and `3,000,000`. What a source
spells in words is left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.core.language import base
from pipeline.translate import number_words
from pipeline.translate.number_words import VALUE_DIGITS, times

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLANKS: Final = " \u00a0\u2009\u202f"
_GROUPED: Final = rf"[0-9]{{1,3}}(?:[{_BLANKS}][0-9]{{3}}(?![0-9]))+(?:[.,][0-9]+)?"
_CHAIN: Final = r"[0-9]+(?:[.,:][0-9]+)*"
_NUMBER: Final = re.compile(rf"(?<![0-9]){_GROUPED}|{_CHAIN}")
_DECADE: Final = re.compile(r"(?:['’]?s|-?(?:е|х|ые|ых|м|ми|ым|ыми))(?!\w)")
_HOURS: Final = re.compile(r"\s{0,2}(?:ч|час\w{0,3}|h|hrs?|horas?)(?!\w)", re.IGNORECASE)
_SPELLED_UP_TO: Final = 100  # what any language may write in words
_LONGEST: Final = 20_000  # letters; more is no sentence, and is not looked through
_THREE: Final = 3  # digits between marks of thousands
_NOON, _MIDNIGHT = 12, 24
_MONTHS, _DAYS = range(1, 13), range(1, 32)

Reading = frozenset[str]


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a source: a target says it that holds all values of one of its readings."""

    text: str
    readings: tuple[Reading, ...]


def missing(source: str, target: str, into: str = "en") -> list[str]:
    """The numbers of `source`, as written there, that `target` in language `into` does not say."""
    wanted = found(source)
    if not wanted or len(target) > _LONGEST:
        return []
    said = values(target, into)
    knows_words = base(into) in number_words.LANGUAGES
    lacking = (
        each.text
        for each in wanted
        if not any(reading <= said for reading in each.readings)
        and (knows_words or not _may_be_spelled(each))
    )
    return list(dict.fromkeys(lacking))


def found(text: str) -> list[Number]:
    """The numbers that `text` writes in digits, in order."""
    if len(text) > _LONGEST:
        return []
    return [Number(match[0], tuple(_readings(match))) for match in _NUMBER.finditer(text)]


def values(text: str, language: str) -> frozenset[str]:
    """Every value that `text` says, in digits or in words of its language."""
    said = set(number_words.values(text, language))
    for match in _NUMBER.finditer(text):
        for reading in _written(match[0], is_strict=True):
            said |= reading
        power = number_words.scale(text, match.end())
        if power:
            said |= {times(value, power) for value in _plainly(match[0])}
        if _DECADE.match(text, match.end()):
            said.add(match[0][-2:])  # 1990s: the nineties
    return frozenset(said)


def _plainly(text: str) -> list[str]:
    """What a number may be as one value."""
    single = (each for each in _written(text, is_strict=True) if len(each) == 1)
    return [value for each in single for value in each if ":" not in value]  # no millions o'clock


def _readings(match: re.Match[str]) -> Iterator[Reading]:
    """All that a translation may make of a number, with what stands after it."""
    text, end = match.string, match.end()
    power = number_words.scale(text, end)
    counted = _plainly(match[0]) if power else []
    if counted:
        yield from (frozenset({times(value, power)}) for value in counted)
        return
    yield from _written(match[0], is_strict=False)
    whole = _integer(match[0])
    if whole is None:
        return
    if _NOON < whole <= _MIDNIGHT and _HOURS.match(text, end):
        yield frozenset({str(whole - _NOON)})
    if whole % 10 == 0 and _DECADE.match(text, end):
        yield from (frozenset({str(whole % 100 + century)}) for century in (0, 1800, 1900, 2000))


def _written(text: str, *, is_strict: bool) -> list[Reading]:
    """What digits and marks may mean; unless strict, their parts one by one too."""
    if any(blank in text for blank in _BLANKS):
        joined = re.sub(f"[{_BLANKS}]", "", text)
        apart = frozenset(part for word in text.split() for part in _parts(word))
        return _written(joined, is_strict=True) + ([apart] if " " in text else [])
    parts = _parts(text)
    marks = re.findall("[.,:]", text)
    if not marks:
        return [frozenset({_plain(text)})]
    if ":" in marks:
        return _clock(text, parts)
    readings = [*_grouped(text, marks), *_decimal(text, marks)]
    if marks == ["."]:
        readings += _clock(text.replace(".", ":"), parts, is_sure=False)
    if not is_strict:
        readings += [frozenset(parts), *_day(parts)]
    return readings or [frozenset(parts)]


def _grouped(text: str, marks: list[str]) -> list[Reading]:
    """`1,234,567` and `1,234.5`: the marks before the last group stand between thousands."""
    *whole, last = re.split("[.,]", text)
    tails = [*whole[1:], last]
    is_regular = bool(whole[0].strip("0")) and len(whole[0]) <= _THREE
    if is_regular and len(set(marks)) == 1 and all(len(group) == _THREE for group in tails):
        return [frozenset({_plain("".join([*whole, last]))})]
    if is_regular and len(marks) > 1 and len(set(marks[:-1])) == 1 and marks[-1] != marks[0]:
        return [frozenset({_plain("".join(whole), last)})]
    return []


def _decimal(text: str, marks: list[str]) -> list[Reading]:
    if len(marks) != 1:
        return []
    whole, _, rest = text.partition(marks[0])
    value = _plain(whole, rest)
    halves = [frozenset({_plain(whole), "0.5"})] if rest.rstrip("0") == "5" else []
    return [frozenset({value}), *halves]


def _clock(text: str, parts: list[str], *, is_sure: bool = True) -> list[Reading]:
    """A time of day on a clock of 24 or of 12 hours; no such time is just its parts."""
    match = re.fullmatch(r"([01]?[0-9]|2[0-4]):([0-5][0-9])(?::[0-5][0-9])?", text)
    if match is None:
        return [frozenset(parts)] if is_sure else []
    hour, minutes = int(match[1]), match[2]
    hours = dict.fromkeys((str(hour), str((hour - 1) % 12 + 1)))
    readings = [frozenset({f"{each}:{minutes}"}) for each in hours]
    if is_sure:
        rest = {_plain(minutes)} - {"0"}
        readings += [frozenset({each, *rest}) for each in hours]
        readings += [frozenset({each, "0.5"}) for each in hours if minutes == "30"]
    return readings


def _day(parts: list[str]) -> list[Reading]:
    """`01.05.2024`, `9.05`: of a date, the month may become a name."""
    day, month, *rest = parts
    if len(rest) > 1 or any(len(part) > len("2024") for part in parts):
        return []
    is_date = int(day) in _DAYS and int(month) in _MONTHS
    return [frozenset({day, *rest})] if is_date else []


def _parts(text: str) -> list[str]:
    return [_plain(part) for part in re.split("[.,:]", text)]


def _plain(whole: str, rest: str = "") -> str:
    """A number without what does not count: `007` is `7`, `1.50` is `1.5`."""
    whole, rest = whole.lstrip("0") or "0", rest.rstrip("0")
    return f"{whole}.{rest}" if rest else whole


def _integer(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= VALUE_DIGITS else None


def _may_be_spelled(number: Number) -> bool:
    value = _integer(number.text)
    return value is not None and value <= _SPELLED_UP_TO
