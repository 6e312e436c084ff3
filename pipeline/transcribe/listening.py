"""From blocks of sound to chunks of speech, in memory that does not grow with the recording."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pipeline.core.media import PER_MS
from pipeline.core.timeline import Sound, Span
from pipeline.engines.faint import FaintVoice
from pipeline.engines.voice import SHORT_PAUSE, Padding, Stretches, Voice, VoiceOptions
from pipeline.transcribe.chunks import Chunker, Rule, Stretch
from pipeline.transcribe.rests import Rest
from pipeline.transcribe.sounds import Sounds, goes_on

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.core.decoding import Samples
    from pipeline.engines.voice import Probabilities
    from pipeline.transcribe.chunks import Chunk

_NEAR_MS: Final = 30_000  # quiet speech further apart is not heard at once
_EDGE_MS: Final = 400  # at the ends of speech, its padding
_BEFORE_MS: Final = 1_000  # where listening begins, music is not told for sure
_AFTER_MS: Final = 4_500  # after a chunk that is listened to for music
ONSET_MS: Final = 1_700  # music that begins is taken for speech no longer than that, padded
_QUIET_ONSET_MS: Final = 2_500  # and for quiet speech


@dataclass(frozen=True)
class Clip:
    """A chunk and its sound; `is_quiet` where only the lower threshold took it for speech.

    `music` is where music plays in it and right after it: [start, end) in milliseconds of the
    recording, in order.
    """

    chunk: Chunk
    samples: Samples
    is_quiet: bool = False
    music: tuple[tuple[int, int], ...] = ()

    def is_music(self, span: Span) -> bool:
        """Whether music plays through a span, its ends aside, whatever is said over it."""
        edge_ms = min(_EDGE_MS, span.duration_ms // 4)
        begin_ms, end_ms = span.start_ms + edge_ms, span.end_ms - edge_ms
        return any(on <= begin_ms and end_ms <= off for on, off in self.music)

    def part(self, first: int, last: int) -> Clip:
        """The clip of only some of its stretches."""
        import numpy as np

        chunk = self.chunk.part(first, last)
        places = [
            (self.chunk.heard_at(piece.start_ms), piece.duration_ms) for piece in chunk.pieces
        ]
        sound = [
            self.samples[at * PER_MS : (at + length) * PER_MS]
            for at, length in places
            if at is not None
        ]
        return replace(self, chunk=chunk, samples=np.concatenate(sound))


class Listener:
    """Hears a recording block by block; only what a chunk may still need is kept."""

    def __init__(
        self, options: VoiceOptions, rule: Rule, start_ms: int = 0, quiet: float | None = None
    ) -> None:
        """Listen from `start_ms` of the recording on: the first block begins there.

        Args:
            options: what counts as speech.
            rule: how stretches become chunks.
            start_ms: where the first block begins.
            quiet: the threshold for speech that `options` does not find, which asks for a second
                look too; None asks for neither.
        """
        import numpy as np

        self.sounds = Sounds()
        self._start_ms = start_ms
        self._voice = Voice() if quiet is None else FaintVoice(options.threshold)
        longest_ms = min(options.longest_ms, rule.longest_ms - 2 * rule.overlap_ms)
        options = replace(options, longest_ms=longest_ms)
        self._overlap_ms, self._music_ms = rule.overlap_ms, rule.music_ms
        self._loud = _Finder(options, start_ms)
        self._quiet = None
        if quiet is not None:
            self._quiet = _Finder(replace(options, threshold=quiet), start_ms)
        self._rest = Rest(self._is_onset)
        self._chunker = Chunker(rule, self._is_music)
        # loud speech may stand between what is quiet: nothing of it is heard twice
        rule = replace(rule, kept_ms=0, longest_pause_ms=_NEAR_MS)
        self._quiet_chunker = Chunker(rule, self._is_music)
        self._kept: Samples = np.zeros(0, np.float32)
        self._kept_from = 0  # the sample at which it begins
        self._ready: list[Clip] = []  # they wait for what begins before them
        self._heard = 0  # samples so far

    @property
    def end_ms(self) -> int:
        """Up to where the recording was heard; a part of a millisecond counts as a whole one."""
        return self._start_ms - (-self._heard // PER_MS)

    @property
    def holds_from_ms(self) -> int:
        """Up to where everything that was heard is in a chunk that was given, or is none."""
        return min([self._open_from_ms, *(clip.chunk.own.start_ms for clip in self._ready[:1])])

    @property
    def _open_from_ms(self) -> int:
        """Up to where everything that was heard is in a chunk, or is none."""
        waiting = [self._loud.open_from_ms, self._chunker.holds_from_ms]
        if self._quiet is not None:
            open_from_ms = self._quiet.open_from_ms
            waiting += [
                open_from_ms,
                self._rest.holds_from(open_from_ms),
                self._quiet_chunker.holds_from_ms,
            ]
        return min(at for at in waiting if at is not None)

    def sound(self, start_ms: int, end_ms: int) -> Sound:
        """What is heard between two times of the recording."""
        return self.sounds.sound(start_ms - self._start_ms, end_ms - self._start_ms)

    def music(self, from_ms: int, to_ms: int) -> tuple[tuple[int, int], ...]:
        """Where music plays between two times of the recording, whatever is said over it.

        Gives [start, end) in milliseconds, in order.
        """
        at = self._start_ms
        found = self.sounds.music(from_ms - at, to_ms - at)
        return tuple((at + start_ms, at + end_ms) for start_ms, end_ms in found)

    def feed(self, block: Samples) -> list[Clip]:
        """The chunks that this block completes, in order of time; quiet ones among the others."""
        import numpy as np

        self._heard += len(block)
        self._kept = np.concatenate([self._kept, block])
        self.sounds.feed(block)
        heard = self._voice.feed(block)
        loud = self._doubted(self._loud.feed(heard))
        clips = self._clips(self._chunker.feed(loud, self._loud.open_from_ms))
        if self._quiet is not None:
            open_from_ms = min(self._loud.open_from_ms, self._quiet.open_from_ms)
            rest = self._rest.feed(loud, self._quiet.feed(heard), open_from_ms)
            settled = self._quiet_chunker.feed(
                rest, min(open_from_ms, self._rest.holds_from(open_from_ms))
            )
            clips += self._clips(settled, is_quiet=True)
        self._forget(self._open_from_ms - self._overlap_ms)
        return self._in_order(clips, self._open_from_ms)

    def finish(self) -> list[Clip]:
        """The chunks that are left when the recording ends."""
        heard = self._voice.finish()
        loud = self._doubted([*self._loud.feed(heard), *self._loud.finish(self._heard)])
        clips = self._clips([*self._chunker.feed(loud, 0), *self._chunker.finish()])
        if self._quiet is not None:
            quiet = [*self._quiet.feed(heard), *self._quiet.finish(self._heard)]
            rest = self._rest.feed(loud, quiet, self.end_ms)
            found = [*self._quiet_chunker.feed(rest, 0), *self._quiet_chunker.finish()]
            clips += self._clips(found, is_quiet=True)
        return self._in_order(clips, None)

    def _doubted(self, loud: list[Stretch]) -> list[Stretch]:
        """The same; short ones that may be music or noise that begins are told as such."""
        if self._quiet is None:
            return loud
        return [
            replace(each, is_doubtful=bool(each.pause_ms) and self._is_onset(each.span, ONSET_MS))
            for each in loud
        ]

    def _is_onset(self, span: Span, longest_ms: int = _QUIET_ONSET_MS) -> bool:
        if span.duration_ms > longest_ms:
            return False
        start_ms, end_ms = span.start_ms - self._start_ms, span.end_ms - self._start_ms
        if self.sounds.is_tonal(start_ms, end_ms):
            return True
        is_cut_off = span.end_ms >= self.end_ms  # at the end of all nothing can be said
        return not is_cut_off and goes_on(self._cut(span), self._loud.pad_ms)

    def _clips(self, chunks: Iterable[Chunk], *, is_quiet: bool = False) -> list[Clip]:
        import numpy as np

        return [
            Clip(chunk, np.concatenate([self._cut(piece) for piece in chunk.pieces]), is_quiet)
            for chunk in chunks
        ]

    def _cut(self, piece: Span) -> Samples:
        begin, end = (
            (at - self._start_ms) * PER_MS - self._kept_from
            for at in (piece.start_ms, piece.end_ms)
        )
        return self._kept[begin:end]

    def _is_music(self, start_ms: int, end_ms: int) -> bool:
        return end_ms - start_ms >= self._music_ms and self.sound(start_ms, end_ms) is Sound.MUSIC

    def _in_order(self, clips: Iterable[Clip], before_ms: int | None) -> list[Clip]:
        """In order of time, those that begin before a time; the others wait for what is earlier.

        Nor is one given before what comes right after it was heard: it may be music.
        """
        self._ready = sorted([*self._ready, *clips], key=_start)
        count = len(self._ready)
        if before_ms is not None:
            count = bisect_left(self._ready, before_ms, key=_start)
            until_ms = self.end_ms - _AFTER_MS
            ends = (clip.chunk.own.end_ms for clip in self._ready[:count])
            count = next((at for at, end_ms in enumerate(ends) if end_ms > until_ms), count)
        now, self._ready = self._ready[:count], self._ready[count:]
        return [replace(clip, music=self._music_at(clip.chunk.own)) for clip in now]

    def _music_at(self, own: Span) -> tuple[tuple[int, int], ...]:
        return self.music(own.start_ms - _BEFORE_MS, own.end_ms + _AFTER_MS)

    def _forget(self, before_ms: int) -> None:
        """Let go of the sound that nothing waits for."""
        needed = max(0, before_ms - self._start_ms) * PER_MS
        if needed > self._kept_from:
            self._kept = self._kept[needed - self._kept_from :].copy()
            self._kept_from = needed


def _start(clip: Clip) -> int:
    return clip.chunk.own.start_ms


class _Finder:
    """Probabilities to padded stretches on the recording's clock, with the pauses before them."""

    def __init__(self, options: VoiceOptions, start_ms: int) -> None:
        self._stretches = Stretches(options)
        self._padding = Padding(options)
        self.pad_ms = options.pad_ms
        self._start_ms = start_ms
        self._ended: int | None = None  # where the last stretch ended, unpadded
        self._pauses: deque[int] = deque()

    @property
    def open_from_ms(self) -> int:
        """No padded stretch to come begins before this time."""
        waiting = self._padding.holds_from
        if waiting is None:
            waiting = max(0, self._stretches.open_from - self.pad_ms * PER_MS)
        return self._start_ms + waiting // PER_MS

    def feed(self, probabilities: Probabilities) -> list[Stretch]:
        """The stretches that are settled."""
        ended = self._noted(self._stretches.feed(probabilities))
        return self._told(self._padding.feed(ended, self._stretches.open_from))

    def finish(self, length: int) -> list[Stretch]:
        """The stretches that are left when the stream of `length` samples ends."""
        ended = self._noted(self._stretches.finish(length))
        return self._told([*self._padding.feed(ended, 0), *self._padding.finish(length)])

    def _noted(self, ended: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        found = list(ended)
        for start, end in found:
            pause = SHORT_PAUSE if self._ended is None else start - self._ended
            self._pauses.append(0 if pause < SHORT_PAUSE else pause // PER_MS)
            self._ended = end
        return found

    def _told(self, padded: Iterable[tuple[int, int]]) -> list[Stretch]:
        return [
            Stretch(
                Span(
                    start_ms=self._start_ms + start // PER_MS,
                    end_ms=self._start_ms - (-end // PER_MS),
                ),
                self._pauses.popleft(),
            )
            for start, end in padded
        ]
