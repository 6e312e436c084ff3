"""Whether the log gives a reviewer's cues back: asked before it is added to.

What is found here is a fault of the program, in what was read as decided or in how the log is
replayed. A file of which it is so is left as it is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from pipeline.core.clock import clock
from pipeline.review.changes import replayed
from pipeline.review.decisions import Approve, Merge, Piece, Speaker
from pipeline.review.locks import locks
from pipeline.review.rewrites import Rewriting
from pipeline.review.units import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.core.timeline import Cue, Span
    from pipeline.review.changes import Changes
    from pipeline.review.decisions import Decision
    from pipeline.review.given import Given
    from pipeline.review.locks import Fixed


class Shown(NamedTuple):
    """A cue as it is seen."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]


def unlike(base: Sequence[Cue], human: Sequence[Given], found: Changes) -> tuple[Shown, ...]:
    """The reviewer's cues that `found` does not make of `base`, or makes and are none of theirs.

    Where an editor rewrote all of a file, or something waits, only what can be compared is.
    """
    if found.held:
        return ()
    made = [_shown(one) for one in replayed(base, found.decisions)]
    wanted = [_shown_of(cue) for cue in human]
    if found.rewriting == Rewriting():
        return _differing(made, wanted)
    if len(made) == len(wanted):
        return ()
    return tuple(wanted[:1])


def lost(
    log: Sequence[Decision],
    news: Sequence[Decision],
    base: Sequence[Cue],
    decided: Sequence[Decision],
) -> tuple[Shown, ...]:
    """The cues that would not be as their reviewers left them, if `news` came to `log`.

    That is a cue that was changed and would not be there, one that was not and would be gone, and
    one that nobody made. Where somebody else's cues stand that the reviewer did not see, what was
    decided last holds, and is no loss: it is told as a clash.

    Args:
        log: all decisions, oldest first.
        news: what is about to be decided, of one track and one source.
        base: what the reviewer was given.
        decided: all that the file says; `news` are those of it that the log does not hold.
    """
    changes = [one for one in news if not isinstance(one, Approve)]
    new = {one.at for one in changes}
    if not new:
        return ()
    track, source = news[0].at.track, news[0].source
    held = locks(log, track, source=source).locks
    before = {_shown(cue) for lock in held for cue in lock.cues}
    after = _fixed([*log, *changes], track, source)
    given = {_shown_of(cue) for cue in base}
    unseen = Spans(before - given)
    places = Spans(new)
    loose = {_shown(cue) for lock in held if lock.base in places for cue in lock.cues} - given
    about = [one for one in decided if one.at in new and one.at not in unseen]
    # who speaks in a cue of ours makes it nobody's
    about = [one for one in about if not isinstance(one, Speaker) or _shown(one.at) in before]
    stale = Spans(at for at in new if at in unseen)
    gone = {_shown(piece) for one in about for piece in _pieces(one)}
    left = given - gone  # as the file has them still, whatever another one made of them
    made = {_shown(one) for one in replayed(base, about)} - left
    stay = {cue for cue in before - gone if cue not in stale}
    missing = (stay | made) - after - loose
    said = {_shown(one) for one in replayed(base, (one for one in decided if one.at in new))}
    strange = {cue for cue in after - before - said - left if cue not in stale}
    return tuple(sorted({cue for cue in missing | strange if cue.lines}))


def refusal(name: str, wrong: Sequence[Shown]) -> tuple[str, str]:
    """What a reviewer is told of it, and what to do."""
    at = clock(wrong[0].start_ms)
    return (
        f"{name}: at {at}: a cue would not be kept as it is: nothing was taken from this file",
        "this is a fault of the program: please report it. The file stays as it is",
    )


class Spans:
    """Some time, asked whether it shares any with a span."""

    def __init__(self, spans: Iterable[Shown | Span]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for one in sorted((span.start_ms, span.end_ms) for span in spans):
            if self._ends and one[0] <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], one[1])
            else:
                self._starts.append(one[0])
                self._ends.append(one[1])

    def __contains__(self, span: Shown | Span) -> bool:
        at = bisect_left(self._starts, span.end_ms) - 1
        return at >= 0 and self._ends[at] > span.start_ms


def _fixed(log: Sequence[Decision], track: str, source: str) -> set[Shown]:
    return {_shown(cue) for cue in locks(log, track, source=source).cues}


def _pieces(decision: Decision) -> tuple[Piece, ...]:
    return (*decision.of, decision.at) if isinstance(decision, Merge) else (decision.at,)


def _differing(one: Sequence[Shown], other: Sequence[Shown]) -> tuple[Shown, ...]:
    ours, theirs = Counter(one), Counter(other)
    return tuple(sorted((theirs - ours) + (ours - theirs)))


def _shown(one: Piece | Fixed) -> Shown:
    return Shown(one.start_ms, one.end_ms, _lines(one.text))


def _shown_of(cue: Cue | Given) -> Shown:
    return Shown(cue.start_ms, cue.end_ms, _lines("\n".join(cue.lines)))


def _lines(text: str) -> tuple[str, ...]:
    """Those that a lock keeps, without blanks at their ends, which no file holds for sure."""
    return tuple(line.rstrip() for line in lines_of(text))
