"""A rundown proposed for a programme that has none: for a person to correct, never a truth."""

from __future__ import annotations

import csv
import io
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

from pipeline.core import files, reading
from pipeline.core.clock import shortest
from pipeline.core.errors import OverwriteError
from pipeline.core.payloads import Segments, Transcript
from pipeline.core.shares import shares
from pipeline.core.timeline import Item, ItemKind, Turn
from pipeline.core.workspace import Workspace
from pipeline.programme.rundown import COLUMNS
from pipeline.segment import item_evidence, played
from pipeline.segment.item_evidence import LONG_MUSIC_MS, SONG_MS, Evidence

_PAUSE_MS: Final = 1_500  # a shorter pause begins no item
_PENALTY: Final = 10.5  # what a border has to be worth
_CLEAR: Final = 3.0  # nothing else parts a programme as music does
_LOCAL_MS: Final = 90_000  # so much on both sides of a place tells whether it is looked at
_APART_MS: Final = 20_000  # no item is shorter
_MOST: Final = 600  # places that are looked at; the search takes the square of it
_TITLE_WORDS: Final = 8
_TITLE_LETTERS: Final = 60
_FEW: Final = 0.1  # a smaller part of an item's speech is not told of
_MOSTLY: Final = 0.6  # an item with so much music is music
_TALK: Final = (ItemKind.TALK, ItemKind.TALK)
_LOOK: Final = 4.0  # a place that is worth less by itself is not looked at
_BESIDE_MS: Final = 4_000  # of places so near each other only the best is
_NO_LISTS: Final = str.maketrans(";|", ",,")  # signs that part the names in a cell


def propose(transcript: Transcript, turns: Sequence[Turn]) -> tuple[Item, ...]:
    """Items over the whole recording, as music, people, languages and long pauses tell them.

    A penalised search for change points (optimal partitioning, Jackson et al. 2005): the items are
    those for which the sum of how well one group of people and languages explains each, and of
    what speaks for each border less a penalty, is largest. Titles are the first words of each.
    """
    if not transcript.duration_ms:
        return ()
    evidence = item_evidence.gather(transcript, turns, _PAUSE_MS)
    places = _likely(evidence, transcript.duration_ms)
    borders = [0, *_best(places, evidence, transcript.duration_ms), transcript.duration_ms]
    return tuple(_items([*pairwise(borders)], transcript, turns))


def compose(items: Sequence[Item]) -> str:
    """A rundown as CSV: what `rundown.parse` reads gives the same items, without their flags."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for item in items:
        speakers = (name.translate(_NO_LISTS) for name in item.speakers)
        times = (shortest(item.start_ms), shortest(item.end_ms))
        row = (*times, item.title, "; ".join(speakers), " ".join(item.languages), item.kind.value)
        table.writerow(" ".join(cell.split()) for cell in row)
    return text.getvalue()


def write(ws: Workspace, transcript: Transcript, segments: Segments) -> Path:
    """Write a proposed rundown into the recording's folder, where none is yet; gives its path.

    The caller holds the lock.

    Raises:
        OverwriteError: there is one already, and it is not just this one: a person may have
            worked on it.
        EnvironmentGaveOutError: it cannot be written.
    """
    path = ws.proposal_path
    data = compose(propose(transcript, segments.turns)).encode()
    try:
        is_ours = reading.regular(path) == data
    except FileNotFoundError:
        files.replace(path, data)
        return path
    except OSError:
        is_ours = False
    if not is_ours:
        message = f"{path}: is there already, and is not what would be proposed now"
        near = ws.recording.parent
        named = path.relative_to(near) if path.is_relative_to(near) else path
        hint = f'correct it and write rundown = "{named}" into the info file, or move it away'
        raise OverwriteError(message, hint=hint)
    return path


def _likely(evidence: Evidence, duration_ms: int) -> list[tuple[int, float]]:
    """Places worth a closer look, in time order, each with what speaks for it by itself."""
    found = []
    for candidate in evidence.candidates:
        if not 0 < candidate.at_ms < duration_ms:
            continue
        is_clear = candidate.starts_ms >= LONG_MUSIC_MS or candidate.ends_ms >= SONG_MS
        at_ms, strength = candidate.at_ms, evidence.strength(candidate, _TALK) + _CLEAR * is_clear
        before = evidence.of_one(at_ms - _LOCAL_MS, at_ms)
        after = evidence.of_one(at_ms, at_ms + _LOCAL_MS)
        gain = before + after - evidence.of_one(at_ms - _LOCAL_MS, at_ms + _LOCAL_MS)
        if gain + strength > _LOOK:
            found.append((gain + strength, at_ms, strength))
    kept: list[tuple[int, float]] = []
    for _, at_ms, strength in sorted(found, key=lambda each: (-each[0], each[1])):
        place = bisect_left(kept, (at_ms, 0.0))
        beside = kept[max(place - 1, 0) : place + 1]
        if len(kept) < _MOST and all(abs(other - at_ms) >= _BESIDE_MS for other, _ in beside):
            kept.insert(place, (at_ms, strength))
    return kept


def _best(
    places: Sequence[tuple[int, float]], evidence: Evidence, duration_ms: int
) -> tuple[int, ...]:
    """The borders of the best way to part the whole."""
    times = [0, *(at_ms for at_ms, _ in places), duration_ms]
    worth = [0.0, *(strength - _PENALTY for _, strength in places), 0.0]
    scores, before = [0.0], [0]
    for index in range(1, len(times)):
        explained = evidence.of_one_from(reversed(times[:index]), times[index])
        score, whence = max(
            (
                (scores[start] + here, -start)
                for start, here in zip(range(index - 1, -1, -1), explained, strict=True)
                if start == 0 or times[index] - times[start] >= _APART_MS
            ),
            default=(0.0, 0),
        )
        scores.append(score + worth[index])
        before.append(-whence)
    found = []
    index = before[-1]
    while index:
        found.append(times[index])
        index = before[index]
    return tuple(reversed(found))


@dataclass(slots=True)
class _Inside:
    """What is heard in one item, in milliseconds."""

    languages: Counter[str] = field(default_factory=Counter)
    speakers: Counter[str] = field(default_factory=Counter)
    voices: Counter[str] = field(default_factory=Counter)
    music_ms: int = 0
    texts: list[str] = field(default_factory=list)


def _items(
    spans: Sequence[tuple[int, int]], transcript: Transcript, turns: Sequence[Turn]
) -> Iterator[Item]:
    found = [_Inside() for _ in spans]
    for phrase in transcript.phrases:
        for word in phrase.words:
            middle_ms = (word.start_ms + word.end_ms) // 2
            for index, _ in shares(spans, middle_ms, middle_ms + 1):
                found[index].languages[phrase.language] += word.duration_ms
                found[index].texts.append(word.text)
    for turn in turns:
        for index, heard_ms in shares(spans, turn.start_ms, turn.end_ms):
            found[index].speakers[turn.speaker] += heard_ms
            found[index].voices[item_evidence.voice_of(turn)] += heard_ms
    for start_ms, end_ms in played.stretches(transcript.lines):
        for index, music_ms in shares(spans, start_ms, end_ms):
            found[index].music_ms += music_ms
    return map(_item, spans, found)


def _item(span: tuple[int, int], inside: _Inside) -> Item:
    if inside.music_ms >= _MOSTLY * (span[1] - span[0]):
        kind = ItemKind.MUSIC
    else:
        kind = ItemKind.INTERVIEW if len(_main(inside.voices)) > 1 else ItemKind.TALK
    return Item(
        start_ms=span[0],
        end_ms=span[1],
        title="" if kind is ItemKind.MUSIC else _title(inside.texts),
        speakers=_main(inside.speakers),
        languages=_main(inside.languages),
        kind=kind,
    )


def _main(amounts: Counter[str]) -> tuple[str, ...]:
    """Who, or what, is heard more than a little, most first; nobody without a name."""
    least = _FEW * amounts.total()
    return tuple(name for name, amount in amounts.most_common() if name and amount >= least)


def _title(texts: Sequence[str]) -> str:
    """The first words; a spreadsheet would take one that begins with = or so for a sum."""
    words = " ".join(texts[:_TITLE_WORDS]).split()
    title = " ".join(words).lstrip("=+-@ ")
    if len(title) > _TITLE_LETTERS:
        title = title[:_TITLE_LETTERS].rpartition(" ")[0] or title[:_TITLE_LETTERS]
    return f"{title}…" if title and len(texts) > _TITLE_WORDS else title
