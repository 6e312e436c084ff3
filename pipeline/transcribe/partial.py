"""What a transcription that still runs has heard so far, read from its journal without its lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.core import files
from pipeline.core.errors import UsageError
from pipeline.core.payloads import Transcript
from pipeline.core.timeline import Phrase, Sound, Span
from pipeline.transcribe import coverage, guards
from pipeline.transcribe.chunks import Chunk, Stretch
from pipeline.transcribe.guards import Circumstances, Thresholds
from pipeline.transcribe.memory import Entry, entries
from pipeline.transcribe.results import Result

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.core.workspace import Workspace


def so_far(ws: Workspace) -> Transcript:
    """The phrases that the journal holds; what is not in it yet stays silent.

    Raises:
        UsageError: nothing was recognised yet.
    """
    lines = entries(files.Journal.open(ws.journal_path).lines())
    results = latest(line for line in lines if isinstance(line, Entry))
    found = [line for line in coverage.said(results) if isinstance(line, Phrase)]
    if not found:
        raise UsageError(
            f"{ws.recording}: nothing is recognised yet",
            hint=f"begin with: marathon transcribe {ws.recording}",
        )
    return Transcript(duration_ms=found[-1].end_ms, lines=tuple(found))


def latest(heard: Iterable[Entry]) -> list[Result]:
    """The last that was heard of each stretch, in time order.

    A doubtful chunk is heard several times: what stands where a later line stands does not count.
    """
    kept: list[Result] = []
    for entry in heard:
        result = _result(entry)
        own = result.chunk.own
        kept = [one for one in kept if not _is_within(one.chunk.own, own)]
        kept.append(result)
    return sorted(kept, key=lambda one: one.chunk.own.start_ms)


def _is_within(one: Span, other: Span) -> bool:
    shared = min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms)
    return shared * 2 > min(one.duration_ms, other.duration_ms)


def _result(entry: Entry) -> Result:
    pieces = tuple(Span(start_ms=start, end_ms=end) for start, end in entry.pieces)
    chunk = Chunk(tuple(Stretch(piece, 1) for piece in pieces), pieces)
    around = Circumstances(
        language=entry.language, duration_ms=chunk.duration_ms, sound=Sound.NOISE
    )
    fault = guards.fault(entry.heard, around, Thresholds())
    return Result(
        chunk=chunk,
        language=entry.language,
        languages={entry.language: 1.0},
        heard=entry.heard,
        fault=fault,
    )
