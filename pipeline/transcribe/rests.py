"""What a lower threshold takes for speech and the usual one does not."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from pipeline.core.timeline import Span
from pipeline.transcribe.chunks import Stretch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_QUIET_MS: Final = 800  # shorter speech that only the lower threshold finds is breath


class Rest:
    """Quiet stretches without the loud ones, as both come in."""

    def __init__(self, is_onset: Callable[[Span], bool]) -> None:
        """`is_onset` says of quiet speech whether it is no more than music or noise that begins."""
        self._is_onset = is_onset
        self._loud: deque[Span] = deque()
        self._quiet: deque[Span] = deque()
        self._ended_ms = 0

    def holds_from(self, open_from_ms: int) -> int:
        """Where the first stretch begins that waits to be compared."""
        return self._quiet[0].start_ms if self._quiet else open_from_ms

    def feed(
        self, loud: Iterable[Stretch], quiet: Iterable[Stretch], open_from_ms: int
    ) -> list[Stretch]:
        """What is left of the quiet ones; nothing to come begins before `open_from_ms`."""
        self._loud += [stretch.span for stretch in loud]
        self._quiet += [stretch.span for stretch in quiet]
        found: list[Stretch] = []
        while self._quiet and self._quiet[0].end_ms <= open_from_ms:
            for start_ms, end_ms in self._without_loud(self._quiet.popleft()):
                span = Span(start_ms=start_ms, end_ms=end_ms)
                if span.duration_ms >= _QUIET_MS and not self._is_onset(span):
                    found.append(Stretch(span, max(1, start_ms - self._ended_ms)))
                    self._ended_ms = end_ms
        first = self.holds_from(open_from_ms)
        while self._loud and self._loud[0].end_ms <= first:
            self._loud.popleft()
        return found

    def _without_loud(self, quiet: Span) -> Iterator[tuple[int, int]]:
        at = quiet.start_ms
        for loud in self._loud:
            if loud.start_ms >= quiet.end_ms:
                break
            if loud.start_ms > at:
                yield at, loud.start_ms
            at = max(at, loud.end_ms)
        if at < quiet.end_ms:
            yield at, quiet.end_ms
