"""Glossary terms that a translation lacks: put in where that is safe, told where it is not.

The ladder: a word that is the name, written wrong, is written right; another hypothesis; the source
with the term's target in the term's place, translated again; a translation that has to begin with
it. Each text is looked through for every term of its sentence before it takes another's place.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.core.language import script_share
from pipeline.programme import terms
from pipeline.translate import correcting, doubts, swaps
from pipeline.translate.swaps import Names

if TYPE_CHECKING:
    from pipeline.engines import Translator
    from pipeline.programme.glossary import Term
    from pipeline.programme.terms import Hit

log = logging.getLogger(__name__)

UNTOUCHED: Final = ""  # the engine's first text stands
SWAP: Final = "swap"  # words of it were replaced
HYPOTHESIS: Final = "hypothesis"
SOURCE: Final = "source"
BEGINNING: Final = "beginning"

Scored = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """A source sentence, the terms found in it, and its translations with scores, best first."""

    source: str
    hits: tuple[Hit, ...]
    texts: tuple[Scored, ...]


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of a row: its texts, the chosen one first, and what is still wrong with that.

    `by` is the step of the ladder that gave the first text: "", `swap`, `hypothesis`, `source`,
    `beginning`, the last three with `+swap` where words of theirs were replaced too.
    """

    texts: tuple[Scored, ...]
    missing: tuple[Term, ...]
    forbidden: tuple[tuple[Term, str], ...]
    by: str


@dataclass(frozen=True, slots=True)
class _Choice:
    """A text that could be the first, and which of the row's it is, if it is one of them."""

    text: str
    score: float
    missing: tuple[Term, ...]
    forbidden: tuple[tuple[Term, str], ...]
    by: str
    place: int | None

    @property
    def is_right(self) -> bool:
        return not self.missing and not self.forbidden

    def is_better(self, than: _Choice) -> bool:
        """Something is right that was wrong, and nothing is wrong that was right."""
        return bool(self.text.strip()) and self._wrong() < than._wrong()

    def _wrong(self) -> frozenset[object]:
        return frozenset((*self.missing, *self.forbidden))

    def troubled(self) -> set[Term]:
        return {*self.missing, *(term for term, _ in self.forbidden)}


def mended(rows: Sequence[Row], engine: Translator, all_targets: Collection[str]) -> list[Mended]:
    """Every row with its terms in its first text, as far as that can be had; the rest is told.

    A term that was found in the source is in the first text at least as often, or in `missing`; no
    forbidden form stands there that is not in `forbidden`. No text is lost but the one whose words
    were replaced. The engine is asked twice at most; where it fails, rows stay as they are.

    Args:
        rows: whose `texts` may be none: then all their terms are missing.
        engine: what the rows were translated with.
        all_targets: what the glossary's terms become; no such word is taken for a misspelling.
    """
    names = swaps.of_glossary(frozenset(all_targets))
    chosen = [_from_texts(row, names) for row in rows]
    for by, ask in ((SOURCE, _substituted), (BEGINNING, _begun)):
        _ask_again(rows, chosen, (by, ask), engine, names)
    return [
        _mended(row, choice) if choice else _untranslated(row)
        for row, choice in zip(rows, chosen, strict=True)
    ]


def _from_texts(row: Row, names: Names) -> _Choice | None:
    """The best that can be had without the engine; None where there is no text at all."""
    if not row.texts:
        return None
    first = _judged(row, row.texts[0], UNTOUCHED, 0)
    for choice in _rungs(row, names):
        if first.is_right:
            break
        if choice.is_better(first):
            first = choice
    return first


def _rungs(row: Row, names: Names) -> Iterator[_Choice]:
    yield _swapped(row, row.texts[0], names, SWAP, 0)
    for place, scored in enumerate(row.texts[1:], start=1):
        yield from _both(row, scored, names, HYPOTHESIS, place)


def _both(
    row: Row, scored: Scored, names: Names, by: str, place: int | None = None
) -> Iterator[_Choice]:
    """A text as it is, and with its words put right."""
    yield _judged(row, scored, by, place)
    yield _swapped(row, scored, names, f"{by}+{SWAP}", place)


def _swapped(row: Row, scored: Scored, names: Names, by: str, place: int | None) -> _Choice:
    text, score = scored
    better = correcting.corrected(row.source, text, row.hits, names)
    return _judged(row, (better, score), by, place)


def _judged(row: Row, scored: Scored, by: str, place: int | None) -> _Choice:
    text, score = scored
    wanted = terms.wanted(row.hits)
    missing, forbidden = terms.missing(text, wanted), terms.forbidden(text, wanted)
    return _Choice(text, score, tuple(missing), tuple(forbidden), by, place)


def _substituted(row: Row, choice: _Choice) -> tuple[str, str] | None:
    """The source with every troubled term as its target, and an open beginning."""
    source, at = row.source, len(row.source)
    for hit in reversed(row.hits):
        if hit.term in choice.troubled() and hit.end <= at:
            source, at = source[: hit.start] + hit.term.target + source[hit.end :], hit.start
    return (source, "") if source != row.source else None


def _begun(row: Row, choice: _Choice) -> tuple[str, str] | None:
    """The source, and what its translation has to begin with if a troubled term opens it."""
    for hit in row.hits:
        if hit.term in choice.troubled() and not any(map(str.isalnum, row.source[: hit.start])):
            return row.source, swaps.capitalised(hit.term.target)
    return None


_Ask = Callable[[Row, _Choice], tuple[str, str] | None]


def _ask_again(
    rows: Sequence[Row],
    chosen: list[_Choice | None],
    step: tuple[str, _Ask],
    engine: Translator,
    names: Names,
) -> None:
    """Put into `chosen` what the engine makes better, asked once for all that is not right."""
    by, ask = step
    wrong = [(at, one) for at, one in enumerate(chosen) if one and not one.is_right]
    asked = {at: found for at, one in wrong if (found := ask(rows[at], one))}
    answers = _answers(engine, list(dict.fromkeys(asked.values())))
    for at, one in wrong:
        row, best = rows[at], one
        for scored in answers.get(asked.get(at, ("", "")), ()):
            if not _is_sound(scored[0], row):
                continue
            for choice in _both(row, scored, names, by):
                if choice.is_better(best):
                    best = choice
        chosen[at] = best


def _answers(
    engine: Translator, asked: list[tuple[str, str]]
) -> dict[tuple[str, str], list[Scored]]:
    """What the engine gives for each pair of a source and a beginning; nothing where it fails."""
    if not asked:
        return {}
    sources, beginnings = [source for source, _ in asked], [begin for _, begin in asked]
    told = beginnings if any(beginnings) else None
    try:
        return dict(zip(asked, engine.translate(sources, beginnings=told), strict=True))
    except Exception as error:  # noqa: BLE001 - a second attempt: the first translations stand
        log.warning("terms: %d sentences were not translated again: %r", len(asked), error)
        return {}


def _is_sound(text: str, row: Row) -> bool:
    """Whether a text may stand beside the row's own: no loop, about as long, in their letters."""
    known = " ".join([*(own for own, _ in row.texts), *(hit.term.target for hit in row.hits)])
    if not script_share(text).keys() <= script_share(known).keys():
        return False
    return not doubts.doubts(row.texts[0][0], text, language="", into="")


def _mended(row: Row, choice: _Choice) -> Mended:
    others = [
        scored
        for place, scored in enumerate(row.texts)
        if place != choice.place and scored[0] != choice.text
    ]
    return Mended(
        texts=((choice.text, choice.score), *others),
        missing=choice.missing,
        forbidden=choice.forbidden,
        by=choice.by,
    )


def _untranslated(row: Row) -> Mended:
    return Mended((), tuple(term for term, _ in terms.wanted(row.hits)), (), UNTOUCHED)
