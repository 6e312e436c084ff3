"""Which of very many texts are most like a given one: exact, and quick enough for an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_BUCKETS: Final = 64  # a character falls into one by its number; neighbours in an alphabet do not
_ROWS: Final = 10_000  # counted at once, so that building takes little memory


class Index:
    """Texts of less than 65,536 characters, to be searched for what is like another one.

    Likeness is that of `rapidfuzz.fuzz.ratio`, 2 m / (a + b): m is the length of the longest common
    subsequence, a and b those of the texts. No subsequence is longer than the characters that the
    two share in whatever order; those are quickly counted for all texts at once, and few texts are
    left to be compared.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        import numpy as np

        self._order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        self._texts = [texts[at] for at in self._order]
        self._lengths = np.array([len(text) for text in self._texts], np.float64)
        self._counts = _counts(self._texts)

    def find(self, text: str, at_least: float) -> list[tuple[int, float]]:
        """Positions of the texts that are so much like `text`, from 0 to 1, the most like first."""
        import numpy as np
        from rapidfuzz import fuzz, process

        if not text or not self._texts:
            return []
        part = at_least / (2 - at_least)  # two lengths further apart cannot be so much alike
        bounds = [len(text) * part - 1, len(text) / part + 1]
        begin, end = np.searchsorted(self._lengths, bounds).tolist()
        shared = np.zeros(end - begin, np.uint16)
        own = _counts([text])[:, 0]
        for bucket in np.flatnonzero(own):
            shared += np.minimum(self._counts[bucket, begin:end], own[bucket])
        enough = 2.0 * shared >= at_least * (self._lengths[begin:end] + len(text)) - 1e-6
        places = (np.flatnonzero(enough) + begin).tolist()
        found = process.extract(
            text,
            [self._texts[at] for at in places],
            scorer=fuzz.ratio,
            score_cutoff=at_least * 100,
            limit=None,
        )
        hits = [(self._order[places[at]], score / 100) for _, score, at in found]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))


def _counts(texts: Sequence[str]) -> Any:  # noqa: ANN401 - numpy is imported late
    """How many characters of each text fall into each bucket: uint16, buckets by texts."""
    import numpy as np

    counts = np.zeros((_BUCKETS, len(texts)), np.uint16)
    for begin in range(0, len(texts), _ROWS):
        some = texts[begin : begin + _ROWS]
        codes = np.frombuffer("".join(some).encode("utf-32-le", "surrogatepass"), np.uint32)
        rows = np.repeat(np.arange(len(some)), [len(text) for text in some])
        places = (codes % _BUCKETS).astype(np.int64) * len(some) + rows
        found = np.bincount(places, minlength=_BUCKETS * len(some)).reshape(_BUCKETS, len(some))
        counts[:, begin : begin + len(some)] = np.minimum(found, np.iinfo(np.uint16).max)
    return counts
