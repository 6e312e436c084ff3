"""What each artifact holds. Stages share these types and never each other."""

from __future__ import annotations

from typing import Final

import msgspec

from pipeline.core.timeline import Cue, Gap, Item, Phrase, Turn, Word

_NO_PARTS: Final = frozenset({"", ".", "..", ".pipeline"})
_NO_SIGNS: Final = "\\:\0"


class Transcript(msgspec.Struct, frozen=True, kw_only=True):
    """Every second accounted for: phrases and gaps in time order over the whole recording.

    `music` is where tones last as in music, whatever is said over it: [start, end) in milliseconds,
    in order and apart.
    """

    duration_ms: int
    lines: tuple[Phrase | Gap, ...]
    music: tuple[tuple[int, int], ...] = ()

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The lines that hold words."""
        return tuple(line for line in self.lines if isinstance(line, Phrase))


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """One voice of a recording, and whose it is as far as is known.

    `name` is sure, by its `evidence`: `decision`, `enrolment`, `roster` or `item`; by a decision it
    may also be nobody's. `proposal` is a
    name that is only likely. `cosine` is how like the person's voice it is, `margin` how much more
    than the next one's. `flags` say why people should look at it: `two_people:Anna|Juan`.
    """

    number: int
    speech_ms: int
    name: str = ""
    evidence: str = ""
    proposal: str = ""
    cosine: float = 0.0
    margin: float = 0.0
    is_music: bool = False
    flags: tuple[str, ...] = ()


class Segments(msgspec.Struct, frozen=True, kw_only=True):
    """Who speaks when (turns in time order) and in which part of the programme (items in order).

    `voices` are numbered from 1 without holes; none where they were not told apart.
    """

    turns: tuple[Turn, ...]
    items: tuple[Item, ...]
    voices: tuple[Voice, ...] = ()


class Hypothesis(msgspec.Struct, frozen=True, kw_only=True):
    """One way to translate a sentence, its words placed on the recording's clock."""

    text: str
    score: float
    words: tuple[Word, ...]


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """How a person translated a sentence like this one; shown to people, never put in unseen.

    `likeness` is that of the two sources, from 0 to 1.
    """

    source: str
    text: str
    likeness: float


class TranslatedSentence(msgspec.Struct, frozen=True, kw_only=True):
    """A source sentence and up to four hypotheses, best first; without any, it stays as spoken.

    `flags` say why people should look at it: `untranslated`, `loop`, `term_missing:source=target`.
    `is_recalled` says that a person translated the same sentence before, and that it is theirs;
    `via` names the language that lies between source and target, "" for none. `confidence` goes
    from 0 to 1. `opinion` is what another engine made of it, where that is quite another thing.
    """

    start_ms: int
    end_ms: int
    language: str
    source: str
    words: tuple[Word, ...]  # the source words, as spoken
    hypotheses: tuple[Hypothesis, ...] = ()
    flags: tuple[str, ...] = ()
    is_recalled: bool = False
    via: str = ""
    confidence: float = 0.0
    suggestions: tuple[Suggestion, ...] = ()
    opinion: str = ""


class Translation(msgspec.Struct, frozen=True, kw_only=True):
    """All sentences of a recording in time order, for one target language."""

    target: str
    sentences: tuple[TranslatedSentence, ...]


class EmittedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One SRT as written: `path` relative to the recording's folder, `digest` of its bytes.

    `states` says of each cue where it stands in the review (review.states.State).
    """

    path: str
    track: str
    digest: str
    cues: tuple[Cue, ...]
    states: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """A folder may come from strangers: what a record names is replaced and removed."""
        parts = self.path.split("/")
        if not _NO_PARTS.isdisjoint(parts) or any(sign in self.path for sign in _NO_SIGNS):
            raise ValueError(f"{self.path!r} is not a file of ours")


class Emitted(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of emit writes, stored before the first file and again after the last.

    `number` counts runs, so that their order does not hang on times of files, which copying loses.
    `open` is how many places people should look at; None where that was not counted.
    """

    files: tuple[EmittedFile, ...]
    finished: bool = False
    number: int = 0
    open: int | None = None
