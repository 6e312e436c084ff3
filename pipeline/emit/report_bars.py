"""The pictures of the report: what is heard when, and how fast cues are to be read. Inline SVG.

Places and lengths across are percentages, so that a picture fits any width and its text keeps its
size; colours and fonts are the style sheet's.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from math import ceil
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.core.shares import shares
from pipeline.core.timeline import Gap, Phrase
from pipeline.emit.guide import clock
from pipeline.emit.markup import Html, join, percent, tag
from pipeline.subtitles.text import clean, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.core.catalogue import Texts
    from pipeline.core.payloads import Transcript
    from pipeline.core.timeline import Cue
    from pipeline.emit.guide import Entry
    from pipeline.subtitles.profile import Profile

_STEPS: Final = 960  # across the whole programme: a screen shows no more
_STEP_MS: Final = 100  # and none is shorter
_COLOURS: Final = 6  # of languages; those heard least share the last
_NUMBERED: Final = 0.035  # an item with less of the width has no number in it
_MOST_MARKS: Final = 6
_MARKS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400)
_LAST_MARK: Final = 0.94  # further right there is no room for its text
_BIN: Final = 2  # characters a second
_BINS: Final = 16  # the last one is open
_TOP, _FLOOR, _BELOW = 34, 150, 18  # of the histogram, in pixels


class Heard(NamedTuple):
    """One thing that is heard, over the whole recording."""

    name: str
    colour: str  # a class of the style sheet
    heard_ms: int


def heard(transcript: Transcript, texts: Texts) -> dict[str, Heard]:
    """Languages by how long they are spoken, then sounds, by the key that `_key` gives a line."""
    times: Counter[str] = Counter()
    for line in transcript.lines:
        times[_key(line)] += line.duration_ms
    spoken = [key for key, _ in times.most_common() if key.startswith("l:")]
    found = {
        key: Heard(texts.language(key[2:]), f"l{min(place, _COLOURS - 1)}", times[key])
        for place, key in enumerate(spoken)
    }
    for key, heard_ms in times.most_common():
        if key not in found:
            found[key] = Heard(texts(f"sound.{key[2:]}"), key[2:], heard_ms)
    return found


def programme(
    transcript: Transcript,
    known: Mapping[str, Heard],
    entries: Sequence[Entry],
    places_ms: Sequence[int],
    texts: Texts,
) -> Html:
    """The bar of the whole recording: items, what is heard, places to look at, a clock."""
    whole_ms = transcript.duration_ms
    parts = [
        texts(
            "report.part",
            what=one.name,
            time=clock(one.heard_ms),
            percent=round(100 * one.heard_ms / whole_ms),
        )
        for one in known.values()
    ]
    summary = texts("report.heard_summary", duration=clock(whole_ms), parts=", ".join(parts))
    return tag(
        "svg",
        _patterns(),
        *_items(entries, whole_ms),
        *_runs(transcript, known),
        *(
            tag("rect", class_="tick", x=percent(at_ms, whole_ms), y=74, width=2, height=10)
            for at_ms in sorted(set(places_ms))
        ),
        *_clock(whole_ms),
        class_="programme",
        width="100%",
        height=106,
        role="img",
        aria_label=summary,
    )


def swatch(colour: str) -> Html:
    """A sample of a colour, for a legend."""
    sample = tag("rect", class_=f"heard {colour}", width="100%", height="100%")
    return tag("svg", sample, class_="swatch", width=18, height=12, aria_hidden="true")


class Speeds(NamedTuple):
    """How fast the cues of a track are to be read, in characters a second, blanks included."""

    bins: Sequence[int]
    median: float
    fast: int  # how many are above the limit of their language
    wanted: float  # of the language that most cues have
    limit: float


def speeds(cues: Sequence[Cue], profile: Profile) -> Speeds:
    """Count the cues by their speed."""
    bins, fast, found = [0] * _BINS, 0, []
    for cue in cues:
        speed = sum(width(clean(line)) for line in cue.lines) * 1_000 / cue.duration_ms
        bins[min(max(ceil(speed / _BIN), 1), _BINS) - 1] += 1
        fast += speed > profile.rules(cue.language).speed_limit
        found.append(speed)
    usual = Counter(cue.language for cue in cues).most_common(1)
    rules = profile.rules(usual[0][0] if usual else "")
    return Speeds(bins, median(found) if found else 0.0, fast, rules.speed, rules.speed_limit)


def histogram(found: Speeds, label: str, texts: Texts) -> Html:
    """How many cues have which speed; lines stand at the speed that is wanted and at the limit."""
    most = max(found.bins) or 1
    bars: list[Html] = []
    for index, count in enumerate(found.bins):
        low, high = index * _BIN, (index + 1) * _BIN
        is_last = index == _BINS - 1
        key = "report.speed_over" if is_last else "report.speed_bar"
        said = texts(key, low=low, high=high, count=count)
        tall = (_FLOOR - _TOP) * count / most
        kind = "over" if low >= found.limit else "bar"
        place = {"x": percent(index + 0.08, _BINS), "width": percent(0.84, _BINS)}
        middle = percent(index + 0.5, _BINS)
        bars.append(
            tag("rect", tag("title", said), class_=kind, y=_FLOOR - tall, height=tall, **place)
        )
        if count:
            above = _FLOOR - tall - 4
            bars.append(tag("text", str(count), class_="count", x=middle, y=above))
        if index % 2 == 0:
            anchor = "middle" if index else "start"
            bars.append(
                tag("text", str(low), class_=anchor, x=percent(index, _BINS), y=_FLOOR + 14)
            )
    return tag(
        "svg",
        tag("line", class_="floor", x1=0, x2="100%", y1=_FLOOR, y2=_FLOOR),
        *_limit("wanted", found.wanted, texts("report.wanted"), "end"),
        *_limit("limit", found.limit, texts("report.allowed"), "start"),
        *bars,
        class_="histogram",
        width="100%",
        height=_FLOOR + _BELOW,
        role="img",
        aria_label=label,
    )


def _limit(kind: str, speed: float, text: str, anchor: str) -> Iterator[Html]:
    if speed < _BIN * _BINS:
        x = percent(speed, _BIN * _BINS)
        yield tag("line", class_=kind, x1=x, x2=x, y1=4, y2=_FLOOR)
        aside = 4 if anchor == "start" else -4
        yield tag("text", text, x=x, y=12, dx=aside, class_=f"at {anchor}")


def _key(line: Phrase | Gap) -> str:
    return f"l:{line.language}" if isinstance(line, Phrase) else f"s:{line.sound.value}"


def _items(entries: Sequence[Entry], whole_ms: int) -> Iterator[Html]:
    """A band of the items, so that the list and the bar can be compared by their numbers."""
    for number, entry in enumerate(entries, start=1):
        item = entry.item
        end_ms = min(item.end_ms, whole_ms)
        if end_ms <= item.start_ms:
            continue
        place = {
            "x": percent(item.start_ms, whole_ms),
            "width": percent(end_ms - item.start_ms, whole_ms),
        }
        title = tag("title", f"{number}. {entry.title}"[:120])
        yield tag(
            "rect", title, class_=f"item {'odd' if number % 2 else 'even'}", y=0, height=18, **place
        )
        if end_ms - item.start_ms >= _NUMBERED * whole_ms:
            yield tag("text", str(number), class_="number", x=place["x"], dx=4, y=13)


def _runs(transcript: Transcript, known: Mapping[str, Heard]) -> Iterator[Html]:
    """What is heard most in each step; equal neighbours are one piece."""
    whole_ms = transcript.duration_ms
    count = max(1, min(_STEPS, whole_ms // _STEP_MS))
    edges = [whole_ms * at // count for at in range(count + 1)]
    spans = [(edges[at], edges[at + 1]) for at in range(count)]
    steps: list[dict[str, int]] = [{} for _ in spans]
    for line in transcript.lines:
        for index, shared_ms in shares(spans, line.start_ms, line.end_ms):
            steps[index][_key(line)] = steps[index].get(_key(line), 0) + shared_ms
    most = [max(step, key=lambda key: step[key], default="") for step in steps]
    for key, same in groupby(range(count), key=lambda at: most[at]):
        if key:
            run = list(same)
            start_ms, end_ms = edges[run[0]], edges[run[-1] + 1]
            one = known[key]
            yield tag(
                "rect",
                tag("title", f"{one.name} {clock(start_ms)}–{clock(end_ms)}"),
                class_=f"heard {one.colour}",
                x=percent(start_ms, whole_ms),
                y=22,
                width=percent(end_ms - start_ms, whole_ms),
                height=48,
            )


def _clock(whole_ms: int) -> Iterator[Html]:
    fits = (step for step in _MARKS_S if whole_ms <= step * 1_000 * _MOST_MARKS)
    step_ms = 1_000 * next(fits, whole_ms // 1_000 // _MOST_MARKS)
    for at_ms in range(0, whole_ms, step_ms):
        if at_ms <= _LAST_MARK * whole_ms:
            x = percent(at_ms, whole_ms)
            yield tag("rect", class_="mark", x=x, y=86, width=1, height=4)
            anchor = "start" if at_ms == 0 else "middle"
            yield tag("text", clock(at_ms), class_=anchor, x=x, y=102)


def _patterns() -> Html:
    """Music and what nobody understands are hatched: colour alone would not tell them."""
    drawn = [
        tag(
            "pattern",
            tag("rect", class_=f"under-{name}", width=6, height=6),
            tag("rect", class_=f"over-{name}", width=2, height=6),
            id=f"hatch-{name}",
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
            patternTransform=turn,
        )
        for name, turn in (("music", "rotate(45)"), ("unclear", "rotate(-45)"))
    ]
    return tag("defs", join(drawn))
