"""What a transcription that still runs has heard so far, read from its journal without its lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.core import files
from pipeline.core.errors import UsageError
from pipeline.core.payloads import Transcript
from pipeline.core.timeline import Phrase, Span
from pipeline.core.workspace import recording_digest
from pipeline.transcribe import coverage, cutting
from pipeline.transcribe.chunks import Chunk, Stretch
from pipeline.transcribe.memory import Accepted, Entry, entries
from pipeline.transcribe.results import Result
from pipeline.transcribe.spreading import spread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.core.workspace import Workspace
    from pipeline.transcribe.memory import Line


def so_far(ws: Workspace) -> Transcript:
    """The phrases that the journal holds; what is not in it yet stays silent.

    Raises:
        UsageError: nothing was recognised yet.
    """
    known = entries(files.Journal.open(ws.journal_path).lines())
    results = latest(known, recording_digest(ws))
    found = [line for line in coverage.said(results) if isinstance(line, Phrase)]
    if not found:
        raise UsageError(
            f"{ws.recording}: nothing is recognised yet",
            hint="where it is being recognised, wait a minute; else begin: marathon run RECORDING",
        )
    return Transcript(duration_ms=found[-1].end_ms, lines=tuple(found))


def latest(lines: Iterable[Line], recording: str) -> list[Result]:
    """What counts of the last run: of each stretch the answer that was accepted last.

    Args:
        lines: of the journal.
        recording: its digest; what another heard that had its name does not count.
    """
    texts: dict[str, Entry] = {}
    accepted: list[Accepted] = []
    for line in lines:
        if isinstance(line, Entry):
            texts[line.key] = line
        elif isinstance(line, Accepted) and line.recording == recording:
            accepted.append(line)
    counting = {line.own: line for line in accepted if line.run == accepted[-1].run}
    return [
        _result(texts[line.text], line)
        for line in sorted(counting.values(), key=lambda one: one.own)
        if line.text in texts
    ]


def _result(entry: Entry, accepted: Accepted) -> Result:
    begin, end = accepted.own
    moved = begin - entry.own[0]  # the same sound was heard at another place before
    pieces = tuple(
        Span(start_ms=start + moved, end_ms=last + moved) for start, last in entry.pieces
    )
    stretches = [
        Stretch(Span(start_ms=max(piece.start_ms, begin), end_ms=min(piece.end_ms, end)), 1)
        for piece in pieces
        if piece.start_ms < end and begin < piece.end_ms
    ]
    chunk = Chunk(tuple(stretches), pieces)
    return Result(
        chunk=chunk,
        language=entry.language,
        languages={entry.language: 1.0},
        heard=spread(entry.heard, cutting.speech(chunk)),
        fault=accepted.fault,
        empty=tuple(Span(start_ms=start, end_ms=last) for start, last in accepted.empty),
    )
