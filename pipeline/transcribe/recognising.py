"""Clips to what was said in them: looked up or recognised, kept as they are done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.core.timeline import Sound
from pipeline.engines import Heard
from pipeline.transcribe import alone, cutting, guards, rescue
from pipeline.transcribe.examining import Examiner, Leaf, ends, jobs, stands
from pipeline.transcribe.guards import Circumstances, Thresholds
from pipeline.transcribe.languages import Tracker
from pipeline.transcribe.listening import ONSET_MS
from pipeline.transcribe.memory import Entry, digest
from pipeline.transcribe.results import Result
from pipeline.transcribe.spreading import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pipeline.core.timeline import Span
    from pipeline.engines import Transcriber
    from pipeline.transcribe.hints import Hints
    from pipeline.transcribe.listening import Clip
    from pipeline.transcribe.memory import Keys, Memory
    from pipeline.transcribe.results import Way
    from pipeline.transcribe.sounds import Listen

_RIVAL = 0.2  # log-probability per token by which another language must be better
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

    A language is decided a fixed number of chunks later; what is decided is recognised at once, the
    chunks of one language together. The engine is loaded when the first chunk needs it.
    """

    def __init__(
        self,
        load: Callable[[], Transcriber],
        keys: Keys,
        memory: Memory,
        ask: Ask,
        listen: Listen,
    ) -> None:
        self._load, self._keys, self._memory = load, keys, memory
        self._ask, self._listen = ask, listen
        self._examiner = Examiner(lambda: self._engine, keys, memory, ask.languages)
        self._tracker = Tracker(ask.languages)
        self._queue: list[Clip] = []
        self._undecided: list[tuple[Leaf, Leaf]] = []  # each with the whole it is a part of
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
        leaves = [whole for whole, _ in self._undecided]
        leaves += [leaf for row in self._waiting.values() for leaf in row]
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
            yield from self._transcribe()

    def finish(self) -> Iterator[Result]:
        """The results that are left."""
        now, self._queue = self._queue, []
        self._examine(now)
        for language in self._tracker.finish():
            self._decide(language)
        yield from self._transcribe()

    def _examine(self, clips: Sequence[Clip]) -> None:
        found = [(one, end) for one in self._examiner.examined(clips) for end in ends(one)]
        self._undecided += found
        for _, leaf in found:
            prior = self._ask.hints.prior(leaf.own, self._ask.languages)
            for language in self._tracker.feed(leaf.own, leaf.posterior, prior):
                self._decide(language)

    def _decide(self, language: str) -> None:
        whole, leaf = self._undecided.pop(0)
        leaf.language = language
        if self._undecided and self._undecided[0][0] is whole:
            return  # the rest of it is still to be decided
        for job in jobs(whole):
            self._waiting.setdefault(job.language, []).append(job)

    def _transcribe(self) -> Iterator[Result]:
        """Recognise what is decided, each language by itself; nothing waits for more of its own."""
        for language in self._ask.languages:
            row = self._waiting.pop(language, [])
            for at in range(0, len(row), self._ask.batch):
                now = row[at : at + self._ask.batch]
                for leaf, heard in zip(now, self._heard(now, language), strict=True):
                    results = self._judged(leaf, heard)
                    for result in results:
                        self._memory.accept(result)
                    yield from results

    def _judged(self, leaf: Leaf, heard: Heard) -> list[Result]:
        """The result, or what a rescue made of it."""
        leaf, heard = self._without_rival(leaf, heard)
        around = self._around(leaf)
        why = guards.fault(heard, around, self._ask.thresholds)
        # where the sound speaks against words, or has none, only good ones are taken
        is_strict = around.is_quiet or why in guards.ACOUSTIC or not heard.words
        bar = self._ask.thresholds.sure if why in guards.ACOUSTIC else self._ask.thresholds
        for way in self._ways(leaf, heard, why) if self._ask.rescues else []:
            parts = self._again(leaf, heard, way)
            tried = self._tried(parts, way, replace(around, is_quiet=is_strict), bar)
            if rescue.is_better(tried, heard, way, is_faulty=bool(why)):
                return self._doubted(parts, tried)
        return self._doubted([leaf], [self._result(leaf, heard, why)])

    def _ways(self, leaf: Leaf, heard: Heard, why: str) -> list[Way]:
        if why:
            parts = len(leaf.clip.chunk.stretches)
            return rescue.ways(why, leaf.posterior, leaf.language, parts)
        if guards.is_unheard(heard, self._around(leaf), self._ask.thresholds):
            return ["halves", "phone"]
        if guards.foreign_run(heard, leaf.language):
            return ["parts"]
        if guards.unheard(heard, cutting.speech(leaf.clip.chunk)):
            return ["gaps", "halves"]
        return ["halves"] if heard.is_full else []

    def _tried(
        self, parts: Sequence[Leaf], way: Way, around: Circumstances, bar: Thresholds
    ) -> list[Result]:
        """What one way of the rescue makes of a chunk, judged as the whole chunk is."""
        found = []
        for part in parts:
            said = self._heard([part], part.language, way)[0]
            own = replace(around, language=part.language, duration_ms=_speech_ms(part))
            why = guards.fault(said, own, bar)
            found.append(self._result(part, said, why, way))
        return found

    def _again(self, leaf: Leaf, heard: Heard, way: Way) -> list[Leaf]:
        """What is to be heard in this way."""
        chunk = leaf.clip.chunk
        if way == "halves":
            return self._parts(leaf, cutting.halves(chunk))
        if way == "gaps":
            return self._parts(leaf, guards.unheard(heard, cutting.speech(chunk)))
        if way == "parts":
            run = guards.foreign_run(heard, leaf.language)
            again = self._parts(leaf, run or ())
            wholes = self._examiner.examined([part.clip for part in again])
            again = [end for whole in wholes for end in ends(whole)]
            for part in again:
                part.language = max(part.posterior, key=part.posterior.__getitem__)
            is_one = all(part.language == leaf.language for part in again)
            is_kept = not guards.fault(heard, self._around(leaf), self._ask.thresholds)
            return [] if is_one and is_kept else again  # as it is, it was heard already
        if way == "other language":
            return [replace(leaf, language=rescue.other(leaf.posterior, leaf.language))]
        if way == "phone":
            sound = rescue.as_on_the_phone(leaf.clip.samples)
            return [_of(leaf, replace(leaf.clip, samples=sound))]
        return [leaf]

    def _key(self, leaf: Leaf, language: str, hotwords: str, way: Way) -> str:
        how = "careful" if way == "careful" else ""
        return self._keys.text(leaf.samples, language, hotwords, how)

    def _result(self, leaf: Leaf, heard: Heard, fault: str, way: Way = "usual") -> Result:
        hotwords = self._ask.hints.words(leaf.own, leaf.language)
        return Result(
            chunk=leaf.clip.chunk,
            language=leaf.language,
            languages=leaf.posterior,
            heard=heard,
            fault=fault,
            way=way,
            is_quiet=leaf.clip.is_quiet,
            key=self._key(leaf, leaf.language, hotwords, way),
        )

    def _doubted(self, leaves: Sequence[Leaf], results: Sequence[Result]) -> list[Result]:
        """The results of leaves, with what of them says nothing when it is heard alone."""
        return [
            replace(result, empty=() if result.fault else self._empty(leaf, result))
            for leaf, result in zip(leaves, results, strict=True)
        ]

    def _empty(self, leaf: Leaf, result: Result) -> tuple[Span, ...]:
        """Where words were heard and, heard alone in the same way, nobody speaks."""
        doubtful = alone.parts(leaf.clip, result.heard, self._listen) if self._ask.rescues else []
        parts = [_of(leaf, clip) for clip in doubtful]
        again = [part for part in parts if part.samples != leaf.samples]  # all was heard alone
        return tuple(
            one.own
            for one, said in zip(again, self._heard(again, leaf.language, result.way), strict=True)
            if alone.is_nothing(said, result, one.clip.chunk, self._ask.thresholds)
        )

    def _parts(self, leaf: Leaf, times_ms: Sequence[int]) -> list[Leaf]:
        """A chunk cut at some times of its own clock; none where there is nothing to cut."""
        clips = cutting.cut(leaf.clip, times_ms)
        return [_of(leaf, clip) for clip in clips] if len(clips) > 1 else []

    def _without_rival(self, leaf: Leaf, heard: Heard) -> tuple[Leaf, Heard]:
        """Where the sound speaks for another language than was decided: the better of both."""
        if not self._ask.rescues or leaf.posterior.get(leaf.language, 1.0) >= _UNLIKELY:
            return leaf, heard
        rival = replace(leaf, language=rescue.other(leaf.posterior, leaf.language))
        if not rival.language:
            return leaf, heard
        theirs = self._heard([rival], rival.language)[0]
        is_better = theirs.log_probability > heard.log_probability + _RIVAL
        is_faulty = guards.fault(theirs, self._around(rival), self._ask.thresholds)
        return (rival, theirs) if is_better and theirs.words and not is_faulty else (leaf, heard)

    def _around(self, leaf: Leaf) -> Circumstances:
        own = leaf.own
        is_music = own.duration_ms <= ONSET_MS and leaf.clip.is_music(own)
        return Circumstances(
            language=leaf.language,
            duration_ms=_speech_ms(leaf),
            sound=Sound.MUSIC if is_music else self._listen(own.start_ms, own.end_ms),
            is_quiet=leaf.clip.is_quiet,
        )

    def _heard(self, leaves: Sequence[Leaf], language: str, way: Way = "usual") -> list[Heard]:
        """Each chunk's words in one language, from the journal or from the engine."""
        hotwords = [self._ask.hints.words(leaf.own, language) for leaf in leaves]
        keys = [
            self._key(leaf, language, words, way)
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
                        own=(leaves[at].own.start_ms, leaves[at].own.end_ms),
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


def _of(leaf: Leaf, clip: Clip) -> Leaf:
    """Another clip, in the same language."""
    return replace(leaf, clip=clip, samples=digest(clip.samples), encoded=None)


def _speech_ms(leaf: Leaf) -> int:
    return sum(stretch.span.duration_ms for stretch in leaf.clip.chunk.stretches)
