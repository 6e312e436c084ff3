"""Words that people wrote, given times: what they left alone keeps its own."""

from __future__ import annotations

from itertools import accumulate, groupby, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from pipeline.core.timeline import Word
from pipeline.measure.alignment import align
from pipeline.review.chains import key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.timeline import Gap, Phrase
    from pipeline.measure.alignment import Pair

    Lines = Sequence[Phrase | Gap]

NOBODY: Final = -1
_LEAST_MS: Final = 80  # a word that is put between others takes so much, from them where it must
_PAUSE_MS: Final = 250  # a longer stretch between two words is no speech


class Said(NamedTuple):
    """A word, the transcript's line it is in, its language, and the decision that it stands for."""

    word: Word
    line: int
    language: str
    by: int = NOBODY


class Stretch(NamedTuple):
    """Time in which there is speech, all of one line of the transcript."""

    start_ms: int
    end_ms: int
    line: int
    language: str


class _Token(NamedTuple):
    text: str
    probability: float = 1.0


class _Run(NamedTuple):
    """Words that are wanted for words that were there; `kept` where it is one that stays."""

    tokens: tuple[_Token, ...]
    olds: tuple[Said, ...]
    kept: bool = False


def retold(
    olds: Sequence[Said],
    tokens: Sequence[str],
    room: tuple[int, int],
    lines: Lines,
) -> list[Said]:
    """Words that were there with the text that is wanted now, in order and inside `room`.

    A word with the same letters keeps its time, and its probability where nothing of it changed;
    what is new shares the time of what it replaces by length. Only where that leaves no time, the
    words beside it give some of theirs.

    Args:
        olds: at least one word.
        tokens: what is to be said, at least one word.
        room: from the end of the word before, to the start of the one after.
        lines: the transcript's; no word leaves the one it is put in.
    """
    runs = _runs(olds, tokens)
    at = 0
    while at < len(runs):
        if runs[at].kept or _fits(runs, at, room, lines):
            at += 1
        else:
            at = _widen(runs, at)
    placed: list[Said] = []
    for at, run in enumerate(runs):
        if run.kept:
            placed.append(_kept(run))
        elif run.tokens:
            placed += _shared(run.tokens, _free(runs, at, room, lines))
    return placed


def spread(tokens: Sequence[str], over: Stretch) -> list[Said]:
    """Words over a time in which there were none, each as long as its letters ask for."""
    return _shared([_Token(text) for text in tokens], [over])


def _runs(olds: Sequence[Said], tokens: Sequence[str]) -> list[_Run]:
    before, after = [key(old.word.text) for old in olds], [key(token) for token in tokens]

    def is_kept(pair: Pair) -> bool:
        i, j = pair
        return i is not None and j is not None and before[i] == after[j]

    runs: list[_Run] = []
    for kept, pairs in groupby(align(before, after), key=is_kept):
        rows = list(pairs)
        wanted = [tokens[j] for _, j in rows if j is not None]
        gone = [olds[i] for i, _ in rows if i is not None]
        if kept:
            runs += [
                _Run((_same(old, text),), (old,), kept=True)
                for old, text in zip(gone, wanted, strict=True)
            ]
        else:
            runs.append(_Run(tuple(map(_Token, wanted)), tuple(gone)))
    return runs


def _same(old: Said, text: str) -> _Token:
    return _Token(text, old.word.probability if old.word.text == text else 1.0)


def _joined(one: _Run, other: _Run) -> _Run:
    return _Run(one.tokens + other.tokens, one.olds + other.olds)


def _kept(run: _Run) -> Said:
    [old], [token] = run.olds, run.tokens
    if old.word.text == token.text:
        return old
    word = msgspec.structs.replace(old.word, text=token.text, probability=token.probability)
    return old._replace(word=word)


def _fits(runs: Sequence[_Run], at: int, room: tuple[int, int], lines: Lines) -> bool:
    run = runs[at]
    if not run.tokens or len(runs) == 1:
        return True
    free_ms = sum(part.end_ms - part.start_ms for part in _free(runs, at, room, lines))
    more = len(run.tokens) - len(run.olds)
    return free_ms >= max(len(run.tokens), more * _LEAST_MS)


def _widen(runs: list[_Run], at: int) -> int:
    """Let a run share the time of the longer word beside it; gives the run's new place."""
    sides = [side for side in (at - 1, at + 1) if 0 <= side < len(runs)]
    side = max(sides, key=lambda side: runs[side].olds[0].word.duration_ms)
    first, last = min(at, side), max(at, side)
    if side < at and side and not runs[side - 1].kept:
        first -= 1
    if side > at and side + 1 < len(runs) and not runs[side + 1].kept:
        last += 1
    joined = runs[first]
    for run in runs[first + 1 : last + 1]:
        joined = _joined(joined, run)
    runs[first : last + 1] = [joined]
    return first


def _free(runs: Sequence[_Run], at: int, room: tuple[int, int], lines: Lines) -> list[Stretch]:
    """The time that a run may share: of the words it replaces, else what is free there."""
    run = runs[at]
    left_ms = runs[at - 1].olds[0].word.end_ms if at else room[0]
    right_ms = runs[at + 1].olds[0].word.start_ms if at + 1 < len(runs) else room[1]
    if run.olds:
        return _stretches(run.olds)
    found = []
    for side in (at - 1, at + 1):  # both are words that stay
        if 0 <= side < len(runs):
            old, span = runs[side].olds[0], lines[runs[side].olds[0].line]
            start_ms, end_ms = max(left_ms, span.start_ms), min(right_ms, span.end_ms)
            found.append(Stretch(start_ms, max(start_ms, end_ms), old.line, old.language))
    return [max(found, key=lambda part: part.end_ms - part.start_ms)]


def _stretches(olds: Sequence[Said]) -> list[Stretch]:
    found: list[Stretch] = []
    for word, line, language, _ in olds:
        last = found[-1] if found else None
        is_on = last and last[2:] == (line, language) and word.start_ms - last.end_ms < _PAUSE_MS
        if last and is_on:
            found[-1] = last._replace(end_ms=max(last.end_ms, word.end_ms))
        else:
            start_ms = max(word.start_ms, last.end_ms) if last else word.start_ms
            if start_ms < word.end_ms:  # words of two lines may overlap
                found.append(Stretch(start_ms, word.end_ms, line, language))
    return found


def _shared(tokens: Sequence[_Token], over: Sequence[Stretch]) -> list[Said]:
    """Words one after another over stretches of speech; none lies across two of them."""
    weights = list(accumulate((len(token.text) + 1 for token in tokens), initial=0))
    begins = list(accumulate((part.end_ms - part.start_ms for part in over), initial=0))
    borders = [begins[-1] * weight // weights[-1] for weight in weights]
    found = []
    at = 0
    for token, (begin, end) in zip(tokens, pairwise(borders), strict=True):
        at = _most(begins, at, begin, end)
        part = over[at]
        start_ms = part.start_ms + max(begin - begins[at], 0)
        start_ms = min(start_ms, part.end_ms - 1)  # more words than milliseconds share a place
        end_ms = min(part.start_ms + end - begins[at], part.end_ms)
        word = Word(
            start_ms=start_ms,
            end_ms=max(start_ms + 1, end_ms),
            text=token.text,
            probability=token.probability,
        )
        found.append(Said(word, part.line, part.language))
    return found


def _most(begins: Sequence[int], first: int, begin: int, end: int) -> int:
    """The stretch that holds most of a time, from `first` on."""
    rest = range(first, len(begins) - 1)
    return max(rest, key=lambda at: min(end, begins[at + 1]) - max(begin, begins[at]))
