"""What became of reviewers' files, and how it is said."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.core.clock import clock
from pipeline.core.plain import one_line
from pipeline.review import decisions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.review.decisions import Decision
    from pipeline.review.repeats import Clash
    from pipeline.subtitles.reader import Fault

log = logging.getLogger(__name__)

_WORDS: Final[dict[type, tuple[str, str]]] = {
    decisions.Text: ("text", "texts"),
    decisions.Time: ("time", "times"),
    decisions.Split: ("split", "split"),
    decisions.Merge: ("joined", "joined"),
    decisions.Insert: ("added", "added"),
    decisions.Delete: ("deleted", "deleted"),
    decisions.Speaker: ("speaker", "speakers"),
    decisions.Approve: ("approved", "approved"),
}


class Taken(NamedTuple):
    """What became of one file; `path` as people know it, `decisions` those that are new."""

    path: str
    track: str = ""
    decisions: tuple[Decision, ...] = ()
    faults: tuple[Fault, ...] = ()
    warnings: tuple[str, ...] = ()
    clashes: tuple[Clash, ...] = ()
    error: str = ""
    hint: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether everything in it was taken."""
        return not self.error and not any(fault.is_error for fault in self.faults)


class Accepted(NamedTuple):
    """What became of every file that a person changed since it was looked at last."""

    files: tuple[Taken, ...] = ()

    @property
    def decided(self) -> int:
        """How many decisions are new."""
        return sum(len(one.decisions) for one in self.files)

    @property
    def is_whole(self) -> bool:
        """Whether everything in every file was taken."""
        return all(one.is_whole for one in self.files)

    @property
    def has_clashes(self) -> bool:
        """Whether one cue was changed into two things."""
        return any(one.clashes for one in self.files)


def tell(accepted: Accepted) -> None:
    """Say in the log what was accepted on the way to something else."""
    for one in accepted.files:
        if one.decisions:
            log.info("accepted: %s: %s", one.path, counts(one.decisions))
        for line in troubles(one):
            log.warning("%s", one_line(line))


def counts(decided: Iterable[Decision]) -> str:
    """`3 texts, 1 time, 1 approved`; "nothing new" without any."""
    found = Counter[type](type(one) for one in decided)
    words = [
        f"{found[kind]} {many if found[kind] > 1 else single}"
        for kind, (single, many) in _WORDS.items()
        if found[kind]
    ]
    return ", ".join(words) or "nothing new"


def troubles(one: Taken) -> Iterator[str]:
    """What a person should know of a file: what could not be read, and who else changed it."""
    if one.error:
        yield one.error
    for fault in one.faults:
        if fault.is_error:
            yield f"{one.path}, line {fault.line}: {fault.message}" if fault.line else fault.message
    yield from one.warnings
    for clash in one.clashes:
        at = clash.other.at
        sides = " and ".join(
            f"{side.source or 'the log'} ({side.who or 'nobody in particular'})" for side in clash
        )
        yield f"{one.path}: {clock(at.start_ms)}: a conflict: changed differently in {sides}"
