"""Reviewed sentence pairs on disk: an append-only file of JSON lines, none ever changed or lost.

A line begins with a digest of the rest of it, so that a damaged one is known. These are people's
work: what cannot be read is an error with its place, never passed over. A line that a newer release
wrote is kept and told of.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec.structs import astuple

from pipeline.core import checked, files, reading
from pipeline.core.errors import ArtifactError, InputError, NotNowError
from pipeline.core.language import is_tag
from pipeline.core.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

_LINE_BYTES: Final = 1 << 20
_PATIENCE_S: Final = 30.0  # for another process that is adding
_Short = Annotated[str, msgspec.Meta(max_length=1_000)]
_Long = Annotated[str, msgspec.Meta(max_length=20_000)]
_MEND: Final = "take the file from a backup, or correct that line and remove its check"
_MARK: Final = b"\xef\xbb\xbf"


class Pair(msgspec.Struct, frozen=True, tag_field="type", tag="pair"):
    """A sentence and what a person made of it, between the sentences `before` and `after` it.

    `who` and `when` (an ISO time) say whose work it is, `recording` where the sentence was said.
    """

    source_language: _Short
    target_language: _Short
    source: _Long
    target: _Long
    before: _Long = ""
    after: _Long = ""
    who: _Short = ""
    when: _Short = ""
    recording: _Short = ""


_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_DECODER: Final[msgspec.json.Decoder[Pair]] = msgspec.json.Decoder(Pair)


class _Kind(msgspec.Struct, frozen=True):
    type: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file holds, in the order in which it was added; `newer` counts lines unknown here."""

    pairs: tuple[Pair, ...] = ()
    newer: int = 0
    lacks_end: bool = False  # an editor left out the last line end


def read(path: Path) -> Kept:
    """The pairs at `path`; none where there is no file. A last line that a crash tore is none.

    Raises:
        ArtifactError: it cannot be read, or a line in it is damaged; says which.
    """
    lines, tail = _lines(path)
    lacks_end = _is_whole(path, tail, len(lines) + 1)
    pairs: list[Pair] = []
    texts: dict[str, str] = {}  # each once: a sentence is a neighbour of two others
    newer = 0
    for number, line in enumerate([*lines, tail] if lacks_end else lines, 1):
        if not line.strip():
            continue  # holds nothing that could be lost
        try:
            found = _parsed(line)
        except (ValueError, *reading.NOT_JSON) as error:
            raise _damaged(path, number, error) from error
        if found is None:
            newer += 1
        else:
            pairs.append(Pair(*(texts.setdefault(text, text) for text in astuple(found))))
    return Kept(tuple(pairs), newer, lacks_end)


def add(path: Path, pairs: Sequence[Pair], new: Callable[[Kept], Sequence[Pair]]) -> int:
    """Add those of `pairs` that are `new` beside what is there; says how many.

    When this returns, they survive a power cut. Other processes may add at the same time.

    Raises:
        InputError: one of `pairs` cannot be kept, and none of them was.
        ArtifactError: what is there already is damaged; nothing was added.
        NotNowError: another process has been adding for half a minute.
        EnvironmentGaveOutError: the disk is full or gone; what was there is as it was.
    """
    for pair in pairs:
        _line(pair)
    if not pairs:
        return 0
    with _alone(path):
        kept = read(path)
        lines = [_line(pair) for pair in new(kept)]
        if lines:
            with files.Journal.open(path, keeps_tail=kept.lacks_end) as journal:
                journal.append(*lines)
    return len(lines)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep others from adding while the block runs; adding takes them a second at most."""
    until_s = time.monotonic() + _PATIENCE_S
    holder = f"process {os.getpid()} on {socket.gethostname()}, which adds to {path.name}"
    with contextlib.ExitStack() as held:
        while True:
            try:
                held.enter_context(files.locked(path.with_name(f".{path.name}.lock"), holder))
                break
            except NotNowError:
                if time.monotonic() > until_s:
                    raise
                time.sleep(0.05)
        yield


def _lines(path: Path) -> tuple[list[bytes], bytes]:
    """The lines of the file, and what stands behind the last line end, as of one moment."""
    try:
        *lines, tail = reading.regular(path).split(b"\n")
    except (FileNotFoundError, NotADirectoryError):
        return [], b""
    except OSError as error:
        hint = "move it away or make it readable, then run the same command again"
        raise ArtifactError(f"{path}: {error.strerror}", hint=hint) from error
    return lines, tail


def _is_whole(path: Path, tail: bytes, number: int) -> bool:
    """Whether what has no line end is a pair none the less, and not torn.

    Raises:
        ArtifactError: a person's hand was at it: then it is no crash's, and not to be cut away.
    """
    if not tail:
        return False
    try:
        _parsed(tail)
    except (ValueError, *reading.NOT_JSON) as error:
        if checked.is_by_hand(tail):
            raise _damaged(path, number, error) from error
        log.warning("%s: its last line was torn by a crash and does not count", path)
        return False
    return True


def _damaged(path: Path, number: int, error: Exception) -> ArtifactError:
    message = f"{path}, line {number}: a damaged translation: {one_line(error)}"
    return ArtifactError(message, hint=_MEND)


def _parsed(line: bytes) -> Pair | None:
    """A line's pair; None where only a newer release knows what it is.

    Raises:
        ValueError: it is damaged; or one of `reading.NOT_JSON`.
    """
    line = line.removeprefix(_MARK).removesuffix(b"\r")  # an editor's, and no part of it
    if len(line) > _LINE_BYTES:
        raise ValueError(f"{len(line)} bytes are no translation")
    body = checked.opened(line)
    if body is None:
        if not line.startswith(checked.BY_HAND):
            raise ValueError('it begins neither with "check" nor with "type"')
        body = line
    try:
        return _DECODER.decode(body)
    except msgspec.ValidationError:
        if msgspec.json.decode(body, type=_Kind).type == "pair":
            raise
    return None


def _line(pair: Pair) -> bytes:
    """The line that keeps a pair.

    Raises:
        InputError: it cannot be kept.
    """
    try:
        _see_usable(pair)
        line = checked.sealed(_encode(pair))
        _parsed(line)  # what could not be read back would stop every later run
    except (ValueError, *reading.NOT_JSON) as error:
        message = f"a translation cannot be kept: {pair.source[:60]!r}: {error}"
        hint = "shorten that sentence, or save the file as UTF-8"
        raise InputError(message, hint=hint) from error
    return line


def _see_usable(pair: Pair) -> None:
    if not pair.source.strip() or not pair.target.strip():
        raise ValueError("a sentence without text")
    for tag in (pair.source_language, pair.target_language):
        if not is_tag(tag):
            raise ValueError(f"unknown language {tag!r}")
