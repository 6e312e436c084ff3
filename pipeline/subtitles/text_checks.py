"""Findings about the text of cues: language, letters, what is said twice, where lines end."""

from __future__ import annotations

import functools
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pipeline.core import language as languages_of
from pipeline.core.language import base, binds_next, script_share, scripts
from pipeline.subtitles.breaks import dangles, ends_sentence
from pipeline.subtitles.checks import Finding, Rule, at, plain, spoken_language, untagged
from pipeline.subtitles.text import width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.subtitles.checks import Shown
    from pipeline.subtitles.profile import Profile

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ASIDE: Final = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|♪[^♪]*♪?|#[^#]*#")
_DASH: Final = re.compile(r"\s*[-‐‑–—]\s?\S")
_BROKEN_WORD: Final = re.compile(r"\w[-‐\u00ad]$")
_LABEL: Final = re.compile(r"\s*(?:\[[^\]]*\]|\([^)]*\)|[^:]{1,40}:)")
_AS_TEXT: Final = re.compile(r"\\N|\\n(?![a-z])|<[bB][rR] ?/?>")
_PAIRED: Final = re.compile(r"<(/?)([biu]|font)\b[^<>]*>", re.IGNORECASE)
_OPENING_MARKS: Final = ",.;:!?…)»”]}"
_LATIN: Final = "Latn"
_UNTOLD: Final = frozenset({"Zyyy"})  # ª and the like belong to no script
# Letters of one script that look like those of the other: typed by mistake, or left by a scanner.
_TWINS: Final = frozenset("aceopxyABCEHKMOPTXасеорхуАВСЕНКМОРТХ")
_OWN_SHARE: Final = 0.2  # of the letters: with less, it is a text in another language
_LOWER_WORDS: Final = 3  # in Latin letters: fewer may be a name in any language
_BINDING_WORDS: Final = 3  # of another language in a cue, and none of its own
_BINDING_WORDS_OF_FILE: Final = 10
_SAME_WORDS: Final = 3  # so many are not said twice by chance
_SAME_CUES: Final = 3  # fewer words are, but not so often in a row
_NEXT_MS: Final = 2_000  # a cue that comes later does not go on
_SHOWN_WORDS: Final = 3
_SHOWN_LETTERS: Final = 40


def text_findings(
    cues: Sequence[Shown], languages: Sequence[str], profile: Profile
) -> Iterator[Finding]:
    """What is odd about the text of one track's cues, cue by cue.

    Args:
        cues: in their order.
        languages: those that the track may be in; none where nobody knows.
        profile: how long lines are.
    """
    strange = other_language(cues, languages)
    if strange:
        yield strange
    for number, cue in enumerate(cues, start=1):
        text = plain(cue)
        found = [*_letters(text, languages)]
        if not strange and not found:
            found += _binding_words(text, languages)
        found += _breaks(cue, languages, profile)
        yield from (at(rule, number, cue, message) for rule, message in found)
    yield from _dangling_ends(cues, languages)
    yield from _repeated(cues)


def other_language(cues: Sequence[Shown], languages: Sequence[str]) -> Finding | None:
    """That a whole file is in another language than it should be, as far as small words tell."""
    known = _known(languages)
    if known is None:
        return None
    counts = dict.fromkeys(_distinct(), 0)
    for cue in cues:
        for language, count in _counts(plain(cue)).items():
            counts[language] += count
    most = max(counts, key=lambda language: counts[language])
    own = max(counts[language] for language in known)
    if most in known or counts[most] < _BINDING_WORDS_OF_FILE or counts[most] <= 2 * own:
        return None
    named = _named(languages)
    message = f"the text seems to be {languages_of.name(most)}, and the track is {named}"
    return Finding(rule=Rule.LANGUAGE, message=message)


def _letters(text: str, languages: Sequence[str]) -> Iterator[tuple[Rule, str]]:
    """Letters that the track's languages are not written in, and look-alikes within words."""
    if text.isascii() and (not languages or any(_LATIN in scripts(tag) for tag in languages)):
        return
    words = _WORD.findall(text)
    mixed = [word for word in words if _is_mixed(word)]
    if mixed:
        yield Rule.MIXED_LETTERS, f"Latin and Cyrillic letters in one word: {_some(mixed)}"
    shares = script_share(text)
    if not languages or not shares:
        return
    own = frozenset[str]().union(*map(scripts, languages))
    main = next(iter(shares))
    if main == _LATIN and main not in own:
        small = [word for word in words if word[0].islower()]
        if len(small) >= _LOWER_WORDS:
            yield Rule.LANGUAGE, f"in Latin letters, and the track is {_named(languages)}"
        return
    strange = [
        word
        for word in words
        if word not in mixed and not own.union({_LATIN}, _UNTOLD).issuperset(script_share(word))
    ]
    if not strange:
        return
    if sum(shares.get(script, 0) for script in own | {_LATIN}) >= _OWN_SHARE:
        yield Rule.UNTRANSLATED, f"not {_named(languages)}: {_some(strange)}"
    else:
        yield Rule.LANGUAGE, f"in other letters, and the track is {_named(languages)}"


def _is_mixed(word: str) -> bool:
    if word.isascii():
        return False
    shares = script_share(word)
    if set(shares) != {_LATIN, "Cyrl"}:
        return False
    few = min(shares, key=lambda script: shares[script])
    return all(
        letter in _TWINS for letter in word if letter.isalpha() and few in script_share(letter)
    )


def _binding_words(text: str, languages: Sequence[str]) -> Iterator[tuple[Rule, str]]:
    """Small words of a language that the track is not in, and none of its own."""
    known = _known(languages)
    if known is None:
        return
    counts = _counts(text)
    if any(counts.get(language) for language in known):
        return
    for language, count in counts.items():
        if count >= _BINDING_WORDS:
            seems = languages_of.name(language)
            yield Rule.LANGUAGE, f"seems to be {seems}, and the track is {_named(languages)}"


def _known(languages: Sequence[str]) -> frozenset[str] | None:
    """The track's languages, where small words can tell them from others."""
    own = frozenset(map(base, languages))
    return own if own and own <= _distinct().keys() else None


def _counts(text: str) -> dict[str, int]:
    """How many small words a text has that one language alone has; names have a capital."""
    found: dict[str, int] = {}
    for word in _WORD.findall(text):
        if word.islower():
            for language, own in _distinct().items():
                if word in own:
                    found[language] = found.get(language, 0) + 1
    return found


@functools.cache
def _distinct() -> dict[str, frozenset[str]]:
    """For each language whose small words are known, those that no other of them has."""
    known = {language: binds_next(language) for language in ("ru", "en", "es")}
    return {
        language: words.difference(*(own for other, own in known.items() if other != language))
        for language, words in known.items()
    }


def _breaks(cue: Shown, languages: Sequence[str], profile: Profile) -> Iterator[tuple[Rule, str]]:
    """Lines that are broken where nobody should, tags without their other half."""
    lines = [untagged(line) for line in cue.lines]
    whole = "\n".join(cue.lines)
    if found := _AS_TEXT.search(whole):
        yield Rule.LINE_BREAK, f"{found[0]} may be shown as it is: break the line instead"
    if tag := _unpaired(whole):
        yield Rule.TAG, f"<{tag}> has no other half"
    has_two = any(_DASH.match(line) for line in lines)
    for line, after in pairwise(lines):
        if not line or not after:
            continue
        if _BROKEN_WORD.search(line) and after[0].islower():
            yield (
                Rule.LINE_BREAK,
                f"a word is broken at the end of a line: {line.split()[-1][-_SHOWN_LETTERS:]}",
            )
        elif after[0] in _OPENING_MARKS and not after.startswith("..."):
            yield Rule.LINE_BREAK, f"a line begins with {after[0]}"
        elif not _DASH.match(after) and _hangs(line, languages):
            yield Rule.DANGLING, f"a line ends with {line.split()[-1]!r}, which waits for the next"
    if len(lines) > 1 and not has_two and not _LABEL.match(lines[0]) and len(languages) < 2:  # noqa: PLR2004
        yield from _needless(lines, cue, profile)


def _needless(lines: Sequence[str], cue: Shown, profile: Profile) -> Iterator[tuple[Rule, str]]:
    spoken = {spoken_language(line, cue.language) for line in lines}
    if len(spoken) > 1 or any(ends_sentence(line.split()[-1]) for line in lines[:-1] if line):
        return
    rules = profile.rules(next(iter(spoken)))
    together = width(" ".join(filter(None, lines)))
    if 0 < together <= rules.line_length:
        yield Rule.LINE_BREAK, f"{len(lines)} lines, where one of {together} characters would do"


def _dangling_ends(cues: Sequence[Shown], languages: Sequence[str]) -> Iterator[Finding]:
    for number, (cue, after) in enumerate(pairwise(cues), start=1):
        text = plain(cue)
        if text and after.start_ms - cue.end_ms < _NEXT_MS and _hangs(text, languages):
            message = f"ends with {text.split()[-1]!r}, which waits for the next cue"
            yield at(Rule.DANGLING, number, cue, message)


def _hangs(text: str, languages: Sequence[str]) -> bool:
    words = text.split()
    last = words[-1] if words else ""
    if not last or not last[-1].isalpha() or (last.isupper() and len(last) > 1):
        return False  # nor does an abbreviation: ON, IT
    return any(dangles(last, language) for language in _spoken(text, languages))


def _spoken(text: str, languages: Sequence[str]) -> list[str]:
    """What a text may be in: the track's language of these letters, or what small words tell."""
    shares = script_share(text)
    main = next(iter(shares), "")
    fitting = [tag for tag in languages or _distinct() if main in scripts(tag)]
    if len(fitting) == 1:
        return fitting
    counts = _counts(text)
    best = max(fitting, key=lambda tag: counts.get(base(tag), 0), default="")
    return [best] if best and counts.get(base(best)) else []


def _repeated(cues: Sequence[Shown]) -> Iterator[Finding]:
    """Cues that say the same as the one above: recognisers loop, and people paste twice."""
    before, row = "", 1
    for number, cue in enumerate(cues, start=1):
        words = _WORD.findall(_ASIDE.sub(" ", plain(cue)).casefold())
        text = " ".join(words)
        row = row + 1 if text and text == before else 1
        before = text
        if row > 1 and (len(words) >= _SAME_WORDS or row >= _SAME_CUES):
            yield at(Rule.REPEATED, number, cue, "says the same as the cue above it")


def _unpaired(text: str) -> str:
    """The first tag that is opened and not closed, or closed and not opened; "" for none."""
    opened: dict[str, int] = {}
    for slash, name in _PAIRED.findall(text):
        tag = name.lower()
        left = opened.get(tag, 0) + (-1 if slash else 1)
        if left < 0:
            return f"/{tag}"
        if left:
            opened[tag] = left
        else:
            del opened[tag]
    return next(iter(opened), "")


def _named(languages: Sequence[str]) -> str:
    return " and ".join(map(languages_of.name, languages))


def _some(words: Sequence[str]) -> str:
    more = " …" if len(words) > _SHOWN_WORDS else ""
    return ", ".join(word[:_SHOWN_LETTERS] for word in words[:_SHOWN_WORDS]) + more
