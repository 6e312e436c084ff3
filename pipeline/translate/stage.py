"""The stage `translate`: from transcript and segments to one translation per target."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Literal

import msgspec

from pipeline.core import artifacts, files
from pipeline.core.artifacts import SEGMENTS, TRANSCRIPT, TRANSLATION, Origin
from pipeline.core.errors import ArtifactError, MissingError, UsageError
from pipeline.core.payloads import Segments, Transcript, Translation
from pipeline.core.progress import Progress, Silent
from pipeline.core.workspace import Workspace
from pipeline.engines import Translator, argos, weights
from pipeline.engines.argos_packages import OtherLanguagesError
from pipeline.engines.weights import Weights
from pipeline.programme import glossary
from pipeline.programme.info import Info
from pipeline.translate import core

log = logging.getLogger(__name__)

NAME: Final = "translate"
VERSION: Final = 1  # raise it when the same words and options would give another translation

Status = Literal["made", "current"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What decides a translation, besides its words and the weights."""

    beam: int = 4
    hypotheses: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Which weights to use, and how to come by them.

    Without a choice, what other weights made stays current: a translation made where there are
    better weights is not made again where there are none.
    """

    choice: str | None = None  # a folder or an .argosmodel file
    demo: bool = False
    offline: bool = False
    device: str = "auto"
    load: Callable[..., Translator] = argos.Argos

    @property
    def is_chosen(self) -> bool:
        """Whether somebody named the weights, so that others make a translation stale."""
        return self.choice is not None or self.demo


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What translations are made from."""

    transcript: Transcript
    segments: Segments
    glossary: Path | None
    digests: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Job:
    """One translation: of which languages into which, where it goes, what decides it."""

    target: str
    sources: tuple[str, ...]  # only those that are spoken
    path: Path
    origin: Origin


def targets(info: Info) -> dict[str, list[str]]:
    """For each language that is translated into, the languages that are translated."""
    found: dict[str, list[str]] = {}
    for source, target in info.translate.items():
        found.setdefault(target, []).append(source)
    return found


def plan(ws: Workspace, info: Info, options: Options, engine: Engine | None) -> list[str]:
    """Why translations are to be made (again); empty where all are current. Fetches nothing.

    Without an engine, whatever weights made them are right, demo weights too.
    """
    inputs = _read(ws, info)
    found: list[str] = []
    for job in _jobs(ws, info, options, inputs, demo=engine is not None and engine.demo):
        chosen = None
        if engine is not None and engine.is_chosen:
            chosen = find(info, job.target, job.sources, replace(engine, offline=True), Silent())
        reasons = _reasons(job, chosen, demo_or_not=engine is None)
        found += (f"{job.target}: {reason}" for reason in reasons)
    return found


def look_ahead(info: Info, engine: Engine, progress: Progress) -> None:
    """Find what would stop a first `run` before anything is recognised: weights for each language.

    Which languages are spoken is not known yet, so none may be missing.

    Raises:
        UsageError: the weights that were named are not there.
        MissingError: there are none for a pair of languages.
    """
    for target, sources in targets(info).items():
        find(info, target, sources, engine, progress)


def run(
    ws: Workspace,
    info: Info,
    options: Options,
    engine: Engine,
    progress: Progress,
    *,
    force: bool = False,
) -> Status:
    """Make the translations of a recording that are not current; the caller holds the lock.

    Raises:
        UsageError: there is no transcript, or there are no segments yet.
        InputError: the glossary cannot be read.
        MissingError: there are no weights for a language.
        EngineError: the engine gave up.
    """
    inputs = _read(ws, info)
    status: Status = "current"
    for job in _jobs(ws, info, options, inputs, demo=engine.demo):
        if not (force or engine.is_chosen or _reasons(job, None)):
            continue
        found = find(info, job.target, job.sources, engine, progress)
        if force or _reasons(job, found):
            _make(job, inputs, options, found, engine, progress)
            status = "made"
    return status


def _read(ws: Workspace, info: Info) -> _Inputs:
    transcript = artifacts.read(ws.transcript_path, TRANSCRIPT)
    segments = artifacts.read(ws.segments_path, SEGMENTS)
    turns = [(turn.start_ms, turn.end_ms) for turn in segments.payload.turns]
    digests = {
        TRANSCRIPT.name: transcript.digest,
        "turns": files.digest(msgspec.json.encode(turns)),
    }
    if info.glossary is not None:
        digests["glossary"] = files.digest_file(info.glossary)
    return _Inputs(transcript.payload, segments.payload, info.glossary, digests)


def _jobs(
    ws: Workspace, info: Info, options: Options, inputs: _Inputs, *, demo: bool
) -> Iterator[_Job]:
    heard = {phrase.language for phrase in inputs.transcript.phrases}
    for target, sources in targets(info).items():
        decided = {**asdict(options), "languages": sources, "demo": demo}
        origin = Origin(stage=NAME, stage_version=VERSION, options=decided, inputs=inputs.digests)
        spoken = tuple(source for source in sources if source in heard)
        yield _Job(target, spoken, ws.translation_path(target), origin)


def find(
    info: Info, target: str, sources: Iterable[str], engine: Engine, progress: Progress
) -> dict[str, Weights]:
    """Weights for each source language; those that are named serve the one pair they are for.

    Raises:
        MissingError: there are none for a language, or those named are for a pair that nobody asked
            for.
    """

    def one(source: str, choice: str | None) -> Weights:
        return weights.find_mt(
            source,
            target,
            choice,
            offline=engine.offline,
            demo=engine.demo,
            progress=progress,
        )

    found = {}
    for source in sources:
        try:
            found[source] = one(source, engine.choice)
        except OtherLanguagesError as error:
            if error.pair not in {_bare(pair) for pair in info.translate.items()}:
                raise MissingError(error.message, hint=_other(error.pair)) from error
            try:
                found[source] = one(source, None)
            except MissingError as lacking:
                others = f"{engine.choice} translates {' to '.join(error.pair)}"
                raise MissingError(f"{others}; {lacking.message}", hint=lacking.hint) from error
    return found


def _other(pair: tuple[str, str]) -> str:
    source, target = pair
    return (
        "leave out --mt to use the installed package, which is fetched where there is none;"
        f' or write translate = {{ {source} = "{target}" }} in the info file'
    )


def _bare(pair: tuple[str, str]) -> tuple[str, str]:
    return pair[0].partition("-")[0], pair[1].partition("-")[0]


def _with(job: _Job, found: Mapping[str, Weights]) -> Origin:
    names = ", ".join(f"{source}: {each.identity}" for source, each in found.items())
    return msgspec.structs.replace(job.origin, engine=argos.NAME if found else "", weights=names)


def _reasons(
    job: _Job, found: Mapping[str, Weights] | None, *, demo_or_not: bool = False
) -> list[str]:
    """Why a translation is not current; without weights named, those that made it are right."""
    if not job.path.exists():
        return artifacts.reasons(job.path, TRANSLATION, job.origin)
    try:
        old = artifacts.read(job.path, TRANSLATION).origin
    except (ArtifactError, UsageError) as error:
        return [error.message]
    if found is None:
        new = msgspec.structs.replace(job.origin, engine=old.engine, weights=old.weights)
        if demo_or_not:
            decided = {**new.options, "demo": old.options.get("demo", False)}
            new = msgspec.structs.replace(new, options=decided)
    else:
        new = _with(job, found)
    return artifacts.differences(old, new)


def _make(
    job: _Job,
    inputs: _Inputs,
    options: Options,
    found: Mapping[str, Weights],
    engine: Engine,
    progress: Progress,
) -> None:
    terms = glossary.load(inputs.glossary) if inputs.glossary else ()
    decoding = argos.Decoding(beam=options.beam, hypotheses=options.hypotheses)
    progress.begin(NAME, inputs.transcript.duration_ms)
    try:
        engines = {
            source: engine.load(each, decoding, engine.device) for source, each in found.items()
        }
        payload = core.from_words(
            inputs.transcript, inputs.segments.turns, engines, job.target, terms, progress.at
        )
    finally:
        progress.end()
    releases = argos.libraries() if engines else {}
    artifacts.write(job.path, TRANSLATION, payload, _with(job, found), libraries=releases)
    log.info(
        "translate: %d of %d sentences into %s, the others stay as spoken",
        *(_count(payload), len(payload.sentences), job.target),
    )


def _count(translation: Translation) -> int:
    return sum(bool(sentence.hypotheses) for sentence in translation.sentences)
