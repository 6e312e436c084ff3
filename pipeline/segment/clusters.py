"""Which pieces of speech are one voice: agglomerative clustering of their vectors.

Two clusters are as far apart as their pieces are on average: 1 less the mean cosine, each pair
counting by its durations. The nearest two are joined again and again (nearest-neighbour chain,
Murtagh 1983; the distances by Lance and Williams 1967), which gives one tree; a threshold and a
number of voices are two ways to cut it. Every pair of up to 8,000 pieces is looked at; of more,
blocks are clustered first, strictly, and then the mean vectors of what was found: the product of
two means is the mean cosine of their pieces, so nothing else is measured than before.

Vectors are put on a grid so fine that nothing is lost and so coarse that the products of any two
are exact in float64. Their order of summation, which changes with the number of threads, is then
of no account, and equal pieces are equal to the last bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from pipeline.engines.speakers import Vectors

    Labels = npt.NDArray[np.int32]
    Integers = npt.NDArray[np.integer]

FULL: Final = 8_000  # pieces of which all pairs are looked at: 256 MB
BLOCK: Final = 1_500  # pieces, about 80 minutes of talk
_STRICTER: Final = 0.6  # of the threshold, inside a block: what it parts can still be joined
_GRID: Final = 2.0**20  # steps in 1; 21 bits fit a float32, the sum of products 42 bits
_ROWS: Final = 256  # multiplied at once: 16 MB
_NOTHING: Final = 1e-6  # a vector shorter than this points nowhere
_ITSELF: Final = -4.0  # below every cosine
_GONE: Final = -8.0
_PRIOR: Final = 0.06  # of cosine; best of 0 .. 0.2 for GE2E and pieces of 0.3 to 0.7 s
_LATER: Final = 0.99  # where the neighbours differ and nothing else tells, the voice goes on


class _Tree(NamedTuple):
    """Joins of clusters, each named by its first row: nearest first, no whole before its parts."""

    kept: Labels  # [n - 1]
    lost: Labels  # [n - 1]: larger than the one kept, and each row once
    distances: npt.NDArray[np.float64]  # [n - 1]: ascending


def cluster(
    vectors: Vectors, weights_ms: Integers, *, threshold: float, count: int | None = None
) -> Labels:
    """A voice for each row, numbered from 0 by first appearance; -1 for a row of zeros.

    Args:
        vectors: [pieces, dimension], rows of length 1.
        weights_ms: how long each piece is.
        threshold: clusters are joined while their mean cosine distance (0..2) is less.
        count: as many voices instead, as far as there are pieces (at most 8,000).
    """
    import numpy as np

    rows = _on_grid(vectors)
    told = np.flatnonzero(rows.any(axis=1))
    labels = np.full(len(rows), -1, np.int32)
    if len(told):
        weights = np.maximum(np.asarray(weights_ms, np.int64)[told], 1)
        labels[told] = _voices(rows[told], weights, threshold, count)
    return labels


def centroids(vectors: Vectors, weights_ms: Integers, labels: Integers) -> Vectors:
    """The direction of each voice: [largest label + 1, dimension], rows of length 1.

    Pieces count by their durations; those labelled -1 do not. A label without pieces has zeros.
    """
    import numpy as np

    told = np.flatnonzero(np.asarray(labels) >= 0)
    weights = np.maximum(np.asarray(weights_ms, np.int64)[told], 1)
    means, _ = _means(_on_grid(vectors)[told], weights, labels[told])
    return _on_grid(means)


def assigned(
    short: Vectors,
    before: Integers,
    after: Integers,
    centroids: Vectors,
    *,
    prior: float = _PRIOR,
) -> Labels:
    """The voice of each piece that is too short to have a say in the clustering.

    It is the one with the nearest centroid, where the voices of the pieces `before` and `after`
    (-1 for none) are taken to be nearer by `prior` each. -1 where nothing tells at all.
    """
    import numpy as np

    rows, before, after = _on_grid(short), np.asarray(before), np.asarray(after)
    if not len(centroids):
        return np.full(len(rows), -1, np.int32)
    nearness = rows.astype(np.float64) @ _on_grid(centroids).astype(np.float64).T
    for labels, bonus in ((before, prior), (after, _LATER * prior)):
        known = np.flatnonzero(labels >= 0)
        nearness[known, labels[known]] += bonus
    tells = rows.any(axis=1) | (before >= 0) | (after >= 0)
    return np.where(tells, nearness.argmax(axis=1), -1).astype(np.int32)


def _voices(
    rows: Vectors, weights: npt.NDArray[np.int64], threshold: float, count: int | None
) -> Labels:
    least, most = (count, count) if count else (1, len(rows))
    if len(rows) <= FULL:
        return _cut(_tree(rows, weights), threshold, least, most)
    parts = _in_blocks(rows, weights, threshold * _STRICTER, least)
    means, masses = _means(rows, weights, parts)
    found: Labels = _cut(_tree(means, masses), threshold, least, most)[parts]
    return found


def _in_blocks(
    rows: Vectors, weights: npt.NDArray[np.int64], threshold: float, least: int
) -> Labels:
    """Parts of voices, none across two blocks; never more of them than `FULL`.

    Each block keeps the number of voices that is asked for, as one alone may hold them all.
    """
    import numpy as np

    found: list[Labels] = []
    parts = 0
    for block in np.array_split(np.arange(len(rows)), -(-len(rows) // BLOCK)):
        most = max(FULL * len(block) // len(rows), 1)
        tree = _tree(rows[block], weights[block])
        labels = _cut(tree, threshold, min(least, most), most) + np.int32(parts)
        found.append(labels)
        parts = int(labels.max()) + 1
    return np.concatenate(found)


def _tree(means: Vectors, weights: npt.NDArray[np.int64]) -> _Tree:
    """All joins, by following nearest neighbours until two are each other's."""
    import numpy as np

    nearness = _cosines(means)
    gone = np.zeros(len(means), np.float32)
    row = np.empty_like(gone)
    masses: list[int] = weights.tolist()
    heights = [0.0] * len(means)
    joins: list[tuple[int, int, float]] = []
    chain: list[int] = []
    first = 0
    while len(joins) < len(means) - 1:
        if not chain:
            while gone[first]:
                first += 1
            chain.append(first)
        np.add(nearness[chain[-1]], gone, out=row)
        nearest = int(row.argmax())
        if len(chain) == 1 or row[nearest] > row[chain[-2]]:
            chain.append(nearest)
            continue
        kept, lost = sorted((chain.pop(), chain.pop()))
        distance = min(max(1.0 - float(nearness[kept, lost]), heights[kept], heights[lost]), 2.0)
        joins.append((kept, lost, distance))
        heights[kept] = distance
        masses[kept] += masses[lost]
        _join(nearness, kept, lost, masses[lost] / masses[kept])
        gone[lost] = _GONE
    return _in_order(joins)


def _join(nearness: Vectors, kept: int, lost: int, share: float) -> None:
    """Give one row and column the mean of two, of which the second has this `share`."""
    mean = nearness[lost] - nearness[kept]
    mean *= share
    mean += nearness[kept]
    mean[kept] = _ITSELF
    nearness[kept] = mean
    nearness[:, kept] = mean


def _in_order(joins: list[tuple[int, int, float]]) -> _Tree:
    import numpy as np

    kept = np.array([join[0] for join in joins], np.int32)
    lost = np.array([join[1] for join in joins], np.int32)
    distances = np.array([join[2] for join in joins], np.float64)
    order = np.argsort(distances, kind="stable")  # a whole is no nearer than its parts
    return _Tree(kept[order], lost[order], distances[order])


def _cut(tree: _Tree, threshold: float, least: int, most: int) -> Labels:
    """Labels by first appearance, between `least` and `most` of them as far as there are rows."""
    import numpy as np

    size = len(tree.kept) + 1
    near = int(np.searchsorted(tree.distances, threshold))
    joins = min(max(near, size - most), max(size - least, 0))
    firsts = np.arange(size)
    firsts[tree.lost[:joins]] = tree.kept[:joins]
    for row in range(size):
        firsts[row] = firsts[firsts[row]]  # the one kept stands before, and is settled
    return np.unique(firsts, return_inverse=True)[1].astype(np.int32)


def _cosines(means: Vectors) -> Vectors:
    """The mean cosine between any two clusters, [n, n]; less than any between one and itself."""
    import numpy as np

    exact = means.astype(np.float64)
    found: Vectors = np.empty((len(means), len(means)), np.float32)
    for at in range(0, len(means), _ROWS):
        found[at : at + _ROWS] = exact[at : at + _ROWS] @ exact.T
    np.fill_diagonal(found, _ITSELF)
    return found


def _means(
    rows: Vectors, weights: npt.NDArray[np.int64], labels: Integers
) -> tuple[Vectors, npt.NDArray[np.int64]]:
    """Mean vector, not of length 1, and duration of each label; sums of whole steps are exact."""
    import numpy as np

    count = int(labels.max()) + 1 if len(labels) else 0
    sums = np.zeros((count, rows.shape[1]), np.float64)
    masses = np.zeros(count, np.int64)
    np.add.at(masses, labels, weights)
    for at in range(0, len(rows), _ROWS):
        part = slice(at, at + _ROWS)
        np.add.at(sums, labels[part], rows[part] * weights[part, np.newaxis].astype(np.float64))
    means = sums / np.maximum(masses, 1)[:, np.newaxis]
    return (np.rint(means * _GRID) / _GRID).astype(np.float32), masses


def _on_grid(vectors: Vectors) -> Vectors:
    """Rows of length 1 in whole steps of the grid; zeros for those that are none, or no numbers."""
    import numpy as np

    rows = np.asarray(vectors, np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
    points = np.isfinite(lengths) & (lengths > _NOTHING)
    found: Vectors = np.zeros(rows.shape, np.float32)
    divisors = lengths[:, np.newaxis].astype(np.float32)
    np.divide(rows, divisors, out=found, where=points[:, np.newaxis])
    found *= np.float32(_GRID)
    np.rint(found, out=found)
    found /= np.float32(_GRID)
    return found
