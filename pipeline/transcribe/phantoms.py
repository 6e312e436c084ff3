"""Phrases that recognisers write where nobody says them: what subtitles end with on the web.

Seen with Whisper in many projects' lists of what they take out. People do say some of them, so that
they count only where the sound gives a reason to doubt too.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.core import language as languages

_PHRASES: Final = {
    "ru": (
        r".*dimatorzok.*"
        r"|субтитры (сделал|создавал|делал|подготовил)\w*( \w+){0,3}"
        r"|редактор субтитров( \w+){0,6}"
        r"|продолжение следует"
        r"|спасибо за (просмотр|внимание|субтитры)( \w+){0,1}"
        r"|(ставьте лайки и )?подписывайтесь на (наш |мой )?канал( \w+){0,2}"
        r"|до (новых встреч|следующих встреч|встречи в следующ\w+ \w+)"
    ),
    "es": (
        r"(muchas )?gracias por ver( el v[ií]deo)?( \w+){0,1}"
        r"|subt[ií]tulos (realizados )?por( \w+){0,5}"
        r"|suscr[ií]b(ete|anse) al canal( \w+){0,2}"
        r"|(\w+ ){0,8}amara ?org( \w+){0,3}"
    ),
    "en": (
        r"(thank you|thanks)( very much| so much)? for (watching|listening)( \w+){0,1}"
        r"|please subscribe( \w+){0,4}|(don t forget to )?(like and )?subscribe( \w+){0,4}"
        r"|subtitles by( \w+){0,4}|(\w+ ){0,8}amara ?org( \w+){0,3}|you"
    ),
}
# Prepositions and articles: nobody says one and nothing else, recognisers do where noise begins.
_NEVER_ALONE: Final = {
    "ru": frozenset(
        "без в во для до за из изо к ко на над о об обо от по под при про с со у через".split()
    ),
    "es": frozenset("al con de del el en la las los para por un una".split()),
    "en": frozenset("a an at by for from of the to with".split()),
}
_WHOLE: Final = {tag: re.compile(f"(?:{phrases})") for tag, phrases in _PHRASES.items()}
_NO_LETTERS: Final = re.compile(r"[\W_]+")


def is_phantom(text: str, language: str) -> bool:
    """Whether the whole text is such a phrase, in its language or any other."""
    plain = _plain(text)
    own = _WHOLE.get(languages.base(language))
    patterns = [own] if own else []
    patterns += [each for each in _WHOLE.values() if each is not own]
    return any(pattern.fullmatch(plain) for pattern in patterns)


def stands_never_alone(text: str, language: str) -> bool:
    """Whether the whole text is one word that nobody says without another after it."""
    return _plain(text) in _NEVER_ALONE.get(languages.base(language), ())


def _plain(text: str) -> str:
    return _NO_LETTERS.sub(" ", text.casefold()).strip()
