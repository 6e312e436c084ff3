"""What came back from reviewers: its bytes, and what has been made of which file so far."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from pipeline.core import files, reading
from pipeline.review.decisions import Anchor
from pipeline.subtitles import bookmarks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pipeline.core.workspace import Workspace

log = logging.getLogger(__name__)

MARKS_SUFFIX: Final = ".bookmarks"
_Name = Annotated[str, msgspec.Meta(max_length=4_000)]
_Digest = Annotated[str, msgspec.Meta(pattern=r"\A([0-9a-f]{40})?\Z")]
_encode: Final = msgspec.json.Encoder(order="deterministic").encode


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A bookmark of a person's own: its text, and the cue that it stands on."""

    at: Anchor
    text: str
    is_forced: bool = False


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it was accepted.

    `path` is the file of ours that it counts as, relative to the recording's folder; `digest` and
    `marks` name its bytes and those of its bookmarks, "" for none. `base` is the digest of what the
    reviewer was given. `emitted` is the number of the last run of emit by then, `upto` how many
    decisions the log held afterwards. With `is_whole`, nothing in it was left out; with `is_sent`,
    it is another file than the one at `path`: a copy that came back, or a stranger's.
    """

    path: _Name
    track: _Name
    digest: _Digest
    marks: _Digest = ""
    base: _Digest = ""
    is_whole: bool = True
    is_sent: bool = False
    emitted: int = 0
    upto: int = 0
    decided: int = 0
    who: _Name = ""
    when: _Name = ""
    source: _Name = ""
    notes: tuple[Note, ...] = ()


def load(ws: Workspace) -> tuple[Review, ...]:
    """All reviews so far, oldest first; a damaged line is told of, and its file is read again.

    Raises:
        ArtifactError: the list cannot be read at all.
    """
    found = []
    for number, line in enumerate(files.Journal.open(_list(ws)).lines(), 1):
        try:
            found.append(msgspec.json.decode(line, type=Review))
        except reading.NOT_JSON:
            log.warning("%s, line %d: damaged, and passed over", _list(ws), number)
    return tuple(found)


def add(ws: Workspace, review: Review) -> None:
    """Remember that a file is accepted; the caller holds the lock."""
    with files.Journal.open(_list(ws)) as journal:
        journal.append(_encode(review))


def keep(ws: Workspace, data: bytes, suffix: str = ".srt") -> str:
    """Keep a reviewer's bytes, under their digest, which is given back. They are never removed."""
    digest = files.digest(data)
    path = ws.reviews_folder / f"{digest}{suffix}"
    try:
        if reading.regular(path) == data:
            return digest
    except OSError:  # not there yet, or something else that has no place there
        pass
    files.replace(path, data)
    return digest


def kept(ws: Workspace, digest: str, suffix: str = ".srt") -> bytes | None:
    """The bytes of that digest, if they are there and as they were."""
    try:
        data = reading.regular(ws.reviews_folder / f"{digest}{suffix}")
    except OSError:
        return None
    return data if files.digest(data) == digest else None


def latest(reviews: Iterable[Review]) -> dict[str, Review]:
    """The newest review of the file at each path."""
    return {review.path: review for review in reviews if not review.is_sent}


def accepted(reviews: Iterable[Review]) -> dict[str, frozenset[str]]:
    """By path the digests of files that hold nothing but what is decided by now.

    Such a file may be replaced by one that is merged with the decisions. Bookmarks stand under the
    name of their own file.
    """
    found: dict[str, set[str]] = {}
    for review in reviews:
        if review.is_whole and not review.is_sent:
            found.setdefault(review.path, set()).add(review.digest)
            if review.marks:
                found.setdefault(review.path + bookmarks.SUFFIX, set()).add(review.marks)
    return {path: frozenset(digests) for path, digests in found.items()}


def notes(reviews: Sequence[Review], path: str) -> tuple[Note, ...]:
    """What people noted in the bookmarks of a file of ours, to be carried along."""
    found: dict[Note, None] = {}
    for review in reviews:
        if review.path == path:
            if not review.is_sent:  # it holds what was carried along before
                found.clear()
            found |= dict.fromkeys(review.notes)
    return tuple(found)


def _list(ws: Workspace) -> Path:
    return ws.reviews_folder / "accepted.jsonl"
