"""The programme at a glance: guide.md for people, chapters.txt for video sites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipeline.core.language import name
from pipeline.core.shares import shares
from pipeline.core.timeline import MOVED, NO_EVIDENCE
from pipeline.emit.languages import timeline
from pipeline.subtitles.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.core.payloads import Segments, Transcript
    from pipeline.core.timeline import Item

_LEAST_CHAPTERS: Final = 3  # YouTube shows no fewer, …
_SHORTEST_CHAPTER_MS: Final = 10_000  # … and none that is shorter
# What Markdown and HTML could take for theirs inside a line; `#` and `&` only where they would.
_MARKUP: Final = re.compile(r"[\\`*_\[\]<|~]|(?<!\S)#|&(?=#?\w+;)")
_AUDIBLE: Final = 0.02  # a language with less of an item's speech is not named, nor such a voice
_MOVED: Final = re.compile(re.escape(MOVED) + r"([+-])([0-9]{1,9})")


def guide(title: str, date: str, transcript: Transcript, segments: Segments) -> str:
    """The items with times, speakers and languages, then which language is spoken when.

    Who speaks is told with how long: by the names that are sure, `Speaker 3` where there is none.
    """
    lines = [f"# {literal(clean(title)) or 'Programme'}", ""]
    if date:
        lines += [date, ""]
    lines += ["| | from | to | what | who | languages |", "|---|---|---|---|---|---|"]
    spans = [(item.start_ms, item.end_ms) for item in segments.items]
    people = _spoken_ms(spans, segments)
    tongues = _heard_ms(spans, transcript)
    for number, item in enumerate(segments.items, start=1):
        cells = [
            str(number),
            clock(item.start_ms),
            clock(item.end_ms),
            literal(_title(item, number)),
            literal(", ".join(_who(item, people[number - 1]))),
            ", ".join(name(language) for language in _languages(item, tongues[number - 1])),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    if notes := list(_notes(segments.items)):
        lines += ["", "## Where items begin", "", *notes]
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


def label(speaker: str, voice: int) -> str:
    """How people read whose a turn is: a name, `Speaker 3`, "" where voices were not told apart."""
    return clean(speaker) or (f"Speaker {voice}" if voice else "")


def _title(item: Item, number: int) -> str:
    return clean(item.title) or f"{item.kind.value.capitalize()} {number}"


def literal(text: str) -> str:
    """Text that Markdown shows as it is: no link, no tag, no emphasis, no other cell."""
    return _MARKUP.sub(r"\\\g<0>", text)


def _who(item: Item, spoken: Mapping[tuple[str, int], int]) -> Iterator[str]:
    """Who speaks in an item and how long, most first; then whom else the rundown names."""
    least_ms = _AUDIBLE * sum(spoken.values())
    few = [who for who in spoken if not who[0] and spoken[who] < least_ms]
    for who in sorted(spoken, key=lambda who: -spoken[who]):
        if who not in few:
            yield f"{label(*who)} {clock(spoken[who])}"
    if few:
        yield "1 more voice" if len(few) == 1 else f"{len(few)} more voices"
    heard = {speaker.casefold() for speaker, _ in spoken}
    for speaker in map(clean, item.speakers):
        if speaker and speaker.casefold() not in heard:
            yield speaker


def _spoken_ms(
    spans: Sequence[tuple[int, int]], segments: Segments
) -> list[dict[tuple[str, int], int]]:
    """How long each speaker speaks in each item: by name, those without one by voice."""
    singers = {voice.number for voice in segments.voices if voice.is_music}
    spoken: list[dict[tuple[str, int], int]] = [{} for _ in spans]
    for turn in segments.turns:
        speaker = clean(turn.speaker)
        who = (speaker, 0 if speaker else turn.voice)
        if label(*who) and (speaker or turn.voice not in singers):
            for index, shared_ms in shares(spans, turn.start_ms, turn.end_ms):
                spoken[index][who] = spoken[index].get(who, 0) + shared_ms
    return spoken


def _notes(items: Sequence[Item]) -> Iterator[str]:
    """What people should know of the borders: those that were moved, those that nothing shows."""
    for number, item in enumerate(items, start=1):
        where = f"- {number}, at {clock(item.start_ms)}:"
        for flag in item.flags:
            if flag == NO_EVIDENCE:
                yield f"{where} the rundown's time; nothing heard near it shows where it begins"
            elif moved := _MOVED.fullmatch(flag):
                seconds = round(int(moved[2]) / 1_000)
                if seconds:  # less than that is no news
                    side = "later" if moved[1] == "+" else "earlier"
                    yield f"{where} {_seconds(seconds)} {side} than the rundown says"


def _seconds(count: int) -> str:
    return "1 second" if count == 1 else f"{count} seconds"


def _heard_ms(spans: Sequence[tuple[int, int]], transcript: Transcript) -> list[dict[str, int]]:
    """How long each language is heard in each item."""
    heard: list[dict[str, int]] = [{} for _ in spans]
    for phrase in transcript.phrases:
        for index, shared_ms in shares(spans, phrase.start_ms, phrase.end_ms):
            heard[index][phrase.language] = heard[index].get(phrase.language, 0) + shared_ms
    return heard


def _languages(item: Item, heard: Mapping[str, int]) -> list[str]:
    """What is spoken in an item, most first; what the rundown says where nobody was heard."""
    total_ms = sum(heard.values())
    audible = [language for language in heard if heard[language] >= _AUDIBLE * total_ms]
    return sorted(audible, key=lambda tag: -heard[tag]) or list(item.languages)
