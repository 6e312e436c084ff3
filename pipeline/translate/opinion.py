"""A second opinion on translations: what another engine makes of the same sentence.

Where it is quite another thing, people are told; a translation is never changed by it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from pipeline.core import media
from pipeline.core.errors import UsageError
from pipeline.engines import (
    degenerate,
    hub,
    opus_folders,
    searching,
    translators,
    weights,
    whisper_task,
)
from pipeline.engines.argos_packages import OtherLanguagesError
from pipeline.engines.seq2seq import Decoding
from pipeline.engines.whisper_task import Spoken, Translating
from pipeline.measure.chrf import chrf
from pipeline.measure.words import fold
from pipeline.translate import numbers

if TYPE_CHECKING:
    from pipeline.core.decoding import Samples
    from pipeline.core.progress import Progress
    from pipeline.engines import Translator
    from pipeline.engines.weights import Weights

log = logging.getLogger(__name__)

PACKAGE: Final = ".argosmodel"
DISAGREES: Final = "disagrees"
WHISPER: Final = "whisper"

# Of two English texts, as chrF. Sentences of FLORES that have nothing to do with one another get
# 28 at most; one in a hundred gets less than 35 against itself with two words of five changed.
_STRONG: Final = 30.0
_SURE_FROM: Final = 60  # letters; chance does more in shorter texts, so less counts as strong
_SHORTEST: Final = 20  # letters; "Good evening!" and "Hi there!" share nothing and agree
_LONGEST: Final = 5_000  # letters that are compared
_BLOCK_MS: Final = 10_000

Sound = Callable[[int], Iterable["Samples"]]
"""A recording's sound from its beginning to a time."""


class Sentence(Protocol):
    """What an opinion is asked about: words of one language, and where they are spoken."""

    @property
    def start_ms(self) -> int: ...  # noqa: D102

    @property
    def end_ms(self) -> int: ...  # noqa: D102

    @property
    def text(self) -> str: ...  # noqa: D102

    @property
    def language(self) -> str: ...  # noqa: D102


class Opinion(Protocol):
    """Another engine. Weights are loaded when it is first asked."""

    @property
    def identity(self) -> str:
        """The weights and all else that decides what it says; part of a translation's origin."""

    def texts(self, sentences: Sequence[Sentence]) -> list[str]:
        """Its translation of each sentence; "" where it has none to give.

        Raises:
            MissingError: a part of the weights is missing or damaged.
            EngineError: the engine gave up.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which engine is to give the opinion, and how to come by it."""

    choice: str  # `whisper`, a size or a folder of Whisper's, translation weights
    demo: bool = False
    offline: bool = False
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class OfTranslators:
    """Another translator's, by source language; it reads the same words."""

    found: dict[str, Weights]
    into: str
    device: str = "auto"
    load: Callable[..., Translator] = translators.load

    @property
    def identity(self) -> str:  # noqa: D102 - as the protocol says
        names = (f"{source}: {each.identity}" for source, each in self.found.items())
        return f"{', '.join(names)} {self.device}"

    def texts(self, sentences: Sequence[Sentence]) -> list[str]:  # noqa: D102
        said = [""] * len(sentences)
        for source, chosen in self.found.items():
            of_it = [at for at, each in enumerate(sentences) if each.language == source]
            if not of_it:
                continue
            engine = self.load(chosen, Decoding(hypotheses=1), self.device)
            rows = engine.translate([sentences[at].text for at in of_it])
            for at, row in zip(of_it, rows, strict=True):
                said[at] = _usable(sentences[at], row[0][0], self.into) if row else ""
        return said


@dataclass(frozen=True, slots=True)
class OfWhisper:
    """Whisper's, by its own translate task; it hears the sound and reads nothing."""

    weights: Weights
    sound: Sound
    device: str = "auto"
    load: Callable[..., Translating] = Translating

    @property
    def identity(self) -> str:  # noqa: D102 - as the protocol says
        return f"{self.weights.identity} {searching.setting(searching.Decoding(), self.device)}"

    def texts(self, sentences: Sequence[Sentence]) -> list[str]:  # noqa: D102
        if not sentences:
            return []
        engine = self.load(self.weights, self.device)
        spans = [Spoken(each.start_ms, each.end_ms, each.language) for each in sentences]
        last_ms = max(each.end_ms for each in spans)
        heard = engine.texts(self.sound(last_ms), spans)
        said = [
            _usable(sentence, text, whisper_task.TARGET)
            for sentence, text in zip(sentences, heard, strict=True)
        ]
        if any(heard) and not any(said):
            log.warning(
                "second opinion: the weights %s write down what is said and do not translate it: "
                "try others, such as --second-opinion small",
                self.weights.identity,
            )
        return said


def find(
    asked: Asked, sources: Iterable[str], target: str, sound: Sound, progress: Progress
) -> Opinion:
    """The opinion that somebody asked for, its weights found or fetched and not yet loaded.

    Raises:
        OtherLanguagesError: the weights cannot translate into `target`.
        MissingError: the weights are not there, or are damaged.
        InputError: what people wrote into their folder cannot be understood.
        UsageError: the choice names nothing, or names demo weights without `demo`.
    """
    if not _is_whisper(asked.choice):
        return OfTranslators(_translators(asked, sources, target, progress), target, asked.device)
    choice: str | None = asked.choice
    if choice == WHISPER:  # not what suits a GPU best: that one does not translate
        choice = None if asked.demo else weights.ON_CPU
    if choice in hub.SIZES:
        whisper_task.check(weights.Weights(Path(choice), choice), target)  # before it is fetched
    chosen = weights.find_asr(choice, offline=asked.offline, demo=asked.demo, progress=progress)
    whisper_task.check(chosen, target)
    return OfWhisper(chosen, sound, asked.device)


def sound(recording: Path, stream: int = 1) -> Sound:
    """The sound of a recording as `find` wants it."""
    return lambda end_ms: media.blocks(recording, block_ms=_BLOCK_MS, end_ms=end_ms, stream=stream)


def disagrees(text: str, other: str, into: str = "en") -> bool:
    """Whether two translations of one sentence into a language say quite different things.

    So says their chrF, the mean of both ways; letter case and marks count for nothing. They
    disagree too where each has a number that the other lacks. One that is empty is no opinion.
    """
    ours, theirs = _plain(text), _plain(other)
    length = max(len(ours), len(theirs))
    if not ours or not theirs or ours == theirs:
        return False
    if numbers.missing(text, other, into) and numbers.missing(other, text, into):
        return True
    if length < _SHORTEST:
        return False
    likeness = (chrf([ours], [theirs]) + chrf([theirs], [ours])) / 2
    return likeness < _STRONG * min(1.0, length / _SURE_FROM)


def _plain(text: str) -> str:
    return " ".join(filter(None, map(fold, text[:_LONGEST].split())))


def _usable(sentence: Sentence, text: str, into: str) -> str:
    """A text, unless it is a loop or is still in the source's script: that is no opinion."""
    strange = degenerate.foreign([sentence.language], [into])
    found = degenerate.degenerate(sentence.text, text, strange)
    return "" if {degenerate.LOOP, degenerate.LEFT_OVER} & set(found) else text


def _is_whisper(choice: str) -> bool:
    """Whether a choice is for speech weights: a name of them, or a folder that holds them."""
    folder = Path(choice).expanduser()
    if not folder.exists():
        return choice == WHISPER or choice in hub.SIZES
    return folder.is_dir() and not opus_folders.is_one(folder) and not hub.missing_parts(folder)


def _translators(
    asked: Asked, sources: Iterable[str], target: str, progress: Progress
) -> dict[str, Weights]:
    """Weights by source language; a language that they are not for gets no second opinion."""
    if asked.choice and not Path(asked.choice).expanduser().exists():
        hint = f"--second-opinion takes: whisper, a folder or *{PACKAGE}, none to ask nobody"
        raise UsageError(f"{asked.choice}: no such file", hint=hint)
    found: dict[str, Weights] = {}
    others: OtherLanguagesError | None = None
    for source in sources:
        try:
            found[source] = weights.find_mt(
                source,
                target,
                asked.choice,
                offline=asked.offline,
                demo=asked.demo,
                progress=progress,
            )
        except OtherLanguagesError as error:
            others = error
    if others is not None and not found:
        hint = f"--second-opinion takes weights that translate into {target}, or: whisper"
        raise OtherLanguagesError(others.message, hint=hint) from others
    return found
