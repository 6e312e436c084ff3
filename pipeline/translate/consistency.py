"""One name, one form: names that no glossary has are written the same way all through a programme.

A name of the source is a Russian word with a capital inside a sentence, in any of its cases. What
sounds like it in the translation is its form there. Where at least two of three forms agree, the
others are written like them; else people are told.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pipeline.programme import terms
from pipeline.translate import swaps
from pipeline.translate.likeness import SAME_NAME, is_derived, likeness
from pipeline.translate.swaps import Names, Piece

if TYPE_CHECKING:
    from pipeline.programme.terms import Hit

_MADE: Final = "made_consistent"
_VARIES: Final = "name_varies"
_AGREED: Final = (2, 3)  # of so many forms, so many are a majority
_NAME: Final = re.compile("[А-ЯЁ][а-яё]+(?:-[А-ЯЁ]?[а-яё]+)*")
_SHORTEST: Final = 3  # letters of a name; shorter ones sound like anything
_STEM: Final = 3
_ENDINGS: Final = """ого его ому ему ыми ими ами ями ого ым им ом ем ой ей ою ею ую юю ая яя ые ие
    ый ий ам ям ах ях ых их а я о е у ю ы и й ь""".split()
_QUOTES: Final = "«„“\"'("


@dataclass(frozen=True, slots=True)
class Named:
    """A sentence, its translation and the terms found in it; `is_fixed` where a person wrote it."""

    source: str
    text: str
    hits: tuple[Hit, ...] = ()
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What to do with the sentence at `place`: its text from now on, and its new flags."""

    place: int
    text: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """A name of the source and its form in the translation of one sentence.

    `beside` are the names next to it: Lou Reed is not Harry Reid, though both are Рид.
    """

    place: int
    name: str
    form: Piece
    beside: frozenset[str]


def conform(rows: Sequence[Named], all_targets: Collection[str] = ()) -> list[Change]:
    """What changes so that each name has one form, in the rows' order; rows not named stay.

    Flags: `made_consistent:Old=New` where a word was replaced, `name_varies:Most|This` where there
    is no majority, or where the two could be names of a man and of a woman, or of two people who
    share a name. Words that are part of a glossary term's target never change, nor what a person
    wrote.
    """
    said = list(_said(rows, swaps.of_glossary(frozenset(all_targets))))
    becomes = _decided(said)
    company: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in said:
        company[one.name, one.form.text] |= one.beside
    found: dict[int, list[tuple[Piece, str, bool]]] = defaultdict(list)
    for one in said:
        decision = becomes.get((one.name, one.form.text))
        if decision is not None:
            most, is_sure = decision
            others = company[one.name, most]
            is_another = bool(one.beside and others) and one.beside.isdisjoint(others)
            found[one.place].append((one.form, most, is_sure and not is_another))
    return [_change(place, rows[place], found[place]) for place in sorted(found)]


def _change(place: int, row: Named, decided: Sequence[tuple[Piece, str, bool]]) -> Change:
    text, flags = row.text, []
    for form, most, is_sure in sorted(decided, key=lambda one: -one[0].start):
        changed = swaps.put(text, form, most)
        if is_sure and not row.is_fixed and _adds_nothing_forbidden(row, text, changed):
            text = changed
            flags.append(f"{_MADE}:{form.text}={most}")
        else:
            flags.append(f"{_VARIES}:{most}|{form.text}")
    return Change(place, text, tuple(dict.fromkeys(reversed(flags))))


def _adds_nothing_forbidden(row: Named, text: str, changed: str) -> bool:
    wanted = terms.wanted(row.hits)
    return set(terms.forbidden(changed, wanted)) <= set(terms.forbidden(text, wanted))


def _said(rows: Sequence[Named], names: Names) -> Iterator[_Said]:
    """Names with their forms, in order."""
    sources = [_names(row) for row in rows]
    stems = _stems({word.text for words in sources for word in words})
    inside = {stems[word.text] for words in sources for word in words if not word.opens}
    small = {word.text for row in rows for word in swaps.pieces(row.text) if word.text.islower()}
    for place, (row, words) in enumerate(zip(rows, sources, strict=True)):
        known = [word for word in words if stems[word.text] in inside]
        long = [word for word in known if len(word.text) >= _SHORTEST]
        if long:
            for word, form in _pairs(long, _forms(row, names, small)):
                yield _Said(place, stems[word.text], form, _beside(row.source, word, known, stems))


def _beside(
    source: str, name: Piece, words: Sequence[Piece], stems: Mapping[str, str]
) -> frozenset[str]:
    """The names that only blanks part from this one."""
    gaps = ((source[a.end : b.start], a, b) for a, b in pairwise(words) if name in {a, b})
    return frozenset(stems[(b if a is name else a).text] for gap, a, b in gaps if gap.isspace())


def _names(row: Named) -> list[Piece]:
    """Words of the source that may be names, and are no glossary term."""
    return [
        Piece(word.text, word.start, word.end, word.words, word.opens or _is_quoted(row, word))
        for word in swaps.pieces(row.source)
        if _NAME.fullmatch(word.text)
        and not any(hit.start < word.end and word.start < hit.end for hit in row.hits)
    ]


def _is_quoted(row: Named, word: Piece) -> bool:
    return row.source[word.start - 1 : word.start] in _QUOTES  # or it is the first


def _forms(row: Named, names: Names, small: Collection[str]) -> list[Piece]:
    """Words of the translation that may be names: no word of a glossary's, no common word."""
    words = swaps.pieces(row.text)
    own = Names([form for hit in row.hits for form in (hit.term.target, *hit.term.alternatives)])
    kept = [*own.standing(row.text, words), *names.standing(row.text, words)]
    return [
        word
        for word in words
        if word.is_name
        and not word.text.isupper()
        and not (word.opens and word.words[0] in small)
        and not word.overlaps(kept)
    ]


def _pairs(names: Sequence[Piece], forms: Sequence[Piece]) -> list[tuple[Piece, Piece]]:
    """Each name with the form that sounds most like it, each form once; in the names' order."""
    ranked = sorted(
        (-like, name.start, form.start, name, form)
        for name in names
        for form in forms
        if (like := likeness(name.text, form.text)) >= SAME_NAME
    )
    paired: dict[int, tuple[Piece, Piece]] = {}
    taken = set()
    for _, start, at, name, form in ranked:
        if start not in paired and at not in taken:
            paired[start] = name, form
            taken.add(at)
    return [paired[start] for start in sorted(paired)]


def _stems(words: Iterable[str]) -> dict[str, str]:
    """One key for all cases of a name: of its stems, that which most other words have too."""
    options = {word: list(_options(word)) for word in words}
    shared = Counter(stem for stems in options.values() for stem in stems)
    return {
        word: max(stems, key=lambda stem: (shared[stem], len(stem)))
        for word, stems in options.items()
    }


def _options(word: str) -> Iterator[str]:
    small = word.casefold().replace("ё", "е")
    yield small
    for ending in dict.fromkeys(_ENDINGS):
        if small.endswith(ending) and len(small) - len(ending) >= _STEM:
            yield small.removesuffix(ending)


def _decided(said: Iterable[_Said]) -> Mapping[tuple[str, str], tuple[str, bool]]:
    """For a name and a form that is not the one it should have: which is, and whether for sure."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for one in said:
        votes[one.name][one.form.text] += 1
    becomes = {}
    for name, forms in votes.items():
        (most, count), *_ = forms.most_common(1)  # of equals, the first that was said
        others = [form for form in forms if form != most and _is_variant(form, most)]
        of = count + sum(forms[form] for form in others)
        agreed = count * _AGREED[1] >= of * _AGREED[0]
        for form in others:
            becomes[name, form] = most, agreed and not _is_other_gender(form, most)
    return becomes


def _is_variant(form: str, most: str) -> bool:
    """Whether the two are one name, written in two ways: not Russia and Russian, nor -ov, -ova."""
    a, b = sorted((form.casefold(), most.casefold()), key=len)
    return b != f"{a}a" and not is_derived(a, b) and likeness(a, b) >= SAME_NAME


def _is_other_gender(form: str, most: str) -> bool:
    return form.endswith("a") != most.endswith("a")
