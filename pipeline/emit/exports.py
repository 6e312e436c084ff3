"""What was exported so far: how our own files are told from others of the same name."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Annotated

import msgspec

from pipeline.core import files, reading
from pipeline.core.plain import storable
from pipeline.subtitles.formats import Format

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.core.workspace import Workspace

log = logging.getLogger(__name__)

_Name = Annotated[str, msgspec.Meta(max_length=4_000)]


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it was written: subtitles with their digest, a copy with its size and time.

    `key` says what it is: of subtitles which track, format and item; of a copy, a digest of all
    that it was made from.
    """

    name: _Name
    key: _Name
    digest: _Name = ""
    size: int = -1
    mtime_ns: int = -1


class Ledger:
    """All that was exported of one recording; the caller holds the lock."""

    def __init__(self, ws: Workspace) -> None:
        self._journal = files.Journal.open(ws.exports_path)
        self._all: list[Exported] = []
        for number, line in enumerate(self._journal.lines(), 1):
            try:
                self._all.append(msgspec.json.decode(line, type=Exported))
            except reading.NOT_JSON:
                log.warning("%s, line %d: damaged, and passed over", ws.exports_path, number)

    @property
    def digests(self) -> frozenset[str]:
        """Those of all subtitles that we ever wrote, wherever."""
        return frozenset(entry.digest for entry in self._all if entry.digest)

    def add(self, entry: Exported) -> None:
        """Remember what is about to be written."""
        entry = msgspec.structs.replace(entry, name=storable(entry.name))
        with self._journal as journal:
            journal.append(msgspec.json.encode(entry))
        self._all.append(entry)

    def copy(self, path: Path) -> Exported | None:
        """What is known of a copy that is still as we wrote it."""
        if path.is_symlink() or not path.is_file():
            return None
        now = path.stat()
        for entry in reversed(self._all):
            if (entry.size, entry.mtime_ns) == (now.st_size, now.st_mtime_ns):
                return entry
        return None

    def others(self, folder: Path, stem: str, entry: Exported) -> list[Path]:
        """Files of the same track that we wrote under other names and nobody changed since.

        The ledger may come from strangers: no file is named but subtitles of this recording.
        """
        latest = {old.name: old for old in self._all}  # a name may have gone to another track
        names = {
            old.name
            for old in latest.values()
            if old.digest
            and old.key == entry.key
            and old.name != storable(entry.name)
            and os.path.basename(old.name) == old.name  # noqa: PTH119 - a name, not a path
            and old.name.startswith(f"{stem}.")
            and old.name.rpartition(".")[2] in set(Format)
        }
        found = (folder / name for name in sorted(names))
        return [path for path in found if digest_of(path) in self.digests]


def digest_of(path: Path) -> str | None:
    """The digest of a file; None where nothing is, "" of what is no file that can be read."""
    try:
        return files.digest(reading.regular(path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return ""
