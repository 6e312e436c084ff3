"""Reviewers' files become decisions: their bytes are kept first, then each is decided once."""

from __future__ import annotations

import datetime as dt
import getpass
import logging
import os
import stat
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core import reading
from pipeline.core.errors import ArtifactError, InputError, PipelineError, UsageError
from pipeline.core.plain import one_line, storable
from pipeline.review import bases, decisions, proof, repeats, reviews
from pipeline.review.judging import Judged, judged
from pipeline.review.receipts import Receipts
from pipeline.review.reviews import Review
from pipeline.review.source import Source
from pipeline.review.telling import Accepted, Taken
from pipeline.subtitles import bookmarks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.core.workspace import Workspace
    from pipeline.review.decisions import Decision

log = logging.getLogger(__name__)

_MOST_BYTES: Final = 64 << 20  # a book of subtitles has one
_NAME: Final = 1_000


def accept(
    ws: Workspace,
    *,
    who: str = "",
    files: Sequence[Path] | None = None,
    track: str = "",
    dry: bool = False,
) -> Accepted:
    """Make decisions of what people changed; the caller holds the lock.

    Args:
        ws: the recording's workspace.
        who: whose work it is; "" for the user's name.
        files: these alone, wherever they lie; None for those of ours that were changed.
        track: what files that we never wrote are to be.
        dry: only say what would be decided: nothing is written, and no lock is needed.

    Raises:
        UsageError: a file that was named is not there, or belongs to another recording.
        ArtifactError: the log of decisions is damaged, or cannot be read.
        EnvironmentGaveOutError: the disk is full or gone. The same call again does the rest.
    """
    shell = _Shell(ws, storable(who or reviewer())[:_NAME], track, dry=dry)
    if files is None:
        return Accepted(tuple(shell.changed()))
    return Accepted(tuple(map(shell.named, files)))


def reviewer() -> str:
    """Who is at work: what the environment says, else the user's name, else nobody."""
    try:
        return os.environ.get("MARATHON_WHO") or getpass.getuser()
    except (OSError, KeyError):  # nobody in particular
        return ""


class _Shell:
    """Reads, keeps and appends; what is decided is `judged`'s matter."""

    def __init__(self, ws: Workspace, who: str, track: str, *, dry: bool) -> None:
        self._ws, self._who, self._track, self._dry = ws, who, track, dry
        self._receipts = Receipts(ws)
        self._reviews = [*reviews.load(ws)]
        self._log = [*decisions.read(ws.decisions_path)]
        self._see_that_none_is_lost()

    def _see_that_none_is_lost(self) -> None:
        """Speakers' names are in the log too, so it may be longer than what was accepted."""
        wanted = max((one.upto for one in self._reviews), default=0)
        if len(self._log) < wanted:
            path = self._ws.decisions_path
            raise ArtifactError(
                f"{path}: holds {len(self._log)} decisions, {wanted} were accepted",
                hint=f"take it from a backup; reviewers' files are in {self._ws.reviews_folder}",
            )

    def changed(self) -> Iterator[Taken]:
        """All files of ours that are not as they were left, the one saved last at the end."""
        paths = filter(bases.is_srt, self._receipts.history)
        for path in sorted(paths, key=lambda path: (_saved_ns(self._ws.folder / path), path)):
            file = self._ws.folder / path
            if not os.path.lexists(file):
                continue
            try:
                taken = self._in_place(path, is_named=False)
            except PipelineError as error:
                if not isinstance(error, InputError | UsageError):
                    raise
                yield Taken(path=path, error=error.message, hint=error.hint)
            else:
                if taken is not None and not self._is_old(taken):
                    yield taken

    def _is_old(self, taken: Taken) -> bool:
        """Whether a file is one of ours that somebody put back: nobody decided anything."""
        says_nothing = not taken.decisions and not taken.warnings and taken.is_whole
        return says_nothing and not self._receipts.is_changed(taken.path)

    def named(self, file: Path) -> Taken:
        """One file that somebody named."""
        path = self._path_of(file)
        if path is not None and not self._track:
            return self._in_place(path, is_named=True) or Taken(path=path)
        data, marks = _read(file), self._marks(file)
        return self._taken(
            Source(
                name=storable(file.name)[:_NAME],
                shown=storable(file),
                data=data,
                marks=marks,
                is_named=True,
                there=path or "",
                track=self._track,
                sent=tuple(one for one in self._reviews if one.is_sent),
            )
        )

    def _path_of(self, file: Path) -> str | None:
        """What a file is called among ours, if it is one."""
        try:
            here = file.parent.resolve() / file.name
            path = here.relative_to(self._ws.folder.resolve()).as_posix()
        except (ValueError, OSError):
            return None
        return path if path in self._receipts.history else None

    def _in_place(self, path: str, *, is_named: bool) -> Taken | None:
        """A file of ours; None where nobody touched it since it was looked at."""
        file = self._ws.folder / path
        if file.is_symlink():
            message = f"{file}: is a link: a file was written here"
            raise InputError(message, hint="put the file itself in its place, or remove the link")
        data, marks = _read(file), self._marks(file)
        source = Source(
            name=path[:_NAME],
            shown=path,
            data=data,
            marks=marks,
            is_named=is_named,
            path=path,
            last=reviews.latest(self._reviews).get(path),
            older=frozenset(
                one.digest
                for one in self._reviews
                if one.path == path and one.is_whole and not one.is_sent
            ),
        )
        if source.is_untouched(self._receipts.history):
            return None
        return self._taken(source)

    def _marks(self, file: Path) -> bytes:
        """The bookmarks beside a file; nothing where there are none that can be read."""
        path = file.with_name(file.name + bookmarks.SUFFIX)
        try:
            return _read(path)
        except UsageError:
            return b""
        except InputError as error:
            log.warning("%s", one_line(error.message))
            return b""

    def _taken(self, source: Source) -> Taken:
        """What a file says, made decisions of; its bytes are kept before it is looked into."""
        if not self._dry:
            reviews.keep(self._ws, source.data)
            if source.marks:
                reviews.keep(self._ws, source.marks, reviews.MARKS_SUFFIX)
        if source.seen is not None and source.seen.is_whole:
            return Taken(path=source.shown, track=source.seen.track)
        when = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        found = judged(self._ws, source, self._receipts.history, self._log, (self._who, when))
        since = self._since(found.path)
        news = repeats.fresh(self._log, since, found.decisions)
        if wrong := proof.lost(self._log, news, found.given, found.decisions):
            error, hint = proof.refusal(source.shown, wrong)
            found = msgspec.structs.replace(found, approvals=(), error=error, hint=hint)
            news = []
        news += repeats.unapproved(self._log, found.approvals)
        clashes = repeats.clashes(self._log, since, news)
        self._add(source, found, news)
        return Taken(
            path=source.shown,
            track=found.track,
            decisions=tuple(news),
            faults=found.faults,
            warnings=found.warnings,
            clashes=tuple(clashes),
            error=found.error,
            hint=found.hint,
        )

    def _since(self, path: str) -> int:
        """From where on in the log decisions were made on the file that is there now."""
        written = self._receipts.history.get(path, ())
        emitted = written[0].number if written else 0
        return max((one.upto for one in self._reviews if one.emitted < emitted), default=0)

    def _add(self, source: Source, found: Judged, news: list[Decision]) -> None:
        """Append what is new, and remember that the file is done."""
        if not self._dry:
            decisions.append(self._ws.decisions_path, news)
        self._log += news
        digest, marks = source.digests
        review = Review(
            path=found.path,
            track=found.track,
            digest=digest,
            marks=marks,
            base=found.base,
            is_whole=found.is_whole,
            is_sent=found.path not in {source.path, source.there},
            emitted=self._receipts.newest,
            upto=len(self._log),
            decided=len(news),
            who=self._who,
            when=news[0].when if news else "",
            source=source.name,
            notes=found.notes,
        )
        self._reviews.append(review)
        if not self._dry and (news or not source.is_seen):
            reviews.add(self._ws, review)


def _read(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        UsageError: it is not there.
        InputError: it is no file, cannot be read, or is longer than subtitles are.
    """
    hint = "name an SRT file that can be read"
    try:
        found = path.stat()
        if stat.S_ISREG(found.st_mode) and found.st_size > _MOST_BYTES:
            message = f"{path}: {found.st_size >> 20} MB are no subtitles"
            raise InputError(message, hint=hint)
        return reading.regular(path)
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file", hint="check the name and the folder") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path}: cannot be read: {reason}", hint=hint) from error


def _saved_ns(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
