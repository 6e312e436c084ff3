"""The programme at a glance: guide.md for people, chapters.txt for video sites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.core import catalogue
from pipeline.core.shares import shares
from pipeline.core.timeline import MOVED, NO_EVIDENCE
from pipeline.emit.languages import timeline
from pipeline.subtitles.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.core.catalogue import Texts
    from pipeline.core.payloads import Segments, Transcript
    from pipeline.core.timeline import Item

    Spoken = Mapping[tuple[str, int], int]  # by name, or by voice where there is none, in ms

_LEAST_CHAPTERS: Final = 3  # YouTube shows no fewer, …
_SHORTEST_CHAPTER_MS: Final = 10_000  # … and none that is shorter
# What Markdown and HTML could take for theirs inside a line; `#` and `&` only where they would.
_MARKUP: Final = re.compile(r"[\\`*_\[\]<|~]|(?<!\S)#|&(?=#?\w+;)")
_AUDIBLE: Final = 0.02  # a language with less of an item's speech is not named, nor such a voice
_DECISION: Final = "decision"  # the evidence of a name that a reviewer gave
_MOVED: Final = re.compile(re.escape(MOVED) + r"([+-])([0-9]{1,9})")


def guide(
    title: str, date: str, transcript: Transcript, segments: Segments, texts: Texts | None = None
) -> str:
    """The items with times, speakers and languages, then which language is spoken when.

    Who speaks is told with how long: by the names that are sure, `Speaker 3` where there is none.
    It is in the language of `texts`, English without.
    """
    texts = texts or catalogue.load(catalogue.DEFAULT)
    lines = [f"# {literal(clean(title)) or texts('guide.untitled')}", ""]
    if date:
        lines += [date, ""]
    heads = [texts(f"guide.{head}") for head in ("from", "to", "what", "who", "languages")]
    lines += [f"| | {' | '.join(heads)} |", "|---|---|---|---|---|---|"]
    for number, entry in enumerate(entries(transcript, segments, texts), start=1):
        cells = [
            str(number),
            clock(entry.item.start_ms),
            clock(entry.item.end_ms),
            literal(entry.title),
            literal(", ".join(entry.people)),
            literal(", ".join(entry.languages)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    if notes := list(_notes(segments.items, texts)):
        lines += ["", f"## {texts('guide.borders')}", "", *notes]
    lines += _languages(transcript, texts)
    return "\n".join([*lines, ""])


class Entry(NamedTuple):
    """An item of the programme in words: its title, who speaks, which languages are heard."""

    item: Item
    title: str
    people: tuple[str, ...]
    languages: tuple[str, ...]


def entries(transcript: Transcript, segments: Segments, texts: Texts) -> Iterator[Entry]:
    """The items in order; nothing in their texts is escaped."""
    spans = [(item.start_ms, item.end_ms) for item in segments.items]
    people = _spoken_ms(spans, segments)
    tongues = _heard_ms(spans, transcript)
    named = _named(segments, people)
    for number, item in enumerate(segments.items, start=1):
        yield Entry(
            item,
            _title(item, number, texts),
            tuple(_who(item, people[number - 1], named, texts)),
            tuple(texts.language(tag) for tag in _tongues(item, tongues[number - 1])),
        )


def chapters(items: Sequence[Item], texts: Texts | None = None) -> str:
    """The items as a video site reads them from a description; "" where they are too few."""
    texts = texts or catalogue.load(catalogue.DEFAULT)
    marks: list[tuple[int, str]] = []
    for number, item in enumerate(items, start=1):
        if item.duration_ms >= _SHORTEST_CHAPTER_MS:
            marks.append((item.start_ms if marks else 0, _title(item, number, texts)))
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


def label(speaker: str, voice: int, texts: Texts | None = None) -> str:
    """How people read whose a turn is: a name, `Speaker 3`, "" where voices were not told apart."""
    texts = texts or catalogue.load(catalogue.DEFAULT)
    return clean(speaker) or (texts("speaker.unnamed", number=voice) if voice else "")


def _title(item: Item, number: int, texts: Texts) -> str:
    return clean(item.title) or f"{texts(f'kind.{item.kind.value}')} {number}"


def literal(text: str) -> str:
    """Text that Markdown shows as it is: no link, no tag, no emphasis, no other cell."""
    return _MARKUP.sub(r"\\\g<0>", text)


def _named(segments: Segments, people: Sequence[Spoken]) -> dict[str, str]:
    """By whom the rundown lists, folded: what a reviewer called them.

    So it is taken where of those listed in an item only one is not heard, and of those heard only
    one is not listed anywhere, who was named by a reviewer.
    """
    listed = {clean(speaker).casefold() for item in segments.items for speaker in item.speakers}
    given = {clean(voice.name) for voice in segments.voices if voice.evidence == _DECISION}
    found: dict[str, set[str]] = {}
    for item, spoken in zip(segments.items, people, strict=True):
        heard = {speaker.casefold() for speaker, _ in spoken}
        missing = {clean(speaker).casefold() for speaker in item.speakers} - heard - {""}
        others = {speaker for speaker, _ in spoken if speaker and speaker.casefold() not in listed}
        if len(missing) == 1 and len(others) == 1 and others <= given:
            found.setdefault(missing.pop(), set()).update(others)
    return {speaker: names.pop() for speaker, names in found.items() if len(names) == 1}


def _who(item: Item, spoken: Spoken, named: Mapping[str, str], texts: Texts) -> Iterator[str]:
    """Who speaks in an item and how long, most first; then whom else the rundown names."""
    least_ms = _AUDIBLE * sum(spoken.values())
    few = [who for who in spoken if not who[0] and spoken[who] < least_ms]
    for who in sorted(spoken, key=lambda who: -spoken[who]):
        if who not in few:
            yield f"{label(*who, texts)} {clock(spoken[who])}"
    if few:
        yield texts("speaker.more", count=len(few))
    heard = {speaker.casefold() for speaker, _ in spoken}
    for listed in map(clean, item.speakers):
        speaker = named.get(listed.casefold(), listed)
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


def _notes(items: Sequence[Item], texts: Texts) -> Iterator[str]:
    """What people should know of the borders: those that were moved, those that nothing shows."""
    for number, item in enumerate(items, start=1):
        for flag in item.flags:
            if note := _note(flag, texts):
                place = clock(item.start_ms)
                yield f"- {texts('guide.border', number=number, time=place, note=note)}"


def _note(flag: str, texts: Texts) -> str:
    if flag == NO_EVIDENCE:
        return texts("guide.no_evidence")
    moved = _MOVED.fullmatch(flag)
    seconds = round(int(moved[2]) / 1_000) if moved else 0
    if not moved or not seconds:  # less than that is no news
        return ""
    return texts("guide.later" if moved[1] == "+" else "guide.earlier", count=seconds)


def _languages(transcript: Transcript, texts: Texts) -> Iterator[str]:
    """Which language is spoken when, where there are several."""
    spoken = timeline(transcript.phrases)
    if len({each.language for each in spoken}) < 2:  # noqa: PLR2004 - one says nothing
        return
    heads = [texts(f"guide.{head}") for head in ("from", "to", "language")]
    yield from ("", f"## {texts('guide.spoken')}", "", f"| {' | '.join(heads)} |", "|---|---|---|")
    for each in spoken:
        named = literal(texts.language(each.language))
        yield f"| {clock(each.start_ms)} | {clock(each.end_ms)} | {named} |"


def _heard_ms(spans: Sequence[tuple[int, int]], transcript: Transcript) -> list[dict[str, int]]:
    """How long each language is heard in each item."""
    heard: list[dict[str, int]] = [{} for _ in spans]
    for phrase in transcript.phrases:
        for index, shared_ms in shares(spans, phrase.start_ms, phrase.end_ms):
            heard[index][phrase.language] = heard[index].get(phrase.language, 0) + shared_ms
    return heard


def _tongues(item: Item, heard: Mapping[str, int]) -> list[str]:
    """What is spoken in an item, most first; what the rundown says where nobody was heard."""
    total_ms = sum(heard.values())
    audible = [language for language in heard if heard[language] >= _AUDIBLE * total_ms]
    return sorted(audible, key=lambda tag: -heard[tag]) or list(item.languages)
