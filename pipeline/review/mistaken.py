"""Whether a file holds another track's cues: saved under the wrong name, it is nobody's edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.core.language import name, script_share, scripts
from pipeline.core.workspace import ORIGINAL
from pipeline.review.bases import is_srt, like
from pipeline.review.chains import text_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from pipeline.core.payloads import EmittedFile
    from pipeline.review.source import History
    from pipeline.subtitles.found import Shown
    from pipeline.subtitles.reader import Found

_FEW: Final = 5  # cues may be anything
_FOREIGN: Final = 0.2  # of its letters at most are of the track's scripts: it is none of its texts
_OWN: Final = 0.5  # of the letters that were given out at least: the track is written so
_SAME: Final = 0.9  # of all cues are the other track's
_ALIKE: Final = 0.25  # a file that is so like another one may be that one, corrected
_Text = tuple[int, str]  # when it begins, and as `text_key` writes it


def reason(track: str, given: Sequence[Shown], found: Sequence[Found], history: History) -> str:
    """Why a file is another track's; "" where it need not be.

    That is where its letters are none of the track's language, or nearly all of its cues are those
    of another track, and not what this one had there.

    Args:
        track: the one whose file it is to be.
        given: that track's cues, as its reviewer was given them.
        found: the file's.
        history: all that was written, by path, the newest first.
    """
    others = [file for file in _newest(history) if file.track != track]
    ours = _texts(given)
    telling = [text for text in _texts(found) if text not in ours]
    if len(telling) >= _FEW:
        for other in others:
            if _is_copy(telling, ours, other.cues):
                return f"it looks like {other.path}"
    if min(len(given), len(found)) < _FEW or track == ORIGINAL or "+" in track:
        return ""
    share, was = _share(found, track), _share(given, track)
    if share is None or was is None or share > _FOREIGN or was < _OWN:
        return ""
    told = f"{1 - share:.0%} of its letters are none of {name(track)}"
    nearest = max(others, key=lambda one: like(one.cues, found), default=None)
    if nearest is not None and like(nearest.cues, found) >= _ALIKE:
        told = f"{told}: it looks like {nearest.path}"
    return told


def _newest(history: History) -> Iterator[EmittedFile]:
    for path, written in history.items():
        if is_srt(path):
            yield written[0].file


def _is_copy(telling: Sequence[_Text], ours: Collection[_Text], other: Sequence[Shown]) -> bool:
    """Whether nearly all cues are the other track's, where it says otherwise than this one."""
    theirs = _texts(other)
    same = sum(text in theirs for text in telling)
    return (
        same >= _FEW
        and same >= _SAME * len(telling)
        and len(telling) >= _SAME * len([text for text in ours if text not in theirs])
    )


def _texts(cues: Iterable[Shown]) -> dict[_Text, None]:
    """Each text with the time at which it begins, but for those without a letter."""
    keys = ((cue.start_ms, text_key(" ".join(cue.lines))) for cue in cues)
    return {key: None for key in keys if any(map(str.isalpha, key[1]))}


def _share(cues: Iterable[Shown], track: str) -> float | None:
    """What part of the letters is of a language's scripts; None without letters."""
    shares = script_share(" ".join(line for cue in cues for line in cue.lines))
    return sum(shares.get(script, 0.0) for script in scripts(track)) if shares else None
