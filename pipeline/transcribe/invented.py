"""Words of a chunk that nobody said are taken out of it, and kept with the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pipeline.core.timeline import Gap, Sound
from pipeline.subtitles.breaks import ends_sentence, sentence_start
from pipeline.transcribe import guards
from pipeline.transcribe.listening import ONSET_MS
from pipeline.transcribe.spreading import evenly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.timeline import Span, Word
    from pipeline.transcribe.placing import Placed
    from pipeline.transcribe.sounds import Listen

_BESIDE_MS: Final = 2_000  # music so near to words, or words to what they are gone on with
_FEW: Final = 3  # words of a sentence are led astray, no more
_OPENING: Final = "\"'«„“‘¿¡([-–—"


def without(placed: Placed, listen: Listen) -> tuple[Placed, list[Gap]]:
    """A chunk without the words that nobody said, and what they were.

    Those are words where nothing is heard alone, and words beside music that no mouth can say in
    their time, however sure. Of the former, what speech goes on with was led astray: it stands
    before that.

    Args:
        placed: the chunk with its words on the recording's clock.
        listen: says what is heard between two times of the recording.
    """
    removed: list[Gap] = []
    words = list(placed.words)
    for stretch in placed.result.chunk.stretches:
        span = stretch.span
        first, last = _within(words, span)
        wild = guards.crammed(words[first:last], span.duration_ms)
        if wild and _is_by_music(span, listen):
            at = _begun(words, first, last - wild)
            begin_ms = words[at].start_ms
            removed.append(_gap(words[at:last], begin_ms, span, listen, guards.TOO_FAST))
            del words[at:last]
    gone_at = -1  # where words were taken out last: what is gone on with in nothing is nothing
    for span in reversed(placed.result.empty):
        first, last = _within(words, span)
        said, following = words[first:last], words[last : last + 1]
        if said and following and last != gone_at and _goes_on(said, following[0]):
            words[first : last + 1] = evenly([*said, *following], following[0])
        elif said:
            removed.append(_gap(said, span.start_ms, span, listen, guards.ONSET))
            del words[first:last]
            gone_at = first
    return replace(placed, words=tuple(words)), removed


def _goes_on(said: Sequence[Word], following: Word) -> bool:
    """Whether the next word, right after a few others, goes on with their sentence."""
    text = following.text.lstrip(_OPENING)[:1]
    return (
        (text.islower() or text.isdecimal())
        and not ends_sentence(said[-1].text)
        and len(said) <= _FEW
        and len(said) < following.duration_ms
        and following.start_ms - said[-1].end_ms <= _BESIDE_MS
    )


def _begun(words: Sequence[Word], first: int, at: int) -> int:
    """Where the sentence begins that a word goes on with; at that word if it is a long one.

    What ends in words that nobody can have said was not begun by anybody either.
    """
    begin = first + sentence_start([word.text for word in words[first : at + 1]])
    return begin if words[at].start_ms - words[begin].start_ms <= ONSET_MS else at


def _within(words: Sequence[Word], span: Span) -> tuple[int, int]:
    """The words whose middle lies in a span, which are none where both are equal."""
    middles = [(word.start_ms + word.end_ms) // 2 for word in words]
    at = [index for index, ms in enumerate(middles) if span.start_ms <= ms < span.end_ms]
    return (at[0], at[-1] + 1) if at else (0, 0)


def _gap(words: Sequence[Word], from_ms: int, span: Span, listen: Listen, reason: str) -> Gap:
    return Gap(
        start_ms=from_ms,
        end_ms=max(span.end_ms, from_ms + 1),
        sound=listen(span.start_ms, span.end_ms),
        removed=" ".join(word.text for word in words),
        reason=reason,
    )


def _is_by_music(span: Span, listen: Listen) -> bool:
    before = max(0, span.start_ms - _BESIDE_MS), span.start_ms
    sides = [before, (span.end_ms, span.end_ms + _BESIDE_MS)]
    return any(listen(*side) is Sound.MUSIC for side in sides if side[0] < side[1])
