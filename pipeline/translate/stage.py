"""The stage `translate`: from reviewed words and segments to one translation per target."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from pipeline.core import artifacts
from pipeline.core.artifacts import TRANSLATION
from pipeline.core.progress import Progress, Silent
from pipeline.core.workspace import Workspace
from pipeline.engines import translators
from pipeline.engines.argos_packages import OtherLanguagesError
from pipeline.engines.seq2seq import Decoding
from pipeline.programme import memory
from pipeline.review import decisions
from pipeline.translate import core, origins, second, ways
from pipeline.translate.opinion import Asked, sound
from pipeline.translate.origins import Inputs, Job, Options, targets
from pipeline.translate.ways import Engine, find

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.core.payloads import TranslatedSentence
    from pipeline.programme.info import Info
    from pipeline.translate.drafts import Route
    from pipeline.translate.opinion import Opinion
    from pipeline.translate.ways import Found

__all__ = ["Engine", "Options", "find", "targets"]

log = logging.getLogger(__name__)

NAME: Final = origins.NAME
VERSION: Final = origins.VERSION

Status = Literal["made", "current"]
_Opinion: TypeAlias = "Opinion | OtherLanguagesError | None"  # or why there is none


def plan(ws: Workspace, info: Info, options: Options, engine: Engine | None) -> list[str]:
    """Why translations are to be made (again); empty where all are current. Fetches nothing.

    Without an engine, whatever weights made them are right, demo weights too.
    """
    inputs = origins.read(ws, info)
    found: list[str] = []
    for job in origins.jobs(ws, info, options, inputs, demo=engine is not None and engine.demo):
        chosen, named = None, None
        if engine is not None:
            here = replace(engine, offline=True)
            if engine.is_chosen:
                chosen = find(info, job.target, job.sources, here, Silent())
            if options.second_opinion:
                named = _identity(_opinion(ws, info, job, inputs, here, Silent()))
        reasons = origins.reasons(job, chosen, named, demo_or_not=engine is None)
        found += (f"{job.target}: {reason}" for reason in reasons)
    return found


def check(ws: Workspace, info: Info) -> None:
    """See that what people told can be read, before anything else is done.

    Raises:
        InputError: a glossary or the roster cannot be read.
        ArtifactError: what people decided or translated before is damaged.
    """
    origins.known(info)
    decisions.read(ws.decisions_path)
    memory.load(memory.path(info, ws.folder))


def look_ahead(info: Info, options: Options, engine: Engine, progress: Progress) -> None:
    """Find what would stop a first `run` before anything is recognised: weights for each language.

    Which languages are spoken is not known yet, so none may be missing.

    Raises:
        UsageError: the weights that were named are not there.
        MissingError: there are none for a pair of languages, or for the second opinion.
    """
    for target, sources in targets(info).items():
        find(info, target, sources, engine, progress)
    if choice := second.chosen(options.second_opinion, ""):
        second.of_targets(_asked(choice, engine), targets(info), lambda _: (), progress)


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
        InputError: a glossary or the roster cannot be read.
        ArtifactError: what people decided or translated before is damaged.
        MissingError: there are no weights for a language.
        EngineError: the engine gave up; what it translated is kept.
    """
    inputs = origins.read(ws, info)
    status: Status = "current"
    for job in origins.jobs(ws, info, options, inputs, demo=engine.demo):
        chosen, named = None, None
        opinion: _Opinion = None
        if engine.is_chosen:
            chosen = find(info, job.target, job.sources, engine, progress)
        if options.second_opinion:
            opinion = _opinion(ws, info, job, inputs, engine, progress)
            named = _identity(opinion)
        if not (force or origins.reasons(job, chosen, named)):
            continue
        found = chosen or find(info, job.target, job.sources, engine, progress)
        opinion = opinion or _opinion(ws, info, job, inputs, engine, progress)
        if isinstance(opinion, OtherLanguagesError):
            progress.note(f"no second opinion on what becomes {job.target}: {opinion.message}")
            opinion = None
        _make(job, inputs, _Engines(found, replace(engine, forgets=force), opinion), progress)
        status = "made"
    return status


@dataclass(frozen=True, slots=True)
class _Engines:
    """What a translation is made with."""

    found: Found
    engine: Engine
    opinion: Opinion | None


def _opinion(
    ws: Workspace,
    info: Info,
    job: Job,
    inputs: Inputs,
    engine: Engine,
    progress: Progress,
) -> _Opinion:
    """Who gives the second opinion, if anybody is asked and anything is translated."""
    if not job.opinion or not job.sources:
        return None
    into = {**targets(info), job.target: job.sources}
    hears = sound(ws.recording, inputs.stream)
    return second.of_targets(_asked(job.opinion, engine), into, hears, progress)[job.target]


def _asked(choice: str, engine: Engine) -> Asked:
    return Asked(choice=choice, demo=engine.demo, offline=engine.offline, device=engine.device)


def _identity(opinion: _Opinion) -> str:
    return "" if opinion is None or isinstance(opinion, OtherLanguagesError) else opinion.identity


def _make(job: Job, inputs: Inputs, engines: _Engines, progress: Progress) -> None:
    transcript, turns = inputs.transcript, inputs.turns
    start_ms = transcript.lines[0].start_ms if transcript.lines else 0  # of a part, not 0
    end_ms = transcript.lines[-1].end_ms if transcript.lines else transcript.duration_ms
    options = job.origin.options
    decoding = Decoding(beam=options["beam"], hypotheses=options["hypotheses"])

    def journal(source: str) -> Path:
        return job.path.with_suffix(f".{source}.journal")

    def at(position_ms: int) -> None:
        progress.at(max(0, position_ms - start_ms))

    progress.begin(NAME, end_ms - start_ms)
    try:
        with ways.routes(engines.found, decoding, engines.engine, journal) as routes:
            made = core.from_words(transcript.phrases, turns, routes, job.target, inputs.known, at)
    finally:
        progress.end()
    if engines.opinion is not None:
        made = second.compared(made, engines.opinion)
    origin = origins.made_with(job, engines.found, _identity(engines.opinion), made.sentences)
    artifacts.write(job.path, TRANSLATION, made, origin, libraries=_at_work(routes))
    _tell(made.sentences, job.target)


def _at_work(routes: dict[str, Route]) -> dict[str, str]:
    """Releases, and how each engine ran, for people to read; they make nothing stale."""
    if not routes:
        return {}
    settings = {f"setting {source}": route.engine.setting for source, route in routes.items()}
    return {**translators.libraries(), **settings}


def _tell(sentences: Iterable[TranslatedSentence], target: str) -> None:
    made = list(sentences)
    log.info(
        "translate: %d of %d sentences into %s (%d as people did before), the others as spoken",
        sum(bool(each.hypotheses) for each in made),
        len(made),
        target,
        sum(each.is_recalled for each in made),
    )
