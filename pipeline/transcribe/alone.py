"""Speech to hear by itself: are there words, or was a sentence gone on with in music?

A recogniser that hears a whole sentence goes on with another over music that begins after it, as
sure of these words as of the others; that music alone tells it nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pipeline.core.timeline import Sound
from pipeline.subtitles.breaks import ends_sentence
from pipeline.transcribe import cutting
from pipeline.transcribe.chunks import Chunk
from pipeline.transcribe.listening import ONSET_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.core.timeline import Word
    from pipeline.engines import Heard
    from pipeline.transcribe.chunks import Stretch
    from pipeline.transcribe.listening import Clip

    Listen = Callable[[int, int], Sound]

_BEFORE_MS: Final = 500  # of a pause that is listened to, …
_PADS_MS: Final = 400  # … but for what the speech on both sides of it is padded with
_BESIDE_MS: Final = 1_000  # music that begins no later after speech may be heard as words
_BREATH_MS: Final = 300  # before what is said next
_REACH_MS: Final = 300  # words that end so long before music are not in it
_LEAST_MS: Final = 300  # of what is heard
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
    found = [
        (chunk, at)
        for at, (start, end) in enumerate(cutting.speech(chunk))
        if _may_be_music(chunk.stretches[at], listen)
        and any(word.start_ms < end and start < word.end_ms for word in heard.words)
    ]
    short = {at for _, at in found}
    found += _tails(chunk, heard.words, clip.music, short)
    return [replace(clip, chunk=of).part(at, at + 1) for of, at in found]


def _may_be_music(stretch: Stretch, listen: Listen) -> bool:
    """Whether it sounds like music, or is short and begins where it is not silent."""
    span = stretch.span
    if stretch.is_doubtful or listen(span.start_ms, span.end_ms) is Sound.MUSIC:
        return True
    at, pause_ms = span.start_ms, min(stretch.pause_ms - _PADS_MS, _BEFORE_MS)
    is_short = span.duration_ms <= ONSET_MS
    return is_short and pause_ms > 0 and listen(at - pause_ms, at) is not Sound.SILENCE


def _tails(
    chunk: Chunk, words: Sequence[Word], music: Sequence[tuple[int, int]], known: set[int]
) -> Iterator[tuple[Chunk, int]]:
    """The last sentence before music that begins, where it reaches the music; no `known` stretch.

    Each as the chunk with the sentence as a stretch of its own, and the place of that stretch.
    """
    for at, (stretch, (start, end)) in enumerate(
        zip(chunk.stretches, cutting.speech(chunk), strict=True)
    ):
        span = stretch.span
        onsets = [
            on
            for on, off in music
            if span.start_ms <= on <= span.end_ms + _BESIDE_MS <= off  # it plays on alone
        ]
        said = [word for word in words if start <= (word.start_ms + word.end_ms) // 2 < end]
        follows = chunk.stretches[at + 1 : at + 2]
        goes_on = any(one.pause_ms < _BREATH_MS for one in follows)  # so what is said does
        if at in known or goes_on or not onsets or not said:
            continue
        begin = len(said) - 1
        while begin and not ends_sentence(said[begin - 1].text):
            begin -= 1
        first, last = (chunk.place(each.start_ms, each.end_ms) for each in (said[begin], said[-1]))
        reaches = last.end_ms > onsets[0] - _REACH_MS
        if not reaches or not _LEAST_MS <= span.end_ms - first.start_ms <= _SENTENCE_MS:
            continue
        cut = chunk.split(first.start_ms) if begin else (chunk, at)
        if cut is None:  # it begins where the stretch does, and not with it
            continue
        split, place = cut
        tail = replace(split.stretches[place], is_doubtful=True)
        stretches = (*split.stretches[:place], tail, *split.stretches[place + 1 :])
        yield Chunk(stretches, split.pieces), place
