"""Chunks to what was said in them: looked up or recognised, in rounds, kept as they are done."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.engines import Encoded, Heard, Transcriber
from pipeline.transcribe.coverage import Result
from pipeline.transcribe.languages import Chooser
from pipeline.transcribe.memory import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pipeline.transcribe.listening import Chunk
    from pipeline.transcribe.memory import Keys, Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked of the engine: the languages there may be, and words to expect in each."""

    languages: tuple[str, ...]
    hotwords: tuple[tuple[str, str], ...] = ()  # language, words
    batch: int = 8


@dataclass(slots=True)
class _Job:
    """A chunk on its way through a round."""

    chunk: Chunk
    sound: str
    languages: Mapping[str, float] = field(default_factory=dict)
    encoded: Encoded | None = None
    language: str = ""
    heard: Heard | None = None


class Recogniser:
    """Takes chunks in time order and gives results in time order.

    The language of a chunk is decided when the next one is known, so that the last chunk of a round
    waits for the next round. The engine is loaded when the first chunk needs it.
    """

    def __init__(
        self, load: Callable[[], Transcriber], keys: Keys, memory: Memory, ask: Ask
    ) -> None:
        self._load = load
        self._keys = keys
        self._memory = memory
        self._ask = ask
        self._hotwords = dict(ask.hotwords)
        self._chooser = Chooser()
        self._queue: list[Chunk] = []
        self._undecided: list[_Job] = []
        self.decoded = 0  # chunks that the engine had to recognise

    @cached_property
    def _engine(self) -> Transcriber:
        return self._load()

    @property
    def waits_from_ms(self) -> int | None:
        """Where the first chunk stands that has no result yet."""
        waiting = [*(job.chunk for job in self._undecided), *self._queue]
        return waiting[0].span.start_ms if waiting else None

    def feed(self, chunks: Sequence[Chunk]) -> Iterator[Result]:
        """The results that are ready; each is in the journal when it is given."""
        self._queue += chunks
        while len(self._queue) >= self._ask.batch:
            now = self._queue[: self._ask.batch]
            del self._queue[: self._ask.batch]
            yield from self._round(now, is_last=False)

    def finish(self) -> Iterator[Result]:
        """The results that are left."""
        now, self._queue = self._queue, []
        yield from self._round(now, is_last=True)

    def _round(self, chunks: Sequence[Chunk], *, is_last: bool) -> Iterator[Result]:
        jobs = [
            _Job(chunk, self._keys.sound(chunk.samples, self._ask.languages)) for chunk in chunks
        ]
        self._find_languages(jobs)
        decided: list[_Job] = []
        for job in jobs:
            self._decide(self._chooser.feed(job.chunk.span, job.languages), decided)
            self._undecided.append(job)
        if is_last:
            self._decide(self._chooser.finish(), decided)
        self._find_words(decided)
        for job in decided:
            yield self._result(job)

    def _decide(self, chosen: Iterator[str], decided: list[_Job]) -> None:
        for language in chosen:
            job = self._undecided.pop(0)
            job.language = language
            decided.append(job)

    def _find_languages(self, jobs: Sequence[_Job]) -> None:
        unknown = []
        for job in jobs:
            known = self._memory.languages(job.sound)
            if known is None:
                unknown.append(job)
            else:  # in the order that was asked for, as the engine gives them: it settles a tie
                job.languages = {name: known.get(name, 0.0) for name in self._ask.languages}
        if unknown:
            self._encode(unknown)
            encoded = [job.encoded for job in unknown if job.encoded]
            found = self._engine.languages(encoded, self._ask.languages)
            for job, languages in zip(unknown, found, strict=True):
                job.languages = languages

    def _find_words(self, jobs: Sequence[_Job]) -> None:
        """Each chunk's words, by language, from the journal or from the engine."""
        unknown: dict[str, list[_Job]] = {}
        for job in jobs:
            job.heard = self._memory.heard(self._key(job))
            if job.heard is None:
                unknown.setdefault(job.language, []).append(job)
        for language, group in unknown.items():
            self._encode([job for job in group if job.encoded is None])
            encoded = [job.encoded for job in group if job.encoded]
            found = self._engine.transcribe(encoded, language, self._hotwords.get(language, ""))
            for job, heard in zip(group, found, strict=True):
                job.heard = heard
                self._memory.add(self._entry(job, heard))
                self.decoded += 1

    def _encode(self, jobs: Sequence[_Job]) -> None:
        made = self._engine.encode([job.chunk.samples for job in jobs])
        for job, encoded in zip(jobs, made, strict=True):
            job.encoded = encoded

    def _key(self, job: _Job) -> str:
        hotwords = self._hotwords.get(job.language, "")
        return self._keys.text(job.chunk.samples, job.language, hotwords)

    def _entry(self, job: _Job, heard: Heard) -> Entry:
        return Entry(
            key=self._key(job),
            sound=job.sound,
            at_ms=job.chunk.span.start_ms,
            language=job.language,
            languages=dict(job.languages),
            hotwords=self._hotwords.get(job.language, ""),
            heard=heard,
        )

    @staticmethod
    def _result(job: _Job) -> Result:
        return Result(
            span=job.chunk.span,
            language=job.language,
            languages=job.languages,
            heard=job.heard or Heard(),
        )
