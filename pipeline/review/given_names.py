"""Names for voices as people write them: `3 = Juan Perez`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipeline.core import reading
from pipeline.core.errors import InputError
from pipeline.core.plain import one_line
from pipeline.review.speakers import BETWEEN

if TYPE_CHECKING:
    from collections.abc import Collection

_NAME_LENGTH: Final = 200
_LINE: Final = re.compile(
    r"(?:s|speaker|voice)?[ _]*([0-9]{1,9})(?:[ \t]*[=:][ \t]*(.*)|[ \t]+(.*))", re.IGNORECASE
)
_EXAMPLE: Final = "write a voice and whose it is: 3 = Juan Perez"


def parse_names(text: str, name: str, voices: Collection[int] | None = None) -> dict[int, str]:
    """The names in a file of lines `3 = Juan Perez` or `S03 Juan Perez`, by the voice's number.

    Two voices may have one name: one person, whom clustering took for two. `3 =` says that it has
    none. Lines that begin with `#` are for people.

    Args:
        text: the file's text.
        name: what to call the file in errors.
        voices: the numbers there are, where they are known.

    Raises:
        InputError: a line names no voice, one that is not there, or one that has another name.
    """
    found: dict[int, tuple[str, int]] = {}
    for at, line in enumerate(reading.LINE_END.split(text), 1):
        content = line.strip()
        if not content or content.startswith("#"):
            continue
        place = f"{name}, line {at}"
        number, person = parse_name(content, place, voices)
        earlier, there = found.setdefault(number, (person, at))
        if earlier != person:
            message = f"{place}: voice {number} is {earlier!r} in line {there}"
            raise InputError(message, hint="keep one of the two lines")
    return {number: person for number, (person, _) in found.items()}


def parse_name(content: str, place: str, voices: Collection[int] | None = None) -> tuple[int, str]:
    """A voice's number and whose it is, from `3 = Juan Perez`; the name may be empty.

    Raises:
        InputError: it names no voice, or one that is not there; says that of `place`.
    """
    found = _LINE.fullmatch(content.strip())
    if found is None:
        shown = one_line(content[:60])
        raise InputError(f"{place}: no number and name: {shown!r}", hint=_EXAMPLE)
    person = " ".join((found[2] if found[2] is not None else found[3]).split())
    if BETWEEN in person or one_line(person) != person or len(person) > _NAME_LENGTH:
        message = f"{place}: not a name: {one_line(person[:60])!r}"
        hint = f"a name is up to {_NAME_LENGTH} characters long and has no {BETWEEN} in it"
        raise InputError(message, hint=hint)
    number = int(found[1])
    if number < 1 or (voices is not None and number not in voices):
        raise InputError(f"{place}: there is no voice {number}", hint=_known(voices))
    return number, person


def _known(voices: Collection[int] | None) -> str:
    if voices is None:
        return "voices are numbered from 1: marathon speakers RECORDING"
    if not voices:
        return "no voices were told apart here"
    return f"there are voices {min(voices)} to {max(voices)}: marathon speakers RECORDING"
