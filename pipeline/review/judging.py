"""What one reviewer's file says, against what that reviewer was given. Writes nothing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from pipeline.core import artifacts, plain
from pipeline.core.artifacts import TRANSCRIPT
from pipeline.core.errors import InputError, PipelineError, UsageError
from pipeline.review import bases, changes, decisions, mistaken, proof, reviews, strangers
from pipeline.review.decisions import Anchor, Approve, Delete
from pipeline.review.given import Hold
from pipeline.review.given import given as as_given
from pipeline.review.marking import Marked, marked
from pipeline.subtitles import bookmarks, reader
from pipeline.subtitles.reader import Fault, Found, Read, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.core.timeline import Cue
    from pipeline.core.workspace import Workspace
    from pipeline.review.decisions import Decision
    from pipeline.review.given import Held
    from pipeline.review.receipts import Written
    from pipeline.review.reviews import Note
    from pipeline.review.source import History, Source

_LOG: Final = logging.getLogger(__name__)
_OURS: Final = 0.25  # a copy that came back is so like what was written; another recording's is not
_UNLIKE: Final = 0.05  # under our own name: whatever a person did to it, something is left
_FEW: Final = 5  # cues that may all be rewritten
_SHOWN: Final = 60
_CUT_OFF: Final = 10  # more deletions, and more than half of all cues: perhaps a file cut off


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What it says. `approvals` come after the decisions: they are about what these leave.

    `given` are the cues that the decisions are about.
    """

    path: str
    track: str
    base: str = ""
    given: tuple[Cue, ...] = ()
    decisions: tuple[Decision, ...] = ()
    approvals: tuple[Approve, ...] = ()
    notes: tuple[Note, ...] = ()
    faults: tuple[Fault, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str = ""
    hint: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it was left out."""
        return not self.error and not any(fault.is_error for fault in self.faults)


class _Given(NamedTuple):
    """What a reviewer was given; `is_ours` is not so of what we never wrote."""

    path: str
    track: str
    digest: str
    cues: tuple[Cue, ...]
    is_ours: bool = True


def judged(
    ws: Workspace, source: Source, history: History, log: Sequence[Decision], by: tuple[str, str]
) -> Judged:
    """What a file says.

    Args:
        ws: the recording's workspace.
        source: the file.
        history: all that was written, by path, the newest first.
        log: all that was decided so far.
        by: who changed it, and an ISO time.

    Raises:
        InputError: it is no text, or another track's.
        UsageError: it is of another recording, as far as can be told.
    """
    read = reader.read(source.data, source.shown)
    if source.path:
        given = _in_place(ws, source, history, read)
    else:
        given = _sent(ws, source, history, read)
    if not read.cues:
        error = f"{source.shown}: holds no cues: nothing was taken from it"
        hint = "save it again from your editor, or delete it: then it is written anew"
        return Judged(
            path=given.path, track=given.track, faults=read.faults, error=error, hint=hint
        )
    who, when = by
    found, held, wrong = _told(source, given, read, who, when)
    if source.path and source.is_put_back(history):
        found = _of_older(source, history[source.path], read, found, log)
    error = _cut_off(source, given, found, held)
    hint = f"to take it as it is: marathon accept {_typed(ws, source)}" if error else ""
    if wrong:
        error, hint = proof.refusal(source.shown, wrong)
    kept, refused = _kept(found)
    at = Anchor(track=given.track, start_ms=0, end_ms=1)
    approve = Approve(at=at, who=who, when=when, source=source.name)
    seen = _marked(source, history, given, read.cues, approve)
    return Judged(
        path=given.path,
        track=given.track,
        base=given.digest,
        given=given.cues,
        decisions=() if error else kept,
        approvals=() if error else seen.approvals,
        notes=seen.notes,
        faults=(*read.faults, *refused, *_waiting(held, read)),
        warnings=seen.faults,
        error=error,
        hint=hint,
    )


def _told(
    source: Source, given: _Given, read: Read, who: str, when: str
) -> tuple[tuple[Decision, ...], tuple[Held, ...], tuple[proof.Shown, ...]]:
    """What is otherwise in it, what waits, and what would not come out as it stands there."""
    by = {"track": given.track, "who": who, "when": when, "source": source.name}
    if not given.is_ours:
        return strangers.decisions(given.cues, read, **by), (), ()
    told = changes.changes(given.cues, read, **by)
    wrong = proof.unlike(given.cues, as_given(read, given.cues), told)
    return told.decisions, told.held, wrong


def _of_older(
    source: Source,
    written: Sequence[Written],
    read: Read,
    found: tuple[Decision, ...],
    log: Sequence[Decision],
) -> tuple[Decision, ...]:
    """What is decided by an older file that was put back; all, where one cue was typed back."""
    if not bases.is_copy(written, read.cues):
        return found
    kept = bases.undone(found, log, source.path)
    if more := len(found) - len(kept):
        _LOG.info(
            "%s: an older file was put back: in %d places the program's own newer words stay",
            source.shown,
            more,
        )
    return kept


def _in_place(ws: Workspace, source: Source, history: History, read: Read) -> _Given:
    """What a file of ours was before it was changed: as it was accepted last, or written."""
    written, last = history[source.path], source.last
    is_put_back = source.is_put_back(history)
    file = bases.newest(written).file if is_put_back else bases.base(written, read.cues)
    given = _Given(source.path, file.track, file.digest, file.cues)
    if last is not None and last.is_whole and last.emitted >= written[0].number:
        data = reviews.kept(ws, last.digest)
        if data is not None:  # nothing was written since: that is what was changed further
            cues = bases.as_cues(reader.read(data, source.shown).cues, file.cues)
            given = given._replace(digest=last.digest, cues=cues)
    if not is_put_back:
        _see_track(ws, source, given, history, read)
    unlike = not is_put_back and bases.like(given.cues, read.cues) < _UNLIKE
    if unlike and min(len(given.cues), len(read.cues)) >= _FEW:
        raise UsageError(
            f"{source.shown}: is not what was written there: it looks like another recording's",
            hint="delete it, and it is written anew; or to take it as a translation of your own:"
            f" marathon accept {_typed(ws, source)} --track {given.track}",
        )
    return given


def _see_track(ws: Workspace, source: Source, given: _Given, history: History, read: Read) -> None:
    """See that a file is none of another track's.

    Raises:
        InputError: it is, as far as can be told.
    """
    if why := mistaken.reason(given.track, given.cues, read.cues, history):
        recording = plain.typed(ws.recording)
        raise InputError(
            f"{source.shown}: is not track {given.track}: {why}: nothing was taken from it",
            hint="move it elsewhere, and it is written anew; what was corrected in it:"
            f" marathon accept MOVED_FILE --for {recording}",
        )


def _sent(ws: Workspace, source: Source, history: History, read: Read) -> _Given:
    """What a copy was, by its cues; or what a track is, for one that we never wrote."""
    likeness, file = bases.nearest(history, read.cues, source.track)
    if file is not None and likeness >= _OURS:
        return _Given(file.path, file.track, file.digest, file.cues)
    if not read.cues:
        return _Given("", source.track, "", ())
    if not source.track:
        raise UsageError(
            f"{source.shown}: is not like anything that was written for this recording",
            hint="name the recording it belongs to; or, for a translation that somebody else made,"
            " say which track it is: --track en",
        )
    _see_length(ws, source, read.cues)
    path = ws.srt_path(source.track).relative_to(ws.folder).as_posix()
    written = history.get(path, ())
    given = _Given(path, source.track, "", (), is_ours=False)
    if not written:
        return given
    return given._replace(digest=written[0].file.digest, cues=written[0].file.cues)


def _see_length(ws: Workspace, source: Source, found: Sequence[Found]) -> None:
    """See that a stranger's file is no longer than the recording.

    Raises:
        UsageError: it is.
    """
    try:
        duration_ms = artifacts.read(ws.transcript_path, TRANSCRIPT).payload.duration_ms
    except PipelineError:  # not known yet
        return
    late = [cue for cue in found if cue.start_ms >= duration_ms]
    if late:
        raise UsageError(
            f"{source.shown}, line {late[0].line}: {len(late)} of {len(found)} cues begin after the"
            " recording's end",
            hint="name the recording it belongs to, or correct its times",
        )


def _typed(ws: Workspace, source: Source) -> str:
    """A file as it can be typed."""
    return plain.typed(ws.folder / source.path if source.path else source.shown)


def _cut_off(source: Source, given: _Given, found: Sequence[Decision], held: Sequence[Held]) -> str:
    """Why a file that nobody named is left alone: much is gone, or its end is missing too."""
    deleted = sum(isinstance(one, Delete) for one in found)
    gone = deleted + sum(one.why is Hold.CUT_OFF for one in held)
    if source.is_named or deleted <= _CUT_OFF or gone <= len(given.cues) // 2:
        return ""
    return (
        f"{source.shown}: {gone} of {len(given.cues)} cues are gone: if it was cut off, nothing was"
        " taken from it"
    )


def _kept(found: Sequence[Decision]) -> tuple[tuple[Decision, ...], list[Fault]]:
    """What can be kept in the log, and what is no subtitle's: a text as long as a book."""
    kept, refused = [], []
    for one in found:
        if why := decisions.refusal(one):
            refused.append(Fault(0, Trouble.LONG, why, is_error=True))
        else:
            kept.append(one)
    return tuple(kept), refused


def _waiting(held: Sequence[Held], read: Read) -> Iterator[Fault]:
    """What stays as it was because of what cannot be read, where that is not said already."""
    told = {fault.line for fault in read.faults if fault.is_error}
    gone = [one for one in held if one.why is Hold.CUT_OFF]
    if gone:
        message = f"the last {len(gone)} cues are gone: the file may be cut off; they stay"
        yield Fault(0, Trouble.NO_CUES, message, is_error=True)
    for one in held:
        if one.why is Hold.CUT_OFF or (one.line and one.line in told):
            continue
        what = "is too long for a cue" if one.why is Hold.TOO_LONG else "cannot be told apart"
        stays = f"; as it was stays: {one.at.text[:_SHOWN]!r}" if one.at is not None else ""
        told.add(one.line)
        yield Fault(one.line, Trouble.LONG, f"the text {what}{stays}", is_error=True)


def _marked(
    source: Source, history: History, given: _Given, found: Sequence[Found], approve: Approve
) -> Marked:
    """What the bookmarks say; those that were saved with an older file say nothing of this one."""
    last = source.last
    if not source.marks or source.has_old_marks:
        return Marked(notes=last.notes if last is not None else ())
    name = source.shown + bookmarks.SUFFIX
    if source.path and source.has_our_marks(history):
        ours = [Found(cue.start_ms, cue.end_ms, cue.lines, 0) for cue in given.cues]
        return marked(source.marks, name, given.cues, ours, approve)._replace(approvals=())
    return marked(source.marks, name, given.cues, found, approve)
