"""Asking for the second opinion, and telling where it is quite another thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core.decoding import RATE
from pipeline.engines.argos_packages import OtherLanguagesError
from pipeline.translate import interrupted, opinion

if TYPE_CHECKING:
    from pipeline.core.decoding import Samples
    from pipeline.core.payloads import TranslatedSentence, Translation
    from pipeline.core.progress import Progress
    from pipeline.translate.opinion import Asked, Opinion, Sound

NONE: Final = "none"  # the choice of whoever wants none, although the last run asked for one
_STAGE: Final = "second opinion"


@dataclass(frozen=True, slots=True)
class _Question:
    """A sentence as an opinion is asked about it."""

    start_ms: int
    end_ms: int
    text: str
    language: str


def chosen(choice: str, before: str) -> str:
    """Who is asked: whom somebody names now, else whom the last run asked; "" for nobody."""
    if choice == NONE:
        return ""
    path = Path(choice).expanduser()
    is_weights = path.is_dir() or (path.suffix == opinion.PACKAGE and path.is_file())
    return str(path.absolute()) if choice and is_weights else choice or before


def find(
    asked: Asked, sources: Iterable[str], target: str, sound: Sound, progress: Progress
) -> Opinion:
    """Whose opinion it is; while it listens, `progress` hears how far it is.

    Raises:
        OtherLanguagesError: the weights cannot translate into `target`.
        MissingError: the weights are not there, or are damaged.
        UsageError: the choice names nothing.
    """

    def told(end_ms: int) -> Iterator[Samples]:
        progress.begin(_STAGE, end_ms)
        try:
            heard = 0
            for block in sound(end_ms):
                yield block
                heard += len(block)
                progress.at(heard * 1_000 // RATE)
        finally:
            progress.end()

    return opinion.find(asked, sources, target, told, progress)


def of_targets(
    asked: Asked, targets: Mapping[str, Sequence[str]], sound: Sound, progress: Progress
) -> dict[str, Opinion | OtherLanguagesError]:
    """For each target the opinion, or why there is none: one choice need not serve all of them.

    Args:
        asked: whose opinion.
        targets: the languages that are translated into it, by target.
        sound: the recording's.
        progress: as for `find`.

    Raises:
        MissingError: the weights are not there, are damaged, or serve no target at all.
        UsageError: the choice names nothing.
    """
    found: dict[str, Opinion | OtherLanguagesError] = {}
    for target, sources in targets.items():
        try:
            found[target] = find(asked, sources, target, sound, progress)
        except OtherLanguagesError as error:
            found[target] = error
    faults = [each for each in found.values() if isinstance(each, OtherLanguagesError)]
    if faults and len(faults) == len(found):
        raise faults[0]
    return found


def compared(translation: Translation, other: Opinion) -> Translation:
    """The same with the flag `disagrees` and the other text where the two are quite different.

    What people translated is compared with nothing. Nothing else changes.
    """
    asked = [
        at
        for at, each in enumerate(translation.sentences)
        if each.hypotheses and not each.is_recalled
    ]
    sentences = list(translation.sentences)
    texts = other.texts([_question(sentences[at]) for at in asked])
    for at, text in zip(asked, texts, strict=True):
        each = sentences[at]
        if opinion.disagrees(each.hypotheses[0].text, text, translation.target):
            flags = (*each.flags, opinion.DISAGREES)
            sentences[at] = msgspec.structs.replace(each, flags=flags, opinion=text)
    return msgspec.structs.replace(translation, sentences=tuple(sentences))


def _question(sentence: TranslatedSentence) -> _Question:
    text = sentence.source
    if sentence.hypotheses[0].text.endswith(interrupted.ELLIPSIS):
        text = interrupted.meant(text, sentence.language)
    return _Question(sentence.start_ms, sentence.end_ms, text, sentence.language)
