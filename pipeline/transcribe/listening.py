"""From blocks of sound to chunks of speech, in memory that does not grow with the recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.core.media import PER_MS
from pipeline.core.timeline import Span
from pipeline.engines.voice import Padding, Stretches, Voice, VoiceOptions
from pipeline.transcribe.chunks import Cutter, Rule
from pipeline.transcribe.sounds import Sounds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.core.decoding import Samples
    from pipeline.core.timeline import Sound
    from pipeline.engines.voice import Stretch


@dataclass(frozen=True, slots=True)
class Chunk:
    """Speech that the recogniser sees at once, and where it stands on the recording's clock."""

    span: Span
    samples: Samples


class Listener:
    """Hears a recording block by block; only what a chunk may still need is kept."""

    def __init__(self, options: VoiceOptions, rule: Rule, start_ms: int = 0) -> None:
        """Listen from `start_ms` of the recording on: the first block begins there."""
        import numpy as np

        self.sounds = Sounds()
        self._start_ms = start_ms
        self._voice = Voice()
        self._stretches = Stretches(options)
        self._padding = Padding(options)
        self._cutter = Cutter(rule)
        self._pad = options.pad_ms * PER_MS
        self._kept: Samples = np.zeros(0, np.float32)
        self._kept_from = 0  # the sample at which it begins
        self._heard = 0  # samples so far

    @property
    def end_ms(self) -> int:
        """Up to where the recording was heard; a part of a millisecond counts as a whole one."""
        return self._start_ms - (-self._heard // PER_MS)

    @property
    def kept_ms(self) -> int:
        """How much sound is in memory because a chunk may still need it."""
        return len(self._kept) // PER_MS

    def sound(self, start_ms: int, end_ms: int) -> Sound:
        """What is heard between two times of the recording."""
        return self.sounds.sound(start_ms - self._start_ms, end_ms - self._start_ms)

    def feed(self, block: Samples) -> list[Chunk]:
        """The chunks that this block completes."""
        import numpy as np

        self._heard += len(block)
        self._kept = np.concatenate([self._kept, block])
        self.sounds.feed(block)
        stretches = list(self._stretches.feed(self._voice.feed(block)))
        padded = self._padding.feed(stretches, self._stretches.open_from)
        chunks = self._chunks(padded)
        self._forget()
        return chunks

    def finish(self) -> list[Chunk]:
        """The chunks that are left when the recording ends."""
        last = [
            *self._stretches.feed(self._voice.finish()),
            *self._stretches.finish(self._heard),
        ]
        padded = [*self._padding.feed(last, 0), *self._padding.finish(self._heard)]
        return [*self._chunks(padded), *map(self._chunk, self._cutter.finish())]

    def _chunks(self, padded: Iterable[Stretch]) -> list[Chunk]:
        spans = [Span(start_ms=s // PER_MS, end_ms=-(-e // PER_MS)) for s, e in padded]
        settled = self._cutter.feed(spans, self._open_from() // PER_MS)
        return [self._chunk(span) for span in settled]

    def _chunk(self, span: Span) -> Chunk:
        begin, end = (at * PER_MS - self._kept_from for at in (span.start_ms, span.end_ms))
        here = Span(start_ms=self._start_ms + span.start_ms, end_ms=self._start_ms + span.end_ms)
        return Chunk(here, self._kept[begin:end].copy())

    def _open_from(self) -> int:
        """No padded stretch to come begins before this sample."""
        waiting = self._padding.holds_from
        return max(0, self._stretches.open_from - self._pad) if waiting is None else waiting

    def _forget(self) -> None:
        held_ms = self._cutter.holds_from_ms
        needed = self._open_from() if held_ms is None else held_ms * PER_MS
        if needed > self._kept_from:
            self._kept = self._kept[needed - self._kept_from :].copy()
            self._kept_from = needed
