"""Alignment: as short as can be, whole, in order; also where long inputs are halved."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.measure import alignment
from pipeline.measure.alignment import align, errors

LETTERS = st.lists(st.sampled_from("abc"), max_size=12)


def distance(one: list[str], other: list[str]) -> int:
    """Levenshtein's distance as in the textbook."""
    row = list(range(len(other) + 1))
    for i, here in enumerate(one, 1):
        above, row = row, [i]
        for j, there in enumerate(other, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (here != there)))
    return row[-1]


@pytest.mark.parametrize("cells", [40_000_000, 4])
def test_no_alignment_is_shorter_and_nothing_is_left_out(
    cells: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(alignment, "_CELLS", cells)

    @given(LETTERS, LETTERS)
    def holds(reference: list[str], hypothesis: list[str]) -> None:
        pairs = align(reference, hypothesis)
        assert errors(pairs, reference, hypothesis) == distance(reference, hypothesis)
        assert [i for i, _ in pairs if i is not None] == list(range(len(reference)))
        assert [j for _, j in pairs if j is not None] == list(range(len(hypothesis)))

    holds()


@pytest.mark.slow
def test_an_hour_of_words_is_aligned_in_seconds():
    dice = random.Random(5)
    reference = [str(dice.randrange(2_000)) for _ in range(8_000)]
    hypothesis = [w if dice.random() > 0.1 else "x" for w in reference if dice.random() > 0.05]
    begun = time.process_time()
    pairs = align(reference, hypothesis)
    assert time.process_time() - begun < 10
    assert errors(pairs, reference, hypothesis) < 1_500
