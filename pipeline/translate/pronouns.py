"""Pronouns and verbs that fit nobody: told to people, never rewritten.

English says he or she where Russian leaves it open, and Russian verbs tell whether the speaker is a
man or a woman. Roster and glossary say which is right; the rest is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.core.language import base
from pipeline.programme import terms
from pipeline.programme.glossary import Term
from pipeline.programme.roster import Gender, Person

if TYPE_CHECKING:
    from pipeline.programme.terms import Finders, Hit

_PRONOUN: Final = "pronoun_check"
_GENDER: Final = "gender_check"
_WORDS: Final = re.compile(r"[^\W\d_]+")
_OTHER: Final = {Gender.FEMININE: Gender.MASCULINE, Gender.MASCULINE: Gender.FEMININE}
_ENGLISH: Final = {
    Gender.FEMININE: frozenset("she her hers herself".split()),
    Gender.MASCULINE: frozenset("he him his himself".split()),
}
# Where the source itself says he of somebody, a he in the translation is his.
_RUSSIAN: Final = {
    Gender.FEMININE: frozenset("она её ее ей ею неё нее ней нею".split()),
    Gender.MASCULINE: frozenset("он его ему им него нему ним нём нем".split()),
}
# "Я" and the verb, with nothing but small words between, neither a clause nor quotation marks.
_BETWEEN: Final = """бы вам вас ведь вот всегда всё всю давно даже действительно долго ее её его ей
    ему ещё еще же и им их конечно лично ли много не ни никогда однажды опять очень потом почти
    просто сам сама сегодня сейчас снова сразу так там тебе тебя теперь тогда тоже только тут уже
    часто это этого этому""".split()
_SAID: Final = re.compile(
    rf"(?<![\w«„“\"-])я(?:\s+(?:{'|'.join(_BETWEEN)}))*\s+(?P<verb>[а-яё]{{2,}})(?!\w|-)",
    re.IGNORECASE,
)
_SHE: Final = re.compile(r"(?:[а-яё]{2,}ла(?:сь)?|шла|сама|рада|готова|должна|согласна|уверена)")
_HE: Final = re.compile(
    r"""(?:[а-яё]*[аеёиоуыюя]л(?:ся)?|сам|рад|готов|должен|согласен|уверен
    |(?:с|по)?мог|помог|(?:при|у)?в[её]з|(?:при|у|по)?н[её]с|вырос|(?:при|от)вык|л[её]г)""",
    re.VERBOSE,
)
# Nouns that end like such verbs, and "мыла", "стекла", which are both.
_NOUNS: Final = frozenset(
    """бал вал вокзал генерал дела журнал зал идеал интеграл канал капитал квартал колокола крыла
    кола материал металл мыла мясла масла металла начала осла осёл пол пола посёл посла потенциал
    привал провал ритуал села сигнал сила скала стекла стол стола стул стула тела угла узел узла
    угол финал футбол числа школа""".split()
)
_QUOTES: Final = re.compile('[«„“"]')


@dataclass(frozen=True, slots=True)
class Cast:
    """People whose gender is known, ready to be found in sentences of one language."""

    genders: Mapping[str, Gender]  # by name
    finders: Finders


def cast(people: Iterable[Person], language: str) -> Cast:
    """The people as `language` writes them: by the whole name, and by its first or last word.

    A word that several of them have finds nobody.
    """
    genders: dict[str, Gender] = {}
    names: dict[str, list[str]] = {}
    for person in people:
        genders[person.name] = person.gender
        full = person.name_in(language)
        for form in {full, *full.split()[:1], *full.split()[-1:]}:
            names.setdefault(form, []).append(person.name)
    known = [
        Term(source=form, target=owner, type="person", gender=genders[owner])
        for form, (owner, *others) in sorted(names.items())
        if not others and any(map(str.isalpha, form))
    ]
    return Cast(genders, terms.finders(known, language))


def conflicts(
    source: str, text: str, cast: Cast, hits: Sequence[Hit], *, speaker: str = "", into: str = "en"
) -> tuple[str, ...]:
    """What in a sentence and its translation does not fit the people it is of; empty if all does.

    `pronoun_check:Name` where the sentence names one person alone, and `text` has pronouns of the
    other gender only; `gender_check:Name` where `speaker` tells of themselves in the past tense
    with the other gender: then it may be another person who speaks.
    """
    found = []
    if base(into) == "en":
        found += _wrong_pronoun(source, text, _people(source, cast, hits))
    wrong = _OTHER.get(cast.genders.get(speaker, Gender.UNKNOWN))
    if wrong is not None and _own_gender(source) is wrong:
        found.append(f"{_GENDER}:{speaker}")
    return tuple(found)


def _people(source: str, cast: Cast, hits: Sequence[Hit]) -> dict[str, Gender]:
    """Who is named in a sentence, of the cast and of the glossary."""
    known = terms.occurrences(source, cast.finders)
    people = {hit.term.target: cast.genders[hit.term.target] for hit in known}
    for hit in hits:
        is_known = any(hit.start < one.end and one.start < hit.end for one in known)
        if _is_person(hit.term) and not is_known:
            people.setdefault(hit.term.target, _gender(hit.term.gender))
    return people


def _is_person(term: Term) -> bool:
    return term.type.casefold() == "person" or bool(term.gender and not term.type)


def _gender(text: str) -> Gender:
    """A glossary's gender, which may be written out: `f`, `feminine`, `м`."""
    first = text.strip().casefold()[:1]
    return {"f": Gender.FEMININE, "ж": Gender.FEMININE, "m": Gender.MASCULINE}.get(
        first, Gender.MASCULINE if first == "м" else Gender.UNKNOWN
    )


def _wrong_pronoun(source: str, text: str, people: Mapping[str, Gender]) -> list[str]:
    if len(people) != 1:
        return []
    ((name, gender),) = people.items()
    other = _OTHER.get(gender)
    if other is None:
        return []
    said, heard = _words(text), _words(source)
    if said & _ENGLISH[gender] or not said & _ENGLISH[other] or heard & _RUSSIAN[other]:
        return []
    return [f"{_PRONOUN}:{name}"]


def _words(text: str) -> set[str]:
    return set(_WORDS.findall(text.casefold()))


def _own_gender(source: str) -> Gender:
    """Which gender the speaker tells of themselves; unknown where nothing or both is said."""
    found = set()
    for match in _SAID.finditer(source):
        verb = match["verb"].casefold()
        if verb in _NOUNS or _is_quoted(source, match.start()):
            continue
        if _SHE.fullmatch(verb):
            found.add(Gender.FEMININE)
        elif _HE.fullmatch(verb):
            found.add(Gender.MASCULINE)
    return found.pop() if len(found) == 1 else Gender.UNKNOWN


def _is_quoted(source: str, at: int) -> bool:
    """Whether quotation marks opened before: then somebody else may have said it."""
    return bool(_QUOTES.search(source, 0, at))
