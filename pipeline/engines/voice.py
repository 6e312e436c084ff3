"""Where speech is: Silero's voice activity detection, block by block in flat memory.

faster-whisper runs Silero over a whole file at once. Here its state and the last samples are
carried from block to block; probabilities, spans and padding are the library's own, and a test
holds them to it. Places are counted in samples at 16 kHz, as in the library.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.core.decoding import RATE
from pipeline.engines import LONGEST_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    import numpy.typing as npt
    import onnxruntime

    from pipeline.core.decoding import Samples

    Probabilities = npt.NDArray[np.float32]

Stretch = tuple[int, int]  # samples, half-open

NAME: Final = "silero_vad_v6"
WINDOW: Final = 512
_CONTEXT: Final = 64
_STATE: Final = (1, 1, 128)
_PER_MS: Final = RATE // 1000
SHORT_PAUSE: Final = 98 * _PER_MS  # what a stretch that grows too long may be cut at


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceOptions:
    """What counts as speech, and how long a stretch of it may be; faster-whisper's names and sense.

    `threshold` begins speech; 0.15 below it ends it, after `min_silence_ms` without more.
    """

    threshold: float = 0.5
    min_speech_ms: int = 0
    min_silence_ms: int = 160
    pad_ms: int = 200
    longest_ms: int = LONGEST_MS


class Voice:
    """The probability of speech for every 512 samples of a stream."""

    def __init__(self) -> None:
        import numpy as np
        from faster_whisper.vad import get_vad_model

        self._session: onnxruntime.InferenceSession = get_vad_model().session
        self._h: Probabilities = np.zeros(_STATE, np.float32)
        self._c: Probabilities = np.zeros(_STATE, np.float32)
        self._context: Samples = np.zeros(_CONTEXT, np.float32)
        self._rest: Samples = np.zeros(0, np.float32)

    def feed(self, block: Samples) -> Probabilities:
        """One probability for each window that `block` completes."""
        import numpy as np

        samples = np.concatenate([self._rest, block])
        whole = len(samples) - len(samples) % WINDOW
        self._rest = samples[whole:]
        return self._run(samples[:whole])

    def finish(self) -> Probabilities:
        """The last, padded window; as in the library there is always one, and its tail is zero."""
        import numpy as np

        window: Samples = np.zeros(WINDOW, np.float32)
        window[: len(self._rest)] = self._rest
        window[-_CONTEXT:] = 0
        return self._run(window)

    def _run(self, samples: Samples) -> Probabilities:
        import numpy as np

        if not len(samples):
            return np.zeros(0, np.float32)
        windows = samples.reshape(-1, WINDOW)
        before = np.vstack([self._context, windows[:-1, -_CONTEXT:]])
        self._context = windows[-1, -_CONTEXT:].copy()
        given = {"input": np.hstack([before, windows]), "h": self._h, "c": self._c}
        found, self._h, self._c = self._session.run(None, given)
        return np.asarray(found, np.float32).reshape(-1)


class Stretches:
    """Turns probabilities into stretches of speech, one at a time: the library's state machine."""

    def __init__(self, options: VoiceOptions) -> None:
        self._options = options
        self._ends_below = max(options.threshold - 0.15, 0.01)
        self._longest = (options.longest_ms - 2 * options.pad_ms) * _PER_MS - WINDOW
        self._at = 0  # the sample at which the next window begins
        self._start: int | None = None  # of the stretch that is open
        self._silent_from = 0  # a silence that may end it
        self._cut = self._go_on = 0  # the last short pause in it, and where speech came back

    @property
    def open_from(self) -> int:
        """No stretch to come begins before this sample."""
        return self._at if self._start is None else self._start

    def feed(self, probabilities: Probabilities) -> Iterator[Stretch]:
        """The stretches that these probabilities end."""
        for probability in probabilities.tolist():
            yield from self._step(probability)
            self._at += WINDOW

    def finish(self, length: int) -> Iterator[Stretch]:
        """The stretch that is open when the stream of `length` samples ends."""
        if self._start is not None and self._is_long_enough(self._start, length):
            yield self._start, length

    def _step(self, probability: float) -> Iterator[Stretch]:
        if probability >= self._options.threshold:
            if self._silent_from:
                self._silent_from = 0
                if self._go_on < self._cut:
                    self._go_on = self._at
            if self._start is None:
                self._start = self._at
                return
        if self._start is not None and self._at - self._start > self._longest:
            yield self._too_long(self._start)
        if self._start is not None and probability < self._ends_below:
            yield from self._in_silence(self._start)

    def _too_long(self, start: int) -> Stretch:
        """End a stretch at its last short pause, or where it stands if it has none."""
        cut, go_on = self._cut, self._go_on
        self._close()
        if cut and go_on >= cut:
            self._start = go_on
        return start, cut or self._at

    def _in_silence(self, start: int) -> Iterator[Stretch]:
        if not self._silent_from:
            self._silent_from = self._at
        silence = self._at - self._silent_from
        if silence > SHORT_PAUSE:
            self._cut = self._silent_from
        if silence >= self._options.min_silence_ms * _PER_MS:
            end = self._silent_from
            self._close()
            if self._is_long_enough(start, end):
                yield start, end

    def _close(self) -> None:
        self._start = None
        self._silent_from = self._cut = self._go_on = 0

    def _is_long_enough(self, start: int, end: int) -> bool:
        return end - start > self._options.min_speech_ms * _PER_MS


class Padding:
    """Widens each stretch, at most to the middle of the silence between two; looks one ahead."""

    def __init__(self, options: VoiceOptions) -> None:
        self._pad = options.pad_ms * _PER_MS
        self._held: Stretch | None = None  # its start is settled, its end is not

    @property
    def holds_from(self) -> int | None:
        """Where the stretch that waits for the next one begins."""
        return None if self._held is None else self._held[0]

    def feed(self, stretches: Iterable[Stretch], open_from: int) -> Iterator[Stretch]:
        """The stretches that are settled; none that is still to come begins before `open_from`."""
        for start, end in stretches:
            left = self._pad
            if self._held is not None:
                silence = start - self._held[1]
                left = min(left, silence // 2)
                yield self._held[0], self._held[1] + left
            self._held = max(0, start - left), end
        if self._held is not None and open_from - self._held[1] >= 2 * self._pad:
            yield self._held[0], self._held[1] + self._pad
            self._held = None

    def finish(self, length: int) -> Iterator[Stretch]:
        """The last stretch, in a stream of `length` samples."""
        if self._held is not None:
            yield self._held[0], min(length, self._held[1] + self._pad)
            self._held = None
