"""Sentences as people translated them, for the memory of translations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.programme.memory import Pair
from pipeline.review import track_words
from pipeline.review.decisions import Approve, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.core.payloads import TranslatedSentence
    from pipeline.emit.inputs import Inputs
    from pipeline.review.decisions import Decision

_MOST: Final = 0.8  # of a sentence's time is approved: then it is


def pairs(inputs: Inputs, recording: str) -> tuple[Pair, ...]:
    """Each sentence whose translation people corrected, or approved as it stands, in time order.

    Args:
        inputs: what emit has at hand.
        recording: what the pairs call the recording; it does not recall its own.
    """
    found: list[Pair] = []
    for target, shown in inputs.shown.items():
        own = [one for one in inputs.decisions if target in one.at.track.split("+")]
        told = track_words.of_words(inputs.decisions, target)
        now = track_words.retold(shown, inputs.segments, told).sentences
        texts = {_key(one): _text(one) for one in now}
        sources = ["", *(one.source for one in shown.sentences), ""]
        for at, sentence in enumerate(shown.sentences):
            text = texts.get(_key(sentence), "")
            by = _decided(sentence, own, is_changed=text != _text(sentence))
            if sentence.hypotheses and text not in {"", sentence.source} and by:
                place = sources[at], sources[at + 2]
                pair = sentence.language, target, sentence.source, text, *place
                found.append(Pair(*pair, by.who, by.when, recording))
    return tuple(found)


def _key(sentence: TranslatedSentence) -> tuple[int, str]:
    return sentence.start_ms, sentence.source


def _text(sentence: TranslatedSentence) -> str:
    words = next((each.words for each in sentence.hypotheses if each.words), ())
    return " ".join(word.text for word in words)


def _decided(
    sentence: TranslatedSentence, decisions: Sequence[Decision], *, is_changed: bool
) -> Decision | None:
    """The last decision that makes a sentence a person's; None where it is the machine's."""
    kind = Text if is_changed else Approve
    about = [one for one in _about(sentence, decisions) if isinstance(one, kind)]
    shared_ms = sum(
        min(one.at.end_ms, sentence.end_ms) - max(one.at.start_ms, sentence.start_ms)
        for one in {(each.at.start_ms, each.at.end_ms): each for each in about}.values()
    )
    if not about or (not is_changed and shared_ms < _MOST * (sentence.end_ms - sentence.start_ms)):
        return None
    return about[-1]


def _about(sentence: TranslatedSentence, decisions: Sequence[Decision]) -> Iterator[Decision]:
    for one in decisions:
        if one.at.start_ms < sentence.end_ms and sentence.start_ms < one.at.end_ms:
            yield one
