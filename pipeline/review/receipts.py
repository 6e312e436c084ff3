"""What emit has written so far: how a person's edit is told from our own file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pipeline.core import artifacts, files
from pipeline.core.artifacts import EMITTED, Made, Origin
from pipeline.core.errors import ArtifactError, OverwriteError, UsageError
from pipeline.core.payloads import Emitted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from pipeline.core.payloads import EmittedFile
    from pipeline.core.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Work:
    """What a run is to write: by path the digest of what is there now (None: nothing is)."""

    due: dict[str, str | None]
    kept: tuple[str, ...]  # changed by hand, and nothing of ours is new there


class Written(NamedTuple):
    """A file as one run wrote it, and which run that was."""

    number: int
    file: EmittedFile
    is_finished: bool


@dataclass(frozen=True, slots=True)
class Strays:
    """Files that are made no longer: those that nobody changed, with their digests, and others."""

    ours: dict[str, str]
    changed: tuple[str, ...]


class Receipts:
    """All that earlier runs wrote into one recording's folder, one artifact a run; read once."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    def of(self, origin: Origin) -> Emitted | None:
        """What a run of that origin wrote, if one came to its end."""
        try:
            made = artifacts.read(self._path(origin), EMITTED)
        except (ArtifactError, UsageError):
            return None
        return made.payload if made.origin == origin and made.payload.finished else None

    def keep(self, origin: Origin, written: Emitted) -> None:
        """Remember what is about to be written, then that it is: a crash leaves nothing unknown."""
        is_again = self.latest() == origin
        number = self.newest if is_again else self.newest + 1
        numbered = msgspec.structs.replace(written, number=max(number, 1))
        artifacts.write(self._path(origin), EMITTED, numbered, origin)

    def latest(self) -> Origin | None:
        """The origin of the newest run."""
        return self._all[-1].origin if self._all else None

    @property
    def damaged(self) -> list[ArtifactError]:
        """Why some records cannot be read: the files that only they tell of count as changed."""
        return self._read[1]

    @cached_property
    def history(self) -> dict[str, tuple[Written, ...]]:
        """All that was written, or about to be, to each path; the newest first."""
        found: dict[str, list[Written]] = {}
        for made in reversed(self._all):
            for file in made.payload.files:
                written = Written(made.payload.number, file, made.payload.finished)
                found.setdefault(file.path, []).append(written)
        return {path: tuple(written) for path, written in found.items()}

    @property
    def newest(self) -> int:
        """The number of the newest run; 0 where nothing was ever written."""
        return self._all[-1].payload.number if self._all else 0

    def is_changed(self, path: str) -> bool:
        """Whether a file is there and is none that we wrote."""
        now = self._now(path)
        return now is not None and now not in self._ours.get(path, ())

    def work(
        self,
        wanted: Mapping[str, str],
        accepted: Mapping[str, Collection[str]] = MappingProxyType({}),
    ) -> Work:
        """What is to be written; what a person changed stands while we have nothing new there.

        Args:
            wanted: the digest that each file, by its path, is to have.
            accepted: digests of files, by their path, whose reviewers' work is in `wanted`: they
                are replaced like our own (`reviews.accepted`).

        Raises:
            OverwriteError: a person changed a file that is to be replaced, or put it there; names
                each.
        """
        due: dict[str, str | None] = {}
        kept, edited = [], []
        for path, digest in wanted.items():
            now = self._now(path)
            if now == digest:
                continue
            is_ours = now in self._ours.get(path, ()) or now in accepted.get(path, ())
            if now is None or is_ours:
                due[path] = now
            elif self._last.get(path) == digest:
                kept.append(path)
            else:
                edited.append(path)
        if edited:
            raise self._refused(
                edited, "changed by hand since it was written; nothing was replaced"
            )
        return Work(due, tuple(kept))

    def replace(self, path: str, data: bytes, was: str | None) -> None:
        """Write a file that is still as `work` found it.

        Raises:
            OverwriteError: somebody changed it since.
        """
        self._check(path, was)
        files.replace(self._ws.folder / path, data)

    def remove(self, path: str, was: str | None) -> None:
        """Remove a file that is still as `strays` found it.

        Raises:
            OverwriteError: somebody changed it since.
        """
        self._check(path, was)
        files.remove(self._ws.folder / path)

    def strays(self, spared: Collection[str], wanted: Collection[str]) -> Strays:
        """What earlier runs wrote and this one does not, but for files of `spared` tracks."""
        ours, changed = {}, []
        for path in sorted(self._paths(spared) - set(wanted)):
            now = self._now(path)
            if now in self._ours[path]:
                ours[path] = now
            elif now is not None:
                changed.append(path)
        return Strays(ours, tuple(changed))

    def _check(self, path: str, was: str | None) -> None:
        if self._now(path) != was:
            raise self._refused([path], "changed by somebody else just now; it was left as it is")

    def _refused(self, paths: Sequence[str], why: str) -> OverwriteError:
        named = ", ".join(str(self._ws.folder / path) for path in paths)
        return OverwriteError(
            f"{named}: {why}",
            hint="what was accepted from it stays, whatever becomes of the file; to keep the rest"
            " too, give it another name or move it elsewhere; to drop the rest, delete it; then run"
            " the same command again",
        )

    def _now(self, path: str) -> str | None:
        file = self._ws.folder / path
        try:
            if not file.is_file() and os.path.lexists(file):
                return ""  # a pipe, or a link to a place that is not there: somebody put it there
            return files.digest(file.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:  # a folder of that name, a file we may not read: nothing of ours
            return ""

    def _path(self, origin: Origin) -> Path:
        name = files.digest(msgspec.json.encode(origin, order="deterministic"))
        return self._ws.emitted_folder / f"{name}.json"

    @cached_property
    def _ours(self) -> dict[str, set[str]]:
        """All that we ever wrote to each path, or were about to."""
        ours: dict[str, set[str]] = {}
        for made in self._all:
            for file in made.payload.files:
                ours.setdefault(file.path, set()).add(file.digest)
        return ours

    @cached_property
    def _last(self) -> dict[str, str]:
        """What we wrote last to each path, in a run that came to its end."""
        return {
            file.path: file.digest
            for made in self._all
            if made.payload.finished
            for file in made.payload.files
        }

    def _paths(self, spared: Collection[str]) -> set[str]:
        return {
            file.path
            for made in self._all
            for file in made.payload.files
            if file.track not in spared
        }

    @property
    def _all(self) -> list[Made[Emitted]]:
        """Each record, the newest last."""
        return self._read[0]

    @cached_property
    def _read(self) -> tuple[list[Made[Emitted]], list[ArtifactError]]:
        """All records, and why others cannot be read."""
        found: list[Made[Emitted]] = []
        faults: list[ArtifactError] = []
        for path in sorted(self._ws.emitted_folder.glob("*.json")):
            try:
                found.append(artifacts.read(path, EMITTED))
            except ArtifactError as error:
                faults.append(error)
        found.sort(key=lambda made: made.payload.number)
        return found, faults
