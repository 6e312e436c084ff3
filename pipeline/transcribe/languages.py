"""Which language a chunk is in, among the allowed ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeline.core.timeline import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """When a chunk decides for itself, and how much its neighbours weigh where it does not."""

    sure: float = 0.85
    sure_if_short: float = 0.95
    short_ms: int = 1_000
    near_ms: int = 5_000  # neighbours further away say nothing
    stays: float = 0.9  # how likely the next chunk is in the same language


@dataclass(frozen=True, slots=True)
class _Waiting:
    span: Span
    posterior: Mapping[str, float]


class Chooser:
    """Decides chunk by chunk, in time order, each when the next one is known.

    A chunk that is sure of its language keeps it. A doubtful one is weighed together with what was
    decided before it and what is likely after it, so that a cough in a Russian talk stays Russian.
    """

    def __init__(self, certainty: Certainty | None = None) -> None:
        self._certainty = certainty or Certainty()
        self._waiting: _Waiting | None = None
        self._before: tuple[Span, str] | None = None

    def feed(self, span: Span, posterior: Mapping[str, float]) -> Iterator[str]:
        """Take the next chunk; give the language of the one before it, if there is one."""
        following = _Waiting(span, posterior)
        if self._waiting is not None:
            yield self._decide(self._waiting, following)
        self._waiting = following

    def finish(self) -> Iterator[str]:
        """The language of the last chunk."""
        if self._waiting is not None:
            yield self._decide(self._waiting, None)
            self._waiting = None

    def _decide(self, chunk: _Waiting, following: _Waiting | None) -> str:
        scores = dict(chunk.posterior)
        if not self._is_sure(chunk):
            for language in scores:
                scores[language] *= self._from_before(chunk.span, language, len(scores))
                scores[language] *= self._from_after(chunk.span, following, language)
        chosen = max(scores, key=scores.__getitem__)  # the first of equals: as the info file has it
        self._before = chunk.span, chosen
        return chosen

    def _is_sure(self, chunk: _Waiting) -> bool:
        is_short = chunk.span.duration_ms < self._certainty.short_ms
        enough = self._certainty.sure_if_short if is_short else self._certainty.sure
        return max(chunk.posterior.values()) >= enough

    def _from_before(self, span: Span, language: str, count: int) -> float:
        if self._before is None or span.start_ms - self._before[0].end_ms > self._certainty.near_ms:
            return 1.0
        return self._step(count) if language != self._before[1] else self._certainty.stays

    def _from_after(self, span: Span, following: _Waiting | None, language: str) -> float:
        if following is None or following.span.start_ms - span.end_ms > self._certainty.near_ms:
            return 1.0
        likely = following.posterior.get(language, 0.0)
        step = self._step(len(following.posterior))
        return self._certainty.stays * likely + step * (1 - likely)

    def _step(self, count: int) -> float:
        """How likely it is that one certain other language follows."""
        return (1 - self._certainty.stays) / max(1, count - 1)
