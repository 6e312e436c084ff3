"""Clips to what was said in them: looked up or recognised, kept as they are done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.engines import Heard
from pipeline.transcribe import cutting, guards, rescue
from pipeline.transcribe.examining import Examiner, Leaf, ends, stands
from pipeline.transcribe.guards import Circumstances, Thresholds
from pipeline.transcribe.languages import Tracker
from pipeline.transcribe.memory import Entry, digest
from pipeline.transcribe.results import Result
from pipeline.transcribe.spreading import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pipeline.core.timeline import Sound
    from pipeline.engines import Transcriber
    from pipeline.transcribe.hints import Hints
    from pipeline.transcribe.listening import Clip
    from pipeline.transcribe.memory import Keys, Memory
    from pipeline.transcribe.rescue import Way

_RIVAL = 0.2  # log-probability per token by which another language must be better
_LEAST_MS = 1_000  # what is shorter is no part of its own
_MOST_OF = 0.7
_UNLIKELY = 0.5  # a language that the sound makes less likely than this has a rival


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked of the engine and how its answers are judged.

    `hints` says what is expected where; without `rescues`, doubtful chunks are not tried again.
    """

    languages: tuple[str, ...]
    hints: Hints
    thresholds: Thresholds
    batch: int = 8
    rescues: bool = True


class Recogniser:
    """Takes clips in time order and gives results, nearly in time order.

    A language is decided a fixed number of chunks later, and chunks of one language are recognised
    together, so that some wait. The engine is loaded when the first chunk needs it.
    """

    def __init__(
        self,
        load: Callable[[], Transcriber],
        keys: Keys,
        memory: Memory,
        ask: Ask,
        listen: Callable[[int, int], Sound],
    ) -> None:
        self._load, self._keys, self._memory = load, keys, memory
        self._ask, self._listen = ask, listen
        self._examiner = Examiner(lambda: self._engine, keys, memory, ask.languages)
        self._tracker = Tracker(ask.languages)
        self._queue: list[Clip] = []
        self._undecided: list[Leaf] = []
        self._family: list[Leaf] = []  # decided leaves of a chunk that has undecided ones
        self._waiting: dict[str, list[Leaf]] = {}
        self.decoded = 0  # chunks that the engine had to recognise

    @cached_property
    def _engine(self) -> Transcriber:
        return self._load()

    @property
    def windows(self) -> int:
        """How many windows the encoder was given."""
        return self._examiner.encoded

    @property
    def waits_from_ms(self) -> int | None:
        """Where the first chunk stands that has no result yet."""
        leaves = [
            *self._undecided,
            *self._family,
            *(x for row in self._waiting.values() for x in row),
        ]
        starts = [leaf.own.start_ms for leaf in leaves]
        starts += [clip.chunk.own.start_ms for clip in self._queue]
        return min(starts, default=None)

    def feed(self, clips: Iterable[Clip]) -> Iterator[Result]:
        """The results that are ready; each is in the journal when it is given."""
        self._queue += clips
        while len(self._queue) >= self._ask.batch:
            now = self._queue[: self._ask.batch]
            del self._queue[: self._ask.batch]
            self._examine(now)
            yield from self._transcribe(self._ask.batch)

    def finish(self) -> Iterator[Result]:
        """The results that are left."""
        now, self._queue = self._queue, []
        self._examine(now)
        for language in self._tracker.finish():
            self._decide(language)
        yield from self._transcribe(1)

    def _examine(self, clips: Sequence[Clip]) -> None:
        for leaf in self._examiner.leaves(clips):
            self._undecided.append(leaf)
            prior = self._ask.hints.prior(leaf.own, self._ask.languages)
            for language in self._tracker.feed(leaf.own, leaf.posterior, prior):
                self._decide(language)

    def _decide(self, language: str) -> None:
        leaf = self._undecided.pop(0)
        leaf.language = language
        self._family.append(leaf)
        if self._undecided and _root(self._undecided[0]) is _root(leaf):
            return
        self._family = []
        for job in _jobs(_root(leaf)):
            self._waiting.setdefault(job.language, []).append(job)

    def _transcribe(self, enough: int) -> Iterator[Result]:
        """Recognise what waits, in each language of which there is enough."""
        for language in self._ask.languages:
            row = self._waiting.get(language, [])
            while len(row) >= enough:
                now = row[: self._ask.batch]
                del row[: self._ask.batch]
                for leaf, heard in zip(now, self._heard(now, language), strict=True):
                    yield from self._judged(leaf, heard)

    def _judged(self, leaf: Leaf, heard: Heard) -> Iterator[Result]:
        """The result, or what a rescue made of it."""
        leaf, heard = self._without_rival(leaf, heard)
        around = self._around(leaf)
        why = guards.fault(heard, around, self._ask.thresholds)
        for way in self._ways(leaf, heard, why) if self._ask.rescues else []:
            tried = self._tried(leaf, heard, way)
            if self._is_better(tried, heard, way, is_faulty=bool(why)):
                yield from tried
                return
        yield _result(leaf, heard, why)

    @staticmethod
    def _is_better(tried: Sequence[Result], heard: Heard, way: Way, *, is_faulty: bool) -> bool:
        """Whether what was tried is to stand in place of what was heard at first."""
        words = sum(len(result.heard.words) for result in tried if not result.fault)
        if way == "parts":  # a breath between them may be no speech
            return words >= len(heard.words) * _MOST_OF
        is_whole = not any(result.fault for result in tried)
        return words > 0 and is_whole and (is_faulty or words > len(heard.words))

    def _ways(self, leaf: Leaf, heard: Heard, why: str) -> list[Way]:
        if why:
            parts = len(leaf.clip.chunk.stretches)
            return rescue.ways(why, leaf.posterior, leaf.language, parts)
        if guards.foreign_run(heard, leaf.language):
            return ["parts"]
        if guards.unheard(heard, cutting.speech(leaf.clip.chunk)):
            return ["gaps", "halves"]
        return ["halves"] if heard.is_full else []

    def _tried(self, leaf: Leaf, heard: Heard, way: Way) -> list[Result]:
        """What one way of the rescue makes of a chunk."""
        chunk = leaf.clip.chunk
        again = [leaf]
        if way == "halves":
            again = self._parts(leaf, cutting.halves(chunk))
        elif way == "parts":
            run = guards.foreign_run(heard, leaf.language)
            again = self._parts(leaf, _inner(run or (), chunk.duration_ms))
            again = self._examiner.leaves([part.clip for part in again])
            for part in again:
                part.language = max(part.posterior, key=part.posterior.__getitem__)
            if all(part.language == leaf.language for part in again):
                again = []  # so it was heard already
        elif way == "gaps":
            edges = guards.unheard(heard, cutting.speech(chunk))
            again = self._parts(leaf, _inner(edges, chunk.duration_ms))
        elif way == "other language":
            again = [replace(leaf, language=rescue.other(leaf.posterior, leaf.language))]
        elif way == "phone":
            sound = rescue.as_on_the_phone(leaf.clip.samples)
            clip = replace(leaf.clip, samples=sound)
            again = [replace(leaf, clip=clip, samples=digest(sound), encoded=None)]
        return [
            _result(part, found, guards.fault(found, self._around(part), self._ask.thresholds), way)
            for part in again
            for found in self._heard([part], part.language, way)
        ]

    def _parts(self, leaf: Leaf, times_ms: Sequence[int]) -> list[Leaf]:
        """A chunk cut at some times of its own clock; none where there is nothing to cut."""
        clips = cutting.cut(leaf.clip, times_ms)
        return [
            Leaf(clip, digest(clip.samples), leaf.posterior, language=leaf.language)
            for clip in clips
            if len(clips) > 1
        ]

    def _without_rival(self, leaf: Leaf, heard: Heard) -> tuple[Leaf, Heard]:
        """Where the sound speaks for another language than was decided: the better of both."""
        if not self._ask.rescues or leaf.posterior.get(leaf.language, 1.0) >= _UNLIKELY:
            return leaf, heard
        rival = replace(leaf, language=rescue.other(leaf.posterior, leaf.language))
        if not rival.language:
            return leaf, heard
        theirs = self._heard([rival], rival.language)[0]
        is_better = theirs.log_probability > heard.log_probability + _RIVAL
        return (rival, theirs) if is_better and theirs.words else (leaf, heard)

    def _around(self, leaf: Leaf) -> Circumstances:
        return Circumstances(
            language=leaf.language,
            duration_ms=leaf.clip.chunk.duration_ms,
            sound=self._listen(leaf.own.start_ms, leaf.own.end_ms),
            is_quiet=leaf.clip.is_quiet,
        )

    def _heard(self, leaves: Sequence[Leaf], language: str, way: Way = "usual") -> list[Heard]:
        """Each chunk's words in one language, from the journal or from the engine."""
        hotwords = [self._ask.hints.words(leaf.own, language) for leaf in leaves]
        keys = [
            self._keys.text(leaf.samples, language, words, "careful" if way == "careful" else "")
            for leaf, words in zip(leaves, hotwords, strict=True)
        ]
        unknown = self._memory.unknown(keys)
        self._examiner.encode([leaves[at] for at in unknown])
        for words in dict.fromkeys(hotwords[at] for at in unknown):
            group = [at for at in unknown if hotwords[at] == words]
            encoded = [e for at in group if (e := leaves[at].encoded)]
            found = self._engine.transcribe(encoded, language, words, careful=way == "careful")
            for at, heard in zip(group, found, strict=True):
                self._memory.add(
                    Entry(
                        key=keys[at],
                        pieces=stands(leaves[at].clip.chunk),
                        language=language,
                        hotwords=words,
                        way=way,
                        heard=heard,
                    )
                )
                self.decoded += 1
        return [
            spread(self._memory.heard(key) or Heard(), cutting.speech(leaf.clip.chunk))
            for leaf, key in zip(leaves, keys, strict=True)
        ]


def _inner(times_ms: Sequence[int], duration_ms: int) -> list[int]:
    """Those of the times that are not so near to an end that nothing is left to cut off."""
    return [at for at in times_ms if _LEAST_MS < at < duration_ms - _LEAST_MS]


def _jobs(leaf: Leaf) -> list[Leaf]:
    """What of a chunk is recognised: it as it was if all its parts are in one language."""
    found = {end.language for end in ends(leaf)}
    if len(found) == 1:
        leaf.language = found.pop()
        return [leaf]
    return [job for part in leaf.parts for job in _jobs(part)]


def _root(leaf: Leaf) -> Leaf:
    while leaf.whole is not None:
        leaf = leaf.whole
    return leaf


def _result(leaf: Leaf, heard: Heard, fault: str, way: Way = "usual") -> Result:
    return Result(
        chunk=leaf.clip.chunk,
        language=leaf.language,
        languages=leaf.posterior,
        heard=heard,
        fault=fault,
        way=way,
        is_quiet=leaf.clip.is_quiet,
    )
