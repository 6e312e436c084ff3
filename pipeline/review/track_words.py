"""What a track's decisions say of the words of other tracks: of `ru+en`, of `orig` and of `en`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from pipeline.core.language import script_share, scripts
from pipeline.core.workspace import ORIGINAL
from pipeline.review.decisions import Delete, Insert, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.review.decisions import Decision


def of_words(decisions: Sequence[Decision], track: str) -> tuple[Decision, ...]:
    """A track's decisions and what those of tracks in two languages say of its words.

    Each is where it was in the log; those of other tracks stay, and mean nothing for this one.
    """
    return tuple(_told(decision, track) or decision for decision in decisions)


def fed(decisions: Sequence[Decision], track: str) -> tuple[Decision, ...]:
    """Only what tracks in two languages say of another's words."""
    told = (_told(decision, track) for decision in decisions)
    return tuple(decision for decision in told if decision)


def halves(text: str, source: str, target: str) -> tuple[str, str]:
    """The lines of a cue in two languages: those in the first, those in the second.

    Told by their letters; where both are written in the same, the first half of them.
    """
    lines = text.split("\n")
    if scripts(source) & scripts(target):
        half = (len(lines) + 1) // 2
        return "\n".join(lines[:half]), "\n".join(lines[half:])
    above: list[str] = []
    beneath: list[str] = []
    is_above = True
    for line in lines:
        found = next(iter(script_share(line)), "")
        is_above = found in scripts(source) or (is_above and found not in scripts(target))
        (above if is_above else beneath).append(line)
    return "\n".join(above), "\n".join(beneath)


def _told(decision: Decision, track: str) -> Decision | None:
    """What a decision about a cue in two languages says of one of them, if anything."""
    source, sign, target = decision.at.track.partition("+")
    if not sign or track not in {ORIGINAL, target}:
        return None
    if not isinstance(decision, Text | Insert | Delete):
        return None
    side = 0 if track == ORIGINAL else 1
    parts = halves(decision.at.text, source, target)
    wanted = halves(getattr(decision, "text", ""), source, target)
    if decision.at.text and not all(map(str.strip, parts)):  # it was shown in one language only
        parts, wanted = (decision.at.text, ""), ("\n".join(filter(None, wanted)), "")
    was, now = parts[side].strip(), wanted[side].strip()
    if was == now or (isinstance(decision, Delete) and side):
        return None  # of what is deleted as spoken, nothing is translated any more
    at = replace(decision.at, track=track, text=was)
    if not now:
        return Delete(at=at, who=decision.who, when=decision.when, source=decision.source)
    who, when, file = decision.who, decision.when, decision.source
    if was:
        return Text(at=at, who=who, when=when, source=file, text=now)
    language = target if side else source
    return Insert(at=at, who=who, when=when, source=file, text=now, language=language)
