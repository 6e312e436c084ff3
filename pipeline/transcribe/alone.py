"""Speech to hear by itself: are there words, or was a sentence gone on with in music?

A recogniser that hears a whole sentence goes on with another over music that begins after it, as
sure of these words as of the others; that music alone tells it nothing.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pipeline.core.timeline import Sound
from pipeline.measure.words import fold
from pipeline.subtitles.breaks import sentence_start
from pipeline.transcribe import cutting
from pipeline.transcribe.chunks import Chunk
from pipeline.transcribe.listening import ONSET_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.timeline import Span, Word
    from pipeline.engines import Heard
    from pipeline.transcribe.chunks import Stretch
    from pipeline.transcribe.guards import Thresholds
    from pipeline.transcribe.listening import Clip
    from pipeline.transcribe.results import Result
    from pipeline.transcribe.sounds import Listen

_BEFORE_MS: Final = 500  # of a pause that is listened to, …
_PADS_MS: Final = 400  # … but for what the speech on both sides of it is padded with
_BESIDE_MS: Final = 1_000  # music that begins no later after speech may be heard as words
_BREATH_MS: Final = 300  # before what is said next
_REACH_MS: Final = 300  # words that end so long before music are not in it
_LEAST_MS: Final = 300  # of what is heard
_UNSURE: Final = 0.6  # of the threshold
_SENTENCE_MS: Final = 8_000  # a longer one is not invented


def parts(clip: Clip, heard: Heard, listen: Listen) -> list[Clip]:
    """What of a clip has words that may be none: short stretches, and sentences that reach music.

    Args:
        clip: what was heard at once, with the music in it and after it.
        heard: what was heard in it; times are the chunk's.
        listen: says what is heard between two times of the recording; it is only asked for what
            lies before the chunk's end, which was heard when the chunk was made.
    """
    chunk = clip.chunk
    found = []
    for at, (start, end) in enumerate(cutting.speech(chunk)):
        if _may_be_music(chunk.stretches[at], listen):
            if any(word.start_ms < end and start < word.end_ms for word in heard.words):
                found.append((chunk, at))
            continue
        said = [w for w in heard.words if start <= (w.start_ms + w.end_ms) // 2 < end]
        if said and (tail := _tail(chunk, at, said, clip.music)):
            found.append(tail)
    return [replace(clip, chunk=of).part(at, at + 1) for of, at in found]


def is_nothing(said: Heard, whole: Result, chunk: Chunk, thresholds: Thresholds) -> bool:
    """Whether a stretch holds no words, which is all of `chunk` and a part of what was `whole`.

    Of 15 stretches of speech none was less likely than -0.55 per token when it was heard alone, of
    13 of music or noise none likelier than -1.04, and all but one of these were told to be no
    speech, too. What is not doubtful by its sound must be both. What is, and lies in between, is
    nothing if alone no word begins as one that stood there: music gave "adiós!" after a sentence,
    and alone "en se", at -0.82.
    """
    if not said.words:
        return True
    is_doubtful = chunk.stretches[0].is_doubtful
    if said.log_probability < thresholds.log_probability:
        return is_doubtful or said.no_speech > thresholds.no_speech
    own = chunk.own
    places = ((whole.chunk.place(word.start_ms, word.end_ms), word) for word in whole.heard.words)
    there = (word for at, word in places if at.start_ms < own.end_ms and own.start_ms < at.end_ms)
    is_other = {*map(_initial, there)}.isdisjoint(map(_initial, said.words))
    return is_doubtful and is_other and said.log_probability < _UNSURE * thresholds.log_probability


def _may_be_music(stretch: Stretch, listen: Listen) -> bool:
    """Whether it sounds like music, or is short and begins where it is not silent."""
    span = stretch.span
    if stretch.is_doubtful or listen(span.start_ms, span.end_ms) is Sound.MUSIC:
        return True
    at, pause_ms = span.start_ms, min(stretch.pause_ms - _PADS_MS, _BEFORE_MS)
    is_short = span.duration_ms <= ONSET_MS
    return is_short and pause_ms > 0 and listen(at - pause_ms, at) is not Sound.SILENCE


def _tail(
    chunk: Chunk, at: int, said: Sequence[Word], music: Sequence[tuple[int, int]]
) -> tuple[Chunk, int] | None:
    """The last sentence in a stretch, if it reaches music that begins there and plays on alone.

    As the chunk with the sentence as a stretch of its own, and the place of that stretch.
    """
    span = chunk.stretches[at].span
    onset_ms = next((on for on, off in music if _plays_on(on, off, span)), None)
    follows = chunk.stretches[at + 1 : at + 2]
    if onset_ms is None or any(one.pause_ms < _BREATH_MS for one in follows):
        return None
    begin = sentence_start([word.text for word in said])
    first, last = (chunk.place(each.start_ms, each.end_ms) for each in (said[begin], said[-1]))
    long_ms = span.end_ms - first.start_ms
    if last.end_ms <= onset_ms - _REACH_MS or not _LEAST_MS <= long_ms <= _SENTENCE_MS:
        return None
    cut = chunk.split(first.start_ms) if begin else (chunk, at)
    if cut is None:  # it begins where the stretch does, and not with it
        return None
    split, place = cut
    tail = replace(split.stretches[place], is_doubtful=True)
    stretches = (*split.stretches[:place], tail, *split.stretches[place + 1 :])
    return Chunk(stretches, split.pieces), place


def _plays_on(on_ms: int, off_ms: int, span: Span) -> bool:
    """Whether music begins in speech or right after it, and is heard after it alone."""
    return span.start_ms <= on_ms <= span.end_ms + _BESIDE_MS <= off_ms


def _initial(word: Word) -> str:
    """The first letter, without an accent."""
    return unicodedata.normalize("NFD", fold(word.text))[:1]
