"""Which language is spoken when, among the allowed ones.

Two questions, both answered by pure functions over what the recogniser found likely. Within a
chunk: is it all one language, and if not, where is it to be cut? From chunk to chunk: what is the
likeliest row of languages, given that people seldom change theirs from one sentence to the next?
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.core.timeline import Span

    Posterior = Mapping[str, float]

_SURE: Final = 0.9  # how likely a chunk's language must be for it to be taken for one
_AGREES: Final = 0.8  # and how likely in each of its windows


def borders(whole: Posterior, windows: Sequence[Posterior]) -> list[int]:
    """Before which windows a chunk is to be cut and heard again; none where it is all one language.

    Args:
        whole: how likely each language is for the chunk.
        windows: the same for its windows, one after another.
    """
    chosen = _best(whole)
    row = [_said(each) for each in windows]
    if whole[chosen] >= _SURE and all(language == chosen for language in row):
        return []
    return [at for at in range(1, len(row)) if row[at] != row[at - 1]]


def is_sure(whole: Posterior) -> bool:
    """Whether a chunk's sound leaves little doubt about its language."""
    return whole[_best(whole)] >= _SURE


def _said(window: Posterior) -> str:
    """A window's language; empty where it is not sure of it."""
    best = _best(window)
    return best if window[best] >= _AGREES else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How people change languages, and how far a chunk is believed.

    `switch` is how likely another language follows without a pause and `switch_after_pause` after
    `pause_ms` or more. A chunk's evidence grows with its length: `full_ms` of it count once, and
    more of it up to `most` times; no language is taken to be less likely than `trust`. `lag` chunks
    more are heard before one is decided.
    """

    switch: float = 0.03
    switch_after_pause: float = 0.2
    pause_ms: int = 5_000
    trust: float = 1e-5
    full_ms: int = 1_500
    most: float = 2.0
    lag: int = 3


class Tracker:
    """The likeliest row of languages, decided chunk by chunk with a fixed lag (Viterbi).

    A chunk's language depends on all before it and on `lag` after it, and so not on how many are
    recognised at once.
    """

    def __init__(self, languages: Sequence[str], habit: Habit | None = None) -> None:
        self._languages = tuple(languages)
        self._habit = habit or Habit()
        self._scores = dict.fromkeys(self._languages, 0.0)
        self._before: Span | None = None
        self._back: list[dict[str, str]] = []  # of each undecided chunk: what best leads to it

    def feed(self, span: Span, posterior: Posterior, prior: Posterior) -> Iterator[str]:
        """Take the next chunk; give the language of the one that is now decided, if one is.

        Args:
            span: where it stands.
            posterior: how likely each language is by its sound.
            prior: how likely each is by the programme, before anything was heard.
        """
        back, scores = {}, {}
        for language in self._languages:
            came_from = max(
                self._languages, key=lambda one: self._scores[one] + self._step(one, language, span)
            )
            back[language] = came_from
            scores[language] = (
                self._scores[came_from]
                + self._step(came_from, language, span)
                + self._evidence(span, posterior.get(language, 0.0))
                + math.log(max(prior.get(language, 0.0), self._habit.trust))
            )
        best = max(scores.values())
        self._scores = {language: score - best for language, score in scores.items()}
        self._before = span
        self._back.append(back)
        if len(self._back) > self._habit.lag:
            yield self._row()[0]
            del self._back[0]

    def finish(self) -> Iterator[str]:
        """The languages of the chunks that are left."""
        yield from self._row()
        self._back = []

    def _row(self) -> list[str]:
        if not self._back:
            return []
        now = max(self._languages, key=self._scores.__getitem__)
        row = [now]
        for back in self._back[:0:-1]:
            now = back[now]
            row.append(now)
        return row[::-1]

    def _step(self, one: str, other: str, span: Span) -> float:
        if self._before is None or len(self._languages) == 1:
            return 0.0
        habit = self._habit
        pause = min(1.0, max(0, span.start_ms - self._before.end_ms) / habit.pause_ms)
        changes = habit.switch + (habit.switch_after_pause - habit.switch) * pause
        return math.log(1 - changes if one == other else changes / (len(self._languages) - 1))

    def _evidence(self, span: Span, share: float) -> float:
        weight = min(self._habit.most, span.duration_ms / self._habit.full_ms)
        return weight * math.log(max(share, self._habit.trust))


def _best(posterior: Posterior) -> str:
    """The likeliest; the first of equals, so as the info file names them."""
    return max(posterior, key=posterior.__getitem__)
