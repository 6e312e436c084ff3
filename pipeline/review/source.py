"""A file that came back: its bytes, and what was made of them before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipeline.core import files
from pipeline.subtitles import bookmarks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.review.receipts import Written
    from pipeline.review.reviews import Review

    History = Mapping[str, Sequence[Written]]


class Source(NamedTuple):
    """A file that came back.

    `name` stands in the log, `shown` in messages. `path` is what it is called among our files, ""
    for one that lies elsewhere; `last` what was made of that path last, `older` the digests of all
    that was accepted there. `there` is the same path where somebody says that it holds something
    else by now: the track `track`.
    """

    name: str
    shown: str
    data: bytes
    marks: bytes
    is_named: bool = False
    track: str = ""
    path: str = ""
    there: str = ""
    last: Review | None = None
    older: frozenset[str] = frozenset()
    sent: tuple[Review, ...] = ()

    @property
    def is_seen(self) -> bool:
        """Whether these very bytes were looked at last."""
        if self.last is not None:
            return (self.last.digest, self.last.marks) == self.digests
        return self.seen is not None

    @property
    def seen(self) -> Review | None:
        """What was made of a copy with these very bytes, if one came back before."""
        digests = self.digests
        same = (one for one in self.sent if (one.digest, one.marks) == digests)
        return next((one for one in same if self.track in {"", one.track}), None)

    @property
    def digests(self) -> tuple[str, str]:
        """Those of its bytes, and of its bookmarks, "" without any."""
        return files.digest(self.data), files.digest(self.marks) if self.marks else ""

    def is_untouched(self, history: History) -> bool:
        """Whether it is as it was written last, or as it was accepted whole."""
        if self.last is not None and self.is_seen:
            return self.last.is_whole
        newest = history[self.path][0]
        if self.last is not None and self.last.emitted >= newest.number:
            return False
        return self.digests[0] == newest.file.digest and (
            self.has_old_marks or self.has_our_marks(history)
        )

    def is_put_back(self, history: History) -> bool:
        """Whether somebody put an older file back, to the byte: as written or accepted before.

        What stands there because a run was killed before it wrote is as it was.
        """
        now = self.digests[0]
        if self.last is not None and self.last.digest == now:
            return False
        digests = [one.file.digest for one in history[self.path] if one.is_finished]
        return now in self.older.union(digests) and now not in digests[:1]

    @property
    def has_old_marks(self) -> bool:
        """Whether its bookmarks were looked at before, with this file or with an older one."""
        return self.last is not None and self.last.marks == self.digests[1]

    def has_our_marks(self, history: History) -> bool:
        """Whether its bookmarks are none, or as they were written."""
        written = history.get(self.path + bookmarks.SUFFIX, ())
        return not self.marks or self.digests[1] in {one.file.digest for one in written}
