"""One recording's folder: the only place that knows the names of the files in it, and its lock."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, TypeVar

import msgspec

from pipeline.core import files, names, plain, reading, source
from pipeline.core.clock import for_name
from pipeline.core.errors import ArtifactError, NotNowError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_Space = TypeVar("_Space", bound="Workspace")

ORIGINAL: Final = "orig"  # the track as spoken; its SRT carries no tag
FOLDER_SUFFIX: Final = ".subtitles"


class _Owner(msgspec.Struct, frozen=True, kw_only=True):
    """What recording.json holds: whose folder it is, and its digest as of a size and a time."""

    file_name: str
    source: str
    size: int
    mtime_ns: int
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where everything about one recording lies. Making one makes nothing on disk."""

    recording: Path
    folder: Path
    stem: str

    @classmethod
    def open(
        cls,
        recording: Path,
        out: Path | None = None,
        *,
        from_ms: int | None = None,
        to_ms: int | None = None,
    ) -> Self:
        """The workspace of `recording`: in a folder beside it, or under `out`.

        A part of it, from one time or to one, has a folder of its own, so that trying a part out
        never touches what was made of the whole.

        Raises:
            UsageError: there is no such file, or it is no regular one.
            InputError: it is empty or cannot be read.
            ArtifactError: whose folder is there cannot be told.
        """
        source.check(recording)
        recording = recording.absolute()
        spaces = [
            cls(recording, _folder(recording, out, stem), stem)
            for stem in _stems(recording, names.part(from_ms, to_ms), shared=out is not None)
        ]
        return _ours(spaces)

    @property
    def machine_folder(self) -> Path:
        """What belongs to the program and not to people."""
        return self.folder / ".pipeline"

    @property
    def recording_json_path(self) -> Path:
        """Which recording the folder belongs to."""
        return self.machine_folder / "recording.json"

    @property
    def journal_path(self) -> Path:
        """One line per chunk, as it is recognised."""
        return self.machine_folder / "transcript.journal"

    @property
    def transcript_path(self) -> Path:
        """The finished transcript."""
        return self.machine_folder / "transcript.jsonl"

    @property
    def segments_path(self) -> Path:
        """Turns and items."""
        return self.machine_folder / "segments.json"

    @property
    def voices_path(self) -> Path:
        """Vectors of the voices of pieces of speech."""
        return self.machine_folder / "voices.f16"

    @property
    def clips_path(self) -> Path:
        """Vectors of the voices in people's clips."""
        return self.machine_folder / "clips.f16"

    @property
    def decisions_path(self) -> Path:
        """What reviewers decided: people's work, only ever added to."""
        return self.machine_folder / "decisions.jsonl"

    def translation_path(self, target: str) -> Path:
        """The translation into `target`."""
        return self.machine_folder / f"translation.{target}.json"

    @property
    def proposal_path(self) -> Path:
        """A rundown that was proposed, for people to correct."""
        return self.folder / f"{self.stem}.rundown.proposed.csv"

    @property
    def emitted_folder(self) -> Path:
        """What was written to the SRT files, one artifact per run of emit."""
        return self.machine_folder / "emitted"

    @property
    def reviews_folder(self) -> Path:
        """What reviewers sent back, byte for byte, and what was made of it."""
        return self.machine_folder / "reviews"

    @property
    def exports_path(self) -> Path:
        """What was put beside the recording, and into copies of it."""
        return self.machine_folder / "exports.jsonl"

    def srt_path(self, track: str) -> Path:
        """The SRT of a whole track: `orig`, `en`, `ru+en`."""
        return self.folder / f"{self.stem}{_tag(track)}.srt"

    def partial_srt_paths(self, until_ms: int) -> Iterator[Path]:
        """Names for what was recognised up to a time, while recognition goes on; they say so."""
        until = for_name(until_ms // 1000 * 1000)
        for again in ("", *(f"-{number}" for number in range(2, 1_000))):
            yield self.folder / f"{self.stem}.partial-{until}{again}.srt"

    def item_srt_path(self, number: int, track: str) -> Path:
        """The SRT of one programme item, counted from 1."""
        return self.folder / "items" / f"{number:02d}{_tag(track)}.srt"

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep the folder to this process; it is made, claimed and cleared of torn files.

        Raises:
            NotNowError: another process holds it, or another recording of that name took it.
        """
        # sys.argv is read for the message only
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200]
        holder = f"process {os.getpid()} on {socket.gethostname()}: {command}"
        with files.locked(self.machine_folder / "lock", holder):
            owner = _owner(self)
            if owner is not None and not _is_of(owner, self):
                raise NotNowError(
                    f"{self.folder}: was just taken by {owner.source}",
                    hint="run the same command again: this recording gets a folder of its own",
                )
            files.sweep(self.folder)
            fresh = _as_owner(self, owner.digest if owner and _same_file(owner, self) else "")
            if owner != fresh:
                files.replace(self.recording_json_path, msgspec.json.encode(fresh) + b"\n")
            yield


def around(file: Path) -> Workspace:
    """The workspace in whose folder a file lies, as its recording was when it was claimed.

    Raises:
        UsageError: it lies in none, or in one whose recording is not there any more.
        ArtifactError: whose folder it is cannot be told.
    """
    for folder in file.absolute().parents:
        space = Workspace(file, folder, folder.name.removesuffix(FOLDER_SUFFIX))
        owner = _owner(space)
        if owner is None:
            continue
        for recording in (Path(owner.source), folder.parent / Path(owner.file_name).name):
            if recording.is_file():
                return Workspace(recording, folder, space.stem)
        message = f"{file}: its recording is gone: {owner.source}"
        raise UsageError(message, hint="put it back, or name the one it belongs to with --for")
    message = f"{file}: lies in no folder of ours: it cannot be told which recording it is of"
    raise UsageError(message, hint="say it: marathon accept FILE --for RECORDING")


def recording_digest(ws: Workspace) -> str:
    """The digest of the recording's bytes: what was kept of it, or read now. Writes nothing."""
    return kept_digest(ws) or files.digest_file(ws.recording)


def kept_digest(ws: Workspace) -> str:
    """The digest that was kept of the recording as it is; "" where it changed, or none was."""
    owner = _owner(ws)
    return owner.digest if owner is not None and _same_file(owner, ws) else ""


def keep_digest(ws: Workspace) -> None:
    """Keep the digest until the recording's size or time changes; the caller holds the lock."""
    now = _as_owner(ws, "")  # what is written while we read makes the digest stale, and is seen
    fresh = msgspec.structs.replace(now, digest=recording_digest(ws))
    if _owner(ws) != fresh:
        files.replace(ws.recording_json_path, msgspec.json.encode(fresh) + b"\n")


def _folder(recording: Path, out: Path | None, stem: str) -> Path:
    if out is None:
        return recording.parent / f"{stem}{FOLDER_SUFFIX}"
    return out.absolute() / stem


def _stems(recording: Path, part: str, *, shared: bool) -> list[str]:
    """The stems a recording may have, the plainest first; later ones for when others took it."""
    is_media = recording.suffix.lower() in names.MEDIA_SUFFIXES
    stem = names.clean_stem(recording.stem if is_media else recording.name)
    apart = [Path(recording.name)]
    if shared:  # recordings from many folders meet under one
        apart += [Path(recording.parent.name) / recording.name, recording]
    digests = [f"-{files.digest(os.fsencode(path))[:8]}" for path in apart]
    return [f"{stem}{digest}{part}" for digest in ("", *digests)]


def _tag(track: str) -> str:
    return "" if track == ORIGINAL else f".{track}"


def _ours(spaces: Sequence[_Space]) -> _Space:
    """The one that is claimed for its recording, or else the first that nobody claimed."""
    free, faults = [], []
    for space in spaces:
        try:
            owner = _owner(space)
        except ArtifactError as error:  # it may hold a reviewer's work, of whichever recording
            faults.append(error)
            continue
        if owner is None:
            free.append(space)
        elif _is_of(owner, space):
            return space
    if faults:
        raise faults[0]
    return free[0] if free else spaces[-1]


def _owner(ws: Workspace) -> _Owner | None:
    """Whose folder it is; None where nobody claimed it.

    Raises:
        ArtifactError: somebody did, and it cannot be read who.
    """
    path = ws.recording_json_path
    try:
        return msgspec.json.decode(reading.regular(path), type=_Owner)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, *reading.NOT_JSON) as error:
        raise ArtifactError(
            f"{path}: is damaged: it should say which recording the folder belongs to ({error})",
            hint=f"if that is {ws.recording}, remove the file and run the same command again",
        ) from error


def _as_owner(ws: Workspace, digest: str) -> _Owner:
    found = source.status(ws.recording)
    return _Owner(
        file_name=plain.storable(ws.recording.name),
        source=plain.storable(ws.recording),
        size=found.st_size,
        mtime_ns=found.st_mtime_ns,
        digest=digest,
    )


def _is_of(owner: _Owner, ws: Workspace) -> bool:
    """Whether `owner` is this recording: where it was, or the same bytes moved elsewhere."""
    if owner.file_name != plain.storable(ws.recording.name):
        return False
    is_beside = ws.folder == _folder(ws.recording, None, ws.stem)
    if owner.source == plain.storable(ws.recording) or is_beside:
        return True
    if owner.size != source.status(ws.recording).st_size or not owner.digest:
        return False
    return owner.digest == files.digest_file(ws.recording)


def _same_file(owner: _Owner, ws: Workspace) -> bool:
    found = source.status(ws.recording)
    return (owner.size, owner.mtime_ns) == (found.st_size, found.st_mtime_ns)
