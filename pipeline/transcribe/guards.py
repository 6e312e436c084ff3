"""Is it what was said, or what a recogniser invents over music and noise?"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pipeline.core import language as languages
from pipeline.core.timeline import Sound
from pipeline.measure.words import fold
from pipeline.transcribe import phantoms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.timeline import Word
    from pipeline.engines import Heard

NOBODY: Final = "nobody seems to speak"
FOREIGN: Final = "it is written in another script"
ONSET: Final = "doubtful words where music or noise begins"
TOO_FAST: Final = "nobody speaks that fast"
MUSICAL: Final = "doubtful words over music"
QUIET: Final = "too quiet to be sure"
PHANTOM: Final = "a phrase that recognisers invent"
ACOUSTIC: Final = frozenset({NOBODY, MUSICAL, QUIET})  # the sound speaks against the words
_LONGEST_LOOP: Final = 6  # words that repeat
_LOOP_TIMES: Final = 5
_LOOP_WORDS: Final = 10
_FASTEST: Final = 10.0  # words a second; auctioneers reach half of it
_FEW: Final = 5  # words that may look fast because their times are rough
_TOLD: Final = 6  # fewer letters tell nothing of their speed
_DENSEST: Final = 28.0  # letters a second; 8 syllables are usual (Pellegrino 2011), 11 the most
_LETTERS: Final = 12  # fewer say little about a script
_FOREIGN: Final = 0.5  # more letters of other scripts than this, and it is another language
_FOREIGN_WORDS: Final = 3  # so many in a row are more than a name
_SPEECH_MS: Final = 900  # shorter speech may well have no words
_HAS_WORDS: Final = 0.3  # of a stretch must be words


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What the text of a chunk must stand up to; the defaults are Whisper's own."""

    no_speech: float = 0.6
    log_probability: float = -1.0
    compression: float = 2.4

    @property
    def sure(self) -> Thresholds:
        """For words that the sound spoke against before; such are judged as quiet speech is.

        So few of them must reach a quarter of what others must: noise gave "в России." at -0.38.
        """
        return replace(self, log_probability=self.log_probability / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known of a chunk besides its text."""

    language: str
    duration_ms: int
    sound: Sound = Sound.NOISE
    is_quiet: bool = False


def fault(heard: Heard, around: Circumstances, thresholds: Thresholds) -> str:
    """Why a chunk's text is taken for invented; empty where it is kept."""
    words = heard.text.split()
    if not words:
        return ""
    is_doubtful = heard.log_probability < thresholds.log_probability
    is_half_doubtful = (
        heard.log_probability < thresholds.log_probability / 2
        or heard.no_speech > thresholds.no_speech / 2
    )
    is_music = around.sound is Sound.MUSIC
    is_odd = is_half_doubtful or is_music or around.is_quiet
    reasons = {
        NOBODY: is_doubtful and heard.no_speech > thresholds.no_speech,
        "it repeats itself": _repetition(heard.text) > thresholds.compression or _loops(words),
        TOO_FAST: len(words) > max(_FEW, _FASTEST * around.duration_ms / 1000)
        or crammed(heard.words, around.duration_ms) == len(words),
        FOREIGN: _is_foreign(heard.text, around.language),
        MUSICAL: is_music and is_half_doubtful,
        QUIET: around.is_quiet and is_half_doubtful,
        "one word that never stands alone": phantoms.stands_never_alone(
            heard.text, around.language
        ),
        PHANTOM: is_odd and phantoms.is_phantom(heard.text, around.language),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def is_unheard(heard: Heard, around: Circumstances, thresholds: Thresholds) -> bool:
    """Whether somebody seems to speak and no words came of it."""
    is_loud = not around.is_quiet and around.sound is not Sound.MUSIC
    is_speech = around.duration_ms >= _SPEECH_MS and heard.no_speech < thresholds.no_speech
    return not heard.words and is_loud and is_speech


def crammed(words: Sequence[Word], speech_ms: int) -> int:
    """How many of the last words stand closer than a mouth can say them, the most that do.

    One word alone may have rough times; in longer speech times may be rougher.
    """
    most = _DENSEST if speech_ms < _SPEECH_MS else 2 * _DENSEST
    letters = [sum(map(str.isalnum, word.text)) for word in words]
    for first in range(len(words) - 1):
        said = sum(letters[first:])
        if said >= _TOLD and said * 1000 > most * (words[-1].end_ms - words[first].start_ms):
            return len(words) - first
    return 0


def foreign_run(heard: Heard, language: str) -> tuple[int, int] | None:
    """The longest run of words in a script that is not the language's; times are the chunk's."""
    own = languages.scripts(language)
    best: list[Word] = []
    run: list[Word] = []
    for word in heard.words:
        shares = languages.script_share(word.text)
        if shares and own.isdisjoint(shares):
            run.append(word)
            best = max(best, run, key=len)
        elif shares:
            run = []
    if len(best) < _FOREIGN_WORDS:
        return None
    return best[0].start_ms, best[-1].end_ms


def unheard(heard: Heard, speech: Sequence[tuple[int, int]]) -> list[int]:
    """The edges of speech for which there are no words; empty where all has words.

    Args:
        heard: what was heard; times are the chunk's.
        speech: the stretches of the chunk that somebody speaks in, in order.
    """
    found: list[int] = []
    for start, end in speech:
        spoken = sum(
            max(0, min(word.end_ms, end) - max(word.start_ms, start)) for word in heard.words
        )
        if end - start >= _SPEECH_MS and spoken < (end - start) * _HAS_WORDS:
            found += [start, end]
    return found if heard.words else []


def _is_foreign(text: str, language: str) -> bool:
    letters = sum(character.isalpha() for character in text)
    shares = languages.script_share(text)
    own = sum(shares.get(script, 0.0) for script in languages.scripts(language))
    return letters >= _LETTERS and own < 1 - _FOREIGN


def _repetition(text: str) -> float:
    """How much the text can be compressed; every character counts one, in any script."""
    known = {character: at % 256 for at, character in enumerate(dict.fromkeys(text))}
    data = bytes(known[character] for character in text)
    return len(data) / len(zlib.compress(data))


def _loops(words: Sequence[str]) -> bool:
    """Whether most of the words are a few words over and over."""
    plain = [fold(word) for word in words]
    for size in range(1, _LONGEST_LOOP + 1):
        run = longest = 0
        for at in range(size, len(plain)):
            run = run + 1 if plain[at] == plain[at - size] else 0
            longest = max(longest, run)
        repeated = longest + size if longest else 0
        is_long = repeated >= max(_LOOP_WORDS, _LOOP_TIMES * size)
        if is_long and repeated * 2 >= len(plain):
            return True
    return False
