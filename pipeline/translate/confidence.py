"""How sure a translation is, from 0 to 1, and what of a doubt people are told.

The mean log-probability of a token carries most of it; every other sign can only take away. What
is a low one differs from weights to weights: small ones that know little are very sure of what
they know. So weights may say on their card below which it is doubtful.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from pipeline.translate import numbers

if TYPE_CHECKING:
    from pipeline.engines.card import Card

LOW: Final = "low_confidence"
NUMBERS: Final = "numbers"
THRESHOLD: Final = 0.5

# e to that power is 0.4 a token: every other token was a guess. Translators of Argos' kind mostly
# say -0.2 to -0.6 of what they can translate (a rule of thumb; the demo weights have their own).
DOUBTFUL: Final = -0.9

_MARGIN: Final = 0.1  # the most that a second hypothesis as likely as the first takes away
_NEAR: Final = 0.5  # of the doubtful log-probability: a margin like that is a clear one
_TIMES: Final = 2.0  # as long as the source, or as short, is nothing strange
_LEEWAY: Final = 10  # letters that any sentence may be longer: "Да." is "Yes, of course."
_MOST: Final = 5  # numbers to tell of in one sentence
_SHOWN: Final = 40  # letters of a number
_WIDE: Final = re.compile("[\u1100-\u11ff\u2e80-\ud7a3\uf900-\ufaff]")  # a letter is a syllable
_OF_LETTERS: Final = 3


def confidence(  # noqa: PLR0913 - as many signs are weighed
    source: str,
    text: str,
    score: float,
    second_score: float | None = None,
    *,
    is_recalled: bool = False,
    kept: float = 1.0,
    doubtful: float = DOUBTFUL,
    into: str = "en",
) -> float:
    """How sure `text` is as the translation of `source`, 0 to 1; below `THRESHOLD` it is doubted.

    Args:
        source: the sentence as spoken.
        text: its translation; an empty one has no confidence.
        score: the mean log-probability of its tokens.
        second_score: that of the next hypothesis; None where there is none.
        is_recalled: a person translated the sentence before: that is sure.
        kept: the share of the names and terms in `source` that `text` renders as it should.
        doubtful: the score at which these weights are as likely wrong as right: see `doubtful_at`.
        into: the language of `text`, for its number words.

    With nothing else against it, a text that scores `doubtful` gets just `THRESHOLD`. It never
    falls with a better score, a worse second one, more names kept or more numbers kept.
    """
    if not text.strip():
        return 0.0
    if is_recalled:
        return 1.0
    if math.isnan(score):
        return 0.0
    certainty: float = THRESHOLD ** (min(score, 0.0) / min(doubtful, -1e-6))
    found = numbers.found(source)
    lacking = numbers.missing(source, text, into) if found else []
    share = 1 - len(lacking) / len({each.text for each in found}) if found else 1.0
    sure = certainty * _clearness(score, second_score, doubtful) * _fitness(source, text)
    return round(sure * (1 + share) / 2 * (1 + min(max(kept, 0.0), 1.0)) / 2, 4)


def doubtful_at(card: Card | None) -> float:
    """The log-probability below which weights are doubted: what their card says, or the usual."""
    said = card.log_probability_threshold if card else None
    return DOUBTFUL if said is None or not said < 0 else said


def flags(
    source: str, text: str, sure: float = 1.0, *, into: str = "en", threshold: float = THRESHOLD
) -> tuple[str, ...]:
    """What people should look at: `numbers:12` for each number that is lost, `low_confidence`."""
    lacking = numbers.missing(source, text, into)[:_MOST]
    told = tuple(f"{NUMBERS}:{each[:_SHOWN]}" for each in lacking)
    return told if sure >= threshold else (*told, LOW)


def _clearness(score: float, second_score: float | None, doubtful: float) -> float:
    """1 where no other text was nearly as likely."""
    if second_score is None or math.isnan(second_score):
        return 1.0
    if second_score >= score:
        return 1 - _MARGIN
    return 1 - _MARGIN * math.exp((second_score - score) / (_NEAR * max(-doubtful, 1e-6)))


def _fitness(source: str, text: str) -> float:
    """1 where the two are about as long, less for each time more than that."""
    lengths = [_length(each) + _LEEWAY for each in (source, text)]
    return min(1.0, _TIMES * min(lengths) / max(lengths))


def _length(text: str) -> int:
    return len(text) + (_OF_LETTERS - 1) * len(_WIDE.findall(text))
