"""What was heard and what was not, as lines that account for every millisecond."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.core.timeline import CUT_SHORT, Gap, Phrase, Sound, equal_parts
from pipeline.transcribe import invented
from pipeline.transcribe.placing import from_the_start, once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.core.timeline import Span, Word
    from pipeline.transcribe.chunks import Chunk
    from pipeline.transcribe.placing import Placed
    from pipeline.transcribe.results import Result
    from pipeline.transcribe.sounds import Listen

    Line = Phrase | Gap

_LONG_PAUSE_MS: Final = 700  # ends a phrase
_SHORT_PAUSE_MS: Final = 500  # between two phrases, belongs to the first
_LEFT_OUT_MS: Final = 1_000  # what may lie between the words of a chunk without a meaning
_NO_TIMES: Final = "its words have no times"
_STEP_MS: Final = 256  # as fine as sounds are told apart
_PIECE_MS: Final = 2_000  # what is heard in a long gap is asked for in such pieces


def lines(results: Iterable[Result], whole: Span, listen: Listen) -> Iterator[Line]:
    """Phrases and gaps over `whole`, in order, without overlap and without a hole.

    Args:
        results: the chunks in time order; they do not overlap.
        whole: what is to be accounted for.
        listen: says what is heard between two times.
    """
    return _merged(_filled(_islands(results, listen), whole, listen))


def said(results: Iterable[Result]) -> Iterator[Line]:
    """Phrases and speech without words, in order and without overlap; nothing between them."""
    return _islands(results, lambda *_: Sound.SILENCE)


def _filled(islands: Iterable[Line], whole: Span, listen: Listen) -> Iterator[Line]:
    """Gaps put between the islands; a short pause between phrases is left to the first of them."""
    held: Line | None = None
    at = whole.start_ms
    for island in islands:
        if held is not None:
            if isinstance(held, Phrase) and isinstance(island, Phrase):
                pause = island.start_ms - held.end_ms
                if 0 < pause < _SHORT_PAUSE_MS:
                    held = msgspec.structs.replace(held, end_ms=island.start_ms)
            yield held
            at = held.end_ms
        yield from _gaps(at, island.start_ms, listen)
        held = island
    if held is not None:
        yield held
        at = held.end_ms
    yield from _gaps(at, whole.end_ms, listen)


def _gaps(start_ms: int, end_ms: int, listen: Listen) -> Iterator[Gap]:
    """What is heard from one time to another, piece by piece, silence to a quarter of a second."""
    if end_ms <= start_ms:
        return
    pieces = equal_parts(start_ms, end_ms, max(1, round((end_ms - start_ms) / _PIECE_MS)))
    heard = _settled([listen(start, end) for start, end in pieces])
    for at, ((start, end), sound) in enumerate(zip(pieces, heard, strict=True)):
        first, last = start, end
        if sound is not Sound.SILENCE:
            begins, ends = _sounding(start, end, listen)
            first = begins if sound not in heard[max(0, at - 1) : at] else start
            last = ends if sound not in heard[at + 1 : at + 2] else end
        if start < first:
            yield Gap(start_ms=start, end_ms=first, sound=Sound.SILENCE)
        yield Gap(start_ms=first, end_ms=last, sound=sound)
        if last < end:
            yield Gap(start_ms=last, end_ms=end, sound=Sound.SILENCE)


def _settled(heard: Sequence[Sound]) -> list[Sound]:
    """One odd piece is an accident, and half a piece of music at its edge is no noise."""
    found: list[Sound] = []
    for at, sound in enumerate(heard):
        beside = {*heard[max(0, at - 1) : at], *heard[at + 1 : at + 2]}
        is_inside = 0 < at < len(heard) - 1
        if is_inside and len(beside) == 1:
            found.append(*beside)
        elif sound is Sound.NOISE and Sound.MUSIC in beside and Sound.NOISE not in beside:
            found.append(Sound.MUSIC)
        else:
            found.append(sound)
    return found


def _sounding(start_ms: int, end_ms: int, listen: Listen) -> tuple[int, int]:
    """Where in a piece the sound begins and ends; the whole of it where it is silent throughout."""
    steps = [
        (at, min(at + _STEP_MS, end_ms)) for at in range(start_ms, end_ms - _STEP_MS // 2, _STEP_MS)
    ]
    loud = [step for step in steps if listen(*step) is not Sound.SILENCE]
    if not loud:
        return start_ms, end_ms
    last_ms = end_ms if loud[-1] is steps[-1] else loud[-1][1]
    return loud[0][0], last_ms


def _merged(parts: Iterable[Line]) -> Iterator[Line]:
    """Gaps of one sound that follow one another, as one."""
    held: Line | None = None
    for line in parts:
        if (
            isinstance(held, Gap)
            and isinstance(line, Gap)
            and held.sound is line.sound
            and not (held.removed or line.removed)
        ):
            held = Gap(start_ms=held.start_ms, end_ms=line.end_ms, sound=held.sound)
            continue
        if held is not None:
            yield held
        held = line
    if held is not None:
        yield held


def _islands(results: Iterable[Result], listen: Listen) -> Iterator[Line]:
    """Phrases, and speech without words: whole chunks of it, and what is left out in others."""
    ordered = sorted(results, key=lambda one: one.chunk.own.start_ms)
    found = [line for one in once(ordered) for line in _island(one, listen)]
    spoken = sorted(
        (line for line in found if isinstance(line, Phrase)), key=lambda one: one.start_ms
    )
    islands = [part for line in found for part in _beside(line, spoken)]
    at = 0
    for line in sorted(islands, key=lambda one: (one.start_ms, isinstance(one, Gap))):
        clear = _from(line, at)
        if clear is not None:
            yield clear
            at = clear.end_ms


def _island(placed: Placed, listen: Listen) -> Iterator[Line]:
    result = placed.result
    if result.fault or not result.heard.words:
        yield from _removed(result, listen)
        return
    placed, removed = invented.without(placed, listen)
    words = tuple(from_the_start(placed.words, result.chunk))
    found: list[Line] = [*phrases(replace(placed, words=words)), *removed]
    found.sort(key=lambda line: line.start_ms)
    for piece in result.chunk.pieces:
        at = max(piece.start_ms, result.chunk.own.start_ms)
        end = min(piece.end_ms, result.chunk.own.end_ms)
        for line in found:
            if line.end_ms > at and line.start_ms < end:
                yield from _left_out(at, line.start_ms, listen)
                at = max(at, line.end_ms)
        yield from _left_out(at, end, listen)
    yield from found


def _beside(line: Line, spoken: Sequence[Phrase]) -> Iterator[Line]:
    """A line without words as what phrases leave of it: over a cut the next chunk may hear more."""
    if isinstance(line, Phrase) or line.removed:
        yield line
        return
    at = line.start_ms
    first = bisect_right(spoken, at, key=lambda one: one.start_ms)
    last = bisect_left(spoken, line.end_ms, key=lambda one: one.start_ms)
    for phrase in spoken[max(0, first - 1) : last]:
        if phrase.start_ms > at:
            yield msgspec.structs.replace(line, start_ms=at, end_ms=phrase.start_ms)
        at = max(at, phrase.end_ms)
    if at < line.end_ms:
        yield msgspec.structs.replace(line, start_ms=at)


def _removed(result: Result, listen: Listen) -> Iterator[Gap]:
    """A chunk without words that count; what was taken out stands at its first piece."""
    removed = result.heard.text
    if result.is_quiet and not removed:  # it was no speech after all
        return
    reason = (result.fault or _NO_TIMES) if removed else ""
    own = result.chunk.own
    for piece in result.chunk.pieces:
        at, end = max(piece.start_ms, own.start_ms), min(piece.end_ms, own.end_ms)
        if end > at:
            sound = Sound.MUSIC if listen(at, end) is Sound.MUSIC else Sound.UNINTELLIGIBLE
            yield Gap(start_ms=at, end_ms=end, sound=sound, removed=removed, reason=reason)
            removed = reason = ""


def _from(line: Line, at_ms: int) -> Line | None:
    """What of a line is left from a time on; words are moved rather than lost."""
    if line.start_ms >= at_ms:
        return line
    if isinstance(line, Gap):
        if line.end_ms <= at_ms and not line.removed:
            return None
        return msgspec.structs.replace(line, start_ms=at_ms, end_ms=max(line.end_ms, at_ms + 1))
    words = []
    for word in line.words:
        start_ms = max(word.start_ms, at_ms)
        at_ms = max(word.end_ms, start_ms + 1)
        words.append(msgspec.structs.replace(word, start_ms=start_ms, end_ms=at_ms))
    return msgspec.structs.replace(
        line, start_ms=words[0].start_ms, end_ms=words[-1].end_ms, words=tuple(words)
    )


def _left_out(start_ms: int, end_ms: int, listen: Listen) -> Iterator[Gap]:
    """A stretch of a chunk, so of speech, for which there are no words."""
    if end_ms - start_ms >= _LEFT_OUT_MS and listen(start_ms, end_ms) is Sound.NOISE:
        yield Gap(start_ms=start_ms, end_ms=end_ms, sound=Sound.UNINTELLIGIBLE)


def phrases(placed: Placed) -> Iterator[Phrase]:
    """A chunk's words parted at long pauses, and where other speech may stand between them."""
    result = placed.result
    part: list[Word] = []
    for word in placed.words:
        if part and (
            word.start_ms - part[-1].end_ms > _LONG_PAUSE_MS
            or (result.is_quiet and _piece(part[-1], result.chunk) != _piece(word, result.chunk))
        ):
            yield _phrase(part, result)
            part = []
        part.append(word)
    if part:
        yield _phrase(part, result, flags=(CUT_SHORT,) if result.heard.is_full else ())


def _piece(word: Word, chunk: Chunk) -> int:
    """In which of the pieces a word begins."""
    return sum(piece.start_ms <= word.start_ms for piece in chunk.pieces)


def _phrase(words: Sequence[Word], result: Result, flags: tuple[str, ...] = ()) -> Phrase:
    return Phrase(
        start_ms=words[0].start_ms,
        end_ms=words[-1].end_ms,
        language=result.language,
        words=tuple(words),
        languages=dict(result.languages),
        log_probability=result.heard.log_probability,
        no_speech=result.heard.no_speech,
        flags=flags,
    )
