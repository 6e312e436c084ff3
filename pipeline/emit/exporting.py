"""Tracks put where players find them: files beside the recording, or streams in a copy of it.

What is exported is the SRT that stands in the recording's folder now, a reviewer's edits included.
Names are `<recording>.<language>.srt`, which players load by themselves: `marathon.en.srt`. The
track as spoken has its language where all its cues are in one (`marathon.ru.srt`), else none
(`marathon.srt`); `ru+en` becomes `marathon.ru-en.srt`, as + is no part of any language's tag.
"""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from pipeline.core import artifacts, files, growing, language, reading
from pipeline.core.artifacts import SEGMENTS
from pipeline.core.errors import EnvironmentGaveOutError, InputError, OverwriteError, UsageError
from pipeline.core.names import SUBTITLED
from pipeline.core.progress import Silent
from pipeline.core.workspace import ORIGINAL
from pipeline.emit import exports, muxing, stage
from pipeline.review import reviews
from pipeline.review.receipts import Receipts
from pipeline.subtitles import formats, reader, text
from pipeline.subtitles.formats import Format

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.core.progress import Progress
    from pipeline.core.timeline import Item
    from pipeline.core.workspace import Workspace
    from pipeline.programme.info import Info
    from pipeline.subtitles.found import Found

log = logging.getLogger(__name__)

Status = Literal["exported", "current", "removed"]

_VERSION: Final = 1  # raise it when the same tracks would give another copy of the recording
_SHOWN: Final = 5  # faults of one file
_SEVERAL: Final = "mul"  # ISO 639-2
_AS_SPOKEN: Final = "As spoken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be exported."""

    tracks: tuple[str, ...] = ()  # none: as spoken, and each language translated into
    form: Format = Format.SRT
    item: int = 0  # counted from 1; 0 is the whole programme
    rebase: bool = False  # of an item: its times from its own beginning


@dataclass(frozen=True, slots=True)
class Source:
    """A track as its SRT stands now; `language` is "" where its cues are in several."""

    track: str
    language: str
    path: Path
    cues: tuple[Found, ...]


def beside(
    ws: Workspace, info: Info, wanted: Wanted, folder: Path | None = None
) -> list[tuple[Status, Path]]:
    """Write each track to a file beside the recording, or in `folder`; the caller holds the lock.

    A file of ours that has another name now is removed, if nobody changed it.

    Raises:
        UsageError: there is no such track or item, or nothing is made of it yet.
        InputError: an SRT has lines that cannot be read; names them.
        OverwriteError: a file is there that we did not write, or that was changed since; nothing
            was written.
    """
    folder = folder or ws.recording.absolute().parent
    ledger = exports.Ledger(ws)
    found = sources(ws, info, wanted)
    item = _item(ws, wanted.item) if wanted.rebase else None
    own = {ws.folder / path for path in Receipts(ws).history}
    due: list[tuple[Path, bytes, exports.Exported]] = []
    told: list[tuple[Status, Path]] = []
    refused = []
    paths = [folder / _name(ws, source, wanted) for source in found]
    for source, path in zip(found, paths, strict=True):
        cues = _rebased(source, item) if item else source.cues
        data = formats.compose(cues, wanted.form, name=str(source.path))
        key = f"{source.track}|{wanted.form}|{wanted.item}"
        entry = exports.Exported(name=path.name, key=key, digest=files.digest(data))
        now = exports.digest_of(path)
        if now == entry.digest or path in own:  # the recording lies in the folder of its files
            told.append(("current", path))
        elif now is None or now in ledger.digests:
            due.append((path, data, entry))
        else:
            refused.append(path)
        olds = ledger.others(folder, ws.recording.stem, entry)
        told += [("removed", old) for old in olds if old not in paths]
    if refused:
        raise _refused(refused)
    _tell_pending(ws, found)
    for path, data, entry in due:
        ledger.add(entry)  # before it is there: a crash leaves nothing unknown
        files.replace(path, data)
        told.append(("exported", path))
    for status, path in told:
        if status == "removed":
            files.remove(path)
    return told


def into(
    ws: Workspace, info: Info, wanted: Wanted, target: Path, progress: Progress | None = None
) -> Status:
    """Copy the recording to `target` with the tracks in it; the caller holds the lock.

    The first of the tracks is the one that players show by themselves.

    Raises:
        UsageError: `target` is the recording, or no file that takes subtitles; or as `beside`.
        InputError: the recording or an SRT cannot be read, or `target` cannot take its streams.
        OverwriteError: something is there that is not what we wrote.
        EnvironmentGaveOutError: there is no room; `target` is as it was.
    """
    container = muxing.container_of(target)
    if target.exists() and target.samefile(ws.recording):
        raise UsageError(
            f"{target}: is the recording itself, which is never touched",
            hint=f"give another name: --into {ws.recording.stem}{SUBTITLED}{target.suffix}",
        )
    found = sources(ws, info, wanted)
    ledger = exports.Ledger(ws)
    given = ws.recording.stat()
    tracks = [_stream(source, is_default=not at) for at, source in enumerate(found)]
    made_of = [(each.language, each.title, each.is_default, each.cues) for each in tracks]
    origin = [_VERSION, container, given.st_size, given.st_mtime_ns, made_of]
    key = files.digest(msgspec.json.encode(origin))
    if os.path.lexists(target):
        ours = ledger.copy(target)
        if ours is None:
            raise _refused([target])
        if ours.key == key:
            return "current"
    _tell_pending(ws, found)
    _check_room(target, given.st_size)
    with growing.opened(target) as out:
        muxing.mux(ws.recording, out, container, tracks, progress or Silent())
        state = out.status()
        entry = exports.Exported(
            name=target.name, key=key, size=state.st_size, mtime_ns=state.st_mtime_ns
        )
        ledger.add(entry)
    return "exported"


def sources(ws: Workspace, info: Info, wanted: Wanted) -> tuple[Source, ...]:
    """The tracks that are wanted, as their files stand now; by default those that are there.

    Raises:
        UsageError: there is no such track or item, or nothing is made of it yet.
        InputError: an SRT has lines that cannot be read; names them.
    """
    tracks = stage.tracks(info, stage.Options(tracks=wanted.tracks))
    item = _item(ws, wanted.item) if wanted.item else None
    found = []
    for track in tracks:
        path = ws.srt_path(track)
        of_item = ws.item_srt_path(wanted.item, track) if item else path
        if not os.path.lexists(path if item is None else of_item) and not os.path.lexists(path):
            if not wanted.tracks:
                continue
            hint = f"make it: marathon emit RECORDING --track {track}"
            raise UsageError(f"{path}: no such file", hint=hint)
        is_own = item is None or os.path.lexists(of_item)
        path = of_item if is_own else path
        cues = _cues(path)
        if item is not None and not is_own:
            cues = tuple(cue for cue in cues if _is_in(cue, item))
        found.append(Source(track, _language(ws, info, track), path, cues))
    if not found:
        message = f"{ws.folder}: no subtitles are there yet"
        raise UsageError(message, hint="make them: marathon run RECORDING")
    return tuple(found)


def _cues(path: Path) -> tuple[Found, ...]:
    try:
        data = reading.regular(path)
    except OSError as error:
        hint = "put it right, then run the same command again"
        raise InputError(f"{path}: cannot be read: {error.strerror}", hint=hint) from error
    read = reader.read(data, str(path))
    wrong = [fault for fault in read.faults if fault.is_error]
    for fault in read.faults:
        if not fault.is_error:
            log.warning("%s, line %d: %s", path, fault.line, fault.message)
    if wrong:
        said = "; ".join(f"line {fault.line}: {fault.message}" for fault in wrong[:_SHOWN])
        more = f"; and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        hint = "put these lines right, then run the same command again: no word is left out"
        raise InputError(f"{path}, {said}{more}", hint=hint)
    return tuple(
        msgspec.structs.replace(cue, lines=tuple(map(text.kept, cue.lines))) for cue in read.cues
    )


def _item(ws: Workspace, number: int) -> Item:
    items = artifacts.read(ws.segments_path, SEGMENTS).payload.items
    if not 1 <= number <= len(items):
        message = f"there is no item {number}: the programme has {len(items)}"
        raise UsageError(message, hint=f"they are listed in {ws.folder / 'guide.md'}")
    return items[number - 1]


def _is_in(cue: Found, item: Item) -> bool:
    return item.start_ms <= (cue.start_ms + cue.end_ms) // 2 < item.end_ms


def _rebased(source: Source, item: Item) -> tuple[Found, ...]:
    """Cues by the clock of their item; one that began a little before it begins at 0."""
    moved = []
    for cue in source.cues:
        start_ms, end_ms = max(0, cue.start_ms - item.start_ms), cue.end_ms - item.start_ms
        if end_ms <= start_ms:
            raise InputError(
                f"{source.path}, line {cue.line}: the cue ends before its item begins",
                hint="correct its times, or leave out --rebase",
            )
        moved.append(msgspec.structs.replace(cue, start_ms=start_ms, end_ms=end_ms))
    return tuple(moved)


def _language(ws: Workspace, info: Info, track: str) -> str:
    """What a track is in; "" for several, and where a translation would have the same name."""
    if track != ORIGINAL:
        return "" if "+" in track else track
    name = ws.srt_path(ORIGINAL).relative_to(ws.folder).as_posix()
    written = Receipts(ws).history.get(name, ())
    spoken = {cue.language for cue in written[0].file.cues} if written else set()
    only = spoken.pop() if len(spoken) == 1 else ""
    return "" if only in info.translate.values() else only


def _name(ws: Workspace, source: Source, wanted: Wanted) -> str:
    item = f".item{wanted.item:02d}" if wanted.item else ""
    tag = source.language or ("" if source.track == ORIGINAL else source.track.replace("+", "-"))
    return f"{ws.recording.stem}{item}{f'.{tag}' if tag else ''}.{wanted.form}"


def _stream(source: Source, *, is_default: bool) -> muxing.Subtitles:
    code = language.for_stream(source.language) if source.language else _SEVERAL
    names = " + ".join(map(language.name, source.track.split("+")))
    title = _AS_SPOKEN if source.track == ORIGINAL else names
    return muxing.Subtitles(source.cues, code, title, is_default)


def _tell_pending(ws: Workspace, found: Sequence[Source]) -> None:
    """Edits that stand in other files only: what is exported does not have them yet."""
    receipts = Receipts(ws)
    accepted = reviews.accepted(reviews.load(ws))
    exported = {source.path for source in found}
    for name in receipts.history:
        path = ws.folder / name
        is_new = name.endswith(".srt") and path not in exported and receipts.is_changed(name)
        if is_new and exports.digest_of(path) not in accepted.get(name, ()):
            log.warning(
                "%s: was changed, and that is not in what is exported until it is taken in:"
                " marathon run %s",
                path,
                ws.recording,
            )


def _check_room(target: Path, needed: int) -> None:
    try:
        free = shutil.disk_usage(target.parent).free
    except OSError:  # it is told when the file is made
        return
    if free < needed:
        raise EnvironmentGaveOutError(
            f"{target}: needs {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free",
            hint="make room, or give a name on another disk",
        )


def _refused(paths: Sequence[Path]) -> OverwriteError:
    named = ", ".join(map(str, paths))
    return OverwriteError(
        f"{named}: is not as we wrote it; nothing was written",
        hint="corrections in it: marathon accept FILE --for RECORDING; then move it elsewhere or"
        " delete it, and run the same command again",
    )
