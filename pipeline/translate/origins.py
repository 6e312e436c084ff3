"""What decides a translation: the options and inputs, and the origin that says if it is current."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core import artifacts, files
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT, TRANSLATION, Origin
from pipeline.core.errors import ArtifactError, UsageError
from pipeline.programme import glossary, inflection, memory, roster
from pipeline.review import decisions, fold
from pipeline.translate import ways
from pipeline.translate.drafts import Known, recollected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pipeline.core.payloads import Transcript, TranslatedSentence
    from pipeline.core.timeline import Phrase, Turn
    from pipeline.core.workspace import Workspace
    from pipeline.programme.glossary import Term
    from pipeline.programme.info import Info
    from pipeline.programme.memory import Memory
    from pipeline.translate.ways import Found

NAME: Final = "translate"
VERSION: Final = 2  # raise it when the same words and options would give another translation
_OF_THE_MACHINE: Final = "inflection"  # the option that is as it was where nobody names weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What decides a translation, besides its words and the weights."""

    beam: int = 4
    hypotheses: int = 4


@dataclass(frozen=True, slots=True)
class Inputs:
    """What translations are made from; `transcript` holds the reviewed words."""

    transcript: Transcript
    turns: tuple[Turn, ...]
    known: Known
    digests: dict[str, str]


@dataclass(frozen=True, slots=True)
class Job:
    """One translation: of which languages into which, where it goes, what decides it."""

    target: str
    sources: tuple[str, ...]  # only those that are spoken
    path: Path
    origin: Origin
    memory: Memory


def targets(info: Info) -> dict[str, list[str]]:
    """For each language that is translated into, the languages that are translated."""
    found: dict[str, list[str]] = {}
    for source, target in info.translate.items():
        found.setdefault(target, []).append(source)
    return found


def known(info: Info) -> Known:
    """What people told of names and people, but for what they translated before.

    Raises:
        InputError: a glossary or the roster cannot be read.
    """
    paths = info.glossaries or ((info.glossary,) if info.glossary else ())
    return Known(
        terms=glossary.load_all(paths),
        people=roster.load(info.roster) if info.roster else (),
    )


def read(ws: Workspace, info: Info) -> Inputs:
    """All that is translated, and what is known about it.

    Raises:
        UsageError: there is no transcript, or there are no segments yet.
        InputError: a glossary or the roster cannot be read.
        ArtifactError: what was made, decided or translated before is damaged.
    """
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT).payload
    segments = artifacts.read(ws.segments_path, SEGMENTS).payload
    reviewed = fold.reviewed(transcript, segments, decisions.read(ws.decisions_path)).transcript
    told = known(info)
    people = {person.name for person in told.people if person.gender}
    digests = {"words": _words(reviewed.phrases), "turns": _turns(segments.turns, people)}
    if told.terms:
        digests["glossary"] = _digest([_term(term) for term in told.terms])
    if told.people:
        digests["people"] = _digest([(p.name, p.gender, p.written) for p in told.people])
    remembered = memory.load(memory.path(info, ws.recording))
    whole = Known(terms=told.terms, people=told.people, memory=remembered)
    return Inputs(reviewed, segments.turns, whole, digests)


def jobs(
    ws: Workspace, info: Info, options: Options, inputs: Inputs, *, demo: bool
) -> Iterator[Job]:
    """One for each target language."""
    heard = {phrase.language for phrase in inputs.transcript.phrases}
    for target, sources in targets(info).items():
        decided = {**asdict(options), "languages": sources, "demo": demo}
        if inputs.known.terms:
            decided[_OF_THE_MACHINE] = inflection.identity()
        origin = Origin(stage=NAME, stage_version=VERSION, options=decided, inputs=inputs.digests)
        spoken = tuple(source for source in sources if source in heard)
        path = ws.translation_path(target)
        yield Job(target, spoken, path, origin, inputs.known.memory or memory.Memory())


def made_with(job: Job, found: Found, sentences: Sequence[TranslatedSentence]) -> Origin:
    """The origin of what these weights make of these sentences."""
    origin = msgspec.structs.replace(
        job.origin, engine=ways.kinds(found), weights=ways.identity(found)
    )
    return _recalling(origin, job, sentences)


def reasons(job: Job, found: Found | None, *, demo_or_not: bool = False) -> list[str]:
    """Why a translation is not current; without weights named, those that made it are right.

    What people translated since then counts where it would be taken: between the same neighbours.
    What would only be suggested makes nothing stale.
    """
    if not job.path.exists():
        return [TRANSLATION.missing]
    try:
        made = artifacts.read(job.path, TRANSLATION)
    except (ArtifactError, UsageError) as error:
        return [error.message]
    old = made.origin
    if found is not None:
        return artifacts.differences(old, made_with(job, found, made.payload.sentences))
    decided = dict(job.origin.options)
    kept = [_OF_THE_MACHINE, "demo"] if demo_or_not else [_OF_THE_MACHINE]
    decided |= {name: old.options[name] for name in kept if name in decided and name in old.options}
    new = msgspec.structs.replace(
        job.origin, engine=old.engine, weights=old.weights, options=decided
    )
    return artifacts.differences(old, _recalling(new, job, made.payload.sentences))


def _recalling(origin: Origin, job: Job, sentences: Sequence[TranslatedSentence]) -> Origin:
    """The same, with what people translated before as an input, if they did any of these."""
    said = [(each.language, each.source) for each in sentences]
    found = [
        (*sentence, text)
        for sentence, text in zip(said, recollected(said, job.memory, job.target), strict=True)
        if text is not None and sentence[0] in job.sources
    ]
    if not found:
        return origin
    return msgspec.structs.replace(origin, inputs={**origin.inputs, "memory": _digest(found)})


def _words(phrases: Iterable[Phrase]) -> str:
    """The reviewed words: which times of cues and which hands they have gone through is all one."""
    return _digest(
        [
            (phrase.language, [(word.start_ms, word.end_ms, word.text) for word in phrase.words])
            for phrase in phrases
        ]
    )


def _turns(turns: Iterable[Turn], people: set[str]) -> str:
    """Where turns begin and end, and where another speaks; names only of whom more is known."""
    names: dict[str, int] = {"": 0}
    voices: dict[int, int] = {0: 0}
    return _digest(
        [
            (
                turn.start_ms,
                turn.end_ms,
                names.setdefault(turn.speaker, len(names)),
                voices.setdefault(turn.voice, len(voices)),
                turn.speaker if turn.speaker in people else "",
            )
            for turn in turns
        ]
    )


def _term(term: Term) -> list[object]:
    """All of a glossary's line but what is only for people."""
    return [value for name, value in asdict(term).items() if name != "comment"]


def _digest(value: object) -> str:
    return files.digest(msgspec.json.encode(value, order="deterministic"))
