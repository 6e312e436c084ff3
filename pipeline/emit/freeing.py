"""Which words of a track cues of people stand for, and what is left to lay out."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from pipeline.core.timeline import Span
from pipeline.emit.tracks import Script
from pipeline.review.chains import key
from pipeline.review.decisions import Anchor
from pipeline.review.finding import ALIKE, Found, find
from pipeline.review.labelling import spoken
from pipeline.review.placing import NOBODY, Said
from pipeline.review.track_words import halves
from pipeline.subtitles.layout import Part

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from pipeline.core.timeline import Word
    from pipeline.review.chains import Chain
    from pipeline.review.locks import Lock
    from pipeline.subtitles.layout import Stretch

_OWN: Final = frozenset({NOBODY})
_LIKE: Final = 0.7  # elsewhere a text has to be more alike
_BESIDE_MS: Final = 3_000  # how far from people's cues what made way for them is looked for
_LATE_MS: Final = 1_000  # a cue may stand so far from its words where there is little room
_CLOSE_MS: Final = 700  # hardly a cue of ours has room between people's so close together


class _Look(NamedTuple):
    """How like words have to be, and whether they are looked for beside where they should be."""

    least: float
    is_beside: bool = False


_LOOKS: Final = (
    _Look(1),
    _Look(1, is_beside=True),
    _Look(ALIKE),
    _Look(_LIKE, is_beside=True),
    _Look(0),
)


class Claim(NamedTuple):
    """The words that the machine has now where a lock is; `likeness` to what is known there.

    `is_goal` says that they are what the person wrote. `stretch` is the first one they are in, -1
    without words.
    """

    words: tuple[Word, ...]
    likeness: float
    is_goal: bool
    stretch: int = -1


@dataclass(frozen=True, slots=True)
class Freed:
    """A script without the words that locks stand for, and for each lock its claim."""

    script: Script
    claims: tuple[Claim, ...]


def freed(script: Script, locks: Sequence[Lock], languages: tuple[str, str] | None = None) -> Freed:
    """Take the words of locks out of a script.

    Args:
        script: what the machine says now.
        locks: of its track.
        languages: source and target of a track in two languages.
    """
    above, beneath = _Side(script, 0), _Side(script, 1)
    for number, lock in enumerate(locks):
        wanted = lock.text
        if languages is None:
            above.chains.append(lock.chain(number, lock.base.text, wanted, lock.texts))
            continue
        was, now = halves(lock.base.text, *languages), halves(wanted, *languages)
        above.chains.append(lock.chain(number, was[0] or was[1], now[0] or now[1]))
        beneath.chains.append(
            lock.chain(number, was[1] if was[0] else "", now[1] if now[0] else "")
        )
    taken = [cue for lock in locks for cue in lock.cues]
    sides = above.claim(taken), beneath.claim(taken)
    claims = tuple(map(_joined, *sides)) if languages else sides[0]
    return Freed(_without(script, above.free, beneath.free), claims)


class _Side:
    """The words as spoken, or those beneath, one after another."""

    def __init__(self, script: Script, side: int) -> None:
        self.chains: list[Chain] = []
        self._words: list[Said] = []
        clock_ms = 0
        for number, stretch in enumerate(script.stretches):
            for part in stretch.parts:
                for word in (part.words, part.beneath)[side]:
                    clock_ms = max(clock_ms, word.start_ms)  # as they are laid out
                    self._words.append(Said(_at(word, clock_ms), number, stretch.language))

    def claim(self, taken: Sequence[Span]) -> tuple[Claim, ...]:
        """Give each chain its words: those first that are there to the letter.

        Words that others' cues stand over were shown beside these: `taken` is where they are.
        """
        found: dict[int, Claim] = {}
        crowds = _crowds(taken)
        for look in _LOOKS:
            for chain in self.chains:
                if chain.number in found:
                    continue
                exactly = look.least == 1
                if look.is_beside:
                    where = self._beside(chain, crowds, exactly=exactly)
                else:
                    where = find(self._words, chain, _OWN, exactly=exactly)
                if where and where.likeness >= look.least:
                    found[chain.number] = self._taken(where, chain)
        return tuple(found[chain.number] for chain in self.chains)

    def _beside(self, chain: Chain, crowds: Sequence[Span], *, exactly: bool) -> Found | None:
        """The words that say what a chain knows, near its place or where they had to make way."""
        at = chain.at
        tokens = {key(word) for word in (*spoken(at.text).split(), *chain.tokens)}
        first = bisect_left(crowds, at.start_ms - _BESIDE_MS, key=lambda span: span.end_ms)
        last = bisect_left(crowds, at.end_ms + _BESIDE_MS, key=lambda span: span.start_ms)
        about = Span(start_ms=max(at.start_ms - _LATE_MS, 0), end_ms=at.end_ms + _LATE_MS)
        best = None
        for crowd in (*([about] if exactly else []), *crowds[first:last]):
            for start_ms in self._places(crowd, tokens):
                moved = Anchor(
                    track="", start_ms=start_ms, end_ms=start_ms + at.duration_ms, text=at.text
                )
                where = find(self._words, chain._replace(at=moved), _OWN, exactly=exactly)
                if where.likeness > (best.likeness if best else 0):
                    best = where
        return best

    def _places(self, crowd: Span, tokens: Collection[str]) -> list[int]:
        """When free words begin beneath people's cues that are one of some words."""
        first = bisect_left(self._words, crowd.start_ms, key=lambda said: said.word.start_ms)
        last = bisect_left(self._words, crowd.end_ms, key=lambda said: said.word.start_ms)
        return [
            said.word.start_ms
            for said in self._words[first:last]
            if said.by == NOBODY and key(said.word.text) in tokens
        ]

    @property
    def free(self) -> list[bool]:
        """For each word whether no lock stands for it."""
        return [said.by == NOBODY for said in self._words]

    def _taken(self, where: Found, chain: Chain) -> Claim:
        first, last = where.first, where.last
        is_alike = where.likeness >= ALIKE
        if not is_alike and chain.is_new:
            last = first
        elif where.likeness < 1:  # said otherwise now: with what else is said in its time
            first, last = self._widened(first, last, chain)
        for index in range(first, last):
            self._words[index] = self._words[index]._replace(by=chain.number)
        taken = self._words[first:last]
        words = tuple(said.word for said in taken)
        return Claim(words, where.likeness, where.is_goal, taken[0].line if taken else -1)

    def _widened(self, first: int, last: int, chain: Chain) -> tuple[int, int]:
        """The words, and those beside them that lie in the chain's span from end to end."""
        at, words = chain.at, self._words

        def is_within(said: Said) -> bool:
            word = said.word
            is_free = said.by == NOBODY
            return is_free and at.start_ms <= word.start_ms and word.end_ms <= at.end_ms

        while first and is_within(words[first - 1]):
            first -= 1
        while last < len(words) and is_within(words[last]):
            last += 1
        return first, last


def _crowds(taken: Sequence[Span]) -> list[Span]:
    """Where people's cues stand, close ones together: what is said there is shown beside it."""
    found: list[Span] = []
    for span in sorted(taken, key=lambda one: one.start_ms):
        if found and span.start_ms - found[-1].end_ms < _CLOSE_MS:
            end_ms = max(found[-1].end_ms, span.end_ms)
            found[-1] = Span(start_ms=found[-1].start_ms, end_ms=end_ms)
        else:
            found.append(Span(start_ms=span.start_ms, end_ms=span.end_ms))
    return found


def _at(word: Word, start_ms: int) -> Word:
    if word.start_ms == start_ms:
        return word
    return msgspec.structs.replace(word, start_ms=start_ms, end_ms=max(word.end_ms, start_ms + 1))


def _joined(one: Claim, other: Claim) -> Claim:
    """What is claimed of both languages, told as of one cue."""
    if not other.words:
        return one
    return Claim(
        one.words + other.words,
        min(one.likeness, other.likeness),
        one.is_goal and other.is_goal,
        one.stretch if one.stretch >= 0 else other.stretch,
    )


def _without(script: Script, above: Iterable[bool], beneath: Iterable[bool]) -> Script:
    """The script's free words; where words went from between, a stretch ends."""
    up, down = iter(above), iter(beneath)
    stretches, items = [], []
    for stretch, item in zip(script.stretches, script.items, strict=True):
        for parts in _runs(stretch, up, down):
            stretches.append(replace(stretch, parts=parts))
            items.append(item)
    return Script(tuple(stretches), tuple(items))


def _runs(stretch: Stretch, up: Iterator[bool], down: Iterator[bool]) -> Iterator[tuple[Part, ...]]:
    runs: list[list[Part]] = [[]]
    for part in stretch.parts:
        rows: list[list[Word]] = [[]]
        for word in part.words:
            if next(up):
                rows[-1].append(word)
            else:
                rows.append([])
        below = [word for word in part.beneath if next(down)]
        for number, piece in enumerate(_shared(rows, below)):
            if number:
                runs.append([])
            if piece.words or piece.beneath:
                runs[-1].append(piece)
    return (tuple(run) for run in runs if run)


def _shared(rows: Sequence[Sequence[Word]], below: Sequence[Word]) -> list[Part]:
    """A part in pieces, each with what of its translation is nearest to it."""
    shares: list[list[Word]] = [[] for _ in rows]
    held = [number for number, row in enumerate(rows) if row] or [0]
    for word in below:
        middle_ms = (word.start_ms + word.end_ms) // 2
        nearest = min(held, key=lambda number: _apart_ms(rows[number], middle_ms))
        shares[nearest].append(word)
    return [Part(tuple(row), tuple(share)) for row, share in zip(rows, shares, strict=True)]


def _apart_ms(row: Sequence[Word], at_ms: int) -> int:
    return max(row[0].start_ms - at_ms, at_ms - row[-1].end_ms, 0) if row else 0
