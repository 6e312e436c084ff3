"""What a reviewer was given: which of all that was written is nearest to what came back."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, Final

from pipeline.core.timeline import Cue
from pipeline.review.chains import text_key
from pipeline.review.decisions import Speaker
from pipeline.review.locks import locks
from pipeline.review.proof import Spans

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from pipeline.core.payloads import EmittedFile
    from pipeline.review.decisions import Decision
    from pipeline.review.receipts import Written
    from pipeline.subtitles.reader import Found

# Who changes one cue back to what it was makes the file like an older one: that cue counts twice,
# as one that is gone and one that is new. A copy of an older file differs in more.
_UNDONE: Final = 2


def base(written: Sequence[Written], found: Sequence[Found]) -> EmittedFile:
    """What a file was made from: what was written last, unless something older is clearly nearer.

    Args:
        written: at least one, the newest first.
        found: the cues of the file as it is now.
    """
    newest, *older = written
    limit = distance(newest.file.cues, found)
    if newest.is_finished:
        limit -= _UNDONE
    rest = [(distance(one.file.cues, found), at) for at, one in enumerate(older)]
    best, at = min(rest, default=(limit, 0))
    return older[at].file if best < limit else newest.file


def newest(written: Sequence[Written]) -> Written:
    """What a run that came to its end wrote last; else what was about to be written."""
    return next((one for one in written if one.is_finished), written[0])


def is_copy(written: Sequence[Written], found: Sequence[Found]) -> bool:
    """Whether a file that is like an older one is a copy of it; else one cue was typed back.

    Args:
        written: at least one, the newest first.
        found: the cues of the file as it is now.
    """
    return distance(newest(written).file.cues, found) > _UNDONE


def undone(decided: Iterable[Decision], log: Sequence[Decision], path: str) -> tuple[Decision, ...]:
    """What of the decisions in an older file that was put back undoes people's work.

    What only the machine says otherwise by now, nobody meant to decide.

    Args:
        decided: all that is otherwise in it than in the newest, of one track.
        log: all that was decided so far.
        path: the file, as decisions have it for their source.
    """
    found = list(decided)
    if not found:
        return ()
    track = found[0].at.track
    held = locks(log, track, source=path)
    speakers = (one.at for one in log if isinstance(one, Speaker) and one.at.track == track)
    theirs = Spans([*held.cues, *(lock.base for lock in held.locks), *speakers])
    return tuple(one for one in found if one.at in theirs)


def nearest(
    history: Mapping[str, Sequence[Written]], found: Sequence[Found], track: str = ""
) -> tuple[float, EmittedFile | None]:
    """Of all that was written the SRT most like a file, and how like they are, 0..1."""
    best: tuple[float, int] = (0.0, 0)
    file = None
    for one in (one for path, all_of in history.items() if is_srt(path) for one in all_of):
        if not track or one.file.track == track:
            likeness = like(one.file.cues, found), one.number
            if likeness > best:
                best, file = likeness, one.file
    return best[0], file


def is_srt(path: str) -> bool:
    """Whether a file that was written holds cues."""
    return path.endswith(".srt")


def distance(base: Iterable[Cue], found: Iterable[Found]) -> int:
    """How many cues of either are not in the other, to the letter and to the millisecond."""
    one, other = Counter(map(_whole, base)), Counter(map(_whole, found))
    return (one - other).total() + (other - one).total()


def like(base: Sequence[Cue], found: Sequence[Found]) -> float:
    """How much of two files is the same, 0..1: half of it their texts, half of it their times."""
    texts = _dice(
        [key for cue in base if (key := text_key(" ".join(cue.lines)))],
        [key for cue in found if (key := text_key(" ".join(cue.lines)))],
    )
    times = _dice(
        [(cue.start_ms, cue.end_ms) for cue in base], [(cue.start_ms, cue.end_ms) for cue in found]
    )
    return (texts + times) / 2


def as_cues(found: Sequence[Found], beside: Sequence[Cue]) -> tuple[Cue, ...]:
    """What a reviewer left, as what the next review starts from; languages as they are `beside`."""
    starts = [cue.start_ms for cue in beside]
    cues = []
    for one in found:
        start_ms = max(one.start_ms, 0)
        at = max(0, bisect_left(starts, start_ms + 1) - 1)
        cues.append(
            Cue(
                start_ms=start_ms,
                end_ms=max(one.end_ms, start_ms + 1),
                lines=one.lines,
                language=beside[at].language if beside else "",
            )
        )
    return tuple(cues)


def _whole(cue: Cue | Found) -> Hashable:
    return cue.start_ms, cue.end_ms, tuple(line.rstrip() for line in cue.lines)


def _dice(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    total = len(one) + len(other)
    return 2 * (Counter(one) & Counter(other)).total() / total if total else 0.0
