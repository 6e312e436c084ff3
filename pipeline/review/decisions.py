"""What reviewers decided: an append-only log, one line a decision, none ever changed or lost.

A line is JSON and begins with a digest of the rest of it, so that a damaged one is known. These are
people's work: what cannot be read is an error with its place, never passed over. A line that a
newer release wrote is kept and told of.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated, Final, get_args

import msgspec

from pipeline.core import checked, files, reading
from pipeline.core.errors import ArtifactError, InputError
from pipeline.core.plain import one_line
from pipeline.core.timeline import Span
from pipeline.review.vectors import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

_LINE_BYTES: Final = 1 << 20
_Short = Annotated[str, msgspec.Meta(max_length=1_000)]
_Long = Annotated[str, msgspec.Meta(max_length=20_000)]  # a cue holds some eighty characters
_Vector = Annotated[str, msgspec.Meta(max_length=40_000)]
_MEND: Final = "take the file from a backup, or correct that line and remove its check"
_MARK: Final = b"\xef\xbb\xbf"


class Piece(Span, frozen=True, kw_only=True):
    """A cue's span and text; lines of it stand apart by line ends."""

    text: _Long = ""


class Anchor(Piece, frozen=True, kw_only=True):
    """Where a decision was made: a track, a span, and the text that stood there; never an index.

    All that one person did to one cue in one round has the same anchor, the cue as they were given
    it.
    """

    track: _Short


class _Decision(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """One thing one person did; `when` is an ISO time, `source` the file it was read from."""

    at: Anchor
    who: _Short = ""
    when: _Short = ""
    source: _Short = ""


class Text(_Decision, frozen=True, kw_only=True, tag="text"):
    """What is said there is this. `language` only where that changed too."""

    text: _Long
    language: _Short = ""


class Time(_Decision, frozen=True, kw_only=True, tag="time"):
    """It stands from `to.start_ms` to `to.end_ms`; the words are as they were."""

    to: Span


class Insert(_Decision, frozen=True, kw_only=True, tag="insert"):
    """Something is said here that nobody had heard; the anchor's span is its own, its text empty.

    Without `language` it is that of what is said around it.
    """

    text: _Long
    language: _Short = ""


class Delete(_Decision, frozen=True, kw_only=True, tag="delete"):
    """Nothing of this is to be there."""


class Split(_Decision, frozen=True, kw_only=True, tag="split"):
    """One cue became these, in order; what words changed with it is a `Text` of its own."""

    into: Annotated[tuple[Piece, ...], msgspec.Meta(min_length=2, max_length=100)]


class Merge(_Decision, frozen=True, kw_only=True, tag="merge"):
    """These cues became one; the anchor spans them all and has their texts, a line end between."""

    of: Annotated[tuple[Piece, ...], msgspec.Meta(min_length=2, max_length=100)]


class Approve(_Decision, frozen=True, kw_only=True, tag="approve"):
    """It is right as it stands."""


class Speaker(_Decision, frozen=True, kw_only=True, tag="speaker"):
    """Who speaks in the anchor's span; an empty name refuses whatever else tells one.

    `centroid` is the voice as `embedder` heard it, see `packed`; `voice` its number at that time,
    for people to read. All three are empty where only a cue's label was changed.
    """

    name: _Short
    centroid: _Vector = ""
    embedder: _Short = ""
    voice: int = 0

    def __post_init__(self) -> None:
        unpacked(self.centroid)


Decision = Text | Time | Insert | Delete | Split | Merge | Approve | Speaker
_KNOWN: Final = frozenset(str(kind.__struct_config__.tag) for kind in get_args(Decision))
_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_DECODER: Final[msgspec.json.Decoder[Decision]] = msgspec.json.Decoder(Decision)


class Newer(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a kind that this release does not know; `number` counts lines from 1."""

    number: int
    kind: str
    line: bytes


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """What a log holds, in the order in which it was decided."""

    decisions: tuple[Decision, ...] = ()
    newer: tuple[Newer, ...] = ()


class _Kind(msgspec.Struct, frozen=True):
    type: str


def load(path: Path) -> Log:
    """The log at `path`; empty where there is none. A line that a crash tore at the end is none.

    Raises:
        ArtifactError: it cannot be read, or a line in it is damaged; says which.
    """
    lines = files.Journal.open(path).lines()
    decisions: list[Decision] = []
    newer: list[Newer] = []
    for number, line in enumerate([*lines, *_whole_tail(path, lines)], 1):
        if not line.strip():
            continue  # holds nothing that could be lost
        try:
            found = _parsed(line, number)
        except (ValueError, *reading.NOT_JSON) as error:
            raise ArtifactError(
                f"{path}, line {number}: a damaged decision: {one_line(error)}",
                hint=_MEND,
            ) from error
        if isinstance(found, Newer):
            newer.append(found)
        else:
            decisions.append(found)
    return Log(decisions=tuple(decisions), newer=tuple(newer))


def read(path: Path) -> tuple[Decision, ...]:
    """The decisions at `path`; those that only a newer release understands are told of, and stay.

    Raises:
        ArtifactError: as in `load`.
    """
    found = load(path)
    for line in found.newer:
        log.warning(
            "%s, line %d: a decision of a newer release (%s) is kept, and has no effect here",
            path,
            line.number,
            one_line(line.kind[:40]),
        )
    return found.decisions


def append(path: Path, decisions: Iterable[Decision]) -> None:
    """Add decisions; when this returns, they survive a power cut. The caller holds the lock.

    Raises:
        InputError: one of them cannot be kept, and none of them was.
        ArtifactError: what is there already is damaged; nothing was added.
        EnvironmentGaveOutError: the disk is full or gone; what was there is as it was.
    """
    lines = [_line(decision) for decision in decisions]
    if not lines:
        return
    load(path)
    tail = _whole_tail(path, files.Journal.open(path).lines())  # an editor may leave out the end
    with files.Journal.open(path, keeps_tail=bool(tail)) as journal:
        journal.append(*lines)


def refusal(decision: Decision) -> str:
    """Why a decision cannot be kept; "" where it can."""
    try:
        _line(decision)
    except InputError as error:
        return error.message
    return ""


def digest(decisions: Iterable[Decision]) -> str:
    """A name for what was decided, for the origin of what is made of it."""
    return files.digest(_encode(list(decisions)))


def _whole_tail(path: Path, lines: Sequence[bytes]) -> list[bytes]:
    """What stands behind the last line end, if it is a decision none the less, and not torn.

    Raises:
        ArtifactError: a person's hand was at it: then it is no crash's, and not to be cut away.
    """
    try:
        tail = reading.regular(path)[sum(len(line) + 1 for line in lines) :]
    except OSError:  # the journal has said what there is to say
        return []
    if not tail:
        return []
    try:
        _parsed(tail, 0)
    except (ValueError, *reading.NOT_JSON) as error:
        if checked.is_by_hand(tail):
            raise ArtifactError(
                f"{path}, line {len(lines) + 1}: a damaged decision: {one_line(error)}", hint=_MEND
            ) from error
        log.warning("%s: its last line was torn by a crash and does not count", path)
        return []
    return [tail]


def _parsed(line: bytes, number: int) -> Decision | Newer:
    """A line's decision.

    Raises:
        ValueError: it is damaged; or one of `reading.NOT_JSON`.
    """
    line = line.removeprefix(_MARK).removesuffix(b"\r")  # an editor's, and no part of it
    if len(line) > _LINE_BYTES:
        raise ValueError(f"{len(line)} bytes are no decision")
    body = checked.opened(line)
    if body is None:
        if not line.startswith(checked.BY_HAND):
            raise ValueError('it begins neither with "check" nor with "type"')
        body = line
    kind = msgspec.json.decode(body, type=_Kind).type
    if kind not in _KNOWN:
        return Newer(number=number, kind=kind, line=line)
    return _DECODER.decode(body)


def _line(decision: Decision) -> bytes:
    try:
        line = checked.sealed(_encode(decision))
        _parsed(line, 0)  # what could not be read back would stop every later run
    except (ValueError, *reading.NOT_JSON) as error:
        place = f"{decision.at.track}, {decision.at.start_ms} ms"
        message = f"{one_line(decision.source)}: a decision cannot be kept ({place}): {error}"
        raise InputError(
            message, hint="shorten the cue there, or save the file as UTF-8"
        ) from error
    return line
