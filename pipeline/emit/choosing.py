"""Among translations that are as good as each other, the one that can be read in its time."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from pipeline.core.language import script_share
from pipeline.subtitles.text import clean, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.core.payloads import Hypothesis, TranslatedSentence, Translation
    from pipeline.subtitles.profile import Rules

_PER_CPS: Final = 0.15  # what a character a second too much costs, in mean log-probability …
_CLOSE: Final = 0.3  # … and how much less likely than the first another may be
_LEAST: Final = 0.6  # of the first one's length: what is shorter has lost something
_KEPT: Final = re.compile(r"\w*[0-9]\w*(?:[.,][0-9]+)*|[^\W\d_][\w'’-]*")
_LONG_MS: Final = 60_000


def chosen(translation: Translation, rules: Rules) -> Translation:
    """The same sentences, and of each that hypothesis first that is to be shown.

    The first one stays, unless it is faster to read than `rules` want and another that is nearly as
    likely is not. That one has each number and each word with a capital that the first one has, no
    other script, and no better score: of those that had one, the translator thought worse for some
    other reason. What a person wrote is never exchanged.
    """
    sentences = tuple(
        sentence if sentence.is_recalled else _reordered(sentence, rules, room_ms)
        for sentence, room_ms in _with_room(translation)
    )
    return replace(translation, sentences=sentences)


def too_fast(translation: Translation, rules: Rules) -> dict[int, float]:
    """Which sentences, by their index, nobody can read in their time, and how fast they are.

    Told of the first hypothesis that says anything, in characters per second, blanks included; its
    time goes on after the last word as far as `rules` and the next sentence let it.
    """
    found = {}
    for index, (sentence, room_ms) in enumerate(_with_room(translation)):
        for shown in _said(sentence)[:1]:
            speed = _speed(shown, sentence, min(rules.linger_limit_ms, room_ms))
            if speed > rules.speed_limit:
                found[index] = speed
    return found


def _with_room(translation: Translation) -> Iterator[tuple[TranslatedSentence, int]]:
    """Each sentence, and how long nothing is said after it."""
    for sentence, after in pairwise((*translation.sentences, None)):
        if sentence is not None:
            room_ms = after.start_ms - sentence.end_ms if after else _LONG_MS
            yield sentence, max(room_ms, 0)


def _said(sentence: TranslatedSentence) -> Sequence[Hypothesis]:
    return [hypothesis for hypothesis in sentence.hypotheses if hypothesis.words]


def _speed(hypothesis: Hypothesis, sentence: TranslatedSentence, linger_ms: int) -> float:
    shown_ms = max(sentence.end_ms - sentence.start_ms + linger_ms, 1)
    return width(clean(hypothesis.text)) * 1_000 / shown_ms


def _reordered(sentence: TranslatedSentence, rules: Rules, room_ms: int) -> TranslatedSentence:
    linger_ms = min(rules.linger_ms, room_ms)

    def worth(hypothesis: Hypothesis) -> float:
        speed = _speed(hypothesis, sentence, linger_ms)
        return hypothesis.score - _PER_CPS * max(0.0, speed - rules.speed)

    said = _said(sentence)
    if not said or _speed(said[0], sentence, linger_ms) <= rules.speed:
        return sentence
    best = max(_close(said), key=worth)  # the first of equals
    others = (hypothesis for hypothesis in sentence.hypotheses if hypothesis is not best)
    return replace(sentence, hypotheses=(best, *others))


def _close(said: Sequence[Hypothesis]) -> list[Hypothesis]:
    """The first one and those that may stand for it."""
    close = list(said[:1])
    for before, hypothesis in pairwise(said):
        if hypothesis.score > before.score:  # doubted more than the likelier ones before it
            break
        if _may_replace(said[0], hypothesis):
            close.append(hypothesis)
    return close


def _may_replace(first: Hypothesis, other: Hypothesis) -> bool:
    return (
        other.score >= first.score - _CLOSE
        and len(other.text) >= _LEAST * len(first.text)
        and script_share(other.text).keys() <= script_share(first.text).keys()
        and not _kept(first.text) - _kept(other.text, folded=True)
    )


def _kept(text: str, *, folded: bool = False) -> Counter[str]:
    """The numbers of a text and its words with a capital; where `folded`, all words."""
    words = _KEPT.findall(text)
    told = (word for word in words if folded or not word[0].islower())
    return Counter(map(str.casefold, told))
