"""Lines of JSON that begin with a digest of their rest, so that a damaged one is known."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from pipeline.core import files, reading

BY_HAND: Final = b'{"type":'  # a line that a person wrote has no digest, and need not have one
_LINE: Final = re.compile(rb'\{"check":"([0-9a-f]{8})",(.*)', re.DOTALL)


def sealed(body: bytes) -> bytes:
    """A JSON object that is not empty, with its digest as its first key."""
    return b'{"check":"' + _digest(body) + b'",' + body[1:]


def opened(line: bytes) -> bytes | None:
    """The object that was `sealed`; None where the line does not begin with a digest.

    Raises:
        ValueError: the line does not hold what was written.
    """
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    body = b"{" + found[2]
    if found[1] != _digest(body):
        raise ValueError("it does not hold what was written")
    return body


def is_by_hand(tail: bytes) -> bool:
    """Whether a person wrote or changed a line: what a crash tore is never whole JSON."""
    try:
        msgspec.json.decode(tail)
    except reading.NOT_JSON:
        return tail.lstrip().startswith(BY_HAND)
    return True


def _digest(body: bytes) -> bytes:
    return files.digest(body)[:8].encode()
