"""Whose voice each word is in: pieces, their vectors, clusters of these; and how like people's."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.segment import clusters, parting
from pipeline.segment.pieces import VOTES_MS
from pipeline.segment.played import stretches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from pipeline.core.payloads import Transcript
    from pipeline.engines.speakers import Vectors
    from pipeline.segment.pieces import Piece

    Labels = npt.NDArray[np.int32]

_HARDLY: Final = 0.1  # less like a voice than like another
_BESIDE_MS: Final = 1_500  # so near to music on both sides, words are sung


@dataclass(frozen=True, slots=True)
class Voicing:
    """The voices of a recording: for each piece the number of its voice, from 1; 0 for none."""

    numbers: tuple[int, ...] = ()
    centroids: Sequence[Vectors] = ()  # of length 1, from voice 1; none where they are not known

    def of_words(self, pieces: Sequence[Piece]) -> list[int]:
        """The number of each word's voice."""
        return [
            number
            for piece, number in zip(pieces, self.numbers, strict=True)
            for _ in range(piece.first, piece.last)
        ]


def voicing(
    pieces: Sequence[Piece],
    vectors: Vectors,
    people: Mapping[str, Vectors] | None = None,
    *,
    threshold: float,
    count: int | None = None,
) -> Voicing:
    """Cluster the pieces that are long enough; the others follow the nearest and their neighbours.

    Args:
        pieces: in time order.
        vectors: theirs, [pieces, d].
        people: clips of people, [clips, d], by which voices taken for one are parted; not where
            `count` says how many there are.
        threshold: the mean cosine distance below which two voices are one.
        count: how many voices there are, where it is known.
    """
    import numpy as np

    durations = np.array([piece.duration_ms for piece in pieces], np.int64)
    votes = durations >= VOTES_MS
    if not votes.any():
        votes = durations > 0
    labels = np.full(len(pieces), -1, np.int32)
    labels[votes] = clusters.cluster(
        vectors[votes], durations[votes], threshold=threshold, count=count
    )
    if not (labels >= 0).any():
        return Voicing((0,) * len(pieces))
    centres = clusters.centroids(vectors[votes], durations[votes], labels[votes])
    short = np.flatnonzero(labels < 0)
    before, after = _neighbours(labels)
    labels[short] = clusters.assigned(vectors[short], before[short], after[short], centres)
    labels[labels < 0] = 0  # a click between pauses, in a recording of clicks
    order: dict[int, int] = {}
    numbers = [order.setdefault(int(label), len(order) + 1) for label in labels]
    if count is None:
        numbers = parting.parted(pieces, vectors, numbers, people or {})
    found = clusters.centroids(
        vectors[votes], durations[votes], np.array(numbers, np.int32)[votes] - 1
    )
    missing = max(numbers) - len(found)  # a voice of pieces that were too short to vote
    centres = np.pad(found, ((0, missing), (0, 0)))
    return _first_first(_by_sentences(pieces, vectors, numbers, centres), centres)


def _first_first(numbers: Sequence[int], centres: Vectors) -> Voicing:
    """The voices that are left, numbered by first appearance."""
    order: dict[int, int] = {}
    renumbered = tuple(order.setdefault(number, len(order) + 1) for number in numbers)
    return Voicing(renumbered, tuple(centres[number - 1] for number in order))


def _by_sentences(
    pieces: Sequence[Piece], vectors: Vectors, numbers: Sequence[int], centres: Vectors
) -> list[int]:
    """The number of each piece's voice, where a sentence stays one person's if it well may.

    Of a sentence in several pieces, each in another voice, those pieces change to the voice that is
    the likeliest for the whole which are hardly less like it.
    """
    found = list(numbers)
    begin = 0
    for end in range(1, len(pieces) + 1):
        if end < len(pieces) and pieces[end].goes_on:
            continue
        heard = sorted(set(numbers[begin:end]))
        if len(heard) > 1:
            like = vectors[begin:end] @ centres[[number - 1 for number in heard]].T
            spoken = [piece.duration_ms for piece in pieces[begin:end]]
            best = int((spoken @ like).argmax())
            for row in range(begin, end):
                own = heard.index(numbers[row])
                if like[row - begin][own] - like[row - begin][best] < _HARDLY:
                    found[row] = heard[best]
        begin = end
    return found


def _neighbours(labels: Labels) -> tuple[Labels, Labels]:
    """For each piece the label of the nearest before and after it that has one, else -1."""
    import numpy as np

    def last_known(row: Labels) -> Labels:
        at = np.where(row >= 0, np.arange(len(row)), -1)
        at = np.maximum.accumulate(at)
        shifted = np.concatenate([[-1], at[:-1]])
        found: Labels = np.where(shifted >= 0, row[shifted], -1).astype(np.int32)
        return found

    return last_known(labels), last_known(labels[::-1])[::-1]


def sung(pieces: Sequence[Piece], numbers: Sequence[int], transcript: Transcript) -> frozenset[int]:
    """Voices that are heard only between music and music: singers."""
    music = list(stretches(transcript.lines))
    starts = [start_ms for start_ms, _ in music]
    ends = [end_ms for _, end_ms in music]
    total: dict[int, int] = {}
    between: dict[int, int] = {}
    for piece, number in zip(pieces, numbers, strict=True):
        total[number] = total.get(number, 0) + piece.duration_ms
        if _is_near(ends, piece.start_ms) and _is_near(starts, piece.end_ms):
            between[number] = between.get(number, 0) + piece.duration_ms
    return frozenset(n for n in between if n and between[n] * 2 > total[n])


def _is_near(times: Sequence[int], at_ms: int) -> bool:
    index = bisect_left(times, at_ms)
    return any(
        abs(time_ms - at_ms) <= _BESIDE_MS for time_ms in times[max(0, index - 1) : index + 1]
    )


def in_items(
    pieces: Sequence[Piece], numbers: Sequence[int], starts_ms: Sequence[int]
) -> Mapping[int, Mapping[int, int]]:
    """For each voice how long it is heard in each item, by the item's index, in ms."""
    found: dict[int, dict[int, int]] = {}
    for piece, number in zip(pieces, numbers, strict=True):
        item = max(bisect_right(starts_ms, (piece.start_ms + piece.end_ms) // 2) - 1, 0)
        if number:
            times = found.setdefault(number, {})
            times[item] = times.get(item, 0) + piece.duration_ms
    return found
