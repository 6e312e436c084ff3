"""The lines of a video's description that begin with a time: `00:12:30 Title`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.core import reading
from pipeline.programme.tables import Row

_TIME: Final = r"(?:[0-9]{1,3}:)?[0-9]{1,3}:[0-9]{2}(?:[.,][0-9]{1,3})?"
_LINE: Final = re.compile(
    rf"""
    [\W_]*                                            # bullets, brackets, marks
    (?:[0-9]{{1,3}}(?:[.)]|\uFE0F?\u20E3)[\W_]*)?     # the line's number in a list
    (?P<start>{_TIME})
    (?:\s*[-\u2010-\u2015\u2212]\s*(?P<end>{_TIME}))?
    (?!\w|:[0-9])
    (?P<title>.*)
    """,
    re.VERBOSE,
)
_BEFORE_TITLES: Final = (
    " \t-\u2010\u2011\u2012\u2013\u2014\u2015\u2212:|.,)]}>»•·*_=→►▶\u200b\ufe0f"
)


def rows(text: str, name: str) -> Iterator[Row]:
    """One row for each line that begins with a time, with its title; all other lines are passed by.

    Before the time may stand a bullet, a number or a bracket, after it a dash or a second time,
    which is the end. Lines that begin with `#` are for people.
    """
    for number, line in enumerate(reading.LINE_END.split(text), 1):
        found = None if line.lstrip().startswith("#") else _LINE.match(line)
        if found is not None:
            title = " ".join(found["title"].lstrip(_BEFORE_TITLES).split())
            cells = {"start": found["start"], "end": found["end"] or "", "title": title}
            yield Row(f"{name}, line {number}", cells)
