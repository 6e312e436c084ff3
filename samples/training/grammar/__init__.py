"""The text grammar of the demo radio marathon: parallel ru / es / en sentences.

``phrases.toml`` beside this file holds the data: slots (things with the forms
that the sentences need) and patterns (one sentence in three languages with
slot references).  This module fills the patterns; it does no I/O but reading
that file.

Held-out triples: within every pattern that has slots, the fillings are ordered
by the CRC-32 of their Russian text and about the first 8 % (at least one) are
kept out of training, except a filling that would take the last training
occurrence of one of its slot values or words with it.
"""

import itertools
import math
import random
import re
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

__all__ = [
    "LANGUAGES",
    "Grammar",
    "GrammarError",
    "Language",
    "Pattern",
    "Slot",
    "Triple",
    "is_held_out",
    "load",
    "parse",
    "sample",
    "word_forms",
    "words",
]

Language = Literal["ru", "es", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("ru", "es", "en")
PHRASES: Final = Path(__file__).with_name("phrases.toml")
CAP_PER_PATTERN: Final = 400
HELD_OUT_SHARE: Final = 0.08

_REFERENCE: Final = re.compile(r"\{([a-z]+)(?:\.([a-z]+))?\}")
_CONTRACTION: Final = re.compile(r"\b([Dd]e|[Aa]) el\b")
_WORD: Final = re.compile(r"[^\W\d_]+")


class GrammarError(ValueError):
    """The phrases file is not well formed."""


@dataclass(frozen=True, slots=True)
class Triple:
    """One filled sentence in three languages."""

    pattern: str
    slots: tuple[str, ...]
    """The filling, one ``slot=value`` each, the value being its first Russian form."""
    ru: str
    es: str
    en: str

    def text(self, language: Language) -> str:
        """The sentence in one language."""
        return {"ru": self.ru, "es": self.es, "en": self.en}[language]


@dataclass(frozen=True, slots=True)
class Slot:
    """A list of things that may stand in the same place of a sentence."""

    name: str
    form_names: tuple[tuple[str, ...], ...]
    """For each of LANGUAGES, the names of its forms."""
    rows: tuple[tuple[tuple[str, ...], ...], ...]
    """For each thing and each of LANGUAGES, its forms, as many as there are names."""

    def label(self, row: int) -> str:
        """The name of one thing: its first Russian form."""
        return self.rows[row][0][0]

    def form(self, row: int, language: Language, form: str | None) -> str:
        """One form of one thing; the first form where none is named."""
        side = LANGUAGES.index(language)
        if form is None:
            return self.rows[row][side][0]
        names = self.form_names[side]
        if form not in names:
            raise GrammarError(f"slot {self.name} has no {language} form {form!r}")
        return self.rows[row][side][names.index(form)]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One sentence in three languages, with slot references."""

    name: str
    ru: str
    es: str
    en: str
    slots: tuple[str, ...]
    """The names of the slots it uses, in the order of the Russian sentence."""

    def text(self, language: Language) -> str:
        """The unfilled sentence in one language."""
        return {"ru": self.ru, "es": self.es, "en": self.en}[language]


@dataclass(frozen=True, slots=True)
class Grammar:
    """All slots and patterns, with the fillings and their split."""

    slots: Mapping[str, Slot]
    patterns: tuple[Pattern, ...]
    fillings: Mapping[str, tuple[Triple, ...]]
    """For each pattern name, its distinct filled triples."""
    held_out: frozenset[str]
    """The Russian texts kept out of training."""

    def triples(self) -> Iterator[Triple]:
        """Every distinct filled triple, pattern by pattern."""
        for pattern in self.patterns:
            yield from self.fillings[pattern.name]

    def is_held_out(self, triple: Triple) -> bool:
        """Whether the triple is kept out of training."""
        return triple.ru in self.held_out

    def fill(self, pattern: str, **values: str) -> Triple:
        """One triple by hand: each slot value is named by its first Russian form."""
        found = next((p for p in self.patterns if p.name == pattern), None)
        if found is None:
            raise GrammarError(f"no pattern {pattern!r}")
        if set(values) != set(found.slots):
            raise GrammarError(f"pattern {pattern} needs the slots {', '.join(found.slots)}")
        rows = []
        for name in found.slots:
            slot = self.slots[name]
            labels = [slot.label(row) for row in range(len(slot.rows))]
            if values[name] not in labels:
                raise GrammarError(f"slot {name} has no value {values[name]!r}")
            rows.append(labels.index(values[name]))
        return _fill(found, self.slots, tuple(rows))


def parse(document: Mapping[str, Any]) -> Grammar:
    """Build the grammar from the parsed phrases file."""
    slots = {name: _slot(name, table) for name, table in document["slots"].items()}
    patterns = tuple(_pattern(table, slots) for table in document["pattern"])
    names = Counter(pattern.name for pattern in patterns)
    if repeated := [name for name, count in names.items() if count > 1]:
        raise GrammarError(f"pattern names used twice: {', '.join(repeated)}")
    fillings = {pattern.name: _fillings(pattern, slots) for pattern in patterns}
    return Grammar(slots, patterns, fillings, _split(fillings))


@cache
def load() -> Grammar:
    """The grammar of ``phrases.toml`` beside this file."""
    with PHRASES.open("rb") as file:
        return parse(tomllib.load(file))


def is_held_out(triple: Triple) -> bool:
    """Whether a triple of the loaded grammar is kept out of training."""
    return load().is_held_out(triple)


def sample(grammar: Grammar, seed: int, count: int, held_out: bool) -> list[Triple]:
    """Draw triples: a pattern first, each as likely, then one of its fillings.

    Repeats may occur.  Patterns with no triple on the wanted side of the split
    (those without slots, when held-out triples are wanted) are never drawn.
    """
    pools = [
        pool
        for pattern in grammar.patterns
        if (
            pool := [
                triple
                for triple in grammar.fillings[pattern.name]
                if grammar.is_held_out(triple) is held_out
            ]
        )
    ]
    rng = random.Random(seed)
    return [rng.choice(rng.choice(pools)) for _ in range(count)]


def words(text: str) -> list[str]:
    """The case-folded words of a sentence."""
    return [word.casefold() for word in _WORD.findall(text)]


def word_forms(grammar: Grammar, language: Language) -> set[str]:
    """The distinct case-folded word forms of all triples in one language."""
    return {word for triple in grammar.triples() for word in words(triple.text(language))}


def _slot(name: str, table: Mapping[str, Any]) -> Slot:
    form_names = tuple(_listed(table[language]) for language in LANGUAGES)
    rows = []
    for row in table["rows"]:
        sides = [_listed(side) for side in row.split("|")]
        if len(sides) != len(LANGUAGES):
            raise GrammarError(f"slot {name}: a row needs three sides: {row}")
        forms = []
        for given, named in zip(sides, form_names, strict=True):
            if not all(given) or len(given) > len(named):
                raise GrammarError(f"slot {name}: wrong number of forms: {row}")
            forms.append(given + given[-1:] * (len(named) - len(given)))
        rows.append(tuple(forms))
    if len({row[0][0] for row in rows}) != len(rows):
        raise GrammarError(f"slot {name}: two rows begin with the same form")
    return Slot(name, form_names, tuple(rows))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


def _pattern(table: Mapping[str, Any], slots: Mapping[str, Slot]) -> Pattern:
    name = str(table["name"])
    used: dict[Language, list[str]] = {}
    for language in LANGUAGES:
        text = table[language]
        used[language] = []
        for slot, form in _REFERENCE.findall(text):
            if slot not in slots:
                raise GrammarError(f"pattern {name}: no slot {slot!r}")
            slots[slot].form(0, language, form or None)
            if slot not in used[language]:
                used[language].append(slot)
        if re.search(r"[{}]", _REFERENCE.sub("", text)):
            raise GrammarError(f"pattern {name}: a bad slot reference in {text!r}")
    if not set(used["ru"]) == set(used["es"]) == set(used["en"]):
        raise GrammarError(f"pattern {name}: the three sides use different slots")
    return Pattern(name, table["ru"], table["es"], table["en"], tuple(used["ru"]))


def _fillings(pattern: Pattern, slots: Mapping[str, Slot]) -> tuple[Triple, ...]:
    sizes = [len(slots[name].rows) for name in pattern.slots]
    combinations = list(itertools.product(*(range(size) for size in sizes)))
    if math.prod(sizes) > CAP_PER_PATTERN:
        chosen = set(
            sorted(combinations, key=lambda c: _crc(f"{pattern.name}{c}"))[:CAP_PER_PATTERN]
        )
        combinations = [combination for combination in combinations if combination in chosen]
    return tuple(_fill(pattern, slots, combination) for combination in combinations)


def _fill(pattern: Pattern, slots: Mapping[str, Slot], rows: tuple[int, ...]) -> Triple:
    row_of = dict(zip(pattern.slots, rows, strict=True))

    def side(language: Language) -> str:
        def form(match: re.Match[str]) -> str:
            slot = slots[match[1]]
            return slot.form(row_of[slot.name], language, match[2])

        text = _REFERENCE.sub(form, pattern.text(language))
        if language == "es":
            text = _CONTRACTION.sub(r"\1l", text)
        return _capitalised(text)

    labels = tuple(f"{name}={slots[name].label(row)}" for name, row in row_of.items())
    return Triple(pattern.name, labels, side("ru"), side("es"), side("en"))


def _capitalised(text: str) -> str:
    start = 1 if text[0] in "¿¡" else 0
    return text[:start] + text[start].upper() + text[start + 1 :]


def _crc(text: str) -> int:
    return zlib.crc32(text.encode("utf-8"))


def _split(fillings: Mapping[str, tuple[Triple, ...]]) -> frozenset[str]:
    """The Russian texts to hold out; see the module's description."""
    left = Counter(key for pool in fillings.values() for triple in pool for key in _keys(triple))
    held_out = set()
    for pool in fillings.values():
        if not pool[0].slots:
            continue
        wanted = max(1, round(len(pool) * HELD_OUT_SHARE))
        for triple in sorted(pool, key=lambda t: (_crc(t.ru), t.ru)):
            if wanted == 0:
                break
            keys = _keys(triple)
            if all(left[key] > 1 for key in keys):
                left.subtract(keys)
                held_out.add(triple.ru)
                wanted -= 1
    return frozenset(held_out)


def _keys(triple: Triple) -> set[str]:
    """What training must not lose: the slot values and the words of a triple."""
    spoken = {f"{lang} {word}" for lang in LANGUAGES for word in words(triple.text(lang))}
    return spoken | set(triple.slots)
