"""The programme at a glance: guide.md for people, chapters.txt for video sites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipeline.core.language import name
from pipeline.emit.languages import timeline
from pipeline.subtitles.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.core.payloads import Segments, Transcript
    from pipeline.core.timeline import Item

_LEAST_CHAPTERS: Final = 3  # YouTube shows no fewer, …
_SHORTEST_CHAPTER_MS: Final = 10_000  # … and none that is shorter
# What Markdown and HTML could take for theirs inside a line; `#` and `&` only where they would.
_MARKUP: Final = re.compile(r"[\\`*_\[\]<|~]|(?<!\S)#|&(?=#?\w+;)")
_AUDIBLE: Final = 0.02  # a language with less of an item's speech is not named


def guide(title: str, date: str, transcript: Transcript, segments: Segments) -> str:
    """The items with times, speakers and languages, then which language is spoken when."""
    lines = [f"# {_literal(clean(title)) or 'Programme'}", ""]
    if date:
        lines += [date, ""]
    lines += ["| | from | to | what | who | languages |", "|---|---|---|---|---|---|"]
    for number, item in enumerate(segments.items, start=1):
        cells = [
            str(number),
            clock(item.start_ms),
            clock(item.end_ms),
            _literal(_title(item, number)),
            _literal(", ".join(map(clean, item.speakers))),
            ", ".join(name(language) for language in _languages(item, transcript)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    spoken = timeline(transcript.phrases)
    if len({each.language for each in spoken}) > 1:
        lines += ["", "## Languages", "", "| from | to | language |", "|---|---|---|"]
        lines += [
            f"| {clock(each.start_ms)} | {clock(each.end_ms)} | {name(each.language)} |"
            for each in spoken
        ]
    return "\n".join([*lines, ""])


def chapters(items: Sequence[Item]) -> str:
    """The items as a video site reads them from a description; "" where they are too few."""
    marks: list[tuple[int, str]] = []
    for number, item in enumerate(items, start=1):
        if item.duration_ms >= _SHORTEST_CHAPTER_MS:
            marks.append((item.start_ms if marks else 0, _title(item, number)))
    if len(marks) < _LEAST_CHAPTERS:
        return ""
    return "".join(f"{clock(at_ms)} {title}\n" for at_ms, title in marks)


def clock(ms: int) -> str:
    """A place in the recording for people: 0:05, 12:34, 1:02:03."""
    seconds = ms // 1_000
    hours, minutes = seconds // 3_600, seconds // 60 % 60
    if hours:
        return f"{hours}:{minutes:02d}:{seconds % 60:02d}"
    return f"{minutes}:{seconds % 60:02d}"


def _title(item: Item, number: int) -> str:
    return clean(item.title) or f"{item.kind.value.capitalize()} {number}"


def _literal(text: str) -> str:
    """Text that Markdown shows as it is: no link, no tag, no emphasis, no other cell."""
    return _MARKUP.sub(r"\\\g<0>", text)


def _languages(item: Item, transcript: Transcript) -> list[str]:
    """What is spoken in an item, most first; what the rundown says where nobody was heard."""
    heard: dict[str, int] = {}
    for phrase in transcript.phrases:
        shared_ms = min(phrase.end_ms, item.end_ms) - max(phrase.start_ms, item.start_ms)
        if shared_ms > 0:
            heard[phrase.language] = heard.get(phrase.language, 0) + shared_ms
    total_ms = sum(heard.values())
    audible = [language for language in heard if heard[language] >= _AUDIBLE * total_ms]
    return sorted(audible, key=lambda tag: -heard[tag]) or list(item.languages)
