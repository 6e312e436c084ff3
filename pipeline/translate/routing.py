"""What is translated and what stays as it was said: language, script and text have to agree."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from pipeline.core.language import base, script_share, scripts
from pipeline.engines import cleaning
from pipeline.translate.sentences import Sentence

WRONG_SCRIPT: Final = "wrong_script"  # the source is not written like its language
WRONG_LANGUAGE: Final = "wrong_language"  # it is written in another one of the same script

_HALF: Final = 0.5
_QUOTED: Final = re.compile(r"«[^«»]{1,400}»|“[^“”]{1,400}”|„[^„“”]{1,400}[“”]|\"[^\"]{1,400}\"")
_WORD: Final = re.compile(r"[^\W\d_]+")
_FEWEST: Final = 3  # small words of another language; fewer are a name or a quotation

# Words that are in every sentence of a language, and in none of the others here.
_SMALL: Final = {
    "en": """the and of to is are was were that this it we you they have has for with not be from by
        at which will would can our their there what""",
    "es": """el los las una del que y es son está están por para con pero nosotros ustedes muy esto
        esta este como más también hay fue han ser sus""",
    "fr": """le les des une du est sont et dans pour avec pas nous vous ils cette qui sur au aux
        être mais très""",
    "pt": """os uma do da dos das não e é são em para com mas nós vocês muito isso esta este como
        mais também foi ser seus""",
    "de": """der die das und ist sind nicht ein eine wir sie ich mit auf für von zu den dem auch
        aber""",
    "it": """il gli una del della che è sono per con ma noi voi molto questo questa come più anche
        di essere""",
}


def doubt(sentence: Sentence, spoken: Collection[str]) -> str:
    """Why a sentence is not to be translated although its language is; "" where nothing is wrong.

    Args:
        sentence: what was said, in the language that was decided.
        spoken: the languages it might be in instead.
    """
    text = sentence.text
    if not is_written_in(text, sentence.language):
        return WRONG_SCRIPT
    others = {base(tag) for tag in spoken} - {base(sentence.language)}
    said = [word.casefold() for word in _WORD.findall(_QUOTED.sub(" ", text))]
    own = _count(said, base(sentence.language))
    if own is None:
        return ""
    found = {tag: _count(said, tag) or 0 for tag in sorted(others)}
    likeliest = max(found, key=lambda tag: found[tag], default="")
    if own == 0 and likeliest and found[likeliest] >= _FEWEST:
        return f"{WRONG_LANGUAGE}:{likeliest}"
    return ""


def is_written_in(text: str, language: str) -> bool:
    """Whether half of the letters or a third of several words belong to it; no letters never do.

    What stands in quotation marks may be foreign, as long as something is said around it.
    """
    around = _QUOTED.sub(" ", text)
    if _own(around if cleaning.has_letters(around) else text, language) >= _HALF:
        return True
    words = _WORD.findall(around)
    own = sum(len(word) > 1 and _own(word, language) >= _HALF for word in words)
    return own > 1 and own >= len(words) / 3


def _own(text: str, language: str) -> float:
    """What part of the letters belongs to the language."""
    share = script_share(text)
    return sum(share.get(script, 0.0) for script in scripts(language))


def _count(words: list[str], language: str) -> int | None:
    """How many of the small words of a language there are; None where nobody listed them."""
    if language not in _SMALL:
        return None
    small = frozenset(_SMALL[language].split())
    return sum(word in small for word in words)
