"""Clustering by average linkage: against a slow reference, in blocks, and its promises."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.segment import clusters
from pipeline.segment.clusters import assigned, centroids, cluster
from tests.threads import printed

SEEDS = st.integers(0, 10_000)


def voices(seed: int, count: int, k: int = 5, d: int = 32, noise: float = 0.5):
    """Rows of length 1 about `k` directions far apart; their truth and durations."""
    rng = np.random.default_rng(seed)
    centres = np.linalg.qr(rng.normal(size=(d, d)))[0][:k]
    truth = rng.integers(0, k, count)
    rows = centres[truth] + rng.normal(0, noise / d**0.5, (count, d))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32), truth, rng.integers(800, 4_000, count)


def parts(labels) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels)}


def slowly(rows, weights, threshold: float, count: int | None):
    """Average linkage as it is defined: the mean over all pairs, anew for every pair."""
    groups = [[row] for row in range(len(rows))]
    near = rows.astype(np.float64) @ rows.T.astype(np.float64)
    pairs = np.outer(weights, weights).astype(np.float64)

    def distance(a: list[int], b: list[int]) -> float:
        at = np.ix_(a, b)
        return 1 - float((near[at] * pairs[at]).sum() / pairs[at].sum())

    while len(groups) > (count or 1):
        found = [
            (distance(groups[i], groups[j]), i, j)
            for i in range(len(groups))
            for j in range(i + 1, len(groups))
        ]
        nearest, i, j = min(found)
        if count is None and nearest >= threshold:
            break
        groups[i] += groups.pop(j)
    return {frozenset(group) for group in groups}


@given(seed=SEEDS, count=st.integers(1, 25), noise=st.floats(0.3, 3), threshold=st.floats(0.1, 1.5))
def test_it_is_average_linkage(seed, count, noise, threshold):
    rows, _, weights = voices(seed, count, d=8, noise=noise)
    found = cluster(rows, weights, threshold=threshold)
    assert parts(found) == slowly(rows, weights, threshold, None)


@given(seed=SEEDS, count=st.integers(1, 25), wanted=st.integers(1, 30))
def test_as_many_voices_as_are_asked_for(seed, count, wanted):
    rows, _, weights = voices(seed, count, d=8, noise=2)
    found = parts(cluster(rows, weights, threshold=0.5, count=wanted))
    assert len(found) == min(wanted, count)
    assert found == slowly(rows, weights, 0.5, wanted)


@given(seed=SEEDS, count=st.integers(1, 300))
def test_voices_far_apart_are_found(seed, count):
    rows, truth, weights = voices(seed, count)
    assert parts(cluster(rows, weights, threshold=0.6)) == parts(truth)


@given(seed=SEEDS, count=st.integers(1, 200), threshold=st.floats(0.1, 1.2))
def test_the_order_of_the_pieces_does_not_matter(seed, count, threshold):
    rows, _, weights = voices(seed, count, noise=1)
    order = np.random.default_rng(seed).permutation(count)
    found = cluster(rows, weights, threshold=threshold)
    again = np.empty_like(found)
    again[order] = cluster(rows[order], weights[order], threshold=threshold)
    assert parts(found) == parts(again)


@given(seed=SEEDS, count=st.integers(1, 60), copies=st.integers(1, 60))
def test_equal_pieces_fall_together(seed, count, copies):
    rows, _, weights = voices(seed, count, noise=3)
    chosen = np.random.default_rng(seed).integers(0, count, copies)
    doubled, twice = np.vstack([rows, rows[chosen]]), np.concatenate([weights, weights[chosen]])
    found = cluster(doubled, twice, threshold=1e-5)
    assert (found[count:] == found[chosen]).all()


@given(seed=SEEDS, count=st.integers(3, 100))
def test_threshold_0_joins_nothing_and_2_everything(seed, count):
    rows, _, weights = voices(seed, count, noise=3)
    rows[1] = rows[0]
    assert cluster(rows, weights, threshold=0).tolist() == list(range(count))
    assert not cluster(rows, weights, threshold=2).any()


@given(seed=SEEDS, count=st.integers(2, 200), thresholds=st.tuples(*[st.floats(0, 2)] * 2))
def test_a_larger_threshold_only_joins(seed, count, thresholds):
    rows, _, weights = voices(seed, count, noise=2)
    fine, coarse = (cluster(rows, weights, threshold=value) for value in sorted(thresholds))
    assert len(set(zip(fine.tolist(), coarse.tolist(), strict=True))) == len(set(fine.tolist()))


@given(seed=SEEDS, count=st.integers(0, 100))
def test_labels_are_numbered_by_first_appearance(seed, count):
    rows, _, weights = voices(seed, count, noise=2)
    labels = cluster(rows, weights, threshold=0.5)
    assert labels.dtype == np.int32
    firsts = list(dict.fromkeys(labels.tolist()))
    assert firsts == list(range(len(firsts)))


@given(seed=SEEDS, count=st.integers(1, 60), silent=st.sets(st.integers(0, 59)))
def test_rows_that_tell_nothing_get_no_voice_and_change_none(seed, count, silent):
    rows, _, weights = voices(seed, count)
    gone = sorted(row for row in silent if row < count)
    heard = np.setdiff1d(np.arange(count), gone)
    rows[gone] = 0
    rows[gone[:1]] = np.nan
    found = cluster(rows, weights, threshold=0.5)
    assert (found[gone] == -1).all()
    assert np.array_equal(found[heard], cluster(rows[heard], weights[heard], threshold=0.5))


@given(seed=SEEDS, count=st.integers(121, 400), wanted=st.none() | st.integers(1, 50))
def test_blocks_give_what_the_whole_gives_where_voices_are_far_apart(
    seed, count, wanted, monkeypatch
):
    rows, truth, weights = voices(seed, count)
    whole = cluster(rows, weights, threshold=0.6, count=wanted)
    with monkeypatch.context() as patched:
        patched.setattr(clusters, "FULL", 120)
        patched.setattr(clusters, "BLOCK", 20)
        blocks = cluster(rows, weights, threshold=0.6, count=wanted)
    if wanted is None:
        assert np.array_equal(whole, blocks)
        assert parts(blocks) == parts(truth)
    elif wanted <= len(set(truth.tolist())):
        assert np.array_equal(whole, blocks)
    else:
        assert len(parts(blocks)) == min(wanted, count)


@given(seed=SEEDS, count=st.integers(60, 150))
def test_blocks_pass_on_no_more_than_is_looked_at_at_once(seed, count, monkeypatch):
    rows, _, weights = voices(seed, count, d=200, noise=20)  # nothing is near anything
    seen: list[int] = []
    tree = clusters._tree
    with monkeypatch.context() as patched:
        patched.setattr(clusters, "FULL", 50)
        patched.setattr(clusters, "BLOCK", 20)
        patched.setattr(
            clusters, "_tree", lambda *given: seen.append(len(given[0])) or tree(*given)
        )
        cluster(rows, weights, threshold=0.01)
    assert max(seen) <= 50


def test_memory_is_that_of_one_table_of_pairs(monkeypatch):
    monkeypatch.setattr(clusters, "FULL", 2_000)
    rows, truth, weights = voices(1, 6_000, k=30, d=64, noise=1)
    tracemalloc.start()
    found = cluster(rows, weights, threshold=0.7)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000**2 * 4 + 40e6
    assert parts(found) == parts(truth)


def test_the_number_of_threads_changes_nothing():
    code = """
import hashlib
import numpy as np
from pipeline.segment.clusters import _cosines, _on_grid, cluster
rows = np.random.default_rng(5).normal(size=(1500, 256)).astype(np.float32)
near = _cosines(_on_grid(rows))
found = cluster(rows, np.arange(1500) + 800, threshold=0.97)
print(hashlib.sha256(near.tobytes() + found.tobytes()).hexdigest(), found.max())
"""
    assert len(printed(code, "123")) == 1


@given(seed=SEEDS, count=st.integers(1, 80))
def test_centroids_are_weighted_directions(seed, count):
    rows, truth, weights = voices(seed, count)
    truth[0] = -1
    found = centroids(rows, weights, truth)
    assert found.dtype == np.float32
    assert found.shape == (truth.max() + 1, 32)
    for label, centroid in enumerate(found):
        total = (rows[truth == label] * weights[truth == label, None]).sum(axis=0)
        length = np.linalg.norm(total)
        assert centroid == pytest.approx(total / length if length else total, abs=1e-5)


def test_no_pieces_no_voices():
    none = np.zeros((0, 256), np.float32)
    no = np.zeros(0, np.int32)
    assert cluster(none, no, threshold=0.5).shape == (0,)
    assert centroids(none, no, no).shape == (0, 256)
    assert assigned(none, no, no, none).shape == (0,)
    assert assigned(np.eye(2, dtype=np.float32), no[:0].repeat(2), no, none[:, :2]).tolist() == [
        -1,
        -1,
    ]


@given(seed=SEEDS, count=st.integers(1, 50))
def test_short_pieces_go_to_the_nearest_voice(seed, count):
    rows, truth, weights = voices(seed, count + 50, noise=0.8)
    assume(len(set(truth[:50].tolist())) == 5)
    nobody = np.full(count, -1)
    centres = centroids(rows[:50], weights[:50], truth[:50])
    assert np.array_equal(assigned(rows[50:], nobody, nobody, centres), truth[50:])


def test_neighbours_decide_what_is_close():
    centres = np.eye(3, dtype=np.float32)
    close = np.array([[0.70, 0.66, 0.27]], np.float32)
    clear = np.array([[0.90, 0.40, 0.17]], np.float32)

    def one(row, before, after):
        return int(assigned(row, np.array([before]), np.array([after]), centres)[0])

    assert one(close, -1, -1) == 0
    assert one(close, 1, -1) == one(close, -1, 1) == one(close, 1, 1) == 1
    assert one(close, 0, 1) == 0
    assert one(close, 2, 2) == 0  # too far, whoever speaks about it
    assert one(clear, 1, 1) == 0
    nothing = np.zeros((1, 3), np.float32)
    assert one(nothing, 2, 2) == one(nothing, -1, 2) == one(nothing, 2, 0) == 2
    assert one(nothing, -1, -1) == -1
