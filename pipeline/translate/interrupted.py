"""Speech that breaks off: what of it makes sense to translate, and how the translation ends.

A model gives every sentence an end. After "and" or "in" it would invent one, so these words stay
with the source alone, and an ellipsis says that more was to come.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.core.language import base

ELLIPSIS: Final = "…"
_CLOSING: Final = "»”’\"')]}"
_ENDS: Final = f".,;:…—–- {_CLOSING}"
_BREAK: Final = re.compile(rf"(?:\.\.|…|[—–-])[{re.escape(_CLOSING)}]*$")
_MARKS: Final = "«“\"'([{¿¡"
_TAIL: Final = 40  # letters at the end of a word, however long it is

# Conjunctions, prepositions, articles: nobody ends a sentence with them.
_DANGLING: Final = {
    "ru": """а без безо благодаря в вместо во вроде где да для до если за и из из-за из-под или к
        как ко когда который которая которое которые либо между на но о об обо от перед по под подо
        поскольку потому при про ради с сквозь со среди у хотя через что чтобы""",
    "en": """a an and as at because between but by during for from her his if into its my nor of
        or our than that the their though to unless until when where which while who whose with
        without your although""",
    "es": """a al ante aunque como con cuando de del desde donde durante e el en entre hacia hasta
        la las los mi ni nuestra nuestro o para pero por porque que según si sin su sus tras tu un
        una unas unos y""",
}
_QUESTIONS: Final = frozenset(  # alone they ask something
    "где когда как что который when where which who whose cuando donde como que".split()
)


def breaks_off(text: str) -> bool:
    """Whether a word's own marks say that the speaker broke off: `потом…`, `как —`."""
    return _BREAK.search(text[-_TAIL:]) is not None


def dangles(text: str, language: str) -> bool:
    """Whether a word, with whatever comma is at it, cannot be the last of a sentence."""
    return _bare(text[-_TAIL:]) in dangling(language)


def dangling(language: str) -> frozenset[str]:
    """Lower-case words of a language that no sentence ends with; none where nobody listed them."""
    return frozenset(_DANGLING.get(base(language), "").split())


def meant(text: str, language: str) -> str:
    """What of an interrupted sentence can be translated: without the words that dangle at its end.

    Empty where there is nothing else; a lone question word is a question all the same.

    >>> meant("Мы ждали вас, но в —", "ru")
    'Мы ждали вас'
    """
    tokens = text.split()
    words = dangling(language)
    while tokens and (not _bare(tokens[-1]) or _bare(tokens[-1]) in words):
        tokens.pop()
    if not tokens:
        asks = [token for token in text.split() if _bare(token) in _QUESTIONS]
        return asks[-1].strip(_ENDS) if asks else ""
    return " ".join(tokens).rstrip(_ENDS)


def ended(text: str) -> str:
    """A translation of it, with the ellipsis in place of the end that the engine gave it.

    >>> ended("We waited for you.")
    'We waited for you…'
    """
    kept = text.rstrip(_ENDS)
    return kept if kept.endswith(("?", "!")) else kept + ELLIPSIS


def _bare(token: str) -> str:
    return token.strip(_ENDS + _MARKS).casefold()
