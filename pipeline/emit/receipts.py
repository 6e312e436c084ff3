"""What emit has written so far: how a person's edit is told from our own file."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from pipeline.core import artifacts, files
from pipeline.core.artifacts import EMITTED, Made, Origin
from pipeline.core.errors import ArtifactError, OverwriteError, UsageError
from pipeline.core.payloads import Emitted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from pipeline.core.workspace import Workspace

log = logging.getLogger(__name__)


class Receipts:
    """All that earlier runs wrote into one recording's folder, one artifact a run; read once."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    def of(self, origin: Origin) -> Emitted | None:
        """What a run of that origin wrote, if there was one."""
        try:
            made = artifacts.read(self._path(origin), EMITTED)
        except (ArtifactError, UsageError):
            return None
        return made.payload if made.origin == origin else None

    def keep(self, origin: Origin, written: Emitted) -> None:
        """Remember what is about to be written: a crash in between leaves nothing unknown."""
        artifacts.write(self._path(origin), EMITTED, written, origin)

    def latest(self) -> Origin | None:
        """The origin of the newest run."""
        found = [(path.stat().st_mtime_ns, made.origin) for path, made in self._all]
        return max(found, key=lambda one: one[0])[1] if found else None

    def guard(self, wanted: Mapping[str, str]) -> None:
        """Let what we wrote be replaced, and nothing else.

        Args:
            wanted: the digest that each file, by its path, is to have.

        Raises:
            OverwriteError: a person changed one of them or put it there; names each.
        """
        ours = self._ours()
        edited = [
            path
            for path, digest in wanted.items()
            if self._now(path) not in {None, digest, *ours.get(path, ())}
        ]
        if edited:
            named = ", ".join(str(self._ws.folder / path) for path in edited)
            raise OverwriteError(
                f"{named}: changed by hand since it was written; nothing was replaced",
                hint="to keep your changes, give the file another name or move it elsewhere;"
                " to drop them, delete it; then run the same command again",
            )

    def strays(self, tracks: Collection[str], wanted: Collection[str]) -> list[str]:
        """Files of `tracks` that earlier runs wrote, this one does not, and nobody changed."""
        ours = self._ours()
        found = []
        for path in sorted(self._paths(tracks) - set(wanted)):
            now = self._now(path)
            if now in ours[path]:
                found.append(path)
            elif now is not None:
                log.warning(
                    "%s: left as it is: changed by hand, and no part of the programme any more",
                    self._ws.folder / path,
                )
        return found

    def stand(self, written: Emitted) -> bool:
        """Whether every file of a run is there, byte for byte."""
        return all(self._now(file.path) == file.digest for file in written.files)

    def _now(self, path: str) -> str | None:
        try:
            return files.digest((self._ws.folder / path).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:  # a folder of that name, a file we may not read: nothing of ours
            return ""

    def _path(self, origin: Origin) -> Path:
        name = files.digest(msgspec.json.encode(origin, order="deterministic"))
        return self._ws.emitted_folder / f"{name}.json"

    def _ours(self) -> dict[str, set[str]]:
        ours: dict[str, set[str]] = {}
        for _, made in self._all:
            for file in made.payload.files:
                ours.setdefault(file.path, set()).add(file.digest)
        return ours

    def _paths(self, tracks: Collection[str]) -> set[str]:
        return {
            file.path
            for _, made in self._all
            for file in made.payload.files
            if file.track in tracks
        }

    @cached_property
    def _all(self) -> list[tuple[Path, Made[Emitted]]]:
        found = []
        for path in sorted(self._ws.emitted_folder.glob("*.json")):
            try:
                found.append((path, artifacts.read(path, EMITTED)))
            except ArtifactError as error:
                log.warning("%s; the files it tells of count as changed by hand", error.message)
        return found
