"""Russian declension by rule: what a noun or an adjective may end in, by how its nominative ends.

The rules give too much rather than too little: what they make up is no word and is never met. Only
forms that are another word's (Александра has a plural genitive Александр) are told apart.
All words here are in small letters, ё written е. After A. A. Zaliznyak's classes of declension.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_HUSHING: Final = "жчшщ"
_VELAR: Final = "гкх"
_VOWELS: Final = "аеиоуыэюя"
_CONSONANTS: Final = "бвгджзклмнпрстфхцчшщ"
_SHORTEST_STEM: Final = 2

_OBLIQUE: Final = "ам ами ах"
_SOFT_OBLIQUE: Final = "ям ями ях"
_HIS: Final = "ый ий ой ого его ому ему ым им ом ем"
_HER: Final = "ая яя ой ей ую юю ою ею"
_ITS: Final = "ое ее"
_THEIR: Final = "ые ие ых их ым им ыми ими"
_REFLEXIVE: Final = " ".join(f"{e}ся" for e in f"{_HIS} {_HER} {_ITS} {_THEIR}".split())
_POSSESSIVE: Final = "ьего ьему ьим ьем ья ьей ьею ью ье ьи ьих ьими"  # третий, рыбий

# How a word ends, how much of that goes, and what may come instead. Each that fits is used.
_RULES: Final = tuple(
    (re.compile(rf"(?:{pattern})$"), cut, endings.split())
    for pattern, cut, endings in (
        (rf"[{_CONSONANTS}]", 0, f"а у ом е {_OBLIQUE}"),
        (rf"[{_CONSONANTS.replace('ц', '')}]", 0, "ы и ов"),
        (rf"[{_HUSHING}]", 0, "ем ей и"),
        ("ц", 0, "ы ем ев ов"),
        ("[ое]в|[иы]н", 0, "ым ых ыми"),  # Иванов, Пушкин
        ("[ыио]й", 2, f"{_HIS} {_HER} {_ITS} {_THEIR}"),
        ("ий", 2, _POSSESSIVE),
        ("й", 1, f"я ю ем е и ев {_SOFT_OBLIQUE}"),
        ("ей", 2, "ья ью ьем ье ьи ьев ьям ьями ьях"),  # соловей
        ("ь", 1, f"я ю ем е и ью ей {_SOFT_OBLIQUE} ями ьми"),
        (rf"[^{_VOWELS}]а", 1, f"ы и е у ой ою {_OBLIQUE}"),
        (rf"[{_HUSHING}ц]а", 1, "ей ею"),
        (rf"[{_VOWELS}]а", 1, "ы е у ой ою"),  # Никарагуа does not, Гуа may
        ("я", 1, f"и е ю ей ею {_SOFT_OBLIQUE}"),
        ("(?:мат|доч)ь", 1, "ери ерью ерей ерям ерями ерьми ерях"),
        ("господь", 1, "а у ом е"),
        ("христос", 2, "а у ом е"),
        ("мя", 1, "ени енем ена ен енам енами енах"),
        ("[ая]я", 2, f"{_HER} {_THEIR}"),
        (rf"[{_CONSONANTS}]о", 1, f"а у ом е и {_OBLIQUE}"),
        ("[ое]е", 2, f"{_HIS} {_THEIR} {_ITS}"),
        (rf"[^{_HUSHING}ц]е", 1, f"я ю ем и {_SOFT_OBLIQUE}"),
        (rf"[{_HUSHING}ц]е", 1, f"а у ем {_OBLIQUE}"),
        ("[ыи]е", 2, _THEIR),
        ("(?:[ыи]й|ая|ее)ся", 4, _REFLEXIVE),
        (rf"[{_CONSONANTS}]ы", 1, f"ов ев {_OBLIQUE}"),
        (rf"[{_VELAR}{_HUSHING}]и", 1, f"ов ей {_OBLIQUE}"),
        ("и", 1, f"ей ев ьми {_SOFT_OBLIQUE}"),
    )
)
_COMMON: Final = (  # брат, россиянин, котенок: as names these would be other names
    (re.compile(rf"[{_CONSONANTS}]$"), 0, "ья ьев ьям ьями ьях".split()),
    (re.compile("[ая]нин$"), 2, ["", *f"е {_OBLIQUE}".split()]),
    (re.compile("[ое]нок$"), 4, "ята ят ятам ятами ятах ата ат атам атами атах".split()),
)
_FLEETING: Final = (  # a vowel that only the nominative has, and what stands for it elsewhere
    (re.compile("(.*)[ое](к|ц|л)()$"), ("",)),
    (re.compile(rf"(.*[{_VOWELS}])е(к|ц|н)()$"), ("й",)),  # боец, паек
    (re.compile("(.*[лнрстдзмвб])е(к)()$"), ("ь",)),  # Витек
    (re.compile("(.*л)е(ц)()$"), ("ь",)),  # палец
    (re.compile("(.*)е(н|р)()$"), ("",)),
    (re.compile("(л)е(в|д|н)()$"), ("ь", "")),
    (re.compile(f"([{_CONSONANTS}])[ое](в|т|н|с|з)()$"), ("",)),  # ров, рот, сон, пес
    (re.compile("(.*)[ое]([нлтвдгшж])(ь)$"), ("",)),  # день, ноготь, любовь, рожь
    (re.compile("(за)я(ц)()$"), ("й",)),
)
_INSERTED: Final = re.compile(rf"(.*[{_CONSONANTS}ьй])([{_CONSONANTS}])$")
# Names in -о that change; the others, of which most are foreign, do not.
_CHANGING_NAME: Final = re.compile("(?:[вл]|[иыеаоьйн]н|стр|тр|зер|ок|йск|олот|кн)о$")


def declined(word: str, *, is_name: bool, is_person: bool, gender: str) -> frozenset[str]:
    """All that `word`, which stands in the nominative, may become; itself among it.

    Args:
        word: in small letters, ё written е, of Russian letters alone.
        is_name: it is written with a capital and names one thing, so what could be another name
            is left out.
        is_person: it names a person, whose name in a vowel but а, я does not change.
        gender: f or m, of a person; empty where nothing is known.
    """
    if _is_fixed(word, is_name=is_name, is_person=is_person, gender=gender):
        return frozenset({word})
    found = {word, *_by_rule(word, _RULES)}
    found |= {form for stem in _without_vowel(word) for form in _by_rule(stem, _RULES)}
    if not is_name:
        found |= {*_by_rule(word, _COMMON), *bare(word)}
    elif word[-1] in "ыи":
        found |= bare(word)
    if is_person:
        found -= _of_the_other_gender(word)
    return frozenset(found)


def beginning(word: str) -> str:
    """Letters with which all of `declined` and `bare` begin; maybe none.

    No rule takes more than four letters off, three where the word ends in neither нок nor ся; a
    vowel may come before a last consonant, and ь and й go there.
    """
    if word[0] in "ьй":
        return ""
    cut = 4 if word.endswith(("нок", "ся")) else 3
    return word[: max(len(word) - cut, 1)].rstrip("ьй")


def bare(word: str) -> frozenset[str]:
    """The plural genitives without an ending: школ, марок, недель, зданий, судей."""
    if word[-1] not in "аяоеыи":
        return frozenset()
    stem, is_soft = word[:-1], word[-1] in "яеи"
    if len(stem) < _SHORTEST_STEM:
        return frozenset()
    if stem[-1] in _VOWELS:
        return frozenset({f"{stem}й"}) if is_soft else frozenset()
    found = {stem, f"{stem}ь", f"{stem}ей"} if is_soft else {stem}
    if stem[-1] == "ь":  # семья
        found = {f"{stem[:-1]}ей", f"{stem[:-1]}ий"}
    inserted = _INSERTED.fullmatch(stem)
    if inserted:
        before = inserted[1].rstrip("ьй")
        found |= {f"{before}{vowel}{inserted[2]}{end}" for vowel in "ое" for end in ("", "ь")}
    return frozenset(found)


def _is_fixed(word: str, *, is_name: bool, is_person: bool, gender: str) -> bool:
    if word[-1] in "уюэ" or (len(word) <= _SHORTEST_STEM and not is_name):
        return True
    if is_person and gender == "f" and word[-1] in f"{_CONSONANTS}й":
        return True
    if is_person and word[-1] in "оеыи":
        return True
    return is_name and word[-1] == "о" and not _CHANGING_NAME.search(word)


def _by_rule(word: str, rules: tuple[tuple[re.Pattern[str], int, list[str]], ...]) -> Iterator[str]:
    for ends, cut, endings in rules:
        stem = word[: len(word) - cut]
        if len(stem) >= _SHORTEST_STEM and ends.search(word):
            yield from (stem + ending for ending in endings)


def _without_vowel(word: str) -> Iterator[str]:
    for pattern, instead in _FLEETING:
        found = pattern.fullmatch(word)
        if found and found[1]:
            yield from (f"{found[1]}{each}{found[2]}{found[3]}" for each in instead)


def _of_the_other_gender(word: str) -> set[str]:
    """Достоевская is not Достоевский."""
    if word[-2:] in ("ый", "ий", "ой"):
        other = "ая яя ую юю"
    elif word[-2:] in ("ая", "яя"):
        other = "ый ий ого его ому ему ом ем ое ее"
    else:
        return set()
    return {word[:-2] + ending for ending in other.split()}
