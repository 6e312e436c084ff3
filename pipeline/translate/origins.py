"""What decides a translation: the options and inputs, and the origin that says if it is current."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pipeline.core import artifacts, files, streams
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT, TRANSLATION, Origin
from pipeline.core.errors import ArtifactError, UsageError
from pipeline.core.timeline import NO_TURN
from pipeline.core.workspace import ORIGINAL
from pipeline.programme import glossary, inflection, memory, roster
from pipeline.review import decisions, fold, track_words
from pipeline.translate import second, ways
from pipeline.translate.drafts import Known, recollected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pipeline.core.artifacts import Made
    from pipeline.core.payloads import Transcript, TranslatedSentence, Translation
    from pipeline.core.timeline import Phrase, Turn
    from pipeline.core.workspace import Workspace
    from pipeline.programme.glossary import Term
    from pipeline.programme.info import Info
    from pipeline.programme.memory import Memory
    from pipeline.translate.ways import Found

NAME: Final = "translate"
VERSION: Final = 4  # raise it when the same words and options would give another translation
_INFLECTION: Final = "inflection"  # as it was, where nobody names weights: it is the machine's
_DECIDING: Final = [each.name for each in fields(glossary.Term) if each.name != "comment"]
_ASKED: Final = "second_opinion"
_OPINION: Final = "opinion"  # its identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What decides a translation, besides its words and the weights."""

    beam: int = 4
    hypotheses: int = 4
    second_opinion: str = ""  # whisper, a folder, none; "": as in the last run, or none


@dataclass(frozen=True, slots=True)
class Inputs:
    """What translations are made from; `transcript` holds the reviewed words of a stream."""

    transcript: Transcript
    stream: int
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
    made: Made[Translation] | None
    fault: str = ""  # why there is none
    opinion: str = ""  # whose is asked too


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
    return Known(
        terms=glossary.load_all(info.glossaries),
        people=roster.load(info.roster) if info.roster else (),
    )


def read(ws: Workspace, info: Info) -> Inputs:
    """All that is translated, and what is known about it.

    Raises:
        UsageError: there is no transcript, or there are no segments yet.
        InputError: a glossary or the roster cannot be read.
        ArtifactError: what was made, decided or translated before is damaged.
    """
    made = artifacts.read(ws.transcript_path, TRANSCRIPT)
    segments = artifacts.read(ws.segments_path, SEGMENTS).payload
    decided = decisions.read(ws.decisions_path)
    of_words = track_words.of_words(decided, ORIGINAL)
    reviewed = fold.reviewed(made.payload, segments, of_words).transcript
    stream = int(made.origin.options.get("stream", streams.FIRST))
    told = known(info)
    people = {person.name for person in told.people if person.gender}
    digests = {"words": _words(reviewed.phrases), "turns": _turns(segments.turns, people)}
    if told.terms:
        digests["glossary"] = _digest([_term(term) for term in told.terms])
    if told.people:
        digests["people"] = _digest([(p.name, p.gender, p.role, p.written) for p in told.people])
    remembered = memory.load(memory.path(info, ws.folder), ws.folder.name)
    whole = Known(terms=told.terms, people=told.people, memory=remembered)
    return Inputs(reviewed, stream, segments.turns, whole, digests)


def jobs(
    ws: Workspace, info: Info, options: Options, inputs: Inputs, *, demo: bool
) -> Iterator[Job]:
    """One for each target language."""
    heard = {phrase.language for phrase in inputs.transcript.phrases}
    for target, sources in targets(info).items():
        path = ws.translation_path(target)
        made, fault = _before(path)
        asked = second.chosen(
            options.second_opinion, str(made.origin.options.get(_ASKED, "")) if made else ""
        )
        decided: dict[str, Any] = {**asdict(options), "languages": sources, "demo": demo}
        decided[_ASKED] = asked
        if inputs.known.terms:
            decided[_INFLECTION] = inflection.identity()
        yield Job(
            target=target,
            sources=tuple(source for source in sources if source in heard),
            path=path,
            origin=Origin(
                stage=NAME, stage_version=VERSION, options=decided, inputs=inputs.digests
            ),
            memory=inputs.known.memory or memory.Memory(),
            made=made,
            fault=fault,
            opinion=asked,
        )


def _before(path: Path) -> tuple[Made[Translation] | None, str]:
    """What was made before, or why there is nothing."""
    if not path.exists():
        return None, TRANSLATION.missing
    try:
        return artifacts.read(path, TRANSLATION), ""
    except (ArtifactError, UsageError) as error:
        return None, error.message


def made_with(
    job: Job, found: Found, opinion: str, sentences: Sequence[TranslatedSentence]
) -> Origin:
    """The origin of what these weights make of these sentences, with that second opinion."""
    options = {**job.origin.options, _OPINION: opinion} if opinion else job.origin.options
    origin = msgspec.structs.replace(
        job.origin, engine=ways.kinds(found), weights=ways.identity(found), options=options
    )
    return _recalling(origin, job, sentences)


def reasons(
    job: Job, found: Found | None, opinion: str | None = None, *, demo_or_not: bool = False
) -> list[str]:
    """Why a translation is not current; without weights named, those that made it are right.

    What people translated since then counts where it would be taken: between the same neighbours.
    What would only be suggested makes nothing stale.

    Args:
        job: what is to be made.
        found: the weights that somebody named, if anybody did.
        opinion: the identity of the second opinion that somebody asked for, if anybody did.
        demo_or_not: whether demo weights are as right as others.
    """
    if job.made is None:
        return [job.fault]
    old, sentences = job.made.origin, job.made.payload.sentences
    kept = [] if found is not None else [_INFLECTION]
    kept += [_OPINION] if opinion is None and job.opinion else []
    kept += ["demo"] if demo_or_not else []
    decided = dict(job.origin.options)
    decided |= {name: old.options[name] for name in kept if name in old.options}
    if opinion:
        decided[_OPINION] = opinion
    new = msgspec.structs.replace(
        job.origin,
        engine=old.engine if found is None else ways.kinds(found),
        weights=old.weights if found is None else ways.identity(found),
        options=decided,
    )
    return artifacts.differences(old, _recalling(new, job, sentences))


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
                turn.interprets != NO_TURN,
            )
            for turn in turns
        ]
    )


def _term(term: Term) -> list[object]:
    """All of a glossary's line but what is only for people; `asdict` would copy each cell."""
    return [getattr(term, name) for name in _DECIDING]


def _digest(value: object) -> str:
    return files.digest(msgspec.json.encode(value, order="deterministic"))
