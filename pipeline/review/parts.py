"""Whether cues of one file can be the parts of a cue of another: by their times and their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_APART_MS: Final = 1_000  # a part of a split or merge stands no further from the whole
Times = tuple[int, int]  # from, to


def common(ours: Sequence[Times], theirs: Sequence[Times]) -> float:
    """What part of the time from first to last both have, 0..1."""
    start, end = ours[0][0], max(span[1] for span in ours)
    begin, stop = theirs[0][0], max(span[1] for span in theirs)
    whole = max(end, stop) - min(start, begin)
    return max(0, min(end, stop) - max(start, begin)) / whole if whole > 0 else 1.0


def are_near(ours: Sequence[Times], theirs: Sequence[Times]) -> bool:
    """Whether every cue of each side is near all that the other side has."""
    start, end = ours[0][0] - _APART_MS, max(span[1] for span in ours) + _APART_MS
    begin, stop = theirs[0][0] - _APART_MS, max(span[1] for span in theirs) + _APART_MS
    return all(begin <= last and first <= stop for first, last in ours) and all(
        start <= last and first <= end for first, last in theirs
    )


def all_belong(
    ours: Sequence[Times],
    theirs: Sequence[Times],
    said: Sequence[str],
    typed: Sequence[str],
    likeness: Callable[[str, str], float],
) -> bool:
    """Whether of several cues that are one on the other side each says or shows a part of it."""
    if len(ours) > 1 < len(theirs):
        return True
    if len(ours) > 1:
        ours, theirs, said, typed = theirs, ours, typed, said
    [(start, end)], [whole] = ours, said
    for at, (begin, stop) in enumerate(theirs):
        rest = "".join((*typed[:at], *typed[at + 1 :]))
        is_there = begin < end and start < stop
        if not typed[at]:
            continue
        if whole == rest:
            return False
        if not is_there and likeness(whole, rest) >= likeness(whole, "".join(typed)):
            return False
    return True
