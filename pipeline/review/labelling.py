"""Labels in a cue's text: who speaks there, and what is said without them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipeline.review.rewrites import text_of
from pipeline.subtitles.text import TAG

if TYPE_CHECKING:
    from pipeline.core.timeline import Cue

_LABEL: Final = re.compile(r"(\[|\()?([^\W\d_][^\n\[\]():]{0,59})(?(1)[\])]:?|:)(?=\s)")
_DASH: Final = re.compile(r"(?m)^\s*[-‐-―−]\s*")
_SONG: Final = re.compile(r"(?m)^\s*[♪♫#]\s+|\s*[♪♫]+\s*$|\s+#\s*$")
_PREFIX: Final = re.compile(r"(?m)^\s*\[[^\[\]\n]{1,60}\]\s*")  # who speaks, or what is heard


def spoken(text: str) -> str:
    """What of a cue's text is said: no markup, no label, no dash, no sign of song.

    >>> spoken("- <i>Да.</i>"), spoken("[Анна] ♪ Да. ♪")
    ('Да.', 'Да.')
    """
    return _SONG.sub("", _PREFIX.sub("", _DASH.sub("", TAG.sub("", text))))


def relabelled(cue: Cue, text: str) -> str:
    """The speaker whom the label at a cue's beginning names in `text`, if it named another one.

    Empty where the cue has no label of its speaker's, or `text` none or the same.

    >>> from pipeline.core.timeline import Cue
    >>> relabelled(Cue(start_ms=0, end_ms=1, lines=("[Anna] Yes.",), language="en",
    ...     speaker="Anna"), "[Olga] Yes.")
    'Olga'
    """
    before, after = _LABEL.match(text_of(cue)), _LABEL.match(text)
    if not before or not after or not cue.speaker:
        return ""
    if before[2].casefold() != cue.speaker.casefold() or before[2] == after[2]:
        return ""
    name = " ".join(after[2].split())
    is_styled = before[2] != cue.speaker and (name.isupper() or name.islower())
    return name.title() if is_styled else name  # capitals are the profile's, not the name's


def renamed(text: str, name: str) -> str:
    """A text with another name in the label that it begins with, written alike."""
    label = _LABEL.match(text)
    if not label:
        return text
    old = label[2]
    name = name.upper() if old.isupper() else name.lower() if old.islower() else name
    return text[: label.start(2)] + name + text[label.end(2) :]
