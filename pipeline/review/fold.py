"""From words and decisions to reviewed words: a value, made anew whenever it is asked for.

What people decided last holds. Its place is found again by time and text, so that it holds as well
in a transcript made anew. Where that says something else than what they saw and than what they
wrote, theirs is taken and the two are told as a conflict; no decision is ever dropped.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from pipeline.core.payloads import Segments, Transcript
from pipeline.core.timeline import Phrase, Word
from pipeline.core.workspace import ORIGINAL
from pipeline.review.chains import knots
from pipeline.review.finding import ALIKE, Found, find
from pipeline.review.lines import rebuilt
from pipeline.review.places import Places
from pipeline.review.placing import NOBODY, Said

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pipeline.review.chains import Chain
    from pipeline.review.decisions import Decision


class Fate(StrEnum):
    """What became of a decision."""

    APPLIED = "applied"  # the words it was made on were there
    CONFIRMED = "confirmed"  # what is there says already what it says
    DIFFERS = "differs"  # others were there, and made way: a conflict
    MISSING = "missing"  # what it was made on is not there: a conflict
    SUPERSEDED = "superseded"  # a later one has its place
    NO_WORDS = "no_words"  # it changes none, or none of this track


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one decision, and the words that stand there by it, in time order."""

    fate: Fate
    words: tuple[Word, ...] = ()


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """A decision, by its index, that did not find what it was made on.

    `found` are the machine's words in that place; how probable they are says what to make of it. A
    person's text stands in their place (DIFFERS), or was put in by its times where there were none
    (MISSING). Two do not hold: a deletion of words unlike these, which stay, and a text behind the
    recording's end.
    """

    decision: int
    fate: Fate
    found: tuple[Word, ...] = ()
    is_held: bool = True


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """A transcript as people left it; `by_decision` has an outcome for each decision, in order."""

    transcript: Transcript
    conflicts: tuple[Conflict, ...] = ()
    by_decision: tuple[Outcome, ...] = ()

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The lines that hold words."""
        return self.transcript.phrases


def reviewed(
    transcript: Transcript,
    segments: Segments,
    decisions: Sequence[Decision],
    *,
    track: str = ORIGINAL,
) -> Reviewed:
    """The transcript's words with what people decided about a track's words.

    `Text` replaces, `Insert` adds, `Delete` removes; the other kinds change no words. Without
    decisions it is the transcript itself, and what was reviewed before stays as it is.
    """
    words = [
        Said(word, number, line.language)
        for number, line in enumerate(transcript.lines)
        if isinstance(line, Phrase)
        for word in line.words
    ]
    before = list(words)
    outcomes, conflicts = retell(words, Places(transcript, segments), decisions, track)
    has_changed = [said[:3] for said in words] != [said[:3] for said in before]
    return Reviewed(
        transcript=rebuilt(transcript, words) if has_changed else transcript,
        conflicts=tuple(sorted(conflicts, key=lambda conflict: conflict.decision)),
        by_decision=_with_words(outcomes, words),
    )


def retell(
    words: list[Said], places: Places, decisions: Sequence[Decision], track: str
) -> tuple[list[Outcome], list[Conflict]]:
    """Make `words` what people decided about a track; tells what became of each decision."""
    outcomes = [Outcome(fate=Fate.NO_WORDS)] * len(decisions)
    conflicts: list[Conflict] = []
    for knot in knots(decisions, track):
        own = {NOBODY} | {chain.number for chain in knot.chains}
        for chain in knot.chains:
            conflict = _apply(chain, words, own, places)
            outcomes[chain.number] = Outcome(fate=conflict.fate)
            for index in chain.earlier:
                outcomes[index] = Outcome(fate=Fate.SUPERSEDED)
            if conflict.fate in {Fate.DIFFERS, Fate.MISSING}:
                conflicts.append(conflict)
    return outcomes, conflicts


def _apply(chain: Chain, words: list[Said], own: Collection[int], places: Places) -> Conflict:
    """Make `words` what a chain wants, where nobody else's are; tells what became of it."""
    found = find(words, chain, own)
    is_alike = found.likeness >= ALIKE
    if not is_alike and chain.is_new:  # nobody expects to find it
        found = found._replace(last=found.first)
    olds = words[found.first : found.last]
    is_held = True
    if not chain.tokens:
        is_held = is_alike or not olds
        if is_held:
            del words[found.first : found.last]
    elif olds:
        words[found.first : found.last] = places.retold(words, found, chain)
    else:
        is_held = places.put_in(words, found.first, chain)
    return Conflict(
        decision=chain.number,
        fate=_fate(chain, found, [said.word.text for said in olds], is_held=is_held),
        found=tuple(said.word for said in olds),
        is_held=is_held,
    )


def _fate(chain: Chain, found: Found, olds: Sequence[str], *, is_held: bool) -> Fate:
    if not is_held:
        return Fate.MISSING
    if not olds:
        if chain.is_new and chain.tokens:
            return Fate.APPLIED
        return Fate.MISSING if chain.tokens else Fate.CONFIRMED
    if found.likeness < 1:
        return Fate.DIFFERS
    return Fate.CONFIRMED if [*olds] == chain.tokens else Fate.APPLIED


def _with_words(outcomes: Iterable[Outcome], words: Iterable[Said]) -> tuple[Outcome, ...]:
    by_decision: dict[int, list[Word]] = {}
    for said in words:
        by_decision.setdefault(said.by, []).append(said.word)
    return tuple(
        Outcome(fate=outcome.fate, words=tuple(by_decision.get(index, ())))
        for index, outcome in enumerate(outcomes)
    )
