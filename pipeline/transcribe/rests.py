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
        self._doubtful: deque[Span] = deque()
        self._ended_ms = 0

    def holds_from(self, open_from_ms: int) -> int:
        """Where the first stretch begins that waits to be compared."""
        waiting = [row[0].start_ms for row in (self._quiet, self._doubtful) if row]
        return min([open_from_ms, *waiting])

    def feed(
        self,
        loud: Iterable[Stretch],
        doubtful: Iterable[Stretch],
        quiet: Iterable[Stretch],
        open_from_ms: int,
    ) -> list[Stretch]:
        """What is left of the quiet ones, and all doubtful ones, in order of time.

        Args:
            loud: what the usual threshold finds.
            doubtful: what of that may be none, so that it is judged like quiet speech.
            quiet: what the lower threshold finds, loud or not.
            open_from_ms: no stretch to come begins before this time.
        """
        self._doubtful += [stretch.span for stretch in doubtful]
        self._loud += [stretch.span for stretch in loud]
        self._quiet += [stretch.span for stretch in quiet]
        found: list[Span] = []
        while self._quiet and self._quiet[0].end_ms <= open_from_ms:
            for start_ms, end_ms in self._without_loud(self._quiet.popleft()):
                span = Span(start_ms=start_ms, end_ms=end_ms)
                if span.duration_ms >= _QUIET_MS and not self._is_onset(span):
                    found.append(span)
        first = self._quiet[0].start_ms if self._quiet else open_from_ms
        while self._doubtful and self._doubtful[0].start_ms < first:
            found.append(self._doubtful.popleft())
        while self._loud and self._loud[0].end_ms <= first:
            self._loud.popleft()
        return [self._told(span) for span in sorted(found, key=lambda span: span.start_ms)]

    def _told(self, span: Span) -> Stretch:
        pause_ms, self._ended_ms = max(1, span.start_ms - self._ended_ms), span.end_ms
        return Stretch(span, pause_ms)

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
