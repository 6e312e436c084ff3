"""Checks files of subtitles: reads each, gathers what is known of it, fixes what is safe."""

from __future__ import annotations

import logging
import os
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.cli import recorded
from pipeline.cli.check_report import Report
from pipeline.core import files, plain, reading
from pipeline.core.errors import (
    ArtifactError,
    InputError,
    OverwriteError,
    PipelineError,
    UsageError,
)
from pipeline.core.language import is_tag
from pipeline.programme import info as infos
from pipeline.review.term_misses import term_misses
from pipeline.subtitles import checks, fixes, reader, sync
from pipeline.subtitles import profile as profiles
from pipeline.subtitles.checks import NOWHERE, Finding
from pipeline.subtitles.reader import Trouble
from pipeline.subtitles.text_checks import text_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pipeline.cli.recorded import Known
    from pipeline.core.workspace import Workspace
    from pipeline.subtitles.checks import Row
    from pipeline.subtitles.profile import Profile
    from pipeline.subtitles.reader import Read
    from pipeline.subtitles.sync import Sync

log = logging.getLogger(__name__)

_DEFAULT: Final = "default"
_DOUBLED: Final = frozenset({Trouble.EMPTY})  # the rules tell the same
_OTHER_CLOCK_MS: Final = 10_000  # a part that is so far off counts its time from its own start


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is said of all files: a profile or "", a track or "", the recording they belong to."""

    profile: str = ""
    track: str = ""
    space: Workspace | None = None
    fix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One file to check, with all that is known of it."""

    path: Path
    read: Read
    language: str  # one tag, or ""
    languages: tuple[str, ...]
    profile: Profile
    known: Known | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """Its cues."""
        return checks.rows(self.read, self.language)


def reports(paths: Iterable[Path], asked: Asked) -> tuple[list[Report], list[PipelineError]]:
    """What is to be said of each file; a fault of one keeps no other from being looked at."""
    jobs: dict[Path, _Job | PipelineError] = {}
    for path in dict.fromkeys(paths):
        try:
            jobs[path] = _job(path, asked)
        except PipelineError as error:
            jobs[path] = error
    whole = [job for job in jobs.values() if isinstance(job, _Job)]
    found, faults = [], []
    for path, job in jobs.items():
        try:
            if isinstance(job, PipelineError):
                raise job
            others = _siblings(job, whole)
            found.append(_fixed(job, others) if asked.fix else _report(job, others))
        except PipelineError as error:
            faults.append(error)
            message = plain.storable(error.message)
            found.append(Report(file=plain.storable(path), error=message))
    return found, faults


def _job(path: Path, asked: Asked) -> _Job:
    read = reader.read(_bytes(path), str(path))
    track = asked.track or recorded.tag_of(path)
    job = _Job(
        path=path,
        read=read,
        language=track if is_tag(track) else "",
        languages=tuple(track.split("+")) if track else (),
        profile=profiles.load(asked.profile or _DEFAULT),
    )
    space = asked.space or recorded.space_of(path)
    if space is None:
        return job
    try:
        info = infos.load(space.recording)
        profile = profiles.load(asked.profile or info.profile)
        known = recorded.known(space, info, path, asked.track, profile)
    except (ArtifactError, InputError, UsageError) as error:
        if asked.space is not None:
            raise
        log.warning("%s: not compared with its recording: %s", path, error.message)
        return job
    return replace(job, languages=known.languages, profile=profile, known=known)


def _bytes(path: Path) -> bytes:
    try:
        return reading.regular(path)
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file", hint="check the name and the folder") from error
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise InputError(message, hint="name an SRT file that can be read") from error


def _report(job: _Job, others: Mapping[str, Sequence[Row]]) -> Report:
    """What is found in a file."""
    rows = job.rows
    found = [
        Finding(rule=fault.kind, line=fault.line, message=fault.message)
        for fault in job.read.faults
        if fault.kind not in _DOUBLED
    ]
    found += checks.check(rows, job.profile)
    found += text_findings(rows, job.languages, job.profile)
    found += sync.parity(rows, others, times=job.known is None)
    figures = None
    if job.known is not None and job.known.words:
        figures, against = _compared(rows, job.known)
        found += against
    lines = [row.line for row in rows]
    starts = [row.start_ms for row in rows]

    def order(finding: Finding) -> int:
        if finding.line or finding.start_ms == NOWHERE:
            return finding.line
        after = bisect_left(starts, finding.start_ms)
        return lines[after] if after < len(lines) else lines[-1] + 1 if lines else 0

    return Report(
        file=plain.storable(job.path),
        cues=len(rows),
        findings=tuple(sorted(found, key=order)),
        texts=tuple(plain.storable(" / ".join(row.lines)) for row in rows),
        sync=figures,
    )


def _compared(rows: Sequence[Row], known: Known) -> tuple[Sync | None, list[Finding]]:
    """A file against the words of its track, and against what they were made from."""
    matches = sync.matches(rows, known.words)
    figures = sync.measured(rows, matches)
    off_ms = figures.median_ms if figures else 0
    if not known.is_part or abs(off_ms) < _OTHER_CLOCK_MS:
        off_ms = 0
    if off_ms:
        rows = [_moved(row, -off_ms) for row in rows]
        matches = sync.matches(rows, known.words)
        figures = sync.measured(rows, matches)
    start_ms = min((row.start_ms for row in rows), default=0) if known.is_part else 0
    end_ms = max((row.end_ms for row in rows), default=0)
    if not known.is_part:
        end_ms = max(end_ms, known.words[-1].end_ms)
    words = [word for word in known.words if start_ms <= word.start_ms < end_ms]
    said = [one for one in known.sentences if start_ms <= one.start_ms and one.end_ms <= end_ms]
    found = [
        *sync.sync_findings(rows, matches),
        *sync.missing(rows, words),
        *term_misses(rows, said, known.terms),
    ]
    return figures, [
        one
        if one.start_ms == NOWHERE
        else msgspec.structs.replace(one, start_ms=one.start_ms + off_ms)
        for one in found
    ]


def _moved(row: Row, by_ms: int) -> Row:
    start_ms, end_ms = row.start_ms + by_ms, row.end_ms + by_ms
    return msgspec.structs.replace(row, start_ms=start_ms, end_ms=end_ms)


def _siblings(job: _Job, jobs: Iterable[_Job]) -> dict[str, Sequence[Row]]:
    """Other tracks of the same recording: named too, or in the recording's folder."""
    stem = _bare(job.path)
    found: dict[str, Sequence[Row]] = {
        one.path.name: one.rows
        for one in jobs
        if one is not job and one.path.parent == job.path.parent and _bare(one.path) == stem
    }
    for name, path in (job.known.others if job.known else {}).items():
        if name not in found and path != job.path.absolute():
            found[name] = checks.rows(reader.read(_bytes(path), str(path)), "")
    return found


def _bare(path: Path) -> str:
    tag = recorded.tag_of(path)
    stem = path.stem.removesuffix(recorded.FIXED)
    return stem.removesuffix(f".{tag}") if tag else stem


def _fixed(job: _Job, others: Mapping[str, Sequence[Row]]) -> Report:
    """Write what can be put right beside the file, and report on that.

    Raises:
        InputError: it cannot be written anew without losing something of it.
        OverwriteError: there is another file of that name.
    """
    faults = fixes.obstacles(job.read)
    if faults:
        message = f"{job.path}: not fixed, a person has to look first: {'; '.join(faults[:3])}"
        raise InputError(message, hint="put these lines right in a text editor, then try again")
    done = fixes.fixed(job.read, job.language, job.profile)
    if not done.changes:
        return _report(job, others)
    data = reader.write(done.cues)
    path = job.path.with_name(f"{job.path.stem.removesuffix(recorded.FIXED)}{recorded.FIXED}.srt")
    again = reader.read(data, str(path))
    if [_said(cue) for cue in again.cues] != [_said(cue) for cue in done.cues]:
        message = f"{job.path}: not fixed: some cues cannot be written so that others read them"
        raise InputError(message, hint="look at the findings of marathon check without --fix")
    _put(path, data)
    left = _report(replace(job, read=again), others)
    return msgspec.structs.replace(left, written=plain.storable(path), changes=done.changes)


def _said(cue: reader.Found) -> tuple[int, int, tuple[str, ...], str]:
    return cue.start_ms, cue.end_ms, cue.lines, cue.tail


def _put(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, or holds just this.

    Raises:
        OverwriteError: there is another one.
    """
    if not os.path.lexists(path):
        files.replace(path, data)
        return
    try:
        is_same = reading.regular(path) == data
    except OSError:
        is_same = False
    if not is_same:
        message = f"{path}: is there already, and is not written over"
        raise OverwriteError(message, hint="move that file away, or give it another name")
