"""The parts of the report that are text: what to look at first, the review, items, what was cut."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from pipeline.core.timeline import Gap
from pipeline.emit import counting, report_bars
from pipeline.emit.findings import said, track_name
from pipeline.emit.guide import clock
from pipeline.emit.markup import Html, join, tag, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.core.catalogue import Texts
    from pipeline.core.payloads import Transcript
    from pipeline.emit.counting import Count
    from pipeline.emit.guide import Entry
    from pipeline.emit.ranking import Place, Shown
    from pipeline.emit.report_bars import Heard
    from pipeline.subtitles.profile import Profile

# More than these nobody reads on one page; so it stays small after a day of broadcasting too.
_MOST_PLACES: Final = 150
_MOST_ITEMS: Final = 200
_MOST_REMOVED: Final = 150
_SECOND_MS: Final = 1_000


def places(found: Sequence[Place], media: str, texts: Texts) -> Html:
    """Where to look, what is worth most first."""
    if not found:
        return tag("p", texts("report.first_none"))
    more = len(found) - _MOST_PLACES
    return join(
        [
            tag("p", texts("report.first_lead" if media else "report.first_lead_plain")),
            tag("ol", *(_place(one, media, texts) for one in found[:_MOST_PLACES]), class_="rows"),
            tag("p", texts("report.more", count=more), class_="aside") if more > 0 else "",
        ]
    )


def review(counts: Sequence[Count], texts: Texts) -> Html:
    """How many cues of each track are in which state, and how long the rest takes."""
    left_ms = sum(count.left_ms for count in counts)
    left = texts("report.minutes", count=counting.minutes(left_ms))
    lead = texts("report.review_lead", left=left) if left_ms else texts("report.review_done")
    heads = [tag("th", track_name(count.track, texts), scope="col") for count in counts]
    states = list(counts[0].states) if counts else []
    rows = [_row(texts("report.cues_column"), [str(count.cues) for count in counts])]
    for state in states:
        cells = [str(count.states[state]) for count in counts]
        rows.append(_row(texts(f"state.{state}"), cells))
    minutes = [counting.minutes(count.left_ms) for count in counts]
    last = _row(
        texts("report.left_column"), [texts("report.minutes", count=each) for each in minutes]
    )
    table = tag(
        "table",
        tag("thead", tag("tr", tag("td"), *heads)),
        tag("tbody", *rows),
        tag("tfoot", last),
    )
    notes = tag("p", texts("report.assumption", factor=counting.FACTOR), class_="aside")
    label = texts("report.review")
    region = tag("div", table, class_="wide", role="region", tabindex=0, aria_label=label)
    return join([tag("p", lead), region if counts else "", notes])


def programme(entries: Sequence[Entry], media: str, texts: Texts) -> Html:
    """The items, who speaks in each and how long, which languages are heard."""
    rows = []
    for number, entry in enumerate(entries[:_MOST_ITEMS], start=1):
        ends = tag("small", f"– {clock(entry.item.end_ms)}")
        rows.append(
            tag(
                "li",
                tag("div", _time(entry.item.start_ms, media), " ", ends, class_="at"),
                tag("div", f"{number}. ", words(entry.title), class_="why"),
                tag("div", words(", ".join(entry.people))) if entry.people else "",
                tag("div", ", ".join(entry.languages), class_="aside") if entry.languages else "",
            )
        )
    more = len(entries) - _MOST_ITEMS
    note = tag("p", texts("report.removed_more", count=more), class_="aside") if more > 0 else ""
    return join([tag("ol", *rows, class_="rows"), note])


def speeds(tracks: Sequence[Shown], profile: Profile, texts: Texts) -> Html:
    """A histogram for each track, and what it shows in words."""
    parts = []
    for one in tracks:
        name = track_name(one.track, texts)
        if not one.cues:
            parts.append(tag("div", tag("h3", name), tag("p", texts("report.speeds_none"))))
            continue
        found = report_bars.speeds(one.cues, profile)
        summary = texts(
            "report.speeds_one",
            median=round(found.median),
            fast=found.fast,
            total=len(one.cues),
        )
        picture = tag("figure", report_bars.histogram(found, f"{name}: {summary}", texts))
        parts.append(tag("div", tag("h3", name), tag("p", summary), picture))
    lead = texts("report.speeds_lead", profile=profile.name)
    return join([tag("p", lead), tag("div", *parts, class_="tracks")])


def removed(transcript: Transcript, media: str, texts: Texts) -> Html:
    """What was heard and taken out, and why."""
    gaps = [line for line in transcript.lines if isinstance(line, Gap) and line.removed]
    if not gaps:
        return tag("p", texts("report.removed_none"))
    rows = [
        tag(
            "li",
            tag("div", _time(gap.start_ms, media), class_="at"),
            tag("div", words(gap.removed)),
            tag("div", words(texts.of("removed", gap.reason, gap.reason)), class_="aside"),
        )
        for gap in islice(gaps, _MOST_REMOVED)
    ]
    more = len(gaps) - _MOST_REMOVED
    note = tag("p", texts("report.removed_more", count=more), class_="aside") if more > 0 else ""
    return join([tag("p", texts("report.removed_lead")), tag("ol", *rows, class_="rows"), note])


def legend(known: Mapping[str, Heard], whole_ms: int, texts: Texts) -> Html:
    """What the colours of the bar mean, and how much there is of each."""
    return tag(
        "ul",
        *(
            tag(
                "li",
                report_bars.swatch(one.colour),
                texts(
                    "report.part",
                    what=one.name,
                    time=clock(one.heard_ms),
                    percent=round(100 * one.heard_ms / max(whole_ms, 1)),
                ),
            )
            for one in known.values()
            if one.heard_ms >= _SECOND_MS
        ),
        class_="legend",
    )


def _place(place: Place, media: str, texts: Texts) -> Html:
    one = place.findings[0]
    reasons = dict.fromkeys(said(finding, texts) for finding in place.findings)
    gain = f"{place.gain:.1f}".replace(".", texts("report.point"))
    rank = tag("small", f"{texts('report.rank')} {gain}", title=texts("report.rank_title"))
    track = tag("small", track_name(one.track, texts))
    return tag(
        "li",
        tag("div", _time(one.start_ms, media), " ", track, " ", rank, class_="at"),
        tag("div", join(map(words, reasons), " "), class_="why"),
        tag("dl", *_said(place, texts), class_="said"),
    )


def _said(place: Place, texts: Texts) -> Iterator[Html]:
    one = place.findings[0]
    offered = dict.fromkeys(each.offered for each in place.findings if each.offered)
    if one.source:
        yield from _pair(texts("findings.spoken"), words(one.source, one.language))
    if one.text:
        name = texts("findings.translation" if one.source else "report.cue")
        yield from _pair(name, words(one.text, one.target))
    for text in offered:
        yield from _pair(texts("findings.other"), words(text, one.target))


def _pair(name: str, content: Html) -> tuple[Html, Html]:
    return tag("dt", name), tag("dd", content)


def _time(at_ms: int, media: str) -> Html:
    """A time as on a player; a link that opens the recording at that second (media fragments)."""
    text = clock(at_ms)
    return tag("a", text, href=f"{media}#t={at_ms // _SECOND_MS}") if media else tag("b", text)


def _row(name: str, cells: Sequence[str]) -> Html:
    return tag("tr", tag("th", name, scope="row"), *(tag("td", cell) for cell in cells))
