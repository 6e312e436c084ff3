"""Items of the programme: the rundown's rough borders, moved to where the recording turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pipeline.core.payloads import Transcript
from pipeline.core.timeline import Gap, Item, ItemKind, Sound
from pipeline.programme import rundown
from pipeline.programme.rundown import Entry

_MARGIN_MS: Final = 200  # a border in a pause stays this far from the words around it


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a border may be: edges of music, pauses between phrases, borders between words."""

    music_starts: tuple[int, ...]
    music_ends: tuple[int, ...]
    pauses: tuple[tuple[int, int], ...]
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of the rundown with its holes filled: where it roughly begins, what it is."""

    start_ms: int
    entry: Entry | None


def whole(duration_ms: int, title: str) -> tuple[Item, ...]:
    """One item for the whole programme, where no rundown tells of any."""
    return (Item(start_ms=0, end_ms=duration_ms, title=title),)


def place(
    entries: Sequence[Entry], transcript: Transcript, *, window_ms: int, pause_ms: int
) -> tuple[Item, ...]:
    """Items in order, disjoint, covering the recording; a border moves by at most `window_ms`.

    A hole of the rundown up to a window long is rough timing and belongs to one border; a longer
    one becomes an item without a title. A border goes to an edge of music in its window, else to
    the nearest pause of `pause_ms`, else between two words, else it stays where the rundown has it.

    Raises:
        InputError: an entry starts after the recording's end.
    """
    duration_ms = transcript.duration_ms
    rundown.check_end(entries, duration_ms)
    parts = tuple(_parts(entries, duration_ms, window_ms))
    evidence = gather(transcript, pause_ms)
    rough = [0, *(part.start_ms for part in parts[1:]), duration_ms]
    borders = [0]
    for index in range(1, len(parts)):
        lowest = max(rough[index] - window_ms, _middle(rough[index - 1], rough[index]))
        beyond = min(rough[index] + window_ms + 1, _middle(rough[index], rough[index + 1]))
        kinds = _kind(parts[index - 1]), _kind(parts[index])
        borders.append(_border(rough[index], range(lowest, beyond), evidence, kinds))
    borders.append(duration_ms)
    spans = pairwise(borders)
    return tuple(_item(part, span) for part, span in zip(parts, spans, strict=True))


def gather(transcript: Transcript, pause_ms: int) -> Evidence:
    """Everything in a transcript that a border of the programme may follow."""
    music = list(_stretches(transcript))
    words = [word for phrase in transcript.phrases for word in phrase.words]
    between = [(before.end_ms, after.start_ms) for before, after in pairwise(words)]
    if words:
        edges = [(0, words[0].start_ms), *between, (words[-1].end_ms, transcript.duration_ms)]
    else:
        edges = [(0, transcript.duration_ms)]
    return Evidence(
        music_starts=tuple(start_ms for start_ms, _ in music),
        music_ends=tuple(end_ms for _, end_ms in music),
        pauses=tuple((start, end) for start, end in edges if end - start >= pause_ms),
        words=tuple(min(after, _middle(before, after)) for before, after in between),
    )


def _stretches(transcript: Transcript) -> Iterator[tuple[int, int]]:
    """Stretches of music; gaps of it that touch are one."""
    begun: int | None = None
    ended = 0
    for line in transcript.lines:
        if not (isinstance(line, Gap) and line.sound is Sound.MUSIC):
            continue
        if begun is not None and line.start_ms > ended:
            yield begun, ended
            begun = None
        begun = line.start_ms if begun is None else begun
        ended = line.end_ms
    if begun is not None:
        yield begun, ended


def _parts(entries: Sequence[Entry], duration_ms: int, window_ms: int) -> Iterator[_Part]:
    at_ms = 0
    for entry in entries:
        if entry.start_ms - at_ms > window_ms:
            yield _Part(at_ms, None)
        yield _Part(entry.start_ms, entry)
        at_ms = duration_ms if entry.end_ms is None else entry.end_ms
    if duration_ms - at_ms > window_ms:
        yield _Part(at_ms, None)


def _middle(before_ms: int, after_ms: int) -> int:
    """Rounded up, so that a border and its neighbour never share a millisecond."""
    return (before_ms + after_ms + 1) // 2


def _border(
    rough_ms: int, window: range, evidence: Evidence, kinds: tuple[ItemKind, ItemKind]
) -> int:
    candidates: list[int] = []
    if kinds[0] is not ItemKind.MUSIC:
        candidates += evidence.music_starts
    if kinds[1] is not ItemKind.MUSIC:
        candidates += evidence.music_ends
    pauses = [_nearest_in(pause, rough_ms) for pause in evidence.pauses]
    for tier in (candidates, pauses, evidence.words):
        inside = [time_ms for time_ms in tier if time_ms in window]
        if inside:
            return min(inside, key=lambda time_ms: (abs(time_ms - rough_ms), time_ms))
    return rough_ms


def _nearest_in(pause: tuple[int, int], rough_ms: int) -> int:
    margin_ms = min(_MARGIN_MS, (pause[1] - pause[0]) // 2)
    return max(pause[0] + margin_ms, min(rough_ms, pause[1] - margin_ms))


def _kind(part: _Part) -> ItemKind:
    return part.entry.kind if part.entry else ItemKind.OTHER


def _item(part: _Part, span: tuple[int, int]) -> Item:
    entry = part.entry
    if entry is None:
        return Item(start_ms=span[0], end_ms=span[1], kind=ItemKind.OTHER)
    return Item(
        start_ms=span[0],
        end_ms=span[1],
        title=entry.title,
        speakers=entry.speakers,
        languages=entry.languages,
        kind=entry.kind,
    )
