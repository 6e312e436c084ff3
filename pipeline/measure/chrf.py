"""chrF: how many character sequences two texts share (Popović 2015), as sacrebleu counts it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from pipeline.measure.alignment import align
from pipeline.measure.words import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

_ORDER: Final = 6
_BETA: Final = 2
SIGNATURE: Final = f"chrF{_BETA}|case:mixed|eff:yes|nc:{_ORDER}|nw:0|space:no"


def chrf(hypotheses: Sequence[str], references: Sequence[str]) -> float:
    """The score of a whole set of segments, from 0 to 100; segment i is compared with i.

    Blanks count for nothing, case counts. Orders that neither side is long enough for are left out
    of the mean.
    """
    precisions, recalls = [], []
    counted = [_counts(*pair) for pair in zip(hypotheses, references, strict=True)]
    for order in range(_ORDER):
        ours, theirs, shared = (sum(counts[order][k] for counts in counted) for k in range(3))
        if ours and theirs:
            precisions.append(shared / ours)
            recalls.append(shared / theirs)
    if not precisions or not sum(recalls):
        return 0.0
    precision = sum(precisions) / len(precisions)
    recall = sum(recalls) / len(recalls)
    weight = _BETA**2
    return 100 * (1 + weight) * precision * recall / (weight * precision + recall)


def spread(hypothesis: Sequence[str], references: Sequence[str]) -> list[str]:
    """The words of a hypothesis as segments that answer to those of the reference.

    However a text was cut, its words go where the alignment with the reference puts them: a word
    without a partner stays with the word before it.
    """
    owners = [number for number, text in enumerate(references) for _ in text.split()]
    theirs = [fold(word) or word for text in references for word in text.split()]
    ours = [fold(word) or word for word in hypothesis]
    segments: list[list[str]] = [[] for _ in references]
    owner = 0
    for here, there in align(theirs, ours):
        if here is not None:
            owner = owners[here]
        if there is not None and segments:
            segments[owner].append(hypothesis[there])
    return [" ".join(words) for words in segments]


def _counts(hypothesis: str, reference: str) -> list[tuple[int, int, int]]:
    """For each order how many sequences there are on either side, and on both."""
    ours, theirs = "".join(hypothesis.split()), "".join(reference.split())
    counts = []
    for order in range(1, _ORDER + 1):
        here, there = _sequences(ours, order), _sequences(theirs, order)
        shared = sum(min(count, there[each]) for each, count in here.items())
        # as in sacrebleu: where the reference is too short, ours are not held against us
        counts.append((here.total() if there else 0, there.total(), shared))
    return counts


def _sequences(text: str, length: int) -> Counter[str]:
    return Counter(text[start : start + length] for start in range(len(text) - length + 1))
