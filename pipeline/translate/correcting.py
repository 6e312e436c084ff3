"""Terms that stand wrong in a text: forbidden forms, and names that only sound right."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from pipeline.core.language import binds_next
from pipeline.programme import terms
from pipeline.translate import swaps
from pipeline.translate.likeness import SAME_NAME, is_derived, likeness
from pipeline.translate.swaps import Names, Piece

if TYPE_CHECKING:
    from pipeline.programme.glossary import Term
    from pipeline.programme.terms import Hit

_EXACT: Final = frozenset({"title", "code"})  # types that are copied or missing, never guessed
_PERSON: Final = "person"
_SURE: Final = 0.85  # asked of short words, and of those with a capital for opening a sentence
_SHORT: Final = 4  # letters
_COMMON: Final = binds_next("en") | binds_next("es")


def corrected(source: str, text: str, hits: Sequence[Hit], names: Names) -> str:
    """`text` with forbidden forms replaced, and with names put where their misspellings stand.

    Words that are a target of any term of the sentence stay as they are. What could not be put
    right stays too: the caller looks through the text again.

    Args:
        source: the sentence in its own language.
        text: its translation.
        hits: the terms found in the source.
        names: all that the glossary's terms become; none of these is a misspelling of another.
    """
    wanted = terms.wanted(hits)
    own = Names([form for term, _ in wanted for form in (term.target, *term.alternatives)])
    for term, form in sorted(terms.forbidden(text, wanted), key=lambda one: -len(one[1])):
        text = _without(text, form, term, own)
    for hit in _swappable(hits):
        missing = terms.missing(text, wanted)
        if hit.term in missing:
            rivals = _rivals(source, hit.term, hits, missing)
            place = _misspelt(source, text, hit, rivals, (own, names))
            text = swaps.put(text, place, hit.term.target) if place else text
    return text


def _swappable(hits: Sequence[Hit]) -> Iterator[Hit]:
    """Names: they have a capital, and are neither shortened nor to be copied to the letter."""
    for hit in hits:
        target = hit.term.target
        if hit.term.type.casefold() not in _EXACT and target[:1].isupper() and not target.isupper():
            yield hit


def _without(text: str, form: str, term: Term, own: Names) -> str:
    """`text` with the target in every place of a forbidden form that is not part of a target."""
    text = unicodedata.normalize("NFC", text)
    said = swaps.pieces(text)
    kept = own.standing(text, said)
    opening = {piece.start for piece in said if piece.opens}
    for start, end in reversed(terms.places(text, form)):
        place = Piece(text[start:end], start, end, opens=start in opening)
        if not place.overlaps(kept):
            text = swaps.put(text, place, term.target)
    return text


def _misspelt(
    source: str, text: str, hit: Hit, rivals: Sequence[str], known: tuple[Names, Names]
) -> Piece | None:
    """Where `text` has something that sounds like the term and like nothing else of the source.

    As many words as the term has go first; of places that are as good, the one that lies in the
    text about where the term lies in the source. `known` are the targets of this sentence's terms,
    and those of the whole glossary.
    """
    own, names = known
    said = swaps.pieces(text)
    kept = own.standing(text, said)
    target = swaps.pieces(hit.term.target)
    share = hit.start / max(len(source), 1)
    ranked = []
    for place, like in _alike(text, said, hit.term, len(target)):
        if (
            like >= _asked(place, source, hit)
            and not place.overlaps(kept)
            and place.words not in names
            and not _is_other_word(place, hit.term)
            and not _has_rest(place, said, target)
            and all(likeness(place.text, rival) < like for rival in rivals)
        ):
            away = abs(place.start / max(len(text), 1) - share)
            ranked.append((abs(len(place.words) - len(target)), -like, away, place.start, place))
    return min(ranked, key=lambda one: one[:-1])[-1] if ranked else None


def _alike(
    text: str, said: Sequence[Piece], term: Term, size: int
) -> Iterator[tuple[Piece, float]]:
    """Places that sound like the term, of about as many words as its target has.

    One more only where no fewer do: else its other word is no part of the name.
    """
    found: list[Piece] = []
    for count in (size, size - 1, size + 1):
        for place in swaps.windows(text, said, count) if count else ():
            if not place.is_name or place.words[0] in _COMMON:
                continue
            like = max(likeness(place.text, term.target), likeness(place.text, term.source))
            if like >= SAME_NAME and not (count > size and place.overlaps(found)):
                found.append(place)
                yield place, like


def _asked(place: Piece, source: str, hit: Hit) -> float:
    """How like it has to be."""
    opens_both = place.opens and not any(map(str.isalnum, source[: hit.start]))
    is_weak = len(place.text) <= _SHORT or (place.opens and not opens_both)
    return _SURE if is_weak else SAME_NAME


def _is_other_word(place: Piece, term: Term) -> bool:
    """Whether it is a good word of its own: `Russian`, where the glossary has Russia."""
    return term.type.casefold() != _PERSON and is_derived(place.text, term.target)


def _has_rest(place: Piece, said: Sequence[Piece], target: Sequence[Piece]) -> bool:
    """Whether a word of the target stands elsewhere, so that it would come twice."""
    if len(place.words) >= len(target):
        return False
    outside = {piece.words[0] for piece in said if not piece.overlaps([place])}
    return any(word.words[0] in outside for word in target)


def _rivals(source: str, term: Term, hits: Sequence[Hit], missing: Sequence[Term]) -> list[str]:
    """Other names of the source that have no word in the text yet, as far as one can tell."""
    settled = [hit for hit in hits if hit.term == term or hit.term not in missing]
    return [
        word.text
        for word in swaps.pieces(source)
        if word.is_name
        and not any(hit.start < word.end and word.start < hit.end for hit in settled)
    ]
