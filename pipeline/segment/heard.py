"""Who is heard when, or which language: how well one group of them explains a stretch of time."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import lgamma, log
from typing import Final, Self

_THETA: Final = 0.2  # how readily somebody new is heard in a group


@dataclass(frozen=True, slots=True)
class Heard:
    """Observations in time order: when, and of whom (or of which language)."""

    times_ms: tuple[int, ...]
    labels: tuple[str, ...]

    @classmethod
    def of(cls, observations: Iterable[tuple[int, str]]) -> Self:
        """Observations in any order."""
        ordered = sorted(observations)
        return cls(tuple(at for at, _ in ordered), tuple(label for _, label in ordered))

    def likelihood(self, from_ms: int, to_ms: int) -> float:
        """Log-likelihood that one group is heard from one time to the other; 0 for nobody.

        The marginal of a Dirichlet process with concentration θ: K ln θ + Σ lnΓ(n_k) + lnΓ(θ) -
        lnΓ(N + θ) for N observations of K labels (Antoniak 1974): few labels, each often, are
        likelier than many.

        >>> heard = Heard((1, 2, 3, 4), ("Anna", "Anna", "Juan", "Juan"))
        >>> heard.likelihood(0, 5) < heard.likelihood(0, 3) + heard.likelihood(3, 5)
        True
        """
        first, last = bisect_left(self.times_ms, from_ms), bisect_left(self.times_ms, to_ms)
        if last <= first:
            return 0.0
        counts = Counter(self.labels[first:last])
        seen = len(counts) * log(_THETA) + sum(map(lgamma, counts.values()))
        return seen + lgamma(_THETA) - lgamma(last - first + _THETA)

    def likelihoods(self, starts_ms: Iterable[int], to_ms: int) -> Iterator[float]:
        """The same from many starts, the latest first, to one end; each observation is seen once.

        The rule of the same process for one more observation: n_k / (n + θ) where it was heard
        before, θ / (n + θ) where not.
        """
        counts: Counter[str] = Counter()
        at = last = bisect_left(self.times_ms, to_ms)
        found = 0.0
        for start_ms in starts_ms:
            while at > 0 and self.times_ms[at - 1] >= start_ms:
                at -= 1
                label = self.labels[at]
                found += log((counts[label] or _THETA) / (last - at - 1 + _THETA))
                counts[label] += 1
            yield found
